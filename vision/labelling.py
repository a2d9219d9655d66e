"""Frames that label themselves: what moves where the twin has an enemy is an enemy of that kind.

The camera of a battle stands still. The scene without enemies is the median of many frames, of each only where the twin
has no enemy; operators, who stand still too, belong to it while they stand. What differs from the scene is a thing that
moves. It is an enemy of a kind when all enemies that the twin has near by are of that kind, and when it is as large as
others of its kind. Whatever else moves, and places where the twin has an enemy that cannot be made out, is made grey in
the picture: it then teaches neither that there is a unit nor that there is none. Pictures are compared at half their
size.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np

from game.camera import HOVER
from vision.dataset import Label, Rectangle, read_picture
from vision.kept_frames import KeptBattle, KeptFrame
from vision.localisation import OPERATOR
from vision.scenery import Scenes, Unit, shared

HALF = 0.5
"""Size at which pictures are compared."""
LEAST_AREA, SMALL = 0.06, 0.02
"""Least area in square tiles of a thing that moves, and of one that could be a part of it: smaller ones are effects."""
REACH = 1.5
"""Tiles from a thing within which the twin's enemies may be meant: it is seldom farther off."""
ALIKE = 1.25
"""Factor by which width and height may differ from the median of their kind."""
LEAST_OF_KIND = 3
"""Things of a kind from which the median is one."""
COVERED = 0.25
"""Share of a box that may be grey."""
TOO_GREY = 0.25
"""Share of the picture from which a frame with so much doubt is left out."""

Doubt = Literal["of several kinds", "not known to the twin", "odd size", "not made out", "beside doubt", ""]
"""Why a thing gets no label: enemies of other kinds are near by too; the twin has none near by; it is larger or smaller
than its kind, as two in one another are; the twin has an enemy and nothing moves there, or an operator's place was
never seen without it; something doubtful covers it.
"""


class Thing(NamedTuple):
    """A unit in a frame, or what may be one."""

    name: str
    """Its class; empty where that is doubtful."""
    box: Rectangle
    """In pixels of the half-size picture."""
    tile: float
    """How wide a tile is there."""
    doubt: Doubt = ""
    alone: bool = True
    """Whether each of the twin's enemies near by has a thing of its own; else this one may be several of them."""


class LabelledFrame(NamedTuple):
    """One frame that has labels."""

    picture: Path
    labels: list[Label]
    """Its units, in pixels of the picture."""
    doubtful: list[Rectangle]
    """What is to be grey, in pixels of the picture."""


class LabelledBattles(NamedTuple):
    """What labelling makes of battles."""

    frames: list[LabelledFrame]
    doubts: Counter[str]
    """How many things got no label, by reason."""
    left_out: Counter[str]
    """How many frames were left out, by reason."""


def label_battles(battle: KeptBattle, frames: Sequence[tuple[Path, KeptFrame]]) -> LabelledBattles:
    """Label frames of battles that are seen alike, each with the folder of its picture."""
    left_out: Counter[str] = Counter()
    known, small = [], []
    size = round(battle.size[0] * HALF), round(battle.size[1] * HALF)
    for folder, frame in frames:
        image = read_picture(folder / frame.picture)
        if image is None or image.shape[:2] != battle.size[::-1]:
            left_out["no picture that can be read"] += 1
        elif frame.enemies is None:
            left_out["the twin had lost the battle"] += 1
        else:
            known.append((folder / frame.picture, units_of(battle, frame)))
            small.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
    if not known:
        return LabelledBattles([], Counter(), left_out)
    hud = [(x * HALF, y * HALF, width * HALF, height * HALF) for x, y, width, height in battle.hud]
    scenes = Scenes(small, [units for _, units in known], hud)
    things = with_usual_sizes([things_in(scenes, index) for index in range(len(known))])
    doubts: Counter[str] = Counter()
    kept = []
    for (picture, _), found in zip(known, map(spread, things), strict=True):
        doubts.update(one.doubt for one in found if one.doubt)
        grey = [one.box for one in found if one.doubt]
        if sum(width * height for _, _, width, height in grey) > TOO_GREY * size[0] * size[1]:
            left_out["too much of it is doubtful"] += 1
        elif len(grey) == len(found):
            left_out["it shows no unit that is certain"] += 1
        else:
            labels = [(one.name, *whole(one.box)) for one in found if not one.doubt]
            kept.append(LabelledFrame(picture, labels, [whole(box) for box in grey]))
    return LabelledBattles(kept, doubts, left_out)


def whole(box: Rectangle) -> Rectangle:
    """A rectangle of the half-size picture in pixels of the picture itself."""
    x, y, width, height = box
    return x / HALF, y / HALF, width / HALF, height / HALF


def units_of(battle: KeptBattle, frame: KeptFrame) -> list[Unit]:
    """The units that a frame should show, in pixels of the half-size picture."""
    camera, units = battle.camera(), []
    for one in frame.view.operators:
        high = (one.row, one.col) in battle.high
        (x, y), key = camera.pixel(one.row, one.col, high), (one.slot, one.row, one.col, one.direction)
        tile = camera.pixel(one.row, one.col + 0.5, high)[0] - camera.pixel(one.row, one.col - 0.5, high)[0]
        units.append(Unit(OPERATOR, key, x * HALF, y * HALF, tile * HALF))
    for enemy in frame.enemies or ():
        lift = HOVER if enemy.kind in battle.flying else 0.0
        x, y = camera.pixel(enemy.row, enemy.col, lift=lift)
        left, right = (camera.pixel(enemy.row, enemy.col + side, lift=lift)[0] for side in (-0.5, 0.5))
        units.append(Unit(enemy.kind, (), x * HALF, y * HALF, (right - left) * HALF))
    return units


def things_in(scenes: Scenes, index: int) -> list[Thing]:
    """The operators of a frame, what moves in it, and the twin's enemies that cannot be made out; sizes not judged."""
    enemies = [one for one in scenes.units[index] if not one.key]
    found = [one for box, area in scenes.moving(index) if (one := _moving(box, area, enemies)) is not None]
    pairs = sorted(
        (enemy.distance(foot_of(thing.box)), at, number)
        for at, thing in enumerate(found) for number, enemy in enumerate(enemies) if not thing.doubt
    )  # fmt: skip
    named: dict[int, int] = {}
    for distance, at, number in pairs:
        if distance < REACH and at not in named and number not in named.values():
            named[at] = number
    left = set(range(len(enemies))) - set(named.values())
    for at, thing in enumerate(found):
        if not thing.doubt:
            kinds = {one.name for one in enemies if one.distance(foot_of(thing.box)) < REACH}
            doubt: Doubt = "not known to the twin" if at not in named else "of several kinds" if len(kinds) > 1 else ""
            alone = all(enemies[number].distance(foot_of(thing.box)) > REACH for number in left)
            found[at] = Thing(enemies[named[at]].name if at in named else "", thing.box, thing.tile, doubt, alone)
    hidden = [
        Thing(one.name, one.body(), one.tile, "not made out")
        for one in enemies
        if not any(one.distance(foot_of(thing.box)) < REACH for thing in found) and scenes.is_in_sight(one)
    ]
    return [*operators_in(scenes, index), *found, *hidden]


def operators_in(scenes: Scenes, index: int) -> list[Thing]:
    """The operators of a frame."""
    things = []
    for one in scenes.units[index]:
        if one.key:
            box = scenes.operator_box(one)
            things.append(Thing(OPERATOR, box or one.body(), one.tile, "" if box else "not made out"))
    return things


def _moving(box: Rectangle, area: int, enemies: Sequence[Unit]) -> Thing | None:
    """Something that moves, as a thing without a name; None for an effect, which is too small to be a unit."""
    foot = foot_of(box)
    tile = min(enemies, key=lambda one: one.distance(foot)).tile if enemies else box[2]
    if area < SMALL * tile**2:
        return None
    return Thing("", box, tile, "odd size" if area < LEAST_AREA * tile**2 else "")


def foot_of(box: Rectangle) -> tuple[float, float]:
    """The middle of a box's lower edge."""
    return box[0] + box[2] / 2, box[1] + box[3]


def with_usual_sizes(things: Sequence[Sequence[Thing]]) -> list[list[Thing]]:
    """The same things; those whose size is not that of their kind are doubtful. It is told by things that are alone."""
    sizes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in (one for found in things for one in found if one.alone and not one.doubt):
        sizes[one.name].append((one.box[2] / one.tile, one.box[3] / one.tile))
    usual = {name: np.median(seen, axis=0) for name, seen in sizes.items() if len(seen) >= LEAST_OF_KIND}

    def judged(one: Thing) -> Thing:
        if one.doubt or one.name == OPERATOR:
            return one
        ratio = np.array(one.box[2:]) / one.tile / usual[one.name] if one.name in usual else np.zeros(2)
        return one if (ratio < ALIKE).all() and (ratio > 1 / ALIKE).all() else one._replace(doubt="odd size")

    return [[judged(one) for one in found] for found in things]


def spread(found: Sequence[Thing]) -> list[Thing]:
    """The same things; one that is covered by something doubtful is doubtful too."""
    found, before = list(found), 0
    while len(grey := [one.box for one in found if one.doubt]) > before:
        before = len(grey)
        found = [
            one._replace(doubt="beside doubt")
            if not one.doubt and sum(shared(one.box, box) for box in grey) > COVERED
            else one
            for one in found
        ]
    return found

"""How well the twin follows a battle of the real game, from its frames alone.

python benchmarks/recorded_twin.py [--label FOLDER]

The recording of stage 0-5 is no part of the project (see benchmarks/fidelity.py). Its frames, 2.9 s apart, are all that
is given, with the squad and where its operators look, which a bot knows that deployed them. When they came is not
given: an operator is there once its bars are seen on a tile, and whose it is says the cost of the card that left the
hand. Compared are the counter and the DP with those read by eye, the clock with the bar under the DP, and the twin's
enemies with those that a person sees. With --label the frames label themselves (vision.labelling) instead, with
previews in FOLDER/labelled/previews.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from fidelity import CATALOGUE, REFERENCE, ROW_SECONDS, SIGHTINGS, SQUAD, seconds_of

from game.actions import LEFT
from game.camera import Camera
from game.characters.builds import squad_of
from game.levels.stage import Stage, load_stage
from game.view import UNKNOWN, BattleView
from planning.twin import Twin
from states.events import BattleSeen
from vision.capture import Frame
from vision.cutter import Cutter
from vision.kept_frames import KeptFrame, add_frame, begin_battle, kept_battle
from vision.label_folder import label_folder
from vision.ocr import Reader
from vision.profile import load_profile
from vision.reading import client_area, load_image
from vision.watcher import Watcher

NOWHERE = 3.0
"""Tiles that an enemy counts as off where the twin has none."""


class FollowedFrame(NamedTuple):
    """One frame of the recording beside the twin."""

    number: int
    in_step: bool
    late: float
    """Seconds by which the twin's clock is late."""
    kills: int
    dp: int
    """By how much what was read by eye is ahead of the twin's."""
    off: list[float]
    """Tiles from each enemy that a person sees to the nearest of the twin's."""


def follow(seed: int = 0, reference: Path = REFERENCE) -> list[FollowedFrame]:
    """Have a twin follow the recorded battle."""
    with (reference / "battle_0-5" / "hud.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    stage = load_stage(reference / "levels" / "level_main_00-05.json", CATALOGUE)
    twin, followed = Twin(stage, squad_of(SQUAD, CATALOGUE), seed), []
    seconds = seconds_of(reference, rows)
    for row, second, view in zip(rows, seconds, views(rows, reference), strict=True):
        number = int(row["frame"])
        fit, best = twin.see(number * ROW_SECONDS / 2, view), twin.view()
        places = [(one.row, one.col) for one in best.enemies]
        seen = [place for at, _, *place in SIGHTINGS if at == number]
        off = [min((math.dist(one, other) for other in places), default=NOWHERE) for one in seen]
        kills, dp = int(row["kills"]) - best.kills, int(row["cost"]) - best.dp
        followed.append(FollowedFrame(number, fit.in_step, second - twin.seconds, kills, dp, off))
    return followed


def views(rows: list[dict[str, str]], reference: Path) -> Iterator[BattleView]:
    """The battle as the eyes see it in each frame, with the slots of the squad's operators."""
    stage = load_stage(reference / "levels" / "level_main_00-05.json", CATALOGUE)
    numbers = [int(row["frame"]) for row in rows]
    frames = (_frame(reference / "battle_0-5" / f"frame_{number:02d}.jpg", number) for number in numbers)
    costs = [operator.cost for operator in squad_of(SQUAD, CATALOGUE)]
    watcher: Watcher | None = None
    slots: dict[tuple[int, int], int] = {}
    hand = Counter[int]()
    for frame in frames:
        watcher = watcher or _watcher(frame, stage)
        (view,) = (event.view for event in watcher.look(frame) if isinstance(event, BattleSeen))
        gone, hand = hand - Counter(card.cost for card in view.cards), Counter(card.cost for card in view.cards)
        for one in view.operators:
            if (one.row, one.col) not in slots:
                slots[one.row, one.col] = next(slot for slot, cost in enumerate(costs) if gone[cost])
        yield _with_slots(view, slots, costs)


def label(folder: Path, seed: int = 0, reference: Path = REFERENCE) -> dict[str, object]:
    """Keep the recorded frames in a folder as a bot does, and have them label themselves; the figures of labelling."""
    with (reference / "battle_0-5" / "hud.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    stage = load_stage(reference / "levels" / "level_main_00-05.json", CATALOGUE)
    twin, kept = Twin(stage, squad_of(SQUAD, CATALOGUE), seed), folder / "frames" / "0-5"
    for row, view in zip(rows, views(rows, reference), strict=True):
        number = int(row["frame"])
        frame = _frame(reference / "battle_0-5" / f"frame_{number:02d}.jpg", number)
        size = frame.image.shape[1], frame.image.shape[0]
        fit = twin.see(frame.t, view)
        if not kept.exists():
            begin_battle(kept, kept_battle(stage, load_profile("arknights-cn", size), size))
        if not view.deploying and not view.paused:
            enemies = None if fit.lost else twin.view().enemies
            add_frame(kept, KeptFrame(picture=f"{number:02}.jpg", t=frame.t, view=view, enemies=enemies), frame.image)
    return label_folder(folder / "frames", folder / "labelled", print)


def _frame(path: Path, number: int) -> Frame:
    """A frame of the recording, without the title bar of its window."""
    picture = load_image(path)
    if isinstance(picture, str):
        sys.exit(f"{path}: {picture}")
    return Frame(client_area(picture), number * ROW_SECONDS / 2)


def _watcher(frame: Frame, stage: Stage) -> Watcher:
    """The eyes for frames of this size, as they are for any real client: without a detector."""
    size = frame.image.shape[1], frame.image.shape[0]
    profile, reader = load_profile("arknights-cn", size), Reader()
    camera = Camera(stage.height, stage.width, stage.view, size)
    return Watcher(profile, Cutter(profile, reader), None, reader, camera, stage, steady=1)


def _with_slots(view: BattleView, slots: Mapping[tuple[int, int], int], costs: Sequence[int]) -> BattleView:
    """A view with what a bot knows of its operators: whose the cards are, which stands where, and all looking left."""
    replace = msgspec.structs.replace
    in_hand = {cost: slot for slot, cost in enumerate(costs) if slot not in slots.values()}
    operators = (replace(one, slot=slots[one.row, one.col], direction=LEFT) for one in view.operators)
    cards = (replace(card, slot=in_hand.get(card.cost, UNKNOWN)) for card in view.cards)
    return replace(view, operators=tuple(operators), cards=tuple(cards))


def main() -> None:
    """Print frame by frame, and the shares that are right; or what labelling makes of the frames."""
    parser = argparse.ArgumentParser(description="How well the twin follows a battle of the real game.")
    parser.add_argument("--label", type=Path, metavar="FOLDER", help="where the frames label themselves")
    into = parser.parse_args().label
    if not REFERENCE.is_dir():
        sys.exit(f"{REFERENCE} does not exist: the project does not distribute the recorded battle and its stage")
    if into is not None:
        print("\n".join(f"{name}: {value}" for name, value in label(into).items()))
        return
    followed = follow()
    print("frame  in step  clock late (s)  counter  DP  enemies off (tiles)")
    for one in followed:
        off = " ".join(f"{tiles:.2f}" for tiles in one.off)
        print(f"{one.number:5}  {'yes' if one.in_step else 'no':7}{one.late:15.2f}{one.kills:9}{one.dp:4}  {off}")
    late, off = [abs(one.late) for one in followed], np.concatenate([one.off for one in followed])
    for name, right in (
        ("in step", [one.in_step for one in followed]),
        ("counter the same", [one.kills == 0 for one in followed]),
        ("counter within 1", [abs(one.kills) <= 1 for one in followed]),
        ("DP the same", [one.dp == 0 for one in followed]),
        ("DP within 1", [abs(one.dp) <= 1 for one in followed]),
        ("clock within 0.2 s", [one <= 0.2 for one in late]),
        ("enemies within half a tile", off <= 0.5),
    ):
        print(f"{name:28}{int(np.sum(right)):4} of {len(right)}")
    print(f"enemies off by {off.mean():.2f} tiles on average, the clock by {np.median(late):.2f} s (median)")


if __name__ == "__main__":
    main()

"""A contact sheet of the practice game, for visual checks: every page, battles in every view, and faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pygame

from game.actions import DEPLOY, unflatten
from game.camera import Camera
from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice.art import LIGHT, PORTRAIT, write
from game.practice.draw import Painter
from game.practice.enemies import ENEMY_SIZE, SHAPES
from game.practice.placement import WindowPlacement, displaced
from game.practice.scene import BattleScene, Hold, Struck
from game.practice.skin import OWN, Skin
from game.practice.stage_map import ON_A_PAGE, nodes_of
from game.simulator.battle import Battle

Image = npt.NDArray[np.uint8]
Picture = tuple[str, Image]

SIZES = ((1280, 720), (1280, 960))
"""Two shapes of the window, 16:9 and 4:3."""
THUMB = 426
"""Width of a picture on the sheet."""
COLUMNS = 4
CAPTION = 22
SECONDS = 40
"""Seconds of play after which a battle's picture is taken."""


def write_sheet(file: Path, stages: Sequence[Stage], squad: tuple[Operator, ...], skin: Skin = OWN) -> int:
    """Draw the sheet in one look and write it to a PNG file; returns how many pictures are on it."""
    pictures = [
        (f"{title} {size[0]}x{size[1]}", image) for size in SIZES for title, image in _all(size, stages, squad, skin)
    ]
    pictures.append(("looks", _looks(skin)))
    pictures.append(("portraits", _portraits(squad, skin)))
    pygame.image.save(_together(pictures), str(file))
    return len(pictures)


def _all(size: tuple[int, int], stages: Sequence[Stage], squad: tuple[Operator, ...], skin: Skin) -> Iterator[Picture]:
    """All pictures of one window size."""
    painter = Painter(size, squad[:12], skin)
    many = [f"{'ABCDE'[index // 8]}-{index % 8 + 1}" for index in range(ON_A_PAGE + 2)]
    few = [stage.code for stage in stages[:3]]
    pages: dict[str, Callable[[], None]] = {
        "home": painter.home,
        "terminal": painter.terminal,
        "map": lambda: painter.stage_map(few, nodes_of(len(few), 0)),
        "map of many": lambda: painter.stage_map(many[:ON_A_PAGE], nodes_of(len(many), 0), 0, 2),
        "stage panel": lambda: painter.stage_panel(stages[0]),
        "squad": painter.squad_page,
        "loading": lambda: painter.loading(0.6),
        "settle": lambda: painter.result(won=True, stars=2, code=stages[0].code),
        "failed": lambda: painter.result(won=False, stars=0, code=stages[0].code),
    }
    for title, page in pages.items():
        page()
        yield title, painter.frame()
    for title, over in (("pop-up", painter.popup), ("connection lost", painter.connection_lost)):
        painter.home()
        over()
        yield title, painter.frame()
    painter.foreign()
    yield "unknown", painter.frame()
    yield from _battles(painter, stages)


def _battles(painter: Painter, stages: Sequence[Stage]) -> Iterator[Picture]:
    """A battle on every stage, and the first one in every view."""
    for stage in stages:
        scene, camera = (
            _scene(painter, stage),
            Camera(stage.height, stage.width, stage.view, painter.surface.get_size()),
        )
        painter.battle(scene, camera)
        yield f"battle {stage.code}", painter.frame()
        if stage is stages[0]:
            yield from _views(painter, scene, camera)


def _views(painter: Painter, scene: BattleScene, camera: Camera) -> Iterator[Picture]:
    """One moment of a battle, drawn while a card is held, paused, flashing, with a pop-up and so on."""
    height, width = painter.surface.get_height(), painter.surface.get_width()
    units: set[Struck] = {("operator", one.slot) for one in scene.battle.operators_on_field()}
    units |= {("enemy", one.number) for one in scene.battle.enemies_on_field()}
    views = {
        "flashes": replace(scene, struck=units, dp_flash=1.0),
        "pause": replace(scene, paused=True),
        "double speed": replace(scene, speed=2, banner="heavy_defender"),
    }
    if scene.hand:
        slot = scene.hand[0].slot
        tiles = _tiles(scene.battle)
        views["card held"] = replace(scene, hold=Hold(slot, at=(width / 2, height / 2)), legal=tiles)
        views["card tapped"] = replace(scene, paused=True, hold=Hold(slot, tapped=True))
        if tiles:
            views["direction"] = replace(scene, hold=Hold(slot, tile=tiles[0], direction=2))
    for one in scene.battle.operators_on_field()[:1]:
        views["unit selected"] = replace(scene, hold=Hold(one.slot, tile=(one.row, one.col), standing=True))
    for title, view in views.items():
        painter.battle(view, camera)
        yield title, painter.frame()
    painter.battle(scene, camera)
    yield "moved", displaced(painter.frame(), WindowPlacement(width // 5, -height // 6))
    yield "resized", displaced(painter.frame(), WindowPlacement(factor=0.7))
    painter.popup()
    yield "pop-up in battle", painter.frame()


def _scene(painter: Painter, stage: Stage) -> BattleScene:
    """A battle after SECONDS seconds, with a random deployment whenever one was possible."""
    battle, rng = Battle(stage, painter.squad), np.random.default_rng(1)
    while battle.outcome is None and (battle.seconds < SECONDS or not battle.enemies_on_field()):
        actions = np.flatnonzero(battle.legal_actions())
        deploys = [
            action
            for action in (unflatten(int(n), len(battle.squad), stage.height * stage.width) for n in actions)
            if action.kind == DEPLOY
        ]
        if deploys:
            battle.act(deploys[rng.integers(len(deploys))])
        battle.step()
    return BattleScene(battle, battle.view().cards)


def _tiles(battle: Battle) -> list[tuple[int, int]]:
    """The free tiles on which operators can stand."""
    stage, taken = battle.stage, {(one.row, one.col) for one in battle.operators_on_field()}
    return [(row, col) for row, col in np.argwhere(stage.melee | stage.ranged).tolist() if (row, col) not in taken]


def _looks(skin: Skin) -> Image:
    """Every look of an enemy, enlarged and at its size on the field."""
    plate = pygame.Surface((1280, 720))
    plate.fill((84, 88, 96))
    for index, kind in enumerate(SHAPES):
        x, y = 20 + 210 * (index % 6), 20 + 340 * (index // 6)
        plate.blit(skin.enemy(kind, 190), (x, y))
        plate.blit(skin.enemy(kind, round(80 * ENEMY_SIZE.get(kind, 0.8))), (x, y + 200))
        write(plate, kind, (x + 90, y + 318), 28)
    return _array(plate)


def _portraits(squad: Sequence[Operator], skin: Skin) -> Image:
    """Every portrait with its name."""
    plate = pygame.Surface((1280, 720))
    for index, one in enumerate(squad):
        x, y = 8 + 98 * (index % 13), 6 + 100 * (index // 13)
        plate.blit(skin.portrait(one, *PORTRAIT), (x, y))
        write(plate, one.name, (x + PORTRAIT[0] / 2, y + PORTRAIT[1] + 10), 18)
    return _array(plate)


def _array(plate: pygame.Surface) -> Image:
    return np.ascontiguousarray(pygame.surfarray.array3d(plate).swapaxes(0, 1)[:, :, ::-1])


def _together(pictures: Sequence[Picture]) -> pygame.Surface:
    """All pictures in rows, each below its title."""
    rows = [pictures[first : first + COLUMNS] for first in range(0, len(pictures), COLUMNS)]
    tall = [max(round(THUMB * image.shape[0] / image.shape[1]) for _, image in row) + CAPTION for row in rows]
    sheet = pygame.Surface((COLUMNS * THUMB, sum(tall)))
    for index, (title, image) in enumerate(pictures):
        x, y = index % COLUMNS * THUMB, sum(tall[: index // COLUMNS])
        height, width, _ = image.shape
        whole = pygame.image.frombuffer(image.tobytes(), (width, height), "BGR")
        sheet.blit(
            pygame.transform.smoothscale(whole, (THUMB - 4, round((THUMB - 4) * height / width))), (x, y + CAPTION)
        )
        write(sheet, title, (x + THUMB / 2, y + CAPTION / 2), 22, LIGHT)
    return sheet

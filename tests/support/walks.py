"""Frames of drawn battles in which enemies walk by, kept as a bot keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from levels import CATALOGUE

from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.draw import Painter
from game.practice.scene import BattleScene, Label
from game.simulator.battle import Battle, EnemyOnField, OperatorOnField
from game.view import EnemySeen, OperatorSeen
from vision.kept_frames import KeptFrame, add_frame, begin_battle, kept_battle
from vision.profile import load_profile

SIZE = (640, 360)
STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)[:3]
Place = tuple[str, float, float]
"""A kind of enemy, and its row and column."""


class StandIn(Battle):
    """A battle with the units that it is given."""

    operators: tuple[OperatorOnField, ...] = ()
    enemies: tuple[EnemyOnField, ...] = ()

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """The given ones."""
        return self.operators

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """The given ones."""
        return self.enemies


def keep_walk(
    folder: Path,
    moments: Sequence[Sequence[Place]],
    *,
    late: float = 0.0,
    operator: int = 10**9,
    stage: str = "first_watch",
) -> list[list[Label]]:
    """Keep a battle with a frame for each moment, in which enemies are where it says; returns the true boxes.

    The twin has each enemy `late` tiles to the left. From frame number `operator` on one stands at (4, 1).
    """
    battle, view = StandIn(STAGE, SQUAD, seed=1), Battle(STAGE, SQUAD).view()
    painter, camera = Painter(SIZE, SQUAD), Camera(STAGE.height, STAGE.width, STAGE.view, SIZE)
    kept = msgspec.structs.replace(kept_battle(STAGE, load_profile("practice", SIZE), SIZE), stage=stage)
    begin_battle(folder, kept)
    truth = []
    for number, places in enumerate(moments):
        battle.enemies = tuple(
            EnemyOnField(at, kind, row, col, 1.0, CATALOGUE.kinds[kind].flying, blocked=False)
            for at, (kind, row, col) in enumerate(places)
        )
        standing = number >= operator
        battle.operators = (OperatorOnField(0, 4, 1, 1, 1.0, 0.2, False, False),) if standing else ()
        seen = (OperatorSeen(0, 4, 1, 1, 1.0, False),) if standing else ()
        painter.battle(BattleScene(battle, view.cards), camera)
        truth.append(list(painter.labels))
        frame = KeptFrame(
            picture=f"{number:04}.jpg", t=float(number), view=msgspec.structs.replace(view, operators=seen),
            enemies=tuple(EnemySeen(kind, row, col - late, 1.0) for kind, row, col in places),
        )  # fmt: skip
        add_frame(folder, frame, painter.frame())
    return truth

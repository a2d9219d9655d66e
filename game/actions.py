"""The actions of a battle, their flat numbering, and how much of the paths a place covers.

An action is `(kind, slot, tile, direction)`, a Gymnasium `MultiDiscrete`. The Q-network numbers the same actions flat:

    0                                      wait
    1 + (slot * tiles + tile) * 4 + dir    deploy the squad's operator `slot` on `tile` facing `dir`
    then one for each slot                 use its skill
    then one for each slot                 retreat it

`tile` is `row * width + col`. Actions that mean the same (waiting with any tile) share one flat number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.tables import standing_room

WAIT, DEPLOY, SKILL, RETREAT = range(4)
KINDS = ("wait", "deploy", "skill", "retreat")

RIGHT, DOWN, LEFT, UP = range(4)
DIRECTIONS = ("right", "down", "left", "up")
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""(row, column) of one step in each direction; row 0 is the top."""


class Action(NamedTuple):
    """One decision. Fields that do not apply are 0."""

    kind: int
    slot: int = 0
    tile: int = 0
    direction: int = 0


NOTHING = Action(WAIT)


def action_count(slots: int, tiles: int) -> int:
    """The number of flat actions of a squad of `slots` operators on a map of `tiles` tiles."""
    return 1 + slots * tiles * 4 + 2 * slots


def flatten(action: Action, slots: int, tiles: int) -> int:
    """The flat number of an action, 0 to `action_count(slots, tiles)` - 1."""
    kind, slot, tile, direction = action
    if kind == WAIT:
        return 0
    if kind == DEPLOY:
        return 1 + (slot * tiles + tile) * 4 + direction
    return 1 + slots * tiles * 4 + (slots if kind == RETREAT else 0) + slot


def unflatten(index: int, slots: int, tiles: int) -> Action:
    """The action of a flat number; the inverse of `flatten`."""
    if index == 0:
        return NOTHING
    index -= 1
    if index < slots * tiles * 4:
        rest, direction = divmod(index, 4)
        slot, tile = divmod(rest, tiles)
        return Action(DEPLOY, slot, tile, direction)
    index -= slots * tiles * 4
    return Action(SKILL, index) if index < slots else Action(RETREAT, index - slots)


def coverage(stage: Stage, squad: Sequence[Operator]) -> npt.NDArray[np.int16]:
    """How many tiles on the enemies' paths each operator would cover from each tile in each direction.

    int16[slots, tiles, 4]; 0 where the operator cannot stand.
    """
    room = standing_room(stage, squad)
    walked = np.zeros((stage.height, stage.width), np.int16)
    for path in stage.paths:
        for tile in path:
            walked[tile] = 1
    reach = max(abs(step) for operator in squad for offset in operator.range for step in offset)
    wide = np.pad(walked, reach)
    found = np.zeros((len(squad), stage.height, stage.width, 4), np.int16)
    for slot, operator in enumerate(squad):
        for direction in range(4):
            for offset in operator.range:
                down, right = turned(offset, direction)
                rows = slice(reach + down, reach + down + stage.height)
                found[slot, :, :, direction] += wide[rows, reach + right : reach + right + stage.width]
    return found.reshape(*room.shape, 4) * room[:, :, None]


def turned(offset: tuple[int, int], direction: int) -> tuple[int, int]:
    """An offset (row, column) from an operator that faces RIGHT, turned for one that faces in `direction`."""
    down, right = offset
    for _ in range(direction):
        down, right = right, -down
    return down, right

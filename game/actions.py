"""The actions of a battle, their flat numbering, and which of them are legal.

An action is `(kind, slot, tile, direction)`, a Gymnasium `MultiDiscrete`. The Q-network numbers the same actions flat:

    0                                      wait
    1 + (slot * tiles + tile) * 4 + dir    deploy the squad's operator `slot` on `tile` facing `dir`
    then one for each slot                 use its skill
    then one for each slot                 retreat it

`tile` is `row * width + col`. A pair that means the same thing (waiting with a tile) has one flat number only.
"""

from __future__ import annotations

from typing import NamedTuple

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
    """How many flat actions a squad of `slots` has on a map of `tiles`."""
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
    """The action behind a flat number; the inverse of `flatten`."""
    if index == 0:
        return NOTHING
    index -= 1
    if index < slots * tiles * 4:
        rest, direction = divmod(index, 4)
        slot, tile = divmod(rest, tiles)
        return Action(DEPLOY, slot, tile, direction)
    index -= slots * tiles * 4
    return Action(SKILL, index) if index < slots else Action(RETREAT, index - slots)

"""Which actions are legal, from what a player sees alone: the same rule for the simulator's battles and for live play.

What really happens is decided by `game.simulator.actions`; tests check that the two agree.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import action_count
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.compiling import entry, often
from game.simulator.display import READY, ViewArrays, tile_seen
from game.simulator.records import Flags
from game.simulator.tables import standing_room

MaskBytes = npt.NDArray[np.int8]
"""A mask in the type that Gymnasium's samplers take."""


class Places(NamedTuple):
    """What legality needs of a stage and a squad. S slots, T tiles."""

    height: int
    width: int
    stands: Flags
    """[S, T] where each operator may be deployed"""
    takes_slot: Flags
    """[S] whether the operator counts against the limit of deployed operators"""
    by_hand: Flags
    """[S] whether it has a skill that is used by hand: a mark seen on another one was its neighbour's"""


@lru_cache(maxsize=32)
def places_of(stage: Stage, squad: tuple[Operator, ...]) -> Places:
    """What legality needs of a stage and a squad."""
    takes_slot = np.array([one.takes_slot for one in squad], np.bool_)
    by_hand = np.array([one.skill is not None and one.skill.by_hand for one in squad], np.bool_)
    return Places(stage.height, stage.width, standing_room(stage, squad), takes_slot, by_hand)


def legal_actions(arrays: ViewArrays, places: Places) -> npt.NDArray[np.bool_]:
    """Which flat actions (see game.actions) are allowed, bool[B, action_count].

    Waiting is always allowed. A card or an operator on the field whose slot is unknown allows no action; the tile of
    such an operator still counts as taken. After the end of the battle only waiting is allowed.
    """
    mask = np.empty((arrays.battle.shape[0], action_count(*places.stands.shape)), np.int8)
    _allow_all(places, arrays, mask)
    return mask.view(np.bool_)


@entry
def _allow_all(places: Places, arrays: ViewArrays, mask: MaskBytes) -> None:
    """Fill the masks of all battles, int8[B, action_count]."""
    for b in range(mask.shape[0]):
        allow(places, arrays, b, mask[b])


@often
def allow(places: Places, arrays: ViewArrays, b: int, mask: MaskBytes) -> None:
    """Fill the mask of battle `b`, int8[action_count]."""
    mask[:] = 0
    mask[0] = 1
    if not arrays.battle[b].decided:
        for k in range(arrays.battle[b].cards):
            if _playable(places, arrays, b, k):
                _allow_places(places, mask, arrays.cards[b, k].slot)
        for k in range(arrays.battle[b].operators):
            _allow_operator(places, arrays, b, k, mask)


@often
def _playable(places: Places, arrays: ViewArrays, b: int, k: int) -> bool:
    """Whether a card can be played now, if there is a tile for it."""
    battle, card = arrays.battle[b], arrays.cards[b, k]
    known = 0 <= card.slot < places.stands.shape[0]
    affordable = card.state == READY and card.cost <= battle.dp
    return known and affordable and (battle.slots_left > 0 or not places.takes_slot[card.slot])


@often
def _allow_places(places: Places, mask: MaskBytes, slot: int) -> None:
    """Allow a card on every tile where its operator may stand."""
    tiles = places.stands.shape[1]
    for tile in range(tiles):
        if places.stands[slot, tile]:
            first = 1 + (slot * tiles + tile) * 4
            mask[first : first + 4] = 1


@often
def _allow_operator(places: Places, arrays: ViewArrays, b: int, k: int, mask: MaskBytes) -> None:
    """Forbid the tile of an operator on the field to all others, and allow its retreat and, if ready, its skill."""
    slots, tiles = places.stands.shape
    seen = arrays.operators[b, k]
    tile = tile_seen(places.height, places.width, seen.row, seen.col)
    for slot in range(slots):
        first = 1 + (slot * tiles + tile) * 4
        mask[first : first + 4] = 0
    if 0 <= seen.slot < slots:
        skills = 1 + slots * tiles * 4
        mask[skills + seen.slot] = seen.skill_ready and places.by_hand[seen.slot]
        mask[skills + slots + seen.slot] = 1

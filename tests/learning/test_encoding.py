"""The encoding says what the view says, for every stage."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, Action, coverage, legal_actions
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from game.view import UNKNOWN, Card, EnemySeen, OperatorSeen
from learning.encoding import (
    COOLING,
    COST,
    ENEMIES,
    FIREPOWER,
    HEALTH,
    IN_HAND,
    ON_FIELD,
    READY,
    make_encoding,
    observe,
)
from learning.policy import Greedy, Random
from learning.replay import ReplayBuffer
from learning.reward import threat


@pytest.mark.parametrize("name", shipped_stages())
def test_an_experience_takes_less_than_one_and_a_half_kilobytes(name, squad):
    """Fifty thousand experiences fit beside a browser, whatever the stage."""
    assert ReplayBuffer(make_encoding(load_stage(name, CATALOGUE), squad), 10, 3, 0.98).bytes_each <= 1500


def test_cover_agrees_with_the_rules(stage, squad, encoding):
    """The network is told the same covered tiles that the rules use."""
    reach = encoding.reach[encoding.place_slots, encoding.place_tiles]
    walked = reach.astype(int) @ (encoding.path > 0)
    assert (walked == coverage(stage, squad)[encoding.place_slots, encoding.place_tiles]).all()


def test_no_legal_action_is_without_a_number(stage, squad, encoding, views):
    """The compact numbering leaves out only what can never be legal."""
    for view in views:
        assert encoding.legal(view).sum() == legal_actions(view, stage, squad).sum()
    for index in range(0, len(encoding.flat_actions), 7):
        assert encoding.index(encoding.action(index)) == index


def test_masks_do_not_leak_between_high_and_low_ground(stage, squad, encoding):
    """No melee operator is ever offered high ground, no ranged one the road."""
    for slot, tile in zip(encoding.place_slots, encoding.place_tiles, strict=True):
        assert stage.high.ravel()[tile] != squad[slot].melee or stage.melee.ravel()[tile] == stage.ranged.ravel()[tile]


def test_a_tile_s_status_belongs_to_the_tile(encoding, views):
    """An operator is found where it stands, whichever slot it has."""
    for slot in (0, 5):
        seen = OperatorSeen(slot, 2, 3, UNKNOWN, 0.5, skill_ready=False)
        tiles, slots, _ = observe(msgspec.structs.replace(views[0], operators=(seen,)), encoding)
        assert np.flatnonzero(tiles[HEALTH]).tolist() == [2 * encoding.stage.width + 3]
        assert np.flatnonzero(slots[:, ON_FIELD]).tolist() == [slot]


def test_a_cooldown_clears(stage, squad, encoding):
    """A card that has cooled down is encoded as ready."""
    battle = Battle(stage, squad)
    deploy = next(encoding.action(index) for index in np.flatnonzero(encoding.legal(battle.view())) if index)
    assert deploy.kind == DEPLOY
    assert battle.act(deploy)
    assert not observe(battle.view(), encoding).slots[deploy.slot, IN_HAND]
    assert battle.act(Action(3, deploy.slot))
    assert observe(battle.view(), encoding).slots[deploy.slot, COOLING]
    cards = tuple(msgspec.structs.replace(card, state="ready") for card in battle.view().cards)
    later = observe(msgspec.structs.replace(battle.view(), dp=99, cards=cards), encoding)
    assert later.slots[deploy.slot, READY]
    assert not later.slots[deploy.slot, COOLING]


def test_what_the_eyes_cannot_tell_is_tolerated(encoding, views):
    """Unknown slots, unknown kinds and positions off the map give numbers, not errors."""
    unknown = OperatorSeen(UNKNOWN, 1, 1, UNKNOWN, 1.0, skill_ready=True)
    enemies = (EnemySeen("no such kind", -0.7, 99.0, 1.0),)
    tiles, slots, _ = observe(msgspec.structs.replace(views[0], operators=(unknown,), enemies=enemies), encoding)
    assert tiles[ENEMIES].sum() == 32
    assert tiles[HEALTH].max() == 255
    assert not slots[:, ON_FIELD].any()


def test_what_the_eyes_misread_is_clipped(stage, squad, encoding, views):
    """Unreadable costs, impossible healths and numbers below zero give a decision, not an error."""
    cards = (Card(-1, -1, "cooling"), Card(3, -1, "ready"), Card(4, 999, "unaffordable"))
    operators = (OperatorSeen(2, 40, -3, 0, 1.7, skill_ready=True), OperatorSeen(1, 2, 2, 9, -0.2, skill_ready=False))
    enemies = (EnemySeen("slug", 2.0, 3.0, 1.4), EnemySeen("slug", 2.0, 3.0, -0.4))
    view = msgspec.structs.replace(
        views[0], cards=cards, operators=operators, enemies=enemies, dp=-1, life=-1, slots_left=-2, kills=-1, total=0
    )
    tiles, slots, world = observe(view, encoding)
    assert slots[3, COST] == 0
    assert slots[4, COST] == 255
    assert tiles[HEALTH].max() == 255
    assert (world >= 0).all()
    assert 0 <= threat(view, encoding) <= 1
    for policy in (Random(stage, squad, 0), Greedy(stage, squad)):
        assert policy.decide(view).legal >= 1


def test_firepower_lies_on_what_is_covered(encoding, views, squad):
    """An operator facing the other way covers other tiles; a healer does no damage at all."""
    shooter = next(slot for slot, one in enumerate(squad) if one.role == "sniper")
    healer = next(slot for slot, one in enumerate(squad) if one.damage == "heal")
    fields = []
    for slot, direction in ((shooter, 0), (shooter, 2), (healer, 0)):
        seen = OperatorSeen(slot, 3, 4, direction, 1.0, skill_ready=False)
        fields.append(observe(msgspec.structs.replace(views[0], operators=(seen,)), encoding).tiles[FIREPOWER] > 0)
    assert (fields[0] == encoding.reach[shooter, 3 * encoding.stage.width + 4, 0]).all()
    assert (fields[0] != fields[1]).any()
    assert not fields[2].any()

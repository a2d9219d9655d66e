"""What the network is told is what the view says, whether a view or the simulator filled the arrays."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from befriended import KROOS, befriended, friend
from levels import CATALOGUE

from game.actions import DEPLOY, Action, unflatten
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.view import UNKNOWN, Card, EnemySeen, OperatorSeen
from game.view_arrays import arrays_of
from learning.encoding import (
    BLOCK,
    COOLING,
    COST,
    ENEMIES,
    FIREPOWER,
    HEALTH,
    IN_HAND,
    ON_FIELD,
    READY,
    make_encoding,
)
from learning.observation import look, observe
from learning.policy import Greedy, Random


def same(one, other, b=0):
    """Whether battle `b` of one reading equals the first of another, to the last bit of every array."""
    return all(
        left[b].dtype == right[0].dtype and left[b].tobytes() == right[0].tobytes()
        for left, right in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("name", ["first_watch", "two_roads", "ridge_line"])
def test_a_view_gives_the_numbers_that_the_simulator_gives(name, squad):
    """In random battles, to the last bit: observation, mask and threat, before and after the end."""
    stage, chance = load_stage(name, CATALOGUE), np.random.default_rng(3)
    encoding = make_encoding(stage, squad)
    for seed in range(2):
        battle = Battle(stage, squad, seed)
        while battle.outcome is None:
            flat = int(chance.choice(np.flatnonzero(battle.legal_actions())))
            battle.act(unflatten(flat, len(squad), encoding.tiles))
            battle.step(int(chance.integers(1, 60)))
            view = battle.view()
            assert same(observe(battle.view_arrays(), encoding), observe(arrays_of([view], encoding.kinds), encoding))


def test_an_operator_of_the_level_is_seen_with_its_firepower(make, squad):
    """From the simulator and from a view as the eyes give it, without slot and direction, alike."""
    data = befriended(make, friend(KROOS, (0, 3), "DOWN", phase="PHASE_1", level=55))
    stage = make.stage(data)
    encoding, battle = make_encoding(stage, squad), Battle(stage, squad)
    view = battle.view()
    by_eye = msgspec.structs.replace(view, operators=(OperatorSeen(UNKNOWN, 0, 3, UNKNOWN, 1.0, skill_ready=False),))
    seen = observe(battle.view_arrays(), encoding)
    assert same(seen, observe(arrays_of([by_eye], encoding.kinds), encoding))
    fire = seen.tiles[0, FIREPOWER].reshape(stage.height, stage.width)
    assert fire[1, 3] > 0 == fire[1, 7]
    assert seen.tiles[0, HEALTH].reshape(stage.height, stage.width)[0, 3] == 255
    assert not seen.slots[0][:, ON_FIELD].any()


def misread(view):
    """A view as the eyes may give it: an operator and a card of unknown slot, an enemy that no table knows."""
    unknown = OperatorSeen(UNKNOWN, 1, 1, UNKNOWN, 1.0, skill_ready=True)
    return msgspec.structs.replace(
        view,
        operators=(*view.operators, unknown),
        cards=(Card(UNKNOWN, 7, "ready"), *view.cards),
        enemies=(EnemySeen("no such kind", 2.4, 3.0, 0.5), *view.enemies),
    )


def test_many_views_together_give_the_numbers_of_each_alone(encoding, views):
    """Lists of different lengths side by side, misread ones among them."""
    several = [misread(view) if number % 3 else view for number, view in enumerate(views[::5])]
    together = observe(arrays_of(several, encoding.kinds), encoding)
    for b, view in enumerate(several):
        assert same(together, observe(arrays_of([view], encoding.kinds), encoding), b)


def test_one_look_is_what_is_read_from_the_arrays(encoding, views):
    """Observation, compact mask and situation of a view, each with the numbers of its arrays."""
    for view in views[::7]:
        seen, (observation, legal, situation) = (
            observe(arrays_of([view], encoding.kinds), encoding),
            look(view, encoding),
        )
        assert all((one == many[0]).all() for one, many in zip(observation[:4], seen[:4], strict=True))
        assert observation.advice.tolist() == [-1, -1]
        assert look(view, encoding, (3, 0)).observation.advice.tolist() == [3, 0]
        assert (legal == encoding.legal(view)).all()
        assert legal.dtype == np.bool_
        assert situation == (view.kills, view.total, view.life, view.dp, seen.threat[0])


def test_an_operator_of_unknown_slot_adds_its_tile_and_nothing_else(encoding, views):
    """Its health lies on its tile, no operator may be deployed there, and no slot nor firepower is its own."""
    view = max(views, key=lambda one: encoding.legal(one).sum())
    unknown = OperatorSeen(UNKNOWN, 1, 1, 0, 0.5, skill_ready=True)
    other = msgspec.structs.replace(view, operators=(*view.operators, unknown))
    (before, legal, _), (after, fewer, _) = look(view, encoding), look(other, encoding)
    assert (before.slots == after.slots).all()
    assert (before.tiles[[BLOCK, FIREPOWER]] == after.tiles[[BLOCK, FIREPOWER]]).all()
    assert after.tiles[HEALTH, encoding.stage.width + 1] == 127
    lost = {encoding.action(int(index)).tile for index in np.flatnonzero(legal & ~fewer)}
    assert lost <= {encoding.stage.width + 1}
    assert not (fewer & ~legal).any()


def test_a_tile_s_status_belongs_to_the_tile(encoding, views):
    """An operator is found where it stands, whichever slot it has."""
    for slot in (0, 5):
        seen = OperatorSeen(slot, 2, 3, UNKNOWN, 0.5, skill_ready=False)
        tiles, slots, *_ = look(msgspec.structs.replace(views[0], operators=(seen,)), encoding).observation
        assert np.flatnonzero(tiles[HEALTH]).tolist() == [2 * encoding.stage.width + 3]
        assert np.flatnonzero(slots[:, ON_FIELD]).tolist() == [slot]


def test_a_cooldown_clears(stage, squad, encoding):
    """A card that has cooled down is encoded as ready."""
    battle = Battle(stage, squad)
    deploy = next(encoding.action(index) for index in np.flatnonzero(encoding.legal(battle.view())) if index)
    assert deploy.kind == DEPLOY
    assert battle.act(deploy)
    assert not look(battle.view(), encoding).observation.slots[deploy.slot, IN_HAND]
    assert battle.act(Action(3, deploy.slot))
    assert look(battle.view(), encoding).observation.slots[deploy.slot, COOLING]
    cards = tuple(msgspec.structs.replace(card, state="ready") for card in battle.view().cards)
    later = look(msgspec.structs.replace(battle.view(), dp=99, cards=cards), encoding).observation
    assert later.slots[deploy.slot, READY]
    assert not later.slots[deploy.slot, COOLING]


def test_what_the_eyes_cannot_tell_is_tolerated(encoding, views):
    """Unknown slots, unknown kinds and positions off the map give numbers, not errors."""
    unknown = OperatorSeen(UNKNOWN, 1, 1, UNKNOWN, 1.0, skill_ready=True)
    enemies = (EnemySeen("no such kind", -0.7, 99.0, 1.0),)
    tiles, slots, _, posts, _ = look(
        msgspec.structs.replace(views[0], operators=(unknown,), enemies=enemies), encoding
    ).observation
    assert tiles[ENEMIES].sum() == 32
    assert tiles[HEALTH].max() == 255
    assert not slots[:, ON_FIELD].any()
    assert (posts == -1).all()


def test_what_the_eyes_misread_is_clipped(stage, squad, encoding, views):
    """Unreadable costs, impossible healths and numbers below zero give a decision, not an error."""
    cards = (Card(-1, -1, "cooling"), Card(3, -1, "ready"), Card(4, 999, "unaffordable"))
    operators = (OperatorSeen(2, 40, -3, 0, 1.7, skill_ready=True), OperatorSeen(1, 2, 2, 9, -0.2, skill_ready=False))
    enemies = (EnemySeen("slug", 2.0, 3.0, 1.4), EnemySeen("slug", 2.0, 3.0, -0.4))
    view = msgspec.structs.replace(
        views[0], cards=cards, operators=operators, enemies=enemies, dp=-1, life=-1, slots_left=-2, kills=-1, total=0
    )
    tiles, slots, world, posts, _ = look(view, encoding).observation
    assert slots[3, COST] == 0
    assert slots[4, COST] == 255
    assert tiles[HEALTH].max() == 255
    assert (world >= 0).all()
    assert posts[1] == -1  # no direction
    assert 0 <= posts[2] < 4 * encoding.tiles
    assert 0 <= look(view, encoding).situation.threat <= 1
    for policy in (Random(stage, squad, 0), Greedy(stage, squad)):
        assert policy.decide(view).legal >= 1


def test_firepower_lies_on_what_is_covered(encoding, views, squad):
    """An operator facing the other way covers other tiles; a healer does no damage at all."""
    shooter = next(slot for slot, one in enumerate(squad) if one.role == "sniper")
    healer = next(slot for slot, one in enumerate(squad) if one.damage == "heal")
    fields = []
    for slot, direction in ((shooter, 0), (shooter, 2), (healer, 0)):
        seen = OperatorSeen(slot, 3, 4, direction, 1.0, skill_ready=False)
        fields.append(
            look(msgspec.structs.replace(views[0], operators=(seen,)), encoding).observation.tiles[FIREPOWER] > 0
        )
    assert (fields[0] == encoding.reach[shooter, 3 * encoding.stage.width + 4, 0]).all()
    assert (fields[0] != fields[1]).any()
    assert not fields[2].any()


def test_a_post_is_where_an_operator_stands_and_how_it_faces(encoding, views, squad):
    """Tile and direction of each operator on the field in one number, -1 for those in the hand."""
    standing = [(2, 3, 4, 1), (7, 1, 2, 3)]
    seen = tuple(OperatorSeen(*one, 1.0, skill_ready=False) for one in standing)
    posts = look(msgspec.structs.replace(views[0], operators=seen), encoding).observation.posts
    expected = np.full(len(squad), -1)
    for slot, row, col, direction in standing:
        expected[slot] = (row * encoding.stage.width + col) * 4 + direction
    assert posts.tolist() == expected.tolist()


def test_what_is_to_come_is_the_strength_of_the_next_enemies_of_the_file(encoding, views):
    """The next four, twelve, and all that are left, walkers and fliers apart, counted from those that have come."""
    stage = encoding.stage
    spawns = sorted((one for one in stage.spawns if one.parent < 0), key=lambda one: one.time)
    enemies = [stage.enemies[one.enemy] for one in spawns]
    for view in views[::9]:
        come = view.kills + len(view.enemies)
        expected = []
        for window in (4, 12, len(enemies)):
            for flying in (False, True):
                there = [one for one in enemies[come : come + window] if one.flying == flying]
                strength = sum(one.max_health * (1 + one.defense / 500) for one in there)
                expected.append(np.log1p(strength / 1000) / 4)
        assert look(view, encoding).observation.world[7:] == pytest.approx(expected, abs=2e-3)

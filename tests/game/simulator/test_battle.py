"""Battles: what a player sees and may do, real plans that must win, and the stages that teach."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, DOWN, LEFT, RETREAT, RIGHT, UP, WAIT, Action, action_count, coverage, unflatten
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle

SQUAD = default_squad(CATALOGUE)
NAMES = tuple(one.name for one in SQUAD)

HOLD_THE_ROAD = (
    ("Fang", 2, 6, LEFT),
    ("Kroos", 1, 5, DOWN),
    ("Melantha", 2, 5, LEFT),
    ("Ansel", 1, 6, LEFT),
    ("Steward", 1, 4, DOWN),
)
HOLD_THE_BEND = (
    ("Fang", 2, 3, LEFT),
    ("Kroos", 1, 3, LEFT),
    ("Popukar", 3, 3, UP),
    ("Ansel", 3, 2, RIGHT),
    ("Beagle", 2, 6, LEFT),
)
SUPPORT_FIRST = (
    ("Myrtle", 2, 6, LEFT),
    ("Kroos", 1, 5, DOWN),
    ("Melantha", 2, 5, LEFT),
    ("Catapult", 1, 4, DOWN),
    ("Ansel", 1, 6, LEFT),
)
TWO_ROADS = (
    ("Myrtle", 1, 6, LEFT), ("Fang", 5, 6, LEFT), ("Kroos", 2, 5, LEFT), ("Melantha", 1, 5, LEFT),
    ("Popukar", 5, 5, LEFT), ("Orchid", 4, 5, LEFT), ("Ansel", 3, 6, LEFT),
)  # fmt: skip
WATCH_THE_SKY = (
    ("Orchid", 2, 8, UP), ("Kroos", 4, 8, UP), ("Beagle", 3, 8, UP), ("Steward", 5, 7, UP),
    ("Myrtle", 3, 7, DOWN), ("Ansel", 2, 6, RIGHT), ("Catapult", 2, 7, RIGHT), ("Melantha", 3, 7, LEFT),
)  # fmt: skip


def plan_of(stage, steps, names=NAMES):
    """A plan in names, rows and columns as actions."""
    return [Action(DEPLOY, names.index(name), row * stage.width + col, facing) for name, row, col, facing in steps]


@pytest.mark.parametrize("steps", [HOLD_THE_ROAD, HOLD_THE_BEND, SUPPORT_FIRST])
@pytest.mark.parametrize("seed", range(3))
def test_several_plans_win_the_first_stage_with_three_stars(play, steps, seed):
    """More than one plan works: blockers on the road with operators that shoot and heal behind them."""
    stage = load_stage("first_watch", CATALOGUE)
    battle = play(Battle(stage, SQUAD, seed), plan_of(stage, steps))
    assert (battle.outcome, battle.stars) == ("won", 3)
    assert 55 < battle.seconds < 100


@pytest.mark.parametrize(("name", "steps"), [("two_roads", TWO_ROADS), ("ridge_line", WATCH_THE_SKY)])
@pytest.mark.parametrize("seed", range(3))
def test_thought_out_plans_win_the_harder_stages(play, name, steps, seed):
    """Two lanes and a line of flight; then a heavy column, a boss, and drones out of the road's sight."""
    stage = load_stage(name, CATALOGUE)
    battle = play(Battle(stage, SQUAD, seed), plan_of(stage, steps))
    assert (battle.outcome, battle.stars) == ("won", 3)


def random_play(stage, seed):
    """One battle of uniform random legal play, a decision each second."""
    chance = np.random.default_rng(seed)
    battle = Battle(stage, SQUAD, seed)
    while battle.outcome is None:
        action = chance.choice(np.flatnonzero(battle.legal_actions()))
        assert battle.act(unflatten(int(action), len(SQUAD), stage.height * stage.width))
        battle.step()
    return battle


def test_random_play_does_not_win_the_first_stage():
    """Under 15 % is promised; what is learned there is more than nothing."""
    stage = load_stage("first_watch", CATALOGUE)
    won = sum(random_play(stage, seed).outcome == "won" for seed in range(40))
    assert won < 0.15 * 40


def greedy_play(stage, seed):
    """The script every player writes first: the hardest hitter one can pay for, where it covers most of the road."""
    battle = Battle(stage, SQUAD, seed)
    cover = coverage(stage, SQUAD)
    ranks = np.argsort([-one.attack / one.attack_interval * (one.damage != "heal") for one in SQUAD])
    while battle.outcome is None:
        allowed = battle.legal_actions()[1 : 1 + cover.size].reshape(cover.shape)
        for slot in ranks:
            worth = np.where(allowed[slot], cover[slot], 0)
            if worth.max():
                tile, direction = divmod(int(worth.argmax()), 4)
                battle.act(Action(DEPLOY, int(slot), tile, direction))
                break
        for slot in range(len(SQUAD)):
            battle.act(Action(2, slot))
        battle.step()
    return battle


def test_the_greedy_script_fails_on_the_hardest_stage():
    """There a plan has to be learned: covering the road is not enough."""
    stage = load_stage("ridge_line", CATALOGUE)
    won = sum(greedy_play(stage, seed).outcome == "won" for seed in range(6))
    assert won < 3


def test_the_view_is_what_a_player_sees():
    """Counter, life, DP, the hand by cost, operators and enemies with their places; it survives a trace."""
    stage = load_stage("first_watch", CATALOGUE)
    battle = Battle(stage, SQUAD)
    battle.act(Action(DEPLOY, NAMES.index("Fang"), 2 * 9 + 5, LEFT))
    battle.step(30 * 6)
    view = battle.view()
    assert (view.kills, view.total, view.life, view.slots_left) == (0, stage.total, 5, 4)
    assert view.dp == 18 - 9 + 6
    assert [card.cost for card in view.cards] == sorted(card.cost for card in view.cards)
    assert len(view.cards) == 11
    assert view.cards[0] == (view.cards[0].__class__)(NAMES.index("Gravel"), 6, "ready")
    assert (view.operators[0].row, view.operators[0].col, view.operators[0].direction) == (2, 5, LEFT)
    assert view.enemies[0].kind == "slug"
    assert 0 < view.enemies[0].col < 3
    assert msgspec.json.decode(msgspec.json.encode(view), type=type(view)) == view


def test_the_same_actions_give_the_same_battle():
    """Nothing is left to chance but what the seed decides."""
    stage = load_stage("first_watch", CATALOGUE)
    one, other = (random_play(stage, 7) for _ in range(2))
    assert one.view() == other.view()
    assert one.ticks == other.ticks


@pytest.mark.parametrize(
    "action",
    [Action(DEPLOY, 99, 0, 0), Action(DEPLOY, -1, 0, 0), Action(DEPLOY, 0, 9999, 0), Action(DEPLOY, 0, -1, 0),
     Action(DEPLOY, 0, 20, 4), Action(DEPLOY, 0, 20, -1), Action(RETREAT, 0), Action(2, 0), Action(9, 0)],
)  # fmt: skip
def test_nonsense_is_refused_without_effect(action):
    """Whatever a policy or a broken file asks for, the battle stays as it was."""
    battle = Battle(load_stage("first_watch", CATALOGUE), SQUAD)
    before = [array.copy() for array in battle.records]
    assert not battle.act(action)
    assert all((then == now).all() for then, now in zip(before, battle.records, strict=True))


def test_waiting_is_always_accepted():
    """Doing nothing is an action, too."""
    battle = Battle(load_stage("first_watch", CATALOGUE), SQUAD)
    assert battle.act(Action(WAIT))
    assert battle.legal_actions().shape == (action_count(12, 54),)


def test_where_no_enemy_counts_the_battle_is_won_before_it_begins(make):
    """The counter is full at the start; the mask and the engine agree that nothing is left to do."""
    data = make.level([make.spawn()], refs=(make.dummy(),))
    data["enemyDbRefs"][0]["overwrittenData"]["notCountInTotal"] = make.number(True)
    battle = Battle(make.stage(data), SQUAD)
    assert battle.outcome == "won"
    assert not battle.legal_actions()[1:].any()
    assert not battle.act(Action(DEPLOY, 0, 9, RIGHT))

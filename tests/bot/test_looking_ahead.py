"""Looking ahead in the battle at play: where the rest of the plan fails in the twin, a better way is followed."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from levels import CATALOGUE
from runs import NO_BROKER, SMALL, events_of

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.log_events import EVENTS
from bot.looking_ahead import BattleAhead, LookingAhead
from bot.parts import build, look_ahead
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning.advice import Adviser
from learning.agent import Agent
from learning.settings import Settings
from planning.solutions import solution
from planning.twin import Twin
from states.events import ResultSeen

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)
PLAN = solution("first_watch")
NEVER = msgspec.structs.replace(PLAN.steps[1], kills=999)
POOR = msgspec.structs.replace(PLAN, steps=(PLAN.steps[0], NEVER))
"""Waits for ever after its first deployment: enemies leak."""


class Playing:
    """A battle with a plan, its twin, and a policy that looks ahead. One frame and one decision a second."""

    def __init__(self, plan, budget=300):
        self.battle, self.twin = Battle(STAGE, SQUAD, 0), Twin(STAGE, SQUAD)
        policy = Agent(STAGE, SQUAD, Settings(), seed=0).policy
        policy.frozen = True
        policy.adviser = Adviser(plan, policy.encoding, lambda: self.battle.seconds)
        self.ahead = LookingAhead(policy, lambda: self.battle.seconds, budget, lock_step=True)

    def play(self, seconds=1000.0):
        """Until the battle's end, or for so long."""
        while self.battle.outcome is None and self.battle.seconds < seconds:
            view = self.battle.view()
            if self.twin.see(self.battle.seconds, view).in_step:
                self.ahead.twin_saw(self.ahead.battle, self.twin, view)
            self.battle.act(self.ahead.decide(view).action)
            self.battle.step(30)
        self.ahead.close()


def test_a_plan_that_leaks_is_left_for_a_way_that_does_not():
    """The battle is won without a leak, which the plan alone does not; and the same seed plays the same battle."""
    alone, better, again = Playing(POOR, budget=0), Playing(POOR), Playing(POOR)
    for one in (alone, better, again):
        one.play()
    assert alone.battle.stars < 3
    assert better.battle.stars == 3
    assert better.ahead.looked.changes >= 1
    assert (again.battle.seconds, again.ahead.looked) == (better.battle.seconds, better.ahead.looked)


def test_a_plan_that_holds_is_followed_to_its_end():
    """It is looked at every ten seconds, and not left."""
    playing = Playing(PLAN)
    playing.play()
    assert playing.battle.stars == 3
    looked = playing.ahead.looked
    assert 3 <= looked.looks <= playing.battle.seconds / 10
    assert looked.changes == 0


def test_the_next_battle_begins_with_the_plan():
    """A continuation belongs to its battle."""
    playing = Playing(POOR)
    playing.play(40.0)
    assert playing.ahead.battle.followed is not None
    playing.ahead.battle_begun()
    playing.battle = Battle(STAGE, SQUAD, 1)
    playing.ahead.decide(playing.battle.view())
    assert playing.ahead.battle == BattleAhead()


def test_an_error_is_told_and_does_not_end_the_play(monkeypatch, tmp_path):
    """The network goes on with its plan."""
    log.set_up(tmp_path / "data" / "log.jsonl", "info", None)
    monkeypatch.setattr("planning.recovery.ContinuationSearch.better", lambda *_: 1 / 0)
    playing = Playing(PLAN)
    playing.play(15.0)
    log.close()
    (line,) = [line for line in events_of(tmp_path) if line["event"] == "look_ahead"]
    assert "ZeroDivisionError" in line["why"]
    assert playing.battle.outcome is None


@pytest.mark.timeout(300)
def test_a_bot_with_a_poor_plan_wins_by_looking_ahead(tmp_path):
    """By pixels, with hands: it looks ahead from its twin, says what it changed, and wins without a leak."""
    config = parse(
        {
            "play": {"stage": "first_watch", "planning_seconds": 0},
            "practice": SMALL,
            "learning": {"look_ahead": 300},
            "mqtt": NO_BROKER,
        },
        folder=tmp_path,
    )
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, SQUAD, POOR, battles=1, fresh=True, tell=lambda _: None)
    parts.learner.set_learning(on=False)
    parts.learner.policy.frozen = True
    found, told = [], []

    def hear(event):
        if isinstance(event, ResultSeen):
            found.append(event.stars)
            told.append(daemon.describe()["look_ahead"])

    daemon = Daemon(config, parts, hear=hear)
    assert asyncio.run(daemon.run()) == 0
    log.close()
    assert found[0] == 3
    changes = [line for line in events_of(tmp_path) if line["event"] == "look_ahead"]
    assert len(changes) == told[0]["changes"] >= 1
    assert changes[0].keys() >= EVENTS["look_ahead"].fields.keys() - {"why"}


def test_it_needs_a_plan_and_a_network_that_decides(tmp_path):
    """Where the plan alone plays, or there is none, or the setting is 0, nothing looks ahead."""

    def made(plan, budget, policy="dqn"):
        tables = {"play": {"stage": "first_watch", "policy": policy}, "learning": {"look_ahead": budget}}
        config = parse({**tables, "mqtt": NO_BROKER}, folder=tmp_path)
        parts = build(config, SQUAD, plan, battles=1, fresh=True, tell=lambda _: None)
        return look_ahead(config, parts, lambda: 0.0)

    assert made(PLAN, 0) is None
    assert made(None, 300) is None
    assert made(PLAN, 300, "plan") is None
    assert made(PLAN, 300) is not None

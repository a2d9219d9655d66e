"""Drafts are played in the compiled loop as they would be in a battle."""

from __future__ import annotations

from levels import CATALOGUE

from game.actions import DEPLOY, RIGHT, Action
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.drafts import Draft, PlannedMove
from planning.evaluation import LIMIT, outcome
from planning.search import search

SQUAD = default_squad(CATALOGUE)
NAMES = [one.name for one in SQUAD]


def test_a_plan_waits_for_its_gates(make):
    """A move waits for its kills and its second, and later moves wait with it."""
    stage = make.stage(make.level([make.spawn(count=3, every=5.0)]))
    held = PlannedMove(DEPLOY, NAMES.index("Melantha"), 8 + 4, RIGHT, seconds=400.0)
    assert outcome(stage, SQUAD, Draft((held,))) == 0
    assert outcome(stage, SQUAD, Draft((held._replace(seconds=0.0),))) == 3
    first = PlannedMove(DEPLOY, 0, 8 + 1, RIGHT, kills=1)
    assert outcome(stage, SQUAD, Draft((first, held._replace(seconds=0.0)))) == 2


def test_a_draft_is_played_as_a_battle_would_be():
    """The compiled loop and a Battle with the same actions have the same outcome."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = search(stage, SQUAD, seed=2).draft._replace(skills=())
    battle, waiting = Battle(stage, SQUAD, seed=0), list(draft.moves)
    while battle.outcome is None and battle.ticks < LIMIT:
        while waiting and battle.view().kills >= waiting[0].kills and battle.seconds >= waiting[0].seconds:
            if not battle.act(Action(*waiting[0][:4])):
                break
            waiting.pop(0)
        battle.step(10)
    assert battle.stars == outcome(stage, SQUAD, draft, 0, 10)

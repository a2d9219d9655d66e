"""Plans for stages with escorts: one that falls is a loss, and one that is left at the end is no enemy."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE, place
from small_plans import deploy, plan_of

from game.actions import DEPLOY
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import stage_of
from game.simulator.tables import world_of
from planning.assignment import assign_operators
from planning.drafts import Draft, DraftMaker, Limits, PlannedMove
from planning.evaluation import LEAKED_HEALTH, Arena, Block, Score
from planning.playing import hold
from planning.variation import EXACT

HALL = ("########", "S......E", "........", "........", "########")
TABLE = """
[civilian]
name = "Civilian"
kind = "soldier"
ids = ["civilian"]
max_health = 3500
attack = 0
speed = 1
attack_interval = 1
life_cost = 1
escort = true

[patrol]
name = "Patrol"
kind = "soldier"
ids = ["patrol"]
max_health = 3300
attack = 5000
speed = 0.8
attack_interval = 2
escort_range = 1.2
"""


@pytest.fixture(name="stage")
def _stage(make, tmp_path):
    """A patrol walks beside a civilian, and shoots it."""
    (tmp_path / "enemies.toml").write_text(TABLE, encoding="utf-8")
    routes = tuple(
        {
            "motionMode": "WALK",
            "startPosition": place(len(HALL), start),
            "endPosition": place(len(HALL), (1, 7)),
            "checkpoints": [],
            "allowDiagonalMove": False,
        }
        for start in ((1, 0), (2, 0))
    )
    refs = tuple({"useDb": True, "id": key, "level": 0} for key in ("civilian", "patrol"))
    spawns = [make.spawn("civilian"), make.spawn("patrol", routeIndex=1)]
    data = make.level(spawns, picture=HALL, routes=routes, refs=refs, maxLifePoint=5)
    return stage_of(data, "hall", load_catalogue(tmp_path))


def test_a_plan_that_does_not_hold_says_which_escort_fell(stage):
    """In the order in which life was lost."""
    plan = plan_of(deploy("Fang", 2, 5, kills=99))
    (lost,) = hold(plan, stage, assign_operators(plan, CATALOGUE), EXACT, 1).failures
    assert [one.enemy for one in lost] == ["Civilian", "Patrol"]


def test_a_deployment_can_be_aimed_at_each_enemy(stage):
    """By its number among all spawns, of which escorts are some."""
    squad = default_squad(CATALOGUE)
    maker = DraftMaker(stage, squad, world_of(stage, squad), np.random.default_rng(0), Limits())
    aimed = [maker.deployment_against(maker.usable[0], number) for number in range(len(stage.spawns))]
    assert [one.kind for one in aimed] == [DEPLOY, DEPLOY]


def test_a_draft_loses_a_life_for_an_escort_and_nothing_more(stage):
    """The enemy that leaks costs its health beside its life; only at enemies are changes of a draft aimed."""
    squad = default_squad(CATALOGUE)
    nothing = Draft((PlannedMove(DEPLOY, 0, 8 + 1, kills=99),))
    entry, _ = Arena(stage, squad, (Block(((EXACT, 0),)),)).score(nothing, Score(-1, -np.inf))
    assert [stage.enemies[stage.spawns[one].enemy].name for one in entry.escaped] == ["Patrol"]
    assert entry.score.value == pytest.approx(-2 - LEAKED_HEALTH, abs=0.05)

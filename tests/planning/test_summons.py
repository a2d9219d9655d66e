"""Plans for stages on which enemies summon others: only those that come by themselves are to be stopped."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import RIGHT
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import describe, stage_of
from game.simulator.tables import world_of
from planning.drafts import Draft, DraftMaker, Limits, PlannedMove
from planning.evaluation import LEAKED_HEALTH, Arena, Block, Score
from planning.variation import EXACT

TABLE = """
[evocator]
name = "Evocator"
kind = "caster"
ids = ["evocator"]
max_health = 15000
attack = 0
speed = 1
attack_interval = 5
summons = "flame"
summons_most = 5

[[evocator.effects]]
when = "interval"
every = 2
waits = true
summons = 1

[flame]
name = "Flame"
kind = "hound"
ids = ["flame"]
max_health = 100
attack = 500
speed = 2.5
attack_interval = 2
life_cost = 0
unblockable = true
"""


@pytest.fixture(name="stage")
def _stage(make, tmp_path):
    (tmp_path / "enemies.toml").write_text(TABLE, encoding="utf-8")
    refs = ({"useDb": True, "id": "evocator", "level": 0},)
    return stage_of(make.level([make.spawn("evocator")], refs=refs), "lane", load_catalogue(tmp_path))


def test_flames_are_no_enemies_that_a_plan_has_to_stop(stage):
    """One Evocator leaks: that costs a life and its health, and the flames on the field cost nothing."""
    squad = default_squad(CATALOGUE)
    arena = Arena(stage, squad, (Block(((EXACT, 0),)),))
    idle = Draft((PlannedMove(1, 0, 8 + 1, RIGHT, kills=99),))
    entry, _ = arena.score(idle, Score(-1, -np.inf))
    assert entry.escaped == (0,)
    assert entry.score.value == pytest.approx(-1 - LEAKED_HEALTH, abs=0.1)


def test_a_stage_tells_of_evocators_and_not_of_their_flames(stage):
    """What comes is what the level says; what is drawn by it fits that."""
    told = describe(stage)
    assert (told["enemies"], told["total"], told["routes"][0]["enemies"]) == ({"Evocator": 1}, 1, 1)
    assert len(stage.spawns) == 6
    squad = default_squad(CATALOGUE)
    drafts = DraftMaker(stage, squad, world_of(stage, squad), np.random.default_rng(0), Limits())
    assert drafts.last_spawn == stage.spawns[0].time
    assert drafts.lulls == [1]

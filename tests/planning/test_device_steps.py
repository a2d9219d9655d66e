"""Steps of plans for the devices of a stage: crates by the names that players give them."""

from __future__ import annotations

import json

import numpy as np
from levels import CATALOGUE, place
from small_plans import deploy, group, plan_with

from game.characters.models import Build
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.assignment import assign_operators
from planning.grading import WHOLE, trust_in_plan
from planning.jobs import read_plan
from planning.plans import PlanStep
from planning.player import copy_battle
from planning.playing import PlanPlayer, hold, play_plan
from planning.telling import moments_of, plan_lines
from planning.variation import NEAR

TWO_LANES = ("########", "S......E", ".######.", "........", "########")


def stage_with_crates(make, copies=3, picture=TWO_LANES):
    """A stage with a short and a long way, and crates in the hand."""
    route = {
        "motionMode": "WALK", "startPosition": place(5, (1, 0)), "endPosition": place(5, (1, 7)), "checkpoints": [],
        "allowDiagonalMove": True,
    }  # fmt: skip
    data = make.level([make.spawn(at=2, count=3)], picture=picture, routes=(route,))
    data["predefines"] = {"tokenCards": [{"inst": {"characterKey": "trap_001_crate"}, "initialCnt": copies}]}
    return make.stage(data)


def test_each_step_deploys_the_next_copy(make):
    """By its Chinese, English or public name; a step beyond the last copy is not done, and the plan says why."""
    stage = stage_with_crates(make, copies=2)
    steps = (
        deploy("障碍物", 1, 3), deploy("Crate", 1, 5, pre_delay=1.0), deploy("trap_001_crate", 1, 4, timeout=1.0),
        deploy("Fang", 3, 3), PlanStep(kind="SkillUsage", tile=(1, 3), usage=1),
    )  # fmt: skip
    plan = plan_with([group("Fang")], *steps)
    squad = assign_operators(plan, CATALOGUE, Build(), stage.devices)
    assert [squad.slots[name] for name in ("Fang", "障碍物", "Crate")] == [0, 1, 1]
    assert squad.notes == ()
    done = play_plan(plan, stage, squad)
    assert done.undone == (2,)
    moments = moments_of(plan, stage, squad)
    assert moments[1].seconds == 6.0, "five seconds after the first, and a second of delay"
    assert moments[2].undone == "skipped: all copies are used"
    assert "障碍物 on column 3, row 1" in "\n".join(plan_lines(plan, squad, moments))
    assert trust_in_plan(plan, stage, squad, CATALOGUE).level == WHOLE
    assert hold(plan, stage, squad, NEAR, 2).battles == 2


def test_a_step_that_closes_the_last_way_waits_and_says_so(make):
    """As the game refuses it."""
    stage = stage_with_crates(make)
    plan = plan_with([group("Fang")], deploy("Crate", 1, 3), deploy("Crate", 3, 3, timeout=9.0))
    squad = assign_operators(plan, CATALOGUE, Build(), stage.devices)
    player = PlanPlayer(plan, Battle(stage, squad.operators), squad)
    while not player.undone() or player.reached < 2:
        player.look()
        player.battle.step(1)
    assert player.hindrances() == {1: "it would close the enemies' last way"}


def test_a_copied_battle_finds_its_ways_again(make):
    """What the search goes on from: a battle in which a crate stands, copied where another one was played before."""
    stage = stage_with_crates(make)
    plan = plan_with([group("Fang")], deploy("Crate", 1, 3))
    squad = assign_operators(plan, CATALOGUE, Build(), stage.devices)
    player, other = PlanPlayer(plan, Battle(stage, squad.operators), squad), Battle(stage, squad.operators)
    other.records.way[:] = 1.0
    player.look()
    player.battle.step(100)
    copy_battle(player.battle.records, 0, other.records, 0)
    for battle in (player.battle, other):
        battle.step(300)
    assert other.enemies_on_field() == player.battle.enemies_on_field() != ()


def test_the_real_crate_card_is_played(reference, make):
    """2-3 gives six crates; one stands on column 5, row 3, and the enemies that came by there go around it."""
    stage = load_stage(reference / "levels" / "main" / "level_main_02-03.json", CATALOGUE)
    opers = [{"name": "芬", "skill": 1}]
    actions = [{"type": "Deploy", "name": "障碍物", "location": [5, 3], "direction": "Right"}]
    plan = read_plan(make.file(json.dumps({"stage_name": "2-3", "opers": opers, "actions": actions}), "job.json"))
    squad = assign_operators(plan, CATALOGUE, Build(), stage.devices)
    assert [(card.device.name, card.copies) for card in stage.devices] == [("Crate", 6)]
    assert "predefined trap_001_crate" not in stage.unknown
    player = PlanPlayer(plan, Battle(stage, squad.operators), squad)
    seen = set()
    while player.battle.seconds < 30:
        player.look()
        player.battle.step(3)
        seen |= {(round(one.row), round(one.col)) for one in player.battle.enemies_on_field()}
    assert [(one.row, one.col) for one in player.battle.operators_on_field()] == [(3, 5)]
    assert (3, 5) in stage.paths[0]
    assert (3, 5) not in seen
    assert (3, 3) in seen
    assert np.isfinite(player.battle.records.way).any()


def test_what_an_operator_summons_is_named_by_steps_too(make):
    """After the copies of the stage's crates, by its Chinese, English or public name; its owner comes first."""
    stage = stage_with_crates(make, copies=2, picture=(*TWO_LANES[:-1], "^^^^^^^^"))
    steps = (
        deploy("触手", 3, 4, timeout=1.0), deploy("Deepcolor", 4, 3), deploy("障碍物", 1, 3),
        deploy("触手", 3, 4), deploy("Deepcolor's Tentacle", 3, 5),
    )  # fmt: skip
    plan = plan_with([group("Fang"), group("Deepcolor")], *steps)
    squad = assign_operators(plan, CATALOGUE, Build(), stage.devices)
    assert [squad.slots[name] for name in ("Deepcolor", "障碍物", "触手", "Deepcolor's Tentacle")] == [1, 2, 4, 4]
    assert squad.notes == ()
    done = play_plan(plan, stage, squad)
    assert 0 in done.undone
    assert not {3, 4} & set(done.undone)

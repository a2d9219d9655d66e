"""Plans are played as MAA's copilot protocol says."""

from __future__ import annotations

import msgspec
import pytest
from befriended import FANG, befriended, friend
from levels import CATALOGUE
from small_plans import deploy, group, plan_of, plan_with
from worlds import IMMORTAL

from game.actions import UP
from game.characters.models import Build
from game.errors import PlanError
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.assignment import assign_operators
from planning.jobs import read_plan
from planning.plans import Candidate, Plan, PlanGroup, PlanStep
from planning.playing import PlanPlayer, play_plan


def played(make, plan, *fragments, **level):
    """The result of a plan on the lane."""
    return play_plan(plan, make.stage(make.level(*fragments, **level)), assign_operators(plan, CATALOGUE, Build()))


def player_of(plan, stage):
    """A player of the plan and its battle, before the first tick."""
    squad = assign_operators(plan, CATALOGUE, Build())
    return PlanPlayer(plan, Battle(stage, squad.operators), squad)


def came(player, name):
    """The second in which an operator is deployed."""
    slot = [one.name for one in player.battle.squad].index(name)
    player.look()
    while all(one.slot != slot for one in player.battle.operators_on_field()):
        assert player.battle.seconds < 100, f"{name} never came"
        player.battle.step(1)
        player.look()
    return player.battle.seconds


def test_steps_for_an_operator_that_is_not_brought_are_skipped(make):
    """The group brings Fang, so a step for Vanilla is skipped, and a note says so."""
    plan = plan_with([group("pack", "芬", "香草")], deploy("香草", 1, 1), deploy("pack", 1, 5))
    done = played(make, plan, [make.spawn(at=20)])
    assert done.undone == (0,)
    assert done.notes == ("'香草' is not brought; steps for it are skipped",)


def test_steps_for_devices_and_summons_are_skipped_and_noted_once(make):
    """A name that is in no table and only in steps does not make the plan wait, not even for its card."""
    steps = (
        deploy("障碍物", 1, 1, pre_delay=1.0), PlanStep(kind="Skill", name="Mon3tr"), deploy("障碍物", 9, 9),
        PlanStep(kind="SkillUsage", name="Mon3tr", usage=1), deploy("Fang", 1, 5),
    )  # fmt: skip
    plan = plan_with([group("Fang")], *steps)
    done = played(make, plan, [make.spawn(at=20)])
    assert done.undone == (0, 1, 2)
    assert done.notes == tuple(f"{name!r} is in no table; steps for it are skipped" for name in ("障碍物", "Mon3tr"))
    assert came(player_of(plan, make.stage(make.level([make.spawn(at=20)]))), "Fang") == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("kind", ["Skill", "Retreat"])
def test_a_step_for_an_operator_of_the_level_is_skipped(make, kind):
    """It takes no orders, even from a step that names only its tile; the plan goes on, and says why."""
    plan = plan_of(PlanStep(kind=kind, tile=(1, 3)), deploy("Kroos", 0, 5))
    player = player_of(plan, make.stage(befriended(make, friend(FANG, (1, 3)))))
    assert came(player, "Kroos") < 1.0
    assert player.hindrances() == {0: "a unit of the level, which takes no orders, stands there"}
    assert len(player.battle.operators_on_field()) == 2


def test_the_notes_of_the_file_are_in_the_result(make):
    """So that a user learns what of the file was not played."""
    plan = msgspec.structs.replace(plan_of(deploy("Fang", 1, 5)), notes=("half of it is missing",))
    assert played(make, plan, [make.spawn()]).notes == ("half of it is missing",)


def test_a_step_waits_until_it_can_be_done(make):
    """Kroos is deployed when the DP suffice, and no later step overtakes that one."""
    plan = plan_of(deploy("Kroos", 0, 2), deploy("Fang", 1, 3))
    done = played(make, plan, [make.spawn(at=30)], initialCost=0)
    assert done.won
    assert done.undone == ()


def test_conditions_hold_a_step_back(make):
    """Kills, DP, a change of DP, delays and the stopwatch: each alone decides when Fang is deployed."""
    slugs = [make.spawn(at=1), make.spawn(at=40)]
    for condition, expected in (
        ({}, 0.0),
        ({"costs": 99}, 9.0),
        ({"cost_changes": 5}, 5.0),
        ({"time_elapsed": 7.0}, 7.0),
        ({"pre_delay": 2.0}, 2.0),
        ({"time_elapsed": 7.0, "pre_delay": 2.0}, 9.0),
        ({"kills": 1}, 0.1 + 1 + 14),
    ):
        plan = plan_of(deploy("Kroos", 0, 0, UP), deploy("Fang", 1, 5, **condition))
        done = played(make, plan, slugs, initialCost=99, maxLifePoint=9)
        assert done.undone == ()
        assert _when_fang_came(make, plan, slugs) == pytest.approx(expected, abs=0.2)


def test_delays_are_seconds_at_the_screen(make):
    """Four of them are eight of the game at double speed, and 0.8 in bullet time, which a deployment ends."""
    wait = {"name": "Fang", "tile": (1, 5)}
    fast, slow = PlanStep(kind="SpeedUp"), PlanStep(kind="BulletTime", name="Kroos")
    for before, seconds in (((), 4.0), ((fast,), 8.0), ((fast, fast), 4.0), ((slow,), 0.8), ((fast, slow), 0.8)):
        plan = plan_of(*before, PlanStep(kind="Deploy", pre_delay=4.0, **wait))
        assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(seconds, abs=0.05)
    plan = plan_of(slow, deploy("Kroos", 0, 0, UP), PlanStep(kind="Deploy", pre_delay=4.0, **wait))
    assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(4.0, abs=0.05)


def test_a_delay_begins_when_the_card_can_be_played(make):
    """As in MAA: Fang costs 9 DP, there after nine seconds, and is deployed two seconds later."""
    plan = plan_of(deploy("Fang", 1, 5, pre_delay=2.0))
    player = player_of(plan, make.stage(make.level([make.spawn(at=40)], initialCost=0)))
    assert came(player, "Fang") == pytest.approx(11.0, abs=0.1)


def _when_fang_came(make, plan, slugs):
    """The second in which Fang is deployed."""
    return came(player_of(plan, make.stage(make.level(slugs, initialCost=99, maxLifePoint=9))), "Fang")


def test_post_delays_and_cooling_cards(make):
    """The retreat follows three seconds after the deployment, and the next step when a card is cooling down."""
    plan = plan_of(
        deploy("Fang", 1, 5, post_delay=3.0), PlanStep(kind="Retreat", name="Fang"), deploy("Kroos", 0, 0, cooling=1)
    )
    assert played(make, plan, [make.spawn(at=20)]).undone == ()


def test_skills_are_used_as_their_usage_says(make):
    """By hand never, automatically without end, or a number of times: each use gains 14 DP."""
    for usage, times, expected in ((0, 1, 0), (1, 1, 3), (2, 1, 1), (2, 2, 2)):
        vanguard = PlanGroup(name="Myrtle", candidates=(Candidate(name="Myrtle", skill=1, usage=usage, times=times),))
        plan = Plan(stage="", groups=(vanguard,), steps=(deploy("Myrtle", 1, 2),))
        stage = make.stage(make.level([make.spawn(at=110)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(plan, stage) == 20 - 8 + 14 * expected


def test_a_skill_usage_can_be_changed_by_tile(make):
    """Instead of by name; on an empty tile nothing happens."""
    vanguard = PlanGroup(name="Myrtle", candidates=(Candidate(name="Myrtle", skill=1),))
    for tile, expected in (((1, 2), 14), ((1, 3), 0)):
        steps = (deploy("Myrtle", 1, 2), PlanStep(kind="SkillUsage", tile=tile, usage=2, times=1))
        stage = make.stage(make.level([make.spawn(at=100)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(Plan(stage="", groups=(vanguard,), steps=steps), stage) == 20 - 8 + expected


def _dp_after(plan, stage):
    """The DP after a hundred seconds."""
    player = player_of(plan, stage)
    while player.battle.seconds < 100:
        player.look()
        player.battle.step(1)
    return player.battle.dp


def test_a_skill_is_waited_for_while_its_operator_stands(make):
    """Myrtle's is ready after 19 seconds; a timeout of two skips it, and so does her death."""
    for timeout, attack, expected, undone in ((-1.0, 0.0, 19.0, ()), (2.0, 0.0, 2.0, (1,)), (-1.0, 1e6, 3.0, (1,))):
        steps = (deploy("Myrtle", 1, 2), PlanStep(kind="Skill", name="Myrtle", timeout=timeout), deploy("Fang", 1, 5))
        level = make.level([make.spawn()], refs=(make.dummy(atk=attack, **IMMORTAL),))
        player = player_of(plan_with([group("Myrtle"), group("Fang")], *steps), make.stage(level))
        assert came(player, "Fang") == pytest.approx(expected, abs=1.0)
        assert tuple(player.undone()) == undone


@pytest.mark.parametrize("target", [{"name": "Fang"}, {"tile": (1, 3)}])
def test_steps_for_a_unit_off_the_field_are_skipped_at_once(make, target):
    """By name or by tile: a plan goes on when an operator has died or was never deployed."""
    plan = plan_of(PlanStep(kind="Skill", **target), PlanStep(kind="Retreat", **target), deploy("Fang", 1, 5))
    player = player_of(plan, make.stage(make.level([make.spawn(at=20)])))
    assert came(player, "Fang") == 0
    assert player.undone() == [0, 1]


def test_steps_after_the_end_of_a_plan_are_never_done(make):
    """A SkillDaemon ends the plan: the turn of what stands behind it never comes."""
    plan = plan_of(deploy("Fang", 1, 5), PlanStep(kind="SkillDaemon"), deploy("Kroos", 0, 2), PlanStep(kind="SpeedUp"))
    assert played(make, plan, [make.spawn(at=20)]).undone == (2, 3)


@pytest.mark.parametrize(
    ("steps", "options", "why"),
    [
        ([PlanStep(kind="Retreat", name="Fang")], {}, {0: "not on the field"}),
        ([PlanStep(kind="Skill", tile=(1, 3))], {}, {0: "no operator is there"}),
        ([PlanStep(kind="Skill", name="Mon3tr")], {}, {0: "not in the squad"}),
        ([deploy("Fang", 1, 5), PlanStep(kind="Skill", name="Fang", timeout=0.0)], {}, {1: "the skill is not ready"}),
        ([PlanStep(kind="Retreat", name="Fang"), deploy("Fang", 1, 5)], {}, {0: "not on the field"}),
        ([deploy("Fang", 1, 5, timeout=1.0)], {"initialCost": 0}, {0: "too few DP"}),
        ([deploy("Fang", 1, 5)], {"initialCost": 0, "costIncreaseTime": 99999.0}, {0: "too few DP"}),
        ([deploy("Fang", 1, 5), deploy("Fang", 1, 4)], {}, {1: "already on the field"}),
        ([deploy("Kroos", 0, 2), deploy("Fang", 1, 5)], {"characterLimit": 1}, {1: "the field is full"}),
        (
            [deploy("Fang", 1, 5), PlanStep(kind="Retreat", name="Fang"), deploy("Fang", 1, 5, timeout=0.0)],
            {},
            {2: "the card is cooling down"},
        ),
        ([deploy("Fang", 1, 5, kills=99)], {}, {}),
        ([deploy("Fang", 1, 5), PlanStep(kind="SkillDaemon"), deploy("Fang", 1, 5)], {}, {}),
    ],
)
def test_what_hinders_a_step_is_known(make, steps, options, why):
    """For steps that were skipped as of then, for one that is tried in vain as of now; others never had their turn."""
    stage = make.stage(make.level([make.spawn(at=20)], **{"initialCost": 40, **options}))
    player = player_of(plan_of(*steps), stage)
    while player.battle.outcome is None:
        player.look()
        player.battle.step(1)
    assert player.hindrances() == why
    assert set(why) <= set(player.undone())


def test_a_taken_tile_hinders_a_deployment(make):
    """It waits for the operator there to leave."""
    plan = plan_with([group("Fang"), group("Melantha")], deploy("Melantha", 1, 5), deploy("Fang", 1, 5, timeout=3.0))
    player = player_of(plan, make.stage(make.level([make.spawn(at=20)], initialCost=40)))
    while player.reached < 2:
        player.look()
        player.battle.step(1)
    assert player.hindrances() == {1: "the tile is taken"}


def test_a_tile_means_the_unit_on_it(make):
    """Fang retreats from her tile, and her card cools down."""
    plan = plan_of(deploy("Fang", 1, 5), PlanStep(kind="Retreat", tile=(1, 5)), deploy("Kroos", 0, 2, cooling=1))
    assert played(make, plan, [make.spawn(at=20)]).undone == ()


def test_an_impossible_deployment_is_refused_before_the_battle(make):
    """Kroos cannot stand on the road, nor off the map."""
    for row, col in ((1, 3), (7, 3)):
        with pytest.raises(PlanError, match=f"step 0: Kroos cannot stand on column {col}, row {row}"):
            played(make, plan_of(deploy("Kroos", row, col)), [make.spawn()])


def test_a_forbidden_operator_is_refused_as_such(make):
    """Not as standing on a wrong tile: no other tile would do."""
    level = make.level([make.spawn()])
    level["runes"] = [make.rune("char_exclude", "FOUR_STAR", char="char_123_fang")]
    plan = plan_of(deploy("Fang", 1, 3))
    assert play_plan(plan, make.stage(level), assign_operators(plan, CATALOGUE)).undone == ()
    stage = make.stage(level, challenge=True)
    with pytest.raises(PlanError, match=f"^Fang may not be brought to {stage.code} in this mode$"):
        play_plan(plan, stage, assign_operators(plan, CATALOGUE))


def test_the_result_says_what_leaked_and_which_steps_were_not_done(make):
    """Leaks with their seconds, the steps that were not reached, and neither victory nor stars after a defeat."""
    late = deploy("Kroos", 0, 2, kills=99)
    done = played(make, plan_of(late), [make.spawn(count=4, every=2.0)], refs=(make.dummy(**IMMORTAL),))
    assert (done.won, done.stars, done.life, done.leaks, done.undone) == (False, 0, 0, 3, (0,))
    assert [(end.enemy, end.leaked) for end in done.ends] == [("slug", True)] * 3
    assert msgspec.json.decode(msgspec.json.encode(done), type=type(done)) == done


def test_the_same_plan_gives_the_same_battle(make):
    """Playing is deterministic."""
    plan = plan_of(deploy("Fang", 1, 3), deploy("Kroos", 0, 2), usage=1)
    assert played(make, plan, [make.spawn(count=5)]) == played(make, plan, [make.spawn(count=5)])


@pytest.mark.parametrize(
    "plan", ["community_0-1.json", "community_0-5.json", "community_1-1.json", "community_1-4.json", "AAH_1-4.toml"]
)
def test_well_rated_real_plans_win_here(reference, plan):
    """At elite 1, level 1, without a leak: a faithful simulator lets them win."""
    what = read_plan(reference / "copilot" / plan)
    chapter, number = (int(part) for part in what.stage.split("-"))
    stage = load_stage(reference / "levels" / f"level_main_{chapter:02}-{number:02}.json", CATALOGUE)
    done = play_plan(what, stage, assign_operators(what, CATALOGUE, Build(elite=1, level=1)))
    assert (done.won, done.leaks, done.undone) == (True, 0, ())

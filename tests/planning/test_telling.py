"""A plan in words is what a player has to do: where, when, and what the screen shows then."""

from __future__ import annotations

from levels import CATALOGUE
from small_plans import deploy, plan_of

from game.actions import LEFT
from game.levels.stage import load_stage
from planning.assignment import assign_operators
from planning.plans import Candidate, Plan, PlanGroup, PlanStep
from planning.playing import EnemyEnd, Holding, hold, play_plan
from planning.solutions import solution
from planning.telling import clock, deployment_cost, failure_lines, moments_of, operators_used, plan_lines
from planning.variation import EXACT, FAR

STAGE = load_stage("first_watch", CATALOGUE)


def told(*steps, usage=0):
    """The lines of a plan with these steps on first_watch."""
    plan = plan_of(*steps, usage=usage)
    squad = assign_operators(plan, CATALOGUE)
    return plan_lines(plan, squad, moments_of(plan, STAGE, squad))


def test_a_deployment_is_told_with_its_dp_place_and_facing():
    """Columns and rows as the job file counts them; the time and the counter of the battle as we know it."""
    first, second, third = told(deploy("Fang", 2, 5, LEFT), deploy("Kroos", 1, 4, LEFT), deploy("Melantha", 2, 3))
    assert first.startswith(" 1. at once: Fang on column 5, row 2, facing left")
    assert second.startswith(" 2. at once: Kroos on column 4, row 1, facing left")
    assert second.endswith("at the same time")
    assert third.startswith(" 3. at 13 DP: Melantha on column 3, row 2, facing right")
    assert ", 13 DP, " in third


def test_conditions_are_told():
    """Kills and times, before what is done; a step that the battle does not reach says so."""
    lines = told(
        deploy("Fang", 2, 5, LEFT, time_elapsed=45.0),
        PlanStep(kind="Retreat", name="Fang", kills=1),
        PlanStep(kind="Skill", name="Fang", kills=99),
    )
    assert "not before 0:45: Fang on column 5" in lines[0]
    assert "after 1 kill: retreat Fang" in lines[1]
    assert "after 99 kills: skill of Fang" in lines[2]
    assert lines[2].endswith("not reached")


def test_a_step_for_an_operator_off_the_field_is_told_as_skipped():
    """Its conditions still hold back the steps after it."""
    first, second = told(PlanStep(kind="Retreat", name="Fang", time_elapsed=5.0), deploy("Fang", 2, 5, LEFT))
    assert first.startswith(" 1. not before 0:05: retreat Fang")
    assert first.endswith("0:05, skipped: not on the field")
    assert second.endswith("at the same time")


def test_what_was_never_done_is_told_with_the_reason():
    """A skill that is not ready in time, a deployment that is not possible until the end, and what comes after it."""
    lines = told(
        deploy("Fang", 2, 5, LEFT),
        PlanStep(kind="Skill", name="Fang", timeout=0.0),
        deploy("Fang", 2, 4, LEFT),
        deploy("Kroos", 1, 4, LEFT),
    )
    assert lines[1].endswith("skipped: the skill is not ready")
    assert "as soon as it is possible: Fang on column 4" in lines[2]
    assert lines[2].endswith("the battle ends before it is possible: already on the field")
    assert lines[3].endswith("not reached")


def test_skills_that_go_by_themselves_are_named_once():
    """With what the skill is called."""
    *_, last = told(deploy("Fang", 2, 5, LEFT), usage=1)
    assert not last.startswith("skills") or "whenever it is ready" in last
    vanguard = PlanGroup(name="Myrtle", candidates=(Candidate(name="Myrtle", skill=1, usage=1),))
    plan = Plan(stage="", groups=(vanguard,), steps=(deploy("Myrtle", 2, 5, LEFT),))
    squad = assign_operators(plan, CATALOGUE)
    *_, last = plan_lines(plan, squad, moments_of(plan, STAGE, squad))
    assert last == "skills, each used whenever it is ready: Myrtle (Support)"


def test_the_moments_are_those_of_the_battle():
    """One for each step that is done, in order."""
    plan = solution("first_watch")
    squad = assign_operators(plan, CATALOGUE)
    moments, undone = moments_of(plan, STAGE, squad), play_plan(plan, STAGE, squad).undone
    assert len(moments) == len(plan.steps)
    assert [number for number, moment in enumerate(moments) if moment is None or not moment.done] == list(undone)
    times = [moment.seconds for moment in moments if moment]
    assert times == sorted(times)
    assert deployment_cost(plan, squad) > 0
    assert set(operators_used(plan, squad)) <= {one.name for one in squad.operators}


def test_what_goes_wrong_is_told_by_enemy():
    """How often each leaked, and when; battles that were lost otherwise are counted."""
    slug = [EnemyEnd(enemy="slug", seconds=one, leaked=True) for one in (61.0, 75.5)]
    holding = Holding("far", 1, 4, ((slug[0], slug[1]), (slug[0],), ()))
    assert failure_lines(holding) == [
        "slug leaked in 2 of the other 3, 3 in all, at 1:01 to 1:15",
        "nothing leaked, but no victory either, in 1 of the other 3",
    ]
    assert failure_lines(Holding("far", 4, 4)) == []


def test_battles_that_fail_name_who_leaked():
    """A plan that does nothing loses to the first enemies."""
    plan = plan_of(deploy("Fang", 2, 5, LEFT, kills=99))
    squad = assign_operators(plan, CATALOGUE)
    holding = hold(plan, STAGE, squad, FAR, 3)
    assert (holding.held, len(holding.failures)) == (0, 3)
    assert all(end.leaked for battle in holding.failures for end in battle)
    assert "leaked in 3 of the other 3" in failure_lines(holding)[0]
    assert (
        hold(solution("first_watch"), STAGE, assign_operators(solution("first_watch"), CATALOGUE), EXACT, 2).held == 2
    )


def test_the_clock_counts_minutes():
    """As players read times."""
    assert [clock(seconds) for seconds in (0.0, 9.99, 60.0, 125.4)] == ["0:00", "0:09", "1:00", "2:05"]

"""Plans are read as their authors mean them, played as the protocol says, and written so that others read the same."""

from __future__ import annotations

import json

import msgspec
import pytest
from worlds import IMMORTAL

from game.actions import DOWN, LEFT, RIGHT, UP
from game.battle import Battle
from game.errors import PlanError
from game.plans import Choice, Part, Plan, Player, Step, cast, play, read_plan, write_copilot
from game.stage import load_stage
from game.units import Build

JOB = {
    "stage_name": "0-1",
    "minimum_required": "v4.0.0",
    "opers": [
        {"name": "芬", "skill": 1, "skill_usage": 1},
        {"name": "Kroos", "requirements": {"elite": 2}},
        {"name": "桃金娘", "skill": 1, "skill_usage": 2, "skill_times": 3},
    ],
    "groups": [{"name": "奶", "opers": [{"name": "Nobody"}, {"name": "安赛尔", "skill": 1}]}],
    "actions": [
        {"name": "芬", "location": [2, 1], "direction": "左"},
        {"type": "二倍速"},
        {
            "type": "部署",
            "name": "奶",
            "location": [3, 0],
            "direction": "Down",
            "kills": 2,
            "costs": 20,
            "pre_delay": 500,
        },
        {"type": "技能", "name": "芬", "timeout": 3000, "doc": "now", "doc_color": "red"},
        {"type": "Retreat", "location": [2, 1], "cooling": 1, "cost_changes": -3, "rear_delay": 1500},
        {"type": "技能用法", "name": "桃金娘", "skill_usage": 1},
        {"type": "重置全局计时器"},
        {"type": "Output", "time_elapsed": 4000},
        {"type": "Skill", "name": "芬", "skip_if_not_ready": True},
        {"type": "MoveCamera", "distance": [4.5, 0]},
        {"type": "摆完挂机"},
    ],
    "doc": {"title": "A plan", "details": "by somebody"},
    "difficulty": 1,
}
TABLE = """
name = "1-4"
level_code = "1-4"
[operators]
myrtle = "char_151_myrtle"
[[steps]]
time = "Asap"
[steps.action.Deploy]
operator = "myrtle"
position = [2, 1]
direction = "Up"
[[steps]]
time = {DeltaSec = 2.5}
[steps.action.AutoSkill]
operator = "myrtle"
[[steps]]
time = "Asap"
[steps.action.Retreat]
operator = "myrtle"
"""


@pytest.fixture
def job(tmp_path):
    """Writes a job as a file."""

    def write(data, name="job.json"):
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def deploy(who, row, col, direction=RIGHT, **more):
    """A Deploy."""
    return Step(kind="Deploy", who=who, tile=(row, col), direction=direction, **more)


def plan_of(*steps, usage=0, times=1):
    """A plan with Fang and Kroos."""
    parts = tuple(
        Part(name=name, choices=(Choice(name=name, skill=1, usage=usage, times=times),)) for name in ("Fang", "Kroos")
    )
    return Plan(stage="made", parts=parts, steps=steps)


def played(make, plan, *fragments, **level):
    """A plan on the lane."""
    return play(plan, make.stage(make.level(*fragments, **level)), cast(plan, Build()))


def player_of(plan, stage):
    """A battle with a plan, before its first tick."""
    who = cast(plan, Build())
    return Player(plan, Battle(stage, who.squad), who)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_a_job_is_read_in_chinese_and_in_english(job):
    """Types, directions and names in either language; times in seconds; what is not given asks for nothing."""
    plan = read_plan(job(JOB))
    kinds = [step.kind for step in plan.steps]
    assert kinds == [
        "Deploy", "SpeedUp", "Deploy", "Skill", "Retreat", "SkillUsage", "ResetStopwatch", "Output", "Skill",
        "MoveCamera", "SkillDaemon",
    ]  # fmt: skip
    assert plan.steps[0] == deploy("芬", 1, 2, LEFT)
    assert plan.steps[2] == deploy("奶", 0, 3, DOWN, kills=2, costs=20, pre_delay=0.5)
    assert plan.steps[3].timeout == 3.0
    assert plan.steps[4] == Step(kind="Retreat", tile=(1, 2), cooling=1, cost_changes=-3, post_delay=1.5)
    assert plan.steps[7].time_elapsed == 4.0
    assert plan.steps[8].timeout == 0.0
    assert [part.name for part in plan.parts] == ["芬", "Kroos", "桃金娘", "奶"]
    assert plan.parts[2].choices == (Choice(name="桃金娘", skill=1, usage=2, times=3),)


def test_a_job_survives_being_written(job):
    """Read, written and read again it is the same plan."""
    plan = read_plan(job(JOB))
    assert read_plan(job(write_copilot(plan), "again.json")) == plan


def test_a_table_of_steps_is_read(job):
    """azur-arknights-helper's form: ids, [row, column], delays, skills that are used by themselves."""
    plan = read_plan(job(TABLE, "plan.toml"))
    assert plan.stage == "1-4"
    assert plan.parts == (Part(name="myrtle", choices=(Choice(name="char_151_myrtle"),)),)
    assert plan.steps == (
        deploy("myrtle", 2, 1, UP),
        Step(kind="SkillUsage", who="myrtle", usage=1, pre_delay=2.5),
        Step(kind="Retreat", who="myrtle"),
    )


def test_a_newer_table_of_steps_is_read(job):
    """Actions by their names, with a tile and a time inside; what is wrong with one is told in one line."""
    table = TABLE.replace("[steps.action.", "[steps.").replace("position", "tile")
    newer = table.replace('time = "Asap"\n', "").replace("time = {DeltaSec = 2.5}\n", "")
    newer = newer.replace("[steps.AutoSkill]\n", "[steps.AutoSkill]\ntime = {DeltaSec = 2.5}\n")
    assert read_plan(job(newer, "newer.toml")) == read_plan(job(TABLE, "plan.toml"))
    for wrong, said in (
        (newer.replace("Retreat", "Dance"), r"steps\[2\]: there is no action 'Dance'"),
        (newer.replace("[2, 1]", "[2]"), r"steps\[0\]: .*length 2.*tile"),
        (newer.replace("tile = [2, 1]", ""), r"steps\[0\]: a Deploy needs a tile"),
        (newer.replace('"Up"', '"North"'), r"steps\[0\]: there is no direction 'North'"),
        (newer.replace("myrtle = ", "thorns = "), r"steps\[0\]: 'myrtle' is not under"),
    ):
        with pytest.raises(PlanError, match=said) as told:
            read_plan(job(wrong, "wrong.toml"))
        assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("{", "job.json: "),
        ({"actions": None}, r"array.*null.*\$.actions"),
        ({"actions": [{"type": "Dance"}]}, r"actions\[0\]: there is no type 'Dance'"),
        ({"actions": [{"name": "芬"}]}, r"actions\[0\]: a Deploy needs a name and a location"),
        ({"actions": [{"type": "Skill"}]}, r"actions\[0\]: a Skill needs a name or a location"),
        ({"actions": [{"name": "芬", "location": [1]}]}, r"actions\[0\]: location \[1\]"),
        ({"actions": [{"name": "芬", "location": [1, 1], "direction": "North"}]}, "no direction 'North'"),
        ({"actions": [{"kills": "many"}]}, r"int.*str.*kills"),
    ],
)
def test_a_broken_job_is_told_in_one_line(job, change, said):
    """The file, the place and what is wrong there."""
    with pytest.raises(PlanError, match=said) as told:
        read_plan(job(change if isinstance(change, str) else {**JOB, **change}))
    assert "\n" not in str(told.value)


def test_a_plan_that_is_not_there_is_told(tmp_path):
    """As everywhere: one line with the path."""
    with pytest.raises(PlanError, match=r"nowhere\.json: there is no such file"):
        read_plan(tmp_path / "nowhere.json")


# --- Casting ----------------------------------------------------------------------------------------------------------


def test_groups_are_played_by_the_first_who_is_there(job):
    """Nobody is unknown, so Ansel heals; with a squad of others nobody can."""
    plan = read_plan(job(JOB))
    who = cast(plan, Build())
    assert [one.name for one in who.squad] == ["Fang", "Kroos", "Myrtle", "Ansel"]
    assert who.slots == {"芬": 0, "Kroos": 1, "桃金娘": 2, "奶": 3}
    with pytest.raises(PlanError, match="nobody can play '奶': 'Nobody' is in no table; 'Ansel' is not in the squad"):
        cast(plan, {"Fang": Build(), "Kroos": Build(), "Myrtle": Build()})


def test_parts_that_no_step_needs_may_stay_empty(job):
    """Players list more than they use; whom nobody knows is noted."""
    plan = read_plan(job({**JOB, "opers": [*JOB["opers"], {"name": "Nobody else"}]}))
    who = cast(plan, Build())
    assert [one.name for one in who.squad] == ["Fang", "Kroos", "Myrtle", "Ansel"]
    assert who.notes[-1] == "nobody can play 'Nobody else': 'Nobody else' is in no table, and no step needs it"


def test_skills_that_are_not_unlocked_fall_back():
    """Elite 0 has its first skill only, and the plan's player is told."""
    part = Part(name="Gravel", choices=(Choice(name="Gravel", skill=2),))
    plan = Plan(stage="", parts=(part,), steps=(deploy("Gravel", 1, 1),))
    assert cast(plan, Build()).squad[0].skill is not None
    assert all("not unlocked at elite 0" in note for note in cast(plan, Build()).notes)


def test_a_build_for_all_goes_as_far_as_each_can():
    """Elite 2 of an operator with three stars is the end of elite 1."""
    plan = plan_of(deploy("Fang", 1, 1))
    assert cast(plan, Build(elite=2, level=5)).squad == cast(plan, Build(elite=1)).squad


# --- Playing ----------------------------------------------------------------------------------------------------------


def test_a_step_waits_until_it_can_be_done(make):
    """Kroos is paid for when the DP are there, and no later step overtakes her."""
    plan = plan_of(deploy("Kroos", 0, 2), deploy("Fang", 1, 3))
    done = played(make, plan, [make.spawn(at=30)], initialCost=0)
    assert done.won
    assert done.undone == ()


def test_conditions_hold_a_step_back(make):
    """Kills, DP, a change of DP, cooling cards and the stopwatch: each alone decides when Fang comes."""
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


def test_delays_are_seconds_before_the_screen(make):
    """At double speed four of them hold eight of the game; in bullet time a fifth, until somebody is deployed."""
    wait = {"who": "Fang", "tile": (1, 5)}
    fast, slow = Step(kind="SpeedUp"), Step(kind="BulletTime", who="Kroos")
    for before, seconds in (((), 4.0), ((fast,), 8.0), ((fast, fast), 4.0), ((slow,), 0.8), ((fast, slow), 0.8)):
        plan = plan_of(*before, Step(kind="Deploy", pre_delay=4.0, **wait))
        assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(seconds, abs=0.05)
    plan = plan_of(slow, deploy("Kroos", 0, 0, UP), Step(kind="Deploy", pre_delay=4.0, **wait))
    assert _when_fang_came(make, plan, [make.spawn(at=40)]) == pytest.approx(4.0, abs=0.05)


def test_a_delay_begins_when_the_card_can_be_played(make):
    """As MAA does it: Fang costs 9, which are there after nine seconds, and two seconds later she comes."""
    plan = plan_of(deploy("Fang", 1, 5, pre_delay=2.0))
    player = player_of(plan, make.stage(make.level([make.spawn(at=40)], initialCost=0)))
    while not player.battle.operators_on_field():
        player.look()
        player.battle.step(1)
    assert player.battle.seconds == pytest.approx(11.0, abs=0.1)


def _when_fang_came(make, plan, slugs):
    """The second in which Fang was deployed."""
    player = player_of(plan, make.stage(make.level(slugs, initialCost=99, maxLifePoint=9)))
    player.look()
    while all(one.slot != 0 for one in player.battle.operators_on_field()):
        player.battle.step(1)
        player.look()
    return player.battle.seconds


def test_post_delays_and_cooling_cards(make):
    """The retreat comes three seconds after the deployment, and the next step when a card cools."""
    plan = plan_of(
        deploy("Fang", 1, 5, post_delay=3.0), Step(kind="Retreat", who="Fang"), deploy("Kroos", 0, 0, cooling=1)
    )
    assert played(make, plan, [make.spawn(at=20)]).undone == ()


def test_skills_are_used_as_their_usage_says(make):
    """By hand never, whenever ready for ever, or so often: each time Myrtle gains 14 DP."""
    for usage, times, expected in ((0, 1, 0), (1, 1, 3), (2, 1, 1), (2, 2, 2)):
        vanguard = Part(name="Myrtle", choices=(Choice(name="Myrtle", skill=1, usage=usage, times=times),))
        plan = Plan(stage="", parts=(vanguard,), steps=(deploy("Myrtle", 1, 2),))
        stage = make.stage(make.level([make.spawn(at=110)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(plan, stage) == 20 - 8 + 14 * expected


def test_a_usage_may_be_changed_where_somebody_stands(make):
    """By the tile instead of the name; where nobody stands nothing happens."""
    vanguard = Part(name="Myrtle", choices=(Choice(name="Myrtle", skill=1),))
    for tile, expected in (((1, 2), 14), ((1, 3), 0)):
        steps = (deploy("Myrtle", 1, 2), Step(kind="SkillUsage", tile=tile, usage=2, times=1))
        stage = make.stage(make.level([make.spawn(at=100)], costIncreaseTime=99999.0, initialCost=20))
        assert _dp_after(Plan(stage="", parts=(vanguard,), steps=steps), stage) == 20 - 8 + expected


def _dp_after(plan, stage):
    """The DP after a hundred seconds."""
    player = player_of(plan, stage)
    while player.battle.seconds < 100:
        player.look()
        player.battle.step(1)
    return player.battle.dp


def test_a_skill_that_is_not_ready_in_time_is_left_out(make):
    """The timeout passes, the next step is done, and the skill is told as undone."""
    plan = plan_of(deploy("Fang", 1, 5), Step(kind="Skill", who="Kroos", timeout=2.0), deploy("Kroos", 0, 2))
    done = played(make, plan, [make.spawn(at=20)])
    assert done.undone == (1,)
    assert done.won


def test_what_can_never_be_done_is_told_before_the_battle(make):
    """Kroos cannot stand on the road, and nobody outside of the map."""
    for row, col in ((1, 3), (7, 3)):
        with pytest.raises(PlanError, match=f"step 0: Kroos cannot stand on column {col}, row {row}"):
            played(make, plan_of(deploy("Kroos", row, col)), [make.spawn()])


def test_what_came_of_it_is_told(make):
    """Leaks with their seconds, the steps that never came, and neither victory nor stars for the lost."""
    late = deploy("Kroos", 0, 2, kills=99)
    done = played(make, plan_of(late), [make.spawn(count=4, every=2.0)], refs=(make.dummy(**IMMORTAL),))
    assert (done.won, done.stars, done.life, done.leaks, done.undone) == (False, 0, 0, 3, (0,))
    assert [(end.enemy, end.leaked) for end in done.ends] == [("slug", True)] * 3
    assert msgspec.json.decode(msgspec.json.encode(done), type=type(done)) == done


def test_the_same_plan_gives_the_same_battle(make):
    """Nothing is left to chance."""
    plan = plan_of(deploy("Fang", 1, 3), deploy("Kroos", 0, 2), usage=1)
    assert played(make, plan, [make.spawn(count=5)]) == played(make, plan, [make.spawn(count=5)])


@pytest.mark.parametrize(
    "plan", ["community_0-1.json", "community_0-5.json", "community_1-1.json", "community_1-4.json", "AAH_1-4.toml"]
)
def test_plans_that_many_players_won_with_win_here(reference, plan):
    """At elite 1, level 1 with its skills, without a leak: what a faithful simulator must let win."""
    what = read_plan(reference / "copilot" / plan)
    chapter, number = (int(part) for part in what.stage.split("-"))
    stage = load_stage(reference / "levels" / f"level_main_{chapter:02}-{number:02}.json")
    done = play(what, stage, cast(what, Build(elite=1, level=1)))
    assert (done.won, done.leaks, done.undone) == (True, 0, ())

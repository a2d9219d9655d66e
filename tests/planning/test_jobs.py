"""Plans in files are read as MAA reads them, and written so that other tools read the same plan."""

from __future__ import annotations

import json

import msgspec
import pytest
from levels import CATALOGUE
from mutations import mutated, with_other_value

from game.actions import DOWN, LEFT, RIGHT, UP
from game.errors import InputError, PlanError
from planning.assignment import assign_operators
from planning.jobs import read_plan, write_copilot, write_table
from planning.plans import Candidate, Plan, PlanGroup, PlanStep, Requirements

JOB = {
    "stage_name": "0-1",
    "minimum_required": "v4.0.0",
    "opers": [
        {"name": "芬", "skill": 1, "skill_usage": 1},
        {"name": "Kroos", "requirements": {"elite": 2}},
        {"name": "桃金娘", "skill": 1, "skill_usage": 2, "skill_times": 3},
    ],
    "groups": [{"name": "奶", "opers": [{"name": "Unknown"}, {"name": "安赛尔", "skill": 1}]}],
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
    "doc": {"title": "A plan", "details": "by a player"},
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


def deploy(name, row, col, direction=RIGHT, **more):
    """A Deploy step."""
    return PlanStep(kind="Deploy", name=name, tile=(row, col), direction=direction, **more)


def test_a_job_is_read_in_chinese_and_in_english(job):
    """Types, directions and names in either language; times in seconds; fields not given set no condition."""
    plan = read_plan(job(JOB))
    kinds = [step.kind for step in plan.steps]
    assert kinds == [
        "Deploy", "SpeedUp", "Deploy", "Skill", "Retreat", "SkillUsage", "ResetStopwatch", "Output", "Skill",
        "MoveCamera", "SkillDaemon",
    ]  # fmt: skip
    assert plan.steps[0] == deploy("芬", 1, 2, LEFT)
    assert plan.steps[2] == deploy("奶", 0, 3, DOWN, kills=2, costs=20, pre_delay=0.5)
    assert plan.steps[3].timeout == 3.0
    assert plan.steps[4] == PlanStep(kind="Retreat", tile=(1, 2), cooling=1, cost_changes=-3, post_delay=1.5)
    assert plan.steps[7].time_elapsed == 4.0
    assert plan.steps[8].timeout == 0.0
    assert [part.name for part in plan.groups] == ["芬", "Kroos", "桃金娘", "奶"]
    assert plan.groups[2].candidates == (Candidate(name="桃金娘", skill=1, usage=2, times=3),)


def test_requirements_and_difficulty_are_read(job):
    """By the names of the protocol, the newer name of the potential included; what is not given asks for nothing."""
    raised = {"elite": 1, "level": 55, "skill_level": 7, "module": 0, "potentiality": 6}
    newer = {"elite": 2, "module": 1, "module_level": 3, "potential": 4}
    opers = [{"name": "芬", "requirements": raised}, {"name": "Kroos", "requirements": newer}, {"name": "Ansel"}]
    plan = read_plan(job({**JOB, "opers": opers, "difficulty": 3}))
    required = [one.candidates[0].requirements for one in plan.groups[:3]]
    assert required[0] == Requirements(elite=1, level=55, skill_level=7, potentiality=6)
    assert required[1:] == [Requirements(elite=2, module=1, module_level=3, potentiality=4), Requirements()]
    assert plan.difficulty == 3
    assert read_plan(job(write_copilot(plan), "again.json")) == plan


def test_a_difficulty_that_is_none_is_noted(job):
    """0 is one that is not given."""
    plan = read_plan(job({**JOB, "actions": [], "difficulty": 7}))
    assert (plan.difficulty, plan.notes) == (0, ("the difficulty 7 is none of 0 to 3, and taken as not given",))


def test_a_location_of_nulls_is_none(job):
    """As editors write it; a deployment still needs one."""
    skill = {"type": "Skill", "name": "芬", "location": [None, None]}
    assert read_plan(job({**JOB, "actions": [skill]})).steps == (PlanStep(kind="Skill", name="芬"),)
    for location in ([None, None], [None, 3]):
        with pytest.raises(PlanError, match="location"):
            read_plan(job({**JOB, "actions": [{"name": "芬", "location": location}]}))


def test_a_job_survives_being_written(job):
    """Read, written and read again it is the same plan, camera movements included."""
    plan = read_plan(job(JOB))
    assert read_plan(job(write_copilot(plan), "again.json")) == plan


def test_every_word_of_maa_is_known(job):
    """Older words for the same, and any case."""
    words = {"DoNothing": "SkillDaemon", "开摆": "SkillDaemon", "输出": "Output", "SPEEDUP": "SpeedUp"}
    plan = read_plan(job({**JOB, "actions": [{"type": word} for word in words]}))
    assert [step.kind for step in plan.steps] == list(words.values())


def test_actions_of_unknown_types_are_left_out_and_noted_once(job):
    """Even if such an action has other errors; the other actions are read."""
    strange = ({"type": "DrawCard", "location": [1]}, {"type": "调配干员"}, {"type": "DrawCard"})
    plan = read_plan(job({**JOB, "actions": [*strange, {"type": "SpeedUp"}]}))
    assert [step.kind for step in plan.steps] == ["SpeedUp"]
    assert plan.notes == tuple(f"actions of the type {kind!r} are left out" for kind in ("DrawCard", "调配干员"))


def test_an_unknown_direction_is_right_and_noted_once(job):
    """As in MAA. Only a deployment has a direction."""
    fang = {"name": "芬", "location": [2, 1], "direction": "Sideways"}
    plan = read_plan(job({**JOB, "actions": [fang, fang, {"type": "Skill", "name": "芬", "direction": "North"}]}))
    assert plan.steps[:2] == (deploy("芬", 1, 2, RIGHT),) * 2
    assert plan.notes == ("the direction 'Sideways' is taken as Right",)
    assert read_plan(job(JOB)).notes == ("MoveCamera is not played: the tiles of later steps are not shifted",)


def test_a_tile_takes_precedence_over_a_name(job):
    """Except in a deployment; MAA reads the tile [0, 0] as none."""
    for kind in ("Skill", "Retreat", "SkillUsage"):
        there, nowhere = ({"type": kind, "name": "芬", "location": place} for place in ([2, 1], [0, 0]))
        by_tile, by_name = read_plan(job({**JOB, "actions": [there, nowhere]})).steps
        assert (by_tile.name, by_tile.tile) == ("", (1, 2))
        assert by_name.name == "芬"


def test_null_is_read_as_a_field_that_is_not_given(job):
    """Editors write it for empty fields: numbers, texts and lists."""
    full = {
        "name": "芬", "location": [2, 1], "direction": None, "kills": None, "costs": None, "cost_changes": None,
        "cooling": None, "time_elapsed": None, "pre_delay": None, "post_delay": None, "timeout": None, "doc": None,
        "skill_usage": None, "skill_times": None, "skip_if_not_ready": None, "distance": None, "type": None,
    }  # fmt: skip
    oper = {"name": "芬", "skill": None, "skill_usage": None, "skill_times": None, "requirements": None}
    plan = read_plan(job({"stage_name": None, "opers": [oper], "groups": None, "actions": [full], "doc": None}))
    fang = PlanGroup(name="芬", candidates=(Candidate(name="芬"),))
    assert plan == Plan(stage="", groups=(fang,), steps=(deploy("芬", 1, 2),))


def test_an_answer_of_the_plan_exchange_is_read_too(job):
    """It contains the job as text, whose errors are reported as usual."""
    answer = {"status_code": 200, "data": {"id": 1, "content": json.dumps(JOB)}}
    assert read_plan(job(answer)) == read_plan(job(JOB))
    answer["data"]["content"] = json.dumps({"type": "SSS", "stages": []})
    with pytest.raises(PlanError, match="SSS jobs"):
        read_plan(job(answer))


def test_a_byte_order_mark_does_not_matter(job):
    """Some editors on Windows write one."""
    for text, name in ((json.dumps(JOB), "job.json"), (TABLE, "plan.toml")):
        assert read_plan(job("\ufeff" + text, name)) == read_plan(job(text, name))


def test_a_camera_movement_is_noted_once(job):
    """In both notations; a movement by nothing is not noted."""
    for distance, notes in (([4.5, 0], 1), (-1, 1), ([0, 0], 0), (0, 0)):
        plan = read_plan(job({**JOB, "actions": [{"type": "MoveCamera", "distance": distance}] * 2}))
        assert len(plan.notes) == notes
        assert all("MoveCamera is not played" in note for note in plan.notes)


def test_a_table_of_steps_is_read(job):
    """azur-arknights-helper's format: ids, [row, column], delays, automatic skills."""
    plan = read_plan(job(TABLE, "plan.toml"))
    assert plan.stage == "1-4"
    assert plan.groups == (PlanGroup(name="myrtle", candidates=(Candidate(name="char_151_myrtle"),)),)
    assert plan.steps == (
        deploy("myrtle", 2, 1, UP),
        PlanStep(kind="SkillUsage", name="myrtle", usage=1, pre_delay=2.5),
        PlanStep(kind="Retreat", name="myrtle"),
    )


def test_a_table_is_recognised_by_its_suffix_in_any_case(job):
    """Some systems write it in capitals."""
    assert read_plan(job(TABLE, "PLAN.TOML")) == read_plan(job(TABLE, "plan.toml"))


def test_a_newer_table_of_steps_is_read(job):
    """Actions under their names, with a tile and a time inside; an error is reported in one line."""
    table = TABLE.replace("[steps.action.", "[steps.").replace("position", "tile")
    newer = table.replace('time = "Asap"\n', "").replace("time = {DeltaSec = 2.5}\n", "")
    newer = newer.replace("[steps.AutoSkill]\n", "[steps.AutoSkill]\ntime = {DeltaSec = 2.5}\n")
    assert read_plan(job(newer, "newer.toml")) == read_plan(job(TABLE, "plan.toml"))
    for wrong, said in (
        (newer.replace("Retreat", "Dance"), r"steps\[2\]: unknown action 'Dance'"),
        (newer.replace("[2, 1]", "[2]"), r"steps\[0\]: .*length 2.*tile"),
        (newer.replace("tile = [2, 1]", ""), r"steps\[0\]: a Deploy needs a tile"),
        (newer.replace("2.5", "1e300"), r"steps\[1\]: the time 1e\+300 is too long or no number; write seconds"),
        (newer.replace("2.5", "nan"), r"steps\[1\]: the time nan is too long or no number; write seconds"),
        (newer.replace('"Up"', '"North"'), r"steps\[0\]: unknown direction 'North'"),
        (newer.replace("myrtle = ", "thorns = "), r"steps\[0\]: 'myrtle' is not under"),
    ):
        with pytest.raises(PlanError, match=said) as told:
            read_plan(job(wrong, "wrong.toml"))
        assert "\n" not in str(told.value)


def test_a_plan_written_as_a_table_reads_back(tmp_path):
    """Deployments, retreats, delays and automatic skills; the skills are set when their operator is deployed."""
    groups = (
        PlanGroup(name="Fang", candidates=(Candidate(name="char_123_fang", usage=1),)),
        PlanGroup(name='"风"', candidates=(Candidate(name="Kroos"),)),
    )
    steps = (deploy("Fang", 2, 1, UP, pre_delay=2.5), deploy('"风"', 0, 3), PlanStep(kind="Retreat", name="Fang"))
    table = tmp_path / "plan.toml"
    table.write_text(write_table(Plan(stage="4-4", title="a\tb", groups=groups, steps=steps)), encoding="utf-8")
    plan = read_plan(table)
    assert (plan.stage, plan.title) == ("4-4", "a\tb")
    assert plan.steps == (steps[0], PlanStep(kind="SkillUsage", name="Fang", usage=1), *steps[1:])
    assert [group.candidates[0].name for group in plan.groups] == ["char_123_fang", "Kroos"]
    assert read_plan_again(plan, table) == plan


@pytest.mark.parametrize(("write", "name"), [(write_copilot, "plan.json"), (write_table, "plan.toml")])
def test_the_squad_keeps_its_order_in_every_format(job, write, name):
    """Battles depend on it: of two operators that could act in the same tick, the first in the squad does."""
    groups = tuple(PlanGroup(name=one, candidates=(Candidate(name=one),)) for one in ("Fang", "Kroos", "Lava"))
    plan = Plan(stage="4-4", groups=groups, steps=(deploy("Lava", 2, 1), deploy("Fang", 2, 2), deploy("Kroos", 0, 3)))
    assert read_plan(job(write(plan), name)).groups == groups
    if name == "plan.json":  # a table has no groups of several
        several = msgspec.structs.replace(groups[1], candidates=(Candidate(name="Kroos"), Candidate(name="Jessica")))
        mixed = (groups[0], several, groups[2])
        assert read_plan(job(write(msgspec.structs.replace(plan, groups=mixed)), name)).groups == mixed


def read_plan_again(plan, table):
    """A plan after it was written to a table and read."""
    table.write_text(write_table(plan), encoding="utf-8")
    return read_plan(table)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (deploy("Fang", 2, 1, kills=3), "step 0: a table .* no conditions but a delay"),
        (deploy("Fang", 2, 1, post_delay=1.0), "step 0: a table .* no conditions but a delay"),
        (PlanStep(kind="SpeedUp"), "step 0: a table .* has no SpeedUp"),
        (PlanStep(kind="SkillUsage", name="Fang", usage=2, times=3), "step 0: a table .* has no SkillUsage"),
    ],
)
def test_what_a_table_cannot_say_is_told_in_one_line(step, said):
    """It is not left out in silence: the table would play another battle."""
    groups = (PlanGroup(name="Fang", candidates=(Candidate(name="Fang"),)),)
    with pytest.raises(PlanError, match=said) as told:
        write_table(Plan(stage="4-4", groups=groups, steps=(step,)))
    assert "\n" not in str(told.value)


def test_a_table_cannot_choose_among_operators_or_skills():
    """Groups of several, and other skills than the first, need a job."""
    for candidates in ((Candidate(name="Fang"), Candidate(name="Kroos")), (Candidate(name="Fang", skill=2),)):
        with pytest.raises(PlanError, match="cannot bring 'Fang'"):
            write_table(Plan(stage="4-4", groups=(PlanGroup(name="Fang", candidates=candidates),), steps=()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("{", "job.json: "),
        ('{"actions": ' + "[" * 100_000, "job.json: is nested too deeply"),
        ({"actions": None}, "required field `actions`"),
        ({"actions": [{"name": "芬"}]}, r"actions\[0\]: a Deploy needs a name and a location"),
        ({"actions": [{"type": "Skill"}]}, r"actions\[0\]: a Skill needs a name or a location"),
        ({"actions": [{"name": "芬", "location": [1]}]}, r"actions\[0\]: location \[1\] is not"),
        (
            {"type": "SSS", "stages": [], "actions": []},
            r"SSS jobs \(Stationary Security Service\) are not supported",
        ),
        ({"actions": [{"kills": "many"}]}, r"int.*str.*kills"),
        ({"actions": [{"timeout": "long"}]}, r"float.*str.*timeout"),
        ({"actions": [{"kills": 10**20}]}, r"int.* <= 2147483647 - at `\$.actions\[0\].kills`"),
        ({"actions": [{"costs": -(10**20)}]}, r"int.* >= -2147483647 - at `\$.actions\[0\].costs`"),
        ({"actions": [{"pre_delay": 1e300}]}, r"float.* <= 2147483647.0 - at `\$.actions\[0\].pre_delay`"),
        ({"opers": [{"name": "芬", "skill_times": 10**20}]}, r"<= 2147483647 - at `\$.opers\[0\].skill_times`"),
    ],
)
def test_a_broken_job_is_reported_in_one_line(job, change, said):
    """With the file, the place and what is wrong there."""
    with pytest.raises(PlanError, match=said) as told:
        read_plan(job(change if isinstance(change, str) else {**JOB, **change}))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "name"), [(json.dumps(JOB, indent=1, ensure_ascii=False), "job.json"), (TABLE, "plan.toml")]
)
def test_a_damaged_job_is_one_line_or_a_plan(job, text, name):
    """500 damages in all: no other error, and a plan is written so that it is read again."""
    said = []
    for seed in range(250):
        path = job((mutated if seed % 2 else with_other_value)(text, seed), name)
        try:
            plan = read_plan(path)
        except PlanError as error:
            said.append(str(error))
            continue
        json.dumps(write_copilot(plan), allow_nan=False)
        try:
            said += assign_operators(plan, CATALOGUE).notes
        except InputError as error:
            said.append(str(error))
    assert not [line for line in said if "\n" in line]


def test_a_missing_file_is_reported(tmp_path):
    """In one line with the path."""
    with pytest.raises(PlanError, match=r"nowhere\.json: there is no such file"):
        read_plan(tmp_path / "nowhere.json")

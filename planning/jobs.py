"""Plans in files: MAA's copilot jobs and azur-arknights-helper's tables, read and written.

Files are read as leniently as MAA reads them: actions of an unknown type are left out, an unknown direction is Right
(the plan's notes say both), and null stands for a field that is not given.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec

from game.actions import DOWN, LEFT, RIGHT, UP
from game.errors import PlanError
from game.texts import read_text
from planning.plans import (
    AIMED,
    BOTH,
    BY_HAND,
    LIMITED_TIMES,
    WHENEVER_READY,
    Candidate,
    Plan,
    PlanGroup,
    PlanStep,
    Requirements,
    StepKind,
)

KINDS: Mapping[str, StepKind] = {
    **{kind.lower(): kind for kind in get_args(StepKind)},
    "部署": "Deploy", "技能": "Skill", "撤退": "Retreat", "二倍速": "SpeedUp", "子弹时间": "BulletTime",
    "技能用法": "SkillUsage", "打印": "Output", "输出": "Output", "摆完挂机": "SkillDaemon", "开摆": "SkillDaemon",
    "donothing": "SkillDaemon", "移动镜头": "MoveCamera", "重置全局计时器": "ResetStopwatch",
}  # fmt: skip
FACING = {
    "right": RIGHT, "down": DOWN, "left": LEFT, "up": UP, "none": RIGHT, "右": RIGHT, "下": DOWN, "左": LEFT, "上": UP,
    "无": RIGHT,
}  # fmt: skip
"""Directions by the words that files have for them, in lower case."""
TABLE_ACTIONS = ("Deploy", "Retreat", "AutoSkill", "StopAutoSkill")
"""The actions of azur-arknights-helper's tables."""
LARGEST = 2**31 - 1
"""The largest number that a job may have, as in MAA."""
Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Milliseconds = Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
DIRECTION_WORDS = {RIGHT: "Right", DOWN: "Down", LEFT: "Left", UP: "Up"}


class _Requirements(Requirements, frozen=True, kw_only=True):
    potential: int = 0
    """The newer name of potentiality."""


class _Oper(msgspec.Struct):
    name: str
    skill: Whole = 0
    skill_usage: Whole = 0
    skill_times: Whole = 1
    requirements: _Requirements = msgspec.field(default_factory=_Requirements)


class _Group(msgspec.Struct):
    name: str
    opers: list[_Oper] = []


class _Action(msgspec.Struct):
    type: str = "Deploy"
    name: str = ""
    location: list[int] = []
    direction: str = "None"
    kills: Whole = 0
    costs: Whole = 0
    cost_changes: Whole = 0
    cooling: Whole = -1
    time_elapsed: Milliseconds = 0.0
    pre_delay: Milliseconds = 0.0
    post_delay: Milliseconds = 0.0
    rear_delay: Milliseconds = 0.0
    """The older name of post_delay."""
    timeout: Milliseconds = -1.0
    skip_if_not_ready: bool = False
    """The same as a timeout of 0."""
    skill_usage: Whole = 0
    skill_times: Whole = 1
    distance: list[float] | float = []


class _Doc(msgspec.Struct):
    title: str = ""
    details: str = ""


class _Job(msgspec.Struct):
    actions: list[_Action]
    stage_name: str = ""
    opers: list[_Oper] = []
    groups: list[_Group] = []
    doc: _Doc = msgspec.field(default_factory=_Doc)
    difficulty: int = 0


def read_plan(path: str | Path) -> Plan:
    """The plan in a file: an azur-arknights-helper table if its name ends with .toml, else a copilot job of MAA.

    Raises PlanError, one line with the path and the place, if the file cannot be read or is no plan.
    """
    path = Path(path)
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise PlanError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from None
    try:
        return _from_table(tomllib.loads(text)) if path.suffix.lower() == ".toml" else _from_job(text)
    except (ValueError, msgspec.DecodeError) as error:
        raise PlanError(f"{path}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise PlanError(f"{path}: is nested too deeply to be a plan") from None


def _from_job(text: str) -> Plan:
    """The plan in a copilot job of MAA, or in the answer of the plan exchange that contains one."""
    data = msgspec.json.decode(text)
    match data:
        case {"data": {"content": str(content)}}:
            return _from_job(content)
        case {"type": "SSS"}:
            raise PlanError("SSS jobs (Stationary Security Service) are not supported")
    job = msgspec.convert(_without_nulls(data), _Job)
    opers = [PlanGroup(name=one.name, candidates=(_candidate(one),)) for one in job.opers]
    groups = [PlanGroup(name=one.name, candidates=tuple(map(_candidate, one.opers))) for one in job.groups]
    return Plan(
        stage=job.stage_name,
        title=job.doc.title,
        details=job.doc.details,
        groups=(*opers, *groups),
        steps=tuple(_step(number, one) for number, one in enumerate(job.actions) if one.type.lower() in KINDS),
        difficulty=job.difficulty if job.difficulty in range(BOTH + 1) else 0,
        notes=tuple(dict.fromkeys(_read_otherwise(job))),
    )


def _without_nulls(data: Any) -> Any:
    """JSON data without the fields that are null. A list of only nulls ([null, null] for no location) becomes empty."""
    if isinstance(data, dict):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    if not isinstance(data, list):
        return data
    return [] if all(one is None for one in data) else [_without_nulls(one) for one in data]


def _read_otherwise(job: _Job) -> Iterator[str]:
    """Notes about what is not played, or not as it is written."""
    if job.difficulty not in range(BOTH + 1):
        yield f"the difficulty {job.difficulty} is none of 0 to {BOTH}, and taken as not given"
    for one in job.actions:
        kind = KINDS.get(one.type.lower())
        if kind is None:
            yield f"actions of the type {one.type!r} are left out"
        if kind == "Deploy" and one.direction and one.direction.lower() not in FACING:
            yield f"the direction {one.direction!r} is taken as Right"
        if kind == "MoveCamera" and any(_distance(one)):
            yield "MoveCamera is not played: the tiles of later steps are not shifted"


def _distance(one: _Action) -> tuple[float, ...]:
    """How many (columns, rows) an action moves the camera; a single number means columns."""
    return tuple(one.distance) if isinstance(one.distance, list) else (one.distance,)


def _candidate(one: _Oper) -> Candidate:
    """The candidate of an entry of `opers`."""
    fields = msgspec.structs.asdict(one.requirements)
    newer = fields.pop("potential")
    requirements = Requirements(**fields | {"potentiality": fields["potentiality"] or newer})
    usage = min(one.skill_usage, LIMITED_TIMES + 1)
    return Candidate(name=one.name, skill=one.skill, usage=usage, times=one.skill_times, requirements=requirements)


def _step(number: int, one: _Action) -> PlanStep:
    """The step of an entry of `actions`. Raises PlanError if something in it is missing."""
    kind, place = KINDS[one.type.lower()], one.location
    if len(place) not in (0, 2):
        raise PlanError(f"actions[{number}]: location {place} is not [column, row]")
    if kind == "Deploy" and not (place and one.name):
        raise PlanError(f"actions[{number}]: a Deploy needs a name and a location")
    if kind in AIMED and not (place or one.name):
        raise PlanError(f"actions[{number}]: a {kind} needs a name or a location")
    by_tile = kind in AIMED and kind != "Deploy" and any(place)  # MAA reads [0, 0] as no location
    return PlanStep(
        kind=kind,
        name="" if by_tile else one.name,
        tile=(place[1], place[0]) if place else None,
        direction=FACING.get(one.direction.lower(), RIGHT),
        kills=one.kills,
        costs=one.costs,
        cost_changes=one.cost_changes,
        cooling=one.cooling,
        time_elapsed=one.time_elapsed / 1000,
        pre_delay=one.pre_delay / 1000,
        post_delay=max(one.post_delay, one.rear_delay) / 1000,
        timeout=0.0 if one.skip_if_not_ready else one.timeout / 1000 if one.timeout >= 0 else -1.0,
        usage=one.skill_usage,
        times=one.skill_times,
        distance=_distance(one),
    )


class _Table(msgspec.Struct):
    operators: dict[str, str]
    steps: list[dict[str, Any]]
    name: str = ""
    level_code: str = ""


class _TableAction(msgspec.Struct):
    operator: str
    position: tuple[int, int] | None = None
    tile: tuple[int, int] | None = None
    """The newer name of position."""
    direction: str = "none"
    time: dict[str, float] | str = "Asap"


def _from_table(data: dict[str, Any]) -> Plan:
    """The plan in an azur-arknights-helper table, whose positions are [row, column] from the top left."""
    table = msgspec.convert(data, _Table)
    return Plan(
        stage=table.level_code or table.name,
        title=table.name,
        groups=tuple(PlanGroup(name=name, candidates=(Candidate(name=id_),)) for name, id_ in table.operators.items()),
        steps=tuple(_table_step(number, one, table.operators) for number, one in enumerate(table.steps)),
    )


def _table_step(number: int, step: Mapping[str, Any], operators: Mapping[str, str]) -> PlanStep:
    """One of its steps: the action under its name or, in older tables, under `action` with the time beside it."""
    named = step.get("action", step)
    name, fields = next(iter(named.items()), ("", None)) if isinstance(named, dict) else (str(named), None)
    if name not in TABLE_ACTIONS or not isinstance(fields, dict):
        raise PlanError(
            f"steps[{number}]: unknown action {name!r}; known are Deploy, Retreat, AutoSkill, StopAutoSkill"
        )
    try:
        one = msgspec.convert({**({"time": step["time"]} if "time" in step else {}), **fields}, _TableAction)
    except msgspec.ValidationError as error:
        raise PlanError(f"steps[{number}]: {error}") from None
    facing, place = FACING.get(one.direction.lower()), one.tile or one.position
    if facing is None:
        raise PlanError(f"steps[{number}]: unknown direction {one.direction!r}; known are Left, Right, Up and Down")
    if one.operator not in operators:
        raise PlanError(f"steps[{number}]: {one.operator!r} is not under [operators]")
    if name == "Deploy" and place is None:
        raise PlanError(f"steps[{number}]: a Deploy needs a tile")
    delay = one.time.get("DeltaSec", 0.0) if isinstance(one.time, dict) else 0.0
    if not abs(delay) <= LARGEST / 1000:
        raise PlanError(f"steps[{number}]: the time {delay} is too long or no number; write seconds")
    if name in ("AutoSkill", "StopAutoSkill"):
        usage = WHENEVER_READY if name == "AutoSkill" else BY_HAND
        return PlanStep(kind="SkillUsage", name=one.operator, usage=usage, pre_delay=delay)
    kind: StepKind = "Deploy" if name == "Deploy" else "Retreat"
    return PlanStep(kind=kind, name=one.operator, tile=place, direction=facing, pre_delay=delay)


def write_table(plan: Plan) -> str:
    """The plan as a table of azur-arknights-helper; read back, it plays the same.

    Raises PlanError, in one line, for what that format cannot express: groups of several operators, a skill other than
    the first, any condition but a delay, a limited number of skill uses, speeds.
    """
    operators: dict[str, str] = {}  # in the order of the squad, which battles depend on
    for group in plan.groups:
        if len(group.candidates) != 1 or group.candidates[0].skill > 1:
            what = "one of several" if len(group.candidates) != 1 else f"with skill {group.candidates[0].skill}"
            raise PlanError(f"a table (.toml) cannot bring {group.name!r} {what}; write a job (.json)")
        operators[group.name] = group.candidates[0].name
    operators = {**operators, **{step.name: step.name for step in plan.steps if step.name not in {"", *operators}}}
    lines = [f"name = {_text(plan.title or plan.stage)}", f"level_code = {_text(plan.stage)}", "", "[operators]"]
    lines += [f"{_text(name)} = {_text(operator)}" for name, operator in operators.items()]
    return "\n".join([*lines, *_table_steps(plan), ""])


def _table_steps(plan: Plan) -> Iterator[str]:
    """The steps of a plan; a skill is set to be used automatically after the first deployment of its operator."""
    automatic = {group.name: group.candidates[0].usage for group in plan.groups if group.candidates[0].usage != BY_HAND}
    for number, step in enumerate(plan.steps):
        yield _table_entry(number, step)
        if step.kind == "Deploy" and (usage := automatic.pop(step.name, BY_HAND)):
            yield _table_entry(number, PlanStep(kind="SkillUsage", name=step.name, usage=usage))


def _table_entry(number: int, step: PlanStep) -> str:
    """One entry of the table's steps."""
    action = _table_action(number, step)
    plain = PlanStep(kind=step.kind, name=step.name, tile=step.tile, direction=step.direction)
    if msgspec.structs.replace(step, pre_delay=0.0, usage=BY_HAND, times=1) != plain or not step.name:
        raise PlanError(f"step {number}: a table (.toml) has no conditions but a delay; write a job (.json)")
    fields = f"operator = {_text(step.name)}"
    if step.tile:
        facing = DIRECTION_WORDS[step.direction]
        fields += f", tile = [{step.tile[0]}, {step.tile[1]}], direction = {_text(facing)}"
    time = f"{{ DeltaSec = {step.pre_delay!r} }}" if step.pre_delay else '"Asap"'
    return f"\n[[steps]]\n{action} = {{ {fields}, time = {time} }}"


def _table_action(number: int, step: PlanStep) -> str:
    """The format's name for a kind of step."""
    if step.kind == "SkillUsage" and step.usage != LIMITED_TIMES:
        return "StopAutoSkill" if step.usage == BY_HAND else "AutoSkill"
    if step.kind not in ("Deploy", "Retreat"):
        raise PlanError(f"step {number}: a table (.toml) has no {step.kind}; write a job (.json)")
    return step.kind


def _text(words: str) -> str:
    """A TOML string, which JSON's are as well."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_copilot(plan: Plan) -> dict[str, Any]:
    """The plan as a copilot job of MAA, for json.dump; `read_plan` reads the same groups and steps from it.

    Single operators that come after a group are written as groups as well: `opers` are read before `groups`, and the
    order is that of the squad, which battles depend on.
    """
    opers = list(takewhile(_is_operator, plan.groups))
    return {
        "stage_name": plan.stage,
        "minimum_required": "v4.0.0",
        "opers": [_oper(one.candidates[0]) for one in opers],
        "groups": [
            {"name": one.name, "opers": [_oper(candidate) for candidate in one.candidates]}
            for one in plan.groups[len(opers) :]
        ],
        "actions": [_action(one) for one in plan.steps],
        "doc": {"title": plan.title, "details": plan.details},
        **({"difficulty": plan.difficulty} if plan.difficulty else {}),
    }


def _is_operator(group: PlanGroup) -> bool:
    """Whether a group is one operator under its own name."""
    return [candidate.name for candidate in group.candidates] == [group.name]


def _oper(one: Candidate) -> dict[str, Any]:
    """The entry of `opers` for a candidate."""
    found: dict[str, Any] = {"name": one.name, "skill": one.skill, "skill_usage": one.usage}
    if one.usage == LIMITED_TIMES or one.times != 1:
        found["skill_times"] = one.times
    required = {key: value for key, value in msgspec.structs.asdict(one.requirements).items() if value}
    return {**found, "requirements": required} if required else found


def _action(one: PlanStep) -> dict[str, Any]:
    """The entry of `actions` for a step; fields at their default are left out."""
    found: dict[str, Any] = {"type": one.kind}
    if one.name:
        found["name"] = one.name
    if one.tile:
        found["location"] = [one.tile[1], one.tile[0]]
    if one.kind == "Deploy":
        found["direction"] = DIRECTION_WORDS[one.direction]
    for key, usual in (("kills", 0), ("costs", 0), ("cost_changes", 0), ("cooling", -1)):
        if getattr(one, key) != usual:
            found[key] = getattr(one, key)
    for key, never in (("time_elapsed", 0.0), ("pre_delay", 0.0), ("post_delay", 0.0), ("timeout", -1.0)):
        if getattr(one, key) != never:
            found[key] = round(getattr(one, key) * 1000)
    if one.distance:
        found["distance"] = list(one.distance)
    if one.kind == "SkillUsage":
        found |= {"skill_usage": one.usage, "skill_times": one.times}
    return found

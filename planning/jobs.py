"""Plans in files: MAA's copilot jobs, read and written, and azur-arknights-helper's tables, read.

What MAA takes lightly is taken lightly here too: actions of a type that nobody knows are left out and told in the
plan's notes, an unknown direction is Right and told too, and null stands for what is not given.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from game.actions import DOWN, LEFT, RIGHT, UP
from game.errors import PlanError
from planning.plans import AIMED, BY_HAND, SO_OFTEN, WHENEVER_READY, Choice, Kind, Part, Plan, Step

KINDS: Mapping[str, Kind] = {
    **{kind.lower(): kind for kind in get_args(Kind)},
    "部署": "Deploy", "技能": "Skill", "撤退": "Retreat", "二倍速": "SpeedUp", "子弹时间": "BulletTime",
    "技能用法": "SkillUsage", "打印": "Output", "输出": "Output", "摆完挂机": "SkillDaemon", "开摆": "SkillDaemon",
    "donothing": "SkillDaemon", "移动镜头": "MoveCamera", "重置全局计时器": "ResetStopwatch",
}  # fmt: skip
FACING = {
    "right": RIGHT, "down": DOWN, "left": LEFT, "up": UP, "none": RIGHT, "右": RIGHT, "下": DOWN, "左": LEFT, "上": UP,
    "无": RIGHT,
}  # fmt: skip
WORDS = {RIGHT: "Right", DOWN: "Down", LEFT: "Left", UP: "Up"}


class _Oper(msgspec.Struct):
    name: str
    skill: int = 0
    skill_usage: int = 0
    skill_times: int = 1


class _Group(msgspec.Struct):
    name: str
    opers: list[_Oper] = []


class _Action(msgspec.Struct):
    type: str = "Deploy"
    name: str = ""
    location: list[int] = []
    direction: str = "None"
    kills: int = 0
    costs: int = 0
    cost_changes: int = 0
    cooling: int = -1
    time_elapsed: float = 0.0
    pre_delay: float = 0.0
    post_delay: float = 0.0
    rear_delay: float = 0.0
    """The older name of post_delay."""
    timeout: float = -1.0
    skip_if_not_ready: bool = False
    """A skill's timeout of nothing."""
    skill_usage: int = 0
    skill_times: int = 1
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


def read_plan(path: str | Path) -> Plan:
    """The plan of a file: an azur-arknights-helper table where it ends with .toml, else a copilot job of MAA.

    Raises PlanError in one line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except FileNotFoundError:
        raise PlanError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from None
    try:
        return _from_table(tomllib.loads(text)) if path.suffix.lower() == ".toml" else _from_job(text)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, msgspec.DecodeError, PlanError) as error:
        raise PlanError(f"{path}: {error}") from None
    except RecursionError:
        raise PlanError(f"{path}: is nested too deeply to be a plan") from None


def _from_job(text: str) -> Plan:
    """A copilot job of MAA, or the exchange's answer that holds one."""
    data = msgspec.json.decode(text)
    match data:
        case {"data": {"content": str(content)}}:
            return _from_job(content)
        case {"type": "SSS"}:
            raise PlanError("SSS jobs (a garrison of several stages) are not played")
    job = msgspec.convert(_without_nulls(data), _Job)
    opers = [Part(name=one.name, choices=(_choice(one),)) for one in job.opers]
    groups = [Part(name=one.name, choices=tuple(map(_choice, one.opers))) for one in job.groups]
    return Plan(
        stage=job.stage_name,
        title=job.doc.title,
        details=job.doc.details,
        parts=(*opers, *groups),
        steps=tuple(_step(number, one) for number, one in enumerate(job.actions) if one.type.lower() in KINDS),
        notes=tuple(dict.fromkeys(_read_otherwise(job.actions))),
    )


def _without_nulls(data: Any) -> Any:
    """JSON data without the fields that are null."""
    if isinstance(data, dict):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    return [_without_nulls(one) for one in data] if isinstance(data, list) else data


def _read_otherwise(actions: Iterable[_Action]) -> Iterator[str]:
    """What is to be said of actions that are not played, or not as they are written."""
    for one in actions:
        kind = KINDS.get(one.type.lower())
        if kind is None:
            yield f"actions of the type {one.type!r} are left out"
        if kind == "Deploy" and one.direction and one.direction.lower() not in FACING:
            yield f"the direction {one.direction!r} is taken as Right"
        if kind == "MoveCamera" and any(_distance(one)):
            yield "MoveCamera is not played: the tiles of later steps are not shifted"


def _distance(one: _Action) -> tuple[float, ...]:
    """How far an action moves the camera; one number is columns."""
    return tuple(one.distance) if isinstance(one.distance, list) else (one.distance,)


def _choice(one: _Oper) -> Choice:
    """An entry of `opers`."""
    return Choice(name=one.name, skill=one.skill, usage=min(one.skill_usage, SO_OFTEN + 1), times=one.skill_times)


def _step(number: int, one: _Action) -> Step:
    """An entry of `actions`."""
    kind, place = KINDS[one.type.lower()], one.location
    if len(place) not in (0, 2):
        raise PlanError(f"actions[{number}]: location {place} is no [column, row]")
    if kind == "Deploy" and not (place and one.name):
        raise PlanError(f"actions[{number}]: a Deploy needs a name and a location")
    if kind in AIMED and not (place or one.name):
        raise PlanError(f"actions[{number}]: a {kind} needs a name or a location")
    by_tile = kind in AIMED and kind != "Deploy" and any(place)  # MAA takes [0, 0] for no location
    return Step(
        kind=kind,
        who="" if by_tile else one.name,
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
    """A table of azur-arknights-helper: positions are [row, column] from the top left."""
    table = msgspec.convert(data, _Table)
    return Plan(
        stage=table.level_code or table.name,
        title=table.name,
        parts=tuple(Part(name=name, choices=(Choice(name=id_),)) for name, id_ in table.operators.items()),
        steps=tuple(_table_step(number, one, table.operators) for number, one in enumerate(table.steps)),
    )


def _table_step(number: int, step: Mapping[str, Any], operators: Mapping[str, str]) -> Step:
    """One of its steps: an action by its name, or under `action` with the time beside it, as older tables have it."""
    named = step.get("action", step)
    name, fields = next(iter(named.items()), ("", None)) if isinstance(named, dict) else (str(named), None)
    if name not in ("Deploy", "Retreat", "AutoSkill", "StopAutoSkill") or not isinstance(fields, dict):
        raise PlanError(f"steps[{number}]: there is no action {name!r}; there are Deploy, Retreat, AutoSkill")
    try:
        one = msgspec.convert({**({"time": step["time"]} if "time" in step else {}), **fields}, _TableAction)
    except msgspec.ValidationError as error:
        raise PlanError(f"steps[{number}]: {error}") from None
    facing, place = FACING.get(one.direction.lower()), one.tile or one.position
    if facing is None:
        raise PlanError(f"steps[{number}]: there is no direction {one.direction!r}; there are Left, Right, Up, Down")
    if one.operator not in operators:
        raise PlanError(f"steps[{number}]: {one.operator!r} is not under [operators]")
    if name == "Deploy" and place is None:
        raise PlanError(f"steps[{number}]: a Deploy needs a tile")
    delay = one.time.get("DeltaSec", 0.0) if isinstance(one.time, dict) else 0.0
    if name in ("AutoSkill", "StopAutoSkill"):
        usage = WHENEVER_READY if name == "AutoSkill" else BY_HAND
        return Step(kind="SkillUsage", who=one.operator, usage=usage, pre_delay=delay)
    kind: Kind = "Deploy" if name == "Deploy" else "Retreat"
    return Step(kind=kind, who=one.operator, tile=place, direction=facing, pre_delay=delay)


def write_copilot(plan: Plan) -> dict[str, Any]:
    """The plan as a copilot job of MAA, ready for json.dump; `read_plan` reads the same parts and steps from it."""
    return {
        "stage_name": plan.stage,
        "minimum_required": "v4.0.0",
        "opers": [_oper(one.choices[0]) for one in plan.parts if _is_operator(one)],
        "groups": [
            {"name": one.name, "opers": [_oper(choice) for choice in one.choices]}
            for one in plan.parts
            if not _is_operator(one)
        ],
        "actions": [_action(one) for one in plan.steps],
        "doc": {"title": plan.title, "details": plan.details},
    }


def _is_operator(part: Part) -> bool:
    """Whether a part is one operator under its own name."""
    return [choice.name for choice in part.choices] == [part.name]


def _oper(one: Choice) -> dict[str, Any]:
    """An entry of `opers`."""
    usage = {"skill_times": one.times} if one.usage == SO_OFTEN else {}
    return {"name": one.name, "skill": one.skill, "skill_usage": one.usage, **usage}


def _action(one: Step) -> dict[str, Any]:
    """An entry of `actions`, with whatever differs from the default."""
    found: dict[str, Any] = {"type": one.kind}
    if one.who:
        found["name"] = one.who
    if one.tile:
        found["location"] = [one.tile[1], one.tile[0]]
    if one.kind == "Deploy":
        found["direction"] = WORDS[one.direction]
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

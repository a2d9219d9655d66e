"""Plans that players exchange: MAA's copilot jobs and azur-arknights-helper's tables, read, played and written.

A plan is a list of steps, done one after the other. A step waits until all its conditions hold, then for its
`pre_delay`, is tried until the battle accepts it, and is followed by its `post_delay`. Meanwhile skills whose usage
says so are used the moment they are ready. The order and the meaning of every field are MAA's own, as its copilot
protocol and its source have them: a deployment waits for its card before its `pre_delay` begins, and delays are
seconds before the screen, which hold two seconds of the game after SpeedUp and a fifth of that in bullet time. A
person's or a tool's slowness is not played: everything happens in the tick in which it may.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from game.actions import DEPLOY, DOWN, LEFT, RETREAT, RIGHT, SKILL, UP, Action
from game.arrays import standing_room
from game.battle import Battle
from game.errors import PlanError
from game.rules import TICKS
from game.stage import Stage
from game.units import SKILL_LEVELS, Build, Character, Operator, characters_by_any_name, operator_of

Kind = Literal[
    "Deploy", "Skill", "Retreat", "SpeedUp", "BulletTime", "SkillUsage", "Output", "SkillDaemon", "MoveCamera",
    "ResetStopwatch",
]  # fmt: skip
CHINESE = dict(
    zip(
        ("部署", "技能", "撤退", "二倍速", "子弹时间", "技能用法", "打印", "摆完挂机", "移动镜头", "重置全局计时器"),
        get_args(Kind),
        strict=True,
    )
)
KINDS: Mapping[str, Kind] = {**{kind.lower(): kind for kind in get_args(Kind)}, **CHINESE}
FACING = {
    "right": RIGHT, "down": DOWN, "left": LEFT, "up": UP, "none": RIGHT, "右": RIGHT, "下": DOWN, "左": LEFT, "上": UP,
    "无": RIGHT,
}  # fmt: skip
WORDS = {RIGHT: "Right", DOWN: "Down", LEFT: "Left", UP: "Up"}
BY_HAND, WHENEVER_READY, SO_OFTEN = range(3)
"""Usages of a skill; MAA's 3, "judge it yourself", is read as WHENEVER_READY."""
MOMENTS = 10 * TICKS
"""Moments a second before the screen: whole numbers of them pass in a tick at every speed."""
LONGEST = 1800
"""Seconds after which a battle that does not end is given up."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One operator that can play a part, by its English, Chinese or public id's name."""

    name: str
    skill: int = 0
    """Which of its skills, from 1; 0 leaves it to the player."""
    usage: int = BY_HAND
    times: int = 1


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part in a plan: an operator, or a group of which the first one that is there plays it."""

    name: str
    """How the steps call it."""
    choices: tuple[Choice, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. Times are seconds; what is None or at its default asks for nothing."""

    kind: Kind
    who: str = ""
    tile: tuple[int, int] | None = None
    """(row, column) from the top left."""
    direction: int = RIGHT
    kills: int = 0
    costs: int = 0
    cost_changes: int = 0
    """DP more (or, below 0, fewer) than when the step's turn came."""
    cooling: int = -1
    """Cards that cool down, neither more nor fewer; below 0 any number."""
    time_elapsed: float = 0.0
    """Before the screen since the last ResetStopwatch, or the start."""
    pre_delay: float = 0.0
    post_delay: float = 0.0
    timeout: float = -1.0
    """A skill that is not ready after so long is left out; below 0 never."""
    usage: int = BY_HAND
    times: int = 1


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for a stage."""

    stage: str
    """As its author calls it; nothing depends on it."""
    title: str = ""
    details: str = ""
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]


class Cast(NamedTuple):
    """Who plays which part: the squad, and for each part its slot."""

    squad: tuple[Operator, ...]
    slots: dict[str, int]
    choices: tuple[Choice, ...]
    """Of each slot."""
    notes: tuple[str, ...]
    """What could not be as the plan asks, in words."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """An enemy's end: killed or leaked, and when."""

    enemy: str
    seconds: float
    leaked: bool


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a plan."""

    won: bool
    stars: int
    life: int
    leaks: int
    """Enemies that reached an exit and did harm."""
    kills: int
    """The counter, leaks included."""
    total: int
    seconds: float
    """How long the battle lasted."""
    ends: tuple[End, ...]
    """All enemies that are gone, in the order in which they went."""
    undone: tuple[int, ...]
    """Steps, from 0, whose turn never came or that were never possible."""
    notes: tuple[str, ...]


# --- Reading and writing ----------------------------------------------------------------------------------------------


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
    name: str | None = None
    location: list[int] | None = None
    direction: str | None = None
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


class _Doc(msgspec.Struct):
    title: str | None = ""
    details: str | None = ""


class _Job(msgspec.Struct):
    actions: list[_Action]
    stage_name: str = ""
    opers: list[_Oper] | None = None
    groups: list[_Group] | None = None
    doc: _Doc | None = None


def read_plan(path: str | Path) -> Plan:
    """The plan of a file: an azur-arknights-helper table where it ends with .toml, else a copilot job of MAA.

    Raises PlanError in one line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from None
    try:
        return _from_table(tomllib.loads(text)) if path.suffix == ".toml" else _from_job(text)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, msgspec.DecodeError, PlanError) as error:
        raise PlanError(f"{path}: {error}") from None


def _from_job(text: str) -> Plan:
    """A copilot job of MAA."""
    job = msgspec.json.decode(text, type=_Job)
    doc = job.doc or _Doc()
    groups = [Part(name=one.name, choices=tuple(map(_choice, one.opers))) for one in job.groups or ()]
    parts = [Part(name=one.name, choices=(_choice(one),)) for one in job.opers or ()] + groups
    named = {part.name for part in parts}
    for action in job.actions:
        if action.name and action.name not in named:  # MAA takes whoever is deployed, listed or not
            named.add(action.name)
            parts.append(Part(name=action.name, choices=(Choice(name=action.name),)))
    return Plan(
        stage=job.stage_name,
        title=doc.title or "",
        details=doc.details or "",
        parts=tuple(parts),
        steps=tuple(_step(number, one) for number, one in enumerate(job.actions)),
    )


def _choice(one: _Oper) -> Choice:
    """An entry of `opers`."""
    return Choice(name=one.name, skill=one.skill, usage=min(one.skill_usage, SO_OFTEN + 1), times=one.skill_times)


def _step(number: int, one: _Action) -> Step:
    """An entry of `actions`."""
    kind = KINDS.get(one.type.lower())
    if kind is None:
        raise PlanError(f"actions[{number}]: there is no type {one.type!r}; there are {', '.join(get_args(Kind))}")
    facing = FACING.get((one.direction or "none").lower())
    if facing is None:
        raise PlanError(f"actions[{number}]: there is no direction {one.direction!r}; there are Left, Right, Up, Down")
    place = one.location or []
    if len(place) not in (0, 2):
        raise PlanError(f"actions[{number}]: location {place} is no [column, row]")
    if kind == "Deploy" and not (place and one.name):
        raise PlanError(f"actions[{number}]: a Deploy needs a name and a location")
    if kind in ("Skill", "Retreat", "SkillUsage") and not (place or one.name):
        raise PlanError(f"actions[{number}]: a {kind} needs a name or a location")
    return Step(
        kind=kind,
        who=one.name or "",
        tile=(place[1], place[0]) if place else None,
        direction=facing,
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
    """The plan as a copilot job of MAA, ready for json.dump; `read_plan` reads the same plan from it."""
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
    if one.kind == "SkillUsage":
        found |= {"skill_usage": one.usage, "skill_times": one.times}
    return found


# --- Casting ----------------------------------------------------------------------------------------------------------


def cast(plan: Plan, builds: Mapping[str, Build] | Build = Build()) -> Cast:  # noqa: B008 - a Build is frozen
    """The operators that play a plan's parts, in the order of the parts.

    `builds` is one build for all, as far as each of them can come, or says by name which operators there are, and how
    far they have come. Skills that an elite phase does not have yet (the second comes with elite 1, the third with
    elite 2) fall back to the last it has. Parts that no step needs may stay empty.
    Raises PlanError where nobody can play a part that is needed.
    """
    used = {step.who for step in plan.steps}
    squad: list[Operator] = []
    slots: dict[str, int] = {}
    choices, notes = [], []
    for part in plan.parts:
        if part.name not in used and len(part.choices) > 1:
            continue
        try:
            character, choice = _player(part, builds, {one.name for one in squad})
        except PlanError as error:
            if part.name in used:
                raise
            notes.append(f"{error}, and no step needs it")
            continue
        build = _within(character, builds) if isinstance(builds, Build) else builds[character.name]
        skill = _skill(character, choice, build)
        if choice.skill > skill > 0:
            notes.append(f"{character.name}: skill {choice.skill} is not unlocked at elite {build.elite}; uses {skill}")
        slots[part.name] = len(squad)
        squad.append(operator_of(character, msgspec.structs.replace(build, skill=skill)))
        choices.append(choice)
    return Cast(tuple(squad), slots, tuple(choices), tuple(notes))


def _player(part: Part, builds: Mapping[str, Build] | Build, taken: set[str]) -> tuple[Character, Choice]:
    """Who plays a part: the first of its choices that is known, there and free."""
    known = characters_by_any_name()
    missing = []
    for choice in part.choices:
        character = known.get(choice.name.lower())
        if character is None:
            missing.append(f"{choice.name!r} is in no table")
        elif not isinstance(builds, Build) and character.name not in builds:
            missing.append(f"{character.name!r} is not in the squad")
        elif character.name not in taken:
            return character, choice
    raise PlanError(f"nobody can play {part.name!r}: {'; '.join(missing) or 'everybody who could plays already'}")


def _within(character: Character, build: Build) -> Build:
    """A build, or the most a character can come to: operators of one and two stars have no elite phases."""
    elite = min(build.elite, len(character.phases) - 1)
    most = character.phases[elite].levels
    level = most if elite < build.elite or build.level is None else min(build.level, most)
    skill_level = build.skill_level and min(build.skill_level, SKILL_LEVELS[elite])
    return msgspec.structs.replace(build, elite=elite, level=level, skill_level=skill_level)


def _skill(character: Character, choice: Choice, build: Build) -> int:
    """Which skill an operator brings: the plan's where it says so, as far as it is unlocked."""
    wanted = choice.skill or build.skill
    return min(wanted, len(character.skills), build.elite + 1)


# --- Playing ----------------------------------------------------------------------------------------------------------


def play(plan: Plan, stage: Stage, cast: Cast, seed: int = 0) -> Played:
    """Play a plan on a stage. Raises PlanError where a step can never be done there."""
    _check(plan, stage, cast)
    player = Player(plan, Battle(stage, cast.squad, seed), cast)
    battle = player.battle
    while battle.outcome is None and battle.seconds < LONGEST:
        player.look()
        battle.step(1)
    life = max(battle.view().life, 0)
    return Played(
        won=battle.outcome == "won",
        stars=battle.stars,
        life=life,
        leaks=battle.leaks,
        kills=battle.kills,
        total=battle.view().total,
        seconds=round(battle.seconds, 2),
        ends=tuple(
            End(
                enemy=stage.enemies[stage.spawns[one.number].enemy].name,
                seconds=round(one.tick / TICKS, 2),
                leaked=one.leaked,
            )
            for one in battle.gone()
        ),
        undone=tuple(player.undone()),
        notes=cast.notes,
    )


def _check(plan: Plan, stage: Stage, cast: Cast) -> None:
    """Whether everybody can stand where the plan puts him."""
    room = standing_room(stage, cast.squad)
    for number, step in enumerate(plan.steps):
        if step.kind != "Deploy" or step.tile is None:
            continue
        row, col = step.tile
        on_map = 0 <= row < stage.height and 0 <= col < stage.width
        slot = cast.slots[step.who]
        if not on_map or not room[slot, row * stage.width + col]:
            raise PlanError(
                f"step {number}: {cast.squad[slot].name} cannot stand on column {col}, row {row} of {stage.code}"
            )


class Player:
    """Goes through a plan while the battle goes on."""

    def __init__(self, plan: Plan, battle: Battle, cast: Cast) -> None:
        self.battle = battle
        self._steps = plan.steps
        self._cast = cast
        self._next = 0
        self._ticks = 0
        self._now = 0
        """Moments that have passed before the screen."""
        self._fast = self._slow = False
        self._turn_dp = battle.dp
        self._due: int | None = None
        """The moment from which on the step may be tried, once its conditions held."""
        self._resumes_at = 0
        self._stopwatch = 0
        self._skipped: list[int] = []
        self._uses = {slot: (choice.usage, choice.times) for slot, choice in enumerate(cast.choices)}

    def look(self) -> None:
        """Do whatever is due in this tick."""
        one = MOMENTS // TICKS
        self._now += (self.battle.ticks - self._ticks) * (one * 5 if self._slow else one // 2 if self._fast else one)
        self._ticks = self.battle.ticks
        while self._next < len(self._steps) and self._now >= self._resumes_at and self._advance():
            pass
        self._use_skills()

    def undone(self) -> Sequence[int]:
        """The steps that were not done."""
        return [*self._skipped, *range(self._next, len(self._steps))]

    def _advance(self) -> bool:
        """Whether the next step is done with."""
        step, now = self._steps[self._next], self._now
        if self._due is None:
            if not self._holds(step):
                return False
            self._due = now + round(step.pre_delay * MOMENTS)
        if now < self._due:
            return False
        if not self._do(step):
            if step.timeout < 0 or now < self._due + round(step.timeout * MOMENTS):
                return False
            self._skipped.append(self._next)
        self._next += 1
        self._resumes_at = now + round(step.post_delay * MOMENTS)
        self._turn_dp, self._due = self.battle.dp, None
        return True

    def _holds(self, step: Step) -> bool:
        """Whether all conditions of a step hold, and a deployment's card can be played."""
        battle = self.battle
        changed = battle.dp - self._turn_dp
        enough = changed >= step.cost_changes if step.cost_changes >= 0 else changed <= step.cost_changes
        cooling = sum(one.remaining > 0 for one in battle.card_cooldowns()) if step.cooling >= 0 else step.cooling
        return (
            battle.kills >= step.kills
            and battle.dp >= step.costs
            and enough
            and cooling == step.cooling
            and self._now - self._stopwatch >= round(step.time_elapsed * MOMENTS)
            and (step.kind != "Deploy" or step.pre_delay == 0 or self._playable(self._cast.slots[step.who]))
        )

    def _playable(self, slot: int) -> bool:
        """Whether a card is in the hand, paid for and not cooling down."""
        return any(card.slot == slot and card.state == "ready" for card in self.battle.view().cards)

    def _do(self, step: Step) -> bool:
        """Try a step; False where the battle does not allow it yet. What is done to an operator ends bullet time."""
        done = self._try(step)
        self._fast ^= step.kind == "SpeedUp"
        self._slow = step.kind == "BulletTime" or (
            self._slow and not (done and step.kind in ("Deploy", "Skill", "Retreat"))
        )
        return done

    def _try(self, step: Step) -> bool:
        """Try a step; False where the battle does not allow it yet."""
        if step.kind == "Deploy" and step.tile is not None:
            tile = step.tile[0] * self.battle.stage.width + step.tile[1]
            return self.battle.act(Action(DEPLOY, self._cast.slots[step.who], tile, step.direction))
        if step.kind in ("Skill", "Retreat"):
            slot = self._meant(step)
            return slot is not None and self.battle.act(Action(SKILL if step.kind == "Skill" else RETREAT, slot))
        if step.kind == "SkillUsage":
            slot = self._meant(step)
            if slot is not None:  # a device that has no skill here
                self._uses[slot] = (step.usage, step.times)
        elif step.kind == "ResetStopwatch":
            self._stopwatch = self._now
        elif step.kind == "SkillDaemon":
            self._steps = self._steps[: self._next + 1]
        return True

    def _meant(self, step: Step) -> int | None:
        """The slot that a step names, or that stands where it points."""
        if step.who:
            return self._cast.slots[step.who]
        return next((one.slot for one in self.battle.operators_on_field() if (one.row, one.col) == step.tile), None)

    def _use_skills(self) -> None:
        """Use the skills that are to be used whenever they are ready, or so often."""
        for slot, (usage, left) in self._uses.items():
            if usage == BY_HAND or (usage == SO_OFTEN and left <= 0):
                continue
            if self.battle.act(Action(SKILL, slot)):
                self._uses[slot] = (usage, left - 1)

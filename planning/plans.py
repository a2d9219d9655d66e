"""Plans that players exchange, cast and played; planning.jobs reads and writes them.

A plan is a list of steps, done one after the other. A step waits until all its conditions hold, then for its
`pre_delay`, is tried until the battle accepts it, and is followed by its `post_delay`. What is to be done to somebody
who is not there is skipped. Meanwhile skills whose usage says so are used the moment they are ready. The order and the
meaning of every field are MAA's own, as its copilot protocol and its source have them: a deployment waits for its card
before its `pre_delay` begins, and delays are seconds before the screen, which hold two seconds of the game after
SpeedUp and a fifth of that in bullet time. A person's or a tool's slowness is not played: everything happens in the
tick in which it may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from game.actions import DEPLOY, RETREAT, RIGHT, SKILL, Action
from game.characters.catalogue import SKILL_LEVELS, Build, Character, Operator, characters_by_any_name, operator_of
from game.errors import PlanError
from game.levels.runes import is_forbidden
from game.levels.stage import Stage
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from game.simulator.tables import standing_room

Kind = Literal[
    "Deploy", "Skill", "Retreat", "SpeedUp", "BulletTime", "SkillUsage", "Output", "SkillDaemon", "MoveCamera",
    "ResetStopwatch",
]  # fmt: skip
AIMED = ("Deploy", "Skill", "Retreat", "SkillUsage")
"""Kinds of steps that are done to an operator."""
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
    distance: tuple[float, ...] = ()
    """Tiles to the right and up by which MoveCamera would move; kept for other players, not played."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for a stage."""

    stage: str
    """As its author calls it; nothing depends on it."""
    title: str = ""
    details: str = ""
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """What in its file is not played, in words."""


class Cast(NamedTuple):
    """Who plays which part: the squad, and whom each name means."""

    squad: tuple[Operator, ...]
    slots: dict[str, int]
    """Of every part that is played and every name that a step calls; a name without a slot means nobody."""
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


# --- Casting ----------------------------------------------------------------------------------------------------------


def cast(plan: Plan, builds: Mapping[str, Build] | Build = Build()) -> Cast:  # noqa: B008 - a Build is frozen
    """The operators that play a plan's parts, in the order of the parts.

    `builds` is one build for all, as far as each of them can come, or says by name which operators there are, and how
    far they have come. Skills that an elite phase does not have yet (the second comes with elite 1, the third with
    elite 2) fall back to the last it has. Parts that no step needs may stay empty.
    Raises PlanError where nobody can play a part that is needed.
    """
    return _Casting(plan, builds).cast()


class _Casting:
    """Gives the parts of a plan to operators."""

    def __init__(self, plan: Plan, builds: Mapping[str, Build] | Build) -> None:
        self._builds = builds
        self._known = characters_by_any_name()
        self._called = dict.fromkeys(step.who for step in plan.steps if step.who and step.kind in AIMED)
        self._parts = self._all_parts(plan)
        self._playing: dict[str, tuple[str, Choice]] = {}
        """By operator: its part, and how it plays that."""
        self._notes = list(plan.notes)

    def cast(self) -> Cast:
        """Give out all parts: first those that steps call, for which somebody must be found."""
        for name in sorted(self._parts, key=lambda name: name not in self._called):
            if self._give(name, set()):
                continue
            told = self._nobody(self._parts[name])
            if name in self._called:
                raise PlanError(told)
            self._notes.append(f"{told}, and no step needs it")
        if not self._playing:
            raise PlanError("nobody plays in this plan")
        order = list(self._parts)
        players = sorted(self._playing.items(), key=lambda one: order.index(one[1][0]))
        squad = tuple(self._operator(who, choice) for who, (_, choice) in players)
        slots = self._slots([who for who, _ in players])
        return Cast(squad, slots, tuple(choice for _, (_, choice) in players), tuple(self._notes))

    def _all_parts(self, plan: Plan) -> dict[str, Part]:
        """A plan's parts by name, and one for each operator that only the steps name: MAA takes whoever is deployed.

        A name among the choices of a part means whoever plays that, and what is in no table is no operator.
        """
        parts: dict[str, Part] = {}
        for part in plan.parts:
            parts.setdefault(part.name, part)
        listed = {self._who(choice.name) for part in plan.parts for choice in part.choices}
        for name in self._called:
            if name not in parts and self._who(name) not in {None, *listed}:
                parts[name] = Part(name=name, choices=(Choice(name=name),))
        return parts

    def _who(self, name: str) -> str | None:
        """The English name of an operator, or None where no table knows it."""
        character = self._known.get(name.lower())
        return character.name if character else None

    def _absence(self, choice: Choice) -> str:
        """Why an operator cannot come, or nothing."""
        who = self._who(choice.name)
        if who is None:
            return f"{choice.name!r} is in no table"
        return "" if isinstance(self._builds, Build) or who in self._builds else f"{who!r} is not in the squad"

    def _give(self, name: str, asked: set[str]) -> bool:
        """Give a part to its first choice that is free, or to one whose own part somebody else can play instead.

        `asked` are the operators of whom this was asked already.
        """
        there = [(self._who(one.name) or "", one) for one in self._parts[name].choices if not self._absence(one)]
        for who, choice in there:
            if who not in self._playing:
                self._playing[who] = name, choice
                return True
        for who, choice in there:
            if who not in asked:
                asked.add(who)
                if self._give(self._playing[who][0], asked):
                    self._playing[who] = name, choice
                    return True
        return False

    def _nobody(self, part: Part) -> str:
        """Why nobody can play a part."""
        why = [absence or "everybody who could plays already" for absence in map(self._absence, part.choices)]
        return f"nobody can play {part.name!r}: {'; '.join(dict.fromkeys(why)) or 'it has no choices'}"

    def _operator(self, who: str, choice: Choice) -> Operator:
        """An operator as it plays its part."""
        character = self._known[who.lower()]
        build = _within(character, self._builds) if isinstance(self._builds, Build) else self._builds[who]
        skill = _skill(character, choice, build)
        if choice.skill > skill > 0:
            self._notes.append(f"{who}: skill {choice.skill} is not unlocked at elite {build.elite}; uses {skill}")
        return operator_of(character, msgspec.structs.replace(build, skill=skill))

    def _slots(self, squad: Sequence[str]) -> dict[str, int]:
        """The slot that each name means: a part's player, else the operator itself, whatever its part is."""
        slots = {self._playing[who][0]: slot for slot, who in enumerate(squad)}
        for name in self._called:
            who = self._who(name)
            if who in squad:
                slots.setdefault(name, squad.index(who))
            elif name not in slots:
                why = "plays no part" if who else "is in no table"
                self._notes.append(f"{name!r} {why}; steps for it are skipped")
        return slots


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
    """Whether everybody may come and can stand where the plan puts him."""
    room = standing_room(stage, cast.squad)
    for number, step in enumerate(plan.steps):
        slot = cast.slots.get(step.who)
        if step.kind != "Deploy" or step.tile is None or slot is None:
            continue
        operator, (row, col) = cast.squad[slot], step.tile
        if is_forbidden(operator, stage.squad_rules):
            raise PlanError(f"{operator.name} may not be brought to {stage.code} in this mode")
        on_map = 0 <= row < stage.height and 0 <= col < stage.width
        if not on_map or not room[slot, row * stage.width + col]:
            raise PlanError(f"step {number}: {operator.name} cannot stand on column {col}, row {row} of {stage.code}")


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
            if self._waits(step, now - self._due):
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
            and (step.kind != "Deploy" or step.pre_delay == 0 or self._playable(self._meant(step)))
        )

    def _playable(self, slot: int | None) -> bool:
        """Whether a card is in the hand, paid for and not cooling down; nobody's keeps nobody waiting."""
        return slot is None or any(card.slot == slot and card.state == "ready" for card in self.battle.view().cards)

    def _do(self, step: Step) -> bool:
        """Try a step; False where the battle does not allow it yet. What is done to an operator ends bullet time."""
        done = self._try(step)
        self._fast ^= step.kind == "SpeedUp"
        self._slow = step.kind == "BulletTime" or (
            self._slow and not (done and step.kind in ("Deploy", "Skill", "Retreat"))
        )
        return done

    def _waits(self, step: Step, waited: int) -> bool:
        """Whether a step that was not allowed is tried again: not after its timeout, nor for somebody who is gone."""
        if 0 <= round(step.timeout * MOMENTS) <= waited:
            return False
        slot = self._meant(step)
        standing = any(one.slot == slot for one in self.battle.operators_on_field())
        return standing or (step.kind == "Deploy" and slot is not None)

    def _try(self, step: Step) -> bool:
        """Try a step; False where the battle does not allow it yet."""
        slot = self._meant(step)
        if step.kind == "Deploy" and step.tile is not None:
            tile = step.tile[0] * self.battle.stage.width + step.tile[1]
            return slot is not None and self.battle.act(Action(DEPLOY, slot, tile, step.direction))
        if step.kind in ("Skill", "Retreat"):
            return slot is not None and self.battle.act(Action(SKILL if step.kind == "Skill" else RETREAT, slot))
        if step.kind == "SkillUsage":
            if slot is not None:  # a device that has no skill here
                self._uses[slot] = (step.usage, step.times)
        elif step.kind == "ResetStopwatch":
            self._stopwatch = self._now
        elif step.kind == "SkillDaemon":
            self._steps = self._steps[: self._next + 1]
        return True

    def _meant(self, step: Step) -> int | None:
        """The slot that a step names, or that stands where it points; None where that is nobody."""
        if step.who:
            return self._cast.slots.get(step.who)
        return next((one.slot for one in self.battle.operators_on_field() if (one.row, one.col) == step.tile), None)

    def _use_skills(self) -> None:
        """Use the skills that are to be used whenever they are ready, or so often."""
        for slot, (usage, left) in self._uses.items():
            if usage == BY_HAND or (usage == SO_OFTEN and left <= 0):
                continue
            if self.battle.act(Action(SKILL, slot)):
                self._uses[slot] = (usage, left - 1)

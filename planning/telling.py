"""A plan in words: what to do, when, and what the battle looks like at that moment, so that a player can do it by hand.

Tiles are counted as in the job files of MAA: columns from the left and rows from the top of the map, both from 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from game.actions import DIRECTIONS
from game.levels.stage import Stage
from game.simulator.battle import Battle
from planning.assignment import PlanSquad
from planning.plans import AIMED, BY_HAND, LIMITED_TIMES, Plan, PlanStep, StepKind
from planning.playing import LONGEST, Holding, PlanPlayer

COUNTED = "columns count from the left and rows from the top, both from 0, as in the job file"
DEAREST = 2
"""A repeated deployment costs at most this many times the first cost."""
SHOWN_LEAKS = 3
"""How many kinds of enemies that a plan does not stop are named with their leaks."""

DEEDS: Mapping[StepKind, str] = {
    "Skill": "skill of {name}",
    "Retreat": "retreat {name}",
    "SpeedUp": "switch between normal and double speed",
    "BulletTime": "slow the game down until the next step",
    "SkillDaemon": "nothing more; skills go on by themselves",
    "ResetStopwatch": "times count from here",
    "Output": "nothing",
    "MoveCamera": "nothing",
}


class StepMoment(NamedTuple):
    """When the turn of a step came in the simulator's battle (seed 0), and what the screen showed. Seconds of play."""

    seconds: float
    dp: int
    kills: int
    undone: str = ""
    """Why it was skipped, or could not be done until the battle ended; empty if it was done."""

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return not self.undone


def moments_of(plan: Plan, stage: Stage, squad: PlanSquad) -> tuple[StepMoment | None, ...]:
    """For each step of a plan when its turn comes in the simulator's battle (seed 0); None for steps not reached.

    A step that is tried in vain until the battle ends has the moment of the end.
    """
    player = PlanPlayer(plan, Battle(stage, squad.operators), squad)
    battle, found = player.battle, list[StepMoment]()
    while battle.outcome is None and battle.seconds < LONGEST and len(found) < len(plan.steps):
        now = StepMoment(battle.seconds, battle.dp, battle.kills)
        player.look()
        found += [now] * (player.reached - len(found))
        battle.step(1)
    why = player.hindrances()
    reached = [
        moment._replace(undone=f"skipped: {why[number]}") if number in why else moment
        for number, moment in enumerate(found)
    ]
    if (number := len(found)) in why:
        end = StepMoment(battle.seconds, battle.dp, battle.kills)
        reached.append(end._replace(undone=f"the battle ends before it is possible: {why[number]}"))
    return (*reached, *[None] * (len(plan.steps) - len(reached)))


def plan_lines(plan: Plan, squad: PlanSquad, moments: Sequence[StepMoment | None]) -> list[str]:
    """The steps of a plan, one line each, and the skills that are used automatically."""
    told, scenes = [], []
    for step, moment, before in zip(plan.steps, moments, (None, *moments), strict=False):
        told.append(f"{step_condition(step, squad, moment, before)}: {deed(step, squad)}")
        scenes.append(_scene(moment, before))
    width = max((len(line) for line in told), default=0)
    lines = [
        f"{number:>2}. {line:<{width}}  {scene}"
        for number, (line, scene) in enumerate(zip(told, scenes, strict=True), 1)
    ]
    return [*lines, *_automatic(squad)]


def _scene(moment: StepMoment | None, before: StepMoment | None) -> str:
    """What the screen shows when the turn of a step comes."""
    if moment is None:
        return "not reached"
    if not moment.done:
        return f"{clock(moment.seconds)}, {moment.undone}"
    at_once = before is not None and moment.seconds == before.seconds
    return "at the same time" if at_once else f"{clock(moment.seconds)}, {moment.dp} DP, {moment.kills} killed"


def step_condition(step: PlanStep, squad: PlanSquad, moment: StepMoment | None, before: StepMoment | None) -> str:
    """When to do a step: its conditions, or the DP that it waits for. `before` is the moment of the step before."""
    if conditions := list(_conditions(step)):
        return ", ".join(conditions)
    if moment is None or not moment.done:
        return "as soon as it is possible"
    if step.kind != "Deploy" or moment.seconds == (before.seconds if before else 0.0):
        return "at once"
    operator = squad.operator_of(step.name)
    waited_for_dp = operator is not None and moment.dp <= operator.cost * DEAREST
    return f"at {moment.dp} DP" if waited_for_dp else "as soon as it can be deployed"


def _conditions(step: PlanStep) -> Iterator[str]:
    """What a step waits for."""
    if step.kills:
        yield f"after {step.kills} {'kill' if step.kills == 1 else 'kills'}"
    if step.time_elapsed:
        yield f"not before {clock(step.time_elapsed)}"
    if step.costs:
        yield f"from {step.costs} DP on"
    if step.cost_changes:
        yield f"{abs(step.cost_changes)} DP {'more' if step.cost_changes > 0 else 'fewer'} than at the step before"
    if step.cooling >= 0:
        yield f"while {step.cooling} cards are cooling down"
    if step.pre_delay:
        yield f"{step.pre_delay:g} s later"


def deed(step: PlanStep, squad: PlanSquad) -> str:
    """What a step does, without its conditions."""
    where = f"column {step.tile[1]}, row {step.tile[0]}" if step.tile else ""
    name = operator_name(step, squad) or f"the operator on {where}"
    match step.kind:
        case "Deploy":
            return f"{name} on {where}, facing {DIRECTIONS[step.direction]}"
        case "SkillUsage":
            return f"from now on the skill of {name} is used {_usage(step.usage, step.times)}"
        case kind:
            return DEEDS[kind].format(name=name)


def operator_name(step: PlanStep, squad: PlanSquad) -> str:
    """The operator of a step: the plan's own name where it is none of the squad, and empty where a tile tells."""
    operator = squad.operator_of(step.name)
    return operator.name if operator else step.name


def _usage(usage: int, times: int) -> str:
    """When a skill is used."""
    if usage == BY_HAND:
        return "only where a step says so"
    return f"the first {times} times it is ready" if usage == LIMITED_TIMES else "whenever it is ready"


def _automatic(squad: PlanSquad) -> Iterator[str]:
    """A line for each way in which skills are used automatically; skills that start by themselves are not named."""
    ways: dict[str, list[str]] = {}
    for operator, candidate in zip(squad.operators, squad.candidates, strict=True):
        if candidate.usage != BY_HAND and operator.skill is not None and operator.skill.by_hand:
            way = _usage(candidate.usage, candidate.times)
            ways.setdefault(way, []).append(f"{operator.name} ({operator.skill.name})")
    for way, names in ways.items():
        yield f"skills, each used {way}: {', '.join(names)}"


def clock(seconds: float) -> str:
    """Seconds of play as minutes and seconds."""
    whole = int(seconds + 1e-9)
    return f"{whole // 60}:{whole % 60:02}"


def deployment_cost(plan: Plan, squad: PlanSquad) -> int:
    """The DP that a plan's deployments of operators cost; a repeated one is counted with the first cost."""
    deployed = [squad.operator_of(step.name) for step in plan.steps if step.kind == "Deploy"]
    return sum(operator.cost for operator in deployed if operator)


def operators_used(plan: Plan, squad: PlanSquad) -> tuple[str, ...]:
    """The operators on whom the steps of a plan act, by name."""
    used = {squad.slots[step.name] for step in plan.steps if step.kind in AIMED and squad.operator_of(step.name)}
    return tuple(squad.operators[slot].name for slot in sorted(used))


def failure_lines(holding: Holding) -> list[str]:
    """What went wrong in the battles in which a plan did not hold: which enemies leaked, how often and when."""
    leaks = Counter(end.enemy for battle in holding.failures for end in battle)
    stalled = sum(not battle for battle in holding.failures)
    lines = [_leak_line(holding, enemy, count) for enemy, count in leaks.most_common(SHOWN_LEAKS)]
    if len(leaks) > SHOWN_LEAKS:
        lines.append(f"other kinds of enemies leaked: {', '.join(list(dict(leaks.most_common()))[SHOWN_LEAKS:])}")
    return [
        *lines,
        *(
            [f"nothing leaked, but no victory either, in {stalled} of the other {len(holding.failures)}"]
            if stalled
            else []
        ),
    ]


def _leak_line(holding: Holding, enemy: str, count: int) -> str:
    """How often one kind of enemy leaked, and when."""
    times = [end.seconds for battle in holding.failures for end in battle if end.enemy == enemy]
    battles = sum(any(end.enemy == enemy for end in battle) for battle in holding.failures)
    first, last = clock(min(times)), clock(max(times))
    when = first if first == last else f"{first} to {last}"
    return f"{enemy} leaked in {battles} of the other {len(holding.failures)}, {count} in all, at {when}"

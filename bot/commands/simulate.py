"""`holdfast simulate`: play a plan in the simulator."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import (
    STAGE_HELP,
    Verbs,
    add_config,
    add_json,
    add_squad,
    add_tables,
    add_variation,
    add_verb,
    count,
    seed,
)
from bot.commands.holding import checked
from bot.commands.output import print_json, print_progress
from game.errors import DONE, InputError, NoChallengeError

if TYPE_CHECKING:
    from bot.sources import Sources
    from game.levels.stage import Stage
    from planning.grading import Trust
    from planning.plans import Plan
    from planning.playing import Holding, PlanResult

NO_CHALLENGE = "the plan is for challenge mode (difficulty 2), which this level does not have, so normal mode is played"


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "simulate", simulate, "Play a plan on a stage in the simulator, and report the result.")
    verb.add_argument("--stage", required=True, metavar="S", help=STAGE_HELP)
    verb.add_argument(
        "--plan", required=True, type=Path, metavar="FILE", help="a copilot job (JSON), or a table of steps (TOML)"
    )
    add_squad(verb, "a squad file (TOML) of any size: the operators of whom the plan brings those that it names")
    verb.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    verb.add_argument("--seed", type=seed, default=0, help="seed of everything that the level leaves to chance")
    verb.add_argument(
        "--battles",
        type=count,
        metavar="N",
        help="play N more battles, each a little different, and say how often it holds",
    )
    add_variation(verb, "how different they are (default: near); docs/planning.md says how much", default=None)
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def simulate(options: Namespace) -> int:
    """Play a plan; DONE whether it wins or not, as long as it can be played."""
    import msgspec

    from bot import config
    from bot.sources import is_named, sources
    from bot.squads import builds_from
    from planning.assignment import assign_operators
    from planning.grading import trust_in_plan
    from planning.jobs import read_plan
    from planning.playing import play_plan
    from planning.telling import moments_of, plan_lines

    if options.variation and not options.battles:
        raise InputError("--variation: says how --battles differ; give --battles N as well")
    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    plan = read_plan(options.plan)
    stage, challenge, notes = _opened(options, plan, known)
    builds = stage.own_squad or builds_from(options, loaded, known.catalogue)
    squad = assign_operators(plan, known.catalogue, builds, stage.devices)
    played = play_plan(plan, stage, squad, options.seed)
    if builds is None:
        print_progress(_no_squad(plan))
    if plan.stage and not is_named(stage, plan.stage, known):
        notes = [f"the plan is for {plan.stage}", *notes]
    played = msgspec.structs.replace(played, notes=(*notes, *played.notes))
    trust = trust_in_plan(plan, stage, squad, known.catalogue)
    wanted = 3 if played.stars == 3 else 2
    held = [
        checked(plan, stage, squad, name, options.battles, wanted)
        for name in ([options.variation or "near"] if options.battles else [])
    ]
    if options.json:
        killed = [end.seconds for end in played.ends if not end.leaked]
        facts = {"stage": stage.code, "challenge": challenge, "plan": str(options.plan), **msgspec.to_builtins(played)}
        told = plan_lines(plan, squad, moments_of(plan, stage, squad))
        print_json({**facts, "kill_times": killed, "steps": told, **trust.facts(), **_holding_facts(held, wanted)})
    else:
        print("\n".join([*_lines(stage.code, played, trust), *_holding_lines(held, wanted)]))
    return DONE


def _opened(options: Namespace, plan: Plan, known: Sources) -> tuple[Stage, bool, list[str]]:
    """The stage, whether challenge mode is played, and notes about it.

    A plan for challenge mode is played in normal mode where there is no other. Raises NoChallengeError where the user
    asks for challenge mode on such a level.
    """
    from bot.sources import open_stage

    challenge, notes = mode_of(plan, challenge=options.challenge)
    try:
        return open_stage(options.stage, known, challenge=challenge), challenge, notes
    except NoChallengeError:
        if options.challenge:
            raise
    return open_stage(options.stage, known), False, [NO_CHALLENGE]


def mode_of(plan: Plan, *, challenge: bool) -> tuple[bool, list[str]]:
    """Whether challenge mode is played, from the plan's difficulty and the user's --challenge, and notes about it."""
    from planning.plans import CHALLENGE, NORMAL

    if plan.difficulty == CHALLENGE:
        return True, ["the plan is for challenge mode (difficulty 2), so challenge mode is played"]
    if plan.difficulty == NORMAL and challenge:
        return True, ["the plan is for normal mode (difficulty 1); challenge mode is played as asked"]
    return challenge, []


def _no_squad(plan: Plan) -> str:
    """What is said where neither --squad nor --roster is given."""
    from planning.plans import Requirements

    asks = any(one.requirements != Requirements() for group in plan.groups for one in group.candidates)
    who = "; operators are as the plan requires, others" if asks else ", and the plan requires nothing: operators are"
    return f"squad: none given{who} at elite 0, the last level; --squad FILE or --roster plays yours"


def _lines(code: str, played: PlanResult, trust: Trust) -> list[str]:
    """What came of a plan, for people."""
    from planning.playing import LONGEST

    given_up = not played.won and played.seconds >= LONGEST
    stars = f"won with {played.stars} stars in the simulator" if played.won else "given up" if given_up else "not won"
    went = f"{played.kills} of {played.total} enemies gone, {played.leaks} leaked, life {played.life}"
    lines = [f"{code}: {stars} after {played.seconds:.1f} s; {went}", f"  {trust}"]
    lines += [f"  leaked: {end.enemy} at {end.seconds:.1f} s" for end in played.ends if end.leaked]
    lines += [f"  never done: step {number} (counted from 0)" for number in played.undone]
    return lines + [f"  note: {note}" for note in played.notes]


def _holding_lines(held: Sequence[Holding], wanted: int) -> list[str]:
    """How often a plan holds and what goes wrong where it does not, for people."""
    from planning.telling import failure_lines

    lines = []
    for one in held:
        lines.append(f"{one}" + (f", with {wanted} stars or more" if wanted < 3 else ""))
        lines += [f"  {line}" for line in failure_lines(one)]
    return lines


def _holding_facts(held: Sequence[Holding], wanted: int) -> dict[str, Any]:
    """How often a plan holds, and each battle in which it does not, for programs."""
    import msgspec

    return {
        "holds": {
            one.variation: {
                "held": one.held,
                "battles": one.battles,
                "stars": wanted,
                "failures": msgspec.to_builtins(one.failures),
            }
            for one in held
        }
    }

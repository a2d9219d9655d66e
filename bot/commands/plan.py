"""`holdfast plan`: find a plan for your stage and your operators."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import argparse
import signal
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.commands.arguments import (
    STAGE_HELP,
    Verbs,
    add_cluster,
    add_config,
    add_json,
    add_squad,
    add_tables,
    add_verb,
    count,
    seed,
)
from bot.commands.holding import checked
from bot.commands.output import OutputError, ProgressLine, check_file, print_json, print_progress, write_text
from game.errors import DONE, FAILED, InputError, PlanError

if TYPE_CHECKING:
    from game.characters.catalogue import Catalogue
    from game.characters.models import Build, Operator
    from game.levels.stage import Stage
    from planning.assignment import PlanSquad
    from planning.grading import Trust
    from planning.plans import Plan
    from planning.playing import Holding, PlanResult
    from planning.search import SearchProgress, SearchResult
    from planning.telling import StepMoment

CHECKS = 100
"""Battles of each variation in which a plan is checked."""
NEVER = 10**9
"""A budget in battles that no search reaches: the seconds end it."""


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "plan", plan, "Find a plan that wins a stage with your operators, and holds.")
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--stage", metavar="S", help=STAGE_HELP)
    what.add_argument(
        "--stages", type=Path, metavar="FILE",
        help="plan all stages of a file, one on each line; --out is a folder then, and a stage that has a job there is "
        "left out",
    )  # fmt: skip
    add_squad(verb)
    verb.add_argument("--stars", type=int, choices=(2, 3), default=3, help="3: nothing leaks; 2: the stage is won")
    verb.add_argument("--seconds", type=_seconds, default=60.0, metavar="N", help="search for at most N seconds")
    verb.add_argument(
        "--battles", type=count, default=NEVER, metavar="N",
        help="search for at most N battles; if they end before the seconds, the same seed finds the same plan anywhere",
    )  # fmt: skip
    verb.add_argument("--seed", type=seed, default=0, metavar="K", help="another seed finds another plan")
    verb.add_argument("--avoid", action="append", default=[], metavar="NAME", help="an operator not to use")
    verb.add_argument("--must", action="append", default=[], metavar="NAME", help="an operator who has to be deployed")
    verb.add_argument("--operators", type=count, metavar="N", help="use at most so many operators (default: 12)")
    verb.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    verb.add_argument(
        "--out", type=Path, metavar="JOB", help="write the plan: a job for MAA, or a table if it ends in .toml"
    )
    verb.add_argument("--picture", type=Path, metavar="PNG", help="draw the map with the plan on it")
    add_cluster(verb, "have the stages of --stages planned")
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def _seconds(text: str) -> float:
    """Seconds above 0, and below a million."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number of seconds, is {text!r}") from None
    if not 0.0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"must be above 0 and below a million, is {text}")
    return number


class Company(NamedTuple):
    """The operators among whom a plan may choose (one entry for each skill of each), their builds by English name, the
    names that it has to use, and how many operators it may use at most.
    """

    operators: tuple[Operator, ...]
    builds: Mapping[str, Build]
    must: tuple[str, ...]
    most: int


class FoundPlan(NamedTuple):
    """A plan, and what is known of it."""

    plan: Plan
    squad: PlanSquad
    played: PlanResult
    trust: Trust
    moments: tuple[StepMoment | None, ...]
    idle: tuple[str, ...]
    """The operators of --must that it does not deploy before the battle ends."""
    holdings: tuple[Holding, ...]
    battles: int
    seconds: float
    stopped: bool


def plan(options: Namespace) -> int:
    """Find a plan; DONE if it wins the stars that were asked for or was stopped by Ctrl-C, FAILED if there is none.

    A plan that cannot be written to its file is printed all the same.
    """
    if options.stages:
        from bot.commands.plan_list import plan_list

        return plan_list(options)
    if options.cluster:
        raise InputError("--cluster: shares the stages of --stages out; a search for one stage stays on this machine")
    _check_files(options)
    from bot import config
    from bot.sources import open_stage, sources

    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    stage = open_stage(options.stage, known, challenge=options.challenge)
    company = company_of(options, loaded, known.catalogue, stage)
    found = find(options, stage, company, known.catalogue)
    if found is None:
        print_progress(f"{stage.code}: no plan was found that stops anything; try more --seconds, or other operators")
        return FAILED
    job = job_of(options, found, stage, company, known.catalogue)
    code = DONE if is_as_wanted(options, found) or found.stopped else FAILED
    files: list[Path] = []
    try:
        files += _written(options, job, known.catalogue)
        files += _drawn(options, found, stage)
    except OutputError as error:
        print_progress(error)
        code = error.exit_code
    if options.json:
        print_json(facts_of(options, found, stage, job, files))
    else:
        print("\n".join(_lines(options, found, stage, files)))
    return code


def _check_files(options: Namespace) -> None:
    """Raise OutputError before the search where the files that are asked for could not be written after it."""
    if options.picture and options.picture.suffix.lower() != ".png":
        raise OutputError(f"{options.picture}: pictures are PNG; give a name that ends with .png")
    for file in filter(None, (options.out, options.picture)):
        check_file(file)


def company_of(options: Namespace, loaded: Any, catalogue: Catalogue, stage: Stage | None = None) -> Company:
    """The operators to choose from: those of the stage itself where it brings a squad.

    Raises InputError where --avoid, --must and --operators leave no choice.
    """
    from bot.squads import own_line
    from game.characters.builds import SQUAD_SIZE, all_with_each_skill

    if stage is not None and stage.own_squad:
        print_progress(own_line(stage))
        builds = stage.own_squad
    else:
        builds = _given_builds(options, loaded, catalogue)
    avoid, must = (_names(option, getattr(options, option), catalogue) for option in ("avoid", "must"))
    if both := [name for name in must if name in avoid]:
        raise InputError(f"--avoid and --must both name {', '.join(both)}; leave one out")
    if absent := [name for name in must if name not in builds]:
        raise InputError(f"--must: {', '.join(absent)} is not among your operators; add it to the squad or roster")
    kept = {name: build for name, build in builds.items() if name not in avoid}
    most = min(options.operators or SQUAD_SIZE, SQUAD_SIZE)
    if not kept or len(must) > most:
        raise InputError(
            "--avoid: leaves no operator" if not kept else f"--must: {len(must)} names, but only {most} may come"
        )
    return Company(all_with_each_skill(kept, catalogue), kept, must, most)


def _given_builds(options: Namespace, loaded: Any, catalogue: Catalogue) -> Mapping[str, Build]:
    """The builds of --squad or --roster, else those of the default squad."""
    from bot.squads import builds_from, check_size, squad_from
    from game.characters.models import Build

    builds = builds_from(options, loaded, catalogue)
    if builds is None:
        return {one.name: Build() for one in squad_from(options, loaded, catalogue)}
    if options.squad:
        check_size(options.squad, len(builds))
    return builds


def _names(option: str, names: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """The English names of operators. Raises InputError for one that no table has."""
    found: dict[str, None] = {}
    for name in names:
        character = catalogue.find_character(name)
        if character is None:
            raise InputError(f"--{option}: {name!r} is in no table; give a name in any language, or an id")
        found[character.name] = None
    return tuple(found)


def find(options: Namespace, stage: Stage, company: Company, catalogue: Catalogue) -> FoundPlan | None:
    """Search, and check what is found; None where nothing that was tried is better than doing nothing.

    Raises PlanError where the stage allows none of the operators.
    """
    from planning.assignment import assign_operators
    from planning.candidates import candidates
    from planning.grading import trust_in_plan
    from planning.playing import play_plan
    from planning.solutions import as_plan
    from planning.telling import moments_of

    squad = candidates(company.operators, stage, company.must)
    if not squad:
        raise PlanError(f"{stage.code}: allows none of your operators")
    began = time.monotonic()
    result, stopped = _searched(options, stage, squad, company)
    seconds = time.monotonic() - began
    if not result.draft.moves:
        return None
    plan = as_plan(result.draft, stage, squad)
    assigned = assign_operators(plan, catalogue, company.builds)
    moments = moments_of(plan, stage, assigned)
    return FoundPlan(
        plan=plan,
        squad=assigned,
        played=play_plan(plan, stage, assigned),
        trust=trust_in_plan(plan, stage, assigned, catalogue),
        moments=moments,
        idle=_idle(company.must, plan, moments),
        holdings=_holdings(plan, stage, assigned, options.stars),
        battles=result.battles,
        seconds=seconds,
        stopped=stopped,
    )


def _idle(must: Sequence[str], plan: Plan, moments: Sequence[StepMoment | None]) -> tuple[str, ...]:
    """Those of `must` that a plan does not deploy in the battle without variation."""
    steps = zip(plan.steps, moments, strict=True)
    deployed = {step.name for step, moment in steps if step.kind == "Deploy" and moment and moment.done}
    return tuple(name for name in must if name not in deployed)


def is_as_wanted(options: Namespace, found: FoundPlan) -> bool:
    """Whether a plan wins the stars that were asked for, with the operators that were."""
    return found.played.stars >= options.stars and not found.idle


def _holdings(plan: Plan, stage: Stage, squad: PlanSquad, stars: int) -> tuple[Holding, ...]:
    """How often a plan holds in the near and the far variation; fewer results where Ctrl-C ends the counting."""
    found: dict[str, Holding] = {}
    with suppress(KeyboardInterrupt):
        for name in ("near", "far"):
            found[name] = checked(plan, stage, squad, name, CHECKS, stars)
    return tuple(found.values())


def _searched(
    options: Namespace, stage: Stage, squad: Sequence[Operator], company: Company
) -> tuple[SearchResult, bool]:
    """The result of the search, and whether Ctrl-C ended it. Its time begins with its first battles."""
    from planning.drafts import Limits
    from planning.search import search

    began: list[float] = []
    with ProgressLine() as line, _interruption() as interrupted:

        def goes_on(progress: SearchProgress) -> bool:
            began[:] = began or [time.monotonic()]
            passed = time.monotonic() - began[0]
            line.show(lambda: f"{passed:.0f} of {options.seconds:g} s  {_progress(progress)}")
            return passed < options.seconds and not interrupted()

        limits = Limits(company.most, company.must)
        result = search(stage, squad, options.seed, options.battles, options.stars, goes_on=goes_on, limits=limits)
        return result, interrupted()


def _progress(progress: SearchProgress) -> str:
    """How far a search is, in words."""
    blocks, value = progress.best.score
    best = f"holds in {blocks} of {progress.blocks} rounds of trials" if blocks else f"costs {-value:.1f} life a battle"
    return f"{progress.battles:,} battles  best so far: {best}"


@contextmanager
def _interruption() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether Ctrl-C was pressed. The first one does nothing else, a second one works."""
    pressed: list[int] = []

    def press(number: int, _frame: object) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def job_of(options: Namespace, found: FoundPlan, stage: Stage, company: Company, catalogue: Catalogue) -> Plan:
    """The plan as it is written for others. A job that is written to a file also names the operators who can stand in
    for those of the plan; Ctrl-C ends the search for them.
    """
    from bot import __version__
    from planning.publishing import details_of, published, title_of
    from planning.substitutes import with_substitutes
    from planning.telling import operators_used

    plan = found.plan
    if options.out and options.out.suffix.lower() != ".toml" and is_as_wanted(options, found):
        print_progress("trying who could stand in for whom")
        with suppress(KeyboardInterrupt):
            plan = with_substitutes(plan, stage, company.builds, catalogue, options.stars)
    operators = operators_used(found.plan, found.squad)
    details = details_of(stage.code, found.played, found.trust, found.holdings, operators, catalogue, __version__)
    title = title_of(stage.code, found.played)
    return published(plan, catalogue, company.builds, title, details, challenge=options.challenge)


def _written(options: Namespace, job: Plan, catalogue: Catalogue) -> list[Path]:
    """Write the plan where --out says. One that a table cannot express becomes a job beside it, and a line says so."""
    import json

    from planning.jobs import write_copilot, write_table
    from planning.publishing import with_ids

    file: Path | None = options.out
    if file is None:
        return []
    if file.suffix.lower() == ".toml":
        try:
            write_text(file, write_table(with_ids(job, catalogue)))
        except PlanError as error:
            instead = file.with_name(f"{file.name}.json")
            print_progress(f"{file}: not written: {error}; it is in {instead}")
            file = instead
        else:
            return [file]
    write_text(file, json.dumps(write_copilot(job), ensure_ascii=False, indent=1) + "\n")
    return [file]


def _drawn(options: Namespace, found: FoundPlan, stage: Stage) -> list[Path]:
    """Draw the plan where --picture says."""
    if options.picture is None:
        return []
    from bot.plan_picture import drawable, write_plan_picture

    name = stage.title or stage.name
    title = (
        f"{stage.code} {name if drawable(name) == name else ''}",
        f"{outcome_of(found)} (grade: {found.trust.level}); {held_of(found)}",
    )
    write_plan_picture(options.picture, found.plan, stage, found.squad, found.moments, title)
    return [options.picture]


def outcome_of(found: FoundPlan) -> str:
    """What the plan wins in the battle without variation."""
    if not found.played.won:
        return f"not won in the simulator: {found.played.leaks} leaked"
    return f"won with {found.played.stars} stars in the simulator"


def held_of(found: FoundPlan) -> str:
    """How often the plan holds."""
    if not found.holdings:
        return "how often it holds was not counted: stopped by Ctrl-C"
    near, *others = map(str, found.holdings)
    return ", ".join([near, *(one.removeprefix("holds in ") for one in others)])


def _lines(options: Namespace, found: FoundPlan, stage: Stage, files: Sequence[Path]) -> list[str]:
    """The plan and what is known of it, for people."""
    from planning.telling import COUNTED, deployment_cost, operators_used, plan_lines

    wanted = f"{options.stars} stars" + (f" that deploys {', '.join(options.must)}" if options.must else "")
    reached = is_as_wanted(options, found)
    lines = [] if reached else [f"{stage.code}: no plan of {wanted} was found; this is the best one"]
    lines += ["stopped by Ctrl-C; this is the best plan so far"] if found.stopped else []
    lines += [f"{stage.code}: {outcome_of(found)}; {found.trust}", held_of(found), ""]
    lines += [*plan_lines(found.plan, found.squad, found.moments), f"({COUNTED})", ""]
    names = operators_used(found.plan, found.squad)
    dp = deployment_cost(found.plan, found.squad)
    cost = f"cost: {found.seconds:.0f} s, {found.battles:,} battles; {dp} DP, {len(names)} operators"
    return [*lines, cost, *(f"written: {file}" for file in files)]


def facts_of(options: Namespace, found: FoundPlan, stage: Stage, job: Plan, files: Sequence[Path]) -> dict[str, Any]:
    """The plan and what is known of it, for programs."""
    from planning.jobs import write_copilot
    from planning.telling import deployment_cost, operators_used, plan_lines

    return {
        "stage": stage.code, "challenge": options.challenge, "seed": options.seed, "wanted_stars": options.stars,
        "won": found.played.won, "stars": found.played.stars, "leaks": found.played.leaks, "life": found.played.life,
        **found.trust.facts(), "grade_codes": [reason.facts() for reason in found.trust.reasons],
        "holds": {one.variation: {"held": one.held, "battles": one.battles} for one in found.holdings},
        "steps": plan_lines(found.plan, found.squad, found.moments),
        "operators": operators_used(found.plan, found.squad), "dp": deployment_cost(found.plan, found.squad),
        "battles": found.battles, "seconds": round(found.seconds, 2), "stopped": found.stopped,
        "job": write_copilot(job), "files": files,
    }  # fmt: skip

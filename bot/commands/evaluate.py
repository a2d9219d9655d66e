"""`holdfast evaluate`: how many battles a policy wins."""

from __future__ import annotations

import sys
from argparse import Namespace

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
from bot.commands.output import print_facts, print_progress
from game.errors import DONE, PlanError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "evaluate", evaluate, "Play battles with a policy, without learning, and count the wins.")
    verb.add_argument("--stage", required=True, metavar="S", help=STAGE_HELP)
    verb.add_argument(
        "--policy",
        required=True,
        metavar="random|greedy|plan|search|DIR",
        help="plan: the one kept for this stage and squad; search: one that is searched for now; DIR: what train wrote",
    )
    add_variation(verb, "how far the battles differ from the simulator's (exact)", default="exact")
    verb.add_argument("--no-plan", action="store_true", help="with DIR: without the advice of a plan")
    verb.add_argument(
        "--look-ahead",
        type=seed,
        default=0,
        metavar="N",
        help="try the rest of the plan as the battle goes, and search for a better one in N battles (0)",
    )
    verb.add_argument("--battles", type=count, default=100, metavar="N")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    add_squad(verb)
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def evaluate(options: Namespace) -> int:
    """Play the battles; the figures are printed."""
    from bot import config, log
    from bot.sources import open_stage, sources
    from bot.squads import own_squad, squad_from
    from bot.stage_plans import searched_plan, stage_plan
    from learning import measuring
    from learning.training_task import Task
    from planning.grading import trust_in
    from planning.variation import VARIATIONS

    log.set_up(None, "warning", sys.stderr)
    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    said: list[str] = []  # notes wait, so that an error is printed alone
    stage = open_stage(options.stage, known)
    own = own_squad(stage, known.catalogue, said.append)
    squad = own or squad_from(options, loaded, known.catalogue, said.append)
    plan = None
    if options.policy == "search":
        plan = searched_plan(loaded, stage, squad, print_progress)
    elif options.policy not in {"random", "greedy"} and not options.no_plan:
        plan = stage_plan(loaded, stage, squad, print_progress)
    if plan is None and options.policy in {"plan", "search"}:
        raise PlanError(
            f"{stage.code}: no plan wins with this squad; [play] planning_seconds says how long is searched"
        )
    if plan is None and options.look_ahead:
        raise PlanError("--look-ahead needs a plan: --policy plan, search, or DIR without --no-plan")
    policy = "plan" if options.policy == "search" else options.policy
    variation = VARIATIONS[options.variation]
    task = Task(stage, squad, plan)
    figures = measuring.evaluate(
        task, policy, options.battles, options.seed, variation, loaded.learning, options.look_ahead
    )
    for line in said:
        print_progress(line)
    trust = trust_in(stage, squad, known.catalogue)
    print_facts({**figures, **trust.facts(as_json=options.json)}, as_json=options.json)
    return DONE

"""`holdfast train`: learn a stage without a screen."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_json, add_squad, add_tables, add_verb, count, seed
from bot.commands.output import check_folder, print_facts, print_progress
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "train", train, "Learn a stage without a screen, as fast as the rules go.")
    verb.add_argument(
        "--stage", required=True, nargs="+", metavar="S", help=f"{STAGE_HELP}; several are learned together"
    )
    verb.add_argument(
        "--no-plan", action="store_true", help="learn from nothing but play: no plan is searched or shown"
    )
    verb.add_argument("--from", dest="start", type=Path, metavar="DIR", help="begin with the weights of this folder")
    verb.add_argument("--steps", type=count, default=20_000, metavar="N", help="decisions to learn from")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where checkpoint and learning curve go")
    add_squad(verb)
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def train(options: Namespace) -> int:
    """Train; the result is printed."""
    check_folder(options.out)
    from bot import config, log
    from bot.sources import open_stage, sources
    from bot.squads import squad_from
    from bot.stage_plans import stage_plan
    from learning import training
    from planning.grading import trust_in

    log.set_up(None, "warning", sys.stderr)
    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    squad = squad_from(options, loaded, known.catalogue)
    stages = [open_stage(name, known) for name in options.stage]
    trusts = [trust_in(stage, squad, known.catalogue) for stage in stages]
    tasks = []
    for stage, trust in zip(stages, trusts, strict=True):
        print_progress(f"{stage.code}: victories here are {trust}")
        plan = None if options.no_plan else stage_plan(loaded, stage, squad, print_progress)
        tasks.append(training.Task(stage, squad, plan))
    result = training.train(
        tasks, options.steps, options.seed, options.out, print_progress, settings=loaded.learning, start=options.start
    )
    print_facts({**result, **trusts[0].facts(as_json=options.json)}, as_json=options.json)
    return DONE

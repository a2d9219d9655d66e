"""`holdfast train`: learn a stage without a screen."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_json, add_squad, add_tables, add_verb, count, seed
from bot.commands.output import check_folder, print_facts, print_progress
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "train", train, "Learn a stage without a screen, as fast as the rules go.")
    verb.add_argument("--stage", required=True, metavar="S", help=STAGE_HELP)
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
    from bot import config
    from bot.sources import open_stage, sources
    from bot.squads import squad_from
    from learning import training
    from planning.grading import trust_in

    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    stage, squad = open_stage(options.stage, known), squad_from(options, loaded, known.catalogue)
    trust = trust_in(stage, squad, known.catalogue)
    print_progress(f"victories here are {trust}")
    result = training.train(stage, squad, options.steps, options.seed, options.out, print_progress)
    print_facts({**result, **trust.facts(as_json=options.json)}, as_json=options.json)
    return DONE

"""`holdfast train`: learn a stage without a screen."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_squad, add_tables, add_verb, count, seed
from bot.commands.output import check_folder, print_facts, print_progress
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "train", train, "Learn a stage without a screen, as fast as the rules go.")
    verb.add_argument("--stage", required=True, metavar="S", help="a shipped stage's name or a level file")
    verb.add_argument("--steps", type=count, default=20_000, metavar="N", help="decisions to learn from")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where checkpoint and learning curve go")
    add_squad(verb)
    add_tables(verb)
    add_json(verb)


def train(options: Namespace) -> int:
    """Train; the result is printed."""
    check_folder(options.out)
    from bot.squads import squad_from
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import load_stage
    from learning import training

    catalogue = load_catalogue(options.tables)
    stage, squad = load_stage(options.stage, catalogue), squad_from(options, None, catalogue)
    result = training.train(stage, squad, options.steps, options.seed, options.out, print_progress)
    print_facts(result, as_json=options.json)
    return DONE

"""`holdfast evaluate`: how many battles a policy wins."""

from __future__ import annotations

from argparse import Namespace

from bot.commands.arguments import Verbs, add_json, add_squad, add_tables, add_verb, count, seed
from bot.commands.output import print_facts, print_progress
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "evaluate", evaluate, "Play battles with a policy that learns nothing, and count.")
    verb.add_argument("--stage", required=True, metavar="S", help="a shipped stage's name or a level file")
    verb.add_argument("--policy", required=True, metavar="random|greedy|DIR", help="DIR: what train wrote")
    verb.add_argument("--battles", type=count, default=100, metavar="N")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    add_squad(verb)
    add_tables(verb)
    add_json(verb)


def evaluate(options: Namespace) -> int:
    """Play the battles; the figures are printed."""
    from bot.squads import squad_from
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import load_stage
    from learning import training

    catalogue = load_catalogue(options.tables)
    said: list[str] = []  # what is wrong is said alone, so this waits
    stage, squad = load_stage(options.stage, catalogue), squad_from(options, None, catalogue, said.append)
    figures = training.evaluate(stage, squad, options.policy, options.battles, options.seed)
    print_progress("\n".join(said))
    print_facts(figures, as_json=options.json)
    return DONE

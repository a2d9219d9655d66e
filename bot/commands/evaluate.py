"""`holdfast evaluate`: how many battles a policy wins."""

from __future__ import annotations

from argparse import Namespace

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_json, add_squad, add_tables, add_verb, count, seed
from bot.commands.output import print_facts, print_progress
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "evaluate", evaluate, "Play battles with a policy, without learning, and count the wins.")
    verb.add_argument("--stage", required=True, metavar="S", help=STAGE_HELP)
    verb.add_argument("--policy", required=True, metavar="random|greedy|DIR", help="DIR: what train wrote")
    verb.add_argument("--battles", type=count, default=100, metavar="N")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    add_squad(verb)
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def evaluate(options: Namespace) -> int:
    """Play the battles; the figures are printed."""
    from bot import config
    from bot.sources import open_stage, sources
    from bot.squads import squad_from
    from learning import training
    from planning.grading import trust_in

    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    said: list[str] = []  # notes wait, so that an error is printed alone
    stage, squad = open_stage(options.stage, known), squad_from(options, loaded, known.catalogue, said.append)
    figures = training.evaluate(stage, squad, options.policy, options.battles, options.seed)
    for line in said:
        print_progress(line)
    trust = trust_in(stage, squad, known.catalogue)
    print_facts({**figures, **trust.facts(as_json=options.json)}, as_json=options.json)
    return DONE

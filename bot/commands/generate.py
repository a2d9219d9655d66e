"""`holdfast generate`: a stage drawn by chance, and the plan that wins it."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_verb, seed
from bot.commands.output import OutputError, check_file, print_json, print_progress, write_text
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "generate", generate, "Write a stage drawn by chance that a plan has been found to win.")
    verb.add_argument("--seed", type=seed, default=0, metavar="K", help="the same seed gives the same stage")
    verb.add_argument("--difficulty", type=int, default=2, metavar="N", help="1 (easy) to 5 (hard); default: 2")
    verb.add_argument("--out", required=True, type=Path, metavar="FILE", help="where the level file goes")
    verb.add_argument("--plan", type=Path, metavar="FILE", help="where the plan that wins it goes, if anywhere")
    add_json(verb)


def generate(options: Namespace) -> int:
    """Draw stages until a plan wins one; write the stage, and the plan if asked for."""
    from game.characters.catalogue import load_catalogue
    from planning.generator import generate as drawn
    from planning.generator import written
    from planning.jobs import write_copilot

    for file in filter(None, (options.out, options.plan)):
        check_file(file)
    if options.plan and options.plan.resolve() == options.out.resolve():
        raise OutputError(f"{options.plan}: is where the level file goes; name another file for the plan")
    made = drawn(options.seed, options.difficulty, load_catalogue(), print_progress)
    write_text(options.out, f"{written(made.level)}\n")
    if options.plan:
        write_text(options.plan, f"{written(write_copilot(made.plan))}\n")
    stage = made.stage
    facts = {"code": stage.code, "enemies": stage.total, "steps": len(made.plan.steps), "file": str(options.out)}
    if options.json:
        print_json({**facts, "lesson": stage.lesson, "plan": options.plan})
    else:
        print(f"{stage.code}: {stage.total} enemies, won by a plan of {len(made.plan.steps)} steps. {stage.lesson}")
    return DONE

"""`holdfast train`: learn stages without a screen."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import (
    STAGE_HELP,
    Verbs,
    add_cluster,
    add_config,
    add_json,
    add_squad,
    add_tables,
    add_verb,
    check_cluster,
    count,
    positive,
    seed,
)
from bot.commands.output import check_folder, print_facts, print_progress
from bot.extras import need_extra
from game.errors import DONE, InputError

if TYPE_CHECKING:
    from bot.config import Config
    from bot.sources import Sources
    from game.characters.catalogue import Catalogue
    from game.characters.models import Operator
    from game.levels.stage import Stage
    from learning.player import Seats
    from learning.settings import Settings
    from learning.training_task import Task
    from planning.grading import Trust
    from planning.plans import Plan


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "train", train, "Learn stages without a screen, as fast as the rules go.")
    verb.add_argument("--stage", nargs="+", default=[], metavar="S", help=f"{STAGE_HELP}; several are learned together")
    verb.add_argument(
        "--generated", type=count, default=0, metavar="N", help="N stages drawn by chance too, with plans that win them"
    )
    verb.add_argument(
        "--no-plan", action="store_true", help="learn from nothing but play: no plan is searched or shown"
    )
    verb.add_argument("--from", dest="start", type=Path, metavar="DIR", help="begin with the weights of this folder")
    verb.add_argument(
        "--learning-rate", type=positive, metavar="R", help="instead of [learning] learning_rate; lower to fine-tune"
    )
    verb.add_argument("--freeze", action="store_true", help="keep the first layers as they are ([learning] freeze)")
    verb.add_argument("--steps", type=count, default=20_000, metavar="N", help="decisions to learn from")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    verb.add_argument(
        "--out", type=Path, required=True, metavar="DIR",
        help="where checkpoints and learning curve go; after Ctrl-C or a kill the same command goes on with what is "
        "there, to the same result, and so does one with more --steps",
    )  # fmt: skip
    add_cluster(verb, "have the battles played")
    verb.add_argument("--tensorboard", action="store_true", help="write curves for TensorBoard into the folder too")
    add_squad(verb, "squad files (TOML): each stage is learned with each of these squads", several=True)
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def train(options: Namespace) -> int:
    """Train; the result is printed."""
    if not options.stage and not options.generated:
        raise InputError("there is nothing to learn; give --stage S, --generated N, or both")
    check_folder(options.out)
    check_cluster(options)
    if options.tensorboard:
        need_extra("tensorboard", "--tensorboard", "tensorboard")
    from bot import config, log
    from bot.lock import only_training
    from bot.sources import sources
    from bot.squads import squads_from
    from learning import training
    from learning.scalars import Scalars, open_writer

    log.set_up(None, "warning", sys.stderr)
    loaded = config.load(options.config)
    known = sources(loaded, options.tables)
    asked = options.stage or options.squad or options.roster
    squads = squads_from(options, loaded, known.catalogue) if asked else []
    with _seats(options) as seats:
        tasks, trust = _tasks(options, loaded, known, squads)
        with only_training(options.out):
            scalars = Scalars(open_writer(options.out)) if options.tensorboard else None
        result = training.train(
            tasks, options.steps, options.seed, options.out, print_progress,
            settings=_settings(options, loaded.learning), start=options.start, scalars=scalars, seats=seats,
        )  # fmt: skip
    print_facts({**result, **(trust.facts(as_json=options.json) if trust else {})}, as_json=options.json)
    return DONE


@contextmanager
def _seats(options: Namespace) -> Iterator[Seats]:
    """Where battles are played: here, or by the workers of the cluster of --cluster."""
    from learning.player import players_here

    if options.cluster is None:
        yield players_here
        return
    from bot.cluster import connected

    with connected(options.cluster) as cluster:
        print_progress(f"cluster {options.cluster}: {cluster.processors} processors")
        yield cluster.seats
        if cluster.lost:
            print_progress(f"cluster {options.cluster}: {cluster.lost} workers were lost; the result is the same")


def _settings(options: Namespace, learning: Settings) -> Settings:
    """The settings of the configuration, with what the options say instead."""
    changed = {"freeze": True} if options.freeze else {}
    if options.learning_rate:
        changed["learning_rate"] = options.learning_rate
    return learning.model_copy(update=changed)


def _tasks(
    options: Namespace, loaded: Config, known: Sources, squads: Sequence[tuple[Operator, ...]]
) -> tuple[list[Task], Trust | None]:
    """What is learned: each stage with each squad, and generated ones. And how far victories on the first stage may be
    trusted, where one is named.
    """
    from bot.sources import open_stage
    from learning.generated import generated_tasks
    from learning.training_task import Task
    from planning.grading import trust_in

    tasks, trusts = [], []
    for stage, squad in _pairs([open_stage(name, known) for name in options.stage], squads, known.catalogue):
        trusts.append(trust_in(stage, squad, known.catalogue))
        print_progress(f"{stage.code}: victories here are {trusts[-1]}")
        tasks.append(Task(stage, squad, None if options.no_plan else _plan(options.out, loaded, stage, squad)))
    given = squads if options.squad or options.roster else ()
    drawn = generated_tasks(options.generated, options.seed, known.catalogue, given, print_progress)
    tasks += [task._replace(plan=None) if options.no_plan else task for task in drawn]
    return tasks, trusts[0] if trusts else None


def _pairs(
    stages: Sequence[Stage], squads: Sequence[tuple[Operator, ...]], catalogue: Catalogue
) -> Iterator[tuple[Stage, tuple[Operator, ...]]]:
    """Each stage with each squad, or with its own alone."""
    from bot.squads import own_squad

    for stage in stages:
        own = own_squad(stage, catalogue)
        yield from ((stage, squad) for squad in ([own] if own else squads))


def _plan(out: Path, loaded: Config, stage: Stage, squad: tuple[Operator, ...]) -> Plan | None:
    """The plan that is shown. A training that goes on does so with those it began with: no other is searched for."""
    from bot.stage_plans import kept_plan, stage_plan
    from learning.checkpoint import checkpoints

    if checkpoints(out):
        return kept_plan(loaded, stage, squad)
    return stage_plan(loaded, stage, squad, print_progress)

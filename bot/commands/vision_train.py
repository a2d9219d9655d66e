"""`holdfast vision train`: train the detector."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_verb, count, seed
from bot.commands.output import print_facts, print_progress
from game.errors import DONE, InputError


def add(verbs: Verbs) -> None:
    """Declare the verb, under `vision`."""
    sentence = "Train the detector, which finds units in frames."
    vision = verbs.add_parser("vision", help=sentence, description=sentence)
    lessons = vision.add_subparsers(title="verbs", metavar="VERB", required=True)
    verb = add_verb(lessons, "train", vision_train, "Draw frames, train the detector on them, export its weights.")
    verb.add_argument("--frames", type=count, default=600, metavar="N", help="frames to draw")
    verb.add_argument("--epochs", type=count, default=24, metavar="N")
    verb.add_argument(
        "--start", type=Path, metavar="units.pt", help="go on from this network instead of beginning anew"
    )
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    verb.add_argument("--out", type=Path, default=None, metavar="DIR", help="where the weights go (default: in place)")
    add_json(verb)


def vision_train(options: Namespace) -> int:
    """Train and export; the figures are printed."""
    from vision import detector, detector_training

    out = options.out or detector.SHIPPED.parent
    try:
        facts = detector_training.train(
            options.frames, options.epochs, options.seed, out, print_progress, start=options.start
        )
    except ValueError as error:
        raise InputError(str(error)) from error
    print_facts(facts, as_json=options.json)
    return DONE

"""`holdfast vision`: teach the detector by frames of your own client, or make the one that ships."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_verb, count, seed
from bot.commands.output import check_folder, print_facts, print_progress
from bot.commands.run import add_options, run
from game.errors import DONE, InputError


def add(verbs: Verbs) -> None:
    """Declare the verbs, under `vision`."""
    sentence = "Teach the detector, which finds units in frames."
    vision = verbs.add_parser("vision", help=sentence, description=sentence)
    lessons = vision.add_subparsers(title="verbs", metavar="VERB", required=True)
    add_options(
        add_verb(lessons, "collect", collect, "Play as run does, and keep frames of battles (frames/ in the data).")
    )
    verb = add_verb(
        lessons, "label", label, "Label kept frames by themselves: a data set in YOLO's format, with previews."
    )
    verb.add_argument("folder", type=Path, metavar="FOLDER", help="where collect has kept them: data/frames")
    verb.add_argument("--out", type=Path, metavar="DIR", help="where they go (default: labelled/ beside FOLDER)")
    add_json(verb)
    verb = add_verb(lessons, "train", train, "Draw frames, train the detector on them, export its weights.")
    verb.add_argument("--frames", type=count, default=600, metavar="N", help="frames to draw")
    verb.add_argument("--epochs", type=count, default=24, metavar="N")
    verb.add_argument(
        "--start", type=Path, metavar="units.pt", help="go on from this network instead of beginning anew"
    )
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    verb.add_argument("--out", type=Path, default=None, metavar="DIR", help="where the weights go (default: in place)")
    add_json(verb)


def collect(options: Namespace) -> int:
    """Play, and keep frames."""
    return run(options, collect=True)


def label(options: Namespace) -> int:
    """Label kept frames; the figures are printed."""
    from vision.label_folder import label_folder

    out = options.out or options.folder.parent / "labelled"
    check_folder(out)
    try:
        facts = label_folder(options.folder, out, print_progress)
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}; what was written so far is there") from error
    print_facts(facts, as_json=options.json)
    return DONE


def train(options: Namespace) -> int:
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

"""`holdfast vision`: teach the detector by frames of your own client, or make the one that ships."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_config, add_json, add_verb, count, seed
from bot.commands.output import check_folder, print_facts, print_json, print_progress, print_table
from bot.commands.run import add_options, run
from game.errors import DONE, InputError

FRAMES, DRAWN_EPOCHS, EPOCHS = 600, 24, 12
"""Frames to draw, epochs on them, and epochs on a player's own frames, unless the user says otherwise."""
DATASET = "a folder of labelled frames, as label writes it"
TEACH = (
    "Teach the weights in use by labelled frames; what was learned is used if it sees enemies better on battles kept "
    "apart. Without a FOLDER: make the weights that ship, by drawn frames."
)


def add(verbs: Verbs) -> None:
    """Declare the verbs, under `vision`."""
    sentence = "Teach the detector, which finds units in frames, by frames of your own client."
    vision = verbs.add_parser("vision", help=sentence, description=sentence)
    lessons = vision.add_subparsers(title="verbs", metavar="VERB", required=True)
    add_options(
        add_verb(lessons, "collect", collect, "Play as run does, and keep frames of battles, in frames/ of the data.")
    )
    verb = add_verb(lessons, "label", label, "Have kept frames label themselves, in YOLO's format and with previews.")
    verb.add_argument("folder", type=Path, metavar="FOLDER", help="where collect has kept them: data/frames")
    verb.add_argument("--out", type=Path, metavar="DIR", help="where they go (default: labelled/ beside FOLDER)")
    add_json(verb)
    verb = add_verb(lessons, "train", train, TEACH)
    verb.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help=DATASET)
    verb.add_argument("--epochs", type=count, metavar="N", help=f"(default: {EPOCHS}, on drawn frames {DRAWN_EPOCHS})")
    verb.add_argument("--seed", type=seed, default=0, metavar="K")
    begin = "weights to begin from (default: those in use; with drawn frames none)"
    verb.add_argument("--start", type=Path, metavar="W.onnx", help=begin)
    verb.add_argument("--frames", type=count, metavar="N", help=f"without FOLDER: frames to draw (default: {FRAMES})")
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="without FOLDER: where the weights go (default: in place)"
    )
    add_config(verb)
    add_json(verb)
    verb = add_verb(lessons, "evaluate", evaluate, "Say how well weights see: precision, recall, F1, mAP50, by class.")
    verb.add_argument("folder", type=Path, metavar="FOLDER", help=f"{DATASET}; of it the battles kept apart, if any")
    verb.add_argument("--weights", type=Path, metavar="W.onnx", help="(default: those in use)")
    add_config(verb)
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
    """Teach by a user's frames, or by drawn ones; the figures are printed."""
    return _train_on_drawn(options) if options.folder is None else _teach(options)


def _teach(options: Namespace) -> int:
    """Teach the weights in use, and say whether those that were taught are in use now."""
    from bot.config import load
    from bot.sources import sources
    from bot.weights import taught_weights, weights_in_use
    from vision.dataset import classes, read_dataset
    from vision.fine_tuning import teach
    from vision.scoring import in_words, table

    if options.frames is not None or options.out is not None:
        raise InputError("--frames and --out are for drawn frames: leave them out, or leave out the folder")
    config = load(options.config)
    start, out = options.start or weights_in_use(config), taught_weights(config)
    known = {*sources(config).catalogue.kinds, *classes()}
    strange = [name for name in read_dataset(options.folder).names if name not in known]
    if strange:
        raise InputError(f"{options.folder}: data.yaml has classes that are no kinds of enemies: {', '.join(strange)}")
    check_folder(out.parent)
    try:
        taught = teach(options.folder, start, out, options.epochs or EPOCHS, options.seed, print_progress)
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}; the weights in use are as they were") from error
    scores = {"before": taught.before, "after": taught.after}
    if options.json:
        weights = str(out if taught.better else start)
        print_json({"better": taught.better, "weights": weights, **{when: table(one) for when, one in scores.items()}})
        return DONE
    for when, each in scores.items():
        print_table({f"{when} {name}": in_words(one) for name, one in each.items()})
    if not taught.better:
        print_progress(f"not better on the battles kept apart: {start} stays in use")
    elif weights_in_use(config) == out:
        print_progress(f"better on the battles kept apart: {out} is in use from the next start on")
    else:
        print_progress(f"better on the battles kept apart: {out}; to use it, empty [vision] weights")
    return DONE


def _train_on_drawn(options: Namespace) -> int:
    """Draw, train and export; the figures are printed."""
    from vision import detector, detector_training

    out, epochs = options.out or detector.SHIPPED.parent, options.epochs or DRAWN_EPOCHS
    facts = detector_training.train(
        options.frames or FRAMES, epochs, options.seed, out, print_progress, start=options.start
    )
    print_facts(facts, as_json=options.json)
    return DONE


def evaluate(options: Namespace) -> int:
    """Print how well weights see labelled frames."""
    from bot.config import load
    from bot.weights import weights_in_use
    from vision.dataset import KEPT_APART, TRAIN, read_dataset
    from vision.detector import Detector
    from vision.scoring import in_words, score_pictures, table

    weights = options.weights or weights_in_use(load(options.config))
    data = read_dataset(options.folder)
    if not set(data.names) & set(Detector(weights).names):
        raise InputError(f"{weights}: knows none of the classes of {options.folder} ({', '.join(data.names)})")
    pictures = data.pictures[KEPT_APART] or data.pictures[TRAIN]
    found = score_pictures(weights, pictures, data.names, print_progress)
    if options.json:
        print_json({"weights": str(weights), "pictures": len(pictures), "scores": table(found)})
    else:
        print_table({name: in_words(one) for name, one in found.items()})
    return DONE

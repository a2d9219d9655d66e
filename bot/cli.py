"""The command line. Each verb's work stands in bot.verbs; heavy libraries are imported by the verbs that need them.

Exit codes: 0 done, 1 a failure (or a replay that differs), 2 bad input, 3 no daemon answers, 4 a person is needed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bot import verbs
from game.errors import HoldfastError

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""Where verbs are added; argparse gives it no public name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # standard output is for what was asked for
    options = parser().parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = options.work
    try:
        return work(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; there is nobody to tell
        return 0
    except HoldfastError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="holdfast", description="Plays tower-defence battles by itself, and learns as it plays."
    )
    table = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    _play(table)
    _ask(table)
    _look(table)
    _learn(table)
    return top


def _verb(table: Verbs, name: str, work: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
    """One verb with its sentence."""
    verb: argparse.ArgumentParser = table.add_parser(name, help=words, description=words)
    verb.set_defaults(work=work)
    return verb


def _config(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--config", type=Path, metavar="F", help="the configuration file (default: bot.toml here, if any)"
    )


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print JSON for programs")


def _over(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--tables",
        type=Path,
        metavar="FOLDER",
        help="your own tables, as import writes them (default: the shipped ones)",
    )


def _play(table: Verbs) -> None:
    """The verb that plays, and the ones that go with it."""
    run = _verb(table, "run", verbs.run, "Play battle after battle, and learn.")
    _config(run)
    run.add_argument("--battles", type=_count, metavar="N", help="end after so many battles (default: [play] battles)")
    run.add_argument(
        "--fresh", action="store_true", help="learn from nothing; the old checkpoint is moved aside, not deleted"
    )
    run.add_argument("--json", action="store_true", help="print a summary as the last line")
    practice = _verb(table, "practice", verbs.practice, "Play the practice game yourself, with the mouse, in a window.")
    _config(practice)
    practice.add_argument("--stage", metavar="S", help="a shipped stage's name or a level file (default: [play] stage)")
    practice.add_argument(
        "--window", action="store_true", help="in a window; this is the default, and stands for clarity"
    )
    practice.add_argument(
        "--position", type=_pair, default=None, metavar="X,Y", help="where on the desktop the window opens"
    )
    practice.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="open no window; draw every page and write them as one picture"
    )
    practice.add_argument("--say", action="store_true", help="print the name of every screen as it is shown")
    practice.add_argument(
        "--seed", type=_seed, metavar="K", help="seed of everything left to chance (default: [practice] seed)"
    )
    practice.add_argument(
        "--no-popups", dest="popups", action="store_false", help="leave out the pop-up that greets you at home"
    )
    picture = _verb(
        table, "picture", verbs.picture, "Play until there is something to see, and write an annotated frame."
    )
    _config(picture)
    picture.add_argument("out", type=Path, metavar="OUT.png", help="the file to write")


def _ask(table: Verbs) -> None:
    """The verbs that ask a running daemon."""
    for name, words in (
        ("pause", "Take the running daemon's hands off the screen; nothing is tapped once this returns."),
        ("resume", "Have the paused daemon go on where it was."),
        ("status", "Say what the running daemon is doing."),
        ("stop", "End the running daemon, with a checkpoint."),
    ):
        verb = _verb(table, name, verbs.ask, words)
        _config(verb)
        _json(verb)
        verb.add_argument(
            "--timeout", type=float, default=5.0, metavar="SECONDS", help="how long to wait for its answer"
        )
        verb.set_defaults(verb=name)
    logs = _verb(table, "logs", verbs.logs, "Show what happened, from the JSON log; pretty on a terminal.")
    _config(logs)
    _json(logs)
    logs.add_argument("-f", "--follow", action="store_true", help="go on showing what happens")
    logs.add_argument("--event", metavar="E", help="only lines of this event")
    logs.add_argument("--state", metavar="S", help="only lines written while the machine was in this state")


def _look(table: Verbs) -> None:
    """The verbs that look at files."""
    replay = _verb(
        table, "replay", verbs.replay, "Feed a trace to the machine again; exit code 1 and the first difference if any."
    )
    replay.add_argument("trace", type=Path, metavar="TRACE")
    _json(replay)
    read = _verb(table, "read", verbs.read, "Say what is to be read on pictures of the game.")
    read.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    read.add_argument(
        "--profile", default="arknights-cn", metavar="P", help="whose screens these are (default: arknights-cn)"
    )
    _json(read)
    tables = _verb(
        table, "import", verbs.import_, "Read the game's public tables, and write what we can play as tables of ours."
    )
    tables.add_argument(
        "sources",
        type=Path,
        nargs="+",
        metavar="TABLE",
        help="character_table.json with skill_table.json and range_table.json, enemy_database.json, or their folder",
    )
    tables.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where they go (default: tables in [data] directory)"
    )
    _config(tables)
    _json(tables)
    stage = _verb(table, "stage", verbs.stage, "Load level files, and say what is in them, one line a file.")
    stage.add_argument("files", nargs="+", metavar="FILE", help="a level file, or a shipped stage's name")
    stage.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    _over(stage)
    _json(stage)
    simulate = _verb(
        table, "simulate", verbs.simulate, "Play a plan on a stage in the simulator, and say what comes of it."
    )
    simulate.add_argument("--stage", required=True, metavar="FILE", help="a level file, or a shipped stage's name")
    simulate.add_argument(
        "--plan", required=True, type=Path, metavar="FILE", help="a copilot job (JSON), or a table of steps (TOML)"
    )
    simulate.add_argument(
        "--squad",
        type=Path,
        metavar="TOML",
        help="who is there at which level (default: everybody at the last level of elite 0)",
    )
    simulate.add_argument(
        "--challenge", action="store_true", help="challenge mode: with the level's runes of that mode"
    )
    simulate.add_argument("--seed", type=_seed, default=0, help="seed of everything that the level leaves to chance")
    _over(simulate)
    _json(simulate)
    generate = _verb(
        table, "generate", verbs.generate, "Write a stage drawn by chance that a plan has been found to win."
    )
    generate.add_argument("--seed", type=_seed, default=0, metavar="K", help="the same seed gives the same stage")
    generate.add_argument("--difficulty", type=int, default=2, metavar="N", help="1 (easy) to 5 (hard); default: 2")
    generate.add_argument("--out", required=True, type=Path, metavar="FILE", help="where the level file goes")
    generate.add_argument("--plan", type=Path, metavar="FILE", help="where the plan that wins it goes, if anywhere")
    _json(generate)
    graph = _verb(table, "graph", verbs.graph, "Print the machine's states and transitions as a mermaid diagram.")
    _json(graph)
    doctor = _verb(table, "doctor", verbs.doctor, "Check what Holdfast needs, and say how to get what is missing.")
    _config(doctor)
    _json(doctor)


def _learn(table: Verbs) -> None:
    """The verbs that learn without playing on a screen."""
    train = _verb(table, "train", verbs.train, "Learn a stage without a screen, as fast as the rules go.")
    train.add_argument("--stage", required=True, metavar="S", help="a shipped stage's name or a level file")
    train.add_argument("--steps", type=_count, default=20_000, metavar="N", help="decisions to learn from")
    train.add_argument("--seed", type=_seed, default=0, metavar="K")
    train.add_argument("--out", type=Path, required=True, metavar="DIR", help="where checkpoint and learning curve go")
    _over(train)
    _json(train)
    evaluate = _verb(table, "evaluate", verbs.evaluate, "Play battles with a policy that learns nothing, and count.")
    evaluate.add_argument("--stage", required=True, metavar="S", help="a shipped stage's name or a level file")
    evaluate.add_argument("--policy", required=True, metavar="random|greedy|DIR", help="DIR: what train wrote")
    evaluate.add_argument("--battles", type=_count, default=100, metavar="N")
    evaluate.add_argument("--seed", type=_seed, default=0, metavar="K")
    _over(evaluate)
    _json(evaluate)
    vision = table.add_parser("vision", help="Teach the eyes.", description="Teach the eyes.")
    lessons = vision.add_subparsers(title="verbs", metavar="VERB", required=True)
    teach = _verb(lessons, "train", verbs.vision_train, "Draw frames, train the detector on them, export its weights.")
    teach.add_argument("--frames", type=_count, default=600, metavar="N", help="frames to draw")
    teach.add_argument("--epochs", type=_count, default=24, metavar="N")
    teach.add_argument(
        "--start", type=Path, metavar="units.pt", help="go on from this network instead of beginning anew"
    )
    teach.add_argument("--seed", type=_seed, default=0, metavar="K")
    teach.add_argument("--out", type=Path, default=None, metavar="DIR", help="where the weights go (default: in place)")
    _json(teach)


def _count(text: str) -> int:
    """A whole number above 0."""
    return _at_least(1, text)


def _seed(text: str) -> int:
    """A whole number from 0 on."""
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    """A whole number of at least `least`."""
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"must be {least} or more, is {number}")
    return number


def _pair(text: str) -> tuple[int, int]:
    """Two whole numbers with a comma between them."""
    try:
        x, y = map(int, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("write X,Y, for example 100,50") from None
    return x, y


if __name__ == "__main__":
    sys.exit(main())

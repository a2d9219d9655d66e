"""`holdfast replay`: feed a trace to the machine again, and show it: in real time, as pictures, as a video."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import Verbs, add_json, add_verb
from bot.commands.output import OutputError, check_folder, print_json
from game.errors import DONE, FAILED

if TYPE_CHECKING:
    from bot.trace import Recording


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(
        verbs, "replay", replay, "Feed a trace to the machine again; exit code 1 and the first difference if any."
    )
    verb.add_argument("trace", type=Path, metavar="TRACE")
    verb.add_argument(
        "--speed", type=factor, metavar="X", help="print what happens as it happened, X times as fast (1: in real time)"
    )
    verb.add_argument(
        "--frames", type=Path, metavar="DIR", help="draw the run: a picture for each second with an event"
    )
    verb.add_argument("--video", type=Path, metavar="FILE.mp4", help="the same pictures as a video")
    verb.add_argument(
        "--every", type=seconds, default=1.0, metavar="S", help="seconds from picture to picture; 0: one an event"
    )
    add_json(verb)


def factor(text: str) -> float:
    """A number above 0."""
    if not (number := seconds(text)) > 0:
        raise ArgumentTypeError(f"must be greater than 0, is {text}")
    return number


def seconds(text: str) -> float:
    """A finite number from 0 on."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ArgumentTypeError(f"must be a number from 0 on, is {text}")
    return number


def replay(options: Namespace) -> int:
    """Compare what the machine does with what it did; FAILED where they differ."""
    from bot.trace import read_trace
    from bot.trace import replay as first_difference

    recording = read_trace(options.trace)
    if recording.torn:
        sys.stderr.write(f"{recording.torn}\n")
    _draw(options, recording)
    if options.speed:
        _show(recording, options.speed)
    difference = first_difference(recording)
    if options.json:
        told = difference and str(difference)
        print_json({"trace": str(options.trace), "identical": difference is None, "difference": told})
    else:
        print(f"{options.trace}: identical" if difference is None else difference)
    return DONE if difference is None else FAILED


def _draw(options: Namespace, recording: Recording) -> None:
    """Write the pictures and the video that were asked for."""
    if options.frames is not None:
        from bot.trace_pictures import write_pictures

        check_folder(options.frames)
        _write(write_pictures, recording, options.frames, options.every)
    if options.video is not None:
        from bot.trace_pictures import write_video

        _write(write_video, recording, options.video, options.every)


def _write(work: Callable[[Recording, Path, float], int], recording: Recording, place: Path, every: float) -> None:
    """Write pictures, and say on standard error how many there are."""
    try:
        written = work(recording, place, every)
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
    sys.stderr.write(f"{place}: {written} pictures\n")


def _show(recording: Recording, speed: float) -> None:
    """Print each line of a trace when it is due; ticks without a command are left out."""
    from bot.trace_tools import steps, tell_step
    from states.events import Tick

    began = time.monotonic()
    for step in steps(recording):
        if isinstance(step.line.event, Tick) and not step.line.commands:
            continue
        time.sleep(max(0.0, began + step.seconds / speed - time.monotonic()))
        print(tell_step(step), flush=True)

"""`holdfast trace`: list, show and compare recorded runs, cut a part out of one, and say why a battle was lost."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Verbs, add_config, add_json, add_verb, count
from bot.commands.output import OutputError, check_file, print_json
from game.errors import DONE, FAILED, InputError

if TYPE_CHECKING:
    from bot.trace import Recording
    from bot.trace_tools import TraceSummary


def add(verbs: Verbs) -> None:
    """Declare the verb and what it can do."""
    verb = add_verb(
        verbs,
        "trace",
        ls,
        "List, show and compare recorded runs, cut a part out of one, and say why a battle was lost.",
    )
    parts = verb.add_subparsers(title="what to do", metavar="ls|show|diff|cut|why", required=True)
    listing = add_verb(parts, "ls", ls, "List the recorded runs, and those that a fault keeps.")
    add_config(listing)
    add_json(listing)
    showing = add_verb(
        parts, "show", show, "Show what happened in a run, an event a line, and what the bot did about it."
    )
    showing.add_argument("trace", type=Path, metavar="TRACE")
    _add_part(showing)
    showing.add_argument("--state", metavar="S", help="only what happened in this state")
    showing.add_argument("--event", metavar="E", help="only this event: screen_seen, decided, …")
    add_json(showing)
    comparing = add_verb(parts, "diff", diff, "Say where two runs first differ; exit code 1 if they do.")
    comparing.add_argument("one", type=Path, metavar="A")
    comparing.add_argument("other", type=Path, metavar="B")
    add_json(comparing)
    cutting = add_verb(parts, "cut", cut, "Write a part of a run as a trace that replays by itself.")
    cutting.add_argument("trace", type=Path, metavar="TRACE")
    _add_part(cutting)
    cutting.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    add_json(cutting)
    telling = add_verb(parts, "why", why, "Say why a battle was lost: when life was lost and to what, who fell.")
    telling.add_argument("trace", type=Path, nargs="?", metavar="TRACE", help="(default: the newest one)")
    telling.add_argument("--battle", type=count, metavar="N", help="the battle of this number (default: the last lost)")
    add_config(telling)
    add_json(telling)


def _add_part(verb: ArgumentParser) -> None:
    """Add the options that choose a part of a trace."""
    verb.add_argument(
        "--from", type=float, dest="begin", metavar="S", help="from so many seconds after its first event"
    )
    verb.add_argument("--to", type=float, dest="end", metavar="S", help="until so many seconds after its first event")
    verb.add_argument("--battle", type=count, metavar="N", help="the battle of this number, with the way to it")


def ls(options: Namespace) -> int:
    """List the traces of the data directory."""
    from bot.config import load
    from bot.trace_tools import summaries

    directory = load(options.config).directory
    found = summaries(directory / "traces", directory / "faults")
    whole = [one for one in found if not isinstance(one, str)]
    if options.json:
        for one in whole:
            print_json(one._asdict())
    elif whole:
        _table([_row(one) for one in whole])
    else:
        print(f"no traces in {directory / 'traces'}; record one with: holdfast run")
    for broken in found:
        if isinstance(broken, str):
            sys.stderr.write(f"{broken}\n")
    return DONE


HEADINGS = ("began", "events", "game time", "battles", "size", "fault", "ended", "file")


def _row(one: TraceSummary) -> tuple[str, ...]:
    """A trace's row of the list."""
    minutes, seconds = divmod(round(one.seconds), 60)
    return (
        one.began[:19].replace("T", " ") or "?", f"{one.events:,}", f"{minutes}:{seconds:02}", str(one.battles),
        f"{one.bytes / 1e6:.2f} MB", "kept" if one.fault else "", one.ended, str(one.path),
    )  # fmt: skip


def _table(rows: list[tuple[str, ...]]) -> None:
    """Print rows under their headings, in columns."""
    lines = [HEADINGS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        print("  ".join(f"{text:<{width}}" for text, width in zip(line, widths, strict=True)).rstrip())


def show(options: Namespace) -> int:
    """Print the lines of a trace that were asked for."""
    from bot.trace_tools import chosen, tell_step
    from states.events import EVENT_NAMES

    if options.event and options.event not in EVENT_NAMES:
        raise InputError(f"there is no event {options.event}; known are: {', '.join(EVENT_NAMES)}")
    asked = {name: getattr(options, name) for name in ("state", "event", "begin", "end", "battle")}
    for step in chosen(_read(options.trace), **asked):
        if options.json:
            _print_step(step)
        else:
            print(tell_step(step))
    return DONE


def _print_step(step: Any) -> None:
    """Print a line of a trace as JSON."""
    import msgspec

    plain = msgspec.to_builtins(step.line)
    told = {"line": step.number, "seconds": step.seconds, "state": step.state, "battle": step.battle}
    print_json({**told, "event": plain["event"], "commands": plain["commands"]})


def _read(path: Path) -> Recording:
    """A trace, and a word about its end where that is torn."""
    from bot.trace import read_trace

    recording = read_trace(path)
    if recording.torn:
        sys.stderr.write(f"{recording.torn}\n")
    return recording


def diff(options: Namespace) -> int:
    """Print the first difference of two traces and the figures of both; FAILED where they differ."""
    from bot.trace_tools import difference, figures

    one, other = _read(options.one), _read(options.other)
    first, left, right = difference(one, other), figures(one), figures(other)
    if options.json:
        print_json({"identical": first is None, "difference": first, "a": left, "b": right})
    else:
        print("identical" if first is None else first)
        width = max(len(name) for name in left)
        for name in left:
            print(f"{name:<{width}}  {left[name]}" + (f" -> {right[name]}" if right[name] != left[name] else ""))
    return DONE if first is None else FAILED


def cut(options: Namespace) -> int:
    """Write a part of a trace, and say which lines it has."""
    from bot.trace import read_trace, replay
    from bot.trace_tools import chosen
    from bot.trace_tools import cut as cut_out

    if options.begin is options.end is options.battle is None:
        raise InputError("which part? name a battle (--battle N) or seconds (--from, --to)")
    recording = _read(options.trace)
    asked = list(chosen(recording, begin=options.begin, end=options.end, battle=options.battle))
    numbers = [step.number for step in asked]
    if not numbers:
        raise InputError(f"{options.trace}: nothing happened there; see what did with: holdfast trace show")
    check_file(options.out)
    try:
        # A battle may begin on the way to it; a moment that was named is to be in the part.
        latest = next((step.number for step in asked if step.state == "battle"), 0) if options.battle else 0
        first, last = cut_out(recording, numbers[0], numbers[-1], options.out, str(options.trace), latest)
    except OSError as error:
        raise OutputError(f"{options.out}: cannot be written: {error.strerror}") from None
    assert replay(read_trace(options.out)) is None
    earlier = numbers[0] - first
    told = f"; it begins {earlier} lines earlier, where a replay can begin" if earlier > 0 else ""
    if options.json:
        print_json({"out": str(options.out), "first": first, "last": last, "asked": [numbers[0], numbers[-1]]})
    else:
        print(f"{options.out}: lines {first} to {last}{told}")
    return DONE


def why(options: Namespace) -> int:
    """Print what a trace says of one battle."""
    from bot.battle_story import story_of

    facts = story_of(_read(options.trace or _newest(options)), options.battle)
    if options.json:
        print_json(facts)
    else:
        head = "{stage}, battle {battle}: {outcome}, {stars} stars after {seconds} s; {kills} of {enemies} enemies gone"
        print("\n".join([head.format(**facts), *(f"  {line}" for line in facts["because"])]))
    return DONE


def _newest(options: Namespace) -> Path:
    """The newest trace of the data directory. Raises InputError where there is none."""
    from bot.config import load
    from bot.trace_files import TRACES

    folder = load(options.config).directory / "traces"
    if found := sorted(path for path in folder.glob(TRACES) if not path.name.startswith(".")):
        return found[-1]
    raise InputError(f"{folder}: there is no trace; record one with: holdfast run")

"""Logs: one line for each thing that happened, under a fixed event name.

Event names are an interface: `EVENTS` lists all of them. The file in the data directory always gets JSON lines,
standard output too unless it is a terminal.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import orjson
import structlog

FILE = "log.jsonl"
EVENTS = {
    "started": "the daemon runs; says stage, screen, seed and data directory",
    "preparing": "something slow is being made ready: rules compiled, weights or text models loaded",
    "plan": "the plan for the stage and squad was found, read again or not found, or is shown to the learner",
    "ready": "everything is made ready; says after how many seconds",
    "state": "the machine changed its state, and why",
    "screen": "another screen was recognised",
    "client_area": "the game's client area is elsewhere in what is captured, or lies partly outside and is waited for",
    "decision": "the policy chose an action in a battle",
    "gesture": "the hands made a gesture",
    "gesture_failed": "a gesture could not be made or was broken off",
    "gate": "input may leave, or may not",
    "battle": "a battle was settled: outcome, stars, and the win rate of the last 20",
    "checkpoint": "what was learned is being saved; as a warning or error: a checkpoint could not be written or read",
    "request": "a request arrived over MQTT",
    "bad_request": "a message on a command topic was not understood; the answer says why, and nothing was done",
    "broker": "the connection to the MQTT broker came, went, or could not be made",
    "part_failed": "a part of the bot failed: which one, and why",
    "dump": "the evidence of a fault was written to a folder",
    "need_human": "a person has to do something, and what",
    "trace": "a trace began, or could not be written",
    "stopped": "the daemon ended; says its exit code and a summary",
}
"""Every event name, with what it tells."""


def set_up(file: Path | None, level: str, out: TextIO | None, megabytes: int = 10, keep: int = 3) -> None:
    """Send log lines of at least `level` to a file and to `out`, each unless it is None.

    The file is renamed (log.jsonl.1 and so on) once it has `megabytes`; `keep` such files are kept. `out` gets JSON
    lines, or readable ones where it is a terminal.
    """
    root = logging.getLogger("holdfast")
    close()
    root.setLevel(level.upper())
    root.propagate = False
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        kept = logging.handlers.RotatingFileHandler(file, maxBytes=megabytes << 20, backupCount=keep, encoding="utf-8")
        kept.setFormatter(_JsonLines())
        root.addHandler(kept)
    if out is not None:
        shown = logging.StreamHandler(out)
        shown.setFormatter(_Readable() if out.isatty() else _JsonLines())
        root.addHandler(shown)
    structlog.configure(
        processors=[_known_event, _hand_over],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: root,
        cache_logger_on_first_use=False,
    )
    for noisy in ("amqtt", "transitions", "mqtt"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def show_warnings(out: TextIO) -> None:
    """Write warnings and errors to `out` too, in readable form, above a dashboard."""
    shown = logging.StreamHandler(out)
    shown.setFormatter(_Readable())
    shown.setLevel(logging.WARNING)
    logging.getLogger("holdfast").addHandler(shown)


def close() -> None:
    """Close the files and forget where lines went."""
    root = logging.getLogger("holdfast")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()


def logger() -> Any:
    """The logger of the whole bot; its methods take an event's name, then named values."""
    return structlog.get_logger()


def _known_event(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Raise KeyError for a name that EVENTS does not have: logs are read by programs."""
    if line["event"] not in EVENTS:
        raise KeyError(f"log event {line['event']!r} is not in bot.log.EVENTS")
    return line


def _hand_over(_: object, level: str, line: MutableMapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give the line to the standard library's handlers, which own the files."""
    event = line.pop("event")
    stamped = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "level": level, "event": event, **line}
    return (event,), {"extra": {"line": stamped}}


class _JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as JSON."""
        return orjson.dumps(record.__dict__["line"], default=str, option=orjson.OPT_SERIALIZE_NUMPY).decode()


class _Readable(logging.Formatter):
    """One readable line: time, event, and the rest as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for people."""
        return readable(record.__dict__["line"])


def readable(line: MutableMapping[str, Any]) -> str:
    """A log line for people: the time of day, the event, then what belongs to it."""
    rest = " ".join(f"{key}={value}" for key, value in line.items() if key not in ("time", "level", "event"))
    mark = {"warning": "! ", "error": "!! "}.get(str(line.get("level")), "")
    return f"{str(line.get('time', ''))[11:19]}  {mark}{line.get('event', '')!s:<12} {rest}"


def read(file: Path, *, follow: bool = False, poll: float = 0.3) -> Iterator[dict[str, Any]]:
    """The lines of a log file, the oldest first; with `follow`, also those still to come, across rotation.

    A line that is not a JSON object, such as one torn by a crash, is skipped.
    """
    stream, rest = None, b""
    try:
        while True:
            stream = stream or (file.open("rb") if file.exists() else None)
            # Asked before reading: nothing is added to a file that was put aside, so what is read then is all the rest.
            ended = stream is not None and _put_aside(file, stream)
            got = stream.read() if stream else b""
            *lines, rest = (rest + got).split(b"\n")
            yield from _parsed(lines)
            if ended and stream:
                stream.close()
                stream, rest = None, b""
            elif not follow:
                return
            elif not got:
                time.sleep(poll)
    finally:
        if stream:
            stream.close()


def _put_aside(file: Path, stream: BinaryIO) -> bool:
    """Whether the open file was put aside and another one has its name now."""
    try:
        return file.stat().st_ino != os.fstat(stream.fileno()).st_ino
    except FileNotFoundError:
        return False


def _parsed(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict):
            yield value

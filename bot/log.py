"""Logs: one line for each thing that happened, under a fixed event name.

The names of events and their fields are an interface: `bot.log_events` lists all of them. The file in the data
directory always gets JSON lines, standard output too unless it is a terminal.
"""

from __future__ import annotations

import functools
import logging
import re
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog

from bot.log_events import unknown_names
from bot.log_file import PatientFile, PatientStream
from bot.log_reader import readable

FILE = "log.jsonl"
SECRET = re.compile(r"pass(word|wd|phrase)?$|token|secret|credential|api_?key", re.IGNORECASE)
"""Names whose values are never written."""
IN_ADDRESS = re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@")
"""A password in an address: scheme://user:password@host."""
MASK = "***"


def set_up(file: Path | None, level: str, out: TextIO | None, megabytes: int = 10, keep: int = 3) -> None:
    """Send log lines of at least `level` to a file and to `out`, each unless it is None.

    The file is renamed (log.jsonl.1 and so on) once it has `megabytes`; `keep` such files are kept. `out` gets JSON
    lines, or readable ones where it is a terminal. Every line names the run, by the time of this call.
    """
    root = logging.getLogger("holdfast")
    close()
    root.setLevel(level.upper())
    root.propagate = False
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        kept = PatientFile(file, maxBytes=megabytes << 20, backupCount=keep, encoding="utf-8", delay=True)
        kept.setFormatter(_JsonLines())
        root.addHandler(kept)
    if out is not None:
        shown = PatientStream(out)
        shown.setFormatter(_Readable() if out.isatty() else _JsonLines())
        root.addHandler(shown)
    structlog.configure(
        processors=[_known, _masked, functools.partial(_hand_over, time.strftime("%Y%m%d-%H%M%S"))],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: root,
        cache_logger_on_first_use=False,
    )
    for noisy in ("amqtt", "transitions", "mqtt"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def show_warnings(out: TextIO) -> None:
    """Write warnings and errors to `out` too, in readable form, above a dashboard."""
    shown = PatientStream(out)
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


def _known(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Raise KeyError for an event or a field that the vocabulary does not have: logs are read by programs."""
    lacking = unknown_names(line["event"], line)
    if lacking:
        raise KeyError(lacking)
    return line


def _masked(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line without secrets."""
    return {name: masked(value, name) for name, value in line.items()}


def masked(value: Any, name: str = "") -> Any:
    """A value without what stands under a name such as password or token, and without passwords in addresses."""
    if value and SECRET.search(name):
        return MASK
    if isinstance(value, str):
        return IN_ADDRESS.sub(rf"\1:{MASK}@", value) if "://" in value else value
    if isinstance(value, Mapping):
        return {key: masked(inner, str(key)) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list | tuple) else value


def _hand_over(
    run: str, _: object, level: str, line: MutableMapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give the line to the standard library's handlers, which own the files."""
    event = line.pop("event")
    stamped = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "level": level, "event": event, **line, "run": run}
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

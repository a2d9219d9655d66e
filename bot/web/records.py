"""What the data directory tells: the log, results and reports in it, and the faults with their pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from bot import log, log_reader
from bot.report import report_of

LEVELS = ("debug", "info", "warning", "error")
MOST_LINES = 500
"""Lines of the log that are sent at once."""
MOST_BATTLES = 1000
"""Battles whose results are sent: the last ones."""
REPORT_SECONDS = 30.0
"""For how long a report is sent again instead of being made anew: it reads the whole log."""
PICTURES = ("image/png", "image/jpeg")


def log_lines(
    directory: Path, level: str = "debug", event: str = "", text: str = "", most: int = MOST_LINES
) -> list[dict[str, Any]]:
    """The last lines of the log of at least this level, of this event and with this text in any case, newest first."""
    levels, wanted = LEVELS[LEVELS.index(level) if level in LEVELS else 0 :], text.casefold()
    found: list[dict[str, Any]] = []
    for raw in _backwards(directory / log.FILE, f'"event":"{event}"'.encode() if event else b""):
        if wanted and wanted not in raw.decode(errors="replace").casefold():
            continue
        line = _parsed(raw)
        if line is not None and line.get("level") in levels and (not event or line.get("event") == event):
            found.append(line)
        if len(found) >= min(most, MOST_LINES):
            break
    return found


def battles(directory: Path) -> list[dict[str, Any]]:
    """The results of the last battles as the log has them, oldest first."""
    found: list[dict[str, Any]] = []
    for raw in _backwards(directory / log.FILE, b'"event":"battle"'):
        line = _parsed(raw)
        if line is not None and line.get("event") == "battle":
            found.append(line)
        if len(found) >= MOST_BATTLES:
            break
    return found[::-1]


def _backwards(file: Path, needle: bytes) -> Iterator[bytes]:
    """The lines of a log that hold `needle`, newest first, through the files that were put aside."""
    aside = [path for path in file.parent.glob(f"{file.name}.*") if path.suffix[1:].isdecimal()]
    for path in (file, *sorted(aside, key=lambda one: int(one.suffix[1:]))):
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            continue
        yield from (line for line in reversed(lines) if line and needle in line)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        line = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return line if isinstance(line, dict) else None


class Reports:
    """The report of the last hours, made at most every `REPORT_SECONDS`; one at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._made: dict[float, tuple[float, dict[str, Any]]] = {}

    def of_last(self, hours: float) -> dict[str, Any]:
        """The figures of the last hours, with the win rate after each battle, and the written reports' names."""
        with self._lock:
            at, report = self._made.get(hours, (0.0, {}))
            if not report or time.monotonic() - at > REPORT_SECONDS:
                since = datetime.now().astimezone() - timedelta(hours=hours)
                made = report_of(log_reader.read(self._directory / log.FILE), since)
                report = {**made.facts(), "won": made.won, "rates": made.rates}
                self._made = {hours: (time.monotonic(), report)}
        return {**report, "written": sorted((path.name for path in self._folder.glob("*.md")), reverse=True)}

    def written(self, name: str) -> str | None:
        """The text of a report that was written; None where there is none of this name."""
        file = inside(self._folder, name)
        return file.read_text(encoding="utf-8") if file and file.suffix == ".md" else None

    @property
    def _folder(self) -> Path:
        return self._directory / "reports"


def faults(directory: Path) -> list[dict[str, Any]]:
    """The faults whose evidence is kept, newest first: name, why, state, and the names of their pictures in order."""
    return [_fault(folder) for folder in sorted(directory.glob("*"), reverse=True) if folder.is_dir()]


def _fault(folder: Path) -> dict[str, Any]:
    try:
        known = orjson.loads((folder / "known.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        known = {}
    return {
        "name": folder.name,
        "why": str(known.get("why", "")),
        "state": known.get("machine", {}).get("state", ""),
        "trace_line": known.get("trace_line"),
        "pictures": sorted(path.name for ending in ("png", "jpg") for path in folder.glob(f"frame_*.{ending}")),
    }


def inside(folder: Path, *names: str) -> Path | None:
    """The file of these names below a folder; None where there is none, or a name leads elsewhere."""
    if any(name in ("", ".", "..") or name != Path(name).name or "\\" in name or "\0" in name for name in names):
        return None
    file = folder.joinpath(*names)
    return file if file.is_file() else None

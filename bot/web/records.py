"""What the data directory tells: the log, results and reports in it, and the faults with their pictures."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from bot import log, log_reader
from bot.log_reader import LEVELS
from bot.report import report_of

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

    def holds(raw: bytes) -> bool:
        return _of(event) in raw and (not wanted or wanted in raw.decode(errors="replace").casefold())

    lines = log_reader.backwards(directory / log.FILE, holds)
    found = (one for one in lines if one.get("level") in levels and (not event or one.get("event") == event))
    return list(islice(found, min(most, MOST_LINES)))


def battles(directory: Path) -> list[dict[str, Any]]:
    """The results of the last battles as the log has them, oldest first."""
    lines = log_reader.backwards(directory / log.FILE, lambda raw: _of("battle") in raw)
    return list(islice((one for one in lines if one.get("event") == "battle"), MOST_BATTLES))[::-1]


def _of(event: str) -> bytes:
    """What a line of an event holds; of any event for ""."""
    return f'"event":"{event}"'.encode() if event else b""


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
        """The text of a report that was written (NAME.md), or its figures (NAME.json); None where there is none."""
        file = inside(self._folder, name)
        return file.read_text(encoding="utf-8") if file and file.suffix in (".md", ".json") else None

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

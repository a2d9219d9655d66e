"""The evidence of a fault: the last frames, the state of the bot, the end of the log, and the trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2
import orjson

from bot.trace_files import hold, make_room
from vision.capture import Frame
from vision.evidence import SmallFrame

WRITTEN = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
KEPT = 20
"""Dumps kept; the oldest are deleted."""
MEGABYTES = 1000
"""The size of all dumps together from which the oldest are deleted, their traces included."""
LOG_BYTES = 1 << 17
"""How much of the end of the log is kept: some 700 lines."""


def dump(
    directory: Path,
    name: str,
    frames: Iterable[Frame | SmallFrame],
    known: Mapping[str, Any],
    *,
    log: Path | None = None,
    trace: Path | None = None,
) -> Path:
    """Write frames as pictures and `known` as JSON into a folder of their own; returns the folder.

    It also gets the end of the log and holds the trace, where they exist. Raises OSError when something cannot be
    written.
    """
    folder = directory / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "known.json").write_bytes(orjson.dumps(dict(known), default=str, option=WRITTEN))
    if trace is not None and trace.exists():
        hold(trace, folder)
    if log is not None and log.exists():
        (folder / "log.jsonl").write_bytes(end_of(log))
    for number, frame in enumerate(frames):
        _write_frame(folder / f"frame_{number:02}_{frame.t:.2f}", frame)
    make_room(directory, KEPT, MEGABYTES)
    return folder


def end_of(log: Path) -> bytes:
    """The last whole lines of a log."""
    with log.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - LOG_BYTES))
        tail = stream.read()
    return tail if len(tail) < LOG_BYTES else tail[tail.find(b"\n") + 1 :]


def _write_frame(path: Path, frame: Frame | SmallFrame) -> None:
    """Write a frame: a whole one as PNG, a small one as the JPEG that it is."""
    if isinstance(frame, SmallFrame):
        path.with_name(f"{path.name}.jpg").write_bytes(frame.jpeg)
    else:
        cv2.imwrite(str(path.with_name(f"{path.name}.png")), frame.image)

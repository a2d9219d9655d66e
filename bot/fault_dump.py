"""The evidence of a fault: the last frames, and the state of the bot."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2
import orjson

from vision.capture import Frame

WRITTEN = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
KEPT = 20
"""Dumps kept; the oldest are deleted."""


def dump(directory: Path, name: str, frames: Iterable[Frame], known: Mapping[str, Any]) -> Path:
    """Write frames as PNG and `known` as JSON into a folder of their own; returns the folder.

    Raises OSError when they cannot be written.
    """
    folder = directory / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"frame_{number:02}_{frame.t:.2f}.png"), frame.image)
    text = orjson.dumps(dict(known), default=str, option=WRITTEN)
    (folder / "known.json").write_bytes(text)
    prune(directory, KEPT)
    return folder


def prune(directory: Path, keep: int, pattern: str = "*") -> None:
    """Delete all but the `keep` newest entries of a folder; names sort by age."""
    for old in sorted(directory.glob(pattern))[: -keep or None]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)

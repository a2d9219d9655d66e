"""What a check finds: good, worth a warning, or a failure, with the fix."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["ok", "warning", "failure"]


class Found(NamedTuple):
    """What one check found."""

    level: Level
    told: str
    """What was found, with the figures that were measured."""
    fix: str = ""
    """What to do about it; empty where all is well, or where `told` says it already."""


def ok(told: str) -> Found:
    """All is well."""
    return Found("ok", told)


def warning(told: str, fix: str) -> Found:
    """Holdfast runs, but not as it could."""
    return Found("warning", told, fix)


def failure(told: str, fix: str) -> Found:
    """Holdfast does not run like this."""
    return Found("failure", told, fix)

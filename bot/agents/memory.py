"""What worked, for each player and stage: a TOML file to read and edit.

The coach writes an entry for each plan that won, with the figures of the tool that found it. It reads them all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from game.errors import InputError

FILE = "coach.toml"
"""In the data directory."""
HEADING = """\
# What worked, for each player and stage, as `holdfast coach` remembers it. Edit it as you like: `note` is yours, and
# the coach reads it; comments are not kept. A better plan for the same player, stage and left-out operators replaces an
# entry.
"""
MOST = 500
"""Entries that are kept; the oldest are dropped."""


class Worked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan that won a stage."""

    player: str
    stage: str
    plan: str
    """Its file in plans/ of the data directory."""
    stars: int
    held: int
    """Battles of the near variation in which it held."""
    battles: int
    """Of how many."""
    avoided: tuple[str, ...] = ()
    """Operators that were left at home."""
    date: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What a better plan must have in common with it, to replace it."""
        return self.player, self.stage, tuple(sorted(self.avoided))


def read_memory(file: Path) -> tuple[Worked, ...]:
    """The entries of a file, none where there is no file. Raises InputError for one that cannot be read."""
    if not file.exists():
        return ()
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        return tuple(msgspec.convert(written.get("worked", []), list[Worked]))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, msgspec.ValidationError) as error:
        raise InputError(f"{file}: {error}; mend it, or rename it to begin anew") from None


def with_entry(entries: Sequence[Worked], new: Worked) -> tuple[Worked, ...]:
    """The entries with a new one, unless one for the same is as good. The note of the one that it replaces stays."""
    old = next((one for one in entries if one.key == new.key), None)
    if old is None:
        return (*entries, new)[-MOST:]
    if (old.stars, old.held / max(old.battles, 1)) >= (new.stars, new.held / max(new.battles, 1)):
        return tuple(entries)
    better = msgspec.structs.replace(new, note=old.note)
    return tuple(better if one is old else one for one in entries)


def entry_of(answer: dict[str, Any], player: str, date: str) -> Worked | None:
    """The entry for an answer of make_plan; None for a plan that does not win."""
    if not answer.get("won"):
        return None
    near = answer.get("holds", {}).get("near", {})
    return Worked(
        player=player,
        stage=answer["stage"],
        plan=answer["plan"],
        stars=answer["stars"],
        held=near.get("held", 0),
        battles=near.get("battles", 0),
        avoided=tuple(answer.get("avoided", ())),
        date=date,
    )


def write_memory(file: Path, entries: Sequence[Worked]) -> None:
    """Write the entries, whole or not at all. Raises InputError where that is not possible."""
    parts = [HEADING]
    for one in entries:
        fields = msgspec.to_builtins(one)
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
        parts.append("\n".join(["[[worked]]", *lines]).replace("\x7f", "\\u007f") + "\n")
    fresh = file.with_name(f"{file.name}.new")
    try:
        fresh.write_text("\n".join(parts), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror}") from None

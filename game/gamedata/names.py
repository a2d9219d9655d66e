"""The names of operators in several languages, from MAA's `battle_data.json` and from tables of operators."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from game.errors import LibraryError

KEYS = ("name", "name_tw", "name_en", "name_jp", "name_kr")
"""The keys of `battle_data.json` for names. Of an operator that a server lacks they hold the Chinese name, and a key
that ends with `_unavailable` says so."""


def read_battle_data(file: Path) -> dict[str, dict[str, str]]:
    """The operators' names by id and by key (`KEYS`), of MAA's battle_data.json. Raises LibraryError."""
    data = read_json(file)
    entries = data.get("chars") if isinstance(data, dict) else None
    if not isinstance(entries, dict):
        raise LibraryError(f"{file}: lists no operators under 'chars'; take it from MAA's resource folder again")
    found = {id_: dict(_names(entry)) for id_, entry in entries.items() if isinstance(entry, dict)}
    return {id_: names for id_, names in found.items() if names and id_.startswith("char_")}


def _names(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names of one operator by key."""
    for key in KEYS:
        name = entry.get(key)
        if isinstance(name, str) and name.strip() and not entry.get(f"{key}_unavailable"):
            yield key, name.strip()


def read_table_names(file: Path) -> dict[str, str]:
    """The operators' names by id, of a character_table.json in any language. Raises LibraryError."""
    data = read_json(file)
    entries = data.items() if isinstance(data, dict) else ()
    names = {id_: one.get("name") for id_, one in entries if isinstance(one, dict) and id_.startswith("char_")}
    return {id_: name.strip() for id_, name in names.items() if isinstance(name, str) and name.strip()}


def all_names(sources: Iterable[Mapping[str, Iterable[str]]]) -> dict[str, list[str]]:
    """All names of each operator by id, each once."""
    found: dict[str, dict[str, None]] = {}
    for source in sources:
        for id_, names in source.items():
            found.setdefault(id_, {}).update(dict.fromkeys(names))
    return {id_: list(names) for id_, names in found.items()}


def read_json(file: Path) -> Any:
    """The content of a JSON file. Raises LibraryError, in one line, where it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise LibraryError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise LibraryError(f"{file}: is not JSON; it is broken or cut off, take it from its source again") from None

"""Reads a user's own copy of the game's public tables, and writes what maps onto ours (`public`) as tables of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from game.characters.catalogue import ENEMIES, OPERATORS
from game.errors import TableError
from game.gamedata.public import PROFESSIONS, Tables, enemy_fields, operator_fields

FILES = {
    "character_table": "characters", "skill_table": "skills", "range_table": "ranges", "enemy_database": "enemies",
}  # fmt: skip
"""The public tables' names, and which of Tables they are."""
MARKS = {
    "character_table": "profession", "skill_table": "levels", "range_table": "grids", "enemy_database": "enemyData",
}  # fmt: skip
"""What entries of each of them have, and those of the others have not."""
REPORT = "report.txt"


class Imported(NamedTuple):
    """What became of the public tables."""

    operators: dict[str, dict[str, Any]]
    """Fields of Character by name."""
    ranges: dict[str, list[str]]
    enemies: dict[str, dict[str, Any]]
    """Fields of Enemy by id."""
    devices: int
    """Characters that no squad brings: summons, traps, devices."""
    broken: tuple[str, ...]
    """Entries that cannot be read, each with the reason."""

    def missing(self) -> dict[str, list[str]]:
        """What of each operator and enemy is not played, in words."""
        both = {**self.operators, **self.enemies}
        return {name: list(fields.get("missing", ())) for name, fields in both.items()}

    def summary(self) -> dict[str, int]:
        """How many of what."""
        whole = {kind: sum(not one.get("missing") for one in getattr(self, kind).values()) for kind in _KINDS}
        return {
            "operators": len(self.operators),
            "operators_whole": whole["operators"],
            "enemies": len(self.enemies),
            "enemies_whole": whole["enemies"],
            "devices": self.devices,
            "broken": len(self.broken),
        }


_KINDS = ("operators", "enemies")


def import_tables(paths: Sequence[str | Path]) -> Imported:
    """The public tables in files, or in folders that hold them, as our own.

    Raises TableError, in one line, where a file is none of them, is broken, or needs another one beside it.
    """
    tables = _read(_found(paths))
    operators: dict[str, dict[str, Any]] = {}
    ranges: dict[str, list[str]] = {}
    broken = []
    for id_, entry in tables.characters.items():
        if not isinstance(entry, dict) or entry.get("profession") not in PROFESSIONS:
            continue
        try:
            fields = operator_fields(id_, entry, tables)
            ranges |= _drawings(id_, fields, tables)
        except TableError as error:
            broken.append(str(error))
        else:
            operators[_free(fields["name"], id_, operators)] = fields
    enemies = {}
    for id_, levels in tables.enemies.items():
        try:
            enemies[id_] = enemy_fields(id_, levels)
        except TableError as error:
            broken.append(str(error))
    if broken and not operators and not enemies:
        raise TableError(broken[0])
    devices = len(tables.characters) - len(operators) - sum("character_table" in line for line in broken)
    return Imported(operators, dict(sorted(ranges.items())), enemies, devices, tuple(broken))


def write_tables(imported: Imported, folder: Path) -> list[Path]:
    """Write what was imported as our tables, and what is missing as a report, into a folder; returns the files."""
    texts = {REPORT: _report(imported)}
    if imported.operators:
        texts[OPERATORS] = operators_toml(imported)
    if imported.enemies:
        texts[ENEMIES] = enemies_toml(imported)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise TableError(f"{folder}: cannot be written: {error.strerror}") from None
    return [folder / name for name in texts]


def operators_toml(imported: Imported) -> str:
    """Our table of operators."""
    lines = [
        "# Imported by: holdfast import. What the fields mean: game/characters/tables/operators.toml",
        "",
        "[ranges]",
    ]
    lines += [f"{toml(name)} = {toml(rows)}" for name, rows in imported.ranges.items()]
    for name, fields in imported.operators.items():
        lines += ["", f"[{_key(name)}]"]
        for field, value in fields.items():
            if field in ("phases", "bonuses", "missing"):
                lines += [f"{field} = [", *(f"  {toml(one)}," for one in value), "]"]
            elif field not in ("name", "skills"):
                lines.append(f"{field} = {toml(value)}")
        for skill in fields.get("skills", ()):
            lines += ["", f"[[{_key(name)}.skills]]", *(f"{field} = {toml(value)}" for field, value in skill.items())]
    return "\n".join(lines) + "\n"


def enemies_toml(imported: Imported) -> str:
    """Our table of enemies."""
    lines = ["# Imported by: holdfast import. game/characters/tables/enemies.toml says what the fields mean."]
    for id_, fields in imported.enemies.items():
        lines += ["", f"[{_key(id_)}]", *(f"{field} = {toml(value)}" for field, value in fields.items())]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it; texts as JSON does, which TOML reads the same."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def drawing(grids: Iterable[Mapping[str, int]]) -> list[str]:
    """A range of the tables, whose rows count upwards, as we draw it."""
    covered = {(-tile["row"], tile["col"]) for tile in grids}
    own = "@" if (0, 0) in covered else "o"
    rows, cols = zip(*(covered | {(0, 0)}), strict=True)
    return [
        "".join(
            own if (row, col) == (0, 0) else "#" if (row, col) in covered else "."
            for col in range(min(cols), max(cols) + 1)
        )
        for row in range(min(rows), max(rows) + 1)
    ]


def _report(imported: Imported) -> str:
    """What is missing, one by one, for people."""
    lines = []
    for name, missing in imported.missing().items():
        lines += [f"{name}: {'not played:' if missing else 'whole'}", *(f"  {words}" for words in missing)]
    return "\n".join([*lines, *imported.broken]) + "\n"


def _key(name: str) -> str:
    """A name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _free(name: str, id_: str, taken: Mapping[str, Any]) -> str:
    """A name that nobody has yet: two operators may share theirs."""
    return f"{name} ({id_})" if name in taken or name == "ranges" else name


def _drawings(id_: str, fields: Mapping[str, Any], tables: Tables) -> dict[str, list[str]]:
    """The ranges that an operator has, as we draw them; TableError where the tables do not draw one."""
    named = {phase["range"] for phase in fields["phases"]}
    named |= {name for skill in fields.get("skills", ()) for name in _ranges_of(skill)}
    try:
        return {name: drawing(tables.ranges[name]["grids"]) for name in named}
    except (KeyError, TypeError, ValueError) as error:
        reason = f"range_table does not draw its ranges ({type(error).__name__}: {error})"
        raise TableError(f"character_table: {id_}: {reason}") from None


def _ranges_of(skill: Mapping[str, Any]) -> list[str]:
    """The ranges that a skill names, over its levels."""
    named = skill.get("range", [])
    return [named] if isinstance(named, str) else list(named)


def _found(paths: Sequence[str | Path]) -> dict[str, Path]:
    """The files of the tables by name."""
    found: dict[str, Path] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = {name: path / f"{name}.json" for name in FILES}
            here = {name: file for name, file in inside.items() if file.is_file()}
            if not here:
                raise TableError(f"{path}: holds none of {', '.join(f'{name}.json' for name in FILES)}")
        elif not path.exists():
            raise TableError(f"{path}: no such file or folder")
        elif path.stem not in FILES:
            raise TableError(f"{path}: is none of the public tables by its name: {', '.join(FILES)}")
        else:
            here = {path.stem: path}
        found |= here
    if "character_table" in found:
        lacking = [name for name in ("skill_table", "range_table") if name not in found]
        if lacking:
            raise TableError(f"{found['character_table']}: needs {' and '.join(lacking)} too; name them as well")
    elif "enemy_database" not in found:
        raise TableError(f"{next(iter(found.values()))}: is no use alone; give character_table or enemy_database too")
    return found


def _read(files: Mapping[str, Path]) -> Tables:
    """The tables of these files; those that were not given are empty."""
    tables: dict[str, Mapping[str, Any]] = {field: {} for field in FILES.values()}
    for name, file in files.items():
        try:
            data = json.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise TableError(f"{file}: cannot be read as JSON: {error}") from None
        except RecursionError:
            raise TableError(f"{file}: is nested too deeply; give the table as the game's data has it") from None
        tables[FILES[name]] = by_id = _by_id(file, data)
        if not any(_has(MARKS[name], entry) for entry in by_id.values()):
            raise TableError(f"{file}: no entry has {MARKS[name]!r}; is it another table under this name?")
    return Tables(**tables)


def _has(mark: str, entry: Any) -> bool:
    """Whether an entry, or the first of its levels, has a field."""
    first = entry[0] if isinstance(entry, list) and entry else entry
    return isinstance(first, dict) and mark in first


def _by_id(file: Path, data: Any) -> Mapping[str, Any]:
    """A table by id: as it is, or from a list of Key and Value, with or without a name of FILES around it."""
    if isinstance(data, dict) and len(data) == 1 and next(iter(data)) in FILES.values():
        data = next(iter(data.values()))
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        rows = [{key.lower(): value for key, value in row.items()} for row in data]
        data = {row["key"]: row["value"] for row in rows if "key" in row and "value" in row}
    if not isinstance(data, dict) or not data:
        raise TableError(f"{file}: has no entries by id; give the table as the game's data has it")
    return data

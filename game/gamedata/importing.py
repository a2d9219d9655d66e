"""Reads a user's own copy of the game's public tables, and writes them as our tables (see `game.gamedata.public`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from game.characters.catalogue import ENEMIES, OPERATORS, Catalogue
from game.errors import TableError
from game.gamedata.public import PROFESSIONS, Tables, enemy_fields, operator_fields

FILES = {
    "character_table": "characters", "skill_table": "skills", "range_table": "ranges", "enemy_database": "enemies",
    "enemy_handbook_table": "handbook",
}  # fmt: skip
"""The names of the public tables, and the field of `Tables` that holds each."""
MARKS = {
    "character_table": "profession", "skill_table": "levels", "range_table": "grids", "enemy_database": "enemyData",
    "enemy_handbook_table": "enemyId",
}  # fmt: skip
"""A key of the entries of each table that no other table has."""
REPORT = "report.txt"


class Imported(NamedTuple):
    """The public tables, converted."""

    operators: dict[str, dict[str, Any]]
    """Fields of `Character` by the operator's name; ranges are given by their names."""
    ranges: dict[str, list[str]]
    """Drawings by name."""
    enemies: dict[str, dict[str, Any]]
    """Fields of `Enemy` by id."""
    devices: int
    """How many characters cannot be in a squad: summons, traps, devices."""
    broken: tuple[str, ...]
    """The error of each entry that cannot be read."""

    def missing(self) -> dict[str, list[str]]:
        """What is not played of each operator and enemy, in words."""
        both = {**self.operators, **self.enemies}
        return {name: list(fields.get("missing", ())) for name, fields in both.items()}

    def by_rarity(self) -> dict[int, tuple[int, int]]:
        """How many operators of each rarity are whole, and how many there are; 0 for those whose rarity is unknown."""
        found: dict[int, tuple[int, int]] = {}
        for one in sorted(self.operators.values(), key=lambda fields: fields.get("rarity", 0)):
            whole, count = found.get(one.get("rarity", 0), (0, 0))
            found[one.get("rarity", 0)] = (whole + is_whole(one), count + 1)
        return found

    def summary(self) -> dict[str, int]:
        """Counts by name: all entries, entries of which nothing is missing (`..._whole`), devices, broken entries."""
        whole = {kind: sum(is_whole(one) for one in getattr(self, kind).values()) for kind in _KINDS}
        bare = sum(not one.get("missing") for one in self.operators.values())
        return {
            "operators": len(self.operators),
            "operators_whole": whole["operators"],
            "operators_without_a_skill": whole["operators"] - bare,
            "enemies": len(self.enemies),
            "enemies_whole": whole["enemies"],
            "devices": self.devices,
            "broken": len(self.broken),
        }


def is_whole(fields: Mapping[str, Any]) -> bool:
    """Whether all of an operator or enemy is played, or all of an operator but one of its three skills."""
    return not fields.get("missing") or bool(without(fields))


def without(fields: Mapping[str, Any]) -> str:
    """The one of three skills that is not played, where all else of an operator is; "" for none."""
    names = [skill["name"] for skill in fields.get("skills", ())]
    partly = [name for name in names if any(what.startswith(f"{name}: ") for what in fields.get("missing", ()))]
    other = [what for what in fields.get("missing", ()) if not any(what.startswith(f"{name}: ") for name in names)]
    return partly[0] if len(names) == 3 and len(partly) == 1 and not other else ""


_KINDS = ("operators", "enemies")


def import_tables(
    paths: Sequence[str | Path], catalogue: Catalogue, english: Mapping[str, str] | None = None
) -> Imported:
    """The public tables in files, or in folders that hold them, converted.

    `english` are names of operators by id, from a table in English. The catalogue gives names to operators that it has
    by id, and fields of enemies that the public tables give only in words. Raises TableError, in one line, where a file
    is not a public table, is broken, or needs another one as well.
    """
    tables = _read(_found(paths))._replace(english=english or {})
    operators: dict[str, dict[str, Any]] = {}
    ranges: dict[str, list[str]] = {}
    broken = []
    for id_, entry in tables.characters.items():
        if not isinstance(entry, dict) or entry.get("profession") not in PROFESSIONS:
            continue
        try:
            fields = operator_fields(id_, entry, tables, catalogue)
            ranges |= _drawings(id_, fields, tables)
        except TableError as error:
            broken.append(str(error))
        else:
            operators[_free(fields["name"], id_, operators)] = fields
    enemies = {}
    for id_, levels in tables.enemies.items():
        try:
            enemies[id_] = enemy_fields(id_, levels, catalogue, tables.handbook.get(id_))
        except TableError as error:
            broken.append(str(error))
    if broken and not operators and not enemies:
        raise TableError(broken[0])
    devices = len(tables.characters) - len(operators) - sum("character_table" in line for line in broken)
    return Imported(operators, dict(sorted(ranges.items())), enemies, devices, tuple(broken))


def write_tables(imported: Imported, folder: Path) -> list[Path]:
    """Write our tables and a report of what is missing into a folder; returns the files. Raises TableError."""
    texts = {REPORT: report(imported)}
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


def names_toml(names: Mapping[str, Sequence[str]]) -> str:
    """The text of our table of operators' names, by id."""
    lines = ["# More names of operators, by their public ids. Made by: holdfast gamedata use", "", "[names]"]
    return "\n".join([*lines, *(f"{_key(id_)} = {toml(list(found))}" for id_, found in names.items())]) + "\n"


def operators_toml(imported: Imported) -> str:
    """The text of our table of operators."""
    lines = [
        "# Imported by: holdfast import. What the fields mean: game/characters/tables/operators.toml",
        "",
        "[ranges]",
    ]
    lines += [f"{toml(name)} = {toml(rows)}" for name, rows in imported.ranges.items()]
    for name, fields in imported.operators.items():
        lines += ["", f"[{_key(name)}]"]
        for field, value in fields.items():
            if field in ("phases", "bonuses", "effects", "missing"):
                lines += [f"{field} = [", *(f"  {toml(one)}," for one in value), "]"]
            elif field not in ("name", "skills"):
                lines.append(f"{field} = {toml(value)}")
        for skill in fields.get("skills", ()):
            lines += ["", f"[[{_key(name)}.skills]]", *(f"{field} = {toml(value)}" for field, value in skill.items())]
    return "\n".join(lines) + "\n"


def enemies_toml(imported: Imported) -> str:
    """The text of our table of enemies."""
    lines = ["# Imported by: holdfast import. game/characters/tables/enemies.toml says what the fields mean."]
    for id_, fields in imported.enemies.items():
        lines += ["", f"[{_key(id_)}]", *(f"{field} = {toml(value)}" for field, value in fields.items())]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value in TOML. Texts are written as in JSON, which TOML reads the same way (but for U+007F)."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def drawing(grids: Iterable[Mapping[str, int]]) -> list[str]:
    """The drawing of a range of the public tables, whose rows count upwards (see `catalogue.offsets_of`)."""
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


def report(imported: Imported) -> str:
    """The text of the report: what is missing of each operator and enemy, and the broken entries."""
    lines = []
    entries = {**imported.operators, **imported.enemies}
    for name, missing in imported.missing().items():
        skill = without(entries[name])
        said = f"whole but for its skill {skill}:" if skill else "not played:" if missing else "whole"
        lines += [f"{name}: {said}", *(f"  {words}" for words in missing)]
    return "\n".join([*lines, *imported.broken]) + "\n"


def _key(name: str) -> str:
    """A name as a TOML key."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _free(name: str, id_: str, taken: Mapping[str, Any]) -> str:
    """A name that is not taken: with the id after it where two operators share a name."""
    return f"{name} ({id_})" if name in taken or name == "ranges" else name


def _drawings(id_: str, fields: Mapping[str, Any], tables: Tables) -> dict[str, list[str]]:
    """The drawings of an operator's ranges by name; TableError where range_table lacks one."""
    phases = (*fields["phases"], *fields.get("summon", {}).get("phases", ()))
    named = {phase["range"] for phase in phases}
    ranged = (*fields.get("skills", ()), *fields.get("bonuses", ()))
    named |= {name for one in ranged for name in _ranges_of(one)}
    try:
        return {name: drawing(tables.ranges[name]["grids"]) for name in named}
    except (KeyError, TypeError, ValueError) as error:
        reason = f"range_table does not draw its ranges ({type(error).__name__}: {error})"
        raise TableError(f"character_table: {id_}: {reason}") from None


def _ranges_of(skill: Mapping[str, Any]) -> list[str]:
    """The names of the ranges that a skill has at its levels."""
    named = skill.get("range", [])
    return [named] if isinstance(named, str) else list(named)


def _found(paths: Sequence[str | Path]) -> dict[str, Path]:
    """The file of each public table by the table's name."""
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
            raise TableError(f"{path}: is not named like a public table: {', '.join(FILES)}")
        else:
            here = {path.stem: path}
        found |= here
    if "character_table" in found:
        lacking = [name for name in ("skill_table", "range_table") if name not in found]
        if lacking:
            raise TableError(f"{found['character_table']}: needs {' and '.join(lacking)} too; name them as well")
    elif "enemy_database" not in found:
        raise TableError(f"{next(iter(found.values()))}: is of no use alone; add character_table or enemy_database")
    return found


def _read(files: Mapping[str, Path]) -> Tables:
    """The tables of these files; tables that are not given are empty."""
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
    """Whether an entry, or the first of its levels, has a key."""
    first = entry[0] if isinstance(entry, list) and entry else entry
    return isinstance(first, dict) and mark in first


def _by_id(file: Path, data: Any) -> Mapping[str, Any]:
    """A table by id: an object, or a list of Key and Value; either may be wrapped in one object under its name."""
    if isinstance(data, dict) and len(data) == 1 and next(iter(data)) in FILES.values():
        data = next(iter(data.values()))
    if isinstance(data, dict) and "levelInfoList" in data and isinstance(data.get("enemyData"), dict):
        data = data["enemyData"]  # the newer handbook has lists beside it
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        rows = [{key.lower(): value for key, value in row.items()} for row in data]
        data = {row["key"]: row["value"] for row in rows if "key" in row and "value" in row}
    if not isinstance(data, dict) or not data:
        raise TableError(f"{file}: has no entries by id; give the table as the game's data has it")
    return data

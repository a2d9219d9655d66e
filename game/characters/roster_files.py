"""The files that rosters come in: the operator box that MAA exports (JSON), CSV, and TOML of ours.

All three become a `Box`: one `OwnedOperator` for each entry, and a line for each entry that cannot be read. Whether an
operator exists and can have such a build is checked by `game.characters.roster`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from game.errors import TableError
from game.texts import READ, read_texts

FIELDS = ("elite", "level", "skill", "skill_level", "trust", "potential")
"""The fields of a `Build`, as files may give them."""
WORDS = {
    "name": "name operator 干员 名称 名字 干员名 干员名称 名前 オペレーター",
    "id": "id char_id charid 干员id",
    "elite": "elite promotion 精英 精英化 精英等级 精英化等级 昇進",
    "level": "level lv lvl 等级 干员等级 レベル",
    "skill": "skill",
    "skill_level": "skill_level skilllevel mainskilllevel 技能等级 スキルレベル",
    "trust": "trust 信赖 信赖值 信赖度 信頼度",
    "potential": "potential potentiality 潜能 潜能等级 潜在能力",
    "own": "own owned 拥有 已拥有 是否拥有",
    "rarity": "rarity 星级 稀有度 レアリティ",
}
"""The words that files use for the fields, in lower case; MAA's own are the first of each, and mainSkillLevel."""
KEYS = {word: key for key, words in WORDS.items() for word in words.split()}
LISTS = ("own_opers", "all_opers", "all_oper", "operator", "operators", "details")
"""Keys under which a JSON object may have its entries; the first one present counts. A callback of MAA has them inside
`details`."""
HIGHEST = {"elite": 2, "level": 90, "skill": 3, "skill_level": 10, "trust": 200, "potential": 6}
"""The highest values of any operator."""
YES, NO = ("true", "yes", "y", "1", "是", "有", "已拥有", "√"), ("false", "no", "n", "0", "否", "无", "未拥有")
NUMBER = re.compile(r"(?:lv\.?|e|精英|精)?\s*([0-9]{1,9})(?:\.0*)?\s*%?", re.IGNORECASE)
"""A number as people write it into a table: 60, Lv.60, E2, 100 %."""
LONGEST_NAME = 40
"""Most characters of a name that a message shows."""


class OwnedOperator(msgspec.Struct, frozen=True, kw_only=True):
    """One operator of a player, with what is known of its build; None means not known."""

    name: str = ""
    id: str = ""
    elite: int | None = None
    level: int | None = None
    skill: int | None = None
    skill_level: int | None = None
    trust: int | None = None
    potential: int | None = None


class Box(NamedTuple):
    """The content of a file, entry by entry."""

    entries: tuple[tuple[str, OwnedOperator, bool], ...]
    """The place of each, for messages; the entry; whether it is owned."""
    problems: tuple[str, ...]
    """A line for each entry that cannot be read."""
    notes: tuple[str, ...]


def known(entry: OwnedOperator) -> dict[str, int]:
    """The fields that an entry gives."""
    return {key: getattr(entry, key) for key in FIELDS if getattr(entry, key) is not None}


def shown(name: str) -> str:
    """A name for a message: in one line, and not too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}..."


def _written(value: Any) -> str:
    """A value of a file for a message."""
    try:
        return shown(repr(value))
    except ValueError:  # Python refuses to write a number of more than 4300 digits
        return "a huge number"


def read_box(path: Path, is_known: Callable[[OwnedOperator], bool] = lambda _: True) -> Box:
    """The entries of a file; where its encoding is not certain, in the one in which most entries are known.

    Raises TableError, in one line with the path, where it cannot be read as one of the three, or where its encoding is
    not certain and no entry is known in any.
    """
    try:
        readings = read_texts(path)
    except FileNotFoundError:
        raise TableError(f"{path}: there is no such file") from None
    except (OSError, UnicodeError, ValueError) as error:
        raise TableError(f"{path}: cannot be read: {error}") from None
    boxes, errors = [], []
    for text in readings.texts:
        try:
            boxes.append(_box_of(text, path))
        except TableError as error:
            errors.append(error)
    if not boxes:
        raise errors[0]
    counts = [sum(is_known(entry) for _, entry, _ in box.entries) for box in boxes]
    if not readings.certain and not any(counts):
        raise TableError(f"{path}: names no known operator in any encoding that is read ({READ}); save it as UTF-8")
    return boxes[counts.index(max(counts))]


def _box_of(text: str, path: Path) -> Box:
    """The entries of a file with this text. Raises TableError as `read_box` does."""
    kind, start = path.suffix.lower(), text.lstrip()
    try:
        if kind == ".toml" or start.startswith("[[operator]]"):
            return _of_toml(text)
        return _of_json(text) if kind == ".json" or start[:1] in ("[", "{") else _of_csv(text)
    except (ValueError, msgspec.DecodeError, csv.Error) as error:
        raise TableError(f"{path}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise TableError(f"{path}: is nested too deeply to be a roster") from None


def _of_json(text: str) -> Box:
    """The entries of an operator box of MAA."""
    data, notes = msgspec.json.decode(text), []
    while isinstance(data, dict):
        if data.get("done") is False:
            notes.append("the recognition was not finished (done is false): operators may be missing")
        data = next((data[key] for key in LISTS if isinstance(data.get(key), list | dict) and data[key]), None)
    if not isinstance(data, list):
        raise TableError("holds no operators: a list of them is expected, alone or under own_opers")
    return _box([(f"entry {number}", one) for number, one in enumerate(data, 1)], tuple(notes))


def _of_toml(text: str) -> Box:
    """The entries of a roster or a squad in TOML; unlike exports of other programs it may have no unknown keys."""
    data = tomllib.loads(text)
    entries = data.get("operator", [])
    if set(data) - {"operator"} or not isinstance(entries, list):
        raise TableError('write one [[operator]] table for each operator, with name = "Fang" and its build')
    return _box([(f"operator {number}", one) for number, one in enumerate(entries, 1)], strict=True)


def _of_csv(text: str) -> Box:
    """The entries of a table whose first row names the columns."""
    lines = text.splitlines()
    separator = max(",;\t", key=lines[0].count) if lines else ","
    if lines and lines[0].lower().startswith("sep="):  # Excel's own way to say it
        separator, lines[0] = lines[0][4:5] or ",", ""
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    header = next((row for row in rows if any(map(str.strip, row))), [])
    names = [_key(cell) for cell in header]
    if not {"name", "id"} & set(names):
        raise TableError(
            "is no roster: the first row names neither a column name nor id; write for example "
            "name,elite,level,skill_level,trust,potential"
        )
    other = [shown(cell.strip()) for cell, name in zip(header, names, strict=True) if name not in KEYS.values()]
    notes = (f"columns that are not read: {', '.join(other)}",) if any(other) else ()
    found = [(f"line {rows.line_num}", _cells(names, row)) for row in rows if any(map(str.strip, row))]
    return _box(found, notes)


def _cells(names: list[str], row: list[str]) -> dict[str, str]:
    """A row's cells that are filled in, by the names of their columns; of two with one name the first counts."""
    cells: dict[str, str] = {}
    for name, cell in zip(names, row, strict=False):
        if cell.strip():
            cells.setdefault(name, cell.strip())
    return cells


def _key(word: Any) -> str:
    """Our name of a field for a file's word; an unknown word stays, in lower case."""
    plain = str(word).strip().lower()
    return KEYS.get(plain.replace(" ", "_").replace("-", "_"), plain)


def _box(found: list[tuple[str, Any]], notes: tuple[str, ...] = (), *, strict: bool = False) -> Box:
    """The box of raw entries by their places."""
    entries, problems = [], []
    for place, raw in found:
        where = f"{place} ({shown(_text(raw))})" if _text(raw) else place
        try:
            fields = _fields(raw, strict=strict)
            own = is_owned(fields.pop("own", True))
            entries.append((where, _entry(fields), own))
        except TableError as error:
            problems.append(f"{where}: {error}")
    return Box(tuple(entries), tuple(problems), notes)


def _text(raw: Any) -> str:
    """The name or id of a raw entry, for messages; empty if it has neither."""
    named = {_key(key): value for key, value in raw.items()} if isinstance(raw, dict) else {}
    return next((value for key in ("name", "id") if isinstance(value := named.get(key), str) and value), "")


def _fields(raw: Any, *, strict: bool) -> dict[str, Any]:
    """A raw entry by our names of the fields, without those that are empty."""
    if not isinstance(raw, Mapping):
        raise TableError(f"is {_written(raw)}, not the fields of an operator")
    named = {_key(key): value for key, value in raw.items()}
    wrong = [key for key in named if key not in WORDS]
    if strict and wrong:
        raise TableError(f"unknown key {shown(wrong[0])!r}; known are name, id, {', '.join(FIELDS)}")
    return {key: value for key, value in named.items() if key in WORDS and value not in (None, "")}


def is_owned(value: Any) -> bool:
    """Whether a field `own` says yes. Raises TableError where it says neither yes nor no."""
    word = str(value).strip().lower()
    if word not in (*YES, *NO):
        raise TableError(f"own is {_written(value)}; write true or false")
    return word in YES


def _entry(fields: Mapping[str, Any]) -> OwnedOperator:
    """The entry of fields by our names. Raises TableError for what no operator can have."""
    texts = {}
    for key in ("name", "id"):
        if key in fields and not isinstance(fields[key], str):
            raise TableError(f"{key} is {_written(fields[key])}, not text")
        texts[key] = fields.get(key, "").strip()
    if not any(texts.values()):
        raise TableError("has neither name nor id")
    numbers: dict[str, Any] = dict(_numbers(fields))
    return OwnedOperator(**texts, **numbers)


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The numbers of fields, without those that are not known: recognition that fails writes a level, skill level or
    potential of 0.
    """
    for key in FIELDS:
        if key in fields:
            number = number_of(key, fields[key])
            if number or key not in ("level", "potential", "skill_level"):
                yield key, number


def number_of(key: str, value: Any) -> int:
    """A field's value as a whole number. TableError where it is not one, or beyond what any operator can have."""
    match = NUMBER.fullmatch(_written(value).strip("' ")) if isinstance(value, int | float | str) else None
    if match is None or isinstance(value, bool):
        raise TableError(f"{key} is {_written(value)}; write a whole number from 0 to {HIGHEST[key]}")
    number = int(match[1])
    if number > HIGHEST[key]:
        raise TableError(f"{key} is {number}; the highest of any operator is {HIGHEST[key]}")
    return number

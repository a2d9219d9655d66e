"""The tables of operators and enemies as one immutable `Catalogue`, which is passed to all that need it.

`load_catalogue()` gives the tables that come with Holdfast, `load_catalogue(folder)` the same with a user's own tables
laid over them: an entry with the same name replaces the shipped one in its place, others come after.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from game.characters.builds import CHANGING, operator_of
from game.characters.devices import Device, unit_of
from game.characters.models import Build, Character, Enemy, Offset, Operator
from game.errors import TableError

T = TypeVar("T")
Ranges = Mapping[str, tuple[Offset, ...]]
Table = tuple[str, dict[str, Any]]
"""A table's name in errors, and its entries by name."""
ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
"""Accents of Latin letters as characters of their own (Unicode's decomposed form); Japanese marks are not included."""

OPERATORS, ENEMIES, DEVICES, NAMES = "operators.toml", "enemies.toml", "devices.toml", "names.toml"
GUESTS, NEWCOMERS = "guests.toml", "newcomers.toml"
"""The tables' files. DEVICES, GUESTS and NEWCOMERS come with Holdfast alone; NAMES, which only a user's own tables may
have, adds names to operators: lists by public id."""

TOLD_ONLY = ("chinese", "missing_chinese")
"""Fields of the table of enemies for readers: no battle depends on them, so that they are not the enemies' own."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All operators and enemies there are. Mappings keep the order of the tables and cannot be changed."""

    characters: Mapping[str, Character]
    """By English name."""
    ranges: Ranges
    """Ranges by the name under which the tables draw them."""
    enemies: Mapping[str, Enemy]
    """By name, each with the numbers of its first id."""
    enemies_by_id: Mapping[str, Enemy]
    """By the public ids of the level format; ids of one kind may have different numbers."""
    devices: Mapping[str, Device]
    """The devices that levels give the player, by the public ids of the level format."""
    guests: Mapping[str, Character]
    """Operators of levels that no squad has, by public id; one of `characters` goes before them."""
    newcomers: Mapping[str, Enemy]
    """Enemies of late chapters, by public id; one of `enemies_by_id` or `enemies` goes before them."""
    chinese: Mapping[str, str]
    """The Chinese of the tables' English: of operators' and enemies' names, and of what is said of them as missing."""

    @cached_property
    def operators(self) -> Mapping[str, Operator]:
        """All operators by English name, each at the default build."""
        return MappingProxyType({name: operator_of(one, Build()) for name, one in self.characters.items()})

    @cached_property
    def kinds(self) -> Mapping[str, Enemy]:
        """The kinds (looks) of enemies, each with the enemy that gave it its name."""
        return MappingProxyType({name: enemy for name, enemy in self.enemies.items() if enemy.kind == name})

    def find_character(self, name: str) -> Character | None:
        """The character of a name in any language, of another spelling of it, or of a public id.

        Case, width of letters, accents, spaces, quotes and hyphens do not matter.
        """
        return self._any_name.get(_folded(name))

    def find_friend(self, id_: str) -> Character | None:
        """The character of a public id whom a level brings itself."""
        return self.find_character(id_) or self.guests.get(id_)

    def find_enemy(self, name: str) -> Enemy | None:
        """The enemy of a public id, or of one of our own names."""
        return self.enemies_by_id.get(name) or self.enemies.get(name) or self.newcomers.get(name)

    @cached_property
    def _any_name(self) -> dict[str, Character]:
        """All characters by each of their names, folded; own names go before Chinese ones, these before others."""
        found: dict[str, Character] = {}
        for names_of in (_own_names, lambda one: (one.chinese,), lambda one: one.other_names):
            for one in self.characters.values():
                for name in filter(None, map(_folded, names_of(one))):
                    found.setdefault(name, one)
        return found


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The shipped tables; with a folder, as `holdfast import` writes it, its tables laid over them.

    Raises TableError, in one line, where the folder holds no table or a table is broken.
    """
    if folder is None:
        return _shipped()
    if not any((folder / name).is_file() for name in (OPERATORS, ENEMIES, NAMES)):
        raise TableError(f"{folder}: holds neither {OPERATORS} nor {ENEMIES}; make them with: holdfast import TABLE...")
    operators, enemies = ([_shipped_table(name), *_own_table(folder / name)] for name in (OPERATORS, ENEMIES))
    return catalogue_of(operators, enemies, _own_table(folder / NAMES))


@cache
def _shipped() -> Catalogue:
    """The catalogue of the shipped tables; it is immutable, so one is enough for the process."""
    return catalogue_of([_shipped_table(OPERATORS)], [_shipped_table(ENEMIES)])


def _devices() -> dict[str, Device]:
    """The shipped devices by id."""
    table, entries = _shipped_table(DEVICES)
    ranges = {name: offsets_of(table, name, drawing) for name, drawing in entries.pop("ranges", {}).items()}
    drawn = {name: {**one, "range": ranges[one["range"]]} if "range" in one else one for name, one in entries.items()}
    found = [_convert(table, name, {"name": name, **entry}, Device) for name, entry in drawn.items()]
    for one in found:
        unit_of(one)  # TableError here, not in a battle, where skill or effects do not fit
    return {id_: one for one in found for id_ in one.ids}


@cache
def _guests() -> Mapping[str, Character]:
    """The shipped operators of levels by id."""
    table = _shipped_table(GUESTS)
    return {one.id: one for one in _characters(*table, dict(_ranges([table]))).values()}


@cache
def _newcomers() -> Mapping[str, Enemy]:
    """The shipped enemies of late chapters by id."""
    table, entries = _shipped_table(NEWCOMERS)
    found: dict[str, Enemy] = {}
    for id_, entry in entries.items():
        one, variants = _enemy(table, id_, {**entry, "ids": [id_]})
        found |= {id_: one, **variants}
    for id_ in found:
        _check_splitting(id_, found)
    return found


def catalogue_of(operators: list[Table], enemies: list[Table], names: Iterable[Table] = ()) -> Catalogue:
    """The catalogue of tables of operators and of enemies, each laid over those before it. Raises TableError.

    Tables of `names` add to the names of operators.
    """
    ranges = dict(_ranges(operators))
    characters: dict[str, Character] = {}
    for table, entries in operators:
        characters |= _characters(table, entries, ranges)
    for table, entries in names:
        characters = dict(_named(table, entries.get("names", {}), characters))
    own, by_id = _enemies(enemies)
    told = _translations([_shipped_table(NEWCOMERS), *operators, *enemies, _shipped_table(GUESTS)])
    found = (characters, ranges, own, by_id, _devices(), _guests(), _newcomers(), dict(told))
    return Catalogue(*(MappingProxyType(one) for one in found))  # type: ignore[arg-type]


class _Bilingual(msgspec.Struct):
    """What an entry says in both languages; texts of `missing_chinese` stand in the order of those of `missing`."""

    chinese: str = ""
    missing: list[str] = []
    missing_chinese: list[str] = []


def _translations(tables: list[Table]) -> Iterator[tuple[str, str]]:
    """The names and texts of all tables with their Chinese. Raises TableError where these are no texts."""
    for table, entries in tables:
        for name, entry in entries.items():
            for one in (entry, *entry.get("variants", {}).values()):
                told = _convert(table, name, one, _Bilingual)
                yield from [(one.get("name", name), told.chinese)] if told.chinese else []
                yield from zip(told.missing, told.missing_chinese, strict=False)


def _own_names(character: Character) -> tuple[str, ...]:
    """The names that no other character has."""
    return character.name, character.id


def _folded(name: str) -> str:
    """A name without what players leave out or write differently: case, width, accents, spaces and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = (one for one in letters if not unicodedata.category(one).startswith(("P", "Z")) and one not in ACCENTS)
    return unicodedata.normalize("NFC", "".join(kept)) or name.strip()


def _named(
    table: str, names: Mapping[str, Any], characters: Mapping[str, Character]
) -> Iterator[tuple[str, Character]]:
    """The characters with the names that a table gives for their ids. TableError where one is not a list of texts."""
    for name, one in characters.items():
        more = names.get(one.id, [])
        if not isinstance(more, list) or not all(isinstance(word, str) for word in more):
            raise TableError(f"{table}: names.{one.id}: is {more!r}; write a list of names")
        known = [word for word in dict.fromkeys((*one.other_names, *more)) if word not in (one.name, one.chinese)]
        yield name, msgspec.structs.replace(one, other_names=tuple(known)) if more else one


def id_at(id_: str, level: int) -> str:
    """The id under which a table has an enemy at a level; a level file's `enemyDbRefs` may ask for one above 0."""
    return f"{id_}@{level}" if level else id_


def _characters(table: str, entries: Mapping[str, Any], ranges: Ranges) -> dict[str, Character]:
    """The characters of a table, after a check that there are numbers for each phase and skill."""
    found = {}
    for name, entry in entries.items():
        if name != "ranges":
            drawn = _with_ranges(table, name, _without(entry, "missing_chinese"), ranges)
            found[name] = _convert(table, name, {"name": name, **drawn}, Character)
            _check_changes(table, found[name])
            _check_builds(table, found[name])
    return found


def _with_ranges(table: str, name: str, entry: Mapping[str, Any], ranges: Ranges) -> dict[str, Any]:
    """An entry whose phases and skills have offsets where the table has the names of ranges."""

    def drawn(part: str, value: Any) -> Any:
        if not isinstance(value, str) or value not in ranges:
            raise TableError(f"{table}: {name}.{part}: {value!r} is not drawn under [ranges]")
        return ranges[value]

    def replaced(part: str, one: Any) -> Any:
        if not isinstance(one, dict) or "range" not in one:
            return one
        value = one["range"]
        return one | {"range": [drawn(part, each) for each in value] if isinstance(value, list) else drawn(part, value)}

    def replaced_in(entry: Mapping[str, Any], where: str = "") -> dict[str, Any]:
        lists = {part: entry[part] for part in ("phases", "skills", "bonuses") if isinstance(entry.get(part), list)}
        return {**entry, **{part: [replaced(where + part, one) for one in value] for part, value in lists.items()}}

    own = {"summon": replaced_in(summon, "summon.")} if isinstance(summon := entry.get("summon"), dict) else {}
    return replaced_in(entry) | own


def _check_changes(table: str, character: Character) -> None:
    """Raise TableError where trust, potentials or bonuses change a number that an operator does not have."""
    kinds = [kind for bonus in character.bonuses for kind in (bonus.add, bonus.scale, bonus.factor)]
    named = {key for changes in (character.trust, *character.potentials, *kinds) for key in changes}
    if named - set(CHANGING):
        raise TableError(f"{table}: {character.name}: {min(named - set(CHANGING))!r} is none of {', '.join(CHANGING)}")


def _check_builds(table: str, character: Character) -> None:
    """Raise TableError where a phase or a skill of a character has no numbers."""
    for elite in range(len(character.phases)):
        for skill in range(1, min(len(character.skills), elite + 1) + 1):
            try:
                operator_of(character, Build(elite=elite, skill=skill, potential=6))
            except TableError as error:
                raise TableError(f"{table}: {error}") from None


def _enemies(tables: list[Table]) -> tuple[dict[str, Enemy], dict[str, Enemy]]:
    """The enemies of all tables by name, and by id with the numbers of each id."""
    own: dict[str, Enemy] = {}
    variants: dict[str, dict[str, Enemy]] = {}
    for table, entries in tables:
        for name, entry in entries.items():
            own[name], variants[name] = _enemy(table, name, entry)
    unknown = {enemy.kind for enemy in own.values()} - set(own)
    if unknown:
        raise TableError(f"{ENEMIES}: kind {min(unknown)!r} is no enemy's name; name the enemy it looks like")
    for name in own:
        _check_splitting(name, own)
    by_id: dict[str, Enemy] = {}
    for name, enemy in own.items():
        by_id |= dict.fromkeys(enemy.ids, enemy) | variants[name]
    return own, by_id


def _enemy(table: str, name: str, entry: Mapping[str, Any]) -> tuple[Enemy, dict[str, Enemy]]:
    """An enemy, and its variants by id."""
    variants = _tables_in(table, f"{name}.variants", entry.get("variants", {}))
    own = {"name": name, "kind": name, **_without(entry, "variants", *TOLD_ONLY)}
    return _convert(table, name, own, Enemy), {
        id_: _convert(table, f"{name}.variants.{id_}", {**own, **_without(other, *TOLD_ONLY), "ids": [id_]}, Enemy)
        for id_, other in variants.items()
    }


def _without(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """An entry without some of its fields."""
    return {name: value for name, value in entry.items() if name not in names}


def _check_splitting(name: str, known: Mapping[str, Enemy]) -> None:
    """Raise TableError where an enemy splits into one that does not exist, or without end."""
    line = [name]
    while into := known[line[-1]].splits_into:
        if into not in known or into in line:
            wrong = "splits into itself" if into in line else f"there is no enemy {into!r}"
            raise TableError(f"{ENEMIES}: {name}.splits_into: {wrong}")
        line.append(into)


def _ranges(tables: list[Table]) -> Iterator[tuple[str, tuple[Offset, ...]]]:
    """The ranges that tables of operators draw, by name."""
    for table, entries in tables:
        for name, drawing in entries.get("ranges", {}).items():
            yield name, offsets_of(table, name, drawing)


def offsets_of(table: str, name: str, drawing: Any) -> tuple[Offset, ...]:
    """The offsets that the drawing of a range covers. Raises TableError for anything but lines of @ or o, # and dots.

    `@` is an operator that faces RIGHT and covers its own tile, `o` one that does not; `#` is a covered tile.
    """
    texts = isinstance(drawing, list) and all(isinstance(line, str) for line in drawing)
    lines = drawing if texts else []
    marks = {(row, col): mark for row, line in enumerate(lines) for col, mark in enumerate(line)}
    own = [tile for tile, mark in marks.items() if mark in "@o"]
    if len(own) != 1 or set(marks.values()) - set("@o#."):
        raise TableError(f"{table}: ranges.{name}: draw one @ (or o), and around it only # and .")
    row, col = own[0]
    return tuple(sorted((there - row, across - col) for (there, across), mark in marks.items() if mark in "@#"))


def _shipped_table(name: str) -> Table:
    """A table that comes with Holdfast."""
    text = resources.files("game.characters").joinpath("tables", name).read_text(encoding="utf-8")
    return name, parsed(name, text)


def _own_table(file: Path) -> list[Table]:
    """A user's own table; none where the file does not exist."""
    if not file.is_file():
        return []
    try:
        return [(str(file), parsed(str(file), file.read_text(encoding="utf-8-sig")))]
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{file}: cannot be read: {error}") from None


def parsed(table: str, text: str) -> dict[str, Any]:
    """The entries of a table by name, from its text. TableError where it is not TOML, or an entry is not a table."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TableError(f"{table}: is not TOML: {error}") from None
    return _tables_in(table, "", data)


def _tables_in(table: str, place: str, value: Any) -> dict[str, Any]:
    """A value that must hold tables by name."""
    entries = value if isinstance(value, dict) else {"": value}
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            where = ".".join(part for part in (place, name) if part)
            raise TableError(f"{table}: {where}: is {entry!r}; write a table, [{where}]")
    return entries


def _convert(table: str, name: str, entry: dict[str, Any], kind: type[T]) -> T:
    """One entry of a table as its type; a TableError names the field that does not fit."""
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise TableError(f"{table}: {name}: {error}") from None

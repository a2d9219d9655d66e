"""Which stages the game has, and how players name them: by code, by name, by the ids of a stage and of its level.

The facts come from a table of stages: the game's own `stage_table.json`, `overview.json` of Arknights-Tile-Pos, or
MAA's `stages.json`. The number in a level file's name is not the stage's code: level_main_09-05 is 9-6.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from game.errors import StageError

TABLES = ("stage_table.json", "tile_pos_overview.json", "overview.json", "stages.json")
"""The files that list stages, the one that knows most first."""
CHALLENGE, SIX_STARS = "#f#", "#s"
"""What follows the id of a stage in its challenge mode, and in its mode of six stars; the level is the same."""
DIFFICULTIES = {
    "easy": "easy_", "story": "easy_", "简单": "easy_", "剧情": "easy_",
    "standard": "main_", "normal": "main_", "标准": "main_", "普通": "main_",
    "hard": "tough_", "tough": "tough_", "adverse": "tough_", "困难": "tough_", "磨难": "tough_",
}  # fmt: skip
"""Words that may follow a code, and how the ids of the stages of that difficulty begin. Chapters from 9 on have
several difficulties."""
CHALLENGE_WORDS = ("challenge", "cm", "突袭")
LISTED = 6
"""How many candidates an error lists."""
NEARBY = ("", "tables", "excel", "gamedata/excel")
"""Where, from a folder above a level file, a table of stages may lie."""
FOLDERS_UP = 6
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
"""Hyphens and dashes of all lengths, and the minus sign."""


class StageEntry(NamedTuple):
    """One stage of the game, as a table of stages knows it."""

    id: str
    """Without the mark of a mode: main_01-07."""
    code: str
    level: str
    """The id of its level in lower case, which ends with the name of the level's file: obt/main/level_main_01-07."""
    names: tuple[str, ...] = ()
    """In the languages of the tables."""

    @property
    def stem(self) -> str:
        """The name of its level's file, without ending."""
        return self.level.rpartition("/")[2]

    @property
    def title(self) -> str:
        """The first of its names, or nothing."""
        return self.names[0] if self.names else ""


class NamedStage(NamedTuple):
    """What a name means: a stage, and whether its challenge mode is named."""

    entry: StageEntry
    challenge: bool


@dataclass(frozen=True, eq=False)
class StageIndex:
    """All stages of the tables, and the level files there are by their names without ending, in lower case."""

    entries: tuple[StageEntry, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)

    def find(self, name: str) -> NamedStage:
        """The stage of a code, a name, or an id of a stage or its level, in any case, width and spacing.

        A code or name may be followed by a difficulty (`DIFFICULTIES`); without it, standard is meant where there are
        several. Raises StageError, in one line: with the candidates where several stages have the name, with the
        nearest where none has it.
        """
        wanted = plain(name)
        if wanted in self._ids:
            return NamedStage(self._ids[wanted], challenge=False)
        if wanted.endswith(CHALLENGE) and wanted.removesuffix(CHALLENGE) in self._ids:
            return NamedStage(self._ids[wanted.removesuffix(CHALLENGE)], challenge=True)
        if wanted.endswith(SIX_STARS) and wanted.removesuffix(SIX_STARS) in self._ids:
            raise StageError(f"{name}: the mode of six stars is not played; name {name.strip()[: -len(SIX_STARS)]}")
        for key, difficulty, challenge in _readings(wanted):
            if found := self._names.get(key):
                return NamedStage(_chosen(name, found, difficulty), challenge)
        raise StageError(f"there is no stage {name!r}{self._nearest(wanted)}")

    def of_file(self, file: Path) -> StageEntry | None:
        """The stage whose level has this file's name, if a table knows it."""
        return self.levels.get(file.stem.lower())

    @cached_property
    def levels(self) -> dict[str, StageEntry]:
        """The stages by the names of their level files, in lower case, without ending; of each level the plainest."""
        found: dict[str, StageEntry] = {}
        for entry in sorted(self.entries, key=_plainness):
            found.setdefault(entry.stem, entry)
        return found

    @cached_property
    def _ids(self) -> dict[str, StageEntry]:
        """The stages by every name that means exactly one; a file that no table knows is a stage of the file's name."""
        found = {plain(entry.id): entry for entry in self.entries}
        for entry in self.levels.values():
            for name in (entry.level, entry.stem):
                found.setdefault(plain(name), entry)
        for stem in self.files:
            found.setdefault(plain(stem), StageEntry(stem, stem, stem))
        return found

    @cached_property
    def _names(self) -> dict[str, list[StageEntry]]:
        """All stages by code and by name; a word that is a code of some stage is not looked up as a name."""
        codes = _by_name((entry, (entry.code,)) for entry in self.entries)
        return _by_name((entry, entry.names) for entry in self.entries) | codes

    def _nearest(self, wanted: str) -> str:
        """The end of an error: names that are like a wrong one or, without any table, where names come from."""
        if not self.entries:
            return "; the stages of the game are known after: holdfast gamedata use FOLDER (or: gamedata update)"
        known = {plain(entry.code): entry.code for entry in self.entries}
        known |= {plain(name): name for entry in self.entries for name in entry.names}
        known |= {plain(entry.id): entry.id for entry in self.entries}
        near = get_close_matches(wanted, known, 3, 0.6)
        return f"; did you mean {' or '.join(known[key] for key in near)}?" if near else ""


def plain(name: str) -> str:
    """A name without what does not matter: case, width of letters, kind of dash, spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_DASHES)
    return "".join(folded.split()).removesuffix(".json")


def _readings(wanted: str) -> Iterator[tuple[str, str, bool]]:
    """What a plain name may mean: code or name, start of the ids of a difficulty (or nothing), and challenge mode."""
    yield wanted, "", False
    bare = wanted.rstrip(")]")
    for word in (*CHALLENGE_WORDS, CHALLENGE):
        if bare.endswith(word):
            rest = bare.removesuffix(word).rstrip("([-_:,")
            yield from ((key, difficulty, True) for key, difficulty, _ in _readings(rest))
    for word, difficulty in DIFFICULTIES.items():
        if bare.endswith(word):
            yield bare.removesuffix(word).rstrip("([-_:,"), difficulty, False


def _chosen(name: str, found: list[StageEntry], difficulty: str) -> StageEntry:
    """The one stage that is meant of those with one name. Raises StageError where several, or none, can be."""
    begins = {"": "main_"}.get(difficulty, difficulty)
    meant = [entry for entry in found if entry.id.startswith(begins)]
    if begins == "main_":
        meant += [entry for entry in found if not entry.id.startswith(("main_", "easy_", "tough_"))]
    if not meant and difficulty:
        raise StageError(f"{name}: there is no stage of this difficulty, only {_listed(found)}")
    levels = {entry.level: entry for entry in sorted(meant or found, key=_plainness, reverse=True)}
    if len(levels) > 1:
        candidates = sorted(levels.values(), key=lambda entry: entry.id)
        raise StageError(f"{name}: {len(levels)} stages have this name; give the id of one: {_listed(candidates)}")
    return next(iter(levels.values()))


def _plainness(entry: StageEntry) -> tuple[bool, int, str]:
    """A key by which the plainest of the stages that share a level comes first: no emergency, no extra mode."""
    return "_e_" in entry.id, len(entry.id), entry.id


def _listed(entries: list[StageEntry]) -> str:
    """Candidates for an error: their ids, each with its name."""
    shown = [f"{entry.id} ({entry.title or entry.code})" for entry in entries[:LISTED]]
    more = len(entries) - LISTED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _by_name(named: Iterable[tuple[StageEntry, Iterable[str]]]) -> dict[str, list[StageEntry]]:
    """Stages by each of their plain names."""
    found: dict[str, list[StageEntry]] = {}
    for entry, names in named:
        for key in dict.fromkeys(map(plain, names)):
            found.setdefault(key, []).append(entry)
    return found


def read_stages(file: Path) -> list[StageEntry]:
    """The stages of a table of stages, each once. StageError where the file is broken or is not a table of stages."""
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = f"cannot be read as JSON ({type(error).__name__})"
        raise StageError(f"{file}: {reason}; take it from its source again") from None
    entries = list(merged(filter(None, map(_entry, _rows(data)))))
    if not entries:
        raise StageError(f"{file}: lists no stage with a stageId and a code; is it another table under this name?")
    return entries


def merged(entries: Iterable[StageEntry]) -> Iterator[StageEntry]:
    """Each stage once: the first code and level that are known of it, and all its names."""
    found: dict[str, StageEntry] = {}
    for entry in entries:
        known = found.get(entry.id, entry)
        level = known.level if "/" in known.level else entry.level
        found[entry.id] = known._replace(level=level, names=tuple(dict.fromkeys((*known.names, *entry.names))))
    yield from found.values()


def _rows(data: Any) -> list[Any]:
    """The entries of a table: a list, an object by id, or either under "stages"; lists of Key and Value too."""
    if isinstance(data, dict) and isinstance(data.get("stages"), dict | list):
        data = data["stages"]
    if isinstance(data, dict):
        return list(data.values())
    rows = data if isinstance(data, list) else []
    return [row.get("Value", row.get("value", row)) if isinstance(row, dict) else row for row in rows]


def _entry(row: Any) -> StageEntry | None:
    """One row of a table; None for rows without id or code."""
    if not isinstance(row, dict):
        return None
    id_, code = (_word(row.get(key)).split("#")[0] for key in ("stageId", "code"))
    if not id_ or not code:
        return None
    level = _word(row.get("levelId")).replace("\\", "/").lower() or f"level_{id_}".lower()
    name = _word(row.get("name"))
    return StageEntry(id_, code, level, (name,) if name else ())


def _word(value: Any) -> str:
    """A text in one line, without spaces around it; nothing for any other value."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) else ""


def index_near(file: Path) -> StageIndex:
    """The stages of the first table that lies beside a level file, or in a usual place above it; empty without one."""
    for folder in list(file.absolute().parents)[:FOLDERS_UP]:
        for place in (folder / part for part in NEARBY):
            for name in TABLES:
                if (place / name).is_file():
                    return _index_of(place / name)
    return StageIndex()


@cache
def _index_of(table: Path) -> StageIndex:
    """The stages of one table; none where it is broken, for a level file can be played without it."""
    try:
        return StageIndex(tuple(read_stages(table)))
    except StageError:
        return StageIndex()

"""What a user's folders of game data hold, and the file that remembers it.

A folder may be a clone of the game-data repository or a part of it, MAA's resource folder, or any folder with files of
the same names. `make_library` looks through the folders once, converts the tables of operators and enemies, and writes
what it found into `library.json`, which every command reads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from game.characters.catalogue import ENEMIES, NAMES, OPERATORS, Catalogue
from game.errors import LibraryError
from game.gamedata import names
from game.gamedata.importing import Imported, enemies_toml, import_tables, names_toml, operators_toml, report
from game.gamedata.stages import TABLES, StageEntry, StageIndex, merged, read_stages

VERSION = 1
FILE = "library.json"
CLONE = "clone"
"""The folder, beside `FILE`, of the copy that `holdfast gamedata update` makes."""
LANGUAGES = ("zh_CN", "en_US", "ja_JP", "ko_KR", "zh_TW")
"""The folders of the game's servers in a game-data repository; of files with one name the first server's counts."""
OPERATOR_TABLES = ("character_table", "skill_table", "range_table")
ENEMY_TABLES = ("enemy_database", "enemy_handbook_table")
AGAIN = "make it again with: holdfast gamedata use FOLDER (or: gamedata update)"


class Holdings(NamedTuple):
    """The files of game data in some folders. Files of one name are in the order of folders, then of `LANGUAGES`."""

    tables: dict[str, list[Path]]
    """By name without ending: the tables that are converted, battle_data, and tables of stages."""
    levels: dict[str, Path]
    """Level files by their name without ending, in lower case."""
    tiles: list[Path]
    """Files of Arknights-Tile-Pos, one a stage."""


class Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A user's copy of the game data as `library.json` remembers it."""

    version: int
    folders: tuple[str, ...]
    tables: str
    """The folder of the converted tables, beside the file; empty where there was none to convert."""
    stages: tuple[StageEntry, ...]
    levels: dict[str, str]
    """Paths of level files by their name without ending, in lower case."""
    counts: dict[str, int]
    """How much was found, by name."""
    missing: tuple[str, ...]
    """What was not found, each in a sentence."""

    def index(self) -> StageIndex:
        """The stages and their level files."""
        return StageIndex(self.stages, {stem: Path(path) for stem, path in self.levels.items()})


def read_library(place: Path) -> Library | None:
    """The library remembered in a folder; None where there is none. Raises LibraryError where it cannot be used."""
    file = place / FILE
    try:
        library = msgspec.json.decode(file.read_bytes(), type=Library)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(f"{file}: cannot be read: {error.strerror}; {AGAIN}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise LibraryError(f"{file}: is broken or of another version of Holdfast; {AGAIN}") from None
    if library.version != VERSION:
        raise LibraryError(f"{file}: is of version {library.version}, not {VERSION}; {AGAIN}")
    if library.tables and not (place / library.tables).is_dir():
        raise LibraryError(f"{place / library.tables}: the converted tables are gone; {AGAIN}")
    return library


def make_library(folders: Sequence[Path], place: Path, catalogue: Catalogue) -> Library:
    """Look through the folders, convert their tables, and remember both in `place`.

    What was remembered before stays in use until all is written. `catalogue` is the shipped one, whose names stay.
    Raises the errors of broken tables, and LibraryError for a folder that holds no game data.
    """
    folders = [folder.absolute() for folder in folders]
    holdings = survey(folders)
    stages = tuple(_stages(holdings))
    texts, counts, missing = _converted(holdings, catalogue)
    index = StageIndex(stages, holdings.levels)
    coded = sum(stem in index.levels for stem in holdings.levels)
    library = Library(
        version=VERSION,
        folders=tuple(map(str, folders)),
        tables=f"tables-{_digest(texts)}" if set(texts) & {OPERATORS, ENEMIES, NAMES} else "",
        stages=stages,
        levels={stem: str(path) for stem, path in holdings.levels.items()},
        counts={"levels": len(holdings.levels), "levels_with_code": coded, "stages": len(stages), **counts},
        missing=(*_stages_missing(holdings, index), *missing),
    )
    _write(library, texts, place)
    return library


def survey(folders: Sequence[Path]) -> Holdings:
    """The files of game data in folders. Raises LibraryError where one of them does not exist, or holds none."""
    found = Holdings({}, {}, [])
    for folder in folders:
        files = sorted(_files(folder), key=lambda file: (_rank(file.relative_to(folder)), str(file)))
        if not files:
            wanted = "no level_*.json, stage_table.json, character_table.json, overview.json or battle_data.json in it"
            raise LibraryError(
                f"{folder}: holds no game data: {wanted}; name a copy of the repository, or MAA's resource"
            )
        for file in files:
            stem = file.stem.lower()
            if "-level_" in stem:
                found.tiles.append(file)
            elif stem.startswith("level_"):
                found.levels.setdefault(stem, file)
            else:
                found.tables.setdefault(stem, []).append(file)
    return found


def _files(folder: Path) -> Iterator[Path]:
    """The files of game data, by their names, in a folder and all folders in it. LibraryError if there is no folder."""
    if not folder.is_dir():
        raise LibraryError(f"{folder}: there is no such folder")
    known = {f"{name}.json" for name in (*OPERATOR_TABLES, *ENEMY_TABLES, "battle_data")} | set(TABLES)
    for place, inside, files in os.walk(folder):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        for name in files:
            if name in known or (name.endswith(".json") and "level_" in name):
                yield Path(place, name)


def _rank(file: Path) -> int:
    """The place of a file's language among `LANGUAGES`, from 1; 0 for files in no language's folder."""
    found = [place for place, language in enumerate(LANGUAGES, 1) if language in file.parts]
    return found[0] if found else 0


def _stages(holdings: Holdings) -> Iterator[StageEntry]:
    """The stages of all tables of stages; without any, those that files of Tile-Pos name."""
    tables = [file for name in TABLES for file in holdings.tables.get(name.removesuffix(".json"), ())]
    files = tables or holdings.tiles
    return merged(entry for file in files for entry in read_stages(file))


def _stages_missing(holdings: Holdings, index: StageIndex) -> Iterator[str]:
    """What is missing of stages and levels, each in a phrase."""
    if not holdings.levels:
        yield "level files (level_*.json): stages have names, but cannot be played"
    if not index.entries:
        yield "a table of stages (stage_table.json, or overview.json of Arknights-Tile-Pos): levels have no codes"
    without = sum(stem not in index.levels for stem in holdings.levels)
    if index.entries and without:
        yield f"codes of {without} levels, which no table of stages names"
    lacking = len({entry.stem for entry in index.entries} - set(holdings.levels))
    if holdings.levels and lacking:
        yield f"level files of {lacking} levels that the table of stages names"


def _converted(holdings: Holdings, catalogue: Catalogue) -> tuple[dict[str, str], dict[str, int], list[str]]:
    """The texts of our tables by file name, counts, and what is missing, each in a sentence."""
    first = {name: files[0] for name, files in holdings.tables.items()}
    missing = []
    lacking = [f"{name}.json" for name in OPERATOR_TABLES if name not in first]
    wanted = [] if lacking else [first[name] for name in OPERATOR_TABLES]
    if lacking:
        missing.append(f"{', '.join(lacking)}: the operators are the included ones")
    if "enemy_database" in first:
        wanted += [first[name] for name in ENEMY_TABLES if name in first]
    else:
        missing.append("enemy_database.json: the enemies are the included ones")
    known, english = _operator_names(holdings)
    if not known:
        missing.append("operators' names in other languages (battle_data.json of MAA, or a character_table.json)")
    imported = import_tables(wanted, catalogue, english) if wanted else Imported({}, {}, {}, 0, ())
    counts = {"operators": len(imported.operators), "enemies": len(imported.enemies), "named_operators": len(known)}
    missing += [f"entry that cannot be read: {line}" for line in imported.broken]
    return _texts(imported, known), counts, missing


def _texts(imported: Imported, known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The texts of our tables by the names of their files."""
    texts = {"report.txt": report(imported)}
    if imported.operators:
        texts[OPERATORS] = operators_toml(imported)
    if imported.enemies:
        texts[ENEMIES] = enemies_toml(imported)
    if known:
        texts[NAMES] = names_toml(known)
    return texts


def _operator_names(holdings: Holdings) -> tuple[dict[str, list[str]], dict[str, str]]:
    """All names of each operator by id, and the English ones."""
    sources: list[Mapping[str, Sequence[str]]] = []
    english: dict[str, str] = {}
    for file in holdings.tables.get("character_table", ()):
        table = names.read_table_names(file)
        english |= table if "en_US" in file.parts else {}
        sources.append({id_: [name] for id_, name in table.items()})
    for file in holdings.tables.get("battle_data", ()):
        data = names.read_battle_data(file)
        english |= {id_: by_key["name_en"] for id_, by_key in data.items() if "name_en" in by_key}
        sources.append({id_: list(by_key.values()) for id_, by_key in data.items()})
    return names.all_names(sources), english


def _digest(texts: Mapping[str, str]) -> str:
    """A digest of the converted tables, for the name of their folder."""
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(texts.items())).encode()).hexdigest()[
        :12
    ]


def _write(library: Library, texts: Mapping[str, str], place: Path) -> None:
    """Write the tables into a folder of their own, then replace the library in one step, and remove earlier tables.

    Raises LibraryError where that is not possible.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        if library.tables:
            (place / library.tables).mkdir(exist_ok=True)
            for name, text in texts.items():
                (place / library.tables / name).write_text(text, encoding="utf-8")
        fresh = place / f"{FILE}.{os.getpid()}"
        fresh.write_bytes(msgspec.json.encode(library))
        fresh.replace(place / FILE)
        for other in place.glob("tables-*"):
            if other.name != library.tables:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as error:
        raise LibraryError(f"{error.filename or place}: cannot be written: {error.strerror}") from None

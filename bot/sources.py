"""What a verb plays with: the operators and enemies it knows, and the stages; `open_stage` gives one by its name."""

from __future__ import annotations

import dataclasses
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from bot.config import Config
from game.characters.catalogue import Catalogue, load_catalogue
from game.errors import StageError
from game.gamedata.library import read_library
from game.gamedata.stages import StageEntry, StageIndex, index_near, plain
from game.levels.stage import Stage, load_stage, shipped_codes


class Sources(NamedTuple):
    """Operators, enemies and stages: the included ones, and those of the user's own copy of the game data."""

    catalogue: Catalogue
    stages: StageIndex


def library_folder(config: Config) -> Path:
    """Where the user's own copy of the game data is remembered."""
    return config.directory / "gamedata"


def sources(config: Config, tables: Path | None = None) -> Sources:
    """The sources of a configuration.

    Tables of operators and enemies are those of `tables` (--tables), else of [play] tables, else of the user's game
    data (`holdfast gamedata use`), else the included ones. Raises TableError and LibraryError for broken ones.
    """
    library = read_library(library_folder(config))
    own = library_folder(config) / library.tables if library and library.tables else None
    return Sources(load_catalogue(tables or config.tables or own), library.index() if library else StageIndex())


def play_stage(config: Config) -> str | Path:
    """The stage of [play] stage, for `open_stage`: a path is relative to the folder of the configuration file."""
    name = config.play.stage
    file = Path(config.folder) / name
    return file if name.endswith(".json") or _is_there(file) else name


def open_stage(name: str | Path, sources: Sources, *, challenge: bool = False) -> Stage:
    """The stage of a name: a shipped stage's name or code, what players call it (`StageIndex.find`), or a level file.

    A file gets its code and title from a table of stages: one beside it, or that of the user's game data. Raises
    StageError, in one line, for a name that no stage or several have, for a level that cannot be played, and for
    challenge mode of a level that has none.
    """
    if isinstance(name, Path) or _is_file(name):
        return _from_file(Path(name), sources, challenge=challenge)
    shipped = {plain(word): stage for code, stage in shipped_codes().items() for word in (code, stage)}
    if plain(name) in shipped:
        return load_stage(shipped[plain(name)], sources.catalogue, challenge=challenge)
    entry, hard = _find(name, sources.stages)
    file = sources.stages.files.get(entry.stem)
    if file is None or not file.is_file():
        where = f"{entry.level}.json is not in your copy of the game data" if sources.stages.files else "no level file"
        raise StageError(f"{name}: {where}; get it with: holdfast gamedata update (or use FOLDER)")
    return _called(load_stage(file, sources.catalogue, challenge=challenge or hard), entry)


def is_named(stage: Stage, name: str, sources: Sources) -> bool:
    """Whether a name, as players' plans have it, means this stage: its code, its names, or an id of it."""
    if plain(name) in map(plain, (stage.code, stage.name, stage.name.removeprefix("level_"), stage.title)):
        return True
    try:
        return sources.stages.find(name).entry.stem == stage.name.lower()
    except StageError:
        return False


def _is_file(name: str) -> bool:
    """Whether a name can only be, or is, the path of a level file."""
    return name.endswith(".json") or (("/" in name or "\\" in name) and _is_there(Path(name)))


def _is_there(file: Path) -> bool:
    """Whether a path is that of a file; False too for a text that cannot be a path."""
    try:
        return file.is_file()
    except (OSError, ValueError):
        return False


def _from_file(file: Path, sources: Sources, *, challenge: bool) -> Stage:
    """The stage of a level file, with the code and the name that a table knows it by."""
    stage = load_stage(file, sources.catalogue, challenge=challenge)
    entry = index_near(file).of_file(file) or sources.stages.of_file(file)
    return _called(stage, entry) if entry and stage.code == stage.name else stage


def _find(name: str, stages: StageIndex) -> tuple[StageEntry, bool]:
    """The stage of the game with this name, and whether its name means challenge mode.

    Raises StageError for a name without a stage; it suggests a shipped stage of a similar name, if any.
    """
    try:
        return stages.find(name)
    except StageError as error:
        shipped = sorted(shipped_codes().values())
        if near := get_close_matches(plain(name), shipped, 1, 0.7):
            raise StageError(f"there is no stage {name!r}; did you mean {near[0]}?") from None
        if stages.entries:
            raise
        raise StageError(f"{error}; included are {', '.join(shipped)}") from None


def _called(stage: Stage, entry: StageEntry) -> Stage:
    """A stage under the code and the name of a table of stages."""
    return dataclasses.replace(stage, code=entry.code, title=entry.title)

"""`holdfast gamedata`: a user's own copy of the game's public data, from which stages, operators and enemies come."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from bot.commands.output import print_json, print_progress
from game.errors import DONE

if TYPE_CHECKING:
    from bot.config import Config
    from game.gamedata.library import Library


def add(verbs: Verbs) -> None:
    """Declare the verb and what can be done with it."""
    sentence = "Your own copy of the game's public data: stages, operators and enemies."
    inside = verbs.add_parser("gamedata", help=sentence, description=sentence).add_subparsers(
        title="verbs", metavar="VERB", required=True
    )
    use_verb = add_verb(inside, "use", use, "Look through folders of game data, convert their tables, and use both.")
    use_verb.add_argument(
        "folders",
        type=Path,
        nargs="+",
        metavar="FOLDER",
        help="a copy of the game-data repository or a part of it, or MAA's resource folder",
    )
    update_verb = add_verb(
        inside, "update", update, "Get the needed files of the game-data repository by git, and use it."
    )
    update_verb.add_argument(
        "--from", dest="url", metavar="URL", help="the repository (default: that of the last time, or the public one)"
    )
    show_verb = add_verb(inside, "show", show, "Say which game data is in use.")
    for verb in (use_verb, update_verb, show_verb):
        add_config(verb)
        add_json(verb)


def use(options: Namespace) -> int:
    """Use these folders from now on; says what they hold and what they lack."""
    from bot import config

    _tell(_used(config.load(options.config), options.folders), options)
    return DONE


def update(options: Namespace) -> int:
    """Make or update the clone, use it beside the folders in use, and say what changed."""
    from bot import config
    from bot.gamedata_clone import lines_of, update_clone
    from bot.sources import library_folder
    from game.gamedata.library import CLONE

    loaded = config.load(options.config)
    clone = library_folder(loaded) / CLONE
    change = update_clone(clone, options.url)
    print_progress("converting the tables")
    others = [folder for folder in _folders_in_use(loaded) if folder.absolute() != clone.absolute()]
    library = _used(loaded, [clone, *others])
    if not options.json:
        print("\n".join(lines_of(change)))
    _tell(library, options, changes=change._asdict())
    return DONE


def show(options: Namespace) -> int:
    """Print what is in use, and whether the last update was broken off."""
    from bot import config
    from bot.gamedata_clone import is_half
    from bot.sources import library_folder
    from game.gamedata.library import CLONE, read_library

    place = library_folder(config.load(options.config))
    library, half = read_library(place), is_half(place / CLONE)
    if library is None and options.json:
        print_json({"folders": [], "update_broken_off": half})
    elif library is None:
        print("no game data is in use, only what comes with Holdfast; see: holdfast gamedata use --help")
    else:
        _tell(library, options, update_broken_off=half)
    if half and not options.json:
        print("the last update was broken off; go on with: holdfast gamedata update")
    return DONE


def _used(config: Config, folders: Sequence[Path]) -> Library:
    """The library of these folders, which is remembered."""
    from bot.sources import library_folder
    from game.characters.catalogue import load_catalogue
    from game.gamedata.library import make_library

    return make_library(folders, library_folder(config), load_catalogue())


def _folders_in_use(config: Config) -> list[Path]:
    """The folders in use; none where the record of them is broken, for a new one is written afterwards."""
    from bot.sources import library_folder
    from game.errors import LibraryError
    from game.gamedata.library import read_library

    try:
        library = read_library(library_folder(config))
    except LibraryError:
        return []
    return [Path(folder) for folder in library.folders if Path(folder).is_dir()] if library else []


def _tell(library: Library, options: Namespace, **more: Any) -> None:
    """Print what a library holds."""
    if options.json:
        facts = {"folders": library.folders, **library.counts, "missing": library.missing, "tables": library.tables}
        print_json({**facts, **more})
    else:
        print("\n".join(_lines(library)))


def _lines(library: Library) -> Iterator[str]:
    """What a library holds and lacks, for people."""
    counts = library.counts
    yield f"game data in {', '.join(library.folders)}"
    yield f"{counts['levels']} levels, {counts['levels_with_code']} with a code; {counts['stages']} stages are known"
    yield (
        f"{counts['operators']} operators and {counts['enemies']} enemies converted; "
        f"names of {counts['named_operators']} operators"
    )
    for folder in library.folders:
        if not Path(folder).is_dir():
            yield f"no longer there: {folder}"
    for what in library.missing:
        yield f"missing: {what}"

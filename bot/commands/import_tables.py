"""`holdfast import`: the user's copy of the game's public tables, converted into tables of Holdfast."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from bot.commands.output import print_json
from game.errors import DONE

if TYPE_CHECKING:
    from game.gamedata.importing import Imported


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(
        verbs, "import", import_, "Read the game's public tables, and write what Holdfast can play as its own."
    )
    verb.add_argument(
        "sources",
        type=Path,
        nargs="+",
        metavar="TABLE",
        help="character_table.json with skill_table.json and range_table.json, enemy_database.json (and "
        "enemy_handbook_table.json, whose words say what enemies do), or their folder",
    )
    verb.add_argument("--out", type=Path, metavar="FOLDER", help="where to write (default: tables in [data] directory)")
    add_config(verb)
    add_json(verb)


def import_(options: Namespace) -> int:
    """Write the tables and a file of what is missing; print a summary."""
    from bot import config
    from game.characters.catalogue import load_catalogue
    from game.gamedata.importing import import_tables, write_tables

    imported = import_tables(options.sources, load_catalogue())
    folder = options.out or config.load(options.config).directory / "tables"
    files = write_tables(imported, folder)
    if options.json:
        print_json({**imported.summary(), "files": files, "missing": imported.missing(), "unreadable": imported.broken})
    else:
        print("\n".join(_lines(imported, folder, files)))
    return DONE


def _rarities(imported: Imported) -> str:
    """How many operators are whole by rarity; "" where the table does not give it."""
    shares = {rarity: both for rarity, both in imported.by_rarity().items() if rarity}
    found = ", ".join(f"{whole} of {count} with {rarity} stars" for rarity, (whole, count) in shares.items())
    return f" ({found})" if found else ""


def _lines(imported: Imported, folder: Path, files: Sequence[Path]) -> Iterator[str]:
    """The summary for people."""
    counts = imported.summary()
    if counts["operators"]:
        yield f"{counts['operators']} operators, {counts['operators_whole']} of them whole{_rarities(imported)}"
    if counts["operators_without_a_skill"]:
        yield f"{counts['operators_without_a_skill']} of the whole ones without one of their three skills"
    if counts["enemies"]:
        yield f"{counts['enemies']} enemies, {counts['enemies_whole']} of them whole"
    if counts["devices"]:
        yield f"{counts['devices']} devices and summons, which no squad brings, left out"
    if counts["broken"]:
        yield f"{counts['broken']} entries that cannot be read, left out"
    yield f"written: {', '.join(map(str, files))}; the first says what is left out, one by one"
    yield (
        f'they are used with tables = "{folder.as_posix()}" in [play] of bot.toml, '
        f"or by one verb with --tables {folder}"
    )

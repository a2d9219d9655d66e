"""Which operators play: what --squad and --roster, or [play] squad of bot.toml, stand for.

Without any of them the default squad plays, and a line on standard error says so. A training level brings a squad of
its own, and that one plays it.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot import config as configuration
from bot.commands.arguments import KEPT
from bot.commands.output import print_progress
from bot.config import SQUAD, Config
from game.characters.builds import (
    SHOWN,
    SQUAD_SIZE,
    all_with_each_skill,
    default_squad,
    read_builds,
    read_squad,
    squad_of,
)
from game.characters.catalogue import Catalogue
from game.characters.models import Build, Operator
from game.characters.roster import Roster, best_squad, read_roster, unknown_line
from game.errors import TableError
from game.levels.stage import Stage

Say = Callable[[str], None]
"""Takes a line for the user; by default it goes to standard error at once."""
FILE = "roster.toml"
"""The kept roster, in the data directory."""


def kept_file(config: Config) -> Path:
    """Where the roster is kept that `holdfast roster import` writes."""
    return config.directory / FILE


def kept_roster(config: Config, catalogue: Catalogue) -> Roster:
    """The kept roster. Raises TableError where there is none yet, or it cannot be read."""
    file = kept_file(config)
    if not file.is_file():
        raise TableError(f"{file}: there is no roster yet; make it with: holdfast roster import FILE")
    return read_roster(file, catalogue)


def roster_from(options: Namespace, config: Config | None, catalogue: Catalogue, say: Say = print_progress) -> Roster:
    """The roster that --roster asks for. `say` gets a line about what of it cannot be used.

    `config` tells where the kept roster is; without it bot.toml of the working directory does, if there is one.
    """
    if options.roster == KEPT:
        return _usable_kept(config or configuration.load(), catalogue, say)
    return _usable(read_roster(options.roster, catalogue), options.roster, say)


def _usable(roster: Roster, file: Path, say: Say) -> Roster:
    """The roster of a file itself; `say` gets a line about what of it cannot be used. Raises TableError if all is."""
    for line in (*roster.notes, *roster.problems, *filter(None, [unknown_line(roster, SHOWN)])):
        say(f"roster: {line}")
    if not roster.builds:
        raise TableError(f"{file}: names no operator that is in a table here; holdfast gamedata use gives more")
    return roster


def _usable_kept(config: Config, catalogue: Catalogue, say: Say = print_progress) -> Roster:
    """The kept roster; `say` gets a line about what of it cannot be used."""
    return _usable(kept_roster(config, catalogue), kept_file(config), say)


def builds_from(options: Namespace, config: Config | None, catalogue: Catalogue) -> Mapping[str, Build] | None:
    """The builds by English name of all operators that --squad or --roster gives; None where neither is given.

    They may be more than a squad has: `check_size` is for callers whose squad they are.
    """
    if options.squad is not None:
        return read_builds(options.squad, catalogue)
    return None if options.roster is None else roster_from(options, config, catalogue).builds


def own_squad(stage: Stage, catalogue: Catalogue, say: Say = print_progress) -> tuple[Operator, ...]:
    """The squad that a training level brings itself, and a line that says so; empty where the player's squad plays."""
    if stage.own_squad:
        say(own_line(stage))
    return all_with_each_skill(stage.own_squad, catalogue)


def own_line(stage: Stage) -> str:
    """What is said of a level that brings its own squad."""
    return f"{stage.code}: only the level's own squad plays: {', '.join(stage.own_squad)}"


def squad_from(
    options: Namespace, config: Config | None, catalogue: Catalogue, say: Say = print_progress
) -> tuple[Operator, ...]:
    """The squad of --squad, or the `best_squad` of --roster; with neither the default one, and a line says so."""
    given = _given_squad(options, config, catalogue, say)
    if given is not None:
        return given
    squad = default_squad(catalogue)
    say(_default_line(squad, "--squad FILE or --roster plays yours"))
    return squad


def squads_from(options: Namespace, config: Config | None, catalogue: Catalogue) -> list[tuple[Operator, ...]]:
    """The squads of --squad, for a verb whose --squad takes several files; without it as `squad_from`."""
    if options.squad:
        return [_squad_of(file, catalogue) for file in options.squad]
    return [squad_from(options, config, catalogue)]


def roster_to_run(options: Namespace, config: Config, catalogue: Catalogue) -> Roster | None:
    """The roster that --roster or, without --squad, [play] squad asks for; None where a squad plays."""
    if options.roster is not None:
        return _roster_left(roster_from(options, config, catalogue), config, catalogue)
    if options.squad is not None or config.play.squad != "roster":
        return None
    return _roster_left(_usable_kept(config, catalogue), config, catalogue)


def squad_to_run(options: Namespace, config: Config, catalogue: Catalogue) -> tuple[Operator, ...]:
    """As `squad_from`, but [play] squad where neither option is given; a line says so where that is the default."""
    given = _given_squad(options, config, catalogue, print_progress)
    if given is not None:
        return _squad_left(given, config, catalogue)
    squad = _configured(config, catalogue)
    if config.play.squad == SQUAD:
        print_progress(_default_line(squad, "[play] squad, --squad FILE or --roster plays yours"))
    return squad


def configured_squad(config: Config, stage: Stage, catalogue: Catalogue) -> tuple[Operator, ...]:
    """The stage's own squad, else that of [play] squad."""
    return own_squad(stage, catalogue) or _configured(config, catalogue)


def _configured(config: Config, catalogue: Catalogue) -> tuple[Operator, ...]:
    """The squad of [play] squad: its members, or the `best_squad` of the kept roster, without those of [play] avoid."""
    if config.play.squad == "roster":
        return _best(_roster_left(_usable_kept(config, catalogue), config, catalogue), catalogue, print_progress)
    return _squad_left(squad_of(config.play.squad, catalogue), config, catalogue)


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text that has commas between them, or those of Chinese (U+FF0C, U+3001)."""
    return tuple(name for part in re.split("[,\uff0c\u3001]", text) if (name := part.strip()))


def avoided(config: Config, catalogue: Catalogue) -> frozenset[str]:
    """The English names of the operators of [play] avoid. Raises TableError for one that no table has."""
    found = {name: catalogue.find_character(name) for name in config.play.avoid}
    if unknown := [name for name, character in found.items() if character is None]:
        raise TableError(f"avoid: {unknown[0]!r} is in no table; give a name in any language, or an id")
    return frozenset(character.name for character in found.values() if character is not None)


def _squad_left(squad: tuple[Operator, ...], config: Config, catalogue: Catalogue) -> tuple[Operator, ...]:
    """A squad without the operators of [play] avoid. Raises TableError where none is left."""
    away = avoided(config, catalogue)
    left = tuple(one for one in squad if one.name not in away)
    if not left:
        raise TableError("avoid: leaves no operator of the squad; name fewer")
    return left


def _roster_left(roster: Roster, config: Config, catalogue: Catalogue) -> Roster:
    """A roster without the operators of [play] avoid. Raises TableError where none is left."""
    away = avoided(config, catalogue)
    builds = {name: build for name, build in roster.builds.items() if name not in away}
    if not builds:
        raise TableError("avoid: leaves no operator of the roster; name fewer")
    return replace(roster, builds=builds)


def _given_squad(
    options: Namespace, config: Config | None, catalogue: Catalogue, say: Say
) -> tuple[Operator, ...] | None:
    """The squad that --squad or --roster gives; None where neither is given."""
    if options.roster is not None:
        return _best(roster_from(options, config, catalogue, say), catalogue, say)
    return None if options.squad is None else _squad_of(options.squad, catalogue)


def _squad_of(file: Path, catalogue: Catalogue) -> tuple[Operator, ...]:
    """The squad of a file. Raises TableError where it cannot be read or is too large."""
    squad = read_squad(file, catalogue)
    check_size(file, len(squad))
    return squad


def check_size(file: Path, size: int) -> None:
    """Raise TableError where a squad file names more operators than a squad has."""
    if size > SQUAD_SIZE:
        raise TableError(
            f"{file}: names {size} operators, and at most {SQUAD_SIZE} come along; --roster FILE chooses among them"
        )


def _best(roster: Roster, catalogue: Catalogue, say: Say) -> tuple[Operator, ...]:
    """The best squad of a roster; a line says who comes."""
    squad = best_squad(roster, catalogue)
    say(chosen_line(squad, roster))
    return squad


def chosen_line(squad: tuple[Operator, ...], roster: Roster) -> str:
    """What is said of a squad that was chosen from a roster."""
    return f"squad: {_names(squad)}; chosen from a roster of {len(roster.builds)}"


def _default_line(squad: tuple[Operator, ...], remedy: str) -> str:
    """What is said where the default squad plays."""
    return f"squad: the default one, elite 0, last level ({_names(squad)}); {remedy}"


def _names(squad: tuple[Operator, ...]) -> str:
    """The names of a squad."""
    return ", ".join(operator.name for operator in squad)

"""`holdfast practice`: play the practice game with the mouse or over adb, or draw all its pages."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_verb, pair, port, seed
from bot.commands.output import OutputError, check_file
from game.errors import DONE

if TYPE_CHECKING:
    from game.practice.app import PracticeGame


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(
        verbs, "practice", practice, "Play the practice game yourself: with the mouse in a window, or over adb."
    )
    add_config(verb)
    verb.add_argument("--stage", metavar="S", help=f"{STAGE_HELP} (default: [play] stage)")
    verb.add_argument("--window", action="store_true", help="in a window, which is the default but with --adb")
    verb.add_argument(
        "--adb", type=port, metavar="PORT", help="as an Android device for adb, on this port of this machine only"
    )
    verb.add_argument("--position", type=pair, metavar="X,Y", help="where on the desktop the window opens")
    verb.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="open no window; draw every page and write them as one picture"
    )
    verb.add_argument(
        "--skin", type=Path, metavar="FOLDER", help="another look (docs/skins.md; default: [practice] skin)"
    )
    verb.add_argument("--say", action="store_true", help="print the name of every screen as it is shown")
    verb.add_argument(
        "--seed", type=seed, metavar="K", help="seed of everything left to chance (default: [practice] seed)"
    )
    verb.add_argument(
        "--no-popups", dest="popups", action="store_false", help="leave out the pop-up that greets you at home"
    )


def practice(options: Namespace) -> int:
    """Open the practice game in a window until it is closed, or write its contact sheet."""
    if options.sheet:
        return _write_sheet(options.sheet, options.skin)
    from bot import config
    from bot.clients.practice import practice_skin
    from bot.sources import open_stage, play_stage, sources
    from bot.squads import configured_squad
    from game.practice.app import PracticeGame
    from game.practice.faults import Faults
    from game.practice.skin import read_skin
    from game.practice.stage_map import stages_on_map

    if options.position:
        os.environ["SDL_VIDEO_WINDOW_POS"] = "{},{}".format(*options.position)  # where SDL places its windows
    loaded = config.load(options.config)
    known = sources(loaded)
    size = (loaded.practice.width, loaded.practice.height)
    stages = stages_on_map(open_stage(options.stage or play_stage(loaded), known), known.catalogue)
    seed = loaded.practice.seed if options.seed is None else options.seed
    faults = Faults(loaded.practice.faults, seed, loaded.practice.fault_rate)
    popups = loaded.practice.popups and options.popups
    squad = configured_squad(loaded, stages[0], known.catalogue)
    skin = read_skin(options.skin) if options.skin else practice_skin(loaded)
    game = PracticeGame(stages, squad, size=size, seed=seed, popups=popups, faults=faults, skin=skin)
    _play(game, options)
    return DONE


def _play(game: PracticeGame, options: Namespace) -> None:
    """Play in a window, as a device, or both."""
    say = _say if options.say else None
    if options.adb is None:
        from game.practice.window import play_in_window

        play_in_window(game, say=say)
    else:
        from game.practice.adb_device import play_as_device

        play_as_device(game, options.adb, in_window=options.window, say=say)


def _write_sheet(file: Path, skin: Path | None) -> int:
    """Write a picture of every page of the practice game."""
    if file.suffix.lower() != ".png":
        raise OutputError(f"{file}: is no picture by its name; name a .png file")
    check_file(file)
    from game.characters.builds import default_squad
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import load_stage, shipped_stages
    from game.practice.sheet import write_sheet
    from game.practice.skin import OWN, read_skin

    catalogue = load_catalogue()
    stages = [load_stage(name, catalogue) for name in shipped_stages()]
    pictures = write_sheet(file, stages, default_squad(catalogue), read_skin(skin) if skin else OWN)
    print(f"{file}: {pictures} pictures")
    return DONE


def _say(screen: str) -> None:
    """Print a screen's name at once."""
    print(screen, flush=True)

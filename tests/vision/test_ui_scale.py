"""A client whose interface is set smaller is read and touched as well as any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from levels import CATALOGUE

from bot.hands import Geometry, Move, Press, Release, Wait, steps
from game.camera import Camera
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from game.practice.skin import Skin
from states.commands import Deploy
from vision.cutter import Cutter
from vision.profile import load_profile
from vision.reading import read_image
from vision.ui_scale import SCALES, fitted

SQUAD = squad_of(("Fang", "Myrtle", "Melantha", "Beagle", "Kroos", "Steward", "Lava", "Ansel"), CATALOGUE)
STAGE = load_stage("first_watch", CATALOGUE)
SIZES = ((1280, 720), (1920, 1080), (1600, 720))
SCREENS = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "more_screens"


def battle(size, ui_scale, seconds=9.0):
    """A practice game of this size of interface, some seconds into a battle."""
    game = PracticeGame([STAGE], SQUAD, size, popups=False, skin=Skin(ui_scale=ui_scale))
    game.flow.go("loading", game.time)
    game.advance(2.0)
    game.advance(seconds)
    assert game.screen == "battle"
    return game


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ui_scale", [*SCALES, 0.92])
def test_the_size_of_the_interface_is_found_and_everything_read(size, ui_scale, reader):
    """From one frame: the size, with certainty, and with it every number and card."""
    game = battle(size, ui_scale)
    frame, truth = game.draw(), game.battle.view()
    profile, certain = fitted(frame, load_profile("practice", size), reader)
    assert profile.ui_scale == pytest.approx(ui_scale, abs=0.004)
    assert certain
    hud = Cutter(profile, reader).read(frame)
    assert (hud.kills, hud.total, hud.life, hud.dp, hud.slots_left) == (
        truth.kills, truth.total, truth.life, truth.dp, truth.slots_left
    )  # fmt: skip
    assert [(card.cost, card.state) for card in hud.cards] == [(card.cost, card.state) for card in truth.cards]


def test_without_a_card_nothing_is_certain(reader):
    """Numbers alone may be read at two sizes; full size is taken first."""
    game = battle(SIZES[0], 1.0)
    frame = game.draw().copy()
    frame[590:] = 30
    profile, certain = fitted(frame, load_profile("practice", SIZES[0]), reader)
    assert (profile.ui_scale, certain) == (1.0, False)


def test_a_page_that_is_no_battle_fits_at_no_size(reader):
    """The home screen."""
    game = PracticeGame([STAGE], SQUAD, popups=False)
    assert fitted(game.draw(), load_profile("practice"), reader) is None


@pytest.mark.parametrize("ui_scale", [0.8, 0.9])
def test_a_card_is_dragged_from_where_it_hangs(ui_scale):
    """A deployment with the fitted profile puts the operator on its tile."""
    game = battle(SIZES[0], ui_scale)
    profile = load_profile("practice").at_scale(ui_scale)
    geometry = Geometry(profile, Camera(STAGE.height, STAGE.width, STAGE.view, SIZES[0]), STAGE)
    cards = game.battle.view().cards
    index = min(range(len(cards)), key=lambda index: cards[index].cost)
    row, col = game.battle_page.input.legal_tiles(cards[index].slot)[0]
    gesture = Deploy(id=1, why="", card=index, cards=len(cards), row=row, col=col, direction=0)
    at = (0, 0)
    for step in steps(gesture, geometry):
        match step:
            case Wait(seconds):
                game.advance(seconds)
            case Release():
                game.pointer_up(*at)
            case Press(x, y):
                game.pointer_down(*(at := (x, y)))
            case Move(x, y):
                game.pointer_move(*(at := (x, y)))
    (deployed,) = game.battle.operators_on_field()
    assert (deployed.slot, deployed.row, deployed.col) == (cards[index].slot, row, col)


@pytest.mark.skipif(not SCREENS.is_dir(), reason="the reference's screens are not beside the project")
def test_screens_of_a_client_at_90_per_cent_are_read(reader):
    """Numbers, a negative DP included, and how many cards are held."""
    truth = [one for one in json.loads((SCREENS / "truth.json").read_text()) if "battle_cn_wl" in one["file"]]
    assert len(truth) == 8
    for one in truth:
        entry, expected = read_image(SCREENS / one["file"], reader=reader), one["expect"]
        assert entry["ui_scale"] == 0.9, one["file"]
        assert {name: len(entry[name]) if name == "cards" else entry[name] for name in expected} == expected, one[
            "file"
        ]

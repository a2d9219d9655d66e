"""The eyes for a real client play looks that they never saw, and the twin stays in step while things go wrong."""

from __future__ import annotations

import cv2
import foreign_look
import numpy as np
import pytest
import skins
import twin_faults
from levels import CATALOGUE
from runs import quick_level

from bot.clients.client import open_client
from bot.config import ConfigError, parse
from game.actions import unflatten
from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from game.practice.skin import read_skin
from vision.cutter import Cutter
from vision.known_places import operators_at
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise
from vision.ui_scale import fitted

SQUAD = default_squad(CATALOGUE)
STAGE = load_stage("two_roads", CATALOGUE)
PROFILE = load_profile("arknights-en")
READER = Reader()


@pytest.fixture(scope="module", params=skins.LOOKS, ids=lambda look: look.name)
def game(request, tmp_path_factory):
    """A game in a look that no eyes were taught."""
    skin = read_skin(skins.make(request.param, tmp_path_factory.mktemp("skins")))
    return PracticeGame([STAGE], SQUAD, skin=skin, popups=False)


def test_every_page_is_known_by_a_real_clients_profile(game):
    """From the home page to the battle that loads."""
    for page in ("home", "terminal", "stage_map", "stage_panel", "squad", "loading"):
        game.flow.go(page, game.time)
        game.advance(0.001)
        assert recognise(game.draw(), PROFILE, READER).screen == page


def test_numbers_cards_and_operators_are_read(game):
    """The size of the interface, all numbers, the cost of each card and whether it can be paid (no picture's own red is
    taken for that of a card that cools down), and where an operator stands, by its bars.
    """
    game.flow.go("loading", game.time)
    game.advance(2.0)
    battle = game.battle
    battle.step(90)
    action = unflatten(int(np.flatnonzero(battle.legal_actions())[-1]), len(SQUAD), STAGE.height * STAGE.width)
    assert battle.act(action)
    game.advance(0.4)
    image, true = game.draw(), battle.view()
    profile, certain = fitted(image, PROFILE, READER)
    assert certain
    hud = Cutter(profile, READER).read(image)
    assert (hud.kills, hud.total, hud.life, hud.dp) == (true.kills, true.total, true.life, true.dp)
    assert [(card.cost, card.state) for card in hud.cards] == [(card.cost, card.state) for card in true.cards]
    camera = Camera(STAGE.height, STAGE.width, STAGE.view)
    seen = [(one.row, one.col) for one in operators_at(image, camera, STAGE, profile)]
    assert seen == [(one.row, one.col) for one in true.operators] != []


def test_things_on_the_field_are_no_cards(game):
    """The outline of a thing left of the hand is light on one side of a line and on the other."""
    game.flow.go("loading", game.time)
    game.advance(2.0)
    game.advance(0.3)
    image = game.draw()
    for x in range(40, 300, 36):
        cv2.line(image, (x, 590), (x, 700), (40, 44, 52), 5)
    profile = PROFILE.at_scale(game._painter.skin.ui_scale)
    assert len(Cutter(profile, READER).read(image).cards) == len(game.battle.view().cards)


def test_a_battle_is_won_from_a_cold_start(tmp_path):
    """No portrait, no detector: cards are asked about, and the battle is played to its end."""
    played = foreign_look.play("first_watch", str(skins.make(skins.NEON, tmp_path)), "near", 1, 100)
    assert (played.won, played.stars) == ([True], [3])
    assert np.mean(played.in_step) > 0.8


def test_the_practice_games_own_profile_is_refused_for_a_skin(tmp_path):
    """It would know nothing of it: one line names the option and what to set."""
    skins.make(skins.NEON, tmp_path)
    config = parse({"practice": {"skin": "neon"}}, folder=tmp_path)
    with pytest.raises(ConfigError, match=r"practice.skin .*arknights-en"):
        open_client(config, load_stage(quick_level(tmp_path), CATALOGUE), SQUAD)


def test_the_twin_comes_back_after_faults():
    """Lost gestures, stalls, pauses and changed speeds: nearly always in step on a stage where DP tell the time."""
    told = twin_faults.figures([twin_faults.FaultyPlay("short_road", seed).play() for seed in range(2)])
    assert told["faults"] >= 4
    assert told["in step"] > 0.9
    assert told["clock right"] > 0.9
    assert told["lost"] < 0.02

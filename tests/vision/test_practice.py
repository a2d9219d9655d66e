"""Vision on the practice game: whole battles drawn and read back, compared with the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from levels import CATALOGUE
from runs import short_level

from game.actions import DEPLOY, STEPS, unflatten
from game.characters.builds import squad_of
from game.levels.stage import load_stage, shipped_stages
from game.practice.app import PracticeGame
from game.practice.art import portraits
from game.view import BattleView
from vision.cutter import Cutter, Hud
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise

SQUAD = (
    "Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle", "Kroos", "Catapult", "Steward", "Lava", "Ansel",
    "Orchid",
)  # fmt: skip
NUMBERS = ("kills", "total", "life", "dp", "slots_left")
WAY = {
    "popup": "popup_close", "home": "terminal", "terminal": "last_stage", "stage_panel": "stage_start",
    "squad": "squad_start",
}  # fmt: skip


class Walk:
    """Plays the practice game by hand and compares, frame by frame, what is read with what is true."""

    def __init__(self, stage: str | Path, size: tuple[int, int], reader: Reader) -> None:
        self.squad = squad_of(SQUAD, CATALOGUE)
        self.game = PracticeGame([load_stage(stage, CATALOGUE)], self.squad, size)
        self.profile = load_profile("practice", size)
        self.reader = reader
        self.cutter = Cutter(self.profile, reader, portraits(self.squad))
        self.scale = size[1] / 720
        self.rng = np.random.default_rng(0)
        self.frames = 0
        self.looks: set[str] = set()
        self.wrong: list[tuple[float, str, object, object]] = []

    def look(self, paused: bool = False, speed: int = 1, deploying: bool = False) -> None:
        """Read the current frame and note everything that is not as it should be."""
        frame = self.game.draw()
        self.looks.add(self.game.screen)
        seen = recognise(frame, self.profile, self.reader).screen
        self.compare("screen", self.game.screen, seen)
        if seen == self.game.screen == "battle":
            assert self.game.battle is not None
            self.frames += 1
            hud = self.cutter.read(frame)
            self.compare_battle(hud, self.game.battle.view())
            self.compare("buttons", (paused, speed, deploying), (hud.paused, hud.speed, hud.deploying))

    def compare_battle(self, hud: Hud, view: BattleView) -> None:
        """The numbers, and the hand: slots, costs and states from left to right."""
        for name in NUMBERS:
            self.compare(name, getattr(view, name), getattr(hud, name))
        self.compare("cards", view.cards, hud.cards)

    def compare(self, what: str, true: object, read: object) -> None:
        """Note a difference."""
        if true != read:
            self.wrong.append((self.game.time, what, true, read))

    def tap(self, point: str) -> None:
        """Tap a point of the profile."""
        self.game.pointer_down(*self.profile.points[point])
        self.game.pointer_up(*self.profile.points[point])

    def walk_to_battle(self) -> None:
        """From the home screen through the menus, looking at every page."""
        for _ in range(20):
            self.look()
            if self.game.screen == "battle":
                return
            if self.game.screen == "stage_map":
                place = next(iter(recognise(self.game.draw(), self.profile, self.reader).found.values()))
                self.game.pointer_down(*place)
                self.game.pointer_up(*place)
            elif self.game.screen in WAY:
                self.tap(WAY[self.game.screen])
            self.game.advance(0.5)
        pytest.fail(f"never reached a battle, stands on {self.game.screen}")

    def deploy_something(self) -> None:
        """Drag a ready card to a tile of its kind and swipe, looking at every step of it."""
        battle, game = self.game.battle, self.game
        assert battle is not None
        tiles = battle.stage.height * battle.stage.width
        actions = [unflatten(int(index), len(SQUAD), tiles) for index in np.flatnonzero(battle.legal_actions())]
        actions = [action for action in actions if action.kind == DEPLOY]
        if not actions:
            return
        action = actions[int(self.rng.integers(len(actions)))]
        slots = [card.slot for card in battle.view().cards]
        x, y = self.profile.card_centre(slots.index(action.slot), len(slots))
        row, col = divmod(action.tile, battle.stage.width)
        assert game.battle_page is not None
        to_x, to_y = game.battle_page.camera.pixel(row, col, bool(battle.stage.high[row, col]), True)
        game.pointer_down(x, y)
        game.advance(0.1)
        self.look(speed=game.speed, deploying=True)
        for share in (0.5, 1.0):
            game.pointer_move(x + (to_x - x) * share, y + (to_y - y) * share)
            game.advance(0.1)
            self.look(speed=game.speed, deploying=True)
        game.pointer_up(to_x, to_y)
        self.look(speed=game.speed, deploying=True)
        down, right = STEPS[action.direction]
        game.pointer_down(to_x, to_y)
        game.pointer_move(to_x + right * 220 * self.scale, to_y + down * 220 * self.scale)
        game.pointer_up(to_x + right * 220 * self.scale, to_y + down * 220 * self.scale)

    def play(self) -> None:
        """A battle to its end at random, with pauses and both speeds, then the result page and back to the map."""
        paused = False
        for _ in range(600):
            if self.game.screen != "battle":
                break
            self.look(paused, self.game.speed)
            chance = self.rng.random()
            if paused or chance < 0.05:
                assert self.game.battle is not None
                paused = not paused and self.game.battle.outcome is None  # what is over cannot be paused
                self.tap("pause")
            elif chance < 0.1:
                self.tap("speed")
            elif chance < 0.3:
                self.deploy_something()
            self.game.advance(0.7)
        self.look()


@pytest.mark.parametrize(
    ("stage", "size"), [("first_watch", (1280, 720)), ("two_roads", (1280, 720)), ("short_watch", (1920, 1080))]
)
def test_a_whole_battle_is_read_as_it_is(stage, size, reader, tmp_path):
    """From the home screen to the result page every screen is named and every number, button and card is exact:
    running, paused, at double speed, with a card in hand, with the rhombus open, with cards cooling down.
    """
    walk = Walk(stage if stage in shipped_stages() else short_level(tmp_path), size, reader)
    walk.walk_to_battle()
    walk.play()
    assert walk.looks >= {"popup", "home", "terminal", "stage_map", "stage_panel", "squad", "loading", "battle"}
    assert walk.looks & {"settle", "failed"}
    assert walk.frames >= 30
    assert walk.wrong == []


@pytest.mark.parametrize("size", [(1280, 720), (1600, 720), (1280, 960)])
def test_what_is_laid_over_a_page_is_seen(size, reader):
    """A lost connection and an unknown page are distinguished from the page under them, on any shape of screen."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], squad_of(SQUAD, CATALOGUE), size, popups=False)
    profile = load_profile("practice", size)
    assert recognise(game.draw(), profile, reader).screen == "home"
    for what in ("connection_lost", "unknown", "popup"):
        game.interrupt(what)
        assert recognise(game.draw(), profile, reader).screen == what
        game.flow.interruptions.clear()

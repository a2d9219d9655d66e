"""Cards that no picture is known of: by what the hand tells, and by asking the game."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from bot.clients.practice import PracticePointer
from bot.hands import Geometry, Move, Press, Release, Timing, Wait, steps
from game.camera import Camera
from game.characters.builds import squad_of
from game.levels.stage import load_stage, shipped_stages
from game.practice.app import PracticeGame
from game.practice.skin import Skin
from game.view import UNKNOWN
from states.commands import Answer, Decide, Gesture, OpenGate, ShutGate
from states.events import BattleSeen, Decided, GestureDone, PauseAsked, ResumeAsked
from states.machine import Machine, Setup
from vision.capture import Frame
from vision.cutter import Cutter
from vision.hand import Icon, Member, whose
from vision.portraits import Portraits, read_portraits, slot_named
from vision.profile import load_profile
from vision.watcher import Watcher

NAMES = (
    "Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle", "Kroos", "Catapult", "Steward", "Lava", "Ansel",
    "Orchid",
)  # fmt: skip
SQUAD = squad_of(NAMES, CATALOGUE)
STAGE = load_stage(shipped_stages()[0], CATALOGUE)
STEP = 0.25
ENOUGH = 240
"""Frames in which twelve cards are asked about and play goes on."""


def members(saved=0):
    """The squad as its cards show it, if tables have it dearer by `saved` DP than a player's potentials make it."""
    return [Member((one.name,), one.cost + saved, one.role) for one in SQUAD]


class Table:
    """A battle of the practice game played by the machine, one frame after the other."""

    def __init__(self, reader, detector, folder, *, saved, ui_scale=1.0):
        self.game = PracticeGame([STAGE], SQUAD, popups=False, skin=Skin(ui_scale=ui_scale))
        for tap in ("terminal", "last_stage", None, "stage_start", "squad_start"):
            self.tap(load_profile("practice").points[tap] if tap else self.node())
        self.game.advance(3.0)
        profile = load_profile("practice")
        kept = Portraits(read_portraits(folder, NAMES), NAMES, folder)
        self.cutter = Cutter(profile, reader, kept, members(saved))
        camera = Camera(STAGE.height, STAGE.width, STAGE.view)
        self.watcher = Watcher(profile, self.cutter, detector, reader, camera, STAGE)
        self.geometry = lambda: Geometry(self.watcher.profile, camera, STAGE, Timing())
        self.pointer = PracticePointer(self.game)
        setup = Setup(stage_code=STAGE.code, width=STAGE.width, squad_size=len(SQUAD), speed=1, ask_cards=True)
        self.machine = Machine(setup)
        self.made: list[Gesture] = []
        self.view = None

    def node(self):
        """Where the stage's node is on the map."""
        x, y = self.game.stage_map.nodes()[0][:2]
        return self.game.scale.factor * x, self.game.scale.factor * y

    def tap(self, at):
        """Tap a pixel."""
        self.game.pointer_down(*at)
        self.game.pointer_up(*at)

    def look(self):
        """One frame, and everything that it leads to."""
        self.game.advance(STEP)
        for event in self.watcher.look(Frame(self.game.draw(), self.game.time)):
            if isinstance(event, BattleSeen):
                self.view = event.view
            self.obey(self.machine.handle(event))

    def obey(self, commands):
        """Make the gestures, and decide to wait."""
        for command in commands:
            if isinstance(command, Gesture):
                self.made.append(command)
                self.touch(steps(command, self.geometry()))
                self.obey(self.machine.handle(GestureDone(t=self.game.time, id=command.id)))
            elif isinstance(command, Decide):
                answer = Decided(
                    t=self.game.time, id=command.id, action=(0, 0, 0, 0), q=0.0, explored=False, latency=0.0
                )
                self.obey(self.machine.handle(answer))

    def touch(self, todo):
        """Take the steps of a gesture."""
        for step in todo:
            match step:
                case Press(x, y):
                    self.pointer.press(x, y)
                case Move(x, y):
                    self.pointer.move(x, y)
                case Release():
                    self.pointer.release()
                case Wait(seconds):
                    self.pointer.pass_time(seconds)

    def play(self, frames=ENOUGH, until=lambda: False):
        """Look until something holds."""
        for _ in range(frames):
            self.look()
            if until():
                return

    @property
    def slots(self):
        """The slots of the hand's cards, as seen last."""
        return [card.slot for card in self.view.cards]

    @property
    def true_slots(self):
        """The same, as they are."""
        return [card.slot for card in self.game.battle.view().cards]

    def asked(self):
        """How many cards were tapped."""
        return sum(command.__struct_config__.tag == "tap_card" for command in self.made)

    def goes_on(self):
        """Whether the battle runs, with nothing selected and nothing more to ask."""
        running = self.view is not None and not self.view.paused and not self.view.deploying
        return running and self.asked() > 0 and not self.machine.battle.memory.asking.under_way


def test_a_whole_hand_is_known_by_its_costs_and_icons(reader, detector, tmp_path):
    """No picture is given, and nothing is asked: no two of the squad share cost and class."""
    table = Table(reader, detector, tmp_path, saved=0)
    table.play(10)
    assert table.slots == table.true_slots
    assert table.asked() == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ui_scale", [1.0, 0.9])
def test_cards_that_costs_do_not_tell_are_asked_of_the_game(reader, detector, tmp_path, ui_scale):
    """Each once, while the game stands still; afterwards it goes on, and the next battle asks nothing."""
    table = Table(reader, detector, tmp_path, saved=1, ui_scale=ui_scale)
    table.play(until=table.goes_on)
    assert table.slots == table.true_slots
    assert table.asked() == len(SQUAD)
    assert not table.game.paused
    assert table.game.battle.seconds < 5  # seconds of play, of which the asking took none
    assert sorted(file.stem for file in tmp_path.iterdir()) == sorted(NAMES)
    again = Table(reader, detector, tmp_path, saved=1, ui_scale=ui_scale)
    again.play(12)
    assert again.slots == again.true_slots
    assert again.asked() == 0


def test_a_request_to_pause_goes_before_asking(reader, detector, tmp_path):
    """Nothing is tapped after it; once resumed, the game is let go on, and the rest is asked."""
    table = Table(reader, detector, tmp_path, saved=1)
    table.play(until=lambda: table.asked() == 3)
    said = table.machine.handle(PauseAsked(t=table.game.time, id="a"))
    assert [kind for kind in map(type, said) if kind in (ShutGate, Answer)] == [ShutGate, Answer]
    assert said[0].last_tap is None  # the game stands still already
    taps = len(table.made)
    table.play(8)
    assert len(table.made) == taps
    table.obey(command for command in table.machine.handle(ResumeAsked(t=table.game.time, id="b")))
    assert OpenGate() not in table.made
    table.watcher.look_again()
    table.play(until=lambda: table.asked() >= len(SQUAD) and table.goes_on())
    assert table.slots == table.true_slots


def test_an_operator_of_another_squad_is_asked_twice_and_no_more(reader, detector, tmp_path):
    """Its name is none of the squad's: its card stays unknown, and the battle is played on."""
    table = Table(reader, detector, tmp_path, saved=1)
    strange = [member._replace(names=("Amiya",)) if member.names == ("Kroos",) else member for member in members(1)]
    table.cutter._squad = strange
    table.play(until=table.goes_on)
    asked = table.asked()
    assert asked == len(SQUAD) + 1
    assert table.slots.count(UNKNOWN) == 1
    table.play(40)
    assert table.asked() == asked


def icons(roles):
    """An icon for each class, different ones for different classes."""
    looks = {
        role: np.random.default_rng(number).integers(0, 255, (34, 44), np.uint8)
        for number, role in enumerate(sorted(set(roles)))
    }
    return [Icon(looks[role], cv2.copyMakeBorder(looks[role], 6, 6, 6, 6, cv2.BORDER_REPLICATE)) for role in roles]


def test_two_of_the_same_cost_and_class_are_not_told_apart():
    """A hand tells all others."""
    squad = [
        Member(("a",), 9, "guard"),
        Member(("b",), 9, "guard"),
        Member(("c",), 9, "medic"),
        Member(("d",), 12, "medic"),
    ]
    assert whose([9, 9, 9, 12], icons(["guard", "medic", "guard", "medic"]), squad) == [UNKNOWN, 2, UNKNOWN, 3]


def test_costs_that_are_not_the_squads_tell_nothing():
    """Another squad, potentials that save DP, or a card that was misread."""
    squad = [Member(("a",), 9, "guard"), Member(("b",), 12, "medic")]
    assert whose([9, 11], icons(["guard", "medic"]), squad) == [UNKNOWN, UNKNOWN]


def test_classes_that_can_be_exchanged_are_not_guessed():
    """A guard and a medic of one cost, where nothing else tells which icon is whose."""
    squad = [Member(("a",), 9, "guard"), Member(("b",), 9, "medic"), Member(("c",), 12, "sniper")]
    assert whose([9, 9, 12], icons(["medic", "guard", "sniper"]), squad) == [UNKNOWN, UNKNOWN, 2]


def test_names_are_known_in_the_clients_language_and_with_a_letter_misread():
    """Names that are alike, and names of others, are none."""
    squad = [Member(("Melantha", "玫兰莎"), 13, "guard"), Member(("Ansel", "安赛尔"), 17, "medic")]
    assert slot_named("玫兰莎", squad) == 0
    assert slot_named("MeIantha", squad) == 0
    assert slot_named("杰西卡", squad) == UNKNOWN
    assert slot_named("", squad) == UNKNOWN

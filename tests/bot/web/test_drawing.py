"""What is drawn on the live frame: seen, known and inferred apart, each where it is in the picture."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from bot.web.drawing import Glance, decided, drawn, hand, jpeg
from game.actions import DEPLOY, LEFT, NOTHING, Action
from game.camera import Camera
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.view import BattleView, Card, EnemySeen, OperatorSeen
from learning.policy import Decision
from vision.capture import Frame
from vision.client_area import Area
from vision.detector import Detection
from vision.watcher import Sight

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = squad_of(["Fang", "Kroos"], CATALOGUE)
CAMERA = Camera(STAGE.height, STAGE.width, STAGE.view, (1280, 720))
PARTS = SimpleNamespace(stage=STAGE, squad=SQUAD, geometry=SimpleNamespace(camera=CAMERA))
VIEW = BattleView(
    kills=0, total=1, life=3, dp=9, slots_left=4, cards=(Card(1, 9, "ready"), Card(-1, 5, "cooling")),
    operators=(OperatorSeen(0, 2, 3, LEFT, 0.5, True),),
)  # fmt: skip


def sight(width=1280, height=720, detections=()):
    """A white frame of this size."""
    frame = Frame(np.full((height, width, 3), 255, np.uint8), 1.0)
    return Sight(frame, Area(0, 0, width, height), (1280, 720), detections)


def test_each_is_drawn_where_it_is_in_the_picture():
    """As shares of it: boxes of the detector, tiles of the machine, places of the twin."""
    found = Detection("slug", 0.9, 640.0, 360.0, 64.0, 72.0)
    twin = (EnemySeen("slug", 2.0, 1.0, 0.25),)
    chosen = Decision(Action(DEPLOY, 1, 2 * STAGE.width + 3, LEFT), 1.0, explored=False, legal=9)
    told = drawn(Glance(sight(detections=(found,)), VIEW, twin, [(1.0, chosen)]), PARTS)
    assert told["seen"] == [{"name": "slug", "score": 0.9, "box": [0.5, 0.5, 0.05, 0.1]}]
    (known,) = told["known"]
    corners = [(x / 1280, y / 720) for x, y in CAMERA.polygon(2, 3)]
    assert (known["name"], known["ready"], known["health"]) == ("Fang", True, 0.5)
    assert np.allclose(known["tile"], corners, atol=1e-3)
    assert np.allclose(told["decided"], corners, atol=1e-3)
    assert known["facing"][1][0] < known["facing"][0][0]
    (inferred,) = told["inferred"]
    x, y = CAMERA.pixel(2.0, 1.0)
    assert (inferred["kind"], inferred["health"]) == ("slug", 0.25)
    assert np.allclose(inferred["at"], (x / 1280, y / 720), atol=1e-3)


def test_outside_a_battle_nothing_but_the_frame_is_drawn():
    """An old battle's twin and decision are not laid over a menu."""
    chosen = Decision(Action(DEPLOY, 1, 0, LEFT), 1.0, explored=False, legal=9)
    told = drawn(Glance(sight(), None, (EnemySeen("slug", 2.0, 1.0, 1.0),), [(1.0, chosen)]), PARTS)
    assert told == {"seen": [], "known": [], "inferred": [], "decided": None}
    assert hand(None, PARTS) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 360), (1920, 1080)])
def test_a_frame_is_sent_small_whatever_the_screens_size(width, height):
    """No wider than a page shows it."""
    picture = cv2.imdecode(np.frombuffer(jpeg(sight(width, height)), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (480, 854, 3)


def test_cards_and_decisions_are_in_words():
    """The newest decision first, with what else was considered."""
    assert hand(VIEW, PARTS) == [
        {"name": "Kroos", "cost": 9, "state": "ready"}, {"name": "?", "cost": 5, "state": "cooling"},
    ]  # fmt: skip
    wait = Decision(NOTHING, 0.5, explored=True, legal=2, considered=((Action(DEPLOY, 0, 12, LEFT), 0.75),))
    older = Decision(NOTHING, 0.1, explored=False, legal=1)
    newest, _ = decided([(1.0, older), (2.0, wait)], PARTS)
    assert (newest["t"], newest["action"], newest["explored"]) == (2.0, "wait", True)
    assert newest["considered"] == [{"action": "deploy Fang at row 1, column 3 facing left", "q": 0.75}]

"""The Cutter on the real client: numbers, buttons and cards, and what replaces a number that cannot be right."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.cutter import Cutter, Hud, card_state, with_last_known
from vision.portraits import is_red
from vision.profile import load_profile

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
TITLE_BAR = 54
EMPTY = Hud(None, None, None, None, None, False, None, False, ())


def picture(path):
    """A reference picture's pixels; the test skips where it is absent."""
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    return cv2.imread(str(path))


def battle(number):
    """A frame of the real run of 0-5, without its title bar."""
    return picture(REFERENCE / "battle_0-5" / f"frame_{number:02d}.jpg")[TITLE_BAR:]


def truth():
    """What people read on those frames: frame number to (kills, total, life, dp)."""
    path = REFERENCE / "battle_0-5" / "hud.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {int(row["frame"]): tuple(int(row[key]) for key in ("kills", "total", "life", "cost")) for row in rows}


@cache
def layout(size):
    """The Chinese client's profile for images of this size."""
    return load_profile("arknights-cn", size)


def cutter_for(image, reader):
    """A Cutter without earlier numbers for images of this size."""
    return Cutter(layout((image.shape[1], image.shape[0])), reader)


def read_alone(image, reader):
    """The four numbers of a frame, without earlier ones."""
    return numbers(cutter_for(image, reader).read(image))


def numbers(hud):
    """The four numbers people wrote down."""
    return hud.kills, hud.total, hud.life, hud.dp


def test_single_frames_of_a_real_battle_are_read_exactly(reader):
    """Each frame by itself, without earlier numbers: at least 38 of 39 as people read them."""
    wrong = {
        frame: (said, expected)
        for frame, expected in truth().items()
        if (said := read_alone(battle(frame), reader)) != expected
    }
    assert len(wrong) <= 1, wrong


def test_a_whole_battle_in_a_row_is_read_exactly(reader):
    """The frames in order, the last known numbers replacing what cannot be right: all as people read them."""
    cutter = cutter_for(battle(1), reader)
    assert {frame: numbers(cutter.read(battle(frame))) for frame in truth()} == truth()


def test_frames_of_half_the_size_are_read_too(reader):
    """The same battle at 1280x720: at least 38 of 39."""
    wrong = 0
    for frame, expected in truth().items():
        image = cv2.resize(battle(frame), (1280, 720), interpolation=cv2.INTER_AREA)
        wrong += read_alone(image, reader) != expected
    assert wrong <= 1


@pytest.mark.parametrize(
    ("name", "paused", "speed", "deploying", "slots_left"),
    [
        ("battle_1-4_running", False, 1, False, 8),
        ("battle_1-4_paused", True, 1, False, 8),
        ("battle_1-4_deploying", False, None, True, 4),
        ("battle_1-4_choosing_direction", False, None, True, 4),
        ("battle_LS-6_running_2x", False, 2, False, 6),
        ("battle_practice_banner", False, 1, False, 8),
    ],
)
def test_buttons_say_what_the_battle_is_doing(name, paused, speed, deploying, slots_left, reader):
    """Paused, at double speed or with a card in hand: the buttons tell; the speed cannot be seen while deploying."""
    image = picture(REFERENCE / "screens" / f"{name}.jpg")
    hud = cutter_for(image, reader).read(image)
    assert (hud.paused, hud.speed, hud.deploying, hud.slots_left) == (paused, speed, deploying, slots_left)


@pytest.mark.parametrize(
    ("name", "costs", "affordable"),
    [
        ("battle_1-4_running", [9, 11, 12, 13, 15, 15, 16, 21, 21, 23, 24, 35], 9),
        ("battle_1-4_paused", [9, 11, 12, 13, 15, 15, 16, 21, 21, 23, 24, 35], 2),
        ("battle_1-4_deploying", [3, 8, 13, 13, 15], 1),
        ("battle_1-4_choosing_direction", [3, 8, 11, 13, 13], 5),
        ("battle_LS-6_running_2x", [8, 11, 13, 14, 15, 16, 18, 19, 21, 32], 6),
        ("battle_practice_banner", [9, 11, 11, 15, 16, 20, 20, 21, 22, 23, 25, 32], 7),
    ],
)
@pytest.mark.parametrize("size", [(1280, 720), (1600, 900), (1920, 1080)])
def test_the_hand_is_read_from_left_to_right(name, costs, affordable, size, reader):
    """Five, ten or twelve cards, one of them raised, bright or dark: every cost, and which can be paid."""
    image = cv2.resize(picture(REFERENCE / "screens" / f"{name}.jpg"), size, interpolation=cv2.INTER_AREA)
    cards = cutter_for(image, reader).read(image).cards
    assert [card.cost for card in cards] == costs
    assert [card.state for card in cards] == ["ready"] * affordable + ["unaffordable"] * (len(costs) - affordable)
    assert {card.slot for card in cards} == {-1}


def test_the_hand_shrinks_as_operators_are_placed(reader):
    """In the real battle a card leaves the hand with each deployment, also while another is being picked up."""
    hands = {1: [8, 8, 9, 16, 16, 16, 17, 25], 9: [8, 9, 16, 16, 16, 17, 25], 19: [8, 9, 16, 16, 16, 17, 25]}
    hands |= {21: [8, 9, 16, 16, 16, 25], 41: [8, 9, 16, 16, 16, 25], 77: [8, 16, 16, 16, 25]}
    for frame, costs in hands.items():
        assert [card.cost for card in cutter_for(battle(frame), reader).read(battle(frame)).cards] == costs, frame


def test_an_unchanged_frame_is_not_read_again(reader):
    """Reading the same frame twice asks the network nothing the second time."""
    cutter = cutter_for(battle(25), reader)
    first = cutter.read(battle(25))
    readings = reader.readings
    assert cutter.read(battle(25)) == first
    assert reader.readings == readings


def test_kills_never_fall_and_the_total_never_changes():
    """Within a battle a number that cannot be right is replaced by the last known."""
    before = EMPTY._replace(kills=12, total=24, life=9)
    assert with_last_known(EMPTY._replace(kills=2, total=24, life=9), before).kills == 12
    assert with_last_known(EMPTY._replace(kills=13, total=34, life=9), before)[:2] == (12, 24)
    assert with_last_known(EMPTY._replace(kills=25, total=24, life=9), before).kills == 12
    assert with_last_known(EMPTY._replace(kills=13, total=24, life=9), before)[:3] == (13, 24, 9)


def test_life_never_rises():
    """Life points that rise are a misreading; a fall is accepted."""
    before = EMPTY._replace(kills=1, total=24, life=9)
    assert with_last_known(EMPTY._replace(kills=1, total=24, life=19), before).life == 9
    assert with_last_known(EMPTY._replace(kills=1, total=24, life=8), before).life == 8


def test_numbers_of_a_single_image_are_not_replaced():
    """Without earlier numbers what cannot be read stays unknown."""
    assert with_last_known(EMPTY, EMPTY) == EMPTY


def test_a_new_battle_forgets_the_last_one(reader):
    """After forget() the kills may start at 0 again."""
    cutter = cutter_for(battle(73), reader)
    assert cutter.read(battle(73)).kills == 23
    assert cutter.read(battle(1)).kills == 23
    cutter.forget()
    assert cutter.read(battle(1)).kills == 0


def test_a_card_is_ready_when_it_can_be_paid_and_does_not_cool():
    """Cooling goes before cost; without a readable DP no card counts as affordable."""
    assert card_state(9, cooling=False, dp=9) == "ready"
    assert card_state(9, cooling=False, dp=8) == "unaffordable"
    assert card_state(9, cooling=True, dp=99) == "cooling"
    assert card_state(9, cooling=False, dp=None) == "unaffordable"


def test_red_is_a_whole_picture_tinted_not_red_hair():
    """A picture with a quarter of its pixels in other colours than red is not a cooling card."""
    picture_ = np.full((40, 40, 3), (40, 30, 160), np.uint8)
    assert is_red(picture_)
    picture_[:, :10] = (180, 190, 230)
    assert not is_red(picture_)


@pytest.mark.parametrize(("name", "held"), [("deploying", 0), ("choosing_direction", 0), ("running", None)])
def test_the_card_that_is_held_is_known_by_its_height(name, held, reader):
    """Dragged or waiting for its direction; without one no card is held."""
    image = picture(REFERENCE / "screens" / f"battle_1-4_{name}.jpg")
    assert Cutter(load_profile("arknights-cn", image.shape[1::-1]), reader).read(image).held == held

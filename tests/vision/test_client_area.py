"""The client area is found again wherever it went in the frame, and one that left it in part is not guessed at."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, Action
from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from game.practice.art import portraits
from game.practice.placement import WindowPlacement, displaced
from states.events import AreaSeen, ScreenLost, ScreenSeen
from vision.capture import Frame
from vision.client_area import Area, Features, Place, inside_borders
from vision.cutter import Cutter
from vision.profile import load_profile
from vision.watcher import OUTSIDE_SECONDS, Watcher

SIZE = (1280, 720)


@pytest.fixture(scope="module")
def home():
    """The practice game's home screen, as a picture."""
    return PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), popups=False).draw()


@pytest.fixture
def watcher(reader, detector):
    """A watcher of the practice game."""
    stage = load_stage("first_watch", CATALOGUE)
    profile = load_profile("practice")
    cutter = Cutter(profile, reader, portraits(default_squad(CATALOGUE)))
    return Watcher(profile, cutter, detector, reader, Camera(stage.height, stage.width, stage.view), stage)


def on_desktop(picture, area, size=SIZE, colour=(60, 90, 120)):
    """A desktop of one colour with a picture of the game on it."""
    desktop = np.full((size[1], size[0], 3), colour, np.uint8)
    desktop[area.y : area.y + area.height, area.x : area.x + area.width] = area_sized(picture, area)
    return desktop


def area_sized(picture, area):
    """A picture at an area's size."""
    return Area(0, 0, SIZE[0], SIZE[1]).picture(picture, (area.width, area.height))


def frame(image, number, t):
    """A frame in which one pixel differs from the one before, as in every moving picture."""
    image = image.copy()
    image[360, 640] = number % 256
    return Frame(image, t)


def looks(watcher, image, start, count):
    """What the watcher says of the same picture, `count` times, half a second apart."""
    return [event for number in range(count) for event in watcher.look(frame(image, number, start + number / 2))]


def test_a_plain_border_gives_the_area_to_the_pixel(home):
    """Whatever colour the desktop has."""
    area = Area(200, 100, 960, 540)
    assert area in list(inside_borders(on_desktop(home, area)))


@pytest.mark.parametrize("placement", [(140, -60, 1.0), (-300, 150, 1.0), (0, 0, 0.6), (0, 0, 1.4)])
def test_features_tell_the_place_even_of_what_cannot_be_seen(home, placement):
    """To a few pixels, though a quarter of the window is out of sight."""
    right, down, factor = placement
    found = Features(home).find(displaced(home, WindowPlacement(right, down, factor)))
    assert found is not None
    wanted = Area(right, down, round(1280 * factor), round(720 * factor))
    assert max(abs(one - two) for one, two in zip(found, wanted, strict=True)) <= 4


def test_another_picture_is_not_found_in_it(home):
    """Chance agreement is no place."""
    noise = np.random.default_rng(0).integers(0, 256, home.shape, np.uint8)
    assert Features(home).find(noise) is None


def test_the_screen_is_read_where_the_window_went(watcher, home):
    """It is reported anew, with the place; taps go where the window is."""
    looks(watcher, home, 0.0, 3)
    area = Area(320, 120, 768, 432)
    seen = looks(watcher, on_desktop(home, area), 2.0, 3)
    (moved,) = (event for event in seen if isinstance(event, AreaSeen))
    assert (moved.x, moved.y, moved.width, moved.height, moved.whole) == (*area, True)
    assert [event.screen for event in seen if isinstance(event, ScreenSeen)] == ["home"]
    assert watcher.area == area
    assert watcher.area.pixel(640, 360, SIZE) == (704, 336)
    looks(watcher, home, 4.0, 3)
    assert watcher.area == Area(0, 0, *SIZE)


def test_a_window_partly_out_of_sight_is_waited_for(watcher, home):
    """Nothing is read or lost meanwhile; once it is back the screen is reported again."""
    looks(watcher, home, 0.0, 3)
    away = looks(watcher, displaced(home, WindowPlacement(-250, 90)), 2.0, 16)
    assert [event.whole for event in away if isinstance(event, AreaSeen)] == [False]
    assert not [event for event in away if isinstance(event, ScreenSeen | ScreenLost)]
    assert watcher.area is None
    back = looks(watcher, home, 12.0, 3)
    assert [event.whole for event in back if isinstance(event, AreaSeen)] == [True]
    assert [event.screen for event in back if isinstance(event, ScreenSeen)] == ["home"]
    assert watcher.area == Area(0, 0, *SIZE)


def test_a_wrong_place_does_not_last(watcher, home):
    """A page that was read before the window was in its place is not trusted for ever against what can be read."""
    looks(watcher, displaced(home, WindowPlacement(8, 6)), 0.0, 3)
    seen = [*looks(watcher, home, 2.0, 4), *looks(watcher, home, 4.0 + OUTSIDE_SECONDS, 4)]
    assert watcher.area == Area(0, 0, *SIZE)
    assert [event.screen for event in seen if isinstance(event, ScreenSeen)][-1:] == ["home"]
    assert not [event for event in seen if isinstance(event, ScreenLost)]


def test_a_game_on_a_larger_desktop_is_found_from_the_start(watcher, home):
    """The captured region may be the whole desktop."""
    desktop = on_desktop(home, Area(500, 200, 1280, 720), (1920, 1200))
    seen = looks(watcher, desktop, 0.0, 3)
    assert [event.screen for event in seen if isinstance(event, ScreenSeen)] == ["home"]
    assert watcher.area == Area(500, 200, 1280, 720)


def test_a_window_whose_border_is_gone_is_looked_for_where_it_began(home):
    """A small window that becomes as large as before while another page opens: nothing of what was known is seen, but
    a dialog could be read at many places.
    """
    place, small = Place(SIZE), Area(0, 0, 1006, 566)
    place.settle(small)
    place.learn(on_desktop(home, small), home)
    mirrored = np.ascontiguousarray(home[:, ::-1])
    assert place._find(mirrored) is None
    assert next(place.candidates(mirrored, 1.0)) == Area(0, 0, *SIZE)


def test_a_place_in_the_midst_of_a_picture_is_doubted(home):
    """What was known was cut out of an enlarged window. That the same is found again, smaller, is no proof: it would
    have an edge around it. And a plain border tells more than what is found inside it.
    """
    place, small = Place(SIZE), Area(0, 0, 768, 432)
    enlarged = displaced(home, WindowPlacement(-172, -32, 1.49))
    place.learn(enlarged, enlarged)
    usual, inside = list(place.candidates(home, 1.0))
    assert usual == Area(0, 0, *SIZE)
    assert inside.width == pytest.approx(SIZE[0] / 1.49, abs=5)
    assert next(place.candidates(on_desktop(home, small), 2.0)) == small


def test_a_window_that_is_closed_and_opened_again_elsewhere_is_seen_again(watcher, home):
    """The bare desktop is an unknown screen, and nothing on it is taken for the game."""
    looks(watcher, home, 0.0, 3)
    gone = looks(watcher, np.full_like(home, 70), 2.0, 14)
    assert any(isinstance(event, ScreenLost) for event in gone)
    assert not [event for event in gone if isinstance(event, ScreenSeen | AreaSeen)]
    area = Area(64, 36, 1024, 576)
    seen = looks(watcher, on_desktop(home, area), 10.0, 3)
    assert [event.screen for event in seen if isinstance(event, ScreenSeen)] == ["home"]
    assert watcher.area == area


def test_a_window_that_stays_is_never_found_some_pixels_away():
    """Not in a small battle either, where features err by up to ten pixels: such an error would stay for good."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), (640, 360), popups=False)
    game._begin_battle()
    pictures = []
    for number in range(30):
        if number % 6 == 0:
            game.battle.act(Action(DEPLOY, number // 6, 4 * game.battle.stage.width + 2 + number // 6, 0))
        game.advance(2.0)
        pictures.append(game.draw())
    places = []
    for before, now in zip(pictures, pictures[4:], strict=False):
        place = Place((640, 360))
        place.learn(before, before)
        places += place.candidates(now, 10.0)
    assert set(places) == {Area(0, 0, 640, 360)}

"""The client of a device, over the real adb: seen and touched, lost and found again."""

from __future__ import annotations

import time
from contextlib import closing

import numpy as np
import pytest
from adb_side import TERMINAL, PracticeDevice, adb_server, practice_game
from levels import CATALOGUE
from ports import free_port

from bot.clients import adb_link
from bot.clients.adb import AdbPointer, AdbScreen, DeviceInput, SwipingPointer, check, make_client, touches
from bot.clients.adb_link import AdbLink, DeviceError
from bot.clients.adb_pictures import WAYS, measured, screenshot
from bot.clients.client import MissedError
from bot.config import ConfigError, parse
from bot.hands import Geometry, Move, Press, Release, steps, undo
from game.camera import Camera
from game.levels.stage import load_stage
from states.commands import Deploy
from vision.capture import CaptureError
from vision.profile import load_profile

SECONDS = 30
STAGE = load_stage("first_watch", CATALOGUE)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A private adb server."""
    with adb_server(tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def device(server):
    """A game on its home page, on a device."""
    device = PracticeDevice()
    yield device
    device.stop()


def configured(serial=""):
    """The configuration of a device."""
    return parse({"screen": {"kind": "adb", "serial": serial}})


def settled(call, error):
    """What a call returns once it no longer fails."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return call()
        except error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_a_device_is_seen_and_touched(device):
    """The frames are the game's pictures, whichever way they come; a press and a release are a tap."""
    client = make_client(configured(device.serial), STAGE, ())
    assert client.size == (1280, 720)
    assert not client.lock_step
    before = time.monotonic()
    frame = client.screen.grab()
    assert np.array_equal(frame.image, device.game.draw())
    assert before <= frame.t <= time.monotonic()
    for way in WAYS:
        assert np.array_equal(screenshot(AdbLink(device.serial), way), frame.image)
    client.pointer.press(*TERMINAL)
    client.pointer.release()
    assert device.game.screen == "terminal"


def test_a_drag_is_made_in_parts_and_can_be_taken_back(device):
    """The finger follows each movement, so a drag that is broken off goes back to where nothing happens."""
    pointer = touches(AdbLink(device.serial))
    assert isinstance(pointer, AdbPointer)
    pointer.press(*TERMINAL)
    pointer.move(20, 700)
    pointer.release()
    pointer.release()
    assert device.game.screen == "home"


def test_a_card_that_is_held_when_a_pause_comes_returns_to_the_hand(device):
    """The finger goes back to where the card lies, and up."""
    game, pointer = device.game, touches(AdbLink(device.serial))
    geometry = Geometry(
        load_profile("practice", game.size), Camera(STAGE.height, STAGE.width, STAGE.view, game.size), STAGE
    )
    with device.lock:
        game.flow.go("loading", game.time)
        for _ in range(100):
            game.advance(0.1)
    card = Deploy(id=1, why="", card=0, cards=1, row=2, col=2, direction=0)
    made = steps(card, geometry)[:8]
    for step in made:
        take(pointer, step)
    assert game.battle_page.input.hold is not None
    for step in undo(card, geometry, made):
        take(pointer, step)
    assert game.battle_page.input.hold is None
    assert not game.battle.operators_on_field()


def take(pointer, step):
    """Make one step of a gesture; the game's clock stands still meanwhile."""
    match step:
        case Press(x, y):
            pointer.press(x, y)
        case Move(x, y):
            pointer.move(x, y)
        case Release():
            pointer.release()


def test_before_android_10_a_drag_is_one_swipe(server):
    """It is made when the finger goes up; one that came back to its beginning is not made at all."""
    device = PracticeDevice(android=9)
    pointer = touches(AdbLink(device.serial))
    assert isinstance(pointer, SwipingPointer)
    pointer.press(*TERMINAL)
    pointer.move(20, 700)
    pointer.move(*TERMINAL)
    pointer.release()
    assert device.game.screen == "home"
    pointer.press(*TERMINAL)
    assert device.game.screen == "home"
    pointer.release()
    assert device.game.screen == "terminal"
    device.stop()
    pointer.press(1, 1)
    pointer.release()
    with pytest.raises(MissedError):
        pointer.press(1, 1)


def test_a_device_that_is_gone_is_told_and_found_again(device):
    """Neither eyes nor hands need to be started anew, and the finger that was down is lifted."""
    link = AdbLink(device.serial)
    screen, pointer = AdbScreen(link, WAYS[0], (1280, 720)), touches(link)
    screen.grab()
    pointer.press(10, 10)
    device.stop()
    with pytest.raises(CaptureError, match="start the emulator"):
        settled(lambda: screen.grab() and None, AssertionError)
    with pytest.raises(MissedError):
        pointer.move(20, 20)
    pointer.release()
    device.start()
    settled(screen.grab, CaptureError)
    settled(lambda: pointer.press(*TERMINAL), MissedError)
    pointer.release()
    assert device.game.screen == "terminal"


def test_a_server_that_is_killed_is_started_again(device, server):
    """The next frame comes from a new server, to which the device's address is told again."""
    link = AdbLink(device.serial)
    screen, pointer = AdbScreen(link, WAYS[0], (1280, 720)), touches(link)
    server.kill()
    settled(screen.grab, CaptureError)
    settled(lambda: pointer.press(*TERMINAL), MissedError)
    pointer.release()
    assert device.game.screen == "terminal"


def test_a_server_that_hangs_is_not_waited_for(device, monkeypatch):
    """A device that has stopped counts as gone after a while."""
    monkeypatch.setattr(adb_link, "ANSWER_SECONDS", 0.3)
    link = AdbLink(device.serial)
    assert link.ask("getprop ro.product.model") == "Holdfast practice"
    with device.lock, pytest.raises(CaptureError, match="does not answer"):
        AdbScreen(link, WAYS[0], (1280, 720)).grab()


def test_the_only_device_needs_no_name_and_stays_the_one(device, server):
    """One that is connected later changes nothing."""
    server.run("connect", device.serial)
    link = AdbLink()
    assert link.serial == device.serial
    other = PracticeDevice()
    server.run("connect", other.serial)
    with closing(link.open("exec:echo")):
        assert link.serial == device.serial
    with pytest.raises(DeviceError, match="several devices") as caught:
        assert AdbLink().serial
    assert device.serial in str(caught.value)
    assert other.serial in str(caught.value)
    other.stop()


def test_without_a_device_one_line_says_what_to_do(server):
    """None is listed, none listens at the address, or the name is another's."""
    with pytest.raises(DeviceError, match="adb lists no device"):
        assert AdbLink().serial
    with pytest.raises(DeviceError, match="start the emulator"):
        assert AdbLink(f"127.0.0.1:{free_port()}").serial
    with pytest.raises(DeviceError, match="does not list the device nope") as caught:
        assert AdbLink("nope").serial
    assert "\n" not in str(caught.value)


def test_without_adb_one_line_says_what_to_install(monkeypatch):
    """No server listens, and the program that should start one is not there."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(free_port()))
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/no/such/adb")
    with pytest.raises(DeviceError, match=r"apt-get install adb") as caught:
        assert AdbLink().serial
    assert "\n" not in str(caught.value)


def test_a_portrait_picture_is_refused_in_clear_words(server):
    """A phone whose game is not open."""
    device = PracticeDevice(practice_game((720, 1280)))
    with pytest.raises(DeviceError, match=r"portrait size, 720x1280"):
        make_client(configured(device.serial), STAGE, ())
    device.stop()


def test_a_picture_of_another_size_is_no_frame(device):
    """What was aimed at the old one would miss."""
    with pytest.raises(CaptureError, match="1280x720, and was 1920x1080"):
        AdbScreen(AdbLink(device.serial), WAYS[0], (1920, 1080)).grab()


def test_a_touch_that_the_device_cannot_make_is_a_miss(device):
    """Its own words say why; the shell stays open."""
    touch = DeviceInput(AdbLink(device.serial))
    with pytest.raises(MissedError, match="Invalid arguments"):
        touch.make("tap here there")
    touch.make("tap {} {}".format(*TERMINAL))
    assert device.game.screen == "terminal"


def test_a_check_says_what_the_device_is_and_how_fast_it_is_seen(device):
    """For the doctor: name, version, size and each way's time."""
    told = check(configured(device.serial))
    assert "Holdfast practice, Android 12" in told
    assert "1280x720" in told
    assert all(way.name in told for way in WAYS)
    assert len(measured(AdbLink(device.serial))) == len(WAYS)


def test_a_stage_without_a_code_is_refused():
    """Its button could not be found on the map."""
    nameless = load_stage("first_watch", CATALOGUE)
    object.__setattr__(nameless, "code", nameless.name)
    with pytest.raises(ConfigError, match="no table of stages"):
        make_client(configured(), nameless, ())

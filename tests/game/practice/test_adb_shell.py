"""The practice device's shell: its screenshots are the game's pictures, its touches the game's touches."""

from __future__ import annotations

import gzip
import struct
import threading

import cv2
import numpy as np
import pytest
from adb_side import TERMINAL, practice_game

from game.practice.adb_shell import DeviceShell


@pytest.fixture
def game():
    """A game on its home page."""
    return practice_game()


@pytest.fixture
def shell(game):
    """Its shell."""
    return DeviceShell(game, threading.Lock())


async def test_a_screenshot_is_the_games_picture(game, shell):
    """Raw as Android writes it, the same compressed, and as PNG."""
    raw = await shell.run("screencap 2>/dev/null")
    assert struct.unpack_from("<4I", raw) == (1280, 720, 1, 1)
    pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(720, 1280, 4)
    assert np.array_equal(pixels[:, :, 2::-1], game.draw())
    assert gzip.decompress(await shell.run("screencap | gzip -1")) == raw
    coded = np.frombuffer(await shell.run("screencap -p"), np.uint8)
    assert np.array_equal(cv2.imdecode(coded, cv2.IMREAD_COLOR), game.draw())


async def test_a_tap_reaches_the_game(game, shell):
    """As the mouse does in the window."""
    assert await shell.run("input tap {} {}; echo ended $?".format(*TERMINAL)) == b"ended 0\n"
    assert game.screen == "terminal"


async def test_a_touch_in_parts_and_a_swipe_are_no_tap(game, shell):
    """A finger that goes up elsewhere has pressed no button."""
    x, y = TERMINAL
    await shell.run(f"input touchscreen swipe {x} {y} {x - 300} {y} 20")
    assert game.screen == "home"
    for touch in (f"DOWN {x} {y}", f"MOVE {x + 5} {y}", f"UP {x} {y}"):
        await shell.run(f"input motionevent {touch}")
    assert game.screen == "terminal"


async def test_an_old_android_knows_no_touch_in_parts(game):
    """Android 9 says how `input` is used."""
    shell = DeviceShell(game, threading.Lock(), android=9)
    told = await shell.run("input motionevent DOWN 5 5; echo $?")
    assert told.startswith(b"Usage: input")
    assert b"motionevent" not in told
    assert told.endswith(b"255\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("wm size", b"Physical size: 1280x720\n"),
        ("getprop ro.product.model", b"Holdfast practice\n"),
        ("getprop no.such.thing", b"\n"),
        ("reboot now; echo $?", b"/system/bin/sh: reboot: inaccessible or not found\n127\n"),
        ("input tap here there; echo $?", b"Error: Invalid arguments for command\n255\n"),
        ("echo 'one two", b"'one two\n"),
        ("echo one | sort", b"/system/bin/sh: sort: inaccessible or not found\n"),
        ("", b""),
    ],
)
async def test_questions_and_mistakes_are_answered(shell, line, told):
    """Nothing ends the shell."""
    assert await shell.run(line) == told

"""Checks of the screen: whether the game can be seen, how fast, whether a touch arrives, and what is recognised."""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from bot.clients.client import Client, check_client, open_client
from bot.config import Config
from bot.doctor.finding import Found, failure, ok, warning
from bot.lock import is_locked
from bot.sources import open_stage, play_stage, sources
from bot.squads import configured_squad

NOT_NEEDED = {
    "practice": "not needed: the practice game is drawn off-screen",
    "adb": "not needed: the game is on a device",
    "window": "not needed: the game is in a window",
}
"""By kind of client, why a check of another kind has nothing to look at."""
MEASURED_SECONDS = 1.0
"""How long frames are grabbed to measure their rate."""
SEEN = 4.0
"""Mean difference of two frames' pixels, of 255, from which a tap has changed the page: a page that only moves a little
stays below it.
"""
LOOKS = 20
"""Frames in which a page must be recognised, or the effect of a tap be seen."""
TOUCHES = 5
"""How often a device is asked for the time that a touch takes; the median counts."""
ASPECT = 16 / 9
"""Of the profiles."""
LEAST_HEIGHT = 540
"""Pixels below which the numbers of a screen are hardly readable: three quarters of the profiles' 720."""


def display(config: Config) -> Found:
    """Whether the game can be seen, as its client finds; a client whose libraries are missing cannot be asked."""
    try:
        return ok(check_client(config))
    except ImportError as error:
        return failure(str(error), "run: make install")


def xauthority(config: Config) -> Found:
    """Whether the file that lets programs in to an X11 display is there: the mouse is refused without it."""
    if config.screen.kind != "window":
        return ok(NOT_NEEDED[config.screen.kind])
    if not sys.platform.startswith("linux"):
        return ok("only X11 has it")
    named = os.environ.get("XAUTHORITY")
    file = Path(named) if named else Path.home() / ".Xauthority"
    if os.access(file, os.R_OK):
        return ok(f"{file} can be read")
    if not named:
        return ok(f"XAUTHORITY is not set and {file} is not there; an empty one is used")
    return failure(f"XAUTHORITY names {file}, which cannot be read", "set it to your session's file, or unset it")


def wayland(config: Config) -> Found:
    """Whether the session is one of Wayland, where a program cannot see the windows of others."""
    if config.screen.kind != "window":
        return ok(NOT_NEEDED[config.screen.kind])
    if not os.environ.get("WAYLAND_DISPLAY") and os.environ.get("XDG_SESSION_TYPE") != "wayland":
        return ok("no Wayland session")
    fix = "log in to a session on X11"
    if os.environ.get("DISPLAY"):
        return warning("a Wayland session: only windows of its X11 server (Xwayland) can be seen and touched", fix)
    return failure("a Wayland session without an X11 display: nothing can be seen or touched", fix)


def capture(config: Config) -> Found:
    """How fast frames come, and how long one takes."""
    client = opened(config)
    spent: list[float] = []
    end = time.perf_counter() + MEASURED_SECONDS
    while not spent or time.perf_counter() < end:
        began = time.perf_counter()
        client.screen.grab()
        spent.append(time.perf_counter() - began)
    usual, worst = statistics.median(spent), max(spent)
    told = f"{1 / usual:.0f} frames a second, {usual * 1000:.1f} ms a grab ({worst * 1000:.1f} ms the longest)"
    if client.lock_step or usual < 1 / config.screen.fps:
        return ok(told)
    slower = max(0.1, round(0.8 / usual, 1))
    return warning(f"{told}; [screen] fps asks for {config.screen.fps:g}", f"set [screen] fps to {slower:g}")


def tap(config: Config) -> Found:
    """How long a touch takes to show. In a user's own game nothing is pressed: the mouse is moved and read back, and a
    device is asked how touches are made.
    """
    if config.screen.kind == "practice":
        return _tapped(config)
    if is_locked(config.directory):
        return ok("not tried: a daemon is at play, and the pointer is its own")
    return _moved(config) if config.screen.kind == "window" else _asked(config)


def adb(config: Config) -> Found:
    """Whether adb is there, and its server answers."""
    if config.screen.kind != "adb":
        return ok(NOT_NEEDED[config.screen.kind])
    from bot.clients.adb_link import program, server_place, start_server

    found = program()
    start_server()
    host, port = server_place()
    return ok(f"{found}; its server listens on {host}:{port}")


def area(config: Config) -> Found:
    """Whether what is seen fits the profile: its size, its aspect, and a screen that is known."""
    from vision.ocr import Reader
    from vision.profile import load_profile
    from vision.screens import UNKNOWN_SCREEN, recognise

    client = opened(config)
    width, height = client.size
    profile, reader = load_profile(config.screen.profile, client.size), Reader()
    size = f"{width}x{height}"
    for _ in range(LOOKS if client.lock_step else 3):
        screen = recognise(client.screen.grab().image, profile, reader).screen
        if screen != UNKNOWN_SCREEN:
            break
    else:
        where = (
            "open the game on it and set"
            if config.screen.kind == "adb"
            else "bring the game to the front and set region and"
        )
        fix = f"{where} profile in [screen]; see: holdfast read SCREENSHOT"
        return warning(f"{size}: no screen of the profile {config.screen.profile} is recognised", fix)
    told = f"{size}, shows the screen {screen} of the profile {config.screen.profile}"
    if abs(width / height / ASPECT - 1) > 0.01:
        return warning(f"{told}; the profile is made for 16:9", "give the game's window this aspect")
    if height < LEAST_HEIGHT:
        return warning(f"{told}; small print is hard to read", f"make it at least {LEAST_HEIGHT} pixels high")
    return ok(told)


def opened(config: Config) -> Client:
    """The client of the configuration, the practice game without what goes wrong in it on purpose."""
    known = sources(config)
    quiet = config.practice.model_copy(update={"popups": False, "faults": ()})
    calm = config.model_copy(update={"practice": quiet})
    stage = open_stage(play_stage(calm), known)
    return open_client(calm, stage, configured_squad(calm, stage, known.catalogue))


def _tapped(config: Config) -> Found:
    """Tap on the practice game's home screen, and look until the page has changed."""
    from vision.profile import load_profile

    client = opened(config)
    x, y = load_profile(config.screen.profile, client.size).points["terminal"]
    before = client.screen.grab()
    began = time.perf_counter()
    client.pointer.press(round(x), round(y))
    if client.pass_time is not None:
        client.pass_time(config.hands.hold)
    client.pointer.release()
    for number in range(1, LOOKS + 1):
        frame = client.screen.grab()
        if np.abs(frame.image.astype(np.int16) - before.image).mean() > SEEN:
            spent, played = time.perf_counter() - began, frame.t - before.t
            return ok(f"seen in frame {number} after it, {spent * 1000:.0f} ms later ({played:.2f} s of the game)")
    return failure(f"not seen in {LOOKS} frames", "report this: the practice game does not answer")


def _moved(config: Config) -> Found:
    """Move the mouse to the middle of the client area, read where it is, and put it back."""
    from bot.clients.desktop import DesktopPointer, client_area

    area = client_area(config.screen)
    pointer, aim = DesktopPointer(area), (area.width // 2, area.height // 2)
    before = pointer.position()
    began = time.perf_counter()
    pointer.move(*aim)
    at = pointer.position()
    spent = time.perf_counter() - began
    pointer.move(*before)
    if at == aim:
        return ok(f"the mouse goes where it is sent, and is read back, in {spent * 1000:.1f} ms; nothing was pressed")
    fix = "leave the mouse alone while the doctor runs; check [screen] region, and the desktop's scaling (100 %)"
    return failure(f"the mouse was sent to {aim} in the client area and is at {at}", fix)


def _asked(config: Config) -> Found:
    """Have the device's program for touches say what it can, which takes as long as a touch."""
    from bot.clients.adb import DeviceInput
    from bot.clients.adb_link import AdbLink

    touch, spent = DeviceInput(AdbLink(config.screen.serial)), []
    for _ in range(TOUCHES):
        began = time.perf_counter()
        usage = touch.usage()
        spent.append(time.perf_counter() - began)
    told = f"a touch takes {statistics.median(spent) * 1000:.0f} ms; nothing was touched"
    if "motionevent" in usage:
        return ok(told)
    fix = "where deployments fail, use Android 10 or newer, which can"
    return warning(f"{told}; this Android makes drags as a whole, and cannot hold a card", fix)

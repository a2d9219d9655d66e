"""The doctor's checks of the screen: the practice game, a real X server, and sessions that lack something."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from adb_side import PracticeDevice, adb_server
from ports import free_port

from bot.config import parse
from bot.doctor import Check, examine, screen

CHECKS = ("display", "xauthority", "wayland", "capture", "tap")


def found(check, folder, **tables):
    """What one check finds with a configuration in a folder."""
    (finding,) = examine(parse(tables, folder=folder), [Check("it", check, 60.0)])
    return finding


@pytest.mark.parametrize("check", [screen.display, screen.xauthority, screen.wayland])
def test_the_practice_game_needs_no_display(tmp_path, monkeypatch, check):
    """It is drawn in memory, whatever the session is."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XAUTHORITY", "/no/such/file")
    assert found(check, tmp_path).level == "ok"


def test_the_practice_game_is_measured(tmp_path, monkeypatch):
    """Frames a second, milliseconds of a grab, the tap and the frame that shows it, and the screen that it shows; what
    goes wrong in the game on purpose is left out.
    """
    monkeypatch.setattr(screen, "MEASURED_SECONDS", 0.1)
    practice = {"faults": ["tap_swallowed", "frozen", "black"], "fault_rate": 100.0}
    assert "ms a grab" in found(screen.capture, tmp_path, practice=practice).told
    tapped = found(screen.tap, tmp_path, practice=practice)
    assert (tapped.level, "seen in frame" in tapped.told) == ("ok", True)
    assert "shows the screen home" in found(screen.area, tmp_path, practice=practice).told


def test_a_client_area_of_another_aspect_is_a_warning(tmp_path):
    """The profile's rectangles are made for 16:9."""
    finding = found(screen.area, tmp_path, practice={"width": 1280, "height": 960})
    assert finding.level == "warning"


WINDOW = """
import json, sys
from bot.config import parse
from bot.doctor import CHECKS, examine
config = parse({"screen": {"kind": "window", "region": json.loads(sys.argv[1])}})
wanted = sys.argv[2].split(",")
for finding in examine(config, [check for check in CHECKS if check.what in wanted]):
    print(json.dumps(finding))
"""


def at_a_desktop(region=(10, 20, 600, 400), checks=CHECKS, **environment):
    """What the checks find in a process with these variables, for a window; by name: (level, told, fix)."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-c", WINDOW, json.dumps(region), ",".join(checks)]
    done = subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=120, check=True)
    return {what: tuple(rest) for what, *rest in map(json.loads, done.stdout.splitlines())}


def test_a_window_on_a_real_display_is_measured_and_nothing_is_pressed(display, tmp_path):
    """The rate of frames, and a mouse that goes where it is sent."""
    by_name = at_a_desktop(DISPLAY=display, HOME=str(tmp_path))
    assert {what: level for what, (level, *_) in by_name.items()} == dict.fromkeys(CHECKS, "ok")
    assert "frames a second" in by_name["capture"][1]
    assert "nothing was pressed" in by_name["tap"][1]


def test_a_missing_display_is_a_failure_with_the_fix(tmp_path):
    """No traceback of Xlib, and the mouse says it too."""
    by_name = at_a_desktop(checks=("display", "capture", "tap"), HOME=str(tmp_path))
    assert by_name["display"] == ("failure", "DISPLAY is not set; start Holdfast in a desktop session on X11", "")
    assert {level for level, *_ in by_name.values()} == {"failure"}


def test_a_missing_authority_file_and_a_wayland_session_are_told(display, tmp_path):
    """XAUTHORITY names no file; the session is Wayland's, with and without an X11 display beside it."""
    checks = ("xauthority", "wayland")
    lost = {"XAUTHORITY": str(tmp_path / "none"), "WAYLAND_DISPLAY": "wayland-0"}
    with_x = at_a_desktop(checks=checks, DISPLAY=display, **lost)
    assert with_x["xauthority"][0] == "failure"
    assert "unset it" in with_x["xauthority"][2]
    assert with_x["wayland"][0] == "warning"
    assert at_a_desktop(checks=checks, **lost)["wayland"][0] == "failure"


def test_a_region_beyond_the_screen_is_a_failure(display, tmp_path):
    """The message names the rectangle."""
    by_name = at_a_desktop((1200, 0, 640, 480), ("display",), DISPLAY=display, HOME=str(tmp_path))
    assert by_name["display"][0] == "failure"
    assert "1200" in by_name["display"][1]


ADB_CHECKS = (screen.adb, screen.display, screen.xauthority, screen.capture, screen.tap, screen.area)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A private adb server."""
    with adb_server(tmp_path, monkeypatch) as server:
        yield server


@pytest.mark.parametrize(("android", "level"), [(12, "ok"), (9, "warning")])
def test_a_device_is_measured_and_nothing_is_touched(server, tmp_path, android, level):
    """The program, the server, the device, each kind of screenshot, frames a second, a touch's time and the page.

    An old Android is a warning.
    """
    device = PracticeDevice(android=android)
    adb = {"kind": "adb", "serial": device.serial}
    found_all = [found(check, tmp_path, screen=adb) for check in ADB_CHECKS]
    assert [finding.level for finding in found_all] == ["ok", "ok", "ok", "ok", level, "ok"]
    told = [finding.told for finding in found_all]
    assert f"{server.program}; its server listens on 127.0.0.1:{server.port}" == told[0]
    assert "screenshots: " in told[1]
    assert "frames a second" in told[3]
    assert "ms; nothing was touched" in told[4]
    assert "shows the screen home" in told[5]
    assert device.game.screen == "home"
    device.stop()


def test_a_missing_adb_and_a_missing_device_are_failures_with_the_fix(server, tmp_path, monkeypatch):
    """Each in its own line."""
    address = f"127.0.0.1:{free_port()}"
    gone = found(screen.display, tmp_path, screen={"kind": "adb", "serial": address})
    assert gone.level == "failure"
    assert "start the emulator" in gone.told
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/no/such/adb")
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(free_port()))
    lacking = found(screen.adb, tmp_path, screen={"kind": "adb"})
    assert lacking.level == "failure"
    assert "apt-get install adb" in lacking.told

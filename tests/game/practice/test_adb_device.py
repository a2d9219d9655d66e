"""The practice game as a device for the real adb."""

from __future__ import annotations

import socket
from contextlib import closing

import cv2
import numpy as np
import pytest
from adb_side import PracticeDevice, adb_server

from game.practice.adb_device import AdbMessage, PortTakenError, listening


@pytest.fixture
def device():
    """A game on its home page, served to adb."""
    device = PracticeDevice()
    yield device
    device.stop()


def test_the_real_adb_sees_and_touches_the_game(device, tmp_path, monkeypatch):
    """It connects, lists the device, takes a screenshot, runs commands, and is refused what is not there."""
    with adb_server(tmp_path, monkeypatch) as server:
        assert server.run("connect", device.serial).startswith(b"connected to")
        assert b"model:Holdfast_practice" in server.run("devices", "-l")
        coded = np.frombuffer(server.run("exec-out", "screencap", "-p"), np.uint8)
        assert np.array_equal(cv2.imdecode(coded, cv2.IMREAD_COLOR), device.game.draw())
        assert len(server.run("exec-out", "screencap")) == 16 + 1280 * 720 * 4
        assert server.run("shell", "input", "tap", "978", "194") == b""
        assert device.game.screen == "terminal"
        assert server.run("shell", "wm", "size") == b"Physical size: 1280x720\n"
        assert b"remount" not in server.run("shell", "getprop")


def test_what_is_no_message_of_adb_ends_its_connection_only(device):
    """A browser that comes to the port does no harm, and an unknown service is closed."""
    with closing(socket.create_connection(("127.0.0.1", device.port))) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert browser.recv(100) == b""
    with closing(socket.create_connection(("127.0.0.1", device.port))) as host:
        host.sendall(AdbMessage(b"OPEN", 7, 0, b"reboot:\0").encoded())
        assert host.recv(100) == AdbMessage(b"CLSE", 0, 7).encoded()


def test_it_listens_on_loopback_and_refuses_a_taken_port_in_one_line():
    """No other machine can connect; the message names the port."""
    with closing(listening(0)) as door:
        address, port = door.getsockname()
        assert address == "127.0.0.1"
        with pytest.raises(PortTakenError, match=str(port)):
            listening(port)

"""What systemd is told, on real sockets: by a path, by an abstract name, and nothing where it did not ask."""

from __future__ import annotations

import os
import socket
import sys
import time
import uuid

import pytest
from manager_side import notified
from runs import PATIENCE, SMALL, configuration, finished, holdfast, short_level

from bot import systemd


@pytest.fixture(params=["path", "abstract"])
def service(request, tmp_path, monkeypatch):
    """The manager's end of the socket, whose address is in NOTIFY_SOCKET."""
    name = f"holdfast-{uuid.uuid4().hex}"
    address = f"@{name}" if request.param == "abstract" else str(tmp_path / "notify")
    if request.param == "abstract" and sys.platform != "linux":
        pytest.skip("only Linux has abstract sockets")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0"))
        manager.settimeout(1.0)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield manager


def test_values_arrive_as_lines_of_one_datagram(service):
    """One line a value; a line break in a text is none on the wire, so that no text can say READY=1."""
    assert systemd.notify(READY=1, STATUS="fault: no\nREADY=1")
    assert service.recv(4096) == b"READY=1\nSTATUS=fault: no READY=1"


@pytest.mark.parametrize("address", [None, "", "relative", "/no/such/socket", "@holdfast-none", "\0"])
def test_without_a_manager_nothing_happens(monkeypatch, address):
    """Not started by systemd, or systemd has gone: no error and no wait."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address and "\0" not in address:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not systemd.notify(READY=1)


def test_a_full_socket_is_not_waited_for(tmp_path, monkeypatch):
    """A manager that does not read costs the bot nothing."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert not all(systemd.notify(STATUS="x" * 4000) for _ in range(2000))


@pytest.mark.parametrize(
    ("span", "watched", "seconds"),
    [
        ("60000000", None, 60.0),
        ("60000000", "this", 60.0),
        ("60000000", "1", None),
        (None, None, None),
        ("0", None, None),
        ("soon", None, None),
        ("60000000", "me", None),
    ],
)
def test_the_watchdog_watches_one_process_for_a_span(monkeypatch, span, watched, seconds):
    """WATCHDOG_USEC counts where WATCHDOG_PID is this process or missing; what makes no sense is no watchdog."""
    for name, value in (("WATCHDOG_USEC", span), ("WATCHDOG_PID", str(os.getpid()) if watched == "this" else watched)):
        monkeypatch.delenv(name, raising=False)
        if value:
            monkeypatch.setenv(name, value)
    assert systemd.watchdog_seconds() == seconds


@pytest.mark.timeout(600)
def test_a_run_reports_itself_from_its_preparation_to_its_end(tmp_path, port):
    """`holdfast run` says what it prepares, is ready at its first look, pings, and says once that it is stopping."""
    config = configuration(tmp_path, port, play={"stage": short_level(tmp_path, 9).name}, practice=SMALL)
    with notified(tmp_path, WATCHDOG_USEC="4000000") as heard:
        process = holdfast("run", "--config", config, "--json", env=heard.environment)
        try:
            deadline = time.monotonic() + 2 * PATIENCE  # where the rules must be compiled first
            while "WATCHDOG=1" not in heard and time.monotonic() < deadline:
                time.sleep(0.05)
            process.terminate()
            finished(process)
        finally:
            process.kill()
    order = [heard.index(line) for line in ("READY=1", "WATCHDOG=1", "STOPPING=1")]
    assert order == sorted(order)
    assert (heard.count("READY=1"), heard.count("STOPPING=1"), heard[-1]) == (1, 1, "STOPPING=1")
    assert heard[0].startswith("STATUS=preparing: ")
    assert any(line.startswith("STATUS=menu: ") for line in heard[order[0] - 1 :])

"""The watchdog: pings only while eyes, machine and learner are all fresh, and while a paused bot looks on."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
import time

import pytest
from runs import PATIENCE, SMALL, make, short_level

from bot.watchdog import Ages, stale
from states.events import PauseAsked, ResumeAsked, StopAsked

SPAN = 1.0
"""Seconds that the manager waits for a ping."""


@pytest.mark.parametrize(
    ("ages", "parts"),
    [
        (Ages(0.0, 0.0, 0.0), ()),
        (Ages(2.0, 2.0, 2.0), ()),
        (Ages(2.1, 0.0, 0.0), ("eyes",)),
        (Ages(0.0, 2.1, 0.0), ("machine",)),
        (Ages(0.0, 0.0, math.inf), ("learner",)),
        (Ages(math.nan, 3.0, 3.0), ("eyes", "machine", "learner")),
    ],
)
def test_a_part_is_stale_when_it_takes_too_long(ages, parts):
    """Each part is judged by its own age."""
    assert stale(ages, 2.0) == parts


class Manager:
    """The manager's end of the socket; it counts pings."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._socket.setblocking(False)

    def pings(self):
        """How many came since the last call."""
        count = 0
        while True:
            try:
                count += self._socket.recv(4096) == b"WATCHDOG=1"
            except BlockingIOError:
                return count

    async def ping(self):
        """Wait for the next one."""
        self.pings()
        async with asyncio.timeout(PATIENCE):
            while not self.pings():  # noqa: ASYNC110 - a socket of another side
                await asyncio.sleep(0.05)

    async def silence(self):
        """Wait until systemd would end the service: no ping in a whole span."""
        quiet_since = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while time.monotonic() - quiet_since < SPAN:
                await asyncio.sleep(0.05)
                if self.pings():
                    quiet_since = time.monotonic()

    def close(self):
        """Close the socket."""
        self._socket.close()


@pytest.mark.timeout(600)
async def test_the_pings_stop_while_a_part_hangs_and_only_then(tmp_path, monkeypatch):
    """Learner, eyes and machine hang in turn: no ping while one does, pings again once it goes on; while the bot is
    paused, and its game's clock is held, the pings go on.
    """
    manager = Manager(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", str(round(SPAN * 1e6)))
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    daemon = make(tmp_path, {"play": {"stage": short_level(tmp_path, 9).name}, "practice": SMALL})
    task = asyncio.create_task(daemon.run())
    try:
        await manager.ping()
        for part, owner, name in (
            ("learner", daemon._learner._agent, "learn"),
            ("eyes", daemon._capture._watcher, "look"),
        ):
            go_on = threading.Event()
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, hanging(getattr(owner, name), go_on.wait))
                await manager.silence()
                assert part in stale(daemon._watchdog.ages, SPAN / 2)
                go_on.set()
            await manager.ping()
        machine_goes_on = asyncio.Event()
        carry_out = daemon._carry_out

        async def hang(command):
            await machine_goes_on.wait()
            await carry_out(command)

        with monkeypatch.context() as patch:
            patch.setattr(daemon, "_carry_out", hang)
            await manager.silence()
            assert "machine" in stale(daemon._watchdog.ages, SPAN / 2)
            machine_goes_on.set()
        await manager.ping()
        await daemon._inbox.put(PauseAsked(t=0.0, id=""))
        for _ in range(4):
            await manager.ping()
            assert daemon._machine.state == "paused"
        await daemon._inbox.put(ResumeAsked(t=0.0, id=""))
        await manager.ping()
    finally:
        await daemon._inbox.put(StopAsked(t=0.0, id=""))
        assert await asyncio.wait_for(task, PATIENCE) == 0
        manager.close()


def hanging(function, wait):
    """A function that waits before it does its work."""

    def late(*arguments):
        wait()
        return function(*arguments)

    return late

"""Network ports of tests: free ones, and waiting until a program listens."""

from __future__ import annotations

import socket
import time

import pytest

START_SECONDS = 20
"""Seconds a program may take to start or end."""


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Wait until a program listens on a port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"no program listens on port {port} after {START_SECONDS} s")

"""The manager's end of systemd's notification socket, for runs in a process of their own."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


class Heard(list[str]):
    """The lines that were sent so far, and the environment of the process that sends them."""

    environment: dict[str, str]


@contextlib.contextmanager
def notified(folder: Path, **variables: str) -> Iterator[Heard]:
    """Listen at a socket in a folder until the block ends: all was read then that was sent before."""
    heard, over = Heard(), threading.Event()
    address = str(folder / "notify")
    heard.environment = {**os.environ, "NOTIFY_SOCKET": address, **variables}
    heard.environment.pop("WATCHDOG_PID", None)

    def read(manager: socket.socket) -> None:
        ended = False
        while not ended:
            ended = over.is_set()  # once more after the end
            with contextlib.suppress(TimeoutError):
                while True:
                    heard.extend(manager.recv(4096).decode().splitlines())

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(0.1)
        reader = threading.Thread(target=read, args=(manager,), name="manager")
        reader.start()
        try:
            yield heard
        finally:
            over.set()
            reader.join()

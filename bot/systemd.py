"""What is said to systemd: a datagram of NAME=value lines to the socket that NOTIFY_SOCKET names (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(**values: object) -> bool:
    """Send values such as READY=1 or STATUS="battle". False, and nothing sent, where systemd did not ask or is gone.

    Never waits: a line more is not worth a pause of the bot.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return False
    lines = "\n".join(f"{name}={' '.join(str(value).split())}" for name, value in values.items())
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.setblocking(False)
        out.sendto(lines.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        return True
    return False


def watchdog_seconds() -> float | None:
    """Seconds after which systemd ends a service that sends no WATCHDOG=1; None where it does not watch this one."""
    try:
        span = int(os.environ.get("WATCHDOG_USEC", "")) / 1e6
        watched = int(os.environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    return span if span > 0 and watched == os.getpid() else None

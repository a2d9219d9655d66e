"""How a run ends: what signals ask for, and that the process is gone soon after, whatever hangs.

SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal was closed) mean the same. While the run is prepared, the first ends
it at once. While it plays, the first asks for an orderly end, the second hurries it, and further ones change nothing.
A SIGHUP that was ignored at the start (nohup) stays ignored.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

ORDERLY = 20.0
"""Seconds that the machine has for an orderly end, before it is hurried as by a second signal."""
LEAVING = 10.0
"""Seconds that gestures under way and the broker have, each, to come to an end."""
LAST_CHECKPOINT = 60.0
"""Seconds that the learner has to end its work and to write the last checkpoint."""
THREADS = 5.0
"""Seconds that threads have to end after everything was written, before the process ends without them."""

Listener = Callable[[str, bool], None]
"""Called in the main thread with a signal's name, and whether it is the first one."""


class Interrupted(KeyboardInterrupt):
    """A signal ended the program before there was anything to save."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
        """As shells have it: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""


def ending_signals() -> list[signal.Signals]:
    """The signals that end a run here. SIGHUP is not among them on Windows, nor where it is ignored."""
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) == signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, hangup]


class EndingSignals:
    """What the process does about the signals that end it, from its preparations to its last line."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._listener: Listener | None = None
        self._heard = 0
        self._over = False
        self._interrupted: Interrupted | None = None
        """What was raised during the preparations."""

    def install(self) -> None:
        """From now on a signal raises Interrupted, until there is a listener. Does nothing the second time."""
        if not self._before:
            self._before = {number: signal.signal(number, self._happened) for number in ending_signals()}

    def ignore(self) -> None:
        """Ignore the signals from now on, up to the very end of the process, when no code of ours runs any more."""
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)

    def restore(self) -> None:
        """Give the signals back to those who had them before."""
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler)

    @contextlib.contextmanager
    def heard_by(self, listener: Listener) -> Iterator[None]:
        """Have signals told to the listener while the block runs, and ignored after it.

        Signals that were not installed before are given back after the block. Raises what a signal has raised before:
        Python only prints an exception that a signal raises in a destructor or in a callback of compiled code.
        """
        if self._interrupted:
            raise self._interrupted
        borrowed = not self._before
        self._listener, self._heard, self._over = listener, 0, False
        self.install()
        try:
            yield
        finally:
            self._over = True
            if borrowed:
                self.restore()

    def _happened(self, number: int, frame: FrameType | None) -> None:
        if self._over:
            return
        if self._listener is None:
            self._over = True  # before the next line, within which a signal that waits is told to us
            self.ignore()
            self._interrupted = Interrupted(self._first(number, frame))
            raise self._interrupted
        self._heard += 1
        self._listener(signal.Signals(number).name, self._heard == 1)

    def _first(self, number: int, frame: FrameType | None) -> int:
        """The signal that came before this one, where its handler was interrupted before its first line; else this one.

        `frame` is what was interrupted.
        """
        while frame is not None:
            if frame.f_code is EndingSignals._happened.__code__:
                number = frame.f_locals["number"]
            frame = frame.f_back
        return number


def end_without(hanging: list[threading.Thread], code: int) -> None:
    """End the process with this exit code and without these threads, which do not end by themselves."""
    names = ", ".join(thread.name for thread in hanging)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"ended without waiting any longer for: {names}\n")
        sys.stderr.flush()
        sys.stdout.flush()
    os._exit(code)


def hanging_threads(before: set[threading.Thread], seconds: float = THREADS) -> list[threading.Thread]:
    """The threads that began after `before` was taken and are still at work after so many seconds.

    The interpreter would wait for them at its end, for ever.
    """
    deadline = time.monotonic() + seconds
    begun = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in begun:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in begun if thread.is_alive()]

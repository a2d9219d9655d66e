"""Calls that may block for ever, such as those to a display: made in a thread of their own, each waited for so long."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Value = TypeVar("Value")


class BoundedThread:
    """A thread for calls of which none is waited for longer than `seconds`.

    A call that does not return keeps the thread; until it does, further calls are refused. The thread does not keep the
    process from ending.
    """

    def __init__(self, name: str, seconds: float) -> None:
        self._name = name
        self._seconds = seconds
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._last: Future[Any] | None = None

    def call(self, function: Callable[[], Value]) -> Value:
        """What the function returns, or raises. Raises TimeoutError when it, or the call before it, does not end."""
        if self._last is None:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        elif not self._last.done():
            self._last.exception(self._seconds)
        future: Future[Value] = Future()
        self._last = future
        self._calls.put((future, function))
        return future.result(self._seconds)

    def _work(self) -> None:
        while True:
            future, function = self._calls.get()
            try:
                future.set_result(function())
            except Exception as error:  # noqa: BLE001 - it is the caller's
                future.set_exception(error)

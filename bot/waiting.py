"""Waiting for something that may take long, or hang."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot import log

Value = TypeVar("Value")

STEP = 0.25
"""Seconds of a single wait."""


async def done_within(future: asyncio.Future[Any], seconds: float) -> bool:
    """Whether it is done after at most so many seconds; it is not cancelled.

    The seconds are counted in single waits: while the process is stopped (SIGSTOP, a suspended computer) they stand
    still, so nothing is taken for hung that was only stopped.
    """
    for _ in range(max(1, round(seconds / STEP))):
        if (await asyncio.wait([future], timeout=min(STEP, seconds)))[0]:
            return True
    return False


async def within(seconds: float, part: str, what: Awaitable[object]) -> None:
    """Wait so long for the end of a part, and say where it did not come."""
    try:
        async with asyncio.timeout(seconds):
            await what
    except TimeoutError:
        log.logger().warning("part_failed", part=part, why=f"did not end within {seconds:g} s; ending without it")


async def aside(work: Callable[[], Value]) -> Value:
    """What `work` returns, or raises, in a thread of its own.

    Where the caller is cancelled, nothing waits for the thread, not even the end of the process.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Value] = loop.create_future()

    def settle(result: Value | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # None only beside an error, or as a Value

    def run() -> None:
        try:
            result, error = work(), None
        except Exception as raised:  # noqa: BLE001 - it is the caller's
            result, error = None, raised
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await future

"""Waiting for something that may hang."""

from __future__ import annotations

import asyncio
from typing import Any

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

"""How many requests a caller may make, and one line of the log for many rejected ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable

from bot import log

BURST, PER_SECOND = 50, 20.0
"""Requests that a caller may make at once, and how many more each second after that, of each verb."""
CALLERS = 256
"""Callers and verbs that are told apart; while there are that many, further ones share one allowance."""
TELL_SECONDS = 5.0
"""Seconds between two lines of the log about rejected requests."""
SHOWN = 40
"""Characters of a verb that are logged: a topic may be long."""


class Rate:
    """A token bucket a key: `burst` at once, then `per_second`. Times are seconds of any clock that only goes on."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND, keys: int = CALLERS) -> None:
        self._room = (burst - 1) / per_second
        self._cost = 1 / per_second
        self._keys = keys
        self._full_at: dict[Hashable, float] = {}
        """When the bucket of a key is full again. Full buckets are forgotten when there is no room for another."""

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether another one is within the bounds; if so, it is counted."""
        key = self._known(key, now)
        full_at = max(self._full_at.get(key, now), now)
        if full_at - now > self._room:
            return False
        self._full_at[key] = full_at + self._cost
        return True

    def _known(self, key: Hashable, now: float) -> Hashable:
        """The key, or None, which many share, where too many keys are in use."""
        if key not in self._full_at and len(self._full_at) >= self._keys:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            if len(self._full_at) >= self._keys:
                return None
        return key


class Rejections:
    """Counts rejected requests and logs them: the first at once, then one line every few seconds with the counts."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._example = ("", "")
        self._next: asyncio.TimerHandle | None = None

    def add(self, code: str, verb: str, why: str) -> None:
        """Count one, under its code."""
        self._counts[code] += 1
        self._example = (verb[:SHOWN], why)
        if self._next is None:
            self._tell()

    def close(self) -> None:
        """Log those that were not logged yet."""
        if self._next is not None:
            self._next.cancel()
            self._tell()
            if self._next is not None:
                self._next.cancel()
            self._next = None

    def _tell(self) -> None:
        """Log what was counted, and come back later; without anything to tell, the next one is logged at once."""
        self._next = None
        if not self._counts:
            return
        verb, why = self._example
        codes = ", ".join(f"{code} {count}" for code, count in self._counts.items())
        log.logger().warning("bad_request", rejected=self._counts.total(), codes=codes, verb=verb, why=why)
        self._counts.clear()
        self._next = asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell)

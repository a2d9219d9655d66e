"""The mind's place in the loop: decisions are made in a thread, in order with what is to be remembered."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.inbox import Inbox
from game.actions import Action
from learning.learner import Learner
from learning.policy import Decision
from states.commands import Decide, Remember
from states.events import Decided, PartFailed

MEASURED = 1000
"""How many of the last decisions their latency is taken from."""
BREATH = 0.001
"""Seconds between two looks at whether the learner has caught up."""


class Mind:
    """Answers `Decide` with `Decided`, and hands `Remember` to the learner, one after the other.

    With `in_step` every decision waits until the learner owes nothing: then the same seed gives the same run on a fast
    machine and on a slow one.
    """

    def __init__(self, learner: Learner, inbox: Inbox, now: Callable[[], float], *, in_step: bool) -> None:
        self._learner = learner
        self._inbox = inbox
        self._now = now
        self._in_step = in_step
        self._queue: asyncio.Queue[Decide | Remember] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, "mind")
        self.latencies: deque[float] = deque(maxlen=MEASURED)
        """Seconds the last decisions took, the wait for the learner not counted."""
        self.decisions = 0
        self.last: Decision | None = None

    def take(self, command: Decide | Remember) -> None:
        """Have something decided or remembered, after what was asked for before it."""
        self._inbox.begin()
        self._queue.put_nowait(command)

    async def run(self) -> None:
        """Decide and remember for ever."""
        while True:
            command = await self._queue.get()
            if isinstance(command, Decide):
                await self._decide(command)
            else:
                self._learner.remember(
                    command.before, Action(*command.action), command.after, command.outcome, command.stars
                )
            self._inbox.end()

    async def _decide(self, command: Decide) -> None:
        """Ask the policy in its thread and post what it says, or that it failed."""
        loop = asyncio.get_running_loop()
        try:
            decision, spent = await loop.run_in_executor(self._thread, self._ask, command)
        except Exception as error:  # noqa: BLE001 - whatever a policy trips over, the machine decides what it means
            await self._inbox.put(PartFailed(t=self._now(), part="policy", why=f"{type(error).__name__}: {error}"))
            return
        self.decisions += 1
        self.last = decision
        self.latencies.append(spent)
        await self._inbox.put(
            Decided(
                t=self._now(),
                id=command.id,
                action=decision.action,
                q=decision.q,
                explored=decision.explored,
                latency=spent,
            )
        )

    def _ask(self, command: Decide) -> tuple[Decision, float]:
        """The decision, and the seconds it took."""
        while self._in_step and self._learner.owed and self._learner.failed is None:
            time.sleep(BREATH)
        started = time.perf_counter()
        decision = self._learner.policy.decide(command.view)
        return decision, time.perf_counter() - started

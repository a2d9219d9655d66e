"""The decision loop: asks the policy in a thread, one question after the other."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot import log
from bot.inbox import Inbox
from bot.waiting import done_within
from game.actions import NOTHING
from learning.learner import Learner
from learning.policy import Decision, Policy
from states.commands import Decide
from states.events import Decided, Event, PartFailed

MEASURED = 1000
"""Number of the last decisions whose latency is kept."""
RECENT = 20
"""Number of the last decisions that are kept whole."""
POLL = 0.001
"""Seconds between two checks of whether the learner has caught up."""

LONGEST = 10.0
"""Seconds a decision may take; then it counts as a wait."""
WAITED = Decision(NOTHING, 0.0, explored=False, legal=1)


class DecisionLoop:
    """Answers `Decide` with `Decided`, or with `PartFailed` when the policy fails. One that hangs decides to wait.

    `policy` decides, by default that of the learner. With `lock_step` every decision waits until the learner has made
    all updates that are due: then the same seed gives the same run on a fast machine and on a slow one.
    """

    def __init__(
        self,
        learner: Learner,
        inbox: Inbox,
        clock: Callable[[], float],
        *,
        lock_step: bool,
        policy: Policy | None = None,
    ) -> None:
        self._learner = learner
        self._policy: Policy = policy or learner.policy
        self._inbox = inbox
        self._clock = clock
        self._lock_step = lock_step
        self._queue: asyncio.Queue[Decide] = inbox.queue()
        self._thread = ThreadPoolExecutor(1, "decide")
        self.latencies: deque[float] = deque(maxlen=MEASURED)
        """Seconds the last decisions took, without the wait for the learner."""
        self.decisions = 0
        """Decisions made so far."""
        self.recent: deque[tuple[float, Decision]] = deque(maxlen=RECENT)
        """The last decisions and when they were made, in seconds of the clock; the newest last."""
        self._late: asyncio.Future[tuple[Decision, float]] | None = None
        """The decision asked for last."""

    @property
    def last(self) -> Decision | None:
        """The newest decision; None before the first."""
        return self.recent[-1][1] if self.recent else None

    def decide(self, command: Decide) -> None:
        """Have something decided; commands are answered in the order in which they are given."""
        if not self._lock_step:  # else the decision waits for the updates
            self._learner.make_way()
        self._queue.put_nowait(command)

    def close(self) -> None:
        """End the thread, after the decision under way."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def run(self) -> None:
        """Decide until cancelled."""
        while True:
            command = await self._queue.get()
            with self._inbox.pending():
                answer = await self._answer(command)
                self._learner.go_on()
                await self._inbox.put(answer)

    async def _answer(self, command: Decide) -> Event:
        """What the policy decided; or that it failed."""
        try:
            decision, spent = await self._decided(command)
        except Exception as error:  # noqa: BLE001 - a bug in the policy is a fault, which the machine must hear of
            return PartFailed(t=self._clock(), part="policy", why=f"{type(error).__name__}: {error}")
        self.decisions += 1
        self.latencies.append(spent)
        self.recent.append((now := self._clock(), decision))
        return Decided(
            t=now,
            id=command.id,
            action=decision.action,
            q=decision.q,
            explored=decision.explored,
            latency=spent,
        )

    async def _decided(self, command: Decide) -> tuple[Decision, float]:
        """The decision, made in the thread, and the seconds it took. A wait, where none comes in time, which is said.

        Until the late one is there no other is asked for: a policy is used by one thread at a time.
        """
        if self._late is not None and not self._late.done():
            return WAITED, 0.0
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._catch_up)
        self._late = asked = loop.run_in_executor(self._thread, self._ask, command)
        if await done_within(asked, LONGEST):
            return asked.result()
        why = f"no decision within {LONGEST:g} s: it counts as a wait, and so do those after it until one comes"
        log.logger().warning("part_failed", part="policy", why=why)
        return WAITED, LONGEST

    def _catch_up(self) -> None:
        """In lock-step: wait until the learner owes nothing, as it does where it has failed, hangs or is stopping."""
        while self._lock_step and self._learner.owed:
            time.sleep(POLL)

    def _ask(self, command: Decide) -> tuple[Decision, float]:
        """The decision, and the seconds it took."""
        started = time.perf_counter()
        self._learner.policy.banned = command.banned
        decision = self._policy.decide(command.view)
        return decision, time.perf_counter() - started

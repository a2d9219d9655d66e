"""The agent beside the loop: a thread that learns while the bot plays and never delays it.

The loop hands in what it saw and did; the thread encodes and stores it, learns, and publishes weights. If the thread
fails, play goes on with the weights published last, and `failed` says why.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from game.actions import Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView
from learning import checkpoint
from learning.agent import Agent, Experience
from learning.checkpoint import CheckpointError
from learning.demonstrations import Demonstrations
from learning.frames import FramesError
from learning.general import begin_with_general
from learning.journal import Journal, Owner, PlayedBattle, owner_of, read_since
from learning.policy import EpsilonGreedy
from learning.settings import Settings
from planning.plans import Plan

QUEUE_SIZE = 4096
"""The most decisions that wait to be stored: an hour of play. Further ones are dropped and counted."""

POLL = 0.1
"""Seconds between two looks at whether the thread has ended."""

LONGEST_WAY = 0.5
"""Seconds for which the thread waits for a decision before it begins something, at most."""


class _Learn(NamedTuple):
    """A request to update the network from now on, or to leave it as it is."""

    on: bool


class _Save(NamedTuple):
    """A request for a checkpoint."""


class _Stop(NamedTuple):
    """A request to end the thread after a last checkpoint."""


class Learner:
    """An `Agent` in a thread of its own.

    It continues from the newest good checkpoint in `directory` and the battles in the journal beside it, or starts anew
    if `fresh` or if there is none; with `directory` None nothing is written. Every battle is in the journal as soon as
    it is settled. The buffer is in a file there that is mapped into memory. `notes` has one line for each problem with
    the checkpoints.
    """

    def __init__(
        self,
        stage: Stage,
        squad: Sequence[Operator],
        settings: Settings,
        seed: int,
        directory: Path | None,
        *,
        fresh: bool = False,
    ) -> None:
        self._agent = Agent(stage, squad, settings, seed)
        self._directory, self._seed = directory, seed
        self._inbox: queue.Queue[Experience | _Learn | _Save | _Stop] = queue.Queue(QUEUE_SIZE)
        self._thread = threading.Thread(target=self._run, name="learner", daemon=False)
        self.failed: str | None = None
        """Why the thread ended early, if it did."""
        self.unsaved: str | None = None
        """Why the last checkpoint or battle could not be written, if it could not."""
        self.hung = False
        """Whether the thread does not get on: see `watch`."""
        self.learning = True
        """Whether the network is updated. Decisions are stored either way."""
        self.dropped = 0
        self._at_work: float | None = None
        """When the thread began what it is doing, on the monotonic clock; None while it waits for something to do."""
        self._way_is_free = threading.Event()
        """Cleared while the thread makes way for a decision."""
        self._way_is_free.set()
        self._stopping = False
        self._handed = self._taken = 0
        self._battle: deque[Experience] = deque(maxlen=QUEUE_SIZE)
        """What is in neither checkpoint nor journal yet: the battle under way."""
        self._same_work: tuple[float | None, int] = (None, 0)
        """What the thread was at, as `_at_work` has it, and how many looks of `watch` in a row found it at that."""
        self.replayed = 0
        """Battles that were read from the journal."""
        self._unwritten = False
        """Whether the thread is to begin with a checkpoint."""
        self.notes = self._resume(fresh=fresh)
        self._journal = self._next_journal()

    def _resume(self, *, fresh: bool) -> tuple[str, ...]:
        """Continue from the newest good checkpoint and its journal. Returns a line for each part that is of no use."""
        if self._directory is None:
            return ()
        checkpoint.tidy(self._directory)
        if fresh:
            checkpoint.set_aside(self._directory)
            return self._keep_buffer()
        kept, notes = checkpoint.read_newest(self._directory)
        try:
            notes += self._begin_with_general() if kept is None else self._agent.restore(kept, self._directory)
        except CheckpointError as error:
            checkpoint.set_aside(self._directory)
            self._agent = self._new_agent()
            return (*notes, f"{self._directory}: {error}; set aside", *self._begin_with_general(), *self._keep_buffer())
        return notes + self._keep_buffer() + self._replay()

    def _keep_buffer(self) -> tuple[str, ...]:
        """Have the buffer in a file. Returns a line where there is no room for one: then checkpoints have it."""
        assert self._directory is not None
        if self._agent.buffer.file is not None:
            return ()
        try:
            self._agent.buffer.keep_in(checkpoint.next_buffer(self._directory))
        except (OSError, FramesError) as error:
            return (f"{self._directory}: no file for the buffer there ({error}); it goes into the checkpoints",)
        return ()

    def _begin_with_general(self) -> tuple[str, ...]:
        """Begin with the general policy that ships. Returns a line where that is not possible."""
        note = begin_with_general(self._agent.dqn)
        self._agent.publish()
        return () if note is None else (note,)

    def _new_agent(self) -> Agent:
        agent = self._agent
        return Agent(agent.encoding.stage, agent.encoding.squad, agent.settings, self._seed)

    def _replay(self) -> tuple[str, ...]:
        """Remember the battles since the checkpoint. Returns a line for each part of the journal that is of no use."""
        assert self._directory is not None
        entries, notes = read_since(self._directory, self._newest, self._owner)
        for entry in entries:
            try:
                for one in entry.experiences:
                    self._agent.remember(*one)
                self._agent.policy.restore(json.loads(entry.policy))
            except (LookupError, ValueError, TypeError, AttributeError) as error:
                return (*notes, f"{self._directory}: a battle of the journal does not fit and is left out ({error})")
            self.replayed += 1
        self._unwritten = bool(entries)
        return notes

    @property
    def _newest(self) -> int:
        """The number of the newest checkpoint, 0 where there is none."""
        assert self._directory is not None
        return max(map(checkpoint.number_of, checkpoint.checkpoints(self._directory)), default=0)

    @property
    def _owner(self) -> Owner:
        encoding = self._agent.encoding
        return owner_of(encoding.stage.name, [operator.name for operator in encoding.squad])

    def _next_journal(self) -> Journal | None:
        """The journal of the newest checkpoint."""
        return None if self._directory is None else Journal(self._directory, self._newest, self._owner)

    @property
    def policy(self) -> EpsilonGreedy:
        """The policy that decides; its snapshot is replaced as learning goes on."""
        return self._agent.policy

    @property
    def owed(self) -> int:
        """Work that is due: decisions to store, updates for those stored, and checkpoints.

        Once it is 0 it stays 0, with the weights published, until the next decision is handed in. Lock-step play waits
        for 0, so that its course does not depend on the speed of the machine. Nothing is owed once it is stopping.
        """
        if self.failed is not None or self.hung or self._stopping:
            return 0
        waiting = self._handed - self._taken  # read before the credit, which grows before a decision counts as taken
        return waiting + int(self._agent.credit)

    @property
    def stalled(self) -> float:
        """Seconds for which the thread has been at one message or update: 0 while it waits for one or has said that it
        failed, infinite where it ended without saying why.
        """
        if self.failed is not None:
            return 0.0
        if not self._thread.is_alive():
            return float("inf")
        began = self._at_work
        return 0.0 if began is None else time.monotonic() - began

    @property
    def knows_nothing(self) -> bool:
        """Whether no decision was ever remembered, neither in this run nor in those that its checkpoint continues."""
        return self._agent.remembered == 0

    def teach(self, plan: Plan) -> Demonstrations:
        """Have a plan play battles to learn from, before the thread is started: see `Agent.teach`."""
        return self._agent.teach(plan)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def remember(
        self, before: BattleView, action: Action, after: BattleView | None, outcome: str | None = None, stars: int = 0
    ) -> None:
        """Hand in a decision and what followed it; returns at once. `after` is None at the end of a battle."""
        if self.failed is None:
            self._handed += 1  # before it can be taken
            self._handed -= not self._put(
                Experience(before, Action(*action), after, outcome, stars, self.policy.advice_for(before))
            )

    def make_way(self) -> None:
        """Begin nothing until `go_on` is called: a decision is under way, which would wait for a core or for Python's
        lock beside it. Returns at once; an update that is under way is not waited for.
        """
        self._way_is_free.clear()

    def go_on(self) -> None:
        """The decision is made."""
        self._way_is_free.set()

    def leave_decisions(self) -> None:
        """Say, before the thread is started, that another policy decides: results say nothing of these weights."""
        self._agent.decides = False

    def set_learning(self, *, on: bool) -> None:
        """Update the network, or only store decisions; returns at once. Updates that are left out are not made up."""
        self._put(_Learn(on))

    def save(self) -> None:
        """Ask for a checkpoint, written after everything handed in before; returns at once."""
        self._handed += 1
        self._handed -= not self._put(_Save())

    def stop(self, patience: float | None = None) -> bool:
        """Write the last checkpoint and end the thread; False where it did not end within `patience` seconds.

        The checkpoint keeps the number of updates still due. A thread that has failed writes none.
        """
        self._stopping = True
        deadline = None if patience is None else time.monotonic() + patience
        asked = False
        while self._thread.is_alive() and (deadline is None or time.monotonic() < deadline):
            if not asked:
                with contextlib.suppress(queue.Full):
                    self._inbox.put_nowait(_Stop())
                    asked = True
            self._thread.join(POLL)
        return not self._thread.is_alive()

    def watch(self, looks: int) -> None:
        """Look whether the thread gets on; it is `hung` once so many looks in a row found it at the same work.

        Counted in looks, not in seconds: a process that was stopped for a while is not hung. Until the thread gets on
        again, nothing waits for it.
        """
        began, (before, count) = self._at_work, self._same_work
        stuck = began is not None and began == before and self._thread.is_alive()
        self._same_work = began, count + 1 if stuck else 0
        self.hung = stuck and count + 1 >= looks

    def status(self) -> dict[str, Any]:
        """The figures of learning, in plain data."""
        agent = self._agent
        return {
            "epsilon": agent.policy.schedule.epsilon,
            "decisions": agent.policy.schedule.decisions,
            "battles": agent.battles,
            "buffer": len(agent.buffer),
            "updates": agent.dqn.updates,
            "learning": self.learning,
            "queue": self._inbox.qsize(),
            "owed": self.owed,
            "dropped": self.dropped,
            "q_mean": agent.dqn.last.q_mean,
            "loss": agent.dqn.last.loss,
            "alarm": agent.dqn.alarm,
            "failed": self.failed or ("it does not get on; playing on with the weights it had" if self.hung else None),
            "unsaved": self.unsaved,
            "champion": agent.champion.status(),
        }

    def _put(self, message: Experience | _Learn | _Save) -> bool:
        """Queue a message without waiting. False, and counted, where the queue is full."""
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self.dropped += 1
            return False
        return True

    def _run(self) -> None:
        """The thread: first what was handed in, then one update at a time."""
        torch.set_num_threads(1)
        try:
            if self._unwritten:
                self._write()
            busy = True  # updates may be due from before: play that waits for them hands nothing in meanwhile
            while self._serve(wait=not busy):
                busy = self._agent.learn()
        except Exception as error:  # noqa: BLE001  no error in here may end the play
            self.failed = f"{type(error).__name__}: {error}"

    def _serve(self, *, wait: bool) -> bool:
        """Serve all messages; with `wait`, sleep until there is one. False when asked to stop."""
        message = self._next(wait=wait)
        while message is not None:
            if isinstance(message, Experience):
                self._take(message)
            elif isinstance(message, _Learn):
                self.learning = message.on
                self._leave_out_updates()
            else:
                self._write()
                if isinstance(message, _Stop):
                    return False
                self._taken += 1
            message = self._next(wait=False)
        return True

    def _leave_out_updates(self) -> None:
        """While nothing is learned no update is due."""
        if not self.learning:
            self._agent.credit = 0.0

    def _next(self, *, wait: bool) -> Experience | _Learn | _Save | _Stop | None:
        """The next message, once no decision is under way; None when there is none."""
        self._at_work = None if wait else time.monotonic()
        try:
            message = self._inbox.get(block=wait)
        except queue.Empty:
            message = None
        self._at_work = time.monotonic()
        self._way_is_free.wait(LONGEST_WAY)
        return message

    def _take(self, one: Experience) -> None:
        """Store a decision. The last one of a battle is stored once the whole battle is on the disk."""
        self._agent.remember(*one)
        self._leave_out_updates()
        self._battle.append(one)
        if one.after is None:
            self._settle()
        self._taken += 1

    def _settle(self) -> None:
        """Write the battle into the journal, or a checkpoint where something could not be written before."""
        if self._journal is None:
            return
        if self.unsaved:
            self._write()
            return
        try:
            self._journal.append(PlayedBattle(list(self._battle), json.dumps(self._agent.policy.state())))
        except OSError as error:
            self.unsaved = f"{error.filename or self._directory}: cannot be written ({error.strerror})"
        self._battle.clear()

    def _write(self) -> None:
        """Write a checkpoint, if there is a directory. A full disk does not end the learning."""
        if self._directory is None:
            return
        try:
            checkpoint.write(self._directory, self._agent.checkpoint())
        except OSError as error:
            self.unsaved = f"{error.filename or self._directory}: cannot be written ({error.strerror})"
        else:
            self.unsaved = None
            self._battle.clear()
            self._journal = self._next_journal()

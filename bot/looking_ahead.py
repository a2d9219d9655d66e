"""Looking ahead in the battle at play: where the rest of the plan fails in the twin, a better way is followed.

Every few seconds of a battle what is left of the plan is tried in the twin's hypotheses (planning.twin), with so much
of the operators' health as is seen. They differ from the simulator's own battle as the real one may, and agree with
what was seen of it. Where it does not hold in nearly all of them, a continuation is searched for (planning.recovery),
in a thread of its own. Play goes on meanwhile; only in lock-step a decision waits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot import log
from game.simulator.records import Battles, World
from game.view import UNKNOWN, BattleView
from learning.arrays import Mask
from learning.encoding import Observation
from learning.look_ahead import CHECKED, TRIED, ContinuationPlayer, LookCounts, Seen, hands_of_play
from learning.policy import Decision, EpsilonGreedy
from planning.drafts import Draft
from planning.evaluation import Trial
from planning.recovery import ContinuationSearch, Underway, trial_of, without_done
from planning.twin import Twin

EVERY = 10.0
"""Seconds of play from one look to the next."""
SEED = 0
"""Of the searches, and of the choice among the gestures."""
HANDS = 96
"""Sequences of gestures that are drawn; each trial of a look gets one of them."""
Hypotheses = list[tuple[World, Battles]]


@dataclass
class BattleAhead:
    """What looking ahead knows of one battle."""

    next: float = EVERY
    """When to look next, in seconds of play."""
    posts: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By slot the tile and the direction of its last deployment."""
    look: Future[None] | None = None
    """The look under way, or the last one."""
    found: Draft | None = None
    """A continuation that is to be followed from the next decision on."""
    followed: ContinuationPlayer | None = None


class LookingAhead:
    """A policy that decides as `policy`, which has the advice of a plan, until a continuation is found that is better.

    Frames that the twin has taken are told by `twin_saw`, in the twin's thread, those that it is given by `frame`.
    `seconds` is the clock of the battle (see learning.plan_policy), `budget` the battles of a search.
    """

    def __init__(self, policy: EpsilonGreedy, seconds: Callable[[], float], budget: int, *, lock_step: bool) -> None:
        encoding = policy.encoding
        self._policy, self._seconds, self._budget, self._lock_step = policy, seconds, budget, lock_step
        self._recovery = ContinuationSearch(encoding.stage, encoding.squad, SEED)
        self._rng = np.random.default_rng([SEED, 10])
        self._hands = hands_of_play(HANDS)
        self._thread = ThreadPoolExecutor(1, "look ahead")
        self.battle = BattleAhead()
        """The battle at play."""
        self.frame: Future[None] | None = None
        """Done once the twin has taken the last frame that it was given."""
        self.looked = LookCounts()
        """What was done so far."""

    def battle_begun(self) -> None:
        """The frames from now on are of another battle."""
        self.battle = BattleAhead()

    def twin_saw(self, battle: BattleAhead, twin: Twin, view: BattleView) -> None:
        """The twin has taken a frame and is in step: look ahead if it is time."""
        squad, width = self._policy.encoding.slots, self._policy.encoding.stage.width
        posts = {
            one.slot: (one.row * width + one.col, one.direction) for one in view.operators if 0 <= one.slot < squad
        }
        standing = tuple(posts)
        battle.posts.update((slot, post) for slot, post in posts.items() if post[1] != UNKNOWN)
        is_looking = battle.look is not None and not battle.look.done()
        if is_looking or twin.seconds < battle.next or view.deploying or view.paused:
            return
        battle.next = twin.seconds + EVERY
        begin = Underway(without_done(self._rest(battle), standing), standing, dict(battle.posts))
        hypotheses = [(world, _with_seen_health(now, world, view)) for world, now in twin.hypotheses()]
        with contextlib.suppress(RuntimeError):  # the run ends: no more looks are begun
            battle.look = self._thread.submit(self._look, battle, begin, hypotheses, twin.seconds)

    def decide(self, view: BattleView) -> Decision:
        """What the continuation does next, if one is followed; else what the policy decides."""
        battle = self.battle
        if self._lock_step:
            wait(filter(None, [self.frame]))
            wait(filter(None, [battle.look]))  # which the frame may have begun
        if battle.found is not None:
            found, battle.found = battle.found, None
            standing = {one.slot for one in view.operators}
            battle.followed = ContinuationPlayer(without_done(found, standing), self._policy.encoding)
        self._policy.continuation = self._go_on if battle.followed else None
        return self._policy.decide(view)

    def _go_on(self, view: BattleView, observation: Observation, legal: Mask) -> int:
        """What the continuation does next."""
        assert self.battle.followed is not None
        return self.battle.followed.decide(Seen(legal, observation.posts.tolist(), view.kills, self._seconds()))

    def _rest(self, battle: BattleAhead) -> Draft:
        """What is left to do of the continuation that is followed, or of the plan."""
        assert self._policy.adviser is not None
        return battle.followed.rest if battle.followed else self._policy.adviser.rest

    def _look(self, battle: BattleAhead, begin: Underway, hypotheses: Hypotheses, seconds: float) -> None:
        """Look ahead. Half of the hypotheses are for the search, the others check what it finds."""
        try:
            hands = self._rng.permutation(HANDS).tolist()
            tried = self._trials(hypotheses[::2], hands[:TRIED])
            checked = self._trials(hypotheses[1::2], hands[-CHECKED:])
            found = self._recovery.better(begin, tried, checked, self._budget)
        except Exception as error:  # noqa: BLE001 - whatever it is, play goes on without
            log.logger().warning("look_ahead", why=f"{type(error).__name__}: {error}")
            return
        self.looked = self.looked.with_look(found)
        if found.draft is not None:
            battle.found = found.draft
            log.logger().info("look_ahead", seconds=round(seconds, 1), battles=found.battles)

    def _trials(self, hypotheses: Hypotheses, hands: Sequence[int]) -> list[Trial]:
        """One trial for each sequence of gestures, in one hypothesis after the other."""
        some = (hypotheses[n % len(hypotheses)] for n in range(len(hands)))
        return [trial_of(now, 0, world, world, self._hands[n]) for (world, now), n in zip(some, hands, strict=True)]

    def describe(self) -> dict[str, Any]:
        """How often it looked ahead, searched and changed the plan, in plain data."""
        return self.looked._asdict()

    def close(self) -> None:
        """End the thread, after the look under way."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _with_seen_health(now: Battles, world: World, view: BattleView) -> Battles:
    """A hypothesis whose operators have so much of their health as was seen."""
    for one in view.operators:
        if one.origin == "seen" and 0 <= one.slot < len(world.stance["max_health"][0]):
            now.unit["health"][0, one.slot] = one.health * world.stance["max_health"][0, one.slot]
    return now

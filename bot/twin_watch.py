"""The twin of the battle at play (planning.twin). It gets the frames in a thread of its own, and play does not wait.

Only in a game in lock-step whose views the twin completes it does: there the same seed gives the same battle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from math import hypot
from typing import Any, NamedTuple

import msgspec

from bot import log
from bot.looking_ahead import BattleAhead, LookingAhead
from game.actions import DEPLOY, SKILL
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView, EnemySeen
from planning.twin import Fit, Twin
from planning.twin_battles import played
from states.attempts import Attempt
from states.battle import Memory
from states.events import BattleSeen, Event, GestureDone

SAME = 1.5
"""Tiles within which an enemy that is seen can be the one that the twin has."""
MOST_WAITING = 20
"""Frames that may wait for the twin; while so many do, others are left out."""


class Followed(NamedTuple):
    """A frame that the twin has taken."""

    battle: int
    """The battle's number, from 1."""
    t: float
    view: BattleView
    """The battle as it was seen in the frame."""
    enemies: tuple[EnemySeen, ...] | None
    """Where the twin has enemies at that moment; None while it has lost the battle."""


class TwinWatch:
    """Has a twin follow each battle; says in the log when it has lost one, and when it has found it again.

    With `completes`, for eyes that see no enemies or not all of them, views get from the twin what is not seen; with
    `lock_step` they wait for it. `rest` are the seconds at the end of a gesture in which the game goes on as usual.
    `tell` is called in the twin's thread with each frame that it has taken; `ahead` looks ahead from the twin.
    """

    def __init__(
        self,
        stage: Stage,
        squad: Sequence[Operator],
        *,
        completes: bool = False,
        lock_step: bool = False,
        rest: float = 0.0,
        tell: Callable[[Followed], None] | None = None,
        ahead: LookingAhead | None = None,
    ) -> None:
        self._tell, self._battles, self._ahead = tell, 0, ahead
        self._stage, self._squad, self._completes = stage, squad, completes
        self._lock_step, self._rest = lock_step, rest
        self._thread = ThreadPoolExecutor(1, "twin")
        self._waiting: list[Future[None]] = []
        self._battle: Memory | None = None
        """The battle that is followed."""
        self._skills: list[int] = []
        """Slots whose skills were used since the last frame that the twin got."""
        self._gesture, self._begun = -1, 0.0
        """The last gesture of the battle, and when it began."""
        self._touched: tuple[int, int, float] | None = None
        """Kind and slot of the last gesture that was made, and when its last touch was."""
        self._slowed, self._seen_at = 0.0, 0.0
        """Seconds since the last frame in which a gesture was under way, and when that frame was taken."""
        self._counted: tuple[float, BattleView, float] | None = None
        """The last frame up to which play was counted: its time, what it showed, and `_slowed` then."""
        self.seconds = 0.0
        """Seconds of play of the battle that is followed, at normal speed. No twin is asked, so it is never late."""
        self._twin: Twin | None = None
        self._fit: Fit | None = None
        self._inferred: BattleView | None = None
        """The battle as the twin has it; None while it has lost it."""

    def event_happened(self, event: Event, battle: Memory | None) -> None:
        """Take an event that the machine has handled; `battle` is what the machine then knows of the battle at play."""
        attempt = battle and battle.attempt
        if attempt and attempt.gesture != self._gesture:
            self._gesture, self._begun = attempt.gesture, event.t
        if isinstance(event, GestureDone):
            if attempt and attempt.gesture == event.id:
                self._slowed += max(event.t - self._rest - max(self._begun, self._seen_at), 0.0)
                self._touched = attempt.action.kind, attempt.action.slot, event.t - self._rest
                if attempt.action.kind == SKILL:
                    self._skills.append(attempt.action.slot)
        elif isinstance(event, BattleSeen) and battle is not None and battle.view is not None:
            new, self._battle = battle is not self._battle, battle
            if new and self._ahead:
                self._ahead.battle_begun()
            self._count(battle.view, event.t, new=new)
            self._waiting = [one for one in self._waiting if not one.done()]
            if new or len(self._waiting) < MOST_WAITING:
                skills, self._skills = self._skills, []
                slowed, self._slowed, self._seen_at = self._slowed, 0.0, event.t
                self._counted = event.t, battle.view, 0.0
                view = _with_deployment(battle.view, attempt or None)
                ahead = self._ahead.battle if self._ahead else None
                gesture = self._touched and (*self._touched[:2], event.t - self._touched[2])
                taken = self._thread.submit(self._follow, event.t, view, skills, slowed, gesture, ahead, new=new)
                self._waiting.append(taken)
                if self._ahead:
                    self._ahead.frame = taken

    def _count(self, view: BattleView, t: float, *, new: bool) -> None:
        """Count the play since the last frame, of which a gesture has slowed down a part."""
        if new or self._counted is None:
            self.seconds = 0.0
        else:
            since, before, slowed = self._counted
            self.seconds += played(t - since, min(self._slowed - slowed, t - since), before)
        self._counted = t, view, self._slowed

    @property
    def enemies(self) -> tuple[EnemySeen, ...]:
        """Where the twin has enemies, after the last frame that it got; none while it has lost the battle."""
        inferred = self._inferred
        return inferred.enemies if inferred else ()

    def completed(self, event: Event, battle: Memory | None) -> Event:
        """The event; a view of the battle that is followed also has the enemies and operators that were not seen,
        as the twin had them a frame ago, marked as inferred. Nothing is added while the twin has lost the battle.
        """
        if self._completes and self._lock_step:
            wait(self._waiting)
        inferred = self._inferred if self._completes else None
        if not isinstance(event, BattleSeen) or inferred is None or battle is None or battle is not self._battle:
            return event
        seen = {(one.row, one.col) for one in event.view.operators}
        others = (one for one in inferred.operators if (one.row, one.col) not in seen)
        enemies = (*event.view.enemies, *unseen(event.view.enemies, inferred.enemies))
        view = msgspec.structs.replace(event.view, enemies=enemies, operators=(*event.view.operators, *others))
        return msgspec.structs.replace(event, view=view)

    def describe(self) -> dict[str, Any] | None:
        """How far off the twin is, in plain data; None before the first battle."""
        fit = self._fit
        return fit and {
            "in_step": fit.in_step, "lost": fit.lost, "kills_off": fit.kills, "seconds_off": round(fit.seconds, 1),
        }  # fmt: skip

    def close(self) -> None:
        """End the thread; frames that wait are left out."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _follow(
        self,
        t: float,
        view: BattleView,
        skills: Sequence[int],
        slowed: float,
        gesture: tuple[int, int, float] | None,
        ahead: BattleAhead | None,
        *,
        new: bool,
    ) -> None:
        """Have the twin take a frame. An error ends this twin, not the play."""
        if new:
            self._twin = self._fit = self._inferred = None
        before = self._fit
        try:
            if new:
                self._twin = Twin(self._stage, self._squad)
                self._battles += 1
            if self._twin is None:
                return
            self._fit = fit = self._twin.see(t, view, skills, slowed, gesture)
            self._inferred = None if fit.lost else self._twin.view()
            if self._ahead and ahead and fit.in_step:
                self._ahead.twin_saw(ahead, self._twin, view)
            if self._tell:
                self._tell(Followed(self._battles, t, view, self._inferred.enemies if self._inferred else None))
        except Exception as error:  # noqa: BLE001 - whatever it is, play goes on without
            self._twin = self._fit = self._inferred = None
            log.logger().warning("twin", lost=True, why=f"{type(error).__name__}: {error}")
            return
        if fit.lost != bool(before and before.lost):
            log.logger().info("twin", lost=fit.lost, kills_off=fit.kills, seconds_off=round(fit.seconds, 1))


def unseen(seen: Sequence[EnemySeen], inferred: Sequence[EnemySeen]) -> list[EnemySeen]:
    """Those of the twin's enemies that are not among the seen ones: each of these stands for the nearest of its kind,
    if that is within `SAME` tiles.
    """
    left = list(inferred)
    for one in seen:
        same = [other for other in left if other.kind == one.kind and _tiles(one, other) <= SAME]
        if same:
            left.remove(min(same, key=lambda other: _tiles(one, other)))
    return left


def _tiles(one: EnemySeen, other: EnemySeen) -> float:
    """The distance of two enemies."""
    return hypot(one.row - other.row, one.col - other.col)


def _with_deployment(view: BattleView, attempt: Attempt | None) -> BattleView:
    """The view with the operator that a gesture has just deployed, if it is seen on its tile: the bot waits a moment
    before it counts the gesture as done, the twin does not.
    """
    if attempt is None or attempt.action.kind != DEPLOY or attempt.done_at is None or not attempt.worked(view):
        return view
    place, slot, direction = (attempt.row, attempt.col), attempt.action.slot, attempt.action.direction
    operators = [
        msgspec.structs.replace(one, slot=slot, direction=direction) if (one.row, one.col) == place else one
        for one in view.operators
    ]
    return msgspec.structs.replace(view, operators=tuple(operators))

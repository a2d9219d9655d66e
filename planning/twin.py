"""The twin: the simulator run beside a battle, kept in step by what the screen is sure of.

It says where enemies must be that nothing sees, and how far off it is itself.

How a battle really is cannot be known: numbers are off by some per cent, enemies come a little later, rules are
unsettled (planning.variation). So there are several hypotheses, each a battle of its own in a world drawn from that
variation. All of them are told what the player does. They are weighed by how long their kill counters differed from the
one that is seen. Where none explains it well, others are drawn: the last seconds are played again from an earlier
moment, in other worlds and with enemies that have lost a little more or less health, and the best are kept.

The clock: play is counted from the frames' times, speed and pauses. DP come by themselves once a second, so their
number and the bar below it, where it can be read, tell whether the clock is early or late. Where DP are spent or come
otherwise and it is not known how many, the number is taken over and only the bar corrects the clock. The twin knows no
other clock and draws all chances from its seed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.display import arrays_for, show
from game.simulator.enemy_tables import kinds_of
from game.simulator.records import RUNNING, TICKS, Battles, World
from game.simulator.tables import empty_battles, new_battles, world_of
from game.simulator.tick import run
from game.view import UNKNOWN, BattleView
from game.view_arrays import view_of
from planning.player import copy_battle
from planning.twin_battles import (
    FADES,
    NEAR_EDGE,
    Deed,
    Glimpse,
    Scores,
    chosen_rows,
    copied,
    counters_off,
    do,
    played,
    replayed,
    row_of,
    same_moment,
    score_again,
    shift_health,
    speed_of,
    ticks_late,
)
from planning.variation import FAR, varied

HYPOTHESES, TRIED = 12, 36
"""How many are kept, and how many others are drawn where none of them fits."""
SPAN, SPANS = 6 * TICKS, 3
"""Ticks between two moments that are kept, and how many are kept: others begin at the oldest of them."""
MISFIT = 1.5 * TICKS
"""Others are drawn once the best hypothesis was off for so many ticks of a span."""
WRONG_OPERATOR = 3.0 * TICKS
"""What an operator that stands or is gone against what is seen adds to a hypothesis' score."""
SETTLING = 2 * TICKS
"""Ticks after a deployment, retreat or skill in which the DP are taken over."""
RECENT = 4 * TICKS
"""Ticks of the past in which what a gesture has done can be done again."""
LONGEST_START = 120 * TICKS
"""Most ticks of a battle before the first frame of it."""
LOST_AFTER = 12.0
"""Seconds of play without one moment in step, after which the twin has lost the battle."""
RIGHT = 1.0
"""Seconds by which a kill may come early or late in the twin while it still counts as in step."""
FIRST_SEED = 80_000
"""Seed of the first world; no plan is searched or measured with these."""


class Fit(NamedTuple):
    """How far the twin is off."""

    in_step: bool
    """The counter is what the twin's was or will be within `RIGHT` seconds of play."""
    lost: bool
    """It was not in step for `LOST_AFTER` seconds: nothing that the twin says is to be trusted."""
    kills: int
    """By how much the seen counter is ahead of the twin's."""
    seconds: float
    """Seconds of play since it was in step."""
    dp: int
    """By how much the seen DP are ahead of the twin's."""


class TwinMoment(NamedTuple):
    """What of a twin changes with a frame, as it was before it."""

    tick: int
    earned: int
    deeds: int
    now: Battles
    scores: Scores
    hand: dict[int, int]
    nameless: int
    paid: dict[int, int]


class Twin:
    """Follows one battle of a squad on a stage; `see` takes its frames one after the other."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int = 0) -> None:
        self._stage, self._own = stage, world_of(stage, squad)
        self._squad = len(squad)
        self._seed = FIRST_SEED + seed
        self._random = np.random.default_rng([seed, 6])
        self._worlds = [self._own, *(self._draw() for _ in range(HYPOTHESES - 1))]
        self._now = new_battles(self._own, stage, range(HYPOTHESES))
        self._kept = [(0, copied(self._now))]
        """Moments: the tick, and the hypotheses then; the oldest first."""
        self._recent: deque[tuple[int, Battles]] = deque()
        """The same of each of the last frames, before they were taken into account."""
        self._scores: Scores = np.zeros(HYPOTHESES)
        self._deeds: list[Deed] = []
        self._glimpses: list[Glimpse] = []
        self._tick, self._part = 0, 0.0
        self._play, self._agreed = 0.0, 0.0
        """Ticks of play by the frames' times alone, and so many when it was in step last: a clock that the DP keep from
        going on is no reason to believe it."""
        self._counters: deque[tuple[float, int, int]] = deque()
        """The play, the counter that was seen and the twin's, in the last `RIGHT` seconds."""
        self._most = 0.0
        """Most ticks that can have passed between the last two frames; the clock cannot have become wrong by more."""
        self._earned = -SETTLING
        """When DP last came otherwise than with time, or were spent at a price that is not known."""
        self._last: tuple[float, BattleView] | None = None
        self._hand: dict[int, int] = {}
        """The prices on the cards of the hand by slot, as seen last."""
        self._nameless = 0
        """How many cards were seen then of which it is not known whose they are."""
        self._paid: dict[int, int] = {}
        """What was paid, by slot, for cards that left the hand, until their operators are seen."""

    @property
    def seconds(self) -> float:
        """How long the battle has lasted, in seconds of play."""
        return self._tick / TICKS

    def see(
        self,
        t: float,
        view: BattleView,
        skills: Sequence[int] = (),
        slowed: float = 0.0,
        gesture: tuple[int, int, float] | None = None,
    ) -> Fit:
        """Take a frame into account: `t` is its time in seconds, `view` the battle with the operators' slots and
        directions, `skills` the slots whose skills were used since the frame before, `slowed` the seconds since then in
        which a gesture was under way, which slows play, `gesture` the kind and slot of the last gesture, and how many
        seconds ago its last touch was. Returns how far the twin is off.
        """
        before, moment = self._last, self._moment()
        self._remember(moment)
        ago = gesture and (*gesture[:2], TICKS * gesture[2] * speed_of(view))
        if before is None:
            self._begin(view)
        else:
            still = same_moment(before[1], view)
            passed, slow = (0.0, 0.0) if still else (TICKS * (t - before[0]), TICKS * slowed)
            self._most = passed * max(before[1].speed, view.speed)
            gone = played(passed, slow, before[1])
            self._play += gone
            self._pass(self._part + gone)
        self._last = t, view
        self._notice(before and before[1], view, skills, ago)
        right = self._tick + self._part
        if before and right <= self._tick - 1 and self._tick > moment.tick:
            self._go_back(moment)
            self._pass(right - moment.tick)
            self._notice(before[1], view, skills, ago)
        self._weigh(view)
        if self._tick - self._kept[-1][0] >= SPAN:
            self._roll()
        if self._agrees(view.kills, int(self._now.battle[self._best]["counter"])):
            self._agreed = self._play
        return self.fit()

    def _agrees(self, seen: int, own: int) -> bool:
        """Whether kills come at most `RIGHT` seconds early or late in the twin: where many come at once, the counters
        may differ all the time though each is a moment later only.
        """
        self._counters.append((self._play, seen, own))
        while self._counters[0][0] < self._play - RIGHT * TICKS:
            self._counters.popleft()
        _, seen_before, own_before = self._counters[0]
        return seen_before <= own <= seen or own_before <= seen <= own

    def _notice(
        self, before: BattleView | None, view: BattleView, skills: Sequence[int], ago: tuple[int, int, float] | None
    ) -> None:
        """Have every hypothesis do what a frame shows was done, and compare the clocks. `ago`: see `_reconcile`."""
        self._spend(view)
        self._reconcile(before, view, skills, ago)
        self._correct_operators(view)
        self._settle_clock(view)

    def _moment(self) -> TwinMoment:
        """How everything stands, to go back to."""
        return TwinMoment(
            self._tick, self._earned, len(self._deeds), copied(self._now), self._scores.copy(), dict(self._hand),
            self._nameless, dict(self._paid),
        )  # fmt: skip

    def _remember(self, moment: TwinMoment) -> None:
        """Keep a moment among the last ones."""
        self._recent.append((moment.tick, moment.now))
        while self._recent[0][0] < moment.tick - RECENT:
            self._recent.popleft()

    def _go_back(self, moment: TwinMoment) -> None:
        """Undo what was taken for past since the frame before: the game stood still or was slower meanwhile."""
        while self._recent and self._recent[-1][0] >= moment.tick:
            self._recent.pop()
        self._tick, self._earned, deeds, self._now, self._scores, self._hand, self._nameless, self._paid = moment
        del self._deeds[deeds:]

    def fit(self) -> Fit:
        """How far the twin is off."""
        if self._last is None:
            return Fit(in_step=False, lost=False, kills=0, seconds=0.0, dp=0)
        best, view = self._now.battle[self._best], self._last[1]
        seconds = (self._play - self._agreed) / TICKS
        return Fit(
            in_step=seconds == 0.0, lost=seconds > LOST_AFTER, kills=view.kills - int(best["counter"]),
            seconds=seconds, dp=view.dp - int(best["dp"]),
        )  # fmt: skip

    def view(self) -> BattleView:
        """What a player would see of the best hypothesis; its units are marked as inferred."""
        world, battle = self.battle()
        arrays = arrays_for(world, 1)
        show(world, battle, arrays)
        view = view_of(arrays, kinds_of(self._stage))
        operators, enemies = (
            tuple(msgspec.structs.replace(one, origin="inferred") for one in units)
            for units in (view.operators, view.enemies)
        )
        return msgspec.structs.replace(view, operators=operators, enemies=enemies)

    def battle(self) -> tuple[World, Battles]:
        """The best hypothesis: its world, and a copy of it as a batch of one."""
        return self._worlds[self._best], row_of(self._now, self._best)

    def hypotheses(self) -> list[tuple[World, Battles]]:
        """Each hypothesis, the best one first: its world, and a copy of it as a batch of one, to look ahead from."""
        return [(self._worlds[h], row_of(self._now, h)) for h in np.argsort(self._scores, kind="stable").tolist()]

    @property
    def _best(self) -> int:
        """The hypothesis that explains the counter best."""
        return int(self._scores.argmin())

    def _draw(self) -> World:
        """Another world."""
        self._seed += 1
        return varied(self._own, self._stage, FAR, self._seed)

    def _begin(self, view: BattleView) -> None:
        """Let so much of the battle pass as its DP say that it has lasted."""
        gained = view.dp - self._own.initial_cost + (view.dp_share or 0.0)
        if gained > 0 and self._own.cost_ticks > 0:
            self._pass(min(gained * self._own.cost_ticks, LONGEST_START))

    def _pass(self, ticks: float) -> None:
        """Let ticks pass in every hypothesis; a part of one, or what it is ahead, is kept for the next time."""
        whole = max(int(ticks), 0)
        self._part = ticks - whole
        self._tick += whole
        for h, world in enumerate(self._worlds):
            run(world, self._now, h, whole)

    def _reconcile(
        self, before: BattleView | None, view: BattleView, skills: Sequence[int], ago: tuple[int, int, float] | None
    ) -> None:
        """Have every hypothesis do what was done since the frame before, as far as the operators on the field tell.
        `ago` is kind and slot of the last gesture, and the ticks since its last touch: what it did is done then.
        """
        known = len(self._deeds)
        squad, width = self._squad, self._stage.width
        posts = {one.slot: (one.row * width + one.col, one.direction) for one in view.operators if one.slot < squad}
        stood = {one.slot for one in before.operators} if before else set()
        wanted = np.array([posts.get(slot, (-1, 0))[0] for slot in range(squad)])
        for slot in np.flatnonzero(self._now.unit["tile"][self._best, :squad] != wanted).tolist():
            if slot not in posts:
                self._do_in_all(Deed(self._tick, RETREAT, slot, free=self._fell(slot, view)))
                self._earned = self._tick
            elif posts[slot][1] != UNKNOWN:
                self._deploy(slot, *posts[slot], free=slot in stood, before=before)
        for slot in skills:
            self._do_in_all(Deed(self._tick, SKILL, slot))
            if self._own.deployable["dp"][slot]:
                self._earned = self._tick
        if ago and any((deed.kind, deed.slot) == ago[:2] for deed in self._deeds[known:]):
            self._do_earlier(known, *ago)
        for h, slot in np.argwhere(self._now.unit["tile"][:, :squad] != wanted).tolist():
            deed = Deed(self._tick, DEPLOY if slot in posts else RETREAT, slot, *posts.get(slot, (0, 0)), free=True)
            do(self._worlds[h], self._now, h, deed)
            self._scores[h] += WRONG_OPERATOR

    def _do_earlier(self, known: int, kind: int, slot: int, ticks: float) -> None:
        """Do a deed after the first `known` ones so many ticks earlier, and play from then on again."""
        early = self._tick - round(ticks)
        while self._recent and self._recent[-1][0] > early:
            self._recent.pop()
        if not self._recent or early >= self._tick:
            return
        new = [one._replace(tick=early) if one[1:3] == (kind, slot) else one for one in self._deeds[known:]]
        self._deeds[known:] = new
        start, moment = self._recent[-1]
        deeds = [*(deed for deed in self._deeds[:known] if deed.tick > start), *new]
        kept = [tick for tick, _ in self._kept if tick >= early]
        *moments, battles = replayed(self._worlds, moment, deeds, [*kept, self._tick])
        self._kept[len(self._kept) - len(kept) :] = zip(kept, moments, strict=True)
        for name in ("dp", "dp_clock"):
            battles.battle[name] = self._now.battle[name]
        battles.unit["price_paid"] = self._now.unit["price_paid"]
        self._now = battles

    def _spend(self, view: BattleView) -> None:
        """Pay for a card that has left the hand: its operator may be seen later only. What was paid for a card that is
        back without having stood is given back. Several that leave at once are hidden by something.
        """
        if view.deploying:
            return
        nameless = sum(card.slot == UNKNOWN for card in view.cards)
        hand = {card.slot: card.cost for card in view.cards if 0 <= card.slot < self._squad}
        standing = self._now.unit["tile"][self._best] >= 0
        left = [
            slot for slot, cost in self._hand.items() if slot not in hand and cost != UNKNOWN and not standing[slot]
        ]
        if len(left) == 1 and nameless == self._nameless:
            self._paid[left[0]] = self._hand[left[0]]
            self._now.battle["dp"] -= self._hand[left[0]]
        for slot in self._paid.keys() & hand.keys():
            self._now.battle["dp"] += self._paid.pop(slot)
        self._hand, self._nameless = hand, nameless

    def _deploy(self, slot: int, tile: int, direction: int, *, free: bool, before: BattleView | None) -> None:
        """Have an operator stand in every hypothesis, at the price that was on its card."""
        shown = next((card.cost for card in before.cards if card.slot == slot), UNKNOWN) if before else UNKNOWN
        price = self._paid.pop(slot, None)
        free = free or price is not None
        self._do_in_all(Deed(self._tick, DEPLOY, slot, tile, direction, free=free))
        paid = self._now.unit["price_paid"][:, slot]
        if price is None and shown == UNKNOWN:
            self._earned = self._tick
            return
        if price is None:
            price = shown
            self._now.battle["dp"] += paid - price
        paid[:] = price

    def _correct_operators(self, view: BattleView) -> None:
        """Take over the SP of operators whose bar is seen, between two uses of their skills."""
        unit = self._now.unit
        for one in view.operators:
            if one.origin == "seen" and one.sp is not None and 0 <= one.slot < self._squad and not one.skill_active:
                resting = unit["skill_ticks"][:, one.slot] == 0
                unit["sp"][resting, one.slot] = round(one.sp * int(self._own.deployable["sp_cost"][one.slot]))

    def _fell(self, slot: int, view: BattleView) -> bool:
        """Whether the DP say that an operator which is gone fell: a retreat gives back half of its price."""
        best = self._best
        back = int(self._now.unit[best]["price_paid"][slot]) // 2
        return bool(view.dp < int(self._now.battle[best]["dp"]) + (back + 1) // 2)

    def _do_in_all(self, deed: Deed) -> None:
        """Have every hypothesis do it."""
        self._deeds.append(deed)
        for h, world in enumerate(self._worlds):
            do(world, self._now, h, deed)

    def _settle_clock(self, view: BattleView) -> None:
        """Compare the DP: they correct the clock, or are taken over where they tell nothing about it."""
        best, every, share = self._now.battle[self._best], self._own.cost_ticks, view.dp_share
        if best["outcome"] != RUNNING:
            return
        off, since = view.dp - int(best["dp"]), int(best["dp_clock"])
        if not every or view.dp >= self._own.max_cost:
            self._now.battle["dp"] += off
            return
        late, slack = ticks_late(off, since, every, share)
        news = late - min(self._part, 0.0)
        if self._are_dp_earned() or abs(news) - every > max(self._most, TICKS):
            others = round(news / every)
            if share is not None or NEAR_EDGE <= since <= every - NEAR_EDGE:
                self._now.battle["dp"] += others
            late -= others * every
            slack = every if share is None else slack
        if late > slack:
            self._pass(late + max(self._part, 0.0))
        elif late < -slack:
            self._part = late

    def _are_dp_earned(self) -> bool:
        """Whether DP come otherwise than with time, or did so or were spent in the last seconds."""
        unit, slots = self._now.unit[self._best], self._own.deployable
        stands, active = unit["tile"] >= 0, (unit["skill_ticks"] > 0).astype(np.intp)
        brings = (self._own.stance["dp_ticks"][active, np.arange(len(active))] > 0) | (slots["dp_per_kill"] > 0)
        if bool((stands & brings).any()):
            self._earned = self._tick
        return self._tick - self._earned < SETTLING

    def _weigh(self, view: BattleView) -> None:
        """Note what the counter says, and how well each hypothesis agrees."""
        since = self._tick - (self._glimpses[-1].tick if self._glimpses else self._tick)
        self._glimpses.append(Glimpse(self._tick, view.kills, view.life))
        off = counters_off(self._now, self._glimpses[-1])
        self._scores = self._scores * np.exp(-since / FADES) + since * off

    def _roll(self) -> None:
        """Draw other hypotheses where none fits, and keep this moment."""
        if self._scores.min() > MISFIT:
            self._redraw()
        self._kept.append((self._tick, copied(self._now)))
        del self._kept[:-SPANS]
        oldest = self._kept[0][0]
        self._deeds = [deed for deed in self._deeds if deed.tick >= oldest]
        self._glimpses = [glimpse for glimpse in self._glimpses if glimpse.tick >= oldest]

    def _redraw(self) -> None:
        """Play the kept moments again, as they were and otherwise, and keep what explains the counter best."""
        parents = np.argsort(self._scores, kind="stable")[: HYPOTHESES // 3]
        origins = [*range(HYPOTHESES), *self._random.choice(parents, TRIED)]
        worlds = [*self._worlds, *(self._draw() for _ in range(TRIED))]
        times = [tick for tick, _ in self._kept] + [self._tick]
        moments = [empty_battles(self._own, len(origins)) for _ in times]
        scores = np.zeros(len(origins))
        for row, (origin, world) in enumerate(zip(origins, worlds, strict=True)):
            copy_battle(self._kept[0][1], int(origin), moments[0], row)
            if row >= HYPOTHESES:
                shift_health(moments[0], row, self._worlds[int(origin)], world, self._random)
            scores[row] = score_again(world, moments, times, row, [*self._deeds, *self._glimpses])
        chosen = np.argsort(scores, kind="stable")[:HYPOTHESES]
        self._worlds = [worlds[row] for row in chosen]
        kept = [chosen_rows(moment, chosen) for moment in moments]
        for name in ("dp", "dp_clock"):
            kept[-1].battle[name] = self._now.battle[name][self._best]
        self._kept, self._now = list(zip(times[:-1], kept[:-1], strict=True)), kept[-1]
        self._scores = scores[chosen]

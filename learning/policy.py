"""What to do now: the learned policy with its exploration, and two to measure it against.

Every policy has `decide(view) -> Decision` and never names an action that is not legal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from torch import Tensor

from game.actions import DEPLOY, DIRECTIONS, NOTHING, RETREAT, SKILL, WAIT, Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView
from learning.arrays import Doubles, Integers, Mask
from learning.encoding import NO_ADVICE, Observation, StageEncoding, damage_rate, make_encoding
from learning.network import Snapshot
from learning.observation import look
from learning.settings import Settings

if TYPE_CHECKING:
    from learning.advice import Adviser

RETREAT_WEIGHT = 0.05
"""Weight of exploring a retreat, against 1 for deploying or a skill: a retreat wastes the DP that were paid."""
RECENT = 20
"""Battles whose results say how much is explored, and how far the plan is trusted."""
ENOUGH = 0.8
"""Share of good battles from which on a plan is good enough: nothing is explored, and it is followed for ever."""
REMEMBERED = 4
"""Views whose advice is kept, until the decision is remembered."""
CONSIDERED = 5
"""Actions that a decision names with their scores, for people who ask what else there was."""
COVER_NOTHING = 0.1
"""Weight of exploring a place and direction that covers no path tile; each path tile covered adds 1."""


class Decision(NamedTuple):
    """A decision, and how it was made."""

    action: Action
    q: float
    """The network's score of the action; 0 for policies without one."""
    explored: bool
    legal: int
    """How many actions were legal."""
    considered: tuple[tuple[Action, float], ...] = ()
    """The legal actions with the highest scores, best first; empty for policies without scores."""


class Policy(Protocol):
    """Anything that decides."""

    def decide(self, view: BattleView) -> Decision:
        """The action for this view, always a legal one."""


class Continuation(Protocol):
    """A way to go on that was found in the battle under way."""

    def __call__(self, view: BattleView, observation: Observation, legal: Mask) -> int:
        """The compact action to do now, a legal one; `observation` is what is read from the view."""


class Random:
    """A uniformly random legal action: the measure of how hard a stage is.

    Most legal actions late in a battle are retreats, with which it defeats itself; without `retreats` it keeps the
    operators it has deployed and is the stronger of the two.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int, *, retreats: bool = True) -> None:
        self._encoding = make_encoding(stage, squad)
        self._rng = np.random.default_rng(seed)
        self._choices = slice(None if retreats else -len(squad))

    def decide(self, view: BattleView) -> Decision:
        """Draw from the legal compact actions, the last of which are the retreats."""
        legal = np.flatnonzero(self._encoding.legal(view)[self._choices])
        return Decision(self._encoding.action(int(self._rng.choice(legal))), 0.0, explored=True, legal=len(legal))


class Greedy:
    """A simple script: the highest damage first, where it covers most path tiles; it saves DP for that."""

    def __init__(self, stage: Stage, squad: Sequence[Operator]) -> None:
        self._encoding = make_encoding(stage, squad)
        order = sorted(range(len(squad)), key=lambda slot: -damage_rate(squad[slot]) * (squad[slot].damage != "heal"))
        self._rank = {slot: rank for rank, slot in enumerate(order)}

    def decide(self, view: BattleView) -> Decision:
        """Use a ready skill; else deploy the highest damage in hand where it covers most; else wait for its DP."""
        legal = self._encoding.legal(view)
        action = self._skill(view) or self._deploy(view, legal) or NOTHING
        return Decision(action, 0.0, explored=False, legal=int(legal.sum()))

    def _skill(self, view: BattleView) -> Action | None:
        """The first skill that is ready, while an enemy is in sight."""
        ready = [seen.slot for seen in view.operators if seen.skill_ready and seen.slot in self._rank]
        return Action(SKILL, ready[0]) if ready and view.enemies else None

    def _deploy(self, view: BattleView, legal: Mask) -> Action | None:
        """The best place of the operator with the highest damage that has one; None while DP are short for it."""
        encoding = self._encoding
        hand = [card for card in view.cards if card.slot in self._rank and card.state != "cooling"]
        allowed = legal[1 : 1 + encoding.cover.size].reshape(encoding.cover.shape)
        for card in sorted(hand, key=lambda card: self._rank[card.slot]):
            if card.state == "unaffordable":
                return None
            covered = np.where(allowed & (encoding.place_slots == card.slot)[:, None], encoding.cover, 0)
            if covered.max(initial=0) > 0:
                return encoding.action(1 + int(covered.argmax()))
        return None


@dataclass
class Schedule:
    """Epsilon falls linearly with the number of decisions, which is kept in the checkpoint with the last results.

    Where a plan was shown less is explored from the beginning, the less the more battles are good, which means won
    without a leak, or with one if the plan does no better. Nothing is explored where nearly all are: there is nothing
    to find that a person would want who has the stage cleared, and one random deployment can lose the battle. For the
    same reason the plan has a lead over what the network would do instead.
    """

    settings: Settings
    decisions: int = 0

    taught: bool = False
    """Whether a plan was shown."""
    hold: float = 0.0
    """Share of its varied battles that were good; it counts until there are results of play."""
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Of the last battles of play, whether each was good."""

    @property
    def epsilon(self) -> float:
        """The share of decisions that explore, now."""
        settings = self.settings
        start = min(settings.epsilon_start, settings.epsilon_taught) if self.taught else settings.epsilon_start
        done = min(self.decisions / max(settings.epsilon_decisions, 1), 1.0)
        return (start + done * (settings.epsilon_end - start)) * self._room

    @property
    def lead(self) -> float:
        """What is added to the scores of what the plan does: 1, as much as a victory, for one that holds always.

        A network without experience does not know what to do where the plan fails, so that any plan leads it by the
        share of good battles, less as demonstrations become fewer; in the end only one that is good enough does.
        """
        early = self._good * max(1.0 - self.decisions / self.settings.demonstrated_decisions, 0.0)
        return max(early, (self._good - ENOUGH) / (1.0 - ENOUGH)) if self.taught else 0.0

    @property
    def _room(self) -> float:
        """How much of its exploration there is room for: all of it, or with a plan, what it lacks of a good one."""
        return max(ENOUGH - self._good, 0.0) / ENOUGH if self.taught else 1.0

    @property
    def _good(self) -> float:
        """The share of the last battles that were good; the plan's own for those not played yet."""
        return (sum(tuple(self.recent)) + (RECENT - len(self.recent)) * self.hold) / RECENT


class Explorer:
    """Draws actions that are worth trying. `wait_share` of them wait."""

    def __init__(self, encoding: StageEncoding, wait_share: float) -> None:
        self._wait_share = wait_share
        self._kinds, self._slots, self._weights = _exploration_tables(encoding)

    def explore(self, legal: Mask, rng: np.random.Generator, *, retreats: bool = True) -> int:
        """A legal action: wait, or first an operator and a kind of action, then a place, likelier the more it covers.

        Drawing from the list of legal actions instead would nearly always deploy an operator that has many places.
        While nothing else can be paid, it retreats: without `retreats` it waits.
        """
        if rng.random() < self._wait_share:
            return 0
        numbers = np.flatnonzero(legal)[1:]
        if not retreats:
            numbers = numbers[self._kinds[numbers] != RETREAT]
        if not numbers.size:
            return 0
        choices, weights = self._choices(numbers)
        kind, slot = choices[rng.choice(len(choices), p=weights)]
        numbers = numbers[(self._kinds[numbers] == kind) & (self._slots[numbers] == slot)]
        weight = self._weights[numbers]
        return int(rng.choice(numbers, p=weight / weight.sum()))

    def _choices(self, numbers: Integers) -> tuple[list[tuple[int, int]], Doubles]:
        """Pairs of kind and operator that are legal, with their probabilities; retreats are rare."""
        choices = sorted(set(zip(self._kinds[numbers].tolist(), self._slots[numbers].tolist(), strict=True)))
        weights = np.array([RETREAT_WEIGHT if kind == RETREAT else 1.0 for kind, _ in choices])
        return choices, weights / weights.sum()


class EpsilonGreedy:
    """The learned policy: the legal action with the highest score, or with probability epsilon an exploratory one.

    `snapshot` holds the weights; the learner replaces it by one assignment.
    """

    def __init__(self, encoding: StageEncoding, snapshot: Snapshot, settings: Settings, seed: int) -> None:
        self.encoding, self.snapshot = encoding, snapshot
        self.schedule = Schedule(settings)
        self.banned: Collection[tuple[int, int, int]] = ()
        """Kind, slot and tile of actions that are left out of the next decisions: `Decide` says which."""
        self.adviser: Adviser | None = None
        """Says what a plan advises in each view."""
        self._advised: deque[tuple[BattleView, tuple[int, ...]]] = deque(maxlen=REMEMBERED)
        self.continuation: Continuation | None = None
        """Decides in its place, if there is one: what looking ahead has found."""
        self.frozen = False
        """Whether it never explores nor counts decisions."""
        self._rng = np.random.default_rng(seed)
        self._explorer = Explorer(encoding, settings.wait_share)

    def decide(self, view: BattleView) -> Decision:
        """Explore with probability epsilon, else take the best legal action, or that of the continuation. A plan is
        followed, to wait once it is done, unless another action is better by its lead.
        """
        advice = self.adviser.advise(view) if self.adviser else NO_ADVICE
        self._advised.append((view, advice))
        observation, legal, _ = look(view, self.encoding, advice)
        legal = self._without_banned(legal)
        scores = self.snapshot.scores(observation, legal)
        explored = False
        index = int(self._with_lead(scores, advice).argmax())
        if self.continuation is not None:
            index = self.continuation(view, observation, legal)
        elif not self.frozen:
            explored = bool(self._rng.random() < self.schedule.epsilon) and not self._must_not_risk(view)
            self.schedule.decisions += 1
            if explored:
                # Whom a plan has placed is not taken back by chance: that has lost battles that were won.
                index = self._explorer.explore(legal, self._rng, retreats=not self.schedule.taught)
        return Decision(
            self.encoding.action(index),
            float(scores[index]),
            explored,
            int(legal.sum()),
            self._considered(scores, legal),
        )

    def _with_lead(self, scores: Tensor, advice: Sequence[int]) -> Tensor:
        """The scores with the lead of what the plan does next, which is to wait once it is done, or deploys again."""
        lead = self.schedule.lead if self.adviser else 0.0
        if lead <= 0.0:
            return scores
        favoured = scores.clone()
        for number in {max(advice[0], 0), *(one for one in advice[1:] if one > 0)}:
            favoured[number] += lead
        return favoured

    def _considered(self, scores: Tensor, legal: Mask) -> tuple[tuple[Action, float], ...]:
        """The legal actions with the highest scores, best first."""
        best = scores.topk(min(CONSIDERED, int(legal.sum())))
        return tuple((self.encoding.action(number), q) for q, number in zip(*map(Tensor.tolist, best), strict=True))

    def _must_not_risk(self, view: BattleView) -> bool:
        """Whether exploring is ruled out because the next leak would end the battle."""
        return view.life <= 1 and not self.schedule.settings.risk_last_life

    def advice_for(self, view: BattleView) -> tuple[int, ...]:
        """What was advised for one of the last views that were decided on."""
        return next((advice for known, advice in tuple(self._advised) if known == view), NO_ADVICE)

    def _without_banned(self, legal: Mask) -> Mask:
        """The legal actions that are not banned; to wait is never banned."""
        directions = range(len(DIRECTIONS))
        numbers = {self.encoding.index(Action(*key, direction)) for key in self.banned for direction in directions} - {
            0
        }
        if numbers:
            legal = legal.copy()
            legal[list(numbers)] = False
        return legal

    def state(self) -> dict[str, Any]:
        """The state of exploration, for the checkpoint."""
        schedule = self.schedule
        return {
            "decisions": schedule.decisions, "rng": self._rng.bit_generator.state, "recent": [*schedule.recent],
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Continue exploration from the state of a checkpoint."""
        self.schedule.decisions = int(state["decisions"])
        self.schedule.recent.extend(map(bool, state.get("recent", ())))  # not in those of version 0.1
        self._rng.bit_generator.state = state["rng"]


def _exploration_tables(encoding: StageEncoding) -> tuple[Integers, Integers, Doubles]:
    """Kind, operator and weight of every compact action."""
    slots = np.arange(encoding.slots)
    places = np.repeat(encoding.place_slots, 4)
    kinds = [np.full(1, WAIT), np.full(places.size, DEPLOY), np.full(slots.size, SKILL), np.full(slots.size, RETREAT)]
    weights = [np.ones(1), encoding.cover.ravel() + COVER_NOTHING, np.ones(2 * slots.size)]
    return np.concatenate(kinds), np.concatenate([np.zeros(1, np.int64), places, slots, slots]), np.concatenate(weights)

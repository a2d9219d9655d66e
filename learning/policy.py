"""What to do now: the learned policy with its exploration, and two to measure it against.

Every policy has `decide(view) -> Decision` and never names an action that is not legal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, WAIT, Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView
from learning.encoding import Ground, Mask, Numbers, damage_rate, make_ground, observe
from learning.network import Snapshot
from learning.settings import Settings

RETREAT_WEIGHT = 0.05
"""How likely it is to try a retreat against any other thing to do with an operator: it undoes what was paid for."""
COVER_NOTHING = 0.1
"""How likely a place and direction is that covers no path tile, against one that covers one."""


class Decision(NamedTuple):
    """What was decided, and how."""

    action: Action
    q: float
    """The network's score of the action; 0 for policies without one."""
    explored: bool
    legal: int
    """How many actions there were to choose from."""


class Policy(Protocol):
    """Whatever decides."""

    def decide(self, view: BattleView) -> Decision:
        """The action for this view, always a legal one."""


class Random:
    """Any legal action, all as likely: the measure of how hard a stage is.

    Most of what is legal late in a battle is calling somebody back, by which it defeats itself; without `retreats` it
    keeps whom it has deployed, and is the harder one to fail.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int, *, retreats: bool = True) -> None:
        self._ground = make_ground(stage, squad)
        self._rng = np.random.default_rng(seed)
        self._choices = slice(None if retreats else -len(squad))

    def decide(self, view: BattleView) -> Decision:
        """Draw from the flat list of legal actions, at whose end the retreats stand."""
        legal = np.flatnonzero(self._ground.legal(view)[self._choices])
        return Decision(self._ground.action(int(self._rng.choice(legal))), 0.0, explored=True, legal=len(legal))


class Greedy:
    """The script a player would write first: cover most path tiles, highest damage first, save DP for it."""

    def __init__(self, stage: Stage, squad: Sequence[Operator]) -> None:
        self._ground = make_ground(stage, squad)
        order = sorted(range(len(squad)), key=lambda slot: -damage_rate(squad[slot]) * (squad[slot].damage != "heal"))
        self._rank = {slot: rank for rank, slot in enumerate(order)}

    def decide(self, view: BattleView) -> Decision:
        """Use a ready skill; else deploy the hardest hitter in hand where it covers most; else wait for its DP."""
        legal = self._ground.legal(view)
        action = self._skill(view) or self._deploy(view, legal) or NOTHING
        return Decision(action, 0.0, explored=False, legal=int(legal.sum()))

    def _skill(self, view: BattleView) -> Action | None:
        """The first skill that is ready, while there is somebody to use it on."""
        ready = [seen.slot for seen in view.operators if seen.skill_ready and seen.slot in self._rank]
        return Action(SKILL, ready[0]) if ready and view.enemies else None

    def _deploy(self, view: BattleView, legal: Mask) -> Action | None:
        """The best place of the hardest hitter there is a place for; nothing while it cannot be paid for."""
        ground = self._ground
        hand = [card for card in view.cards if card.slot in self._rank and card.state != "cooling"]
        allowed = legal[1 : 1 + ground.cover.size].reshape(ground.cover.shape)
        for card in sorted(hand, key=lambda card: self._rank[card.slot]):
            if card.state == "unaffordable":
                return None
            worth = np.where(allowed & (ground.place_slots == card.slot)[:, None], ground.cover, 0)
            if worth.max(initial=0) > 0:
                return ground.action(1 + int(worth.argmax()))
        return None


@dataclass
class Schedule:
    """Epsilon falls in a straight line with the decisions counted; the count is kept in the checkpoint."""

    settings: Settings
    decisions: int = 0

    @property
    def epsilon(self) -> float:
        """The share of decisions that explore, now."""
        settings = self.settings
        done = min(self.decisions / max(settings.epsilon_decisions, 1), 1.0)
        return settings.epsilon_start + done * (settings.epsilon_end - settings.epsilon_start)


class EpsilonGreedy:
    """The learned policy: mostly the best-scored legal action, sometimes a sensible exploratory one.

    `snapshot` holds the weights; the learner replaces it by one assignment.
    """

    def __init__(self, ground: Ground, snapshot: Snapshot, settings: Settings, seed: int) -> None:
        self.ground, self.snapshot = ground, snapshot
        self.schedule = Schedule(settings)
        self.frozen = False
        """Whether it only exploits: no exploration, no counting."""
        self._rng = np.random.default_rng(seed)
        self._kinds, self._slots, self._weights = _exploration_tables(ground)

    def decide(self, view: BattleView) -> Decision:
        """Explore with probability epsilon, else take the best legal action."""
        legal = self.ground.legal(view)
        scores = self.snapshot.scores(observe(view, self.ground), legal)
        explored = False
        index = int(scores.argmax())
        if not self.frozen:
            explored = bool(self._rng.random() < self.schedule.epsilon)
            self.schedule.decisions += 1
            if explored:
                index = self.explore(legal)
        return Decision(self.ground.action(index), float(scores[index]), explored, int(legal.sum()))

    def explore(self, legal: Mask) -> int:
        """A legal action: wait, or first an operator and what to do with it, then a place in which it covers something.

        Drawing from the flat list instead would nearly always deploy, at once, whoever has most places.
        """
        if self._rng.random() < self.schedule.settings.wait_share:
            return 0
        numbers = np.flatnonzero(legal)[1:]
        if not numbers.size:
            return 0
        choices, weights = self._choices(numbers)
        kind, slot = choices[self._rng.choice(len(choices), p=weights)]
        numbers = numbers[(self._kinds[numbers] == kind) & (self._slots[numbers] == slot)]
        weight = self._weights[numbers]
        return int(self._rng.choice(numbers, p=weight / weight.sum()))

    def _choices(self, numbers: Numbers) -> tuple[list[tuple[int, int]], Any]:
        """Pairs of kind and operator that are legal, with their probabilities; retreats are rare."""
        choices = sorted(set(zip(self._kinds[numbers].tolist(), self._slots[numbers].tolist(), strict=True)))
        weights = np.array([RETREAT_WEIGHT if kind == RETREAT else 1.0 for kind, _ in choices])
        return choices, weights / weights.sum()

    def state(self) -> dict[str, Any]:
        """Where exploration stands, for the checkpoint."""
        return {"decisions": self.schedule.decisions, "rng": self._rng.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        """Take exploration up where a checkpoint left it."""
        self.schedule.decisions = int(state["decisions"])
        self._rng.bit_generator.state = state["rng"]


def _exploration_tables(ground: Ground) -> tuple[Numbers, Numbers, Any]:
    """Kind, operator and weight of every compact action."""
    slots = np.arange(ground.slots)
    places = np.repeat(ground.place_slots, 4)
    kinds = [np.full(1, WAIT), np.full(places.size, DEPLOY), np.full(slots.size, SKILL), np.full(slots.size, RETREAT)]
    weights = [np.ones(1), ground.cover.ravel() + COVER_NOTHING, np.ones(2 * slots.size)]
    return np.concatenate(kinds), np.concatenate([np.zeros(1, np.int64), places, slots, slots]), np.concatenate(weights)

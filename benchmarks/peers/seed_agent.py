"""The agent that this project began with (github.com/Markbarkar/Arknight-Agent, MIT), written anew in a few lines.

As there: the state is [DP, enemies, life]; the reward -0.2 DP - enemies + life; a network of two hidden layers of 128
with four heads (place, skill, retreat, wait); uniform replay of 10,000, batches of 3, an update each decision from the
sixth on, Adam 2e-3, gamma 0.98, squared error, the target network replaced each 10 updates; and its faults:

- the mask knows neither high nor low ground: what stands wrongly is refused by the game, and the turn is lost;
- the free tiles are indexed by operator: deploying operator 3 takes tile 3 from the list, wherever it was put;
- the cooldown never clears: an operator that was withdrawn never comes back, nor does one that fell;
- the target takes the largest Q of all actions, legal or not.

Where the original does not run, we chose what lets it learn: its books are opened anew with each battle (it has no
`reset`), the head of the action taken is trained (it trains the first only), nothing follows the end of a battle, and
epsilon falls from 0.9 to 0.01 (the two values that it was run with) over the first tenth of the decisions.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, WAIT, Action, flatten
from game.view import BattleView
from learning.adam import Adam
from peers.battles import EXPLORING, GAMMA, Choice, FlatBattles, Legal, timed

HIDDEN = 128
MEMORY = 10_000
BATCH = 3
"""The original was run with 2 and 3."""
REPLACED = 10
EPSILON = (0.9, 0.01)


class Numbering(NamedTuple):
    """The agent's actions: place [operators, places, 4], then a skill and a retreat for each operator, then wait."""

    slots: int
    places: tuple[int, ...]
    """The tiles on which an operator of some kind can stand."""

    @property
    def placing(self) -> int:
        """How many actions deploy."""
        return self.slots * len(self.places) * 4

    def action(self, index: int) -> Action:
        """The action of a number."""
        if index < self.placing:
            rest, direction = divmod(index, 4)
            slot, place = divmod(rest, len(self.places))
            return Action(DEPLOY, slot, self.places[place], direction)
        index -= self.placing
        if index == 2 * self.slots:
            return NOTHING
        return Action(SKILL, index) if index < self.slots else Action(RETREAT, index - self.slots)


class Books:
    """What the original notes of its own actions instead of looking at the screen."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._in_hand = np.ones(numbering.slots, np.bool_)
        self._cooling = np.zeros(numbering.slots, np.bool_)
        self._free = np.ones(len(numbering.places), np.bool_)

    def mask(self, dp: int, costs: Sequence[int]) -> Legal:
        """bool[actions]: what it takes for possible."""
        available = self._in_hand & ~self._cooling & (np.array(costs) <= dp)
        place = np.repeat((available[:, None] & self._free).ravel(), 4)
        standing = ~self._in_hand & ~self._cooling
        return np.concatenate([place, standing, standing, [True]])

    def note(self, action: Action) -> None:
        """Write down an action as done."""
        if action.kind == DEPLOY:
            self._in_hand[action.slot] = False
        if action.kind == RETREAT:
            self._cooling[action.slot] = True  # for ever
        if action.kind in {DEPLOY, RETREAT} and action.slot < len(self._free):
            self._free[action.slot] = action.kind == RETREAT  # the operator's number, not the tile's


class SeedNetwork(nn.Module):
    """Two hidden layers and four heads over three numbers."""

    def __init__(self, numbering: Numbering) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU())
        sizes = (numbering.placing, numbering.slots, numbering.slots, 1)
        self.heads = nn.ModuleList(nn.Linear(HIDDEN, size) for size in sizes)

    def forward(self, states: Tensor) -> Tensor:
        """[batch, actions]: place, skill, retreat, wait."""
        hidden = self.body(states)
        return torch.cat([head(hidden) for head in self.heads], dim=1)


def state_of(view: BattleView) -> list[float]:
    """All that it sees of a battle."""
    return [float(view.dp), float(len(view.enemies)), float(view.life)]


def reward_of(view: BattleView) -> float:
    """Its reward for coming to a view."""
    return -0.2 * view.dp - len(view.enemies) + view.life


class SeedAgent:
    """Network, buffer and update."""

    def __init__(self, numbering: Numbering, seed: int) -> None:
        torch.manual_seed(seed)
        self.online = SeedNetwork(numbering)
        self._target = copy.deepcopy(self.online)
        self._optimiser = Adam(self.online.parameters(), 2e-3)
        self._memory = deque[tuple[list[float], int, float, list[float], bool]](maxlen=MEMORY)
        self._rng = np.random.default_rng(seed)
        self._updates = 0

    def choose(self, state: list[float], mask: Legal, epsilon: float = 0.0) -> int:
        """A kind of action at random and one of that kind, or the masked best."""
        if self._rng.random() >= epsilon:
            with torch.no_grad():
                scores = self.online(torch.tensor([state]))[0]
            return int(scores.masked_fill(~torch.from_numpy(mask), -torch.inf).argmax())
        bounds = np.cumsum([0] + [head.out_features for head in self.online.heads])  # type: ignore[union-attr]
        kinds = [np.flatnonzero(mask[low:high]) + low for low, high in pairwise(bounds)]
        possible = [kind for kind in kinds if kind.size]
        return int(self._rng.choice(possible[self._rng.integers(len(possible))]))

    def learn(self, before: list[float], action: int, reward: float, after: list[float], ended: bool) -> None:
        """Keep an experience, and learn from three."""
        self._memory.append((before, action, reward, after, ended))
        if len(self._memory) <= 5:
            return
        drawn = [self._memory[i] for i in self._rng.choice(len(self._memory), BATCH, replace=False)]
        states, actions, rewards, afters, ends = (torch.tensor(column) for column in zip(*drawn, strict=True))
        with torch.no_grad():
            targets = rewards.float() + GAMMA * self._target(afters).max(dim=1).values * ~ends
        taken = self.online(states).gather(1, actions[:, None])[:, 0]
        loss = nn.functional.mse_loss(taken, targets)
        self.online.zero_grad()
        loss.backward()
        self._optimiser.step()
        if self._updates % REPLACED == 0:
            self._target.load_state_dict(self.online.state_dict())
        self._updates += 1


class SeedPlayer:
    """Plays with the agent: one set of books for each battle."""

    def __init__(self, agent: SeedAgent, numbering: Numbering, field: FlatBattles) -> None:
        self._agent, self._numbering = agent, numbering
        self._room = (field.inner.stage.melee, field.inner.stage.ranged)
        self._melee = [operator.melee for operator in field.inner.squad]
        self._costs = [operator.cost for operator in field.inner.squad]
        self._books, self._battle = Books(numbering), field.battle

    def decide(self, field: FlatBattles, epsilon: float = 0.0) -> tuple[int, Action]:
        """Its number of an action and what is asked of the game: to wait, where the ground is the wrong one."""
        if self._battle is not field.battle:
            self._books, self._battle = Books(self._numbering), field.battle
        view = field.battle.view()
        index = self._agent.choose(state_of(view), self._books.mask(view.dp, self._costs), epsilon)
        action = self._numbering.action(index)
        if action.kind == DEPLOY and not self._room[0 if self._melee[action.slot] else 1].ravel()[action.tile]:
            return index, NOTHING
        if action.kind != WAIT:
            self._books.note(action)
        return index, action


def numbering_of(field: FlatBattles) -> Numbering:
    """The agent's actions on a stage."""
    room = (field.inner.stage.melee | field.inner.stage.ranged).ravel()
    return Numbering(field.slots, tuple(np.flatnonzero(room).tolist()))


@timed
def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn; a point every ten decisions."""
    field, decisions = FlatBattles(stage, squad), 0
    numbering = numbering_of(field)
    agent = SeedAgent(numbering, seed)
    field.reset(seed=seed)
    player = SeedPlayer(agent, numbering, field)
    first, last = EPSILON
    yield 0, played_by(agent, numbering)
    while True:
        done = min(decisions / max(EXPLORING * budget, 1), 1.0)
        before = state_of(field.battle.view())
        index, action = player.decide(field, first + done * (last - first))
        _, _, terminated, truncated, _ = field.step(flatten(action, field.slots, field.tiles))
        view = field.battle.view()
        agent.learn(before, index, reward_of(view), state_of(view), terminated)
        decisions += 1
        if terminated or truncated:
            field.reset()
        if decisions % 10 == 0:
            yield decisions, played_by(agent, numbering)


def played_by(agent: SeedAgent, numbering: Numbering) -> Choice:
    """The agent's policy without exploration."""
    players: list[SeedPlayer] = []

    def choose(field: FlatBattles) -> int:
        if not players:
            players.append(SeedPlayer(agent, numbering, field))
        action = players[0].decide(field)[1]
        legal = flatten(action, field.slots, field.tiles)
        return legal if field.action_masks()[legal] else 0

    return choose

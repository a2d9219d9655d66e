"""Our own agent, as it learns without a screen: `Agent` and `learn_battle` with the default settings.

The only module here that knows the agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import learning.training
from game.actions import flatten
from learning.agent import Agent
from learning.environment import SECOND
from learning.settings import Settings
from peers.battles import Choice, FlatBattles, timed


@timed
def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn battle after battle; a point after each."""
    del budget
    field, decisions = FlatBattles(stage, squad), 0
    agent = Agent(field.inner.stage, field.inner.squad, Settings(), seed)
    field.reset(seed=seed)
    yield 0, greedily(agent)
    while True:
        learning.training.learn_battle(agent, field.battle)
        decisions += -(-field.battle.ticks // SECOND)
        field.reset()
        yield decisions, greedily(agent)


def greedily(agent: Agent) -> Choice:
    """The agent's policy without exploration."""

    def choose(field: FlatBattles) -> int:
        agent.policy.frozen = True
        try:
            action = agent.policy.decide(field.battle.view()).action
        finally:
            agent.policy.frozen = False
        return flatten(action, field.slots, field.tiles)

    return choose

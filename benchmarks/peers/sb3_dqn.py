"""Stable-Baselines3 DQN (https://stable-baselines3.readthedocs.io), which knows no masks: what is illegal waits.

Its defaults: learning rate 1e-4, batches of 32, an update each 4 decisions from decision 100 on, the target network
replaced each 10,000 decisions, epsilon as in peers.battles; changed: gamma, the network's layers, and a buffer of as
many experiences as there are decisions (the default of a million does not fit).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from stable_baselines3 import DQN

from peers.battles import GAMMA, HIDDEN, Choice, FlatBattles, epsilon
from peers.scripts import Shown, beginnings

CHUNK = 100
"""Decisions from one point to the next."""
BUFFER = 100_000
"""The most experiences that are kept."""


def _learn(
    stage: str, squad: Sequence[str] | None, seed: int, budget: int, shown: Sequence[Shown]
) -> Iterator[tuple[int, Choice]]:
    """Learn, with these experiences in the buffer at first."""
    model = DQN(
        "MlpPolicy", FlatBattles(stage, squad), gamma=GAMMA, buffer_size=min(budget + len(shown), BUFFER),
        policy_kwargs={"net_arch": list(HIDDEN)}, seed=seed, device="cpu",
    )  # fmt: skip
    model.exploration_schedule = lambda _: epsilon(model.num_timesteps, budget)  # its own begins anew with each chunk

    for one in shown:
        ended = np.array([one.ended])
        model.replay_buffer.add(one.before, one.after, np.array([one.action]), np.array([one.reward]), ended, [{}])

    def choose(field: FlatBattles) -> int:
        action = int(model.predict(field.seen, deterministic=True)[0])
        return action if field.action_masks()[action] else 0

    yield 0, choose
    while True:
        model.learn(CHUNK, reset_num_timesteps=False)
        yield model.num_timesteps, choose


train, train_from_plan = beginnings(_learn)

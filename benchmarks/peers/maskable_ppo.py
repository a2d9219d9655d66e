"""sb3-contrib MaskablePPO (https://sb3-contrib.readthedocs.io), with its defaults.

Learning rate 3e-4, rollouts of 2,048 decisions, batches of 64, 10 epochs, GAE 0.95, clip 0.2; changed: gamma and the
network's layers (see peers.battles). It can only be measured after a rollout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sb3_contrib import MaskablePPO
from torch.nn import ReLU

from peers.battles import GAMMA, HIDDEN, Choice, FlatBattles, timed


@timed
def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn rollout after rollout; a point after each."""
    del budget
    network = {"net_arch": list(HIDDEN), "activation_fn": ReLU}
    model = MaskablePPO(
        "MlpPolicy", FlatBattles(stage, squad), gamma=GAMMA, policy_kwargs=network, seed=seed, device="cpu"
    )

    def choose(field: FlatBattles) -> int:
        return int(model.predict(field.seen, deterministic=True, action_masks=field.action_masks())[0])

    yield 0, choose
    while True:
        model.learn(model.n_steps, reset_num_timesteps=False)
        yield model.num_timesteps, choose

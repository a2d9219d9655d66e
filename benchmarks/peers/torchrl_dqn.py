"""TorchRL's DQN (https://docs.pytorch.org/rl) with its mask keys: they mask the choice, exploration and the target.

Settings of its own example (sota-implementations/dqn/config_cartpole.yaml): Adam 2.5e-4, batches of 128, 100 updates
each 1,000 decisions, the target network replaced each 50 updates, a buffer of 10,000, squared error; changed: gamma,
the network's layers and epsilon (see peers.battles). Networks, exploration, buffer and loss are the library's; the loop
around them is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from tensordict import TensorDict
from tensordict.nn import TensorDictModule, TensorDictSequential
from torchrl import torchrl_logger
from torchrl.data import Categorical, LazyTensorStorage, TensorDictReplayBuffer
from torchrl.modules import MLP, EGreedyModule, QValueModule
from torchrl.objectives import DQNLoss, HardUpdate

from peers.battles import EXPLORING, GAMMA, HIDDEN, LAST_EPSILON, Choice, FlatBattles, timed

EVERY = 10
"""Decisions from one update to the next."""
BATCH = 128
torchrl_logger.setLevel("WARNING")


def _seen(field: FlatBattles) -> TensorDict:
    """The observation with its mask."""
    return TensorDict(
        {"observation": torch.from_numpy(field.seen), "action_mask": torch.from_numpy(field.action_masks())}, []
    )


def _actor(field: FlatBattles) -> TensorDictSequential:
    """The network, and the legal action with the highest value."""
    shape, actions = field.observation_space.shape, int(field.action_space.n)
    network = MLP(in_features=shape[0], out_features=actions, num_cells=list(HIDDEN), activation_class=torch.nn.ReLU)
    values = TensorDictModule(network, in_keys=["observation"], out_keys=["action_value"])
    best = QValueModule(spec=Categorical(actions), action_mask_key="action_mask")
    return TensorDictSequential(values, best)


@timed
def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
    """Learn; a point after each update."""
    torch.manual_seed(seed)
    field = FlatBattles(stage, squad)
    actor, spec = _actor(field), Categorical(int(field.action_space.n))
    explore = EGreedyModule(
        spec, 1.0, LAST_EPSILON, annealing_num_steps=max(int(EXPLORING * budget), 1), action_mask_key="action_mask"
    )
    updater = Updater(actor, TensorDictReplayBuffer(storage=LazyTensorStorage(10_000), batch_size=BATCH))
    field.reset(seed=seed)

    def choose(field: FlatBattles) -> int:
        with torch.no_grad():
            return int(actor(_seen(field))["action"])

    yield 0, choose
    decisions = 0
    while True:
        for _ in range(EVERY):
            updater.buffer.add(_decided(field, TensorDictSequential(actor, explore)))
            explore.step()
            decisions += 1
        updater.update()
        yield decisions, choose


@torch.no_grad()
def _decided(field: FlatBattles, policy: TensorDictSequential) -> TensorDict:
    """One decision and what followed."""
    made = policy(_seen(field)).select("observation", "action_mask", "action")
    _, reward, terminated, truncated, _ = field.step(int(made["action"]))
    after = _seen(field)
    after["reward"] = torch.tensor([reward], dtype=torch.float32)
    after["terminated"], after["done"] = torch.tensor([terminated]), torch.tensor([terminated or truncated])
    made["next"] = after
    if terminated or truncated:
        field.reset()
    return made


class Updater:
    """The loss and the target network, with the buffer that they learn from."""

    def __init__(self, actor: TensorDictSequential, buffer: Any) -> None:
        self.buffer = buffer
        self._loss = DQNLoss(actor, loss_function="l2", delay_value=True, action_space="categorical")
        self._loss.make_value_estimator(gamma=GAMMA)
        self._target = HardUpdate(self._loss, value_network_update_interval=50)
        self._optimiser = torch.optim.Adam(self._loss.parameters(), 2.5e-4)

    def update(self) -> None:
        """One step of the network, as soon as there are experiences for a batch."""
        if len(self.buffer) < BATCH:
            return
        loss = self._loss(self.buffer.sample())["loss"]
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._target.step()

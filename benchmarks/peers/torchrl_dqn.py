"""TorchRL's DQN (https://docs.pytorch.org/rl) with its mask keys: they mask the choice, exploration and the target.

Settings of its own example (sota-implementations/dqn/config_cartpole.yaml): Adam 2.5e-4, batches of 128, 100 updates
each 1,000 decisions, the target network replaced each 50 updates, a buffer of 10,000, squared error; changed: gamma,
the network's layers, epsilon (see peers.battles; there it falls over half of the decisions), and updates begin with the
first batch instead of after 10,000 of 500,100 decisions. As there, the target is not double. Networks, exploration,
buffer and loss are the library's; the loop around them is ours.
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

from peers.battles import EXPLORING, GAMMA, HIDDEN, LAST_EPSILON, Choice, FlatBattles, Legal, Row
from peers.scripts import Shown, beginnings

EVERY = 10
"""Decisions from one update to the next."""
BATCH = 128
torchrl_logger.setLevel("WARNING")


def _seen(row: Row, legal: Legal) -> TensorDict:
    """An observation with its mask."""
    return TensorDict({"observation": torch.from_numpy(row), "action_mask": torch.from_numpy(legal)}, [])


def _actor(field: FlatBattles) -> TensorDictSequential:
    """The network, and the legal action with the highest value."""
    shape, actions = field.observation_space.shape, int(field.action_space.n)
    network = MLP(in_features=shape[0], out_features=actions, num_cells=list(HIDDEN), activation_class=torch.nn.ReLU)
    values = TensorDictModule(network, in_keys=["observation"], out_keys=["action_value"])
    best = QValueModule(spec=Categorical(actions), action_mask_key="action_mask")
    return TensorDictSequential(values, best)


def _learn(
    stage: str, squad: Sequence[str] | None, seed: int, budget: int, shown: Sequence[Shown]
) -> Iterator[tuple[int, Choice]]:
    """Learn, with these experiences in the buffer at first."""
    torch.manual_seed(seed)
    field = FlatBattles(stage, squad)
    actor, spec = _actor(field), Categorical(int(field.action_space.n))
    explore = EGreedyModule(
        spec, 1.0, LAST_EPSILON, annealing_num_steps=max(int(EXPLORING * budget), 1), action_mask_key="action_mask"
    )
    updater = Updater(actor, TensorDictReplayBuffer(storage=LazyTensorStorage(10_000), batch_size=BATCH))
    field.reset(seed=seed)
    for one in shown:
        updater.buffer.add(experience(one, truncated=False))

    def choose(field: FlatBattles) -> int:
        with torch.no_grad():
            return int(actor(_seen(field.seen, field.action_masks()))["action"])

    yield 0, choose
    decisions = 0
    while True:
        for _ in range(EVERY):
            updater.buffer.add(_decided(field, TensorDictSequential(actor, explore)))
            explore.step()
            decisions += 1
        updater.update()
        yield decisions, choose


train, train_from_plan = beginnings(_learn)


@torch.no_grad()
def _decided(field: FlatBattles, policy: TensorDictSequential) -> TensorDict:
    """One decision and what followed."""
    seen, legal = field.seen, field.action_masks()
    action = int(policy(_seen(seen, legal))["action"])
    after, reward, terminated, truncated, _ = field.step(action)
    one = Shown(seen, legal, action, reward, after, field.action_masks(), terminated)
    if terminated or truncated:
        field.reset()
    return experience(one, truncated=truncated)


def experience(one: Shown, *, truncated: bool) -> TensorDict:
    """An experience as the loss takes it."""
    before, after = _seen(one.before, one.legal), _seen(one.after, one.after_legal)
    before["action"] = torch.tensor(one.action)
    after["reward"] = torch.tensor([one.reward], dtype=torch.float32)
    after["terminated"], after["done"] = torch.tensor([one.ended]), torch.tensor([one.ended or truncated])
    before["next"] = after
    return before


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

"""Everything that learns, in one piece and without a thread: headless training drives it directly, live play through a
`Learner`. So both use the same encoding, reward, buffer, network and exploration.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from game.actions import Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView
from learning.checkpoint import Arrays, Checkpoint, CheckpointError
from learning.dqn import Dqn
from learning.encoding import make_ground, observe
from learning.policy import EpsilonGreedy
from learning.replay import Replay
from learning.reward import reward
from learning.settings import Settings


class Agent:
    """Network, buffer and policy of one squad on one stage."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], settings: Settings, seed: int) -> None:
        self.settings = settings
        self.ground = make_ground(stage, squad)
        self.dqn = Dqn(self.ground, settings, seed)
        self.replay = Replay(self.ground, settings.buffer_size, settings.n_step, settings.gamma)
        self.policy = EpsilonGreedy(self.ground, self.dqn.snapshot(), settings, seed)
        self.rng = np.random.default_rng([seed, 1])
        self.remembered = 0
        self.battles = 0
        self.credit = 0.0
        """Updates that the decisions remembered so far have earned and that were not made yet."""
        self._last: tuple[BattleView, int] | None = None

    def remember(
        self, before: BattleView, action: Action, after: BattleView | None, outcome: str | None = None, stars: int = 0
    ) -> None:
        """Put one decision and what came of it into the buffer; without `after` and outcome it was broken off."""
        if after is None and outcome is None:
            self.replay.cut()
            self._last = None
            return
        worth = reward(before, after, outcome, stars, self.ground, self.settings.gamma)
        frame = self._frame(before)
        self.replay.add(frame, self.ground.index(action), worth, None if after is None else self._frame(after))
        self.remembered += 1
        self.battles += after is None
        if len(self.replay) > self.settings.warm_up:
            self.credit += self.settings.replay_ratio

    def _frame(self, view: BattleView) -> int:
        """The frame of a view; decisions that follow one another share theirs."""
        if self._last is None or self._last[0] != view:
            self._last = view, self.replay.add_frame(observe(view, self.ground), self.ground.legal(view))
        return self._last[1]

    def learn(self) -> bool:
        """Make one update if one has been earned. False when there was nothing to do."""
        if self.credit < 1:
            return False
        settings = self.settings
        batch = self.replay.sample(settings.batch_size, settings.recency, settings.uniform_share, self.rng)
        if batch is None:
            return False
        self.dqn.update(batch)
        if self.dqn.updates % settings.publish_every == 0:
            self.publish()
        self.credit -= 1  # last, so that whoever waits for nothing to be owed finds the weights published
        return True

    def publish(self) -> None:
        """Hand the policy a frozen copy of the weights, by one assignment."""
        self.policy.snapshot = self.dqn.snapshot()

    def checkpoint(self) -> Checkpoint:
        """Everything that was learned and everything needed to go on as if nothing had happened."""
        facts = {
            "stage": self.ground.stage.name,
            "squad": [operator.name for operator in self.ground.squad],
            "battles": self.battles,
            "remembered": self.remembered,
            "updates": self.dqn.updates,
            "credit": self.credit,
            "epsilon": self.policy.schedule.epsilon,
            "policy": json.dumps(self.policy.state()),
            "rng": json.dumps(self.rng.bit_generator.state),
        }
        return Checkpoint(self._learned(), self.replay.state(), facts)

    def restore(self, kept: Checkpoint) -> tuple[str, ...]:
        """Go on from a checkpoint. A line for what could not be used: the buffer of another stage or squad.

        A CheckpointError where the weights are of another network; this agent is then of no more use.
        """
        try:
            self._restore_learned(kept.learned)
        except (RuntimeError, KeyError, ValueError):
            raise CheckpointError("its weights are of a network of another shape (embedding, channels)") from None
        self.dqn.updates = int(kept.facts["updates"])
        self.publish()
        mine = (self.ground.stage.name, [operator.name for operator in self.ground.squad])
        theirs = (kept.facts["stage"], kept.facts["squad"])
        if mine != theirs:
            whose = f"stage {theirs[0]} with {', '.join(theirs[1])}"
            return (f"the checkpoint is of {whose}: its weights go on, its buffer and its exploration do not",)
        try:
            self.replay.restore(kept.buffer)
        except ValueError as error:
            return (f"{error}: the checkpoint's weights go on, its buffer and its exploration do not",)
        self.battles, self.remembered = int(kept.facts["battles"]), int(kept.facts["remembered"])
        self.credit = float(kept.facts["credit"])
        self.policy.restore(json.loads(kept.facts["policy"]))
        self.rng.bit_generator.state = json.loads(kept.facts["rng"])
        return ()

    def _learned(self) -> Arrays:
        """Both networks and the optimiser's memory, by name."""
        networks = {"online": self.dqn.online, "target": self.dqn.target}
        found = {f"{who}.{key}": value for who, net in networks.items() for key, value in net.state_dict().items()}
        for index, memory in self.dqn.optimiser.state_dict()["state"].items():
            found |= {f"adam.{index}.{key}": value for key, value in memory.items()}
        return {name: value.numpy().copy() for name, value in found.items()}

    def _restore_learned(self, learned: Arrays) -> None:
        """Take over networks and optimiser; the shapes are the same for every stage and squad."""
        groups: dict[str, dict[str, Any]] = {"online": {}, "target": {}, "adam": {}}
        for name, array in learned.items():
            who, key = name.split(".", 1)
            groups[who][key] = torch.from_numpy(array.copy())
        self.dqn.online.load_state_dict(groups["online"])
        self.dqn.target.load_state_dict(groups["target"])
        memory: dict[int, dict[str, Any]] = {}
        for name, value in groups["adam"].items():
            index, key = name.split(".")
            memory.setdefault(int(index), {})[key] = value
        self.dqn.optimiser.load_state_dict({**self.dqn.optimiser.state_dict(), "state": memory})

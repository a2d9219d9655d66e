"""Encoding, reward, buffer, network and exploration in one piece, without a thread.

Headless training drives it directly, live play through a `Learner`, so both learn in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from game.actions import Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.view import BattleView
from learning.arrays import Arrays
from learning.champion import Champion
from learning.checkpoint import BUFFERS, STATE, Checkpoint, CheckpointError
from learning.demonstrations import Demonstrations, demonstrations, mixed_batch, share_shown
from learning.dqn import DivergedError, Dqn
from learning.encoding import NO_ADVICE, make_encoding
from learning.fingerprint import fingerprint
from learning.frames import FramesError
from learning.network import make_terrain
from learning.observation import look
from learning.policy import EpsilonGreedy
from learning.replay import ReplayBuffer
from learning.reward import Situation, reward
from learning.settings import Settings
from planning.plans import Plan

OTHER_FINGERPRINT = (
    "the checkpoint's buffer was made with another reward, discount or encoding: "
    "its weights and exploration are used, its buffer is not"
)
CHAMPION = "champion."
"""Before the names of the champion's weights in a checkpoint."""
NOTHING_SEEN = BattleView(kills=0, total=1, life=1, dp=0, slots_left=0)


class Experience(NamedTuple):
    """One decision and what followed it, as `Agent.remember` takes it."""

    before: BattleView
    action: Action
    after: BattleView | None
    outcome: str | None
    stars: int
    advice: tuple[int, ...] = NO_ADVICE
    """The compact actions that a plan advised before."""


class Agent:
    """Network, buffer and policy of one squad on one stage."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], settings: Settings, seed: int) -> None:
        self.settings = settings
        self.encoding = make_encoding(stage, squad)
        look(NOTHING_SEEN, self.encoding)  # what it runs is compiled or loaded now, not during the first decision
        self.terrain = make_terrain(self.encoding)
        self.dqn = Dqn(self.encoding, settings, seed)
        self._updating = self.terrain.to(self.dqn.device)
        self.buffer = ReplayBuffer(self.encoding, settings.buffer_size, settings.n_step, settings.discount)
        self.policy = EpsilonGreedy(self.encoding, self.dqn.snapshot(self.terrain), settings, seed)
        self.rng = np.random.default_rng([seed, 1])
        self.remembered = 0
        self.battles = 0
        self.credit = 0.0
        """Updates that are due: `replay_ratio` for each decision remembered, less those made."""
        self.shown: Demonstrations | None = None
        self.decides = True
        """Whether its policy decides: only then do results tell how good its weights are."""
        self.champion = Champion()
        self._best: dict[str, Tensor] = {}
        """The champion's weights; empty before there is one."""
        self._last: tuple[BattleView, int, Situation] | None = None
        """The view remembered last, its frame in the buffer, and what the reward looks at in it."""

    def teach(self, plan: Plan) -> Demonstrations:
        """Have a plan play varied battles to learn from. Where nothing was learned yet, updates from them are due."""
        self.shown = demonstrations(plan, self.encoding.stage, self.encoding.squad, self.settings)
        self.policy.schedule.taught = self.shown.battles > 0
        self.policy.schedule.hold = self.shown.battles / self.shown.tried
        if self.dqn.updates == 0:
            self.credit += self.settings.taught_updates
        return self.shown

    def remember(
        self, before: BattleView, action: Action, after: BattleView | None, outcome: str | None = None, stars: int = 0,
        advice: Sequence[int] = NO_ADVICE,
    ) -> None:  # fmt: skip
        """Put one decision and what followed it into the buffer. At the end of a battle `after` is None.

        Without `after` and `outcome` the battle was broken off, and pending experiences are completed as they are.
        """
        if after is None and outcome is None:
            self.buffer.cut()
            self._last = None
            return
        frame, first = self._frame(before)
        self.buffer.advise(frame, advice)
        next_frame, then = (None, first) if after is None else self._frame(after)
        won, lost = (after is None and outcome == verdict for verdict in ("won", "lost"))
        options = self.encoding.stage.options
        earned = float(reward(first, then, won, lost, stars, options, self.settings.discount))
        self.buffer.add(frame, self.encoding.index(action), earned, next_frame)
        self.remembered += 1
        self.battles += after is None
        if len(self.buffer) > self.settings.learning_starts:
            self.credit += self.settings.replay_ratio
        if after is None and self.decides:
            self._judge(stars)

    def _judge(self, stars: int) -> None:
        """Keep the present weights as the champion, or put the champion back, as the settled battles say; how often
        they are as good as the plan's says how much is explored.
        """
        self.policy.schedule.recent.append(stars >= (self.shown.stars if self.shown else 3))
        change = self.champion.settle(clean=stars == 3)
        if change == "kept":
            self.dqn.check()
            self._best = {name: value.clone() for name, value in self.dqn.online.state_dict().items()}
        elif change == "put back" and self._best:
            self.dqn.begin_with(self._best)
            self.publish()

    def _frame(self, view: BattleView) -> tuple[int, Situation]:
        """The frame of a view, and what the reward looks at; consecutive decisions share theirs."""
        if self._last is None or self._last[0] != view:
            observation, legal, situation = look(view, self.encoding)
            self._last = view, self.buffer.add_frame(observation, legal), situation
        return self._last[1:]

    def learn(self) -> bool:
        """Make one update if one is due. False when there was nothing to do."""
        if self.credit < 1:
            return False
        settings = self.settings
        share = share_shown(settings, self.remembered)
        batch = mixed_batch(self.buffer, self.shown, share, settings, self.rng)
        if batch is None:
            self.credit = (
                0.0  # a plan that won no battle shows nothing: play that waits for the updates would never go on
            )
            return False
        self.dqn.update(batch, self._updating)
        if self.dqn.updates % settings.publish_every == 0:
            self.publish()
        self.credit -= 1  # last: a caller that waits until no update is due then finds the weights published
        return True

    def publish(self) -> None:
        """Give the policy a frozen copy of the weights. One assignment: another thread may be deciding meanwhile.

        Raises DivergedError where the weights are no numbers; the policy keeps those that it has.
        """
        self.dqn.check()
        self.policy.snapshot = self.dqn.snapshot(self.terrain)

    def checkpoint(self) -> Checkpoint:
        """What was learned, and what is needed to continue exactly as without an interruption.

        The weights are published too, since an agent that continues decides by them.
        Raises DivergedError where the weights are no numbers: the last good checkpoint stays the newest.
        """
        self.publish()
        facts = {
            "fingerprint": fingerprint(self.settings.discount),
            "stage": self.encoding.stage.name,
            "squad": [operator.name for operator in self.encoding.squad],
            "battles": self.battles,
            "remembered": self.remembered,
            "updates": self.dqn.updates,
            "credit": self.credit,
            "epsilon": self.policy.schedule.epsilon,
            "policy": json.dumps(self.policy.state()),
            "rng": json.dumps(self.rng.bit_generator.state),
            "champion": json.dumps(self.champion.state()),
        }
        if self.buffer.file is not None:
            return Checkpoint(self._weights(), {}, {**facts, BUFFERS: [self.buffer.position()]})
        return Checkpoint(self._weights(), self.buffer.state(), facts)

    def restore(self, kept: Checkpoint, directory: Path | None = None) -> tuple[str, ...]:
        """Continue from a checkpoint, and in the buffer's file that lies in the same directory, if that is given.

        Returns a line for a part that could not be used: the buffer of another stage, squad, reward or encoding.

        Raises CheckpointError where the weights are of another network or no numbers, or a fact is missing or makes no
        sense; this agent must not be used any more then.
        """
        try:
            return self._taken_over(kept, directory)
        except CheckpointError:
            raise
        except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"its {STATE} is damaged ({type(error).__name__}: {' '.join(str(error).split())})"
            ) from None

    def _taken_over(self, kept: Checkpoint, directory: Path | None) -> tuple[str, ...]:
        """What `restore` does, for a checkpoint whose facts are sound."""
        try:
            best = self._restore_weights(kept.learned)
        except (RuntimeError, KeyError, ValueError):
            raise CheckpointError("its weights are of a network of another shape (embedding, channels)") from None
        self.dqn.updates = int(kept.facts["updates"])
        try:
            self.publish()
        except DivergedError as error:
            raise CheckpointError(str(error)) from None
        try:
            note = self._restore_buffer(kept, directory)
        except ValueError as error:
            return (f"{error}: the checkpoint's weights are used, its buffer and exploration are not",)
        self.battles, self.remembered = int(kept.facts["battles"]), int(kept.facts["remembered"])
        self.policy.restore(json.loads(kept.facts["policy"]))
        self.rng.bit_generator.state = json.loads(kept.facts["rng"])
        if best:
            self._best = best
        if "champion" in kept.facts:  # not in those of version 0.1
            self.champion.restore(json.loads(kept.facts["champion"]))
        return note

    def _restore_buffer(self, kept: Checkpoint, directory: Path | None) -> tuple[str, ...]:
        """Take over the buffer; where reward or encoding have changed it stays empty, and the returned line says so.
        So does one for a buffer whose file is of no use.

        Raises ValueError where the buffer is of another stage or squad.
        """
        stage, squad = kept.facts["stage"], kept.facts["squad"]
        if (stage, squad) != (self.encoding.stage.name, [operator.name for operator in self.encoding.squad]):
            raise ValueError(f"the checkpoint is of stage {stage} with {', '.join(squad)}")
        if kept.facts.get("fingerprint") != fingerprint(self.settings.discount):
            return (OTHER_FINGERPRINT,)
        try:
            self._fill_buffer(kept, directory)
        except FramesError as error:
            return (f"{error}: the checkpoint's weights and exploration are used, its buffer is not",)
        self.credit = float(kept.facts["credit"])
        return ()

    def _fill_buffer(self, kept: Checkpoint, directory: Path | None) -> None:
        """Read the buffer from the checkpoint, or go on in its file; without the directory it stays empty."""
        positions = kept.facts.get(BUFFERS)
        if not positions:
            self.buffer.restore(kept.buffer)
        elif directory is not None:
            self.buffer.resume(directory, positions[0])

    def _weights(self) -> Arrays:
        """The weights of both networks and of the champion, and the state of the optimiser, by name."""
        networks = {"online": self.dqn.online, "target": self.dqn.target}
        found = {f"{part}.{key}": value for part, net in networks.items() for key, value in net.state_dict().items()}
        found |= {f"adam.{name}": value for name, value in self.dqn.optimiser.memory().items()}
        found |= {f"{CHAMPION}{name}": value for name, value in self._best.items()}
        return {name: value.numpy(force=True).copy() for name, value in found.items()}

    def _restore_weights(self, learned: Arrays) -> dict[str, Tensor]:
        """Take over networks and optimiser; their shapes are the same for every stage and squad. Returns the champion's
        weights, which are of this stage and squad only.
        """
        groups: dict[str, dict[str, Any]] = {"online": {}, "target": {}, "adam": {}, "champion": {}}
        for name, array in learned.items():
            part, key = name.split(".", 1)
            groups[part][key] = torch.from_numpy(array.copy())
        for weights in filter(None, (groups["champion"], groups["online"])):  # the former for its shapes
            self.dqn.online.load_state_dict(weights)
        self.dqn.target.load_state_dict(groups["target"])
        self.dqn.optimiser.restore(groups["adam"])
        return groups["champion"]

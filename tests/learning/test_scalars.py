"""A training's figures for TensorBoard: CleanRL's names, decisions as steps, and the battles' own returns."""

from __future__ import annotations

import numpy as np
import pytest

from learning.scalars import Scalars, open_writer
from learning.trainer import ROUND, Trainer
from learning.training_task import TrainingTask

NAMES = {
    "charts/episodic_return", "charts/episodic_length", "charts/SPS", "charts/epsilon",
    "losses/td_loss", "losses/q_values",
}  # fmt: skip


class Notes:
    """A writer that notes what it is given."""

    def __init__(self):
        self.points = []
        self.closed = False

    def add_scalar(self, name, value, step):
        """A point."""
        self.points.append((name, value, step))

    def close(self):
        """The end."""
        self.closed = True

    def of(self, name):
        """The points of one curve."""
        return [(value, step) for found, value, step in self.points if found == name]


@pytest.fixture
def trainer(stage, squad, settings):
    """Four battles side by side, without a plan."""
    one = Trainer([TrainingTask(stage, squad, None, settings, 0)], settings, 0)
    yield one
    one.close()


def test_every_round_and_every_battle_gives_its_points(trainer, settings):
    """Under CleanRL's names; a battle's return and length are the sums of its decisions."""
    notes = Notes()
    scalars = Scalars(notes)
    ended, rewards = [], []
    while len(ended) < 6:
        ended += trainer.round()
        rewards += [one.rewards for one in trainer.played[1]]
        scalars.add(trainer, 123.0)
    scalars.close()
    assert {name for name, _, _ in notes.points} == NAMES
    assert notes.closed
    rounds = trainer.decisions // (ROUND * settings.battles)
    for name in NAMES - {"charts/episodic_return", "charts/episodic_length"}:
        assert [step for _, step in notes.of(name)] == [(n + 1) * ROUND * settings.battles for n in range(rounds)]
    lengths = notes.of("charts/episodic_length")
    assert sorted(value for value, _ in lengths) == sorted(one.decisions for one in ended)
    assert all(value * settings.battles <= step for value, step in lengths)
    first = lengths[0][0]
    returns = [sum(one[b] for one in rewards[:first]) for b in range(settings.battles)]
    assert np.isclose(returns, notes.of("charts/episodic_return")[0][0]).any()
    assert notes.of("losses/td_loss")[-1][0] > 0


def test_tensorboard_reads_what_is_written(trainer, tmp_path):
    """The file in the folder has the curves."""
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    scalars = Scalars(open_writer(tmp_path))
    trainer.round()
    scalars.add(trainer, 5.0)
    scalars.close()
    found = reader.EventAccumulator(str(tmp_path))
    found.Reload()
    assert [(one.step, one.value) for one in found.Scalars("charts/SPS")] == [(trainer.decisions, 5.0)]

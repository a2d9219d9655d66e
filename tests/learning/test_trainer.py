"""A trainer plays its tasks in turn and learns beside it, from what is stored of each."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from learning.collector import as_advised
from learning.demonstrations import BATTLES, FIRST_SEED
from learning.dqn import Dqn
from learning.player import APART, ROUND, SHARES, PlayedRound, side_by_side
from learning.trainer import Trainer
from learning.training_task import TrainingTask
from planning.solutions import solution

pytestmark = pytest.mark.usefixtures("few_demonstrations")


@pytest.fixture
def quick(settings):
    """An update for every sixteen decisions, from the first round on."""
    return settings.model_copy(update={"decisions_per_update": 16, "learning_starts": 10, "taught_updates": 8})


@pytest.fixture
def trainer(tasks, quick):
    """A trainer of two stages, the first with a plan."""
    one = Trainer([TrainingTask(*task, quick, 0) for task in tasks], quick, 0)
    yield one
    one.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("updates")]


def test_a_round_plays_one_task_and_makes_the_updates_that_were_due(trainer, quick):
    """Tasks take turns; decisions and updates are in the ratio of the settings, one round late."""
    trainer.begin()
    trainer.dqn.update = count = Counting(trainer.dqn.update)
    for number in range(1, 9):
        assert trainer.turn == (number - 1) % 2
        trainer.round()
        assert trainer.decisions == number * ROUND * quick.battles
        assert count.calls == pytest.approx((number - 1) * ROUND * quick.battles / 16, abs=2)
    stored = [one.buffer.written for one in trainer.tasks]
    assert stored == [4 * ROUND * quick.battles] * 2


class Counting:
    """Counts its calls."""

    def __init__(self, call):
        self._call, self.calls = call, 0

    def __call__(self, *given):
        """Call it."""
        self.calls += 1
        return self._call(*given)


def test_before_the_first_decision_only_demonstrations_are_learned_from(trainer, quick):
    """As many updates as the settings say, where a task has any; another has nothing to learn from yet."""
    trainer.begin()
    assert trainer.decisions == 0
    assert trainer.tasks[1].batch(0.5, trainer.rng) is None
    batch = trainer.tasks[0].batch(0.5, trainer.rng)
    assert batch.taught == len(batch.actions) == quick.batch_size // 2
    assert trainer.dqn.updates == quick.taught_updates


def test_without_a_plan_nothing_is_learned_before_play(stage, squad, quick):
    """No update is due, and everything is explored at first."""
    trainer = Trainer([TrainingTask(stage, squad, None, quick, 0)], quick, 0)
    trainer.begin()
    assert trainer.dqn.updates == 0
    assert trainer.epsilon == quick.epsilon_start
    trainer.close()


def test_where_a_plan_is_shown_less_is_explored_from_the_beginning(trainer, quick):
    """By the task whose turn it is; without a plan as in play: from the first share to the last."""
    assert trainer.epsilon == quick.epsilon_taught
    trainer.round()
    first = trainer.epsilon
    assert quick.epsilon_taught < quick.epsilon_end + 0.1 < first < quick.epsilon_start
    trainer.round()
    trainer.round()
    assert trainer.epsilon < first


def test_what_was_played_is_stored_with_what_followed(stage, squad, quick):
    """Each decision with its own battle's reward and next view, over the borders of rounds; ends have none."""
    task = TrainingTask(stage, squad, solution(stage.name), quick.model_copy(update={"n_step": 1}), 0)
    played = []
    for _ in range(12):
        turns = [PlayedRound([one.collector.play(as_advised, 1.0) for _ in range(ROUND)], []) for one in task.players]
        played += (turn := side_by_side(turns).played)
        task.store(turn)
    count, complete = len(played[0].actions), task.buffer.arrays["complete"]
    kept = range(max(len(task.buffer), 0))
    assert complete.sum() == len(kept) - count, "all but the last decisions, whose next frame is to come"
    assert any(any(one.over) for one in played)
    for number, (one, then) in enumerate(zip(played, [*played[1:], None], strict=True)):
        if then is None:
            break
        places = (number * count + np.arange(count)) % task.buffer.capacity
        if not complete[places].all() or number * count < task.buffer.written - task.buffer.capacity:
            continue
        batch = task.buffer.batch(places)
        assert batch.actions.tolist() == one.actions.tolist()
        assert batch.rewards == pytest.approx(one.rewards)
        assert (batch.discounts == 0).tolist() == list(one.over)
        assert (batch.before.tiles == one.observation.tiles / np.float32(255)).all()
        assert (batch.before.advice == one.observation.advice).all()
        going_on = ~np.array(one.over)
        assert (batch.after.tiles[going_on] == then.observation.tiles[going_on] / np.float32(255)).all()
        assert (batch.after_legal[going_on] == then.legal[going_on]).all()


def test_another_seed_plays_other_battles(stage, squad, quick):
    """No battle of one training is a battle of another, nor one of those that are shown."""
    tasks = [TrainingTask(stage, squad, None, quick, seed) for seed in (0, 1)]
    first, other = ([one.collector._seed - len(one.collector.active) for one in task.players] for task in tasks)
    assert np.diff([*first, other[0]]).tolist() == [APART // SHARES] * len(first)
    assert first[0] == FIRST_SEED + BATTLES


def test_an_error_in_an_update_is_not_swallowed(trainer, monkeypatch):
    """The round in whose time it happened raises it."""

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Dqn, "update", broken)
    with pytest.raises(ZeroDivisionError):
        trainer.begin()

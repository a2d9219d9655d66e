"""A training that was ended or killed goes on to the same weights, to the last bit, as one that was not."""

from __future__ import annotations

import errno
import signal
import threading

import numpy as np
import orjson
import pytest

from learning import checkpoint, training_folder
from learning.agent import Agent
from learning.checkpoint import CheckpointError
from learning.trainer import Trainer
from learning.training import train
from learning.training_folder import TrainingFolder
from learning.training_task import TrainingTask

BEFORE, AFTER = 320, 1024
"""Decisions within which a training is interrupted, and decisions after them."""
pytestmark = pytest.mark.usefixtures("few_demonstrations")


@pytest.fixture(scope="module")
def quick(settings):
    """Settings for trainings of a few seconds, with a buffer that comes round."""
    return settings.model_copy(
        update={"decisions_per_update": 32, "learning_starts": 50, "taught_updates": 3, "buffer_size": 400}
    )


def end(folder):
    """Everything that a training has come to: weights, optimiser, buffers, generators, battles under way, curve."""
    kept, notes = checkpoint.read_newest(folder)
    assert notes == ()
    training = orjson.loads(kept.facts["training"])
    buffers = [{**one, "file": None} for one in kept.facts["buffers"]]
    weights = {name: array.tobytes() for name, array in kept.learned.items()}
    return weights, training["trainer"], training["curve"], buffers


@pytest.fixture(scope="module")
def whole(tasks, quick, tmp_path_factory):
    """A training that nothing interrupts."""
    folder = tmp_path_factory.mktemp("whole")
    train(tasks, BEFORE + AFTER, 0, folder, lambda _: None, settings=quick)
    return folder


class KilledError(Exception):
    """Stands for a kill: nothing is done afterwards."""


def kill_at(monkeypatch, count):
    """Have a training end without a checkpoint when what was played is stored for the n-th time, half-way through."""
    calls, store = [], TrainingTask.store

    def killed(self, played):
        calls.append(1)
        if len(calls) == count:
            store(self, played[:3])
            raise KilledError
        store(self, played)

    monkeypatch.setattr(TrainingTask, "store", killed)


def test_a_training_killed_twice_comes_to_the_same(tasks, quick, whole, tmp_path, monkeypatch):
    """At random rounds, each some rounds after a checkpoint: its thousand decisions afterwards are the same, too."""
    rng, reports = np.random.default_rng(1), []
    kept_at = {int(rng.integers(2, 4)), int(rng.integers(6, 8))}
    monkeypatch.setattr(TrainingFolder, "keep_now_and_then", at_rounds(TrainingFolder.keep, kept_at))
    for count in (int(rng.integers(4, 6)), int(rng.integers(6, 8))):
        with monkeypatch.context() as patched:
            kill_at(patched, count)
            with pytest.raises(KilledError):
                train(tasks, 10**6, 0, tmp_path, lambda _: None, settings=quick)
    train(tasks, BEFORE + AFTER, 0, tmp_path, reports.append, settings=quick)
    assert reports[0].startswith("going on after")
    assert end(tmp_path) == end(whole)


def at_rounds(keep, rounds):
    """Keeps a checkpoint after the rounds with these numbers, of 32 decisions each."""

    def kept(self, curve, _):
        if self._trainer.decisions // 32 in rounds:
            keep(self, curve)

    return kept


def test_more_steps_go_on_from_where_fewer_ended(tasks, quick, whole, tmp_path):
    """An ended training is one that goes on with the next call; with nothing left to do nothing changes."""
    for steps in (96, BEFORE + AFTER, 32):
        result = train(tasks, steps, 0, tmp_path, lambda _: None, settings=quick)
    assert end(tmp_path) == end(whole)
    assert result["decisions"] == BEFORE + AFTER


def test_what_it_has_come_to_is_what_an_agent_goes_on_from(tasks, quick, whole):
    """The folder is a checkpoint as those of play, with the first task's buffer."""
    kept, _ = checkpoint.read_newest(whole)
    agent = Agent(tasks[0].stage, tasks[0].squad, quick, 3)
    assert agent.restore(kept, whole) == ()
    assert len(agent.buffer) == quick.buffer_size
    assert agent.buffer.sample(8, 10.0, 0.25, np.random.default_rng(0)) is not None


@pytest.mark.parametrize("other", ["seed", "squads", "plans", "settings", "--from"])
def test_another_training_is_not_mixed_with_it(tasks, quick, whole, other):
    """The folder is refused with what is other, before anything is played."""
    seed, start = int(other == "seed"), whole if other == "--from" else None
    first = {"squads": tasks[0]._replace(squad=tasks[0].squad[:8]), "plans": tasks[0]._replace(plan=None)}
    tasks = [first.get(other, tasks[0]), tasks[1]]
    settings = quick.model_copy(update={"tau": 0.5}) if other == "settings" else quick
    before = sorted(whole.iterdir())
    with pytest.raises(CheckpointError, match=f"training with other .*{other}.*; give another --out"):
        train(tasks, 10, seed, whole, pytest.fail, settings=settings, start=start)
    assert sorted(whole.iterdir()) == before


def test_a_checkpoint_of_play_is_left_alone(stage, squad, quick, tasks, tmp_path):
    """A training does not go on from it, nor write over it."""
    checkpoint.write(tmp_path, Agent(stage, squad, quick, 0).checkpoint())
    with pytest.raises(CheckpointError, match="no training goes on from"):
        train(tasks, 10, 0, tmp_path, pytest.fail, settings=quick)


def test_a_damaged_state_is_one_line(tasks, quick, whole, tmp_path, monkeypatch):
    """Also where battles come out otherwise than they did."""
    train(tasks[:1], 32, 0, tmp_path, lambda _: None, settings=quick)

    def other(*_):
        raise ValueError("the battles of first_watch come out otherwise")

    monkeypatch.setattr(Trainer, "restore", other)
    with pytest.raises(CheckpointError, match=r"cannot go on .*come out otherwise"):
        train(tasks[:1], 64, 0, tmp_path, lambda _: None, settings=quick)


def test_ctrl_c_is_served_after_the_round(tasks, quick, tmp_path, monkeypatch):
    """A torn round could not be gone on from: the signal waits until it is whole, and then ends the training."""
    rounds, play = [], Trainer.round
    assert threading.current_thread() is threading.main_thread()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests begun in the background of a shell have it ignored

    def interrupted(self):
        rounds.append(1)
        if len(rounds) == 2:
            signal.raise_signal(signal.SIGINT)
        return play(self)

    monkeypatch.setattr(Trainer, "round", interrupted)
    result = train(tasks[:1], 10**6, 0, tmp_path, lambda _: None, settings=quick)
    assert (len(rounds), result["decisions"]) == (2, 64)
    assert checkpoint.read_newest(tmp_path)[0].facts["remembered"] == 64
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_full_disk_does_not_end_the_training(tasks, quick, tmp_path, monkeypatch):
    """Each checkpoint that cannot be written is a line; the last one is an error in words."""
    said = []

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

    monkeypatch.setattr(training_folder, "INTERVAL", 0.0)
    monkeypatch.setattr(checkpoint, "write", full)
    with pytest.raises(CheckpointError, match=r"cannot be written .No space left"):
        train(tasks[:1], 64, 0, tmp_path, said.append, settings=quick)
    assert next(line for line in said if isinstance(line, str)).endswith("training goes on")

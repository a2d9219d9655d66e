"""Learning beside the loop: it never delays play, never ends it, and loses nothing it has stored."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch

from game.actions import NOTHING
from game.simulator.battle import Battle
from learning import checkpoint
from learning import learner as module
from learning.agent import Agent
from learning.checkpoint import STATE, buffers, checkpoints
from learning.learner import Learner


@pytest.fixture
def learner(stage, squad, settings, tmp_path):
    """A running learner, stopped at the end."""
    one = Learner(stage, squad, settings, 0, tmp_path)
    one.start()
    yield one
    one.stop()


def settle(learner, seconds=20.0):
    """Wait until nothing is owed."""
    end = time.monotonic() + seconds
    while learner.owed and not learner.failed:
        assert time.monotonic() < end
        time.sleep(0.002)


def hand_in(learner, views, count):
    """Hand in so many decisions."""
    for step in range(count):
        learner.remember(views[step % 30], NOTHING, views[step % 30 + 1])


def test_it_learns_and_publishes_while_decisions_come_in(learner, views):
    """The policy has another snapshot after learning, and the figures count updates and frames."""
    first = learner.policy.snapshot
    hand_in(learner, views, 100)
    settle(learner)
    status = learner.status()
    assert learner.policy.snapshot is not first
    assert status["updates"] >= 20
    assert status["buffer"] > 40
    assert status["failed"] is status["alarm"] is None


def test_updates_make_way_for_a_decision(learner, views, settings):
    """None is begun meanwhile; those that are due are made afterwards."""
    learner.make_way()
    hand_in(learner, views, settings.learning_starts + 5)
    while learner._inbox.qsize():
        time.sleep(0.002)
    time.sleep(0.05)
    assert learner.status()["updates"] == 0
    learner.go_on()
    settle(learner)
    assert learner.status()["updates"] > 0


def test_a_decision_that_does_not_come_holds_up_no_update_for_long(learner, views, settings, monkeypatch):
    """A policy that hangs does not end the learning."""
    monkeypatch.setattr(module, "LONGEST_WAY", 0.01)
    learner.make_way()
    hand_in(learner, views, settings.learning_starts + 5)
    settle(learner)
    assert learner.status()["updates"] > 0


def test_nothing_owed_means_everything_done(learner, views, settings):
    """Lock-step play that waits for it sees the same number of updates every time."""
    for step in range(1, 60):
        learner.remember(views[step], NOTHING, views[step + 1])
        settle(learner)
        earned = settings.replay_ratio * max(0, step + 1 - settings.learning_starts)
        assert learner.status()["updates"] == pytest.approx(earned, abs=1)
        if learner.status()["updates"] == settings.publish_every:
            published = learner.policy.snapshot
    assert learner.policy.snapshot is not published


def test_a_failure_is_told_and_play_goes_on(learner, views):
    """The thread ends with its reason; deciding, remembering and stopping still work, with the last weights."""
    learner.remember(views[0], (0, 0, 0, 0), "no view at all")
    settle(learner)
    learner._thread.join(10)
    assert "AttributeError" in learner.failed
    hand_in(learner, views, 3)
    assert learner.policy.decide(views[0]).legal > 0
    assert learner.owed == 0
    learner.stop()


def test_stopping_ends_the_thread_with_a_checkpoint_and_the_next_goes_on(stage, squad, settings, views, tmp_path):
    """No thread is left at exit; the next learner has the buffer, epsilon and counters."""
    first = Learner(stage, squad, settings, 0, tmp_path)
    first.start()
    hand_in(first, views, 40)
    for view in views[:10]:
        first.policy.decide(view)
    first.stop()
    assert "learner" not in {thread.name for thread in threading.enumerate()}
    second = Learner(stage, squad, settings, 1, tmp_path)
    assert second.notes == ()
    for key in ("buffer", "updates", "decisions", "epsilon"):
        assert second.status()[key] == first.status()[key]
    second.stop()


def test_asking_for_a_checkpoint_does_not_wait(learner, views, tmp_path):
    """Asked for between two decisions, it is written by the thread."""
    hand_in(learner, views, 30)
    learner.save()
    end = time.monotonic() + 20
    while not checkpoints(tmp_path):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_damaged_checkpoint_is_noted_and_a_fresh_start_keeps_the_old(stage, squad, settings, tmp_path):
    """One line for the log, and starting over deletes nothing."""
    for _ in range(2):
        one = Learner(stage, squad, settings, 0, tmp_path)
        one.start()
        one.stop()
    (checkpoints(tmp_path)[-1] / STATE).write_text("torn", encoding="utf-8")
    (note,) = Learner(stage, squad, settings, 0, tmp_path).notes
    assert "state.json" in note
    assert Learner(stage, squad, settings, 0, tmp_path, fresh=True).notes == ()
    assert checkpoints(tmp_path) == []
    assert len(list(tmp_path.glob("earlier-*-checkpoint-*"))) == len(list(tmp_path.glob("earlier-*-buffer-*"))) == 1


def test_weights_of_another_shape_are_set_aside_with_a_line(stage, squad, settings, tmp_path):
    """Changed settings do not end in a traceback, and the old weights are kept."""
    one = Learner(stage, squad, settings, 0, tmp_path)
    one.start()
    one.stop()
    other = Learner(stage, squad, settings.model_copy(update={"embedding": 8}), 0, tmp_path)
    (note,) = other.notes
    assert "another shape" in note
    assert len(list(tmp_path.glob("earlier-*-checkpoint-*"))) == len(list(tmp_path.glob("earlier-*-buffer-*"))) == 1
    assert other.policy.snapshot is not None


def test_a_full_disk_does_not_end_the_learning(learner, views, tmp_path, monkeypatch):
    """The status says what could not be written; learning goes on, and the next attempt may succeed."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))

    monkeypatch.setattr(module.checkpoint, "write", full)
    learner.save()
    hand_in(learner, views, 60)
    settle(learner)
    assert "No space left" in learner.status()["unsaved"]
    assert learner.failed is None
    assert learner.status()["updates"] > 0


def test_the_inbox_is_bounded(stage, squad, settings, views, monkeypatch):
    """A learner that cannot keep up drops and counts further decisions; handing in never waits."""
    monkeypatch.setattr(module, "QUEUE_SIZE", 10)
    learner = Learner(stage, squad, settings, 0, None)
    hand_in(learner, views, 25)
    assert learner.dropped == 15
    assert learner.owed == 10


EXIT = """
import sys
import torch
from game.levels.stage import load_stage, shipped_stages
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from learning.learner import Learner
from learning.settings import Settings
catalogue = load_catalogue()
learner = Learner(load_stage(shipped_stages()[0], catalogue), default_squad(catalogue), Settings(), 0, None)
learner.start()
learner.stop()
print("torch._dynamo" in sys.modules)
"""


def test_the_process_exits_cleanly_after_stop():
    """A thread with torch in it that is alive at exit would abort the interpreter.

    torch's compiler, which takes as long to load as torch itself, is not loaded: nothing here is compiled.
    """
    ended = subprocess.run([sys.executable, "-c", EXIT], check=True, timeout=240, capture_output=True, text=True)
    assert ended.stdout.strip() == "False"


def test_weights_that_are_no_numbers_never_decide_and_are_never_kept(learner, views, tmp_path):
    """Play goes on with the last good weights, the status says why, and the last good checkpoint stays the newest."""
    hand_in(learner, views, 60)
    learner.save()
    settle(learner)
    kept = checkpoints(tmp_path)
    with torch.no_grad():
        next(learner._agent.dqn.online.parameters()).fill_(torch.nan)
    hand_in(learner, views, 100)
    settle(learner)
    learner._thread.join(10)
    assert "no numbers" in learner.status()["failed"]
    assert np.isfinite(learner.policy.decide(views[0]).q)
    learner.stop()
    assert checkpoints(tmp_path) == kept


def test_updates_that_were_due_are_made_without_another_decision(stage, squad, settings, views, tmp_path):
    """Play in lock-step waits for them before its first decision, so it would never hand one in."""
    first = Learner(stage, squad, settings, 0, tmp_path)
    hand_in(first, views, 80)
    first.start()
    first.stop()
    second = Learner(stage, squad, settings, 0, tmp_path)
    assert second.owed > 0
    second.start()
    settle(second)
    assert second.owed == 0
    second.stop()


def test_without_learning_decisions_are_stored_and_nothing_is_owed(learner, views):
    """`holdfast learn --on false`: the network stays as it is, and the updates left out are not made up later."""
    learner.set_learning(on=False)
    hand_in(learner, views, 60)
    settle(learner)
    status = learner.status()
    assert status["buffer"] >= 60
    assert (status["updates"], status["learning"]) == (0, False)
    learner.set_learning(on=True)
    settle(learner)
    assert learner.status()["updates"] == 0
    hand_in(learner, views, 60)
    settle(learner)
    assert learner.status()["updates"] > 0


def play(learner, stage, squad, seed, decisions):
    """Play battles in lock-step, from this seed on, for at least so many decisions. Returns what was decided."""
    decided = []
    while len(decided) < decisions:
        battle, seed = Battle(stage, squad, seed=seed), seed + 1
        before = battle.view()
        while battle.outcome is None:
            decided.append(learner.policy.decide(before))
            battle.act(decided[-1].action)
            battle.step()
            after = None if battle.outcome else battle.view()
            learner.remember(before, decided[-1].action, after, battle.outcome, battle.stars)
            settle(learner)
            before = after
    return decided


def test_after_a_checkpoint_the_next_decisions_are_the_same(stage, squad, settings, tmp_path):
    """One learner goes on, the other is begun from a copy of its folder: actions, scores, exploration and updates.

    For more decisions than the buffer holds, so that old ones are overwritten, and some updates follow that.
    """
    small = settings.model_copy(update={"replay_ratio": 0.05, "channels": 8, "embedding": 4, "buffer_size": 300})
    one = Learner(stage, squad, small, 0, tmp_path / "one")
    one.start()
    play(one, stage, squad, 0, 100)
    one.save()
    settle(one)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    other = Learner(stage, squad, small, 7, tmp_path / "other")
    assert (other.notes, other.replayed) == ((), 0)
    other.start()
    assert play(one, stage, squad, 50, 400) == play(other, stage, squad, 50, 400)
    for key in ("updates", "battles", "q_mean", "loss"):
        assert one.status()[key] == other.status()[key]


def test_a_buffer_from_before_there_were_files_is_taken_over(stage, squad, settings, views, tmp_path):
    """It was in the checkpoint; from now on it is in a file, and checkpoints are small."""
    agent = Agent(stage, squad, settings, 0)
    for step in range(40):
        agent.remember(views[step], NOTHING, views[step + 1])
    checkpoint.write(tmp_path, agent.checkpoint())
    learner = Learner(stage, squad, settings, 0, tmp_path)
    assert learner.notes == ()
    state, kept = learner._agent.buffer.state(), agent.buffer.state()
    assert all((state[name] == kept[name]).all() for name in kept)
    learner.start()
    learner.stop()
    assert learner._agent.buffer.file in buffers(tmp_path)
    assert checkpoint.read_newest(tmp_path)[0].buffer == {}
    assert len(Learner(stage, squad, settings, 0, tmp_path)._agent.buffer) == len(agent.buffer)


def test_without_room_for_a_file_the_buffer_is_in_the_checkpoints(stage, squad, settings, views, tmp_path, monkeypatch):
    """One line says so, and nothing is lost; once there is room there is a file."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("learning.frames.create", full)
        learner = Learner(stage, squad, settings, 0, tmp_path)
        assert "No space left" in learner.notes[0]
        learner.start()
        hand_in(learner, views, 30)
        learner.stop()
        assert buffers(tmp_path) == []
    again = Learner(stage, squad, settings, 0, tmp_path)
    assert again.notes == ()
    assert len(again._agent.buffer) == 31
    assert again._agent.buffer.file in buffers(tmp_path)


def test_a_buffer_that_is_gone_costs_the_buffer_alone(stage, squad, settings, views, tmp_path):
    """One line; weights, exploration and counters go on, in a new file."""
    first = Learner(stage, squad, settings, 0, tmp_path)
    first.start()
    hand_in(first, views, 40)
    first.policy.decide(views[0])
    first.stop()
    buffers(tmp_path)[0].unlink()
    second = Learner(stage, squad, settings, 1, tmp_path)
    (note,) = second.notes
    assert "its buffer is not" in note
    assert (second.status()["buffer"], second.status()["decisions"]) == (0, 1)
    assert second._agent.remembered == 40
    assert second._agent.buffer.file in buffers(tmp_path)

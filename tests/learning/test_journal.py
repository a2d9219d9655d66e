"""The journal: a settled battle is on disk at once, and nothing that happens to the file costs more than its end."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys

import pytest

from game.actions import NOTHING
from learning import checkpoint
from learning.agent import Experience
from learning.journal import Journal, PlayedBattle, owner_of, read, read_since
from learning.learner import Learner

OWNER = owner_of("stage", ["Fang", "Kroos"])


def battle(views, number=0):
    """A battle of three decisions."""
    steps = [Experience(views[k], NOTHING, views[k + 1], None, 0) for k in range(2)]
    return PlayedBattle([*steps, Experience(views[2], NOTHING, None, "won", 3)], str(number))


def test_battles_come_back_in_order(tmp_path, views):
    """Views, actions, outcomes and the state of exploration, also after the journal was opened anew."""
    for number in range(3):
        Journal(tmp_path, 4, OWNER).append(battle(views, number))
    entries, notes = read_since(tmp_path, 4, OWNER)
    assert entries == [battle(views, number) for number in range(3)]
    assert notes == ()


@pytest.mark.parametrize("cut", [1, 7, 300])
def test_a_torn_end_costs_the_last_battle_and_is_said_once(tmp_path, views, cut):
    """One line; the next battle is written over the torn one."""
    journal = Journal(tmp_path, 0, OWNER)
    for number in range(2):
        journal.append(battle(views, number))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-cut])
    entries, (note,) = read_since(tmp_path, 0, OWNER)
    assert [entry.policy for entry in entries] == ["0"]
    assert "torn" in note
    Journal(tmp_path, 0, OWNER).append(battle(views, 2))
    assert [entry.policy for entry in read_since(tmp_path, 0, OWNER)[0]] == ["0", "2"]
    assert read(file, OWNER).note is None


def test_battles_of_another_squad_are_moved_aside(tmp_path, views):
    """They are of no use to this one, and are not deleted."""
    Journal(tmp_path, 0, OWNER).append(battle(views))
    entries, (note,) = read_since(tmp_path, 0, owner_of("stage", ["Fang"]))
    assert entries == []
    assert "another stage" in note
    assert (tmp_path / "earlier-1-journal-00000000").exists()


def test_a_full_disk_leaves_the_battles_before_whole(tmp_path, views):
    """What does not fit is taken back, so that the next battle can be read."""
    journal = Journal(tmp_path, 0, OWNER)
    journal.append(battle(views, 0))
    (file,) = tmp_path.iterdir()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 50, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.append(battle(views, 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    journal.append(battle(views, 2))
    assert [entry.policy for entry in read_since(tmp_path, 0, OWNER)[0]] == ["0", "2"]


PLAYER = """
import sys, time
from pathlib import Path
from game.actions import NOTHING
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.learner import Learner
from learning.settings import Settings
catalogue = load_catalogue()
stage, squad = load_stage(shipped_stages()[0], catalogue), default_squad(catalogue)
view = Battle(stage, squad, seed=0).view()
learner = Learner(stage, squad, Settings(learning_starts=20, buffer_size=500), 0, Path(sys.argv[1]))
learner.start()
for number in range(3):
    for _ in range(20):
        learner.policy.decide(view)
        learner.remember(view, NOTHING, view)
    learner.remember(view, NOTHING, None, "won", 3)
    if number == 0:
        learner.save()
while learner._handed != learner._taken:
    time.sleep(0.01)
learner.remember(view, NOTHING, view)
print("settled", flush=True)
time.sleep(60)
"""


def test_a_kill_costs_the_running_battle_only(stage, squad, settings, tmp_path):
    """Three battles, a checkpoint after the first, SIGKILL in the fourth: the next start knows three, with epsilon."""
    with subprocess.Popen([sys.executable, "-c", PLAYER, tmp_path], stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout.readline() == "settled\n"
        player.send_signal(signal.SIGKILL)
    (tmp_path / "writing-00000009").mkdir()
    learner = Learner(stage, squad, settings, 0, tmp_path)
    status = learner.status()
    assert (status["battles"], status["decisions"], learner.replayed) == (3, 60, 2)
    assert learner._agent.remembered == 63
    assert learner.notes == ()
    assert not list(tmp_path.glob("writing-*"))
    learner.start()
    learner.stop()
    after = Learner(stage, squad, settings, 0, tmp_path)
    assert (after.status()["battles"], after.replayed) == (3, 0)


def test_a_damaged_checkpoint_costs_nothing_where_the_journals_go_on(stage, squad, settings, views, tmp_path):
    """The one before and the battles since are the same experiences."""
    learner = Learner(stage, squad, settings, 0, tmp_path)
    learner.start()
    for number in range(3):
        for one in battle(views).experiences:
            learner.remember(*one[:5])
        if number < 2:
            learner.save()
    learner.stop()
    (checkpoint.checkpoints(tmp_path)[-1] / checkpoint.LEARNED).write_bytes(b"garbage")
    again = Learner(stage, squad, settings, 0, tmp_path)
    assert again.status()["battles"] == 3
    assert len(again.notes) == 1

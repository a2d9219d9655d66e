"""What was learned outlives a change of stage: experiences with their stage and squad, the newest weights for all."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from bot.stage_checkpoints import OTHERS, PRESENT, change_to, set_others_aside
from game.actions import NOTHING
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning import checkpoint
from learning.checkpoint import Checkpoint
from learning.journal import Journal, PlayedBattle, owner_of, read_since
from learning.learner import Learner
from learning.settings import Settings

SQUAD = ["Fang", "Kroos"]


def write(data, stage, weight, *, with_champion=False, **facts):
    """A checkpoint of a stage as the present one, its buffer marked with the stage's name."""
    parts = ("online.w", "champion.w") if with_champion else ("online.w",)
    kept = Checkpoint(
        {part: np.full(3, weight, np.float32) for part in parts},
        {"frames": np.frombuffer(stage.encode(), np.uint8)},
        {"stage": stage, "squad": SQUAD, "updates": int(weight), "battles": 1, **facts},
    )
    return checkpoint.write(data / PRESENT, kept)


def present(data):
    """Of the present checkpoint its weight, whose buffer it has, and its facts."""
    kept, notes = checkpoint.read_newest(data / PRESENT)
    assert notes == ()
    buffer = bytes(kept.buffer["frames"]).decode() if kept.buffer else None
    return float(kept.learned["online.w"][0]), buffer, kept.facts


def test_experiences_stay_with_their_stage_and_weights_go_along(tmp_path):
    """From one stage to the second, on to the third, and back; another order of the squad is another squad."""
    write(tmp_path, "a", 1.0)
    assert change_to(tmp_path, "b", SQUAD) == ()
    assert present(tmp_path)[:2] == (1.0, None)
    write(tmp_path, "b", 2.0, battles=7)
    assert change_to(tmp_path, "c", SQUAD) == ()
    assert change_to(tmp_path, "a", SQUAD) == ()
    weight, buffer, facts = present(tmp_path)
    assert (weight, buffer, facts["updates"], facts["battles"]) == (2.0, "a", 2, 1)
    change_to(tmp_path, "b", SQUAD)
    assert present(tmp_path)[:2] == (2.0, "b")
    assert present(tmp_path)[2]["battles"] == 7
    change_to(tmp_path, "b", SQUAD[::-1])
    assert present(tmp_path)[1] is None


def test_the_champion_stays_with_its_stage(tmp_path):
    """Its record is of that stage alone, and so are its weights."""
    for stage, weight in (("a", 1.0), ("b", 2.0)):
        change_to(tmp_path, stage, SQUAD)
        write(tmp_path, stage, weight, champion=stage, with_champion=True)
    change_to(tmp_path, "a", SQUAD)
    kept, _ = checkpoint.read_newest(tmp_path / PRESENT)
    assert {name: float(value[0]) for name, value in kept.learned.items()} == {"online.w": 2.0, "champion.w": 1.0}
    assert kept.facts["champion"] == "a"
    change_to(tmp_path, "c", SQUAD)
    kept, _ = checkpoint.read_newest(tmp_path / PRESENT)
    assert list(kept.learned) == ["online.w"]


def test_a_checkpoint_of_before_is_read_as_it_is(tmp_path):
    """The stage played last lies where the only one lay."""
    path = write(tmp_path, "a", 1.0)
    assert change_to(tmp_path, "a", SQUAD) == ()
    assert checkpoint.checkpoints(tmp_path / PRESENT) == [path]
    assert not (tmp_path / OTHERS).exists()
    assert change_to(tmp_path / "nothing", "a", SQUAD) == ()


@pytest.mark.parametrize("renames", [0, 1])
def test_a_kill_in_the_middle_of_a_change_loses_nothing(tmp_path, monkeypatch, renames):
    """Before the first rename the change is made anew, before the second it is ended."""
    write(tmp_path, "a", 1.0)
    change_to(tmp_path, "b", SQUAD)
    write(tmp_path, "b", 2.0)
    done, rename = [], type(tmp_path).rename

    def killed(self, target):
        if not self.name.startswith("writing") and len(done) == renames:
            raise KeyboardInterrupt
        done.append(self.name) if not self.name.startswith("writing") else None
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(type(tmp_path), "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            change_to(tmp_path, "a", SQUAD)
    change_to(tmp_path, "a", SQUAD)
    assert present(tmp_path)[:2] == (2.0, "a")
    change_to(tmp_path, "b", SQUAD)
    assert present(tmp_path)[:2] == (2.0, "b")


def test_battles_in_the_journal_are_still_remembered(tmp_path):
    """The run was killed, another stage was played, and this one comes again."""
    number = checkpoint.number_of(write(tmp_path, "a", 1.0))
    owner = owner_of("a", SQUAD)
    Journal(tmp_path / PRESENT, number, owner).append(PlayedBattle([], "{}"))
    change_to(tmp_path, "b", SQUAD)
    change_to(tmp_path, "a", SQUAD)
    newest = checkpoint.number_of(checkpoint.checkpoints(tmp_path / PRESENT)[-1])
    assert newest > number
    assert read_since(tmp_path / PRESENT, newest, owner) == ([PlayedBattle([], "{}")], ())


def test_a_full_disk_changes_nothing(tmp_path, monkeypatch):
    """The line says so, and the learner takes the weights over as they lie."""
    path = write(tmp_path, "a", 1.0)

    def full(*_):
        raise OSError(28, "No space left on device", "checkpoint")

    monkeypatch.setattr(checkpoint, "write", full)
    (note,) = change_to(tmp_path, "b", SQUAD)
    assert "No space left" in note
    assert checkpoint.checkpoints(tmp_path / PRESENT) == [path]


def test_a_fresh_run_finds_nothing_of_other_stages(tmp_path):
    """And nothing is deleted."""
    write(tmp_path, "a", 1.0)
    change_to(tmp_path, "b", SQUAD)
    write(tmp_path, "b", 2.0)
    set_others_aside(tmp_path)
    change_to(tmp_path, "a", SQUAD)
    assert present(tmp_path)[1] is None
    assert list((tmp_path / OTHERS).glob("*/earlier-*")) or list((tmp_path / PRESENT).glob("earlier-*"))


def test_a_learner_goes_on_with_its_own_experiences_and_the_newest_weights(tmp_path):
    """Two stages in turn, with a real network and buffer."""

    def learner(name):
        stage, squad = load_stage(name, CATALOGUE), default_squad(CATALOGUE)
        notes = change_to(tmp_path, stage.name, [operator.name for operator in squad])
        begun = Learner(stage, squad, Settings(learning_starts=10, batch_size=8), 0, tmp_path / PRESENT)
        if begun.knows_nothing:
            play(stage, squad, begun)
        return begun, (*notes, *begun.notes)

    def play(stage, squad, begun):
        """Have a learner remember the beginning of a battle that it waits through."""
        battle = Battle(stage, squad)
        before = battle.view()
        for _ in range(30):
            battle.step()
            begun._agent.remember(before, NOTHING, before := battle.view())
        begun._agent.remember(before, NOTHING, None, "lost")

    def end(one):
        one._agent.credit = 2.0
        while one._agent.learn():
            pass
        one.start()
        assert one.stop(60)
        assert one.failed is None
        return one.status()

    first, _ = learner("first_watch")
    known = end(first)
    second, notes = learner("two_roads")
    assert "its buffer and exploration are not" in notes[0]
    assert end(second)["updates"] == known["updates"] + 2
    third, notes = learner("first_watch")
    assert notes == ()
    assert (third.status()["buffer"], third.status()["updates"]) == (known["buffer"], known["updates"] + 2)

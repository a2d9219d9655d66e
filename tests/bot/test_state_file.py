"""What outlives the daemon: pause and counts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from runs import PATIENCE, SMALL, events_of, make, short_level

from bot.state_file import FILE, Pause, StateFile, StateFileError
from states.events import PauseAsked, ResumeAsked

PAUSE = Pause(why="pause_asked", since="2026-11-26T03:00:00+01:00")


def test_it_comes_back_as_it_was(tmp_path):
    """Counts and a pause, with its reason and its beginning."""
    StateFile(tmp_path / FILE).change(battles=7, won=3, paused=PAUSE)
    again = StateFile(tmp_path / FILE)
    again.sync()
    assert (again.state.battles, again.state.won, again.state.paused, again.note) == (7, 3, PAUSE, None)
    again.change(paused=None)
    assert StateFile(tmp_path / FILE).state.paused is None
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"battles": "many"}', '{"format": 1, "paused": 3}', "\x00" * 80])
def test_a_damaged_file_is_set_aside_with_a_line(tmp_path, content):
    """The bot begins without it, and nothing is deleted."""
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    kept = StateFile(tmp_path / FILE)
    assert "damaged-1-state.json" in kept.note
    assert kept.state.battles == 0
    assert (tmp_path / "damaged-1-state.json").read_text(encoding="utf-8") == content


def test_the_file_of_another_version_is_refused_in_one_line(tmp_path):
    """Its pause is a person's word, and must not be lost by reading the file wrongly."""
    (tmp_path / FILE).write_text('{"format": 2, "halted": true}', encoding="utf-8")
    with pytest.raises(StateFileError, match=r"is of format 2, this Holdfast reads 1; use the version") as refused:
        StateFile(tmp_path / FILE)
    assert "\n" not in str(refused.value)
    assert (tmp_path / FILE).exists()


def test_a_disk_that_does_not_take_it_is_told_and_may_come_back(tmp_path):
    """What is known in the process stays true, and is written with the next change."""
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    kept = StateFile.__new__(StateFile)
    kept._path, kept.note, kept.failed = tmp_path / "data" / FILE, None, None
    kept.state = StateFile(tmp_path / FILE).state
    kept.change(battles=1)
    assert "cannot be written" in kept.failed
    (tmp_path / "data").unlink()
    kept.change(won=1)
    assert kept.failed is None
    assert StateFile(tmp_path / "data" / FILE).state.battles == 1


def quick(folder):
    """A short battle with fewer and smaller frames."""
    return {"play": {"stage": short_level(folder).name}, "practice": SMALL}


@pytest.mark.timeout(300)
async def test_a_pause_survives_a_restart_and_is_on_disk_before_its_answer(tmp_path):
    """A run that ends while paused leaves a word of it; the next begins paused and touches nothing until a resume."""
    daemon, file = make(tmp_path, quick(tmp_path)), tmp_path / "data" / FILE
    answers = []
    daemon._control.answer = lambda _, what: answers.append((what, StateFile(file).state.paused is not None))
    task = asyncio.create_task(daemon.run())
    await until(lambda: daemon._hands.made.total() > 0)
    await daemon._inbox.put(PauseAsked(t=0.0, id="1"))
    await until(lambda: answers)
    assert answers == [("paused", True)]
    os.kill(os.getpid(), signal.SIGTERM)
    await task

    daemon = make(tmp_path, quick(tmp_path))
    task = asyncio.create_task(daemon.run())
    await until(lambda: daemon._capture.frames > 3)
    await asyncio.sleep(0.5)
    assert (daemon._machine.state, daemon._hands.made.total()) == ("paused", 0)
    assert daemon.describe()["paused"]["why"] == "pause_asked"
    assert any(
        "go on with: holdfast resume" in line["why"] for line in events_of(tmp_path) if line["event"] == "state_file"
    )
    await daemon._inbox.put(ResumeAsked(t=0.0, id="2"))
    await until(lambda: daemon._hands.made.total() > 0)
    assert StateFile(file).state.paused is None
    os.kill(os.getpid(), signal.SIGTERM)
    assert await task == 0


@pytest.mark.timeout(300)
async def test_a_pause_of_the_schedule_is_not_kept_until_a_person_asks_for_it_too(tmp_path):
    """The next start looks at the clock itself, but a person's word outlives both."""
    daemon, file = make(tmp_path, quick(tmp_path)), tmp_path / "data" / FILE
    task = asyncio.create_task(daemon.run())
    await until(lambda: daemon._capture.frames > 3)
    await daemon._inbox.put(PauseAsked(t=0.0, id="", by="schedule"))
    await until(lambda: daemon._machine.state == "paused")
    await asyncio.sleep(0.2)
    assert StateFile(file).state.paused is None
    await daemon._inbox.put(PauseAsked(t=0.0, id="1"))
    await until(lambda: StateFile(file).state.paused is not None)
    os.kill(os.getpid(), signal.SIGTERM)
    await task


async def until(condition: Callable[[], Any]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - threads bring it about
            await asyncio.sleep(0.02)

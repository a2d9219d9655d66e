"""The recorded runs in tests/traces: real events of the practice game, and what the machine answered."""

from __future__ import annotations

import pytest
from recorded import TRACES
from scenarios import every_row, rows_taken

from bot.trace import VERSION, read_trace, replay
from states.commands import Answer, Gesture, Tap
from states.events import PauseAsked, ResultSeen, ResumeAsked, ScreenLost, ScreenSeen
from states.machine import TRANSITIONS

RUNS = ("lost", "pause", "walk_home", "won")
NAMES = (*RUNS, "table")
NEVER = {
    ("screen_lost", "fault", "lost"): "a fault does not walk: it ends with a known screen or a resume",
}
"""Rows of the table that cannot be taken, and why."""


def recorded(name):
    """A recording of the folder, whole."""
    recording = read_trace(TRACES / f"{name}.jsonl")
    assert recording.torn is None
    return recording


def test_every_recorded_trace_is_replayed():
    """A trace that is added is added here too."""
    assert sorted(path.stem for path in TRACES.glob("*.jsonl")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_run_replays_to_the_same_commands(name):
    """A change of behaviour shows as the first event after which the machine does something else."""
    difference = replay(recorded(name))
    assert difference is None, str(difference)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("row", [0, 1, 2], ids=lambda row: TRANSITIONS[row][0])
def test_a_changed_transition_is_found_out(name, row):
    """Every run depends on every transition between two battles; the difference says where, readably."""
    trigger, _, target = TRANSITIONS[row]
    wrong = "lost" if target != "lost" else "menu"
    changed = [(one, source, wrong) if one == trigger else (one, source, to) for one, source, to in TRANSITIONS]
    difference = replay(recorded(name), transitions=changed)
    assert difference is not None
    text = str(difference)
    assert text.startswith(f"line {difference.line}: after ")
    assert f"-Report(state='{target}'" in text
    assert f"+Report(state='{wrong}'" in text


def outcomes(name):
    """The results of a recording's battles."""
    return [line.event.outcome for line in recorded(name).lines if isinstance(line.event, ResultSeen)]


def test_there_is_a_battle_won_and_one_lost():
    """Both ends of a battle are on record."""
    assert outcomes("won")[0] == "won"
    assert outcomes("lost")[0] == "lost"


def test_there_is_a_pause_in_battle_with_no_gesture_in_it():
    """From the acknowledged pause to the resume nothing is touched, and the battle goes on to its result."""
    lines = recorded("pause").lines
    begin = next(index for index, line in enumerate(lines) if isinstance(line.event, PauseAsked))
    end = next(index for index, line in enumerate(lines) if isinstance(line.event, ResumeAsked))
    assert isinstance(lines[begin].commands[-1], Answer)
    assert not [one for line in lines[begin:end] for one in line.commands if isinstance(one, Gesture)]
    assert len(outcomes("pause")) >= 1


def test_there_is_a_walk_home_from_an_unknown_screen():
    """Lost, then steps that lead back, then a known screen, and a battle after all."""
    lines = recorded("walk_home").lines
    lost = next(index for index, line in enumerate(lines) if isinstance(line.event, ScreenLost))
    steps = [
        one.point for line in lines[lost:] for one in line.commands if isinstance(one, Tap) and one.why == "walk home"
    ]
    assert "back" in steps
    assert any(isinstance(line.event, ScreenSeen) for line in lines[lost:])
    assert len(outcomes("walk_home")) >= 1


@pytest.fixture(scope="module")
def taken():
    """The rows of the table that some recorded trace takes."""
    return {
        row
        for name in NAMES
        for row in rows_taken(recorded(name).setup, [line.event for line in recorded(name).lines])
    }  # fmt: skip


@pytest.mark.parametrize("row", every_row(), ids=" ".join)
def test_every_transition_is_on_record(row, taken):
    """A row that is added to the table is recorded too: python tests/traces/record.py table."""
    if row in NEVER:
        assert row not in taken
    else:
        assert row in taken, f"no trace takes {row}; record one with: python tests/traces/record.py table"


def test_every_version_is_read_for_ever():
    """A version that is superseded, or gets more fields, leaves a fixture as it was first written."""
    files = sorted(TRACES.glob("version_*/*.jsonl*"))
    assert [file.parent.name for file in files] == [f"version_{number}" for number in range(1, VERSION + 1)]
    for number, file in enumerate(files, 1):
        recording = read_trace(file)
        assert recording.header.holdfast_trace == number
        assert recording.torn is None
        assert len(recording.lines) == 186

"""Traces: what was written is read, replays alike, and survives being torn."""

from __future__ import annotations

import pytest
from player import SETUP, Player

from bot.trace import TraceError, TraceWriter, read_trace, replay
from states.machine import TRANSITIONS, Machine


class Recorded(Player):
    """A player whose every event is written down."""

    def __init__(self, path) -> None:
        super().__init__(Machine(SETUP))
        self.writer = TraceWriter(path, SETUP)

    def tell(self, kind, **fields):
        """As ever, and put it down."""
        event = kind(**({"t": float(next(self.clock))} | fields))
        commands = self.machine.handle(event)
        self.writer.write(event, commands)
        return commands


@pytest.fixture
def trace(tmp_path):
    """A whole battle, recorded."""
    path = tmp_path / "battle.jsonl"
    player = Recorded(path)
    player.deploy()
    player.battle()
    player.settle()
    player.writer.close()
    return path


def test_a_replay_gives_the_same_commands(trace):
    """The machine is pure: the same events, the same commands."""
    recording = read_trace(trace)
    assert len(recording.lines) > 10
    assert replay(recording) is None


def test_another_table_is_found_out(trace):
    """A changed transition shows as the first event after which it matters, and as a diff of commands."""
    changed = [row if row[0] != "result_seen" else ("result_seen", row[1], "menu") for row in TRANSITIONS]
    difference = replay(read_trace(trace), transitions=changed)
    assert difference is not None
    text = str(difference)
    assert f"line {difference.line}: after ScreenSeen" in text
    assert "-Report(state='settle'" in text
    assert "+Report(state='menu'" in text


def test_a_torn_last_line_costs_that_line_only(trace):
    """A kill in the middle of a write."""
    whole = read_trace(trace)
    trace.write_bytes(trace.read_bytes()[:-20])
    torn = read_trace(trace)
    assert len(torn.lines) == len(whole.lines) - 1
    assert torn.torn == f"{trace}:{len(whole.lines) + 1}: torn last line left out"
    assert replay(torn) is None


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda rows: [b"{}", *rows[1:]], ":1: not a trace's header"),
        (lambda rows: [*rows[:3], b'{"event": nonsense', *rows[4:]], ":4: broken line"),
        (
            lambda rows: [rows[0].replace(b'"holdfast_trace":1', b'"holdfast_trace":9'), *rows[1:]],
            ":1: trace version 9",
        ),
        (lambda _rows: [b""], "no whole header line"),
    ],
)
def test_a_broken_trace_gets_one_line(trace, damage, says):
    """File, line and what to do."""
    trace.write_bytes(b"\n".join(damage(trace.read_bytes().split(b"\n"))))
    with pytest.raises(TraceError) as error:
        read_trace(trace)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_trace_that_is_not_there_gets_one_line(tmp_path):
    """The path is named."""
    with pytest.raises(TraceError, match=r"nowhere\.jsonl: No such file"):
        read_trace(tmp_path / "nowhere.jsonl")

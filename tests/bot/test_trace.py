"""Traces: what was written is read and replays alike, and damage to any line is noticed and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player import SETUP, Player

from bot.trace import TraceError, TraceWriter, checksum, find_damage, read_trace, replay
from states.machine import TRANSITIONS, Machine

VERSION_1 = Path(__file__).resolve().parent.parent / "traces" / "version_1" / "lost.jsonl"


class Recorded(Player):
    """A player whose every event is written into a trace."""

    def __init__(self, path) -> None:
        super().__init__(Machine(SETUP))
        self.writer = TraceWriter(path, SETUP)

    def tell(self, kind, **fields):
        """Handle the event, and write it down."""
        event = kind(**({"t": float(next(self.clock))} | fields))
        commands = self.machine.handle(event)
        self.writer.write(event, commands)
        return commands


def record(path):
    """A whole battle, recorded."""
    player = Recorded(path)
    player.see("popup")
    player.deploy()
    player.battle()
    player.settle()
    player.writer.close()
    return path


@pytest.fixture
def trace(tmp_path):
    """A whole battle, recorded."""
    return record(tmp_path / "battle.jsonl")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The lines of a whole battle's trace, without their ends."""
    rows = record(tmp_path_factory.mktemp("trace") / "battle.jsonl").read_bytes().split(b"\n")
    assert rows.pop() == b""
    return rows


def refusal(path, rows):
    """The message with which a trace of these lines is refused: one line."""
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    with pytest.raises(TraceError) as error:
        read_trace(path)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(str(path))
    return str(error.value)


def test_a_replay_gives_the_same_commands(trace):
    """The machine is pure: the same events, the same commands."""
    recording = read_trace(trace)
    assert len(recording.lines) > 10
    assert recording.torn is None
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


def test_every_line_carries_its_number_and_the_checksum_of_the_line_before(whole):
    """What a reader in another language needs to check a trace."""
    lines = [json.loads(row) for row in whole]
    assert [line["line"] for line in lines] == list(range(1, len(lines) + 1))
    assert [line["after"] for line in lines] == ["", *(line["check"] for line in lines[:-1])]
    assert all(
        checksum(row[: row.rindex(b',"check"')]) == line["check"] for row, line in zip(whole, lines, strict=True)
    )


def test_any_line_that_is_taken_out_is_named(whole, tmp_path):
    """Only the end line can be missing without an error: a kill leaves none. That is told."""
    for index in range(len(whole) - 1):
        said = refusal(tmp_path / "cut.jsonl", whole[:index] + whole[index + 1 :])
        assert f": line {index + 1} is missing; " in said
    (tmp_path / "killed.jsonl").write_bytes(b"".join(row + b"\n" for row in whole[:-1]))
    killed = read_trace(tmp_path / "killed.jsonl")
    assert killed.torn is not None
    assert f":{len(whole)}: no end line" in killed.torn
    assert len(killed.lines) == len(whole) - 2
    assert replay(killed) is None


def test_several_lines_that_are_taken_out_are_named(whole, tmp_path):
    """The first and the last of them."""
    assert ": lines 3 to 6 are missing; " in refusal(tmp_path / "cut.jsonl", whole[:2] + whole[6:])


def test_any_line_that_is_doubled_is_named(whole, tmp_path):
    """Whether the second stands beside the first or at the end."""
    for index, row in enumerate(whole):
        beside = refusal(tmp_path / "doubled.jsonl", [*whole[: index + 1], row, *whole[index + 1 :]])
        at_the_end = refusal(tmp_path / "doubled.jsonl", [*whole, row])
        assert f": line {index + 1} is there twice; " in beside
        assert f": line {index + 1} is there twice; " in at_the_end


def test_any_two_lines_that_are_swapped_are_named(whole, tmp_path):
    """Neighbours and others."""
    for one, other in [*((n, n + 1) for n in range(len(whole) - 1)), (1, 5), (0, 7)]:
        rows = list(whole)
        rows[one], rows[other] = rows[other], rows[one]
        assert f": lines {one + 1} and {other + 1} are swapped; " in refusal(tmp_path / "swapped.jsonl", rows)


def test_a_line_that_was_moved_is_named(whole, tmp_path):
    """A line further down than it was written."""
    rows = [*whole[:2], *whole[3:7], whole[2], *whole[7:]]
    assert ": line 3 stands after line 4; " in refusal(tmp_path / "moved.jsonl", rows)


def test_a_line_of_another_trace_is_named(whole, tmp_path):
    """It has the right number and a checksum of its own, but does not follow the line before it."""
    player = Recorded(tmp_path / "other.jsonl")
    player.walk("squad")
    player.writer.close()
    other = (tmp_path / "other.jsonl").read_bytes().split(b"\n")
    assert ": line 4 is from another trace; " in refusal(tmp_path / "mixed.jsonl", [*whole[:3], other[3], *whole[4:]])


def test_one_edited_byte_in_any_line_is_named(whole):
    """Every byte of the shorter lines and every seventh of the longer ones, each changed in two ways."""
    for index, row in enumerate(whole):
        for at in range(0, len(row), 1 if len(row) < 200 else 7):
            for flip in (1, 0x20):
                edited = row[:at] + bytes([row[at] ^ flip]) + row[at + 1 :]
                damage = find_damage([*whole[:index], *edited.split(b"\n"), *whole[index + 1 :]])
                assert damage is not None
                assert damage.startswith(f"line {index + 1} was edited; ")


@settings(max_examples=settings().max_examples // 4)
@given(data=st.data())
def test_an_edited_byte_in_a_file_is_refused_with_its_line(whole, tmp_path, data):
    """Any byte but the file's last, line ends included: a joined line counts as the first of the two."""
    content = b"".join(row + b"\n" for row in whole)
    at = data.draw(st.integers(0, len(content) - 2))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    line = content[:at].count(b"\n") + 1
    (tmp_path / "edited.jsonl").write_bytes(content[:at] + bytes([other]) + content[at + 1 :])
    with pytest.raises(TraceError) as error:
        read_trace(tmp_path / "edited.jsonl")
    assert f": line {line} was edited; " in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "edit", [(b'"holdfast_trace":2', b'"holdfast_trace":1'), (b'"check"', b'"chekc"'), (b'"line":1', b'"line":7')]
)
def test_an_edited_header_alone_is_not_taken_for_another_version(whole, tmp_path, edit):
    """Even when no other line of the trace is left to compare with."""
    header = whole[0].replace(*edit)
    assert header != whole[0]
    assert ": line 1 was edited; " in refusal(tmp_path / "header.jsonl", [header])


def test_a_torn_last_line_costs_that_line_only(trace):
    """A kill in the middle of a write."""
    whole = read_trace(trace)
    rows = trace.read_bytes().split(b"\n")[:-2]  # a run that is killed writes no end line
    trace.write_bytes(b"\n".join(rows)[:-20])
    torn = read_trace(trace)
    assert len(torn.lines) == len(whole.lines) - 1
    assert torn.torn == f"{trace}:{len(whole.lines) + 1}: torn last line left out"
    assert replay(torn) is None


def test_a_trace_of_version_1_still_replays():
    """Its events do not say what closes a pop-up, and its setup has fields of that time."""
    assert b'"holdfast_trace":1' in VERSION_1.read_bytes()
    assert b"closed_by" not in VERSION_1.read_bytes()
    recording = read_trace(VERSION_1)
    assert recording.torn is None
    assert len(recording.lines) == 186
    assert "popup_close" in {getattr(line.event, "closed_by", None) for line in recording.lines}
    assert replay(recording) is None


def test_a_torn_last_line_of_version_1_costs_that_line_only(tmp_path):
    """As in version 2."""
    path = tmp_path / "torn.jsonl"
    path.write_bytes(VERSION_1.read_bytes()[:-20])
    torn = read_trace(path)
    assert torn.torn == f"{path}:187: torn last line left out"
    assert len(torn.lines) == 185


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda rows: [b"{}", *rows[1:]], ":1: not a trace's header"),
        (lambda rows: [*rows[:3], b'{"event": nonsense', *rows[4:]], ":4: broken line"),
        (lambda rows: [rows[0].replace(b'"holdfast_trace":1', b'"holdfast_trace":9')], ":1: trace version 9"),
        (lambda rows: [rows[0].replace(b'"holdfast_trace":1', b'"holdfast_trace":2')], ": line 1 was edited"),
        (lambda _rows: [], "no whole header line"),
    ],
)
def test_a_broken_trace_of_version_1_gets_one_line(tmp_path, damage, says):
    """File, line and what to do."""
    assert says in refusal(tmp_path / "broken.jsonl", damage(VERSION_1.read_bytes().split(b"\n")[:-1]))


def sealed(body):
    """A line with a right checksum."""
    return body + b',"check":"' + checksum(body).encode() + b'"}'


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([b'{"line":1,"after":"","holdfast_trace":9,"setup":{}'], ":1: not a trace's header"),
        ([b'{"line":1,"after":"","holdfast_trace":9,"setup":{"stage_code":"","width":1,"squad_size":1}'], "version 9"),
    ],
)
def test_a_trace_of_a_later_version_is_told_as_such(tmp_path, rows, says):
    """Not as an edited one."""
    assert says in refusal(tmp_path / "later.jsonl", [sealed(row) for row in rows])


def test_an_event_that_this_program_does_not_know_is_named(whole, tmp_path):
    """A whole line of a program with more events: the place, and what can still be replayed."""
    body = b'{"line":3,"after":"' + whole[1][-10:-2] + b'","event":{"event":"eclipse","t":1.0},"commands":[]'
    assert ":3: broken line" in refusal(tmp_path / "later.jsonl", [*whole[:2], sealed(body)])


def test_a_full_disk_at_the_end_costs_the_end_line_only(tmp_path, monkeypatch):
    """Closing a trace never stops the daemon; reading tells that the end is missing."""

    def full(_line):
        raise OSError(28, "No space left on device")

    player = Recorded(tmp_path / "full.jsonl")
    player.see("home")
    monkeypatch.setattr(player.writer, "_put", full)
    player.writer.close()
    assert "no end line" in str(read_trace(tmp_path / "full.jsonl").torn)


def test_a_trace_that_is_not_there_gets_one_line(tmp_path):
    """The path is named."""
    with pytest.raises(TraceError, match=r"nowhere\.jsonl: No such file"):
        read_trace(tmp_path / "nowhere.jsonl")

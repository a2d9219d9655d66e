"""Listing, showing and comparing traces, and cutting parts out that replay by themselves."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from player import SETUP, Player
from recorded import TRACES, WON

from bot.trace import TraceError, TraceWriter, read_trace, replay
from bot.trace_tools import chosen, cut, difference, figures, steps, summaries, summary, tell_step
from states.events import BattleSeen, Tick
from states.machine import Machine


def play(path, battles):
    """Record so many battles, each from the map to its result, which leads back to the map."""
    player, writer = Player(Machine(SETUP)), TraceWriter(path, SETUP)
    handle = player.machine.handle

    def record(event):
        commands = handle(event)
        writer.write(event, commands)
        return commands

    player.machine.handle = record
    player.see("home")
    for number in range(battles):
        player.walk("battle") if number == 0 else [player.see(one) for one in ("stage_map", "stage_panel", "squad")]
        player.see("battle")
        player.decide(player.battle(), 0, 0, 0, 0)
        player.tell(Tick)
        player.settle("won" if number % 2 else "lost")
    player.see("stage_map")
    writer.close()
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """A trace of three battles."""
    return play(tmp_path_factory.mktemp("trace") / "three.jsonl", 3)


def test_a_summary_needs_only_the_ends(three):
    """The figures stand in the end line; they are those that the lines give."""
    told = summary(three)
    counted = figures(read_trace(three))
    assert (told.events, told.seconds, told.battles) == (counted["events"], counted["seconds"], 3)
    assert told.began[:2] == "20"
    assert told.bytes == three.stat().st_size


def test_a_summary_of_an_older_or_killed_trace_is_counted(tmp_path, three):
    """Without figures in an end line, and without one."""
    assert summary(WON)[2:6] == (282, 67.8, 1, "all battles asked for were played")
    killed = tmp_path / "killed.jsonl"
    killed.write_bytes(three.read_bytes().rsplit(b"\n", 2)[0] + b"\n")
    assert summary(killed).ended.startswith("no end")
    assert summary(killed)[2:5] == summary(three)[2:5]


def test_the_list_has_those_that_a_fault_keeps(tmp_path, three):
    """Each once; a broken one is told and does not hide the others."""
    traces, faults = tmp_path / "traces", tmp_path / "faults"
    for folder in (traces, faults / "1", faults / "2"):
        folder.mkdir(parents=True)
    (traces / "a.jsonl").write_bytes(three.read_bytes())
    (traces / "b.jsonl").write_bytes(WON.read_bytes())
    (faults / "1" / "trace.jsonl").hardlink_to(traces / "b.jsonl")
    (faults / "2" / "trace.jsonl").write_bytes(three.read_bytes())
    (traces / "c.jsonl").write_text("broken\n", encoding="utf-8")
    *found, broken, kept = summaries(traces, faults)
    assert [(one.path.name, one.fault) for one in [*found, kept]] == [
        ("a.jsonl", False), ("b.jsonl", True), ("trace.jsonl", True)
    ]  # fmt: skip
    assert "c.jsonl:1: not a trace's header" in broken


def test_lines_are_chosen_by_state_event_time_and_battle(three):
    """Every line belongs to one battle: that which is on, or the next."""
    recording = read_trace(three)
    every = list(steps(recording))
    assert [step.number for step in every] == list(range(2, len(recording.lines) + 2))
    assert {step.state for step in every} == {"menu", "stage_select", "battle", "settle"}
    by_battle = [list(chosen(recording, battle=number)) for number in (1, 2, 3, 4)]
    assert list(itertools.chain.from_iterable(by_battle)) == every
    assert {step.state for step in chosen(recording, state="battle", event="tick")} == {"battle"}
    assert all(2 <= step.seconds <= 9 for step in chosen(recording, begin=2, end=9))


def test_a_line_reads_well(three):
    """Number, seconds, state, event, and each command under it."""
    step = next(iter(steps(read_trace(three))))
    assert tell_step(step).splitlines() == [
        "     2      0.00 s  menu         screen_seen: screen home",
        "                                 -> tap: id 1, why go and choose a stage, point terminal",
    ]


def test_traces_are_compared_by_what_happened(three, tmp_path):
    """How long the machine took to see does not count; the first difference does, in words."""
    one = read_trace(three)
    assert difference(one, one) is None
    slower = [
        msgspec.structs.replace(line, event=msgspec.structs.replace(line.event, latency=9.0))
        if isinstance(line.event, BattleSeen) else line
        for line in one.lines
    ]  # fmt: skip
    assert difference(one, one._replace(lines=slower)) is None
    assert "only the second trace goes on" in str(difference(one._replace(lines=one.lines[:5]), one))
    other = msgspec.structs.replace(one.lines[4], commands=[])
    told = str(difference(one, one._replace(lines=[*one.lines[:4], other, *one.lines[5:]])))
    assert told.startswith("line 6: after screen_seen: screen stage_panel")
    moved = msgspec.structs.replace(one.lines[4], event=Tick(t=99))
    assert "line 6: the events differ" in str(
        difference(one, one._replace(lines=[*one.lines[:4], moved, *one.lines[5:]]))
    )
    assert "the setups differ" in str(difference(one, read_trace(WON)))


@pytest.mark.parametrize("battle", [1, 2, 3])
def test_a_battle_that_is_cut_out_replays_by_itself(three, tmp_path, battle):
    """With its number, its gestures' numbers and its result."""
    recording = read_trace(three)
    asked = list(chosen(recording, battle=battle))
    begins = next(step.number for step in asked if step.state == "battle")
    first, last = cut(recording, asked[0].number, asked[-1].number, tmp_path / "part.jsonl", "three", begins)
    part = read_trace(tmp_path / "part.jsonl")
    assert (replay(part), part.torn) == (None, None)
    assert part.lines[-1].commands == recording.lines[last - 2].commands
    assert asked[0].number <= first <= begins
    assert part.header.cut_from == f"lines {first} to {last} of three"
    assert figures(part)["battles"] == 1


@pytest.mark.parametrize("name", ["won", "lost", "pause", "walk_home"])
def test_a_part_of_a_real_run_replays_by_itself(name, tmp_path):
    """From the middle of its battle on: it begins where the battle does, or the reason why not is told."""
    recording = read_trace(TRACES / f"{name}.jsonl")
    middle = len(recording.lines) // 2
    first, last = cut(recording, middle, middle + 50, tmp_path / "part.jsonl", name)
    assert first < middle
    assert last == middle + 50
    assert replay(read_trace(tmp_path / "part.jsonl")) is None


def test_a_part_that_is_not_there_is_refused(three, tmp_path):
    """Nothing is written."""
    recording = read_trace(three)
    with pytest.raises(TraceError, match="has no line from 900"):
        cut(recording, 900, 950, tmp_path / "part.jsonl", "three")
    changed = msgspec.structs.replace(recording.lines[3], commands=[])
    broken = recording._replace(lines=[*recording.lines[:3], changed, *recording.lines[4:]])
    with pytest.raises(TraceError, match="line 5 differs"):
        cut(broken, 20, 30, tmp_path / "part.jsonl", "three")
    assert not (tmp_path / "part.jsonl").exists()

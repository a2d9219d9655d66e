"""`holdfast trace`: what it prints, and its exit codes."""

from __future__ import annotations

import gzip
import json

import pytest
from recorded import TRACES, WON

from bot.cli import main
from bot.trace import read_trace, replay


@pytest.fixture
def kept(tmp_path, config):
    """A data directory with two traces, one of which a fault keeps; the configuration that finds it."""
    traces, fault = tmp_path / "data" / "traces", tmp_path / "data" / "faults" / "1"
    traces.mkdir(parents=True)
    fault.mkdir(parents=True)
    (traces / "20260101-000000-000000.jsonl.gz").write_bytes(gzip.compress(WON.read_bytes()))
    (traces / "20260102-000000-000000.jsonl").write_bytes((TRACES / "lost.jsonl").read_bytes())
    (fault / "trace.jsonl.gz").hardlink_to(traces / "20260101-000000-000000.jsonl.gz")
    return config


def test_the_list_is_a_table(capsys, kept):
    """A row each: when, how much, how it ended, and whether a fault keeps it."""
    assert main(["trace", "ls", "--config", str(kept)]) == 0
    heading, won, lost = capsys.readouterr().out.splitlines()
    assert heading.split() == ["began", "events", "game", "time", "battles", "size", "fault", "ended", "file"]
    assert won.split()[2:5] == ["282", "1:08", "1"]
    assert "kept" in won
    assert "kept" not in lost
    assert main(["trace", "ls", "--config", str(kept), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["events"], one["battles"], one["fault"]) for one in told] == [(282, 1, True), (186, 1, False)]


def test_without_traces_there_is_a_remedy(capsys, config):
    """Nothing was recorded yet."""
    assert main(["trace", "ls", "--config", str(config)]) == 0
    assert "holdfast run" in capsys.readouterr().out


def test_a_trace_is_shown(capsys):
    """The lines that were asked for, for people and for programs."""
    assert main(["trace", "show", str(WON), "--state", "settle"]) == 0
    assert "-> battle_ended: number 1, outcome won, stars 2" in capsys.readouterr().out
    assert main(["trace", "show", str(WON), "--event", "result_seen", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"]["stars"] == 2
    assert main(["trace", "show", str(WON), "--event", "resultseen"]) == 2
    assert "known are" in capsys.readouterr().err


def test_two_traces_are_compared(capsys):
    """Exit code 1 where they differ, with the first difference and the figures of both."""
    assert main(["trace", "diff", str(WON), str(WON)]) == 0
    assert capsys.readouterr().out.startswith("identical\n")
    assert main(["trace", "diff", str(WON), str(TRACES / "lost.jsonl")]) == 1
    out = capsys.readouterr().out
    assert "differ" in out
    assert "events     282 -> 186" in out


def test_a_part_is_cut_out(capsys, tmp_path):
    """It says from which line on, and replays."""
    part = tmp_path / "part.jsonl"
    assert main(["trace", "cut", str(WON), "--from", "30", "--to", "40", "--out", str(part)]) == 0
    assert "lines earlier, where a replay can begin" in capsys.readouterr().out
    assert replay(read_trace(part)) is None
    assert main(["replay", str(part)]) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "which part?"),
        (["--battle", "9"], "nothing happened there"),
        (["--from", "9000"], "nothing happened there"),
    ],
)
def test_a_part_that_is_not_there_is_refused(capsys, tmp_path, options, says):
    """In one line, and nothing is written."""
    part = tmp_path / "part.jsonl"
    assert main(["trace", "cut", str(WON), *options, "--out", str(part)]) == 2
    assert says in capsys.readouterr().err
    assert not part.exists()


def test_a_part_that_cannot_be_written_is_refused(capsys, tmp_path):
    """Before the work."""
    assert main(["trace", "cut", str(WON), "--battle", "1", "--out", str(tmp_path / "no" / "part.jsonl")]) == 2
    assert "make it first" in capsys.readouterr().err


def test_a_trace_says_why_a_battle_was_lost(capsys, config):
    """In words, as JSON, and in one line where there is no trace to tell of."""
    assert main(["trace", "why", str(TRACES / "lost.jsonl")]) == 0
    assert capsys.readouterr().out.startswith("HF-1, battle 1: lost, 0 stars after 37.3 s; 10 of 27 enemies gone\n")
    assert main(["trace", "why", str(TRACES / "lost.jsonl"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["life_left"] == 0
    assert main(["trace", "why", "--config", str(config)]) == 2
    assert "record one with: holdfast run" in capsys.readouterr().err

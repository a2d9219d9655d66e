"""Traces for the page: battle by battle, without holding a whole file."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from bot.trace import TraceError, read_trace
from bot.trace_tools import name_of
from bot.trace_tools import steps as all_steps
from bot.web.runs import listed, outline, steps, trace_of

WON = Path(__file__).parents[2] / "traces" / "won.jsonl"


def test_a_trace_is_told_battle_by_battle():
    """The recorded victory: its lines, its stars, and the view at each frame of the battle."""
    battle, way_home = outline(WON)["battles"]
    assert (battle["number"], battle["outcome"], battle["stars"], battle["first"]) == (1, "won", 2, 2)
    assert (way_home["outcome"], way_home["first"]) == ("", battle["last"] + 1)
    assert way_home["last"] == len(read_trace(WON).lines) + 1
    shown = steps(WON, battle["first"], battle["last"])
    assert sum("view" in step for step in shown) > 20
    assert max(len(step["view"]["operators"]) for step in shown if "view" in step) > 1


def test_a_part_is_told_as_the_whole_trace_has_it():
    """Line, state and event of each step are those of `holdfast trace show`, wherever the part begins."""
    whole = {step.number: step for step in all_steps(read_trace(WON))}
    first = len(whole) // 2
    for step in steps(WON, first, first + 60):
        told = whole[step["line"]]
        assert (step["state"], step["name"]) == (told.state, name_of(told.line.event))
        assert step["name"] != "tick"


def test_a_compressed_and_a_torn_trace_are_read_up_to_where_they_can_be(tmp_path):
    """A run that was killed, or is still going on."""
    content = WON.read_bytes()
    whole, torn = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    whole.write_bytes(gzip.compress(content))
    torn.write_bytes(gzip.compress(content)[:-5000])
    assert outline(whole) == outline(WON)
    (open_,) = outline(torn)["battles"]
    assert open_["outcome"] == ""
    assert 50 < open_["last"] < outline(WON)["battles"][0]["last"]
    assert steps(torn, 2, open_["last"])


def test_traces_are_found_by_the_names_that_are_listed_and_no_other(tmp_path):
    """Those of faults too; a file that is no trace is left out."""
    for place in ("traces/20261127.jsonl", "faults/20261126/trace.jsonl"):
        (tmp_path / place).parent.mkdir(parents=True)
        shutil.copy(WON, tmp_path / place)
    (tmp_path / "traces" / "x.jsonl").write_text("no trace", encoding="utf-8")
    names = [one["name"] for one in listed(tmp_path)]
    assert names == ["20261127.jsonl", "20261126:trace.jsonl"]
    assert all(trace_of(tmp_path, name).is_file() for name in names)
    for name in ("nothing.jsonl", "..:trace.jsonl", "20261126:known.json", "20261126/trace.jsonl"):
        with pytest.raises(TraceError, match="there is no trace"):
            trace_of(tmp_path, name)

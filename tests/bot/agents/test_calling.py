"""Calls of tools: refused, bounded, ended in time, and logged."""

from __future__ import annotations

import asyncio
import json
import time

import psutil
import pytest

from bot.agents import calling
from bot.agents.calling import LARGEST_ANSWER, bounded, call
from bot.agents.tools import NoArguments, Tool
from bot.log_reader import read


async def test_a_call_answers_with_what_the_verb_says_and_is_logged(desk):
    """One line a call, with its arguments."""
    answer = await call("find_stage", {"stage": "two_roads"}, desk)
    assert answer.ok, answer.value
    assert answer.value["code"] == "HF-3"
    assert answer.value["enemies"]["drone"] == 4
    (line,) = [one for one in read(desk.directory / "tools.jsonl") if one["event"] == "tool"]
    assert (line["tool"], line["caller"], line["ok"]) == ("find_stage", "mcp", True)
    assert json.loads(line["arguments"]) == {"stage": "two_roads"}


async def test_a_plan_is_explained_and_tried(desk):
    """In words, and in a few battles that differ; both name the plan's file and not its folder."""
    actions = [{"name": "Fang", "location": [5, 2], "direction": "Left"}]
    folder = desk.directory / "plans"
    folder.mkdir()
    (folder / "mine.json").write_text(json.dumps({"stage_name": "HF-1", "actions": actions}), encoding="utf-8")
    question = {"stage": "HF-1", "plan": "mine.json"}
    explained = await call("explain_plan", question, desk)
    assert explained.ok, explained.value
    assert explained.value["steps"][0].startswith(" 1. ")
    assert explained.value["plan"] == "mine.json"
    tried = await call("try_plan", {**question, "battles": 3}, desk)
    assert tried.ok, tried.value
    near = tried.value["holds"]["near"]
    assert (near["held"], near["battles"], near["failures"]) == (0, 3, 3)
    assert near["battles_in_which_leaked"]["slug"] == 3


async def test_an_error_of_the_verb_is_its_one_line(desk):
    """With the remedy that the verb names."""
    answer = await call("show_roster", {}, desk)
    assert not answer.ok
    assert answer.value.endswith("make it with: holdfast roster import FILE")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("format_disk", {}, "there is no tool 'format_disk'; there are: find_stage"),
        ("pause_bot", {}, "not allowed here; --allow-control allows it"),
        ("make_plan", {"stage": "1-7", "seconds": 9999}, "seconds: Input should be less than or equal to 120"),
        ("make_plan", {}, "stage: Field required"),
        ("read_log", {"shell": "ls"}, "shell: Extra inputs are not permitted"),
    ],
)
async def test_a_wrong_call_is_refused_in_one_line_before_anything_runs(desk, monkeypatch, name, given, said):
    """And it is logged as refused."""
    monkeypatch.setattr(calling, "_printed", None)
    answer = await call(name, given, desk)
    assert not answer.ok
    assert said in answer.value
    assert "\n" not in answer.value
    assert [one["ok"] for one in read(desk.directory / "tools.jsonl")] == [False]


async def test_what_is_allowed_reaches_the_bot(desk):
    """With --allow-control a pause is asked for; here no bot answers."""
    answer = await call("pause_bot", {}, desk._replace(may_act=True))
    assert answer.value.startswith("no daemon")


async def test_a_tool_that_takes_too_long_is_ended_with_its_process(desk, monkeypatch):
    """Nothing is left behind, and the caller is told."""
    slow = Tool("slow", "", NoArguments, lambda _one, _: ["logs", "--follow"], seconds=lambda _: 0.8)
    monkeypatch.setattr(calling, "TOOLS", (slow,))
    monkeypatch.setattr(calling, "tools_for", lambda _: (slow,))
    began, before = time.monotonic(), psutil.Process().children()
    answer = await call("slow", {}, desk)
    assert answer.value == "slow took longer than 0.8 s and was ended"
    assert time.monotonic() - began < 10
    await asyncio.sleep(0)
    left = [one for one in psutil.Process().children() if one not in before]
    assert not [one for one in left if one.status() != psutil.STATUS_ZOMBIE]


def test_answers_are_bounded_and_say_what_was_left_out():
    """However much a verb prints."""
    small = {"won": True, "steps": ["a", "b"]}
    assert bounded(small) == small
    cut = bounded({"code": "1-7", "text": "x" * 5000, "rows": [{"n": number} for number in range(1000)]})
    assert cut["rows"][-1] == "… and 960 more"
    assert len(cut["text"]) < 700
    huge = bounded({"code": "1-7", **{f"part {n}": ["y" * 500] * 40 for n in range(10)}})
    assert huge["code"] == "1-7"
    assert huge["left_out"]
    assert len(json.dumps(huge)) <= LARGEST_ANSWER
    assert len(json.dumps(bounded(["z" * 600] * 1000))) <= LARGEST_ANSWER

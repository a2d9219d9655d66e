"""The coach: its loop ends, its answers are borne out, and it does nothing that is not allowed, whatever is replied."""

# ruff: noqa: RUF001 - Chinese has marks of its own
from __future__ import annotations

import itertools
import json

import pytest
from model_side import model_side

from bot.agents.calling import ToolAnswer
from bot.agents.coach import ANSWERING, STEPS, coach, named_in, turn_schema
from bot.agents.engine import Engine
from bot.agents.tools import TOOLS
from bot.cli import main
from bot.log_reader import read

PLAN = {"plan": ["find the stage", "answer"]}
FIND = {"tool": "find_stage", "arguments": {"stage": "HF-3"}}
MYRTLE = ("Myrtle", "桃金娘")


@pytest.fixture(autouse=True)
def client():
    """The library that speaks HTTP."""
    return pytest.importorskip("httpx", reason="httpx of the extra coach is not installed")


def answer(text, *cites):
    """A reply that answers with one sentence."""
    return {"answer": [{"text": text, "cites": list(cites)}]}


async def asked(desk, *replies, request="what is in HF-3?", **more):
    """The report on a request to a model with these replies, and what the model was asked."""
    with model_side(*replies) as side:
        async with Engine(side.url) as engine:
            return await coach(request, engine, desk, "me", (), **more), side.asked


async def test_it_plans_calls_tools_and_answers_with_sources(desk, config):
    """The figure in the answer is the tool's, and the place that it stands in is shown."""
    report, messages = await asked(desk, PLAN, FIND, answer("HF-3 has 32 enemies.", 1))
    assert report.plan == ("find the stage", "answer")
    assert [str(one) for one in report.kept] == ["HF-3 has 32 enemies. [1: total 32]"]
    assert list(report.lines())[:4] == [
        "HF-3 has 32 enemies. [1: total 32]", "", "What was done:", "  1. find_stage(stage=HF-3)",
    ]  # fmt: skip
    assert '"total": 32' in messages[-1]["messages"][-1]["content"]
    assert json.loads(json.dumps(report.facts()))["calls"][0]["ok"] is True


async def test_a_sentence_whose_figures_are_invented_is_taken_out(desk):
    """The others stay; where none is left the answer is refused."""
    sentences = [{"text": "HF-3 has 32 enemies.", "cites": [1]}, {"text": "You will win 99% of them.", "cites": [1]}]
    report, _ = await asked(desk, PLAN, FIND, {"answer": sentences})
    assert [one.text for one in report.kept] == ["HF-3 has 32 enemies."]
    assert any("no cited result has its figures (99%)" in line for line in report.lines())
    report, _ = await asked(desk, PLAN, FIND, answer("It has 32 enemies."))
    assert report.kept == ()
    assert next(report.lines()).startswith("The answer was refused")


async def test_what_is_not_allowed_is_not_done_although_the_model_asks_for_it(desk):
    """The request for it is answered with an error, logged, and told to the player."""
    switch = {"tool": "set_stage", "arguments": {"stage": "HF-3"}}
    report, messages = await asked(desk, PLAN, switch, answer("The stage is set."))
    assert [one.answer.ok for one in report.calls] == [False]
    assert "set_stage" not in json.dumps(messages[1]["response_format"])
    assert "not allowed" in messages[-1]["messages"][-1]["content"]
    assert any("failed: set_stage changes what a running bot does" in line for line in report.lines())
    assert [(one["tool"], one["ok"]) for one in read(desk.directory / "tools.jsonl")] == [("set_stage", False)]


@pytest.mark.parametrize("reply", [FIND, "no object at all", {"strange": 1}, {"tool": 3, "arguments": "x"}, PLAN])
async def test_the_loop_ends_whatever_the_model_replies(desk, reply):
    """After a bounded number of replies; the last is asked for as an answer, and a repeated call is made once."""
    report, messages = await asked(desk, reply)
    assert len(messages) == STEPS + 1
    roles = [one["role"] for one in messages[-1]["messages"]]
    assert roles[0] == "system"
    assert set(roles[1::2]) == {"user"}
    assert set(roles[2::2]) <= {"assistant"}
    assert messages[-1]["response_format"]["json_schema"]["schema"] == ANSWERING
    assert report.kept == ()
    assert len([one for one in report.calls if one.answer.ok]) <= 1
    assert next(report.lines()) == "No answer came within 8 steps and 900 s."


async def test_when_time_is_up_it_has_to_answer(desk):
    """No further tool is called."""
    hours = itertools.count(0, 3600)
    report, messages = await asked(desk, PLAN, FIND, clock=lambda: next(hours))
    assert report.calls == ()
    assert len(messages) == 2


async def test_an_operator_whom_the_player_names_is_not_forgotten(desk, monkeypatch):
    """A plan that says nothing of Myrtle is not searched for; one that leaves her at home is."""
    made = []

    async def call(name, given, _desk):
        made.append(given)
        return report_of_a_plan

    report_of_a_plan = ToolAnswer(ok=True, value={"plan": "p.json"})
    monkeypatch.setattr("bot.agents.coach.call", call)
    careless = {"tool": "make_plan", "arguments": {"stage": "HF-3"}}
    careful = {"tool": "make_plan", "arguments": {"stage": "HF-3", "avoid": ["桃金娘"]}}
    _, messages = await asked(desk, PLAN, careless, careful, answer("Done."), named=[MYRTLE])
    assert made == [careful["arguments"]]
    assert "put Myrtle into avoid or into must" in messages[2]["messages"][-1]["content"]


@pytest.mark.parametrize(("planned", "given", "done"), [
    ({"avoid": ["Myrtle"]}, {}, False),
    ({"avoid": ["Myrtle"]}, {"avoid": ["桃金娘"]}, True),
    ({"must": ["Myrtle"]}, {}, True),
])  # fmt: skip
async def test_the_bot_is_not_switched_without_the_word_of_who_stays_at_home(desk, monkeypatch, planned, given, done):
    """An operator whom the player names stays at home in play, too; one who had to be in the plan may come."""
    made = []

    async def call(name, _given, _desk):
        made.append(name)
        return ToolAnswer(ok=True, value={"plan": "p.json"})

    monkeypatch.setattr("bot.agents.coach.call", call)
    plan = {"tool": "make_plan", "arguments": {"stage": "CE-6", **planned}}
    switch = {"tool": "set_stage", "arguments": {"stage": "CE-6", **given}}
    _, messages = await asked(desk, PLAN, plan, switch, answer("Done."), named=[MYRTLE])
    assert made == ["make_plan", "set_stage"][: 1 + done]
    assert ("put Myrtle into avoid" in messages[-1]["messages"][-1]["content"]) is not done


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("leave Myrtle at home", [MYRTLE]),
        ("别带桃金娘", [MYRTLE]),
        ("MYRTLE stays", [MYRTLE]),
        ("crepe myrtles", []),
        ("陈", []),
    ],
)
def test_operators_are_found_in_a_request(request_, found):
    """By whole words, in two languages; a name of one character could be any word."""
    assert named_in(request_, [MYRTLE, ("Ch'en", "陈")]) == found


async def test_the_account_is_in_the_language_of_the_request(desk):
    """And the model is told to answer in it."""
    report, messages = await asked(desk, PLAN, answer("共三千名敌人。", 1), request="HF-3有多少敌人?")
    assert "Chinese" in messages[0]["messages"][0]["content"]
    lines = list(report.lines())
    assert lines[0] == "回答被拒绝：没有一句有工具的结果作依据。"
    assert "  什么也没做" in lines


def test_no_pattern_is_left_to_a_grammar():
    """In llama.cpp's a pattern may take the quotation mark that ends a text; arguments are checked later anyway."""
    assert "pattern" not in json.dumps(turn_schema(TOOLS))


def test_the_verb_answers_and_says_how_it_went_with_its_exit_code(config, capsys):
    """0 where something is borne out, 1 where nothing is, 2 where the extra is missing."""
    with model_side(PLAN, FIND, answer("HF-3 has 32 enemies.", 1), PLAN, answer("I think 7.")) as side:
        given = ["coach", "what is in HF-3?", "--url", side.url, "--config", str(config)]
        assert main(given) == 0
        assert capsys.readouterr().out.startswith("HF-3 has 32 enemies. [1: total 32]\n")
        assert main([*given, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["left_out"] == [{"text": "I think 7.", "missing": ["7"]}]
    assert not (config.parent / "data" / "coach.toml").exists()


def test_without_a_model_it_says_how_to_start_one(config, capsys, unused_port):
    """In one line."""
    assert main(["coach", "hello", "--url", f"http://127.0.0.1:{unused_port}/v1", "--config", str(config)]) == 1
    said = "start one with: holdfast coach serve --model FILE.gguf (holdfast coach doctor says which)\n"
    assert capsys.readouterr().err.endswith(said)

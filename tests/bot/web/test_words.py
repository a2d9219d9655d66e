"""What the server says to a Chinese page is Chinese: its sentences are known there, and so are the machine's words."""

# ruff: noqa: RUF001 - Chinese has marks of its own

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest
from web_side import page

from bot.extras import ROOT
from bot.log_events import EVENTS
from game.actions import DIRECTIONS
from game.levels.stage import shipped_codes
from planning.grading import REASONS, Level
from states.commands import AnyCommand
from states.events import EVENT_NAMES, SCREEN_NAMES, PartFailed
from states.machine import TRANSITIONS

PLACES = ("states", "bot", "bot/clients", "bot/mqtt", "bot/web")
SAYING = {
    "lose_the_way": 1, "give_up": 1, "refusal": 1, "RequestError": 0, "Page": 4, "tell": 0, "GateShutError": 0,
    "tap": 2, "_press": 4, "_way_out": 4, "_gesture": 3, "_failed": 1,
    "CaptureError": 0, "PointerError": 0, "MissedError": 0, "DeviceError": 0,
}  # fmt: skip
"""Calls with a sentence that a page may show: the number of the argument that is the sentence."""
NAMED = ("why", "reason", "what")
"""Arguments and variables that are such sentences, of whatever call."""
FOR_PROGRAMS = re.compile(
    "payload|content-type|verb is no text|the id |caller is no|response topic|retain flag|choose another"
    "|unknown request|requests are taken|without a password the page|first and last are|name a stage|there is no such"
    "|broke off|seconds since 1970|by its t|not UTF-8|^(7(: 7)*)?$"
)
"""Sentences that answer to what a page never sends, or that repeat another program's."""
ASKED = """
const [sentences, words, done] = arguments, chinese = /[\\u4e00-\\u9fff]/;
Promise.all([import("/static/told.js"), import("/static/words.js")]).then(([module, { t, setNames }]) => {
  const { told, toldAction, toldReason, toldStep, toldValue } = module;
  setNames({ Myrtle: "桃金娘", slug: "源石虫", "it burns": "它燃烧" });
  done({
    unknown: [...sentences.filter((one) => !chinese.test(told(one))), ...words.filter((one) => !chinese.test(t(one)))],
    action: toldAction("deploy Myrtle at row 4, column 3 facing up"),
    nested: told("stage 1-7 was tapped without effect, and walking home 3 times did not help"),
    step: toldStep({ name: "tap", told: "tap: …", values: { id: 7, why: "walk home", point: "back" } }),
    values: [["outcome", "won"], ["open", false], ["action", "skill Myrtle"], ["direction", 0]].map((one) =>
      toldValue(...one)),
    reason: toldReason({ code: "stand_ins", count: 1, of: 4, details: { slug: ["it burns", "level 1"] } }),
  });
});
"""


def sentences() -> Iterator[str]:
    """What stands in the source as a sentence for a page, with a 7 in each gap."""
    for file in (file for folder in PLACES for file in (ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for said in _saying(node):
                yield from _texts(said)


def _saying(node: ast.AST) -> Iterator[ast.expr]:
    """The sentences of a part of the source: arguments of a call, or what is given to a variable."""
    if isinstance(node, ast.Call):
        place = SAYING.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
        yield from node.args[place : place + 1] if place is not None else []
        yield from (one.value for one in node.keywords if one.arg in NAMED)
    elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") in NAMED for one in node.targets):
        yield node.value


def _texts(said: ast.expr) -> list[str]:
    """A sentence of the source with its gaps filled; both where it depends, none where it is made elsewhere."""
    if isinstance(said, ast.IfExp):
        return [*_texts(said.body), *_texts(said.orelse)]
    if not isinstance(said, ast.JoinedStr | ast.Constant):
        return []
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    return ["".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)]


@pytest.fixture(scope="module")
def words(chromium, tmp_path_factory):
    """What a page makes of all sentences and words."""
    asked = [one for one in sentences() if not FOR_PROGRAMS.search(one)]
    assert len(asked) > 100
    triggers = {trigger for trigger, *_ in TRANSITIONS}
    names = [f"said_{one}" for one in (*SCREEN_NAMES, *triggers)] + [f"facing_{one}" for one in DIRECTIONS]
    names += [f"grade_{one}" for one in get_args(Level)] + [f"lesson_{code}" for code in shipped_codes()]
    names += [f"log_{event}" for event in EVENTS] + [
        f"field_{one}" for event in EVENTS.values() for one in event.fields
    ]
    commands = [str(one.__struct_config__.tag) for one in get_args(AnyCommand)]
    names += [f"trace_{one}" for one in (*EVENT_NAMES, *commands)] + [f"reason_{code}" for code in REASONS]
    names += [f"said_{part}" for part in get_args(get_type_hints(PartFailed)["part"])]
    with page(tmp_path_factory.mktemp("words")) as browser:
        chromium.get(f"http://localhost:{browser.port}/static/icon.svg")
        chromium.execute_script("localStorage.language = 'zh'")
        chromium.get(f"http://localhost:{browser.port}/")
        return chromium.execute_async_script(ASKED, asked, names)


def test_every_sentence_and_word_of_the_server_is_known_in_chinese(words):
    """A new one of the machine, the log, traces, grades, MQTT or the server needs its line in told.js or words.js."""
    assert words["unknown"] == []


def test_an_action_and_a_sentence_in_a_sentence_are_told_as_a_whole(words):
    """With the operator's Chinese name."""
    assert words["action"] == "在第 4 行第 3 列部署 桃金娘，朝上"
    assert words["nested"] == "点了关卡 1-7 没有反应，走回主界面 3 次也没有用"


def test_values_of_logs_and_traces_are_told_as_their_field_needs_it(words):
    """Reasons, results, yes and no, actions, directions; a trace's event is one sentence with its values in it."""
    assert words["step"] == "操作 7：点击 back，走回主界面"
    assert words["values"] == ["胜利", "否", "开启 桃金娘 的技能", "朝右"]


def test_a_reason_of_a_grade_is_worded_from_its_code_and_values(words):
    """Names and what is missing have their Chinese from the tables."""
    assert words["reason"] == "4 种敌人中有 1 种用替身数据：源石虫（它燃烧；等级 1）"

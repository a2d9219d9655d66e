"""What the server says to a Chinese page is Chinese: its sentences are known there, and so are the machine's words."""

# ruff: noqa: RUF001 - Chinese has marks of its own

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from web_side import page

from bot.extras import ROOT
from game.actions import DIRECTIONS
from game.levels.stage import shipped_codes
from planning.grading import Level
from states.events import SCREEN_NAMES
from states.machine import TRANSITIONS

SAYING = {"lose_the_way": 1, "give_up": 1, "refusal": 1, "RequestError": 0, "Reject": "why"}
"""Calls with a sentence that a page may show: the argument that is the sentence, by number or name."""
FOR_PROGRAMS = re.compile(
    "payload|content-type|verb is no text|the id |caller is no|response topic|retain flag|choose another"
    "|unknown request|requests are taken|without a password the page|first and last are|name a stage|there is no such"
    "|broke off|seconds since 1970|by its t|^7$|^7: 7$"
)
"""Sentences that answer to what a page never sends, or that repeat another program's."""
ASKED = """
const [sentences, words, done] = arguments, chinese = /[\\u4e00-\\u9fff]/;
Promise.all([import("/static/told.js"), import("/static/words.js")]).then(([{ told, toldAction }, { t, setNames }]) => {
  setNames({ Myrtle: "桃金娘" });
  done({
    unknown: [...sentences.filter((one) => !chinese.test(told(one))), ...words.filter((one) => !chinese.test(t(one)))],
    action: toldAction("deploy Myrtle at row 4, column 3 facing up"),
    nested: told("stage 1-7 was tapped without effect, and walking home 3 times did not help"),
  });
});
"""


def sentences() -> Iterator[str]:
    """What stands in the source as a sentence for a page, with a 7 in each gap."""
    files = [file for folder in ("states", "bot/web", "bot/mqtt") for file in (ROOT / folder).glob("*.py")]
    for file in (*files, ROOT / "bot" / "control.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from (_text(one) for one in _saying(node))


def _saying(call: ast.Call) -> list[ast.expr]:
    """The sentence among the arguments of a call, if it has one."""
    place = SAYING.get(getattr(call.func, "attr", getattr(call.func, "id", "")))
    found = [one.value for one in call.keywords if one.arg == place] or (
        call.args[place : place + 1] if isinstance(place, int) else []
    )
    return [one for one in found if isinstance(one, ast.JoinedStr | ast.Constant)]


def _text(said: ast.expr) -> str:
    """A sentence of the source with its gaps filled."""
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


@pytest.fixture(scope="module")
def words(chromium, tmp_path_factory):
    """What a page makes of all sentences and words."""
    asked = [one for one in sentences() if not FOR_PROGRAMS.search(one)]
    assert len(asked) > 12
    triggers = {trigger for trigger, *_ in TRANSITIONS}
    names = [f"said_{one}" for one in (*SCREEN_NAMES, *triggers)] + [f"facing_{one}" for one in DIRECTIONS]
    names += [f"grade_{one}" for one in get_args(Level)] + [f"lesson_{code}" for code in shipped_codes()]
    with page(tmp_path_factory.mktemp("words")) as browser:
        chromium.get(f"http://localhost:{browser.port}/static/icon.svg")
        chromium.execute_script("localStorage.language = 'zh'")
        chromium.get(f"http://localhost:{browser.port}/")
        return chromium.execute_async_script(ASKED, asked, names)


def test_every_sentence_and_word_of_the_server_is_known_in_chinese(words):
    """A new one in the machine, in MQTT's answers or in the page's server needs its line in told.js or words.js."""
    assert words["unknown"] == []


def test_an_action_and_a_sentence_in_a_sentence_are_told_as_a_whole(words):
    """With the operator's Chinese name."""
    assert words["action"] == "在第 4 行第 3 列部署 桃金娘，朝上"
    assert words["nested"] == "点了关卡 1-7 没有反应，走回主界面 3 次也没有用"

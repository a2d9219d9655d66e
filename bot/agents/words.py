"""What the coach tells a player and asks of a model, in the player's language: English or Chinese."""

# ruff: noqa: RUF001 - Chinese has marks of its own

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.agents.memory import Worked
from bot.agents.tools import Tool

Language = Literal["en", "zh"]
CHINESE_TEXT = re.compile(r"[㐀-鿿]")
NAMES: dict[Language, str] = {"en": "English", "zh": "Chinese (简体中文)"}
TOLD: dict[Language, dict[str, str]] = {
    "en": {
        "done": "What was done:",
        "nothing": "nothing",
        "failed": "failed",
        "unsupported": "Left out, because no cited result has its figures ({figures}): {text}",
        "refused": "The answer was refused: none of its sentences is borne out by what the tools said.",
        "ended": "No answer came within {steps} steps and {seconds:g} s.",
        "control": "Pausing, resuming and switching the bot were not allowed; --allow-control allows them.",
    },
    "zh": {
        "done": "做了什么：",
        "nothing": "什么也没做",
        "failed": "失败",
        "unsupported": "删去一句，所引结果里没有其中的数字（{figures}）：{text}",
        "refused": "回答被拒绝：没有一句有工具的结果作依据。",
        "ended": "在 {steps} 步、{seconds:g} 秒之内没有得到回答。",
        "control": "没有获准暂停、继续或切换机器人；--allow-control 可以允许。",
    },
}
"""What the coach itself says."""


def language_of(text: str) -> Language:
    """The language of a request: Chinese where it has Chinese characters, else English."""
    return "zh" if CHINESE_TEXT.search(text) else "en"


def instructions(tools: Sequence[Tool], language: Language, player: str, worked: Iterable[Worked]) -> str:
    """What a model is told before the request."""
    offered = "\n".join(f"- {tool.name}({_arguments(tool)}): {tool.sentence}" for tool in tools)
    known = "\n".join(f"- {_remembered(one)}" for one in worked) or "- nothing yet"
    return f"""\
You are the coach of {player}, who plays a tower-defence game with the bot Holdfast. You reply with one JSON object.
First you reply with {{"plan": [...]}}, the steps that you will take. Then you call tools, one at a time:
{{"tool": NAME, "arguments": {{…}}}}. Each result comes back with a number. At the end you
reply with {{"answer": [{{"text": "a sentence", "cites": [NUMBER]}}]}}, in {NAMES[language]}.
Every figure in a sentence must stand in a result that the sentence cites; never compute or guess one.
Do only what is asked for. An operator who is to stay at home goes into avoid, one who has to come into must.
Tools:
{offered}
What worked before:
{known}"""


def _arguments(tool: Tool) -> str:
    """The arguments of a tool, in brief; those with a question mark may be left out."""
    schema = tool.schema()
    needed = schema.get("required", ())
    return ", ".join(name if name in needed else f"{name}?" for name in schema["properties"])


def _remembered(one: Worked) -> str:
    """An entry of the memory in a line."""
    without = f" without {', '.join(one.avoided)}" if one.avoided else ""
    note = f"; {one.note}" if one.note else ""
    return f"{one.stage}{without}: plan {one.plan}, {one.stars} stars, held {one.held} of {one.battles}{note}"

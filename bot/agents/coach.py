"""The coach: a language model that plans its steps, calls tools and answers. What it may do is decided here, not by it.

Its replies are held to a schema, its calls are those of any agent, the loop is bounded in steps and seconds, and a
sentence whose figures no cited result has is taken out of its answer. What was done is told from the calls themselves.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.agents.calling import ToolAnswer, call
from bot.agents.engine import Engine, ReplyError
from bot.agents.figures import CheckedSentence, Sentence, checked
from bot.agents.memory import Worked
from bot.agents.tools import Desk, Tool, tools_for
from bot.agents.words import TOLD, instructions, language_of

STEPS = 8
"""Replies after the plan at most; the last one can only be the answer."""
SECONDS = 900.0
"""After so many seconds no further tool is called. One that runs then may end its own time."""
TOKENS, PLAN_TOKENS = 500, 200
"""Tokens of a reply at most, and of the plan."""
SHOWN = 4000
"""Characters of a result that the model gets to see."""
MOST_REMEMBERED = 20
NAMING = {"make_plan": "avoid or into must", "set_stage": "avoid"}
"""The tools that have to hear of each operator whom the player names, and by which argument."""
PLANNING = {
    "type": "object",
    "properties": {
        "plan": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "string", "maxLength": 100}}
    },
    "required": ["plan"],
    "additionalProperties": False,
}
ANSWERING = {
    "type": "object",
    "properties": {
        "answer": {
            "type": "array",
            "minItems": 1,
            "maxItems": 8,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "maxLength": 300},
                    "cites": {
                        "type": "array",
                        "maxItems": 6,
                        "items": {"type": "integer", "minimum": 1, "maximum": 20},
                    },
                },
                "required": ["text", "cites"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["answer"],
    "additionalProperties": False,
}
Tell = Callable[[str], None]


class CoachedCall(NamedTuple):
    """A call of a tool, and its answer."""

    tool: str
    arguments: Mapping[str, Any]
    answer: ToolAnswer


class CoachReport(NamedTuple):
    """What came of a request."""

    request: str
    plan: tuple[str, ...]
    calls: tuple[CoachedCall, ...]
    sentences: tuple[CheckedSentence, ...]
    """Those of the answer, the ones that were taken out too; empty where no answer came."""
    may_act: bool

    @property
    def kept(self) -> tuple[CheckedSentence, ...]:
        """The sentences whose figures all have a source."""
        return tuple(one for one in self.sentences if not one.missing)

    def lines(self) -> Iterator[str]:
        """The answer, then what was done and what was left out, in the language of the request."""
        told = TOLD[language_of(self.request)]
        yield from map(str, self.kept)
        if self.sentences and not self.kept:
            yield told["refused"]
        if not self.sentences:
            yield told["ended"].format(steps=STEPS, seconds=SECONDS)
        yield from ("", told["done"])
        for number, one in enumerate(self.calls, 1):
            given = ", ".join(f"{name}={_brief(value)}" for name, value in one.arguments.items())
            yield f"  {number}. {one.tool}({given})" + (
                "" if one.answer.ok else f": {told['failed']}: {one.answer.value}"
            )
        if not self.calls:
            yield f"  {told['nothing']}"
        if not self.may_act:
            yield f"  {told['control']}"
        for sentence in self.sentences:
            if sentence.missing:
                yield "  " + told["unsupported"].format(figures=", ".join(sentence.missing), text=sentence.text)

    def facts(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "request": self.request,
            "plan": self.plan,
            "answer": [
                {"text": one.text, "sources": [source._asdict() for source in one.sources]} for one in self.kept
            ],
            "left_out": [{"text": one.text, "missing": one.missing} for one in self.sentences if one.missing],
            "calls": [
                {"tool": one.tool, "arguments": one.arguments, "ok": one.answer.ok, "result": one.answer.value}
                for one in self.calls
            ],
            "control_allowed": self.may_act,
        }


async def coach(
    request: str,
    engine: Engine,
    desk: Desk,
    player: str,
    worked: Sequence[Worked],
    named: Collection[tuple[str, ...]] = (),
    tell: Tell = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> CoachReport:
    """Carry out a request of a player; `tell` gets lines about what is done.

    `named` has, for each operator that the request names, all of its names: a plan must say whether it is to come or to
    stay at home. `worked` is what is remembered of this player. Raises EngineError where the model's server fails.
    """
    tools, language, began = tools_for(desk), language_of(request), clock()
    told = instructions(tools, language, player, worked[-MOST_REMEMBERED:])
    messages = [{"role": "system", "content": told}, {"role": "user", "content": request}]
    plan = _texts(await _asked(engine, messages, PLANNING, PLAN_TOKENS), "plan")
    for one in plan:
        tell(f"- {one}")
    _say(messages, "now call the first tool, or answer")
    calls: list[CoachedCall] = []
    for left in range(STEPS - 1, -1, -1):
        only_answer = left == 0 or clock() - began > SECONDS
        reply = await _asked(engine, messages, ANSWERING if only_answer else turn_schema(tools))
        if sentences := _sentences(reply):
            results = [one.answer.value if one.answer.ok else {"error": one.answer.value} for one in calls]
            found = tuple(checked(one, results, request) for one in sentences)
            return CoachReport(request, plan, tuple(calls), found, desk.may_act)
        if only_answer:
            break
        if "tool" not in reply:
            _say(messages, 'reply with {"tool": …, "arguments": …} or {"answer": [{"text": …, "cites": […]}]}')
            continue
        name, arguments = str(reply["tool"]), reply.get("arguments")
        given = arguments if isinstance(arguments, dict) else {}
        tell(f"{name} {json.dumps(given, ensure_ascii=False)}")
        if refusal := _refusal(name, given, calls, named):
            _say(messages, refusal)
            continue
        answer = await call(name, given, desk)
        calls.append(CoachedCall(name, given, answer))
        _say(messages, f"result {len(calls)} of {name}: {answer.text()[:SHOWN]}")
    return CoachReport(request, plan, tuple(calls), (), desk.may_act)


def turn_schema(tools: Sequence[Tool]) -> dict[str, Any]:
    """What a reply may be: a call of one of the tools, or the answer."""
    calls = [
        {
            "type": "object",
            "properties": {"tool": {"const": tool.name}, "arguments": tool.schema(patterns=False)},
            "required": ["tool", "arguments"],
            "additionalProperties": False,
        }
        for tool in tools
    ]
    return {"anyOf": [*calls, ANSWERING]}


async def _asked(
    engine: Engine, messages: list[dict[str, str]], schema: Mapping[str, Any], tokens: int = TOKENS
) -> dict[str, Any]:
    """The model's next reply, which is added to the messages; empty where it is no object."""
    try:
        reply = await engine.reply(messages, schema, tokens)
    except ReplyError as error:
        _say(messages, str(error))
        return {}
    messages.append({"role": "assistant", "content": json.dumps(reply, ensure_ascii=False)})
    return reply


def _say(messages: list[dict[str, str]], text: str) -> None:
    """Say something to the model. Roles alternate: many templates refuse two messages of one role in a row."""
    if messages[-1]["role"] == "user":
        text = f"{messages.pop()['content']}\n{text}"
    messages.append({"role": "user", "content": text})


def _texts(reply: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The texts of a list in a reply, a few."""
    found = reply.get(key)
    return tuple(str(one)[:200] for one in found[:6]) if isinstance(found, list) else ()


def _sentences(reply: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """The sentences of an answer; a sentence without a list of citations cites nothing."""
    found = reply.get("answer")
    if isinstance(found, str):
        return (Sentence(found),)
    entries = [one for one in found[:8] if isinstance(one, dict)] if isinstance(found, list) else []
    return tuple(Sentence(str(one.get("text", "")), _whole_numbers(one.get("cites"))) for one in entries)


def _whole_numbers(value: Any) -> tuple[int, ...]:
    """The whole numbers of a list."""
    return tuple(one for one in value if type(one) is int) if isinstance(value, list) else ()


def _refusal(
    name: str, given: Mapping[str, Any], calls: Sequence[CoachedCall], named: Collection[tuple[str, ...]]
) -> str:
    """Why a call is not made, for the model; empty where it may be."""
    for number, one in enumerate(calls, 1):
        if (one.tool, one.arguments) == (name, given):
            return f"this was called already: see result {number}; call another tool, or answer"
    if name in NAMING:
        planned = [one.arguments for one in calls if one.tool == "make_plan"] if name == "set_stage" else []
        wanted = [given.get("avoid"), given.get("must"), *(one.get("must") for one in planned)]
        listed = {_folded(one) for names in wanted for one in _as_list(names)}
        for names in named:
            if not listed & {_folded(one) for one in names}:
                return f"the player names {names[0]}: put {names[0]} into {NAMING[name]}"
    return ""


def _as_list(value: Any) -> list[Any]:
    """A list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def _folded(name: object) -> str:
    """A name without case and spaces."""
    return re.sub(r"\s+", "", str(name)).casefold()


def named_in(request: str, names: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Those of the operators, each with all of its names, that a request names. Names of one character do not count."""
    text = request.casefold()
    return [each for each in names if any(_stands_in(one.casefold(), text) for one in each if len(one) > 1)]


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text: as a whole word, or anywhere in a script without spaces between words."""
    if name.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
    return name in text


def _brief(value: Any) -> str:
    """An argument as it is told."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

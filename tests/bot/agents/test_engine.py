"""The client for language models: one protocol, whatever the server can and however it fails."""

from __future__ import annotations

import pytest
from model_side import model_side

from bot.agents.engine import KEY, Engine, EngineError, ReplyError, object_in
from game.errors import InputError

ASK = [{"role": "user", "content": "x"}]
SCHEMA = {"type": "object"}


@pytest.fixture(autouse=True)
def client():
    """The library that speaks HTTP."""
    return pytest.importorskip("httpx", reason="httpx of the extra coach is not installed")


@pytest.mark.parametrize(
    ("knows", "last"),
    [
        (("json_schema", "json_object", "text"), {"type": "json_schema"}),
        (("json_object", "text"), {"type": "json_object"}),
        (("text",), {}),
    ],
)
async def test_a_server_is_asked_for_the_strictest_format_that_it_knows(knows, last):
    """And, once it has refused one, not for that again."""
    with model_side({"ok": 1}, knows=knows) as side:
        async with Engine(side.url) as engine:
            assert await engine.reply(ASK, SCHEMA, 10) == {"ok": 1}
            first = len(side.asked)
            assert await engine.reply(ASK, SCHEMA, 10) == {"ok": 1}
    assert len(side.asked) == first + 1
    assert side.asked[-1]["model"] == "a-model"
    assert side.asked[-1].get("response_format", {}).items() >= last.items()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('<think>{"a": 0}</think> Sure!\n```json\n{"a": {"b": 2}}\n```', {"a": {"b": 2}}),
        ('{broken {"a": 3} rest', {"a": 3}),
    ],
)
def test_the_object_is_found_in_what_a_model_says(text, found):
    """Without its thoughts and its courtesies."""
    assert object_in(text) == found


@pytest.mark.parametrize("text", ["", "no", "[1]", "{", "<think>{}", "{" * 5000])
def test_a_reply_without_an_object_is_told_to_the_model(text):
    """However deep its brackets are."""
    with pytest.raises(ReplyError):
        object_in(text)


async def test_a_server_that_refuses_or_is_not_there_is_one_line(unused_port):
    """With what to do."""
    with model_side({"ok": 1}, status=401) as side:
        async with Engine(side.url) as engine:
            with pytest.raises(EngineError, match="the server refuses \\(401\\)"):
                await engine.reply(ASK, SCHEMA, 10)
    with model_side({"ok": 1}, status=400) as side:
        async with Engine(side.url) as engine:
            with pytest.raises(EngineError, match="the server refuses \\(400\\)"):
                await engine.reply(ASK, SCHEMA, 10)
    assert len(side.asked) == 1
    async with Engine(f"http://127.0.0.1:{unused_port}/v1") as engine:
        with pytest.raises(EngineError, match="start one with: holdfast coach serve"):
            await engine.reply(ASK, SCHEMA, 10)


async def test_the_key_is_sent_to_the_server_and_never_unencrypted_to_another_machine(monkeypatch):
    """It comes from the environment only."""
    monkeypatch.setenv(KEY, "hush-1")
    with model_side({"ok": 1}) as side:
        async with Engine(side.url) as engine:
            await engine.reply(ASK, SCHEMA, 10)
    assert side.keys == ["Bearer hush-1"]
    with pytest.raises(InputError, match="unencrypted; use https") as caught:
        Engine("http://example.org/v1")
    assert "hush" not in str(caught.value)
    with pytest.raises(InputError, match="is no address"):
        Engine("example.org")

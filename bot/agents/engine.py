"""A client for language models behind the OpenAI protocol: llama.cpp, vLLM, transformers serve, Ollama, DeepSeek, ….

Replies are JSON objects. Where the server can, a schema holds the model to them; else the reply is searched for one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from game.errors import HoldfastError, InputError

KEY = "HOLDFAST_COACH_KEY"
"""The variable of the environment that has the key of a remote server."""
LARGEST_REPLY = 1 << 20
"""Bytes of a reply; a longer one is an error."""
FORMATS = ("json_schema", "json_object", "text")
"""What a server may be asked for, the strictest first; one that refuses a format is asked for the next."""
REFUSALS = (400, 404, 415, 422, 501)
"""Status codes with which servers answer to a format that they do not know,"""
OF_THE_FORMAT = re.compile(r"format|schema|grammar|json", re.IGNORECASE)
"""and what their answers then speak of. What they refuse for another reason is an error."""
CUT_SHORT = "model produced output that does not match"
"""What llama.cpp says, with status 500, of a reply that the limit of tokens ended."""
THOUGHTS = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
Message = Mapping[str, str]


class EngineError(HoldfastError):
    """The server of the model cannot be reached, refuses, or answers something else than the protocol says."""


class ReplyError(ValueError):
    """A reply has no JSON object in it. The message is for the model."""


class Engine:
    """A model behind a server. A context manager, which closes the connection at the end."""

    def __init__(self, url: str, model: str = "", seconds: float = 600.0) -> None:
        """`url` ends with /v1 as a rule; without a `model` the first that the server names is used. A reply may take
        `seconds`: on a CPU reading the instructions alone takes minutes.

        Raises InputError where the key would leave this machine unencrypted.
        """
        import httpx

        self.url, self.model = url.rstrip("/"), model
        self._format = FORMATS[0]
        parts, key = urlsplit(self.url), os.environ.get(KEY, "")
        near = parts.hostname in LOOPBACK_HOSTS
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"--url: {url!r} is no address; write http://127.0.0.1:8766/v1")
        if key and parts.scheme == "http" and not near:
            raise InputError(f"--url: {KEY} would be sent to {parts.hostname} unencrypted; use https")
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(headers=headers, timeout=seconds, trust_env=not near)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def reply(self, messages: Sequence[Message], schema: Mapping[str, Any], tokens: int) -> dict[str, Any]:
        """The object that the model replies with, of at most so many tokens.

        Raises EngineError for a server that fails, ReplyError for a reply without an object.
        """
        self.model = self.model or await self._first_model()
        asked = {"model": self.model, "messages": list(messages), "max_tokens": tokens, "temperature": 0.2, "seed": 0}
        while True:
            status, answer = await self._send("POST", "/chat/completions", {**asked, **self._wanted(schema)})
            if status == 200:
                return object_in(_content(answer))
            if status == 500 and CUT_SHORT in _told(answer):
                raise ReplyError("the reply was cut short; reply with one short JSON object")
            of_format = status in REFUSALS and OF_THE_FORMAT.search(_told(answer)) is not None
            if not of_format or self._format == FORMATS[-1]:
                raise EngineError(f"{self.url}: the server refuses ({status}): {_told(answer)}")
            self._format = FORMATS[FORMATS.index(self._format) + 1]

    def _wanted(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The field that asks for the format."""
        match self._format:
            case "json_schema":
                held = {"name": "reply", "schema": schema, "strict": True}
                return {"response_format": {"type": "json_schema", "json_schema": held}}
            case "json_object":
                return {"response_format": {"type": "json_object"}}
        return {}

    async def _first_model(self) -> str:
        """The first model that the server names."""
        status, answer = await self._send("GET", "/models")
        match answer:
            case {"data": [{"id": str(name)}, *_]} if status == 200:
                return name
        raise EngineError(f"{self.url}: the server names no model ({status}); name one with --model")

    async def _send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request; its status, and the answer as JSON or text."""
        import httpx

        found = bytearray()
        try:
            async with self._client.stream(method, self.url + path, json=body) as response:
                async for piece in response.aiter_bytes():
                    found += piece
                    if len(found) > LARGEST_REPLY:
                        raise EngineError(f"{self.url}: the reply is larger than {LARGEST_REPLY >> 20} MiB")
        except httpx.TimeoutException:
            raise EngineError(f"{self.url}: no answer in time; try a smaller model") from None
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise EngineError(
                f"{self.url}: no model answers ({why}); start one with: holdfast coach serve --model FILE.gguf "
                "(holdfast coach doctor says which)"
            ) from None
        try:
            return response.status_code, json.loads(found)
        except ValueError:
            return response.status_code, found.decode("utf-8", "replace")


def _content(answer: Any) -> str:
    """The text of a chat completion. Raises EngineError for anything else."""
    match answer:
        case {"choices": [{"message": {"content": str(text)}}, *_]}:
            return text
    raise EngineError(f"the server's answer is no chat completion: {str(answer)[:200]}")


def _told(answer: Any) -> str:
    """A server's error in a line."""
    match answer:
        case {"error": {"message": str(text)}} | {"error": str(text)} | {"detail": str(text)}:
            return " ".join(text.split())[:300]
    return " ".join(str(answer).split())[:300]


def object_in(text: str) -> dict[str, Any]:
    """The first JSON object in a model's text, without its thoughts. Raises ReplyError where there is none."""
    text = THOUGHTS.sub("", text)
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    raise ReplyError("reply with one JSON object and nothing else")

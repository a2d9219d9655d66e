"""The side of a language model: a server of the OpenAI protocol whose replies a test writes down beforehand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ModelSide:
    """What the server was asked, and what it replies: texts or objects, the last one again and again."""

    def __init__(self, replies: list[Any], knows: tuple[str, ...], status: int) -> None:
        self.replies, self.knows, self.status = list(replies), knows, status
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the answer of a chat completion."""
        self.asked.append(body)
        wanted = body.get("response_format", {}).get("type", "text")
        if wanted not in self.knows:
            return 400, {"error": {"message": f"unknown response_format {wanted}"}}
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return self.status, {"choices": [{"message": {"role": "assistant", "content": text}}]}


@contextmanager
def model_side(
    *replies: Any, knows: tuple[str, ...] = ("json_schema", "json_object", "text"), status: int = 200
) -> Iterator[ModelSide]:
    """A server on a free port of loopback, until the block ends."""
    side = ModelSide(list(replies), knows, status)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give(200, {"data": [{"id": "a-model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            side.keys.append(self.headers.get("authorization", ""))
            self._give(*side.answer(body))

        def _give(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    side.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield side
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""A browser's side of the page for tests: requests as browsers send them, over real HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ports import free_port

from bot.config import Config, parse
from bot.web.alone import serving

PATIENCE = 30.0


class Answer(NamedTuple):
    """What a server answers."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Browser:
    """Sends requests to a port of this machine, with a cookie once it has one."""

    def __init__(self, port: int, name: str = "127.0.0.1") -> None:
        self.port = port
        self.host = f"{name}:{port}"
        self.cookie = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; `headers` replace those that a browser would send from the page itself, empty ones none."""
        sent = {"host": self.host, "origin": f"http://{self.host}" if method != "GET" else "", "cookie": self.cookie}
        sent["content-type"] = "application/json" if body is not None else ""
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value:
                connection.putheader(name, value)
        connection.putheader("content-length", str(len(content or b"")))
        connection.endheaders(content)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        if cookie := response.headers.get("set-cookie"):
            self.cookie = cookie.split(";")[0]
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Look at something."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask for something."""
        return self.ask("POST", path, {} if body is None else body, **headers)


@contextmanager
def page(folder: Any, **web: Any) -> Iterator[Browser]:
    """The page of a data directory below a folder, without a bot, and a browser that looks at it."""
    config: Config = parse({"web": web, "mqtt": {"port": free_port()}}, folder=folder)
    port = free_port()
    with serving(config, port):
        yield Browser(port)

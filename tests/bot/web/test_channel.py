"""The newest state for all browsers: none is sent twice, and a slow one holds nothing up."""

from __future__ import annotations

import asyncio
import json
import socket
import time

from web_side import PATIENCE

from bot.config import parse
from bot.web.app import make_app
from bot.web.channel import Channel, Samples
from bot.web.server import WebServer


async def next_of(stream) -> dict:
    """The next message of a stream."""
    async with asyncio.timeout(PATIENCE):
        while True:
            event = await anext(stream)
            if event.startswith(b"data: "):
                return json.loads(event[6:])


async def test_a_viewer_gets_the_newest_message_and_never_an_old_one():
    """What came while it was busy is left out."""
    channel = Channel()
    channel.publish({"n": 1})
    stream = channel.messages()
    assert (await next_of(stream))["n"] == 1
    for n in (2, 3, 4):
        channel.publish({"n": n})
    assert (await next_of(stream))["n"] == 4
    waiting = asyncio.create_task(next_of(stream))
    await asyncio.sleep(0)
    channel.publish({"n": 5})
    assert (await waiting)["n"] == 5
    assert channel.viewers == 1
    channel.close()
    assert [event async for event in stream] == []
    assert channel.viewers == 0


def test_a_browser_that_does_not_read_holds_up_no_other(tmp_path):
    """Over real connections: hundreds of large messages, of which the reader gets the newest at once."""
    channel = Channel()
    app = make_app(parse({}, folder=tmp_path), channel, Samples(), None)
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    port = server._socket.getsockname()[1]
    ask = f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    with socket.socket() as stuck, socket.create_connection(("127.0.0.1", port), PATIENCE) as reader:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect(("127.0.0.1", port))
        stuck.sendall(ask)
        reader.sendall(ask)
        deadline = time.monotonic() + PATIENCE
        while channel.viewers < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        large = "x" * 200_000
        lines = reader.makefile("rb")
        for n in range(100):
            server.call(channel.publish, {"n": n, "frame": large})
            while not (line := next(lines)).startswith(b"data: "):
                pass
            assert json.loads(line[6:])["n"] == n
        assert channel.viewers == 2
    server.close()
    assert not server._thread.is_alive()


def test_samples_come_at_their_time_and_only_so_many(monkeypatch):
    """Two hours of them."""
    samples = Samples()
    assert samples.are_due()
    samples.take({"loss": 0.5, "latency_ms": {"p50": 1.0}, "twin": None})
    assert not samples.are_due()
    for _ in range(800):
        samples.take({})
    assert len(samples.all()) == 720

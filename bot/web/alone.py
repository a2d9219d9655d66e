"""The page in a process of its own: `holdfast web`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Config
from bot.web.app import make_app
from bot.web.attached import AttachedBot
from bot.web.channel import Channel, Samples
from bot.web.extra import WebError
from bot.web.server import WebServer


@contextmanager
def serving(config: Config, port: int) -> Iterator[str]:
    """Serve the page on a port while the block runs; gives its address. Raises WebError where that is not possible."""
    channel, samples = Channel(), Samples()
    bot = AttachedBot(config, channel, samples)
    app = make_app(config, channel, samples, bot, bot.run)
    try:
        server = WebServer(app, config.web.host, port)
    except OSError as error:
        raise WebError(
            f"cannot listen on {config.web.host}:{port} ({error.strerror or error}); is a daemon's page there already? "
            "Choose another with --port"
        ) from None
    server.start()
    try:
        yield server.address
    finally:
        server.call(channel.close)
        server.close()

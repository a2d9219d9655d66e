"""The page beside a daemon, in the same process: what it shows is handed over here, and its requests come in here.

`BesidePage.show` is called by the reporter's rounds in the bot's loop. It only collects what there is; encoding a frame
and sending are done in the server's thread. While that is busy, or while no browser watches, nothing is collected.
"""

from __future__ import annotations

import asyncio
import base64
import time
from typing import TYPE_CHECKING, Any

from bot import log, requests
from bot.config import Config
from bot.control import Control
from bot.web.channel import Channel, Samples
from bot.web.extra import check_extra, password_of

if TYPE_CHECKING:
    from bot.daemon import Daemon
    from bot.web.drawing import Glance
    from bot.web.server import WebServer

FRAME_SECONDS = 0.45
"""Least seconds between two frames that are sent: of the reporter's rounds every second one."""
ANSWER_SECONDS = 30.0
"""Seconds in which a request is answered, else its caller is told that it was not."""
PART = "web"


def open_page(config: Config, control: Control) -> BesidePage | None:
    """The page of a run, serving; None where [web] enabled does not ask for it, or where it cannot listen.

    To be called in the bot's loop. Raises ExtraError and WebError as `check_page` does.
    """
    if not config.web.enabled:
        return None
    check_page(config)
    page = BesidePage(config, control, asyncio.get_running_loop())
    return page if page.start() else None


def check_page(config: Config) -> None:
    """Raise ExtraError without the packages of the page that [web] asks for, WebError without the password it needs."""
    if config.web.enabled:
        check_extra()
        password_of(config.web)


class BesidePage:
    """The page of a daemon; `loop` is the bot's own, in which `control` lives."""

    def __init__(self, config: Config, control: Control, loop: asyncio.AbstractEventLoop) -> None:
        self._config = config
        self._control = control
        self._loop = loop
        self._channel = Channel()
        self._samples = Samples()
        self._server: WebServer | None = None
        self._due = 0.0
        self._busy = False
        """Whether the server's thread has not sent the last moment yet."""

    def start(self) -> bool:
        """Begin to serve; False, with a line in the log, where that is not possible."""
        from bot.web.app import make_app
        from bot.web.server import WebServer

        options = self._config.web
        app = make_app(self._config, self._channel, self._samples, self)
        try:
            self._server = WebServer(app, options.host, options.port)
        except OSError as error:
            why = f"cannot listen on {options.host}:{options.port} ({error.strerror or error}); playing on without it"
            log.logger().warning("web", why=f"{why}. Choose another [web] port")
            return False
        self._server.start()
        log.logger().info("web", address=self._server.address)
        return True

    async def close(self) -> None:
        """End the streams and the server."""
        if self._server is not None:
            self._server.call(self._channel.close)
            await asyncio.to_thread(self._server.close)

    def show(self, daemon: Daemon) -> None:
        """Hand over how the daemon is now, if a browser wants to know and has taken what came before."""
        now, watched = time.monotonic(), self._channel.viewers > 0
        if self._samples.are_due():
            self._samples.take(daemon.describe())
        if not watched or self._busy or now < self._due or self._server is None:
            return
        from bot.web.drawing import Glance

        self._due, self._busy = now + FRAME_SECONDS, True
        parts = daemon.parts
        moment = Glance(parts.watcher.sight, daemon.known, daemon.inferred, tuple(daemon.decisions.recent))
        self._server.call(self._publish, daemon.describe(), moment, daemon)

    def _publish(self, status: dict[str, Any], moment: Glance, daemon: Daemon) -> None:
        """Send a moment to all viewers; in the server's thread."""
        from bot.web import drawing
        from bot.web.stages import steps_of

        parts = daemon.parts
        try:
            frame = base64.b64encode(drawing.jpeg(moment.sight)).decode() if moment.sight else None
            self._channel.publish(
                {
                    "status": status,
                    "drawn": drawing.drawn(moment, parts),
                    "hand": drawing.hand(moment.known, parts),
                    "decisions": drawing.decided(moment.decisions, parts),
                    "plan": steps_of(parts.plan) if parts.plan else [],
                    "frame": frame,
                }
            )
        except Exception as error:  # noqa: BLE001 - what cannot be drawn is no reason to stop showing the rest
            log.logger().warning("part_failed", part=PART, why=f"{type(error).__name__}: {error}")
            self._channel.publish({"status": status})
        finally:
            self._busy = False

    async def ask(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request: that it is done, accepted where it is done after the battle, or why it is not."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[dict[str, Any]] = loop.create_future()
        request = requests.find(verb)
        wanted = {"done", "rejected", *(["accepted"] if request and request.later else [])}

        def settle(said: dict[str, Any]) -> None:
            if not answered.done():
                answered.set_result(said)

        def reply(said: dict[str, Any]) -> None:
            if said["step"] in wanted:
                loop.call_soon_threadsafe(settle, said)

        try:
            self._loop.call_soon_threadsafe(self._control.ask, verb, arguments, "web", reply)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answered
        except (TimeoutError, RuntimeError):
            why = f"no answer within {ANSWER_SECONDS:g} s; the bot may be ending"
            return {"verb": verb, "step": "rejected", "code": "ended", "why": why}

    async def status(self) -> dict[str, Any]:
        """The figures of the bot."""
        return await self.ask("status", {})

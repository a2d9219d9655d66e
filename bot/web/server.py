"""Listens for browsers, in a thread and an event loop of its own: whatever they do, the bot's loop does not wait."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

CONNECTIONS = 128
"""Connections that are served at the same time; further ones get status 503."""
LEAVING = 2.0
"""Seconds that responses under way have at the end."""


class WebServer:
    """Serves an application on an address until it is closed. Raises OSError where it cannot listen there."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # what browsers send wrongly is not worth a line
        settings: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "on", "http": "h11"}
        limits: dict[str, Any] = {"limit_concurrency": CONNECTIONS, "timeout_graceful_shutdown": round(LEAVING)}
        bare: dict[str, Any] = {"server_header": False, "proxy_headers": False, "ws": "none"}
        self._server = uvicorn.Server(uvicorn.Config(app, **settings, **limits, **bare))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, for browsers."""
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def call(self, work: Callable[..., object], *arguments: object) -> None:
        """Have something done soon in the server's loop; any thread may ask. After the end it is left out."""
        try:
            self._loop.call_soon_threadsafe(work, *arguments)
        except RuntimeError:  # the loop is closed
            return

    def close(self) -> None:
        """End; returns once the thread has ended, or did not for a while."""
        self._server.should_exit = True
        self._thread.join(2 * LEAVING)

    def _run(self) -> None:
        """Serve, in the thread."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._server.serve(sockets=[self._socket]))
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()

"""Who may see the page and ask for things, and what browsers are told to refuse.

- Without a password only this machine is served, and only under its own names: a page elsewhere whose name is made to
  point at this machine (DNS rebinding) is turned away.
- With one, everything but the login and the page's own files wants the cookie that the login gives: HttpOnly and
  SameSite=Strict, valid until the server ends.
- Every request that changes something has to come from the page itself: its Origin has to be the address it is sent to.
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import log
from bot.mqtt.rate import Rate
from bot.web.extra import is_loopback

COOKIE = "holdfast_session"
COOKIE_SECONDS = 30 * 24 * 3600
SESSIONS = 64
"""Logins that are valid at the same time; the oldest ends first."""
TRIES, TRIES_PER_SECOND = 5, 0.2
"""Passwords that may be tried at once, and how many more each second after that, by all callers together."""
READING = ("GET", "HEAD")
LOGIN, FILES = "/login", "/static/"
"""What is served before a login."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""Of every response; a response may set its own cache-control."""


class Sessions:
    """The logins that are valid. `password` is empty where none is asked for."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()
        self._tokens: dict[str, None] = {}
        self._rate = Rate(TRIES, TRIES_PER_SECOND)

    @property
    def needed(self) -> bool:
        """Whether a password is asked for."""
        return bool(self._password)

    def holds(self, request: Request) -> bool:
        """Whether a request may see what is behind the login."""
        return not self.needed or request.cookies.get(COOKIE, "") in self._tokens

    def begin(self, password: str) -> Response:
        """What a login is answered with: the cookie where the password is right."""
        if not self._rate.allows("login", time.monotonic()):
            return refusal(429, "too many passwords were tried; wait a moment")
        if not hmac.compare_digest(password.encode(), self._password):
            return refusal(403, "that is not the password")
        token = secrets.token_urlsafe(32)
        self._tokens[token] = None
        if len(self._tokens) > SESSIONS:
            del self._tokens[next(iter(self._tokens))]
        response = JSONResponse({"step": "done"})
        response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="strict")
        return response

    def end(self, request: Request) -> Response:
        """What a logout is answered with."""
        self._tokens.pop(request.cookies.get(COOKIE, ""), None)
        response = JSONResponse({"step": "done"})
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response


class Guard:
    """Lets requests through to `app` that may be answered, and puts `HEADERS` on every response."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refusal(Request(scope)) or self._app
        try:
            await answer(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - an error of the page is no reason to end anything
            log.logger().error("part_failed", part="web", why=f"{scope['path']}: {type(error).__name__}: {error}")

    def _refusal(self, request: Request) -> Response | None:
        """Why a request is not answered; None where it is."""
        host, path = request.headers.get("host", ""), request.url.path
        if not self._sessions.needed and not is_own_name(host):
            return refusal(421, "without a password the page is served to this machine only, as localhost or 127.0.0.1")
        if request.method not in READING and not is_own_origin(request.headers.get("origin", ""), host):
            return refusal(403, "requests are taken from the page itself only: the Origin is another, or missing")
        if path == LOGIN or path.startswith(FILES) or self._sessions.holds(request):
            return None
        return RedirectResponse(LOGIN, 303) if path == "/" else refusal(401, "log in first")


def refusal(status: int, why: str, **more: Any) -> Response:
    """A response that says why a request is not answered."""
    return JSONResponse({"step": "rejected", "why": why, **more}, status)


def is_own_name(host: str) -> bool:
    """Whether a Host header names this machine by a name that only this machine can have."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name)


def is_own_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names the server that a Host header names."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return bool(host) and parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()

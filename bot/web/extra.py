"""What the page needs besides the bot: the packages of its extra, and a password where other machines can reach it."""

from __future__ import annotations

import ipaddress
import os

from bot.config import WebOptions
from bot.extras import need_extra
from game.errors import InputError

PASSWORD = "HOLDFAST_WEB_PASSWORD"  # noqa: S105 - the name of a variable


class WebError(InputError):
    """The page cannot be served. The message says what to do."""


def check_extra() -> None:
    """Raise ExtraError where the packages of the extra are not installed."""
    need_extra("web", "the page", "starlette", "uvicorn")


def password_of(options: WebOptions) -> str:
    """The password of the page; empty where none is asked for.

    Raises WebError where there is none although other machines can reach the address.
    """
    password = os.environ.get(PASSWORD) or options.password
    if not password and not is_loopback(options.host):
        raise WebError(
            f"[web] host {options.host} can be reached from other machines: set [web] password, or the environment's "
            f"{PASSWORD}"
        )
    return password


def is_loopback(host: str) -> bool:
    """Whether an address or a name is one of loopback, which other machines cannot reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

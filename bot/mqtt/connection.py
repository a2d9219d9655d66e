"""How to reach the broker: host, TLS, user and password, and the version of the protocol.

User and password come from the environment (HOLDFAST_MQTT_USERNAME, HOLDFAST_MQTT_PASSWORD), else from the options. The
password may also be the first line of a file, which is used even if other users can read it: containers mount secrets
so.
"""

from __future__ import annotations

import asyncio
import math
import os
import ssl
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt

from bot.config import MqttOptions
from bot.mqtt.broker import LOOPBACK

Value = TypeVar("Value")

USERNAME, PASSWORD = "HOLDFAST_MQTT_USERNAME", "HOLDFAST_MQTT_PASSWORD"
TIMED_OUT = "Operation timed out"
"""What is said of a broker that does not answer in time."""
UNSUPPORTED_VERSION = 132
"""The reason code of a broker that does not speak MQTT 5."""


def selector_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that MQTT needs: on Windows not the default one. Hand it to `asyncio.Runner(loop_factory=…)`."""
    return asyncio.SelectorEventLoop if sys.platform == "win32" else None


class EndingClient(aiomqtt.Client):
    """A client whose calls end when the task that makes them is cancelled.

    Aiomqtt waits for every acknowledgement with `asyncio.wait_for`. Before Python 3.12 that returns as if nothing had
    happened where the task is cancelled in the moment in which the acknowledgement comes (python/cpython#86296). A task
    that sends answers during a flood of requests nearly always waits for one: the task went on for ever, and so did
    those who waited for its end.
    """

    async def _wait_for(self, fut: Awaitable[Value], timeout: float | None) -> Value:  # noqa: ASYNC109 - aiomqtt's own
        """What `fut` gives. Raises MqttError when it takes longer than `timeout`; None stands for the usual time."""
        seconds = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                return await fut
        except TimeoutError:
            raise aiomqtt.MqttError(TIMED_OUT) from None


def client(options: MqttOptions, identifier: str, **more: Any) -> EndingClient:
    """A client of the configured broker, not yet connected; `more` is for `aiomqtt.Client`.

    Raises MqttError where a certificate or the file of the password cannot be read.
    """
    username, password = credentials(options)
    return EndingClient(
        options.host or LOOPBACK,
        options.port,
        username=username,
        password=password,
        identifier=identifier,
        tls_context=tls(options),
        **more,
    )


def credentials(options: MqttOptions) -> tuple[str | None, str | None]:
    """User and password, None where there is none. Raises MqttError where the password's file cannot be read."""
    username = os.environ.get(USERNAME) or options.username or None
    password = os.environ.get(PASSWORD) or _written(options) or options.password or None
    return username, password


def _written(options: MqttOptions) -> str:
    """The first line of the password's file; empty without one."""
    if not options.password_file:
        return ""
    try:
        text = Path(options.password_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise aiomqtt.MqttError(f"[mqtt] password_file {options.password_file}: {why}") from None
    return text.split("\n", 1)[0].rstrip("\r")


def tls(options: MqttOptions) -> ssl.SSLContext | None:
    """What TLS needs; None without it. Raises MqttError where a certificate cannot be read."""
    if not options.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=options.ca_file or None)
        if options.cert_file:
            context.load_cert_chain(options.cert_file, options.key_file or None)
    except (OSError, ssl.SSLError) as error:
        raise aiomqtt.MqttError(f"[mqtt] ca_file, cert_file or key_file cannot be used: {error}") from None
    return context


def speaks_no_mqtt_5(error: Exception) -> bool:
    """Whether an attempt to connect failed because the broker knows only older versions of MQTT."""
    reason = getattr(error, "rc", None)
    return getattr(reason, "value", reason) == UNSUPPORTED_VERSION

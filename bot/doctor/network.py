"""Checks of the network: whether the broker is there and takes us."""

from __future__ import annotations

import asyncio
import socket

from bot.config import Config, MqttOptions
from bot.doctor.finding import Found, failure, ok, warning
from bot.lock import is_locked

CONNECT_SECONDS = 3.0


def broker(config: Config) -> Found:
    """Whether the broker named in the options takes us; without one, whether the embedded one can have its port."""
    if not config.mqtt.host:
        return _embedded_broker(config)
    place, why = f"{config.mqtt.host}:{config.mqtt.port}", _unreachable(config.mqtt.host, config.mqtt.port)
    if why:
        return failure(f"{place} does not answer ({why})", "start the broker, or set [mqtt] host and port")
    return _connected(config.mqtt, place)


def _embedded_broker(config: Config) -> Found:
    """Whether the embedded broker can listen, on loopback."""
    place = f"127.0.0.1:{config.mqtt.port}"
    if _unreachable("127.0.0.1", config.mqtt.port):
        return ok(f"the embedded one; its port {place} is free")
    if is_locked(config.directory):
        return ok(f"the embedded one of the running daemon, on {place}")
    fix = "choose another [mqtt] port, or name the broker that runs there as [mqtt] host"
    return warning(f"{place} is taken by another program; the daemon would play without control", fix)


def _unreachable(host: str, port: int) -> str | None:
    """Why no connection can be made; None where one can."""
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: a host that cannot be a name
        return str(getattr(error, "strerror", None) or error)
    return None


def _connected(options: MqttOptions, place: str) -> Found:
    """Connect as the daemon does. A broker that refuses says why with a code; anything else does not answer MQTT."""
    import aiomqtt
    from aiomqtt.exceptions import MqttConnectError

    from bot.mqtt.connection import selector_loop

    try:
        with asyncio.Runner(loop_factory=selector_loop()) as runner:
            runner.run(_connect(options))
    except MqttConnectError as error:
        user = repr(options.username) if options.username else "a caller without a user"
        return failure(f"{place} refuses {user} ({error})", "set [mqtt] username and password to what the broker knows")
    except aiomqtt.MqttError as error:
        return failure(f"{place} does not speak MQTT ({error})", "set [mqtt] host and port to those of the broker")
    return ok(f"{place} answers, and takes " + (f"the user {options.username!r}" if options.username else "us"))


async def _connect(options: MqttOptions) -> None:
    """Connect, and go. Raises MqttError."""
    from bot.mqtt.connection import client

    async with client(options, "", timeout=CONNECT_SECONDS):
        pass

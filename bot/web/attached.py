"""The page without a daemon beside it: what is in the data directory, and over MQTT a daemon that answers there.

Frames are not sent over MQTT, so a page that is attached shows figures and takes requests, and draws no live frame.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import aiomqtt

from bot.config import Config
from bot.mqtt.caller import ask
from bot.web.channel import Channel, Samples
from game.errors import HoldfastError

ROUND = 2.0
"""Seconds between two questions how the daemon is, while a browser watches."""
PATIENCE = 5.0
"""Seconds in which a daemon answers."""
ABSENT = {"state": "absent"}
"""The status where no daemon answers."""


class AttachedBot:
    """A daemon as MQTT reaches it: `holdfast status` from a page."""

    def __init__(self, config: Config, channel: Channel, samples: Samples) -> None:
        self._options = config.mqtt
        self._channel = channel
        self._samples = samples

    async def ask(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The last answer to a request, or that no daemon answers."""
        from bot.requests import find

        request = find(verb)
        try:
            return await ask(self._options, verb, PATIENCE, arguments, later=bool(request and request.later))
        except (HoldfastError, aiomqtt.MqttError, OSError) as error:
            why = " ".join(str(error).split())
            return {"id": uuid.uuid4().hex, "verb": verb, "step": "rejected", "code": "ended", "why": why}

    async def status(self) -> dict[str, Any]:
        """How the daemon is; that none answers where none does."""
        answer = await self.ask("status", {})
        return {**ABSENT, "why": answer["why"]} if answer["step"] == "rejected" else answer

    async def run(self) -> None:
        """While a browser watches, publish how the daemon is, until cancelled."""
        while True:
            if self._channel.viewers:
                status = await self.status()
                if status["state"] != "absent" and self._samples.are_due():
                    self._samples.take(status)
                self._channel.publish({"status": status})
            await asyncio.sleep(ROUND)

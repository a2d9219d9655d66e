"""Control over MQTT: topics under holdfast/<name>/…, requests with an id, answers in two steps.

    holdfast/<name>/status            online, stopped (it ended) or offline (the broker lost it) (retained)
    holdfast/<name>/state             {"state", "why"} (retained)
    holdfast/<name>/health            figures of the bot and of its process, every 30 s
    holdfast/<name>/event/battle      the result of a battle
    holdfast/<name>/event/need_human  what a person has to do
    holdfast/<name>/event/report      the figures of the report of a night, and its file
    holdfast/<name>/screenshot        a PNG, when one was asked for
    holdfast/<name>/command/<verb>    a request: {"id": …, its arguments}; verbs are those of bot.requests
    holdfast/<name>/response          the answers: {"id", "verb", "step": accepted, done or rejected, …}

docs/mqtt.md describes payloads, codes and rates. `health` is not retained: its figures are those of a moment, and a
listener who connects later would take them for the present. Whether the bot lives is said by `status`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import aiomqtt
import msgspec
import orjson

from bot import log
from bot.config import MqttOptions
from bot.mqtt import discovery, intake
from bot.mqtt.broker import LOOPBACK, embedded_broker
from bot.mqtt.intake import Caller
from bot.mqtt.rate import Rate, Rejections
from bot.mqtt.session import Sent, Session
from bot.requests import Request, RequestError
from game.errors import HoldfastError
from states.events import Event, PartFailed, PauseAsked

WAITING = 64
"""The most requests that wait for their answer; pauses are taken beyond that."""
HEALTH_SECONDS = 30.0
PAUSE_SECONDS = 0.05
"""Seconds after which pauses beyond the rate are obeyed together."""


class Waiting(NamedTuple):
    """An event that was posted for a request and has no answer yet, and the callers who wait for that."""

    verb: str
    arguments: dict[str, Any]
    callers: list[Caller]


class Served(NamedTuple):
    """A daemon as control knows it."""

    post: Callable[[Event], None]
    """Takes an event ahead of those that wait."""
    now: Callable[[], float]
    """The client's clock, in seconds."""
    describe: Callable[[], dict[str, Any]]
    """The figures of `status` and `health`."""
    check: Callable[[Event], None] = lambda _: None
    """Raises HoldfastError for a request that cannot be done, whenever."""


class Control:
    """The side of the bot. It outlives a daemon: between two of them requests are kept for the next."""

    def __init__(self, options: MqttOptions) -> None:
        self._options = options
        self._kept: list[Event] = []
        """Events for the next daemon."""
        self._served = self._nothing()
        filters = [self.topic("command", "#"), *([discovery.BIRTH] if options.home_assistant else [])]
        self._session = Session(options, self.topic("status"), filters, self)
        self._rate = Rate()
        self._answers = Rate()
        """Bounds how many rejections are answered."""
        self._rejections = Rejections()
        self._recent = intake.RecentIds(time.monotonic)
        self._waiting: dict[str, Waiting] = {}
        """By the event's id, the oldest first."""
        self._asked = 0
        self._pause_due: asyncio.TimerHandle | None = None

    def serve(self, daemon: Served) -> None:
        """Hand requests to this daemon from now on, those that were kept first."""
        self._served = daemon
        for event in self._kept:
            daemon.post(msgspec.structs.replace(event, t=daemon.now()))
        self._kept.clear()

    def keep(self) -> None:
        """Keep requests for the next daemon from now on."""
        self._served = self._nothing()

    def _nothing(self) -> Served:
        """What stands for a daemon while there is none."""
        return Served(self._kept.append, lambda: 0.0, lambda: {"state": "preparing"})

    @property
    def connected(self) -> bool:
        """Whether there is a connection to the broker."""
        return self._session.connected

    def topic(self, *parts: str) -> str:
        """A topic of this bot."""
        return "/".join(("holdfast", self._options.name, *parts))

    async def run(self) -> None:
        """Stay connected until cancelled; without a host in the options, also run the embedded broker."""
        health = asyncio.create_task(self._publish_health(), name="health")
        try:
            if self._options.host:
                await self._session.stay()
            async with embedded_broker(self._options.port):
                await self._session.stay()
        except OSError as error:
            self.went(
                f"cannot listen on {LOOPBACK}:{self._options.port} ({error.strerror or error});"
                " playing on without control. Choose another [mqtt] port,"
                " or name the broker that runs there as [mqtt] host"
            )
        finally:
            health.cancel()

    async def close(self, task: asyncio.Task[None]) -> None:
        """Reject what has no answer, say "stopped", and end the task that runs this."""
        for id_ in list(self._waiting):
            self.reject(id_, "ended", "the daemon ends")
        self._rejections.close()
        if self._pause_due is not None:
            self._pause_due.cancel()
        await self._session.close(task)

    def ask(self, verb: str, payload: dict[str, Any], by: str, reply: Callable[[dict[str, Any]], None]) -> None:
        """Take a request of a caller in this process, under the same bounds as one over MQTT; `by` is for its event.

        `reply` gets each step of the answer; a request far beyond the rate gets none.
        """
        self._obey(Caller(verb, name=by, by=by, reply=reply), payload, retained=False)

    def publish(self, topic: str, what: dict[str, Any], *, retain: bool = False) -> None:
        """Send an object as JSON on one of our topics. Without a connection it is dropped, unless retained."""
        self._session.send(Sent(self.topic(topic), _json(what), retain))

    def publish_bytes(self, topic: str, payload: bytes) -> None:
        """Send bytes on one of our topics, for those who listen now."""
        self._session.send(Sent(self.topic(topic), payload))

    def answer(self, id_: str, what: str, **more: Any) -> None:
        """Say that the request which was posted as an event with this id is done; `more` are further keys."""
        self._close_request(id_, {"step": "done", "what": what, **more})

    def reject(self, id_: str, code: str, why: str) -> None:
        """Say that the request which was posted as an event with this id is not done; `code` is one of CODES."""
        self._close_request(id_, {"step": "rejected", "code": code, "why": why})

    def _close_request(self, id_: str, said: dict[str, Any]) -> None:
        waiting = self._waiting.pop(id_, None)
        for caller in waiting.callers if waiting else ():
            self._recent.answered(caller, said)
            self._say(caller, said)

    def _say(self, caller: Caller, said: dict[str, Any]) -> None:
        """Send one step of an answer to where its caller wants it."""
        topic, payload = caller.topic or self.topic("response"), {"id": caller.id, "verb": caller.verb, **said}
        if caller.reply is not None:
            caller.reply(payload)
            return
        self._session.send(Sent(topic, _json(payload), correlation=caller.correlation, qos=0))

    # what the session calls

    def greeting(self) -> Iterable[Sent]:
        """The description for Home Assistant, where it is wanted."""
        if self._options.home_assistant:
            name = self._options.name
            yield Sent(discovery.config_topic(name), _json(discovery.description(name)), retain=True)

    def came(self) -> None:
        """The connection is there: say so, and how the bot is."""
        host, protocol = self._options.host or "embedded", "5" if self._session.is_mqtt_5 else "3.1.1"
        log.logger().info("broker", connected=True, host=host, port=self._options.port, mqtt=protocol)
        self.publish("health", self._served.describe())

    def went(self, why: str) -> None:
        """The connection was lost, or could not be made."""
        log.logger().warning("broker", connected=False, why=why)
        self._served.post(PartFailed(t=self._served.now(), part="broker", why=why))

    def take(self, message: aiomqtt.Message, *, told_retained: bool) -> None:
        """Turn a message on a command topic into an event, or answer it at once."""
        topic = str(message.topic)
        if topic == discovery.BIRTH:
            self._greet_home_assistant(message)
            return
        if self._session.deleted(message):
            return
        caller = Caller(intake.verb_of(topic, self.topic("command")))
        try:
            payload = intake.payload_of(message.payload)
            caller = intake.answered_at(intake.named(caller, payload), message, self.topic("command"))
        except RequestError as error:
            self._refuse(caller, error)
        else:
            self._obey(caller, payload, retained=message.retain)
        if message.retain:
            self._session.delete(topic)
        elif not told_retained:
            self._session.search_retained()

    def _obey(self, caller: Caller, payload: dict[str, Any], *, retained: bool) -> None:
        """Post what a request asks for, or say why it is rejected."""
        try:
            self._check(caller, payload, retained=retained)
            self._accept(intake.request_of(caller.verb), payload, caller)
        except RequestError as error:
            self._refuse(caller, error)

    def _check(self, caller: Caller, payload: dict[str, Any], *, retained: bool) -> None:
        """Raise RequestError for a request that is not obeyed whatever it asks for."""
        if retained:
            why = "requests are not taken with the retain flag: the broker would deliver this one again and again"
            raise RequestError(why, "retained")
        intake.check_age(payload, time.time())
        if caller in self._recent:
            raise RequestError("this id came before; choose another for another request", "duplicate")

    def _accept(self, request: Request, payload: dict[str, Any], caller: Caller) -> None:
        """Post the event of a request, whose answer follows once the machine has handled it, or answer at once."""
        number = str(self._asked + 1)
        event = request.event_from(payload, self._served.now(), number, caller.by) if request.event else None
        if not self._rate.allows((caller.name, caller.verb), time.monotonic()):
            if isinstance(event, PauseAsked):
                self._pause_soon()
                return
            raise RequestError("too many of these; wait a moment", "too_many")
        if event is None:
            self._say(caller, {"step": "done", "what": request.verb, **self._served.describe()})
        else:
            self._hand_over(event, request, payload, caller)

    def _check_event(self, event: Event) -> None:
        """Raise RequestError for a request that the daemon could never do."""
        try:
            self._served.check(event)
        except HoldfastError as error:
            raise RequestError(" ".join(str(error).split())) from None

    def _hand_over(self, event: Event, request: Request, payload: dict[str, Any], caller: Caller) -> None:
        """Post an event, unless the one that was posted last asks for the same and has no answer yet."""
        if len(self._waiting) >= WAITING and not isinstance(event, PauseAsked):
            raise RequestError(f"{WAITING} requests wait for their answer; wait for one of them", "too_many")
        self._check_event(event)
        self._recent.add(caller)
        log.logger().info("request", verb=request.verb, id=caller.id)
        if not request.at_once:
            self._say(caller, {"step": "accepted"})
        arguments = {argument.name: payload.get(argument.name) for argument in request.arguments()}
        last = self._waiting.get(str(self._asked))
        if last and (last.verb, last.arguments) == (request.verb, arguments) and len(last.callers) < WAITING:
            last.callers.append(caller)
            return
        self._pause_before()
        self._asked += 1
        self._waiting[str(self._asked)] = Waiting(request.verb, arguments, [caller])
        self._served.post(event)

    def _refuse(self, caller: Caller, error: RequestError) -> None:
        """Say why a request is rejected, in the log and to its caller, both within a rate."""
        self._rejections.add(error.code, caller.verb, str(error))
        answered_before = error.code == "retained" and caller in self._recent
        if not answered_before and self._answers.allows((caller.name, caller.verb), time.monotonic()):
            first = {"first": self._recent.answer(caller)} if error.code == "duplicate" else {}
            self._say(caller, {"step": "rejected", "code": error.code, "why": str(error), **first})

    def _pause_soon(self) -> None:
        """Obey pauses that come faster than the rate: one event for all of a moment, and no answers."""
        self._rejections.add("too_many", "pause", "obeyed together, without an answer each")
        if self._pause_due is None:
            self._pause_due = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._pause_now)

    def _pause_now(self) -> None:
        self._pause_due = None
        self._served.post(PauseAsked(t=self._served.now(), id=""))

    def _pause_before(self) -> None:
        """Post the pauses that wait: the request that follows came after them."""
        if self._pause_due is not None:
            self._pause_due.cancel()
            self._pause_now()

    def _greet_home_assistant(self, message: aiomqtt.Message) -> None:
        """Home Assistant has started: describe the bot again, and say how it is."""
        if message.payload != b"online":
            return
        for one in (*self.greeting(), Sent(self.topic("status"), b"online", retain=True)):
            self._session.send(one)
        self._session.send_retained()
        self.publish("health", self._served.describe())

    async def _publish_health(self) -> None:
        """Publish the figures every while."""
        while True:
            await asyncio.sleep(HEALTH_SECONDS)
            self.publish("health", self._served.describe())


def _json(what: dict[str, Any]) -> bytes:
    return orjson.dumps(what, default=str, option=orjson.OPT_SERIALIZE_NUMPY)

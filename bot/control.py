"""Control over MQTT: topics under holdfast/<name>/…, requests with an id, and an embedded broker on loopback.

    holdfast/<name>/availability      online, stopped (it ended) or offline (the broker lost it) (retained)
    holdfast/<name>/state             {"state", "why"} (retained)
    holdfast/<name>/status            everything the dashboard shows, every few seconds (retained)
    holdfast/<name>/event/battle      the result of a battle
    holdfast/<name>/event/need_human  what a person has to do
    holdfast/<name>/command/<verb>    a request: {"id": …, its arguments}; verbs are those of bot.requests
    holdfast/<name>/response          the answer: {"id", "verb", "ok", "what", …}

Losing the broker never stops play. What cannot be sent is dropped; only the last value of each retained topic is sent
again once the connection is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiomqtt
import orjson

from bot import log, requests
from bot.config import MqttOptions
from bot.requests import Request, RequestError
from game.errors import NO_DAEMON, HoldfastError
from states.events import Event, PartFailed

LOOPBACK = "127.0.0.1"
OUTBOX = 256
"""The most messages that wait to be sent; while they are that many, new ones are dropped."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between two attempts to connect: a random share of a span that doubles from the first to the second."""
WAITING = 64
"""The most requests that wait for their answer; one more, and the oldest gets none."""


class NoDaemonError(HoldfastError):
    """No daemon answers a request."""

    exit_code = NO_DAEMON


def selector_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that MQTT needs: on Windows not the default one. Hand it to `asyncio.Runner(loop_factory=…)`."""
    return asyncio.SelectorEventLoop if sys.platform == "win32" else None


@contextlib.asynccontextmanager
async def embedded_broker(port: int) -> AsyncIterator[None]:
    """A broker on loopback, for as long as the block lasts. Raises OSError when the port cannot be opened."""
    await _free(port)
    from amqtt.broker import Broker

    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    broker = Broker(config)
    await broker.start()
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # errors of a broker that is ending do not matter
            await asyncio.wait_for(broker.shutdown(), 3.0)


async def _free(port: int) -> None:
    """Raise OSError where the port is taken. Amqtt would report that too, but after a traceback of its own."""
    server = await asyncio.start_server(lambda _reader, _writer: None, LOOPBACK, port)
    server.close()
    await server.wait_closed()


class Control:
    """The daemon's side. `post` takes requests as events, `now` is the client's clock, `describe` gives the status."""

    def __init__(
        self,
        options: MqttOptions,
        post: Callable[[Event], Awaitable[None]],
        now: Callable[[], float],
        describe: Callable[[], dict[str, Any]],
    ) -> None:
        self._options = options
        self._post = post
        self._now = now
        self._describe = describe
        self._outbox: asyncio.Queue[tuple[str, bytes, bool]] = asyncio.Queue(OUTBOX)
        self._retained: dict[str, bytes] = {}
        self._waiting: dict[str, tuple[str, Any]] = {}
        """Requests without an answer yet, by the event's id: (verb, the caller's own id)."""
        self._asked = 0
        self.connected = False

    def topic(self, *parts: str) -> str:
        """A topic of this bot."""
        return "/".join(("holdfast", self._options.name, *parts))

    async def run(self) -> None:
        """Stay connected until cancelled; without a host in the options, also run the embedded broker."""
        if self._options.host:
            await self._stay_connected()
        try:
            async with embedded_broker(self._options.port):
                await self._stay_connected()
        except OSError as error:
            why = (
                f"cannot listen on {LOOPBACK}:{self._options.port} ({error.strerror or error});"
                " playing on without control. Choose another [mqtt] port,"
                " or name the broker that runs there as [mqtt] host"
            )
            log.logger().warning("broker", connected=False, why=why)
            await self._post(PartFailed(t=self._now(), part="broker", why=why))

    async def close(self, task: asyncio.Task[None]) -> None:
        """Send what is waiting, say "stopped", and end the task that runs this."""
        if self.connected:
            self._say("availability", b"stopped", retain=True)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._outbox.join(), 2.0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def publish(self, topic: str, what: dict[str, Any], *, retain: bool = False) -> None:
        """Send an object as JSON on one of our topics. Without a connection it is dropped, unless retained."""
        self._say(topic, orjson.dumps(what, default=str, option=orjson.OPT_SERIALIZE_NUMPY), retain=retain)

    def answer(self, id_: str, what: str) -> None:
        """Answer a request that was posted as an event with this id."""
        if id_ in self._waiting:
            verb, asked = self._waiting.pop(id_)
            self.publish("response", {"id": asked, "verb": verb, "ok": True, "what": what})

    def _say(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if retain:
            self._retained[topic] = payload
        if not self.connected:
            return
        with contextlib.suppress(asyncio.QueueFull):
            self._outbox.put_nowait((topic, payload, retain))

    async def _stay_connected(self) -> None:
        """Connect and serve; when the connection is lost, try again after a random share of a growing wait."""
        longest, told = FIRST_WAIT, False
        while True:
            try:
                async with self._client() as client:
                    longest, told = FIRST_WAIT, False
                    await self._serve(client)
            except aiomqtt.MqttError as error:
                if not told:
                    log.logger().warning("broker", connected=False, why=str(error))
                    await self._post(PartFailed(t=self._now(), part="broker", why=str(error)))
                told = True
            await asyncio.sleep(random.uniform(0, longest))
            longest = min(2 * longest, LONGEST_WAIT)

    def _client(self) -> aiomqtt.Client:
        options = self._options
        return aiomqtt.Client(
            options.host or LOOPBACK,
            options.port,
            username=options.username or None,
            password=options.password or None,
            identifier=f"holdfast-{options.name}-{uuid.uuid4().hex[:8]}",
            will=aiomqtt.Will(self.topic("availability"), b"offline", qos=1, retain=True),
            keepalive=20,
            timeout=5,
        )

    async def _serve(self, client: aiomqtt.Client) -> None:
        """Subscribe, send the retained topics, then say "online"; ends with MqttError when the connection is lost."""
        await client.subscribe(self.topic("command", "+"), qos=1)
        while not self._outbox.empty():
            self._outbox.get_nowait()
            self._outbox.task_done()
        for topic, payload in list(self._retained.items()):
            await client.publish(self.topic(topic), payload, qos=1, retain=True)
        await client.publish(self.topic("availability"), b"online", qos=1, retain=True)
        self.connected = True
        log.logger().info("broker", connected=True, host=self._options.host or "embedded", port=self._options.port)
        sending = asyncio.create_task(self._send(client), name="control: sending")
        try:
            async for message in client.messages:
                await self._take(message)
        finally:
            self.connected = False
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await sending

    async def _send(self, client: aiomqtt.Client) -> None:
        """Send what is put into the outbox, in order."""
        while True:
            topic, payload, retain = await self._outbox.get()
            try:
                await client.publish(self.topic(topic), payload, qos=1, retain=retain)
            finally:
                self._outbox.task_done()

    async def _take(self, message: aiomqtt.Message) -> None:
        """Turn a message on a command topic into an event, or answer it at once."""
        if message.retain:
            return  # an old request, which the broker delivers again with every subscription
        verb = str(message.topic).rsplit("/", 1)[-1]
        asked: str | int | None = None
        try:
            payload = _payload(message.payload)
            asked = _callers_id(payload)
            await self._accept(_request(verb), payload, asked)
        except RequestError as error:
            log.logger().warning("bad_request", verb=verb, why=str(error))
            self.publish("response", {"id": asked, "verb": verb, "ok": False, "what": str(error)})

    async def _accept(self, request: Request, payload: dict[str, Any], asked: str | int | None) -> None:
        """Post the event of a request, whose answer follows once the machine has handled it, or answer at once."""
        number = str(self._asked + 1)
        event = request.event_from(payload, self._now(), number) if request.event else None
        log.logger().info("request", verb=request.verb, id=asked)
        if event is None:
            answer = {"id": asked, "verb": request.verb, "ok": True, "what": request.verb}
            self.publish("response", answer | self._describe())
            return
        if len(self._waiting) >= WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        self._asked += 1
        self._waiting[number] = (request.verb, asked)
        await self._post(event)


def _payload(sent: object) -> dict[str, Any]:
    """The JSON object in a message; an empty one for an empty message. Raises RequestError for anything else."""
    if not isinstance(sent, bytes | bytearray) or not sent.strip():
        return {}
    try:
        payload = orjson.loads(sent)
    except orjson.JSONDecodeError:
        raise RequestError(f'the payload is not JSON: {bytes(sent[:40])!r}; send {{"id": "…"}}') from None
    if not isinstance(payload, dict):
        raise RequestError('the payload is not a JSON object; send {"id": "…"}')
    return payload


def _callers_id(payload: dict[str, Any]) -> str | int | None:
    """The id by which the caller recognises the answer, if any. Raises RequestError for one of another type."""
    asked = payload.get("id")
    if asked is not None and not isinstance(asked, str | int):
        raise RequestError("the id is neither text nor a number")
    return asked


def _request(verb: str) -> Request:
    """The request with this verb. Raises RequestError where there is none."""
    request = requests.find(verb)
    if request is None:
        known = ", ".join(request.verb for request in requests.REQUESTS)
        raise RequestError(f"unknown command; known are: {known}")
    return request


async def ask(
    options: MqttOptions, verb: str, patience: float, arguments: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Send a request to a running daemon and return its answer. Raises NoDaemonError when none comes in `patience`
    seconds.
    """
    host, id_ = options.host or LOOPBACK, uuid.uuid4().hex
    base = f"holdfast/{options.name}"
    try:
        async with (
            asyncio.timeout(patience),
            aiomqtt.Client(
                host,
                options.port,
                username=options.username or None,
                password=options.password or None,
                identifier=f"holdfast-{id_}",  # amqtt confuses callers without an identifier
            ) as client,
        ):
            await client.subscribe(f"{base}/response", qos=1)
            await client.subscribe(f"{base}/availability", qos=1)
            await client.publish(f"{base}/command/{verb}", orjson.dumps({"id": id_, **(arguments or {})}), qos=1)
            async for message in client.messages:
                answer = _answer(message, base, id_)
                if answer is not None:
                    return answer
    except TimeoutError:
        raise NoDaemonError(f"no daemon called {options.name!r} answered within {patience:g} s") from None
    except aiomqtt.MqttError as error:
        raise NoDaemonError(f"no daemon: the broker at {host}:{options.port} cannot be reached ({error})") from None
    raise NoDaemonError(f"no daemon: the broker at {host}:{options.port} closed the connection")


def _answer(message: aiomqtt.Message, base: str, id_: str) -> dict[str, Any] | None:
    """The answer to our request, if this message is it. Raises NoDaemonError if it says that no daemon is running."""
    payload = message.payload if isinstance(message.payload, bytes) else b""
    if str(message.topic) == f"{base}/availability":
        if message.retain and payload in {b"offline", b"stopped"}:
            raise NoDaemonError(f"no daemon is running: {base}/availability says {payload.decode()}")
        return None
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) and answer.get("id") == id_ else None

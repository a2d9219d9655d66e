"""The addresses of the page, and what each answers. What is slow is done in threads of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.config import Config
from bot.mqtt import intake
from bot.requests import RequestError
from bot.web import records, runs
from bot.web.access import Guard, Sessions, refusal
from bot.web.channel import Channel, Samples
from bot.web.extra import password_of
from bot.web.plan_job import SECONDS, PlanJob
from bot.web.stages import Stages
from game.errors import HoldfastError

STATIC = Path(__file__).parent / "static"
Handler = Callable[[Request], Awaitable[Response]]


class Bot(Protocol):
    """The bot as the page reaches it."""

    async def ask(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The last answer to a request, as over MQTT: {"step": done, accepted or rejected, …}."""

    async def status(self) -> dict[str, Any]:
        """As the answer to `status`."""


def make_app(
    config: Config,
    channel: Channel,
    samples: Samples,
    bot: Bot,
    work: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> ASGIApp:
    """The application, guarded; `work` runs beside it. Raises WebError as `password_of` does."""
    sessions = Sessions(password_of(config.web))
    site = Site(config, channel, samples, bot, sessions)
    routes = [
        Route("/", site.page),
        Route("/login", site.login_page),
        Route("/login", site.login, methods=["POST"]),
        Route("/logout", site.logout, methods=["POST"]),
        Route("/favicon.ico", site.icon),
        Route("/api/locked", site.locked),
        Route("/api/live", site.live),
        Route("/api/status", site.status),
        Route("/api/request/{verb}", answered(site.request), methods=["POST"]),
        Route("/api/curves", site.curves),
        Route("/api/log", site.log),
        Route("/api/report", site.report),
        Route("/api/reports/{name}", site.written_report),
        Route("/api/faults", site.faults),
        Route("/api/faults/{fault}/{picture}", site.fault_picture),
        Route("/api/traces", site.traces),
        Route("/api/traces/{name}", answered(site.trace)),
        Route("/api/traces/{name}/steps", answered(site.steps)),
        Route("/api/stages", answered(site.stages)),
        Route("/api/stages/{name:path}", answered(site.stage)),
        Route("/api/names", site.names),
        Route("/api/plan", site.plan),
        Route("/api/plan", answered(site.begin_plan), methods=["POST"]),
        Route("/api/plan/stop", site.stop_plan, methods=["POST"]),
        Route("/api/plan/picture", site.plan_picture),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        """Work beside the requests, which ends with them."""
        task = asyncio.create_task(work(), name="web work") if work else None
        yield
        if task is not None:
            task.cancel()
        await site.job.close()

    return Guard(Starlette(routes=routes, lifespan=lifespan), sessions)


def answered(handler: Handler) -> Handler:
    """A handler whose errors of the project become a line for the page."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except RequestError as error:
            return refusal(400, " ".join(str(error).split()), code=error.code)
        except HoldfastError as error:
            return refusal(404, " ".join(str(error).split()))

    return handle


def told(what: Any, status: int = 200) -> Response:
    """Plain data as JSON."""
    content = orjson.dumps(what, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return Response(content, status, media_type="application/json")


async def payload_of(request: Request) -> dict[str, Any]:
    """The JSON object that a request carries. Raises RequestError where there is none, or it is too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise RequestError("send JSON, with content-type: application/json", "bad_payload")
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > intake.LARGEST:
                break
    except ClientDisconnect:
        raise RequestError("the request broke off", "bad_payload") from None
    return intake.payload_of(body)


class Site:
    """The handlers, each of which answers one address."""

    def __init__(self, config: Config, channel: Channel, samples: Samples, bot: Bot, sessions: Sessions) -> None:
        self._directory = config.directory
        self._channel = channel
        self._samples = samples
        self._bot = bot
        self._sessions = sessions
        self._reports = records.Reports(config.directory)
        self._stages = Stages(config)
        self.job = PlanJob(config)

    async def page(self, _: Request) -> Response:
        """The page."""
        return FileResponse(STATIC / "index.html")

    async def icon(self, _: Request) -> Response:
        """The sign that browsers show beside the title."""
        return FileResponse(STATIC / "icon.svg")

    async def login_page(self, request: Request) -> Response:
        """The page that asks for the password."""
        return RedirectResponse("/", 303) if self._sessions.holds(request) else FileResponse(STATIC / "login.html")

    async def login(self, request: Request) -> Response:
        """Begin a session."""
        try:
            password = (await payload_of(request)).get("password")
        except RequestError as error:
            return refusal(400, str(error))
        return self._sessions.begin(password if isinstance(password, str) else "")

    async def logout(self, request: Request) -> Response:
        """End a session."""
        return self._sessions.end(request)

    async def locked(self, _: Request) -> Response:
        """Whether there is a login, and so a logout."""
        return told({"locked": self._sessions.needed})

    async def live(self, _: Request) -> Response:
        """The state of the bot and its frame, as often as the viewer takes them."""
        return StreamingResponse(self._channel.messages(), media_type="text/event-stream")

    async def status(self, _: Request) -> Response:
        """The figures of the bot."""
        return told(await self._bot.status())

    async def request(self, request: Request) -> Response:
        """Ask the bot for something: one of `bot.requests`, with its arguments."""
        known = intake.request_of(request.path_params["verb"])
        payload = await payload_of(request)
        arguments = {one.name: payload[one.name] for one in known.arguments() if one.name in payload}
        answer = await self._bot.ask(known.verb, arguments)
        return told(answer, 409 if answer["step"] == "rejected" else 200)

    async def curves(self, _: Request) -> Response:
        """Results of the last battles, and figures of the last hours."""
        fought = await run_in_threadpool(records.battles, self._directory)
        return told({"battles": fought, "samples": self._samples.all()})

    async def log(self, request: Request) -> Response:
        """The last lines of the log that were asked for."""
        level, event, text = (request.query_params.get(name, "") for name in ("level", "event", "text"))
        return told(await run_in_threadpool(records.log_lines, self._directory, level, event, text))

    async def report(self, request: Request) -> Response:
        """The report of the last hours."""
        hours = {"12": 12.0, "24": 24.0, "168": 168.0}.get(request.query_params.get("hours", ""), 24.0)
        return told(await run_in_threadpool(self._reports.of_last, hours))

    async def written_report(self, request: Request) -> Response:
        """A report that was written, as Markdown or, for another language than English, its figures."""
        text = await run_in_threadpool(self._reports.written, request.path_params["name"])
        return refusal(404, "there is no such report") if text is None else PlainTextResponse(text)

    async def faults(self, _: Request) -> Response:
        """The faults whose evidence is kept."""
        return told(await run_in_threadpool(records.faults, self._directory / "faults"))

    async def fault_picture(self, request: Request) -> Response:
        """A frame before a fault."""
        names = request.path_params["fault"], request.path_params["picture"]
        file = records.inside(self._directory / "faults", *names)
        if file is None or file.suffix not in (".png", ".jpg"):
            return refusal(404, "there is no such picture")
        return FileResponse(file, headers={"cache-control": "private, max-age=86400"})

    async def traces(self, _: Request) -> Response:
        """The traces that are kept."""
        return told(await run_in_threadpool(runs.listed, self._directory))

    async def trace(self, request: Request) -> Response:
        """A trace's battles, map and squad."""
        file = runs.trace_of(self._directory, request.path_params["name"])
        return told(await run_in_threadpool(runs.outline, file))

    async def steps(self, request: Request) -> Response:
        """The lines of a trace from one number to another."""
        file = runs.trace_of(self._directory, request.path_params["name"])
        try:
            first, last = (int(request.query_params.get(name, "")) for name in ("first", "last"))
        except ValueError:
            return refusal(400, "first and last are numbers of lines")
        return told(await run_in_threadpool(runs.steps, file, first, last))

    async def stages(self, request: Request) -> Response:
        """The stages with a text in their code or name."""
        return told(await run_in_threadpool(self._stages.listed, request.query_params.get("text", "")))

    async def stage(self, request: Request) -> Response:
        """What is in a stage."""
        return told(await run_in_threadpool(self._stages.told, request.path_params["name"]))

    async def names(self, _: Request) -> Response:
        """The Chinese of the tables by their English: names, and what is missing of operators and enemies."""
        return told(await run_in_threadpool(self._stages.names))

    async def plan(self, _: Request) -> Response:
        """How the search for a plan goes."""
        return told(self.job.told())

    async def begin_plan(self, request: Request) -> Response:
        """Begin a search for a plan."""
        payload = await payload_of(request)
        stage, seconds = payload.get("stage"), payload.get("seconds")
        if not isinstance(stage, str) or seconds not in SECONDS:
            return refusal(400, f"name a stage, and one of {', '.join(map(str, SECONDS))} seconds")
        file = await run_in_threadpool(self._stages.file, stage)
        if not self.job.begin(stage, file, seconds):
            return refusal(409, "another search is running; stop it, or wait for its end")
        return told(self.job.told())

    async def stop_plan(self, _: Request) -> Response:
        """End the search with the best plan so far."""
        self.job.stop()
        return told(self.job.told())

    async def plan_picture(self, _: Request) -> Response:
        """The plan that was found, drawn."""
        picture = self.job.picture
        return refusal(404, "there is no plan yet") if picture is None else Response(picture, media_type="image/png")

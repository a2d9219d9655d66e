"""Reports how the bot is doing: in the log, over MQTT and to the dashboard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol

import numpy as np

from bot import __version__, log
from bot.capture_loop import CaptureLoop
from bot.config import Config
from bot.decision_loop import DecisionLoop
from bot.hands import Hands
from bot.parts import Parts
from bot.run_counts import RunCounts
from bot.state_file import StateFile
from game.actions import DEPLOY, DIRECTIONS, KINDS, WAIT
from game.characters.models import Operator
from game.view import BattleView
from learning.policy import Decision
from states.commands import BattleEnded, Report
from states.events import AreaSeen, BattleSeen, Decided, Event, PartFailed, ScreenSeen

ROUND = 0.25
"""Seconds between two rounds; each looks at the learner's health and refreshes the dashboard."""
HUNG_ROUNDS = 240
"""Rounds in which the learner has to get on, a minute: less than that a large checkpoint may take on a slow disk."""


class Publish(Protocol):
    """Sends a message on one of the bot's MQTT topics."""

    def __call__(self, topic: str, what: dict[str, Any], *, retain: bool = False) -> None:
        """Send `what`; with `retain`, for callers that connect later too."""


class Reporter:
    """Logs and publishes what happens, and keeps the figures of the run.

    `state` gives the machine's state, `publish` sends over MQTT, `post` takes the event which says that learning has
    failed, and `show` is called every round.
    """

    def __init__(
        self,
        parts: Parts,
        hands: Hands,
        capture: CaptureLoop,
        decisions: DecisionLoop,
        state: Callable[[], str],
        kept: StateFile,
        publish: Publish,
        post: Callable[[Event], Awaitable[None]],
        show: Callable[[], None],
        counts: RunCounts,
    ) -> None:
        self._parts = parts
        self._hands = hands
        self._capture = capture
        self._decisions = decisions
        self._state = state
        self._kept = kept
        self._publish = publish
        self._post = post
        self._show = show
        self._counts = counts
        self._began = time.monotonic()
        self.why = ""
        """Why the machine is in its state, or why the run ends."""
        self._faults = 0
        """How often the machine came into its fault state."""
        self._screen = ""
        self._learner_told: dict[str, str | None] = {}
        """What was last said about the learner, by the key of its status."""
        self._champion_told: dict[str, Any] = parts.learner.status()["champion"]
        """The figures of the champion when they were last looked at."""
        self.view: BattleView | None = None
        """The battle as it was seen last."""

    async def run(self) -> None:
        """Make the rounds until cancelled."""
        while True:
            await self._check_learner()
            self._show()
            await asyncio.sleep(ROUND)

    def started(self, config: Config) -> None:
        """Say that the run begins, and with what."""
        log.logger().info(
            "started", version=__version__, config=config.file, stage=self._parts.stage.name,
            screen=config.screen.kind, seed=config.learning.seed, data=str(config.directory),
        )  # fmt: skip

    def event_happened(self, event: Event) -> None:
        """Keep and log what users want to know of an event."""
        match event:
            case BattleSeen():
                self.view = event.view
            case ScreenSeen():
                self._screen = event.screen
                log.logger().info("screen", t=round(event.t, 2), screen=event.screen)
            case AreaSeen():
                place = (event.x, event.y, event.width, event.height)
                log.logger().warning("client_area", t=round(event.t, 2), area=place, whole=event.whole)
            case Decided():
                decision = self._decision(event)
                log.logger().info("decision", t=round(event.t, 2), **decision, ms=round(event.latency * 1000, 2))
            case PartFailed():
                log.logger().warning("part_failed", part=event.part, why=event.why)

    def state_changed(self, report: Report) -> None:
        """Say that the state changed."""
        self.why = report.why
        self._faults += report.state == "fault"
        log.logger().info("state", state=report.state, why=report.why)
        self._publish("state", {"state": report.state, "why": report.why}, retain=True)

    def battle_ended(self, battle: BattleEnded) -> None:
        """Count a battle and say how it went."""
        self._counts.add(battle)
        learner = self._parts.learner.status()
        said = {
            "number": battle.number,
            "outcome": battle.outcome,
            "stars": battle.stars,
            "seconds": round(battle.seconds, 1),
            "win_rate_last_20": round(self._counts.win_rate, 3),
            "epsilon": round(learner["epsilon"], 3),
            "buffer": learner["buffer"],
        }
        log.logger().info("battle", **said)
        self._publish("event/battle", said)

    def need_human(self, why: str) -> None:
        """Say what a person has to do."""
        log.logger().error("need_human", why=why)
        self._publish("event/need_human", {"why": why})

    def stopped(self, code: int | None) -> None:
        """Say that the run has ended, how it went, and what went wrong with learning at the very end."""
        news = self._learner_news()
        for why in filter(None, (news.get("failed"), news.get("alarm"))):
            log.logger().warning("part_failed", part="learner", why=why)
        log.logger().info("stopped", code=code, why=self.why, **self.summary)

    @property
    def summary(self) -> dict[str, Any]:
        """The figures of the run so far."""
        seconds = round(time.monotonic() - self._began, 1)
        return {**self._counts.as_dict(), "decisions": self._decisions.decisions, "seconds": seconds}

    @property
    def line(self) -> str:
        """The state, and how the run goes, in one line."""
        counts = self._counts.as_dict()
        return f"{self._state()}: {self.why or 'started'} ({counts['won']} of {counts['battles']} battles won)"

    def describe(self) -> dict[str, Any]:
        """Everything a user wants to see of the bot as it is now, in plain data."""
        learner = self._parts.learner.status()
        last, kept = self._decisions.last, self._kept.state
        return {
            "state": self._state(),
            "why": self.why,
            "screen": self._screen,
            "stage": self._parts.stage.name,
            "gate": "open" if self._hands.open else "shut",
            **self.summary,
            "in_all_runs": {"battles": kept.battles, "won": kept.won},
            "paused": kept.paused and {"why": kept.paused.why, "since": kept.paused.since},
            "gestures": sum(self._hands.made.values()),
            "frames": self._capture.frames,
            "hud": _hud(self.view),
            "decision": last and self._decision(last),
            "latency_ms": _latency(self._decisions.latencies),
            **{key: learner.get(key) for key in ("epsilon", "buffer", "updates", "q_mean", "loss")},
            "learning": learner["learning"],
            "learner_queue": learner["queue"],
            "learner_failed": learner["failed"],
            "learner_alarm": learner["alarm"],
            "champion": learner["champion"],
            "faults": self._faults,
        }

    async def _check_learner(self) -> None:
        """Say once what is wrong with learning: that it failed, cannot be saved, or that its figures look wrong."""
        self._parts.learner.watch(HUNG_ROUNDS)
        news = self._learner_news()
        if news.get("failed"):
            await self._post(PartFailed(t=self._parts.client.clock(), part="learner", why=news["failed"]))
        if news.get("unsaved"):
            log.logger().warning("checkpoint", why=news["unsaved"])
        if news.get("alarm"):
            log.logger().warning("part_failed", part="learner", why=news["alarm"])

    def _learner_news(self) -> dict[str, Any]:
        """What is wrong with learning and has not been said yet; it counts as said now."""
        learner, told = self._parts.learner.status(), self._learner_told
        self._tell_champion(learner["champion"])
        news = {key: learner[key] for key in ("failed", "unsaved") if learner[key] != told.get(key)}
        if learner["alarm"] and "alarm" not in told:  # once a run: its figure is another one after each update
            news["alarm"] = learner["alarm"]
        self._learner_told = told | news
        return news

    def _tell_champion(self, now: dict[str, Any]) -> None:
        """Log that the champion was put back or became another one."""
        before, self._champion_told = self._champion_told, now
        if now["put_back"] > before["put_back"]:
            log.logger().warning("champion", change="put back", record=before["record"], recent=before["recent"])
        if now["kept"] > before["kept"]:
            log.logger().info("champion", change="kept", record=now["record"])

    def _decision(self, decision: Decision | Decided) -> dict[str, Any]:
        said = action_words(decision.action, self._parts.squad, self._parts.stage.width)
        return {"action": said, "q": round(decision.q, 3), "explored": decision.explored}


def action_words(action: tuple[int, int, int, int], squad: Sequence[Operator], width: int) -> str:
    """An action in words; `width` is the stage's, in tiles."""
    kind, slot, tile, direction = action
    if kind == WAIT:
        return "wait"
    name = squad[slot].name
    if kind != DEPLOY:
        return f"{KINDS[kind]} {name}"
    row, col = divmod(tile, width)
    return f"deploy {name} at row {row}, column {col} facing {DIRECTIONS[direction]}"


def _hud(view: BattleView | None) -> dict[str, int] | None:
    return None if view is None else {key: getattr(view, key) for key in ("kills", "total", "life", "dp", "slots_left")}


def _latency(spent: Collection[float]) -> dict[str, float] | None:
    """Median and 99th percentile of the last decisions, in milliseconds."""
    if not spent:
        return None
    low, high = np.percentile(list(spent), (50, 99)) * 1000
    return {"p50": round(float(low), 2), "p99": round(float(high), 2)}

"""Screenshots that take seconds: the bot waits as long as it must, taps once, and still wins."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter

from runs import NO_BROKER, events_of, short_level

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import build
from planning.solutions import solution
from vision.capture import Frame

DELAY = 3.0
"""Seconds of the game's clock from a picture to the moment at which the bot has it."""


class SlowScreen:
    """A practice game whose pictures are that old when they arrive."""

    def __init__(self, screen, game) -> None:
        self._screen = screen
        self._game = game

    def grab(self):
        """The picture as it was `DELAY` seconds ago."""
        frame = self._screen.grab()
        self._game.advance(DELAY)
        return Frame(frame.image, frame.t, frame.taken)

    def hold(self, held):
        """As the game does."""
        self._screen.hold(held)


def test_a_battle_is_won_with_screenshots_that_take_three_seconds(tmp_path):
    """Every tap of the way is made once, and no gesture of the battle twice."""
    play = {"stage": str(short_level(tmp_path)), "policy": "plan", "planning_seconds": 0, "speed": 1}
    tables = {"mqtt": NO_BROKER, "play": play}
    config = parse({**tables, "practice": {"popups": False}}, folder=tmp_path)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=1, fresh=True, tell=lambda _: None)  # without the plan: nothing is to be learned
    client = dataclasses.replace(parts.client, screen=SlowScreen(parts.client.screen, parts.client.screen._game))
    daemon = Daemon(config, dataclasses.replace(parts, client=client, plan=solution("first_watch")))
    assert asyncio.run(daemon.run()) == 0
    assert (daemon.summary["battles"], daemon.summary["won"]) == (1, 1)
    events = events_of(tmp_path)
    reasons = Counter(event["reason"] for event in events if event["event"] == "gesture")
    once = ("go and choose a stage", "open the map of the last stage", "choose the squad", "begin the battle")
    assert [reasons[reason] for reason in once] == [1] * len(once)
    assert reasons["no effect was seen"] == 0

"""The page and the bot: requests go through control, and what is not watched costs nothing."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace

import pytest
from mqtt_sides import Side, daemon
from ports import free_port
from web_side import Browser

from bot import log
from bot.config import MqttOptions, parse
from bot.web.attached import AttachedBot
from bot.web.beside import BesidePage, open_page
from bot.web.channel import Channel, Samples
from states.events import LearnAsked, PauseAsked, SpeedAsked, StageAsked, StopAsked


@pytest.fixture
def options(tmp_path):
    """A configuration with a page on a free port."""
    return parse({"web": {"enabled": True, "port": free_port()}}, folder=tmp_path)


@pytest.mark.parametrize(
    ("verb", "arguments", "event", "status", "step"),
    [
        ("pause", {}, PauseAsked(t=1.5, id="1", by="web"), 200, "done"),
        ("stop", {"when": "after_battle"}, StopAsked(t=1.5, id="1", by="web", when="after_battle"), 200, "done"),
        ("speed", {"speed": 1}, SpeedAsked(t=1.5, id="1", by="web", speed=1), 200, "done"),
        ("learn", {"on": False}, LearnAsked(t=1.5, id="1", by="web", on=False), 200, "done"),
        ("stage", {"stage": "1-7"}, StageAsked(t=1.5, id="1", by="web", stage="1-7"), 200, "accepted"),
        ("speed", {"speed": 7}, None, 409, "rejected"),
        ("dance", {}, None, 400, "rejected"),
    ],
)
async def test_a_request_goes_through_the_same_table_as_one_over_mqtt(options, verb, arguments, event, status, step):
    """Over real HTTP into a real control, and its answer comes back."""
    side = Side(MqttOptions(host="127.0.0.1", port=1))
    page = open_page(options, side.control)
    answer = await asyncio.to_thread(Browser(options.web.port).post, f"/api/request/{verb}", arguments)
    assert (answer.status, answer.json["step"]) == (status, step)
    assert side.events == ([event] if event else [])
    told = await asyncio.to_thread(Browser(options.web.port).get, "/api/status")
    assert told.json["battles"] == 3
    await page.close()


async def test_without_a_viewer_nothing_is_collected(options):
    """But a sample of the figures every ten seconds."""
    page = BesidePage(options, None, asyncio.get_running_loop())
    asked = []
    daemon = SimpleNamespace(describe=lambda: asked.append(1) or {})
    for _ in range(100):
        page.show(daemon)
    assert asked == [1]


async def test_a_port_that_is_taken_costs_the_page_and_not_the_play(options, tmp_path):
    """A line in the log says so."""
    log.set_up(tmp_path / "log.jsonl", "info", None)
    with socket.create_server(("127.0.0.1", options.web.port)):
        assert open_page(options, None) is None
    log.close()
    assert "playing on without it" in (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    assert open_page(parse({}), None) is None


async def test_a_page_without_a_daemon_reaches_one_over_mqtt(port, tmp_path):
    """Its status and its answers; where none answers it says so."""
    config = parse({"mqtt": {"port": port, "name": "tester"}}, folder=tmp_path)
    bot = AttachedBot(config, Channel(), Samples())
    assert (await bot.status())["state"] == "absent"
    async with daemon(config.mqtt) as side:
        assert (await bot.status())["battles"] == 3
        assert (await bot.ask("pause", {}))["step"] == "done"
        assert side.events == [PauseAsked(t=1.5, id="1")]
    assert (await bot.ask("pause", {}))["code"] == "ended"

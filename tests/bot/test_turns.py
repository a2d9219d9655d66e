"""Stages one after the other: in turn, on request, and from a configuration that was changed. A real run, real MQTT."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from manager_side import notified
from runs import NO_BROKER, PLAY_SECONDS, SMALL, configuration, holdfast, quick_level, short_level

from bot import turns as turns_module
from bot.cli import main
from bot.config import parse
from bot.ending import EndingSignals
from bot.schedule import ScheduleMemory
from bot.turns import Prepared, Run, Turn, turns
from states.events import StageAsked

pytestmark = pytest.mark.timeout(2 * PLAY_SECONDS)


def test_turns_come_over_and_over():
    """A week has more battles than one round of them."""
    listed = [{"stage": "1-7", "battles": 2}, {"stage": "CE-6", "battles": 1}]
    coming = turns(parse({"schedule": {"turns": listed}}))
    assert [next(coming) for _ in range(3)] == [Turn("1-7", 2), Turn("CE-6", 1), Turn("1-7", 2)]
    assert next(turns(parse({"play": {"stage": "two_roads"}}))) == Turn("two_roads", 0)


class OneTurn:
    """Stands for a daemon that plays its turn to the end at once, and notes what it went on from."""

    summary: ClassVar[dict] = {}
    leaving = None
    began_with: ClassVar[list] = []

    def __init__(self, *_parts, counts, schedule, **_more):
        self.began_with.append(schedule)
        self.schedule = ScheduleMemory(open=False)
        counts.battles += 1

    async def run(self) -> int:
        """End at once."""
        return 0


@pytest.fixture
def quick(monkeypatch):
    """Turns without battles; their daemons' beginnings."""
    monkeypatch.setattr(turns_module, "Daemon", OneTurn)
    monkeypatch.setattr(OneTurn, "began_with", [])
    return OneTurn.began_with


def played(listed: list[dict], battles: int) -> list[str]:
    """The stages of a run, turn after turn."""
    stages = []

    def make(config, _until, _played):
        stages.append(config.play.stage)
        return Prepared(SimpleNamespace(stage=SimpleNamespace(code="")), {})

    run = Run(parse({"schedule": {"turns": listed}, "mqtt": NO_BROKER}), battles, make, EndingSignals())
    assert asyncio.run(run.play(run.prepare())) == 0
    return stages


def test_the_schedule_goes_on_from_turn_to_turn(quick):
    """What it remembers of a person's wish is not forgotten between two stages."""
    played([{"stage": "1-7", "battles": 1}, {"stage": "CE-6", "battles": 1}], 2)
    assert quick == [ScheduleMemory(), ScheduleMemory(open=False)]


def test_a_single_stage_is_played_turn_after_turn(quick):
    """The run goes on until its battles are done, not until its turn is."""
    assert played([{"stage": "1-7", "battles": 1}], 3) == ["1-7"] * 3
    assert len(quick) == 3


def test_who_stays_at_home_does_so_on_the_stage_that_was_asked_for(quick, monkeypatch):
    """Beside those of [play] avoid, and on no other stage."""
    leavings = [StageAsked(t=0.0, id="a", stage="CE-6", avoid="Myrtle, 克洛丝"), StageAsked(t=1.0, id="b", stage="1-7")]
    monkeypatch.setattr(OneTurn, "leaving", property(lambda _: dict(enumerate(leavings)).get(len(quick) - 1)))
    made = []

    def make(config, _until, _played):
        made.append((config.play.stage, config.play.avoid))
        return Prepared(SimpleNamespace(stage=SimpleNamespace(code="")), {})

    run = Run(parse({"play": {"stage": "0-1", "avoid": ["Fang"]}, "mqtt": NO_BROKER}), 0, make, EndingSignals())
    assert asyncio.run(run.play(run.prepare())) == 0
    assert made == [("0-1", ("Fang",)), ("CE-6", ("Fang", "Myrtle", "克洛丝")), ("1-7", ("Fang",))]


def ask(folder: Path, verb: str, *more: str) -> int:
    """Call holdfast, in this process: one of its own takes about as long to start as a battle to end."""
    return main([verb, "--config", str(folder / "caller.toml"), "--timeout", "30", *more])


def named(level: Path, name: str) -> str:
    """A level under another name."""
    return str(level.rename(level.with_name(f"{name}.json")))


def until(lines: Iterator[dict], event: str, **fields) -> dict:
    """The next log line of an event with these fields."""
    return next(line for line in lines if line["event"] == event and fields.items() <= line.items())


def test_stages_in_turn_then_another_one_then_a_changed_file(tmp_path, port, capsys):
    """Battles are counted on, the connection stays, and what cannot be played is refused while play goes on.

    Systemd is told that the bot stops when it does, not between two stages.
    """
    first, third = (named(quick_level(tmp_path), name) for name in ("level_a", "level_c"))
    second = named(short_level(tmp_path), "level_b")  # long enough for two requests
    listed = "[" + ", ".join(f'{{stage = "{stage}", battles = 1}}' for stage in (first, second)) + "]"
    file = configuration(tmp_path, port, practice={**SMALL, "popups": False})
    plain = file.read_text(encoding="utf-8")
    (tmp_path / "caller.toml").write_text(plain, encoding="utf-8")
    file.write_text(plain + f"[schedule]\nturns = {listed}\n", encoding="utf-8")
    with contextlib.ExitStack() as stack:
        told = stack.enter_context(notified(tmp_path))
        process = stack.enter_context(holdfast("run", "--config", file, "--fresh", env=told.environment))
        stack.callback(process.kill)
        assert process.stdout is not None
        lines = (json.loads(line) for line in process.stdout)
        assert until(lines, "started")["stage"] == "level_a"
        assert until(lines, "battle")["number"] == 1
        assert until(lines, "started")["stage"] == "level_b"
        until(lines, "state", state="battle")  # so that this battle is under way, and counts, when the requests come
        assert ask(tmp_path, "switch", "--stage", "99-99") == 1
        refused = capsys.readouterr().err
        assert ("99-99" in refused, "bad_argument" in refused) == (True, True)
        assert ask(tmp_path, "switch", "--stage", third, "--avoid", "Fang, Nobel") == 1
        assert "avoid: 'Nobel' is in no table" in capsys.readouterr().err
        assert ask(tmp_path, "switch", "--stage", third, "--avoid", "芬") == 0
        assert capsys.readouterr().out == "accepted; it is done after the battle under way\n"
        assert until(lines, "started")["stage"] == "level_c"
        file.write_text("[play\n", encoding="utf-8")
        assert ask(tmp_path, "reload") == 0
        assert "not TOML" in until(lines, "request_failed", verb="reload")["why"]
        assert until(lines, "started")["stage"] == "level_c"
        file.write_text(plain.replace("planning_seconds", f'stage = "{first}"\nplanning_seconds'), encoding="utf-8")
        assert ask(tmp_path, "reload") == 0
        assert until(lines, "started")["stage"] == "level_a"
        assert until(lines, "battle")["number"] > 2
        assert "STOPPING=1" not in told
        os.kill(process.pid, signal.SIGTERM)
        assert sum(line["event"] == "broker" and line.get("connected", False) for line in lines) == 0
        assert process.wait(60) == 0
    assert (told.count("STOPPING=1"), told[-1]) == (1, "STOPPING=1")

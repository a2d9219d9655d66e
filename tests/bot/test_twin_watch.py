"""A twin follows the battle at play, and whether it is in step is told."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import msgspec
import pytest
from levels import CATALOGUE
from runs import SMALL, events_of, make, short_level

from bot import log
from bot.log_reader import read
from bot.twin_watch import TwinWatch, unseen
from game.actions import RETREAT, Action
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.view import EnemySeen
from states.attempts import Attempt
from states.battle import Memory
from states.events import BattleSeen, Decided, Event, GestureDone
from vision.dataset import read_picture
from vision.kept_frames import battles_in, read_battle

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)


@pytest.mark.timeout(300)
def test_it_is_in_step_with_what_the_eyes_read(tmp_path):
    """A battle of the practice game, seen by its pixels and played: nearly always in step, never lost.

    Frames of it are kept with what the twin knew: a second apart, none while a card is held.
    """
    short_level(tmp_path, groups=3)
    daemon = make(tmp_path, {"play": {"stage": "short_watch.json"}, "practice": SMALL}, battles=1, collect=True)
    told = []

    def hear(event: Event) -> None:
        if isinstance(event, BattleSeen) and (twin := daemon.describe()["twin"]):
            told.append(twin)

    daemon._hear = hear
    assert asyncio.run(daemon.run()) == 0
    assert len(told) > 20
    assert sum(twin["in_step"] for twin in told) > 0.8 * len(told)
    assert not any(twin["lost"] for twin in told)
    assert not [line for line in events_of(tmp_path) if line["event"] == "twin"]
    (folder,) = battles_in(tmp_path / "data" / "frames")
    battle, frames = read_battle(folder)
    assert any(frame.enemies for frame in frames)
    assert all(later.t - one.t >= 1.0 for one, later in pairwise(frames))
    assert not any(frame.view.deploying or frame.view.paused for frame in frames)
    assert all(read_picture(folder / frame.picture).shape[:2] == battle.size[::-1] for frame in frames)
    (logged,) = [line for line in events_of(tmp_path) if line["event"] == "frames"]
    assert (logged["folder"], logged["frames"]) == (str(folder), len(frames))


def test_an_error_of_the_twin_does_not_stop_the_play(monkeypatch, tmp_path):
    """It is logged once, and the next battle has a twin again."""
    log.set_up(tmp_path / "log.jsonl", "info", None)
    watch, view = TwinWatch(STAGE, SQUAD), Battle(STAGE, SQUAD).view()
    with monkeypatch.context() as broken:
        broken.setattr("planning.twin.Twin.see", lambda *_: 1 / 0)
        first = Memory(started=0.0, view=view)
        for t in range(3):
            watch.event_happened(BattleSeen(t=float(t), view=view, latency=0.0), first)
        settle(watch)
    log.close()
    logged = [line for line in read(tmp_path / "log.jsonl") if line["event"] == "twin"]
    assert [line["lost"] for line in logged] == [True]
    assert "ZeroDivisionError" in logged[0]["why"]
    assert watch.describe() is None
    watch.event_happened(BattleSeen(t=9.0, view=view, latency=0.0), Memory(started=9.0, view=view))
    settle(watch)
    assert watch.describe() == {"in_step": True, "lost": False, "kills_off": 0, "seconds_off": 0.0}
    watch.close()


def test_what_is_not_seen_is_inferred_until_the_twin_has_lost_the_battle():
    """Eyes without a detector see no enemies: the view gets those of the twin, marked, and none from a lost twin."""
    watch, battle = TwinWatch(STAGE, SQUAD, completes=True), Battle(STAGE, SQUAD)
    memory = Memory(started=0.0, view=blind(battle))
    while not battle.enemies_on_field():
        battle.step(15)
        memory.view = blind(battle)
        watch.event_happened(seen(battle, memory.view), memory)
        settle(watch)
    told = watch.completed(seen(battle, memory.view), memory).view
    assert [one.kind for one in told.enemies] == [one.kind for one in battle.view().enemies]
    assert {one.origin for one in told.enemies} == {"inferred"}
    assert watch.completed(seen(battle, memory.view), Memory(started=9.0)).view.enemies == ()
    dp = memory.view.dp
    for after in range(1, 16):
        memory.view = msgspec.structs.replace(memory.view, kills=memory.view.total - 1, dp=dp + after)
        event = BattleSeen(t=battle.seconds + after, view=memory.view, latency=0.0)
        watch.event_happened(event, memory)
        settle(watch)
    assert watch.describe()["lost"]
    assert watch.completed(event, memory).view.enemies == ()
    watch.close()


def test_a_detector_is_not_contradicted():
    """Where enemies are seen the views stay as they are."""
    watch, battle = TwinWatch(STAGE, SQUAD), Battle(STAGE, SQUAD)
    memory = Memory(started=0.0, view=battle.view())
    watch.event_happened(seen(battle, battle.view()), memory)
    settle(watch)
    event = seen(battle, battle.view())
    assert watch.completed(event, memory) is event
    watch.close()


def test_what_eyes_that_were_taught_miss_is_inferred():
    """An enemy that is seen stands for one of its kind near by; the others stay."""
    seen = [EnemySeen("slug", 5, 3.0, 1.0), EnemySeen("hound", 5, 6.0, 0.5)]
    inferred = [
        EnemySeen(kind, 5, col, 1.0, "inferred") for kind, col in (("slug", 2.5), ("slug", 3.9), ("hound", 3.0))
    ]
    assert unseen(seen, inferred) == inferred[1:]
    assert unseen([], inferred) == inferred
    assert unseen(seen, []) == []


def blind(battle):
    """What a player sees of a battle, without the enemies."""
    return msgspec.structs.replace(battle.view(), enemies=())


def test_the_plans_clock_is_that_of_the_game():
    """Double speed counts twice, a pause not at all, and of the time of a gesture a fifth: it slows the game down."""
    watch, view = TwinWatch(STAGE, SQUAD, rest=0.5), Battle(STAGE, SQUAD).view()
    memory = Memory(started=0.0, view=view)

    def after(t, **shown):
        memory.view = msgspec.structs.replace(view, **shown)
        watch.event_happened(BattleSeen(t=t, view=memory.view, latency=0.0), memory)
        return round(watch.seconds, 6)

    assert after(10.0) == 0.0
    assert after(11.0, speed=2) == 1.0
    assert after(12.0, paused=True) == 3.0
    assert after(20.0) == 3.0
    memory.attempt = Attempt(Action(RETREAT, 0), 0, 0, gesture=7)
    watch.event_happened(
        Decided(t=20.0, id=1, action=memory.attempt.action, q=0.0, explored=False, latency=0.0), memory
    )
    watch.event_happened(GestureDone(t=22.5, id=7), memory)
    assert after(23.0) == 3.0 + 2.0 / 5 + 1.0
    memory = Memory(started=30.0, view=view)
    assert after(30.0) == 0.0
    watch.close()


def seen(battle, view):
    """The event of a frame."""
    return BattleSeen(t=battle.seconds, view=view, latency=0.0)


def settle(watch):
    """Wait until the twin has taken all frames."""
    until = time.monotonic() + 60
    while not all(one.done() for one in watch._waiting):
        assert time.monotonic() < until
        time.sleep(0.01)

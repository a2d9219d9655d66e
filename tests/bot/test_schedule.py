"""When the bot plays: hours of the day, and how much sanity it may spend."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from bot.config import ConfigError, ScheduleOptions, parse
from bot.schedule import Hours, ScheduleMemory, Scheduler, is_open, look, parse_hours, spent
from states.events import PauseAsked, ResumeAsked, StopAsked

NIGHT = parse_hours("22:00-07:30")


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of some day."""
    return datetime(2026, 3, 4, hour, minute)  # noqa: DTZ001 - hours are local times


def test_hours_go_past_midnight_and_end_before_their_last_minute():
    """A player writes the hours as they stand on the wall."""
    assert Hours(time(22, 0), time(7, 30)) == NIGHT
    assert [is_open([NIGHT], at(*moment)) for moment in ((21, 59), (22, 0), (0, 0), (7, 29), (7, 30))] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert is_open([parse_hours("08:00-09:00"), NIGHT], at(8, 30))
    assert is_open([], at(12))


@pytest.mark.parametrize("text", ["22-7", "22:00", "24:00-07:00", "07:00-07:60", "05:00-05:00", "", "a:b-c:d"])
def test_other_texts_are_refused_in_the_configuration(text):
    """The line says where and what."""
    with pytest.raises(ConfigError, match=r"schedule\.hours"):
        parse({"schedule": {"hours": [text]}})


def test_a_limit_on_sanity_needs_the_cost_of_a_battle():
    """Without it nothing could be counted."""
    with pytest.raises(ConfigError, match=r"schedule\.sanity_per_battle\s+must be set"):
        parse({"schedule": {"sanity": 60}})
    assert parse({"schedule": {"sanity": 60, "sanity_per_battle": 6}}).schedule.sanity == 60


def test_another_battle_must_be_affordable():
    """30 sanity are five battles of 6, and four of 7."""
    assert [battles for battles in range(7) if not spent(battles, 6, 30)] == [0, 1, 2, 3, 4]
    assert [battles for battles in range(7) if not spent(battles, 7, 30)] == [0, 1, 2, 3]
    assert not spent(1000, 6, 0)


def play(*looks: tuple[bool, str]) -> list[type | None]:
    """What is asked for at each look: whether it falls into the hours, and the machine's state."""
    memory, asked = ScheduleMemory(), []
    for opened, state in looks:
        memory, request = look(memory, opened=opened, state=state)
        asked.append(request)
    return asked


def test_the_battle_under_way_is_finished_before_the_rest():
    """The pause comes on the way to the next battle, and the resume when the hours begin."""
    asked = play(
        (True, "battle"), (False, "battle"), (False, "settle"), (False, "stage_select"), (False, "paused"),
        (True, "paused"), (True, "menu"),
    )  # fmt: skip
    assert asked == [None, None, None, PauseAsked, None, ResumeAsked, None]


def test_a_start_outside_the_hours_waits_for_them():
    """Nothing is pressed before the hours begin."""
    assert play((False, "menu"), (False, "paused"), (True, "paused")) == [PauseAsked, None, ResumeAsked]


def test_what_a_person_asks_for_counts_until_the_hours_change():
    """A person's pause is not ended by the schedule; a person's resume is not undone by it."""
    assert play((True, "paused"), (False, "paused"), (True, "paused")) == [None, None, None]
    assert play((False, "menu"), (False, "paused"), (False, "menu"), (False, "battle"), (True, "menu")) == [
        PauseAsked, None, None, None, None,
    ]  # fmt: skip


async def no_report():
    """Stands for the report after a pause."""


async def test_a_persons_resume_counts_in_the_next_turn_too():
    """Outside the hours a turn pauses the bot once; a person resumes it, and the turns after it play on."""
    posted, moment, state = [], [at(12)], "menu"

    async def post(event):
        posted.append(type(event))

    def next_turn(memory=None):
        hours = ScheduleOptions(hours=("22:00-07:30",))
        return Scheduler(hours, lambda: state, lambda: 0, post, lambda: 7.0, no_report, lambda: moment[0], memory)

    scheduler = next_turn()
    await scheduler.round()
    state = "paused"
    await scheduler.round()
    scheduler.give_way()
    state = "battle"
    await scheduler.round()
    scheduler, state = next_turn(scheduler.memory), "menu"
    await scheduler.round()
    assert posted == [PauseAsked]
    moment[0] = at(22)
    await scheduler.round()
    moment[0] = at(8)
    await scheduler.round()
    assert posted == [PauseAsked, PauseAsked]


async def test_a_pause_that_came_too_late_for_its_turn_is_asked_for_in_the_next():
    """The turn ended before the machine handled it; no person has resumed the bot."""
    posted = []

    async def post(event):
        posted.append(type(event))

    def next_turn(memory=None):
        hours = ScheduleOptions(hours=("22:00-07:30",))
        return Scheduler(hours, lambda: "menu", lambda: 0, post, lambda: 7.0, no_report, lambda: at(12), memory)

    first = next_turn()
    await first.round()
    await next_turn(first.memory).round()
    assert posted == [PauseAsked, PauseAsked]


async def test_a_person_who_asks_for_a_pause_too_is_not_resumed_by_the_schedule():
    """A pause is a promise: the beginning of the hours does not break it."""
    for person in (False, True):
        posted, moment, state = [], [at(12)], ["menu"]

        async def post(event, posted=posted, state=state):
            posted.append(type(event))
            state[0] = "paused"

        scheduler = Scheduler(
            ScheduleOptions(hours=("22:00-07:30",)), lambda state=state: state[0], lambda: 0, post, lambda: 7.0,
            no_report, lambda moment=moment: moment[0],
        )  # fmt: skip
        await scheduler.round()
        if person:
            scheduler.give_way()
        moment[0] = at(22)
        await scheduler.round()
        assert posted == ([PauseAsked] if person else [PauseAsked, ResumeAsked])


async def test_sanity_and_the_end_of_the_hours_stop_the_bot_once():
    """A stop is asked for after the battle, and not every second."""
    posted, moment = [], [at(23)]

    async def post(event):
        posted.append(event)

    def scheduler(**options):
        return Scheduler(
            ScheduleOptions(**options), lambda: "battle", lambda: 5, post, lambda: 7.0, no_report, lambda: moment[0]
        )

    poor = scheduler(sanity=30, sanity_per_battle=6)
    await poor.round()
    await poor.round()
    ending = scheduler(hours=("22:00-07:30",), outside="stop")
    await ending.round()
    assert posted == [StopAsked(t=7.0, id="", by="schedule", when="after_battle")]
    moment[0] = at(7, 30)
    await ending.round()
    assert len(posted) == 2

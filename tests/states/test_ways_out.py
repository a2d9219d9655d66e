"""Ways out: whatever the bot is stuck in, it goes on by itself once it can, and does not hammer on it before."""

from __future__ import annotations

import pytest
from player import WAY, stay, taps

from game.errors import DONE, HUMAN_NEEDED
from states.commands import BattleEnded, Dump, Look, NeedHuman
from states.events import INTERRUPTIONS, SCREEN_NAMES, PartFailed, ResultSeen, ScreenLost, Tick
from states.lost import STEPS
from states.state import TRIES
from states.troubles import EXIT_CODES, TROUBLES


def in_fault(player):
    """Bring the machine into a fault on an unknown screen."""
    player.tell(ScreenLost, seconds=5.0)
    while player.machine.state != "fault":
        player.tell(Tick)


def test_a_fault_closes_what_covers_the_screen_and_goes_on(player):
    """The dialog that came up while nothing was known is closed, and closed again when the tap was lost."""
    in_fault(player)
    assert taps(player.see("connection_lost")) == ["connection_confirm"]
    assert "connection_confirm" in taps(stay(player, "connection_lost", 30))
    player.see("squad")
    assert player.machine.state == "stage_select"


def test_a_fault_walks_home_again_after_waits_that_grow(player):
    """Half a minute, a minute, two: two steps each, for ever, in the end once in ten minutes."""
    in_fault(player)
    at = [second for second in range(7200) if taps(player.tell(Tick))]
    assert at[0] in range(30, 40)
    assert 20 <= len(at) <= 40
    gaps = [later - sooner for sooner, later in zip(at, at[2:], strict=False)]
    assert max(gaps) <= 610
    assert gaps[-1] > 500


def test_a_fault_ends_on_a_screen_that_was_known_all_the_time(player):
    """A button that was dead for a while is tried again without anything having changed on the screen."""
    player.walk("squad")
    while player.machine.state != "fault":
        stay(player, "squad", 1)
    assert "squad_start" in taps(stay(player, "squad", 60))
    player.see("loading")
    player.see("battle")
    assert player.machine.state == "battle"


def test_faults_in_close_succession_are_one(player):
    """Its evidence is written once for each reason, its waits go on growing, and a person is asked once."""
    player.walk("squad")
    told = stay(player, "squad", 7200)
    assert sum(isinstance(command, Dump) for command in told) <= 2
    assert sum(isinstance(command, NeedHuman) for command in told) == 1
    assert len(taps(told)) < 100


def test_a_fault_after_hours_of_play_is_a_new_one(player):
    """Its evidence is written again."""
    for t in (1.0, 10_000.0):
        told = player.machine.handle(PartFailed(t=t, part="detector", why="gone"))
        assert [type(command) for command in told[-2:]] == [Dump, NeedHuman]
        assert player.machine.handle(PartFailed(t=t + 1, part="detector", why="gone")) == []
        player.see("home", t=t + 2)


@pytest.mark.parametrize("screen", INTERRUPTIONS)
def test_a_pop_up_that_stays_is_walked_away_from(player, screen):
    """Something may lie over it: after a few taps other ways out are tapped in turn with it, and then it is a fault."""
    player.see("home")
    told = [*player.see(screen), *stay(player, screen, 120)]
    assert {"back", "popup_close"} <= set(taps(told))
    assert len(taps(told)) <= TRIES + STEPS + 6
    player.see("home")
    assert player.machine.state == "menu"


def test_many_pop_ups_in_one_battle_are_each_closed(player):
    """Only taps in a row without another screen between them count as one pop-up that stays."""
    player.walk("battle")
    for _ in range(20):
        assert taps(player.see("popup")) == ["popup_close"]
        player.see("battle")
        player.battle()
    assert player.machine.state == "battle"


def test_two_interruptions_on_an_unknown_screen_are_both_closed(player):
    """One lies over the other: the walk home taps what closes each."""
    player.tell(ScreenLost, seconds=5.0)
    assert taps(player.see("connection_lost")) == ["connection_confirm"]
    assert set(taps(stay(player, "connection_lost", 8))) >= {"popup_close"}


def test_a_battle_that_is_not_recognised_is_not_led_into_the_games_menu(player):
    """Its menu button lies where other pages have their way back: looks and harmless taps, for longer than a battle."""
    player.deploy()
    assert player.tell(ScreenLost, seconds=5.0)[-1] == Look()
    told = [command for _ in range(300) for command in player.tell(Tick)]
    assert set(taps(told)) == {"clear", "popup_close"}
    player.see("battle")
    assert player.machine.state == "battle"
    assert player.machine.snapshot()["attempt"] != "None"


def test_after_minutes_the_way_back_is_tried_all_the_same(player):
    """Whatever replaced the battle by then, nothing is lost any more."""
    player.walk("battle")
    player.tell(ScreenLost, seconds=5.0)
    assert "back" in [point for _ in range(1200) for point in taps(player.tell(Tick))]


@pytest.mark.parametrize("screen", ["settle", "home", "title"])
def test_a_battle_that_is_over_does_not_count_as_the_last_known_screen(player, screen):
    """From a page behind it the way home begins at once."""
    player.walk("battle")
    player.see(screen)
    assert taps(player.tell(ScreenLost, seconds=5.0)) == ["back"]


def test_a_result_that_cannot_be_read_is_left(player):
    """The page is left after a while, and the battle is not counted."""
    player.walk("battle")
    player.battle()
    player.see("settle")
    assert taps(stay(player, "settle", 60))[0] == "result_leave"
    player.see("stage_map")
    assert player.machine.battles == 0


def test_a_result_page_that_stays_is_left_again(player):
    """A tap that was lost is made again; the battle is counted once."""
    player.walk("battle")
    player.battle()
    told = [*player.settle()]
    for _ in range(20):
        commands = player.tell(Tick)
        if Look() in commands:
            told += [*player.see("settle"), *player.tell(ResultSeen, outcome="won", stars=3)]
    assert taps(told).count("result_leave") >= 3
    assert sum(isinstance(command, BattleEnded) for command in told) == 1


@pytest.mark.parametrize("screen", SCREEN_NAMES)
def test_from_every_screen_there_is_a_way_home(player, screen):
    """Lost on an unknown page, the bot finds itself again on any screen, and plays on from home."""
    player.tell(ScreenLost, seconds=5.0)
    player.see(screen)
    for step in WAY:
        player.see(step)
    assert player.machine.state == "battle"


def test_trouble_is_sorted_once():
    """Every kind has its sort, and every sort its exit code."""
    assert {trouble.sort for trouble in TROUBLES.values()} == set(EXIT_CODES)
    assert (EXIT_CODES["recoverable"], EXIT_CODES["human_needed"]) == (DONE, HUMAN_NEEDED)

"""The pages before the home screen: from each the bot finds its way in, or says what a person has to do."""

from __future__ import annotations

import pytest
from player import gestures, stay, taps, view

from states.commands import Look, NeedHuman
from states.entry import ELSEWHERE
from states.events import PauseAsked, ResumeAsked, Tick


def asked(commands):
    """What a person is asked for."""
    return [command.why for command in commands if isinstance(command, NeedHuman)]


def test_a_disconnected_client_is_led_home(player):
    """The dialog in a battle, the title, the login page, loading, home; the battle counts for nothing."""
    player.deploy()
    assert taps(player.see("connection_lost")) == ["connection_confirm"]
    assert taps(player.see("title")) == ["title_start"]
    assert player.machine.state == "entry"
    assert taps(player.see("login")) == ["login_enter"]
    assert gestures(player.see("loading")) == []
    assert taps(player.see("home")) == ["terminal"]
    assert (player.machine.battles, player.machine.snapshot()["deployed"]) == (0, {})


@pytest.mark.parametrize("screen", ["title", "login", "update"])
def test_a_tap_that_is_lost_is_made_again(player, screen):
    """After some seconds, a few times, then after waits that grow."""
    assert len(taps(player.see(screen))) == 1
    assert len(taps(stay(player, screen, 60))) in (4, 5)


@pytest.mark.parametrize(
    ("screen", "word"),
    [("title", "title page"), ("login", "login page"), ("update", "update"), ("password", "password"),
     ("maintenance", "maintenance")],
)  # fmt: skip
def test_a_page_that_stays_needs_a_person_once(player, screen, word):
    """The sentence says which page; a day on it costs a bounded number of taps and one sentence."""
    told = [*player.see(screen), *stay(player, screen, 24 * 3600, every=5)]
    (why,) = asked(told)
    assert word in why
    assert len(taps(told)) < 170
    assert player.machine.state == "entry"


def test_an_update_is_confirmed_before_a_person_is_asked(player):
    """Once, and a few times more while the notice stays."""
    told = [*player.see("update"), *stay(player, "update", 25)]
    assert taps(told) == ["update_confirm"] * 4
    assert asked(told) == []
    assert len(asked(stay(player, "update", 300))) == 1


def test_nothing_is_tapped_where_a_password_is_wanted(player):
    """The bot knows none; it goes on when a person has entered it."""
    assert taps([*player.see("password"), *stay(player, "password", 3600)]) == []
    player.see("home")
    assert player.machine.state == "menu"


def test_maintenance_is_waited_for_with_patience(player):
    """Its button is tapped after a minute, then after waits that grow, though it leads back to it over the title."""
    told = player.see("maintenance")
    assert taps(told) == []
    for _ in range(2 * 3600):
        commands = player.tell(Tick)
        if Look() in commands and taps(commands := player.see("maintenance")):
            told += [*commands, *player.see("title"), *player.see("maintenance")]
    assert len(asked(told)) == 1
    assert 10 < taps(told).count("maintenance_confirm") < 20
    assert taps([*player.see("title"), *stay(player, "title", 600)])
    assert taps(player.see("login")) == ["login_enter"]
    player.see("home")
    assert player.machine.state == "menu"


def test_a_tap_on_maintenance_that_is_lost_is_made_again(player):
    """The next long wait is not waited for."""
    told = [*player.see("maintenance"), *stay(player, "maintenance", 90)]
    assert taps(told) == ["maintenance_confirm"] * 4


def test_the_way_in_is_new_after_the_home_screen(player):
    """Taps of an earlier way in do not count for the next."""
    for _ in range(30):
        assert taps(player.see("title")) == ["title_start"]
        assert asked(player.see("login")) == []
        player.see("loading")
        player.see("home")


def test_a_title_page_that_comes_back_for_ever_is_not_tapped_for_ever(player):
    """A server that throws the bot out at once is asked again after waits that grow."""
    made = sum(len(taps(player.see(screen))) for _ in range(3600) for screen in ("title", "login"))
    assert made < 60


def thrown_out(player, times):
    """What the bot does when another device throws it out so often, each time once it is in the game."""
    way = (ELSEWHERE, "title", "login", "home")
    return [command for _ in range(times) for screen in way for command in player.see(screen)]


def test_two_devices_do_not_throw_one_another_out_for_ever(player):
    """After three times within an hour nothing is pressed, and a person is asked once."""
    assert asked(thrown_out(player, 3)) == []
    told = player.see(ELSEWHERE)
    assert taps(told) == []
    assert "another device" in asked(told)[0]
    assert stay(player, ELSEWHERE, 3500) == []


def test_the_account_is_tried_again_a_few_times_an_hour(player):
    """By itself, for as long as it lasts; the person is not asked again."""
    told = [*thrown_out(player, 3), *player.see(ELSEWHERE)]
    for _ in range(24 * 3600 // 5):
        player.skip(4)
        commands = player.tell(Tick)
        commands = player.see(ELSEWHERE) if Look() in commands else commands
        while taps(commands):
            told += [*commands, *(command for screen in ("title", "login", "home") for command in player.see(screen))]
            commands = player.see(ELSEWHERE)
        told += commands
    assert len(asked(told)) == 1
    assert 24 <= taps(told).count("connection_confirm") <= 25 * 3


def test_thrown_out_now_and_then_is_no_contest(player):
    """Once in half an hour, all day long."""
    for hour in range(24):
        for half in range(2):
            assert taps(player.see(ELSEWHERE, t=3600.0 * hour + 1800.0 * half)) == ["connection_confirm"]
            player.see("home", t=3600.0 * hour + 1800.0 * half + 60)


@pytest.mark.parametrize("paused", [False, True])
def test_a_resume_enters_again_at_once(player, paused):
    """The person has closed the game on the other device."""
    thrown_out(player, 3)
    player.see(ELSEWHERE)
    if paused:
        player.tell(PauseAsked, id="p")
    assert Look() in player.tell(ResumeAsked, id="r")
    assert taps(player.see(ELSEWHERE)) == ["connection_confirm"]


def test_a_pop_up_over_the_title_page_is_closed(player):
    """And then the page is tapped, which has appeared again."""
    player.see("title")
    assert taps(player.see("popup")) == ["popup_close"]
    assert taps(player.see("title")) == ["title_start"]


def test_a_battle_after_the_way_in_begins_anew(player):
    """Nothing of the battle that was lost is remembered in the next."""
    player.deploy()
    player.see("title")
    player.walk("battle")
    assert player.battle(view())[-1].view.operators == ()

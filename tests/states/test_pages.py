"""The short states: menu, stage selection, settling and the walk home."""

from __future__ import annotations

from player import gestures

from states.commands import Dump, Look, NeedHuman, Swipe, Tap
from states.events import GestureFailed, ResultSeen, ScreenLost, Tick


def test_a_pop_up_is_closed_wherever_it_comes_up(player):
    """On any screen of the way, and in battle."""
    for screen in ("home", "stage_map", "battle"):
        player.see(screen)
        before = player.machine.state
        assert [tap.point for tap in gestures(player.see("popup"))] == ["popup_close"]
        assert player.machine.state == before
    assert [tap.point for tap in gestures(player.see("connection_lost"))] == ["connection_confirm"]


def test_a_pop_up_is_closed_where_the_event_says(player):
    """A profile can add a pop-up with a closing point of its own without a change of the states."""
    player.see("home")
    assert [tap.point for tap in gestures(player.see("popup", closed_by="corner"))] == ["corner"]


def test_a_tap_without_effect_is_made_again_after_a_while(player):
    """The screen is reported again, and what is seen then decides."""
    player.see("home")
    commands = [command for _ in range(8) for command in player.tell(Tick)]
    assert commands == [Look()]
    assert [tap.point for tap in gestures(player.see("home"))] == ["terminal"]


def test_a_gesture_that_failed_makes_it_look_again(player):
    """Nothing is assumed about what a broken gesture did."""
    player.see("home")
    assert player.tell(GestureFailed, id=1, why="lost") == [Look()]


def test_a_stage_out_of_sight_is_looked_for_and_then_asked_for(player):
    """The map is scrolled one way, then the other, then a person is asked."""
    player.see("terminal")
    pushed = []
    for _ in range(20):
        commands = player.see("stage_map", found={"9-9": (1, 1)})
        pushed += [command for command in commands if isinstance(command, Swipe)]
        if player.machine.state == "fault":
            break
    assert len({(swipe.start, swipe.end) for swipe in pushed}) == 2
    assert any(isinstance(command, NeedHuman) and "1-1" in command.why for command in commands)


def test_another_stages_panel_is_left(player):
    """Starting the wrong stage would cost sanity."""
    player.see("stage_map")
    assert [tap.point for tap in gestures(player.see("stage_panel", found={"1-2": (9, 9)}))] == ["back"]


def test_loading_for_ever_is_not_waited_for(player):
    """A download that hangs leads to a walk home."""
    player.walk("loading")
    for _ in range(100):
        player.tell(Tick)
    assert player.machine.state == "lost"


def test_the_result_page_is_left_only_after_it_was_read(player):
    """Leaving too early would lose the result."""
    player.walk("battle")
    assert gestures(player.see("settle")) == []
    assert [tap.point for tap in gestures(player.tell(ResultSeen, outcome="won", stars=3))] == ["result_leave"]


def test_on_an_unknown_screen_it_walks_home(player):
    """Step by step, with time between two steps, until a screen is known."""
    first = player.tell(ScreenLost, seconds=5.0)
    assert isinstance(first[-1], Tap)
    taps = [tap.point for _ in range(9) for tap in gestures(player.tell(Tick))]
    assert set(taps) == {"back", "popup_close"}
    player.see("home")
    assert player.machine.state == "menu"


def test_a_walk_that_leads_nowhere_is_a_fault(player):
    """With evidence; a person is asked once it has lasted for minutes."""
    commands = player.tell(ScreenLost, seconds=5.0)
    for _ in range(60):
        commands += player.tell(Tick)
    assert player.machine.state == "fault"
    assert [type(command) for command in commands].count(Dump) == 1
    assert not any(isinstance(command, NeedHuman) for command in commands)
    asked = [command for _ in range(3600) for command in player.tell(Tick) if isinstance(command, NeedHuman)]
    assert [command.why for command in asked] == [
        "the fault has lasted for 5 minutes: no known screen after 10 steps towards home"
    ]

"""Requests beside pause and resume: stop after the battle, another speed, learning on and off, a screenshot."""

from __future__ import annotations

import pytest
from player import Player, gestures, view

from states.commands import Answer, Finish, Look, Reject, SetLearning, TakeScreenshot, Tap
from states.events import (
    LearnAsked,
    PauseAsked,
    ReloadAsked,
    ResumeAsked,
    ScreenshotAsked,
    SpeedAsked,
    StageAsked,
    StopAsked,
)


def stop_after_battle(player: Player) -> list:
    """Ask for it."""
    return player.tell(StopAsked, id="s", when="after_battle")


@pytest.mark.parametrize("screen", ["loading", "battle"])
def test_the_battle_under_way_becomes_the_last(player, screen):
    """It is played to its end, and the daemon ends once home."""
    player.walk(screen)
    if screen == "battle":
        player.battle()
    assert stop_after_battle(player) == [Answer(id="s", what="stopping after this battle")]
    player.see("battle")
    player.battle()
    assert player.machine.state == "battle"
    player.settle()
    assert [tap.point for tap in gestures(player.see("stage_map"))] == ["back"]
    assert player.see("home")[-1] == Finish(code=0, why="all battles asked for were played")


@pytest.mark.parametrize("screen", ["home", "title"])
def test_a_battle_that_is_left_without_a_result_was_the_last_too(player, screen):
    """A client that is thrown out of the battle does not play another one first."""
    player.walk("battle")
    player.battle()
    stop_after_battle(player)
    player.see(screen)
    assert player.machine.last_one
    if screen != "home":
        assert isinstance(player.see("home")[-1], Finish)


@pytest.mark.parametrize("screen", ["home", "stage_map", "squad"])
def test_without_a_battle_it_goes_home_and_ends(player, screen):
    """No new battle is begun."""
    player.walk(screen)
    assert stop_after_battle(player) == [Answer(id="s", what="stopping once home"), Look()]
    if screen != "home":
        assert [tap.point for tap in gestures(player.see(screen))] == ["back"]
    assert isinstance(player.see("home")[-1], Finish)


def test_while_paused_it_is_kept_for_later(player):
    """The paused battle is the last one once it goes on."""
    player.walk("battle")
    player.battle()
    player.tell(PauseAsked, id="p")
    assert stop_after_battle(player) == [Answer(id="s", what="stopping after this battle")]
    player.tell(ResumeAsked, id="r")
    player.see("battle")
    player.battle()
    player.settle()
    assert isinstance(player.see("home")[-1], Finish)


def test_another_speed_is_played_from_the_next_frame_on(player):
    """The button is pressed when the game's speed differs, and the machine's setup has the new one."""
    player.walk("battle")
    assert not [tap for tap in gestures(player.battle(view(speed=2))) if isinstance(tap, Tap)]
    assert player.tell(SpeedAsked, id="v", speed=1) == [Answer(id="v", what="playing at speed 1")]
    (tap,) = player.battle(view(speed=2))
    assert (tap.point, player.machine.setup.speed) == ("speed", 1)


def test_a_speed_that_did_not_come_is_tried_again_when_asked_anew(player):
    """The bounded number of taps on the button begins again."""
    player.tell(SpeedAsked, id="v", speed=1)
    player.walk("battle")
    taps = [tap for _ in range(30) for tap in gestures(player.battle(view(speed=2))) if isinstance(tap, Tap)]
    assert len(taps) == 3
    player.tell(SpeedAsked, id="w", speed=1)
    assert any(isinstance(tap, Tap) for _ in range(3) for tap in player.battle(view(speed=2)))


@pytest.mark.parametrize("on", [True, False])
def test_learning_is_turned_on_and_off_in_every_state(player, on):
    """Paused or not."""
    for _ in range(2):
        first, second = player.tell(LearnAsked, id="l", on=on)
        assert (first, second.id) == (SetLearning(on=on), "l")
        player.tell(PauseAsked, id="p")


def test_a_screenshot_is_taken_whatever_is_shown(player):
    """Its answer comes from the part that takes it."""
    assert player.tell(ScreenshotAsked, id="c") == [TakeScreenshot(id="c")]
    player.tell(PauseAsked, id="p")
    assert player.tell(ScreenshotAsked, id="d") == [TakeScreenshot(id="d")]


def change(player: Player, id_: str, stage: str = "1-7") -> list:
    """Ask for another stage."""
    return player.tell(StageAsked, id=id_, stage=stage)


def test_another_stage_is_played_after_the_battle_under_way(player):
    """The machine ends, and says because of which request; the answer is for the machine that comes after it."""
    player.walk("battle")
    player.battle()
    assert change(player, "a") == []
    player.settle()
    player.see("stage_map")
    assert isinstance(player.see("home")[-1], Finish)
    assert player.machine.leaving == StageAsked(t=player.machine.leaving.t, id="a", stage="1-7")


def test_the_latest_change_counts_and_none_after_a_stop(player):
    """Each caller hears what became of the request."""
    assert change(player, "a") == [Look()]
    why = "another change was asked for before this one was made"
    assert player.tell(ReloadAsked, id="b") == [Reject(id="a", code="failed", why=why), Look()]
    assert isinstance(player.machine.leaving, ReloadAsked)
    stop_after_battle(player)
    assert change(player, "c") == [Reject(id="c", code="not_now", why="the bot is about to stop")]
    assert isinstance(player.machine.leaving, StopAsked)


def test_a_run_that_ends_by_itself_or_at_once_says_so(player):
    """A stop at once is a reason too; after all battles there is none."""
    assert player.machine.leaving is None
    player.tell(StopAsked, id="s")
    assert isinstance(player.machine.leaving, StopAsked)

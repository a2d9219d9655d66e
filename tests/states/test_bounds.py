"""Bounds: nothing is tapped, walked or waited for without end, and no battle affects the next."""

from __future__ import annotations

import pytest
from player import gestures, unit, view

from game.view import Card
from states.commands import Decide, Dump, Look, NeedHuman, Report, Tap
from states.events import Decided, PartFailed, PauseAsked, ResumeAsked, ScreenLost, Tick
from states.state import TRIES

ONE_CARD = (Card(0, 9, "ready"),)


def kinds(commands):
    """The commands by their type."""
    return [type(command) for command in commands]


@pytest.mark.parametrize("seen", [{"paused": True}, {"deploying": True}])
def test_a_button_that_is_dead_in_battle_is_a_fault(player, seen):
    """Two hours in front of an unchanged picture cost a handful of taps, not thousands."""
    player.walk("battle")
    taps = sum(len(gestures(player.battle(view(**seen)))) for _ in range(7200))
    assert taps == 4
    assert player.machine.state == "fault"


def test_a_policy_that_fails_in_battle_stays_a_fault(player):
    """The next frame of the battle does not lead out of the fault; a resume does, and the policy is asked again."""
    player.walk("battle")
    player.battle()
    player.tell(PartFailed, part="policy", why="not a number")
    assert player.battle() == []
    assert player.machine.state == "fault"
    assert Look() in player.tell(ResumeAsked, id="r")
    player.see("battle")
    assert Decide in [kind for _ in range(3) for kind in kinds(player.battle())]


def test_an_answer_missed_on_a_strange_screen_is_asked_for_again(player):
    """One answer that arrives in another state does not leave the rest of the battle unplayed."""
    player.walk("battle")
    asked = player.battle()[-1]
    player.tell(ScreenLost, seconds=5.0)
    player.tell(Decided, id=asked.id, action=(0, 0, 0, 0), q=0.0, explored=False, latency=0.0)
    player.see("battle")
    assert Decide in [kind for _ in range(3) for kind in kinds(player.battle())]


def test_a_battle_left_by_hand_does_not_affect_the_next(player):
    """Its operators are not on the next field, and no experience spans both battles."""
    player.deploy()
    player.battle(view(cards=ONE_CARD, operators=(unit(2, 2),)))
    assert player.machine.snapshot()["deployed"]
    player.tell(PauseAsked, id="a")
    player.tell(ResumeAsked, id="b")
    player.walk("battle")
    commands = player.battle(view(cards=ONE_CARD))
    assert kinds(commands) == [Decide]
    assert commands[0].view.operators == ()


def test_an_unknown_screen_for_hours_is_one_walk_and_one_fault(player):
    """The watcher goes on reporting ScreenLost; the bot tries a few steps now and then, and asks for a person once."""
    told = []
    for second in range(3600):
        told += player.tell(ScreenLost, seconds=5.0) if second % 5 == 0 else player.tell(Tick)
    assert kinds(told).count(Dump) == kinds(told).count(NeedHuman) == 1
    assert len(gestures(told)) <= 30


def test_a_dead_start_button_is_a_fault_though_the_way_back_works(player):
    """A few walks home and back to the button; then it is tried after waits that grow, and a person is asked once."""
    screen, starts, commands = "home", 0, player.see("home")
    told, back = commands, {"stage_panel": "stage_map", "stage_map": "terminal", "terminal": "home"}
    leads = {("home", "terminal"): "terminal", ("terminal", "last_stage"): "stage_map"}
    for _ in range(3600):
        before = screen
        for gesture in gestures(commands):
            point = gesture.point if isinstance(gesture, Tap) else ""
            starts += point == "stage_start"
            screen = "stage_panel" if not point else leads.get((screen, point), screen)
            screen = back.get(screen, screen) if point == "back" else screen
        commands = player.see(screen) if screen != before or Look() in commands else player.tell(Tick)
        told = [*told, *commands]
    assert any(isinstance(command, Report) and command.state == "fault" for command in told)
    assert kinds(told).count(NeedHuman) == 1
    assert starts <= 16 + 10 * TRIES


def test_a_stage_that_is_nowhere_is_said_once(player):
    """One NeedHuman, not two."""
    player.walk("terminal")
    last = [player.see("stage_map", found={}) for _ in range(9)][-1]
    assert kinds(last).count(NeedHuman) == 1

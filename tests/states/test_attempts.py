"""Every gesture of a battle is confirmed by what is seen, made again a bounded number of times, and then let be."""

from __future__ import annotations

from player import gestures, unit, view

from game.actions import DEPLOY, RETREAT, SKILL
from game.view import Card
from states.attempts import BAN_SECONDS, CONFIRM, REPEATS
from states.commands import Decide, Deploy, Remember, Retreat, Tap, UseSkill
from states.events import BattleSeen, GestureDone, ScreenSeen

HAND = view().cards[:1]
"""The hand once the second operator was deployed."""


def made_again(player, seen, gesture):
    """Tell that a gesture was made, and show `seen` until something else happens; the commands of that frame."""
    player.tell(GestureDone, id=gesture.id)
    return next(commands for commands in (player.battle(seen) for _ in range(20)) if commands)


def points(commands):
    """The points that commands tap."""
    return [command.point for command in commands if isinstance(command, Tap)]


def test_a_deployment_that_is_lost_is_made_again_and_then_banned(player):
    """A card that is not picked up: three drags, a wait for the learner, and a question that leaves this tile out."""
    player.walk("battle")
    commands = player.decide(player.battle(), DEPLOY, 1, 20, 0)
    ids = []
    while isinstance(commands[-1], Deploy):
        ids.append(commands[-1].id)
        commands = made_again(player, view(), commands[-1])
    assert len(set(ids)) == 1 + REPEATS
    remember, ask = commands
    assert isinstance(remember, Remember)
    assert remember.action == (0, 0, 0, 0)
    assert ask.banned == ((DEPLOY, 1, 20),)
    assert player.decide(commands, DEPLOY, 1, 20, 3) == [], "not in another direction either"
    later = player.battle(t=next(player.clock) + BAN_SECONDS + 10)
    assert later[-1].banned == ()


def test_an_effect_that_shows_late_counts(player):
    """A deployment that was slow is not made twice: its card is gone."""
    commands = player.deploy()
    for _ in range(2):
        assert player.battle(view(deploying=True)) == []
    assert points(player.battle(view(deploying=True))) == ["clear"]
    commands = player.battle(view(cards=HAND, operators=(unit(2, 2),)))
    assert [type(command) for command in commands] == [Remember, Decide]
    assert commands[0].action == (DEPLOY, 1, 20, 0)


def test_a_card_stuck_in_the_rhombus_is_taken_back_and_deployed_again(player):
    """The direction swipe was lost, near the empty spot: tapping that does nothing there, another button does."""
    player.deploy()
    stuck = view(cards=HAND, deploying=True)
    seen = [tap for _ in range(8) for tap in gestures(player.battle(stuck))]
    assert [tap.point for tap in seen] == ["clear", "clear", "pause"]
    again = player.battle()
    assert isinstance(again[-1], Deploy)
    assert again[-1].why == "no effect was seen"


def test_a_pause_that_ended_slow_motion_is_ended_too(player):
    """The second way out of slow motion may pause the game: then it is not left standing."""
    player.walk("battle")
    for _ in range(7):
        player.battle(view(deploying=True))
    assert points([one for _ in range(3) for one in player.battle(view(paused=True))])[:1] == ["pause"]
    assert isinstance(player.battle()[-1], Decide)


def test_slow_motion_that_does_not_end_is_a_fault_after_every_way_out(player):
    """No button is tapped for ever."""
    player.walk("battle")
    taps = [point for _ in range(600) for point in points(player.battle(view(deploying=True)))]
    assert taps == ["clear", "clear", "pause", "clear"]
    assert player.machine.state == "fault"
    player.see("battle")
    assert points(player.battle(view(deploying=True))) == ["clear"], "once the screen is known again it tries again"


def test_a_skill_panel_that_stays_open_is_closed(player):
    """The skill was used, but the unit is still selected."""
    player.deploy()
    ready = view(cards=HAND, operators=(unit(2, 2, ready=True),))
    (use,) = player.decide(player.battle(ready), SKILL, 1, 0, 0)
    player.tell(GestureDone, id=use.id)
    panel = view(cards=HAND, operators=(unit(2, 2),), deploying=True)
    assert points([one for _ in range(4) for one in player.battle(panel)])[:1] == ["clear"]


def test_a_skill_that_triggered_by_itself_is_not_tapped(player):
    """Between the question and the answer it began: a tap would only open the panel."""
    player.deploy()
    asked = player.battle(view(cards=HAND, operators=(unit(2, 2, ready=True),)))
    player.battle(view(cards=HAND, operators=(unit(2, 2),)))
    assert player.decide(asked, SKILL, 1, 0, 0) == []


def test_a_lost_tap_on_a_skill_is_made_again_only_while_it_is_ready(player):
    """Else the second tap would be on something else."""
    player.deploy()
    ready = view(cards=HAND, operators=(unit(2, 2, ready=True),))
    (use,) = player.decide(player.battle(ready), SKILL, 1, 0, 0)
    (again,) = made_again(player, ready, use)
    assert isinstance(again, UseSkill)
    assert again.id != use.id


def test_a_lost_retreat_is_made_again_while_the_operator_stands(player):
    """And is done once its card is back."""
    player.deploy()
    standing = view(cards=HAND, operators=(unit(2, 2),))
    (retreat,) = player.decide(player.battle(standing), RETREAT, 1, 0, 0)
    (again,) = made_again(player, standing, retreat)
    assert isinstance(again, Retreat)
    player.tell(GestureDone, id=again.id)
    gone = view(cards=(Card(0, 9, "ready"), Card(1, 12, "cooling")))
    commands = [one for _ in range(3) for one in player.battle(gone)]
    assert [one.action for one in commands if isinstance(one, Remember)] == [(RETREAT, 1, 0, 0)]


def test_effects_are_waited_for_as_long_as_pictures_take(player):
    """A screenshot that takes 3 s does not make a deployment be dragged twice."""
    player.walk("battle")
    t = 100.0
    asked = player.tell(BattleSeen, t=t, view=view(), latency=3.0, lag=3.0)
    (deploy,) = player.decide(asked, DEPLOY, 1, 20, 0)
    player.tell(GestureDone, t=t, id=deploy.id)
    for later in (3.0, 6.0):
        assert player.tell(BattleSeen, t=t + later, view=view(), latency=3.0, lag=3.0) == []
    (again,) = player.tell(BattleSeen, t=t + CONFIRM + 7, view=view(), latency=3.0, lag=3.0)
    assert isinstance(again, Deploy)


def test_the_lag_is_forgotten_when_pictures_are_fast_again(player):
    """One slow screenshot does not slow down the rest of the night."""
    player.tell(ScreenSeen, screen="home", lag=3.0)
    assert player.machine.lag == 3.0
    for _ in range(100):
        player.tell(ScreenSeen, screen="home", lag=0.05)
    assert player.machine.lag == 0.05

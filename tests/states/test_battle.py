"""The battle state: one question a game second, gestures that are checked, and a memory of the deployments."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from player import gestures, unit, view

from game.view import Card
from states.commands import Decide, Deploy, Remember, Retreat, Tap, UseSkill
from states.events import GestureDone, GestureFailed


def test_it_asks_once_a_game_second(player):
    """At 2x a wall second is two game seconds; between two questions at least one passes."""
    player.walk("battle")
    asked = [command for t in range(80) for command in player.battle(t=10 + t * 0.25) if isinstance(command, Decide)]
    assert len(asked) == 1, "an unanswered question is not asked again"
    player.decide(asked, 0, 0, 0, 0)
    at = []
    for t in range(40):
        commands = player.battle(t=31 + t * 0.25)
        if commands:
            at.append(31 + t * 0.25)
            player.decide(commands, 0, 0, 0, 0)
    gaps = [round(b - a, 2) for a, b in pairwise(at)]
    assert set(gaps) == {0.5}


def test_a_deployment_names_the_card_by_its_place_in_the_hand(player):
    """Cards are sorted by cost, so a place does not give the slot."""
    player.walk("battle")
    hand = (Card(1, 7, "ready"), Card(0, 9, "ready"))
    (deploy,) = player.decide(player.battle(view(cards=hand)), 1, 0, 20, 3)
    assert isinstance(deploy, Deploy)
    assert (deploy.card, deploy.cards, deploy.row, deploy.col, deploy.direction) == (1, 2, 2, 2, 3)


def test_a_card_that_can_no_longer_be_paid_is_not_dragged(player):
    """The battle goes on while the policy decides."""
    player.walk("battle")
    asked = player.battle()
    player.battle(view(cards=(Card(0, 9, "unaffordable"), Card(1, 12, "unaffordable"))))
    assert player.decide(asked, 1, 0, 20, 0) == []


def test_a_deployment_is_known_once_its_card_is_gone(player):
    """From then on the operator has its slot and direction, even in a frame in which the detector missed it."""
    player.deploy()
    for operators in ((unit(2, 2),), (unit(2, 2),), ()):
        commands = player.battle(view(cards=view().cards[:1], operators=operators))
        seen = commands[-1].view.operators
        assert [(one.slot, one.row, one.col, one.direction) for one in seen] == [(1, 2, 2, 0)]
        player.decide(commands, 0, 0, 0, 0)


def test_a_view_says_what_is_seen_known_and_inferred(player):
    """What the twin infers of an operator counts where its tile shows nothing, and makes no operator of its own."""
    player.deploy()
    bare = view(cards=view().cards[:1])
    inferred = msgspec.structs.replace(unit(2, 2, ready=True), slot=1, health=0.5, origin="inferred")
    stray = msgspec.structs.replace(inferred, slot=0, col=3)
    for operators, origin, ready in (
        ((unit(2, 2),), "seen", False), ((), "known", False), ((inferred, stray), "inferred", True),
    ):  # fmt: skip
        commands = player.battle(msgspec.structs.replace(bare, operators=operators))
        (one,) = commands[-1].view.operators
        assert (one.slot, one.row, one.col, one.origin, one.skill_ready) == (1, 2, 2, origin, ready)
        player.decide(commands, 0, 0, 0, 0)


def test_a_gesture_the_hands_could_not_make_is_a_wait(player):
    """And the next question follows at once."""
    player.walk("battle")
    (deploy,) = player.decide(player.battle(), 1, 1, 20, 0)
    player.tell(GestureFailed, id=deploy.id, why="no mouse")
    remembered = player.battle()[0]
    assert isinstance(remembered, Remember)
    assert remembered.action == (0, 0, 0, 0)


def test_what_worked_is_remembered_with_what_came_of_it(player):
    """Before, action and after belong together."""
    player.deploy()
    after = view(dp=8, cards=view().cards[:1], operators=(unit(2, 2),))
    commands = player.battle(after)
    assert isinstance(commands[0], Remember)
    assert commands[0].action == (1, 1, 20, 0)
    assert (commands[0].before.dp, commands[0].after.dp) == (20, 8)


def test_an_operator_that_fell_is_in_the_hand_again(player):
    """Cards are trusted more than boxes: a stray detection does not keep a fallen operator alive."""
    player.deploy()
    player.decide(player.battle(view(cards=view().cards[:1], operators=(unit(2, 2),))), 0, 0, 0, 0)
    fallen = view(cards=(Card(0, 9, "ready"), Card(1, 18, "cooling")), operators=(unit(2, 2),))
    assert [one.slot for one in player.battle(fallen)[-1].view.operators] == [-1]


def test_an_operator_that_fell_is_missed_even_when_its_card_cannot_be_read(player):
    """The size of the hand tells how many stand; the one not seen for longest has fallen."""
    player.deploy()
    player.decide(player.battle(view(cards=view().cards[:1], operators=(unit(2, 2),))), 0, 0, 0, 0)
    unreadable = view(cards=(Card(0, 9, "ready"), Card(-1, -1, "unaffordable")))
    assert player.battle(unreadable)[-1].view.operators == ()


def test_cards_of_others_hide_no_operator_of_the_squad(player):
    """Cards of a support unit stay unknown, and make the hand larger than the squad: who was deployed still stands."""
    helpers = (Card(-1, 30, "unaffordable"), Card(-1, 32, "unaffordable"))
    player.walk("battle")
    commands = player.decide(player.battle(view(cards=(*view().cards, *helpers))), 1, 1, 20, 0)
    player.tell(GestureDone, id=commands[-1].id)
    after = view(cards=(view().cards[0], *helpers), operators=(unit(2, 2),))
    assert [one.slot for one in player.battle(after)[-1].view.operators] == [1]


@pytest.mark.parametrize(("state", "standing"), [("ready", [1]), ("cooling", [])])
def test_what_an_operator_summons_hides_no_operator(player, state, standing):
    """Its card comes into the hand as its owner is deployed. One that cools down may be that of an operator that fell:
    it cools down then, and what is summoned only after it was deployed.
    """
    player.walk("battle")
    commands = player.decide(player.battle(view()), 1, 1, 20, 0)
    player.tell(GestureDone, id=commands[-1].id)
    after = view(cards=(Card(-1, 5, state), view().cards[0]), operators=(unit(2, 2),))
    known = [one.slot for one in player.battle(after)[-1].view.operators]
    assert [slot for slot in known if slot != -1] == standing


@pytest.mark.parametrize(("kind", "gesture"), [(2, UseSkill), (3, Retreat)])
def test_skill_and_retreat_go_to_where_the_operator_stands(player, kind, gesture):
    """They are asked for by slot; the hands need a tile."""
    player.deploy()
    standing = view(cards=view().cards[:1], operators=(unit(2, 2, ready=True),))
    (made,) = player.decide(player.battle(standing), kind, 1, 0, 0)
    assert isinstance(made, gesture)
    assert (made.row, made.col) == (2, 2)


def test_play_is_set_to_the_speed_asked_for(player):
    """One tap, then patience: the button needs a moment."""
    player.walk("battle")
    slow = view(speed=1)
    assert [command.point for command in gestures(player.battle(slow, t=20.0))] == ["speed"]
    assert gestures(player.battle(slow, t=20.5)) == []


def test_a_battle_that_is_paused_by_mistake_goes_on(player):
    """The bot was not paused, so the game should not be."""
    player.walk("battle")
    assert [command.point for command in player.battle(view(paused=True)) if isinstance(command, Tap)] == ["pause"]


def test_a_card_that_hangs_on_the_pointer_is_put_back(player):
    """A card that stays selected leaves the battle in slow motion: an empty spot is tapped."""
    player.walk("battle")
    assert [command.point for command in player.battle(view(deploying=True)) if isinstance(command, Tap)] == ["clear"]

"""Every fault comes when its seed says so, does what its name says, and ends."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.fault_kinds import KINDS
from game.levels.stage import load_stage
from game.practice import layout
from game.practice.app import PracticeGame
from game.practice.faults import FARTHEST, FRAME_RATES, HABITS, SIZES, Faults, schedule
from game.practice.flow import LOADING_SECONDS
from game.practice.placement import WindowPlacement

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)
SIZE = (640, 360)
STEP = 0.25


def opened(*kinds, seed=0, rate=1.0):
    """A game at home in which only these faults come."""
    return PracticeGame([STAGE], SQUAD, SIZE, popups=False, faults=Faults(kinds, seed, rate))


def tap(game, at):
    """Down and up on a spot."""
    point = game.scale.middle(at)
    game.pointer_down(*point)
    game.pointer_up(*point)


def walk(game, until="battle"):
    """Tap through the menus; no time passes before the loading page."""
    for spot in (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START):
        if game.screen != until:
            tap(game, spot)
    if until == "battle":
        game.advance(LOADING_SECONDS)
    assert game.screen == until


def wait_for(game, kind, lasting=True):
    """Let time pass until a fault of this kind lasts, or lasts no more."""
    for _ in range(4000):
        if (game.faults.lasting(kind, game.time) is not None) is lasting:
            return
        game.advance(STEP)
    pytest.fail(f"{kind} never came" if lasting else f"{kind} never went")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_faults_and_another_seed_others(kind):
    """A fault that broke the bot can be reproduced."""
    first, again, other = (list(islice(schedule(kind, seed), 20)) for seed in (7, 7, 8))
    assert first == again
    assert first != other


@pytest.mark.parametrize("kind", KINDS)
def test_faults_of_one_kind_come_in_order_and_within_their_bounds(kind):
    """They do not overlap, and none is longer or worse than its habit allows."""
    faults = list(islice(schedule(kind, 3), 300))
    assert all(later.start >= sooner.end for sooner, later in pairwise(faults))
    assert all(HABITS[kind].shortest <= fault.seconds <= HABITS[kind].longest for fault in faults)
    first = [fault.amount[0] for fault in faults]
    least, most = {"frame_rate": FRAME_RATES, "moved": (-FARTHEST, FARTHEST), "resized": SIZES}.get(kind, (0.0, 0.0))
    assert least <= min(first) <= max(first) <= most


@pytest.mark.parametrize("kind", KINDS)
def test_a_higher_rate_shortens_the_gaps_and_nothing_else(kind):
    """Twice the rate, half the gap; a fault itself lasts as long and is as bad."""
    usual, often = (list(islice(schedule(kind, 5, rate), 10)) for rate in (1.0, 2.0))
    assert [one[2:] for one in usual] == [one[2:] for one in often]
    gaps = [[b.start - a.end for a, b in pairwise(some)] for some in (usual, often)]
    assert np.allclose(gaps[0], np.multiply(gaps[1], 2))


def test_a_kind_comes_at_the_same_moments_alone_and_among_all():
    """So that each kind can be examined by itself."""
    for kind in KINDS:
        alone, among = Faults([kind], 4), Faults(KINDS, 4)
        assert alone.begun(200.0) == [fault for fault in among.begun(200.0) if fault.kind == kind]


def test_how_the_clock_is_read_changes_no_fault():
    """In one step or in many: the schedule depends on the time alone."""
    steps, once = Faults(KINDS, 1), Faults(KINDS, 1)
    told = [fault for tick in range(1, 1001) for fault in steps.begun(tick / 10)]
    assert told == once.begun(100.0)


def test_without_faults_nothing_goes_wrong():
    """The default."""
    game = opened()
    walk(game)
    for _ in range(200):
        game.advance(STEP)
        assert game.place == WindowPlacement()
        assert game.screen in ("battle", "failed")


@pytest.mark.parametrize("kind", ["popup", "connection_lost"])
def test_an_interruption_stays_until_it_is_closed(kind):
    """It can come in the middle of a battle, which then stops."""
    game = opened(kind, rate=3.0)
    walk(game)
    while game.screen == "battle":
        game.advance(STEP)
    assert game.screen == kind
    before = game.battle.seconds
    game.advance(STEP)
    assert game.battle.seconds == before
    tap(game, layout.POPUP_CLOSE if kind == "popup" else layout.CONFIRM)
    assert game.screen == "battle"


def test_loading_stands_still_while_it_stalls_and_then_goes_on():
    """The page stays longer than usual, and then the battle begins."""
    game = opened("loading_stall")
    wait_for(game, "loading_stall")
    walk(game, until="loading")
    began = game.time
    while game.screen == "loading":
        game.advance(STEP)
    assert game.screen == "battle"
    assert game.time - began > LOADING_SECONDS + STEP


def test_a_swallowed_tap_does_nothing_and_a_later_one_works():
    """It is enough to try again."""
    game = opened("tap_swallowed")
    wait_for(game, "tap_swallowed")
    tap(game, layout.TERMINAL)
    assert game.screen == "home"
    wait_for(game, "tap_swallowed", lasting=False)
    tap(game, layout.TERMINAL)
    assert game.screen == "terminal"


def test_a_drag_lost_halfway_puts_the_card_back():
    """Nothing is deployed where it is let go, and the card is no longer held."""
    game = opened("drag_lost")
    walk(game)
    wait_for(game, "drag_lost")
    cards = game.battle.view().cards
    ready = next(index for index, card in enumerate(cards) if card.state == "ready")
    left, top, pitch = game.scale.card(ready, len(cards))
    game.pointer_down(left + pitch / 2, top + 20)
    assert game.battle_page.input.hold is not None
    game.pointer_move(300, 150)
    game.pointer_up(300, 150)
    assert game.battle_page.input.hold is None
    assert not game.battle.operators_on_field()


def test_a_frozen_picture_stays_while_the_game_goes_on():
    """Then it shows how far the battle has come."""
    game = opened("frozen", rate=3.0)
    walk(game)
    game.draw()
    wait_for(game, "frozen")
    before, seconds = game.draw(), game.battle.seconds
    game.advance(STEP)
    assert np.array_equal(game.draw(), before)
    assert game.battle.seconds > seconds
    wait_for(game, "frozen", lasting=False)
    assert not np.array_equal(game.draw(), before)


def test_a_black_picture_has_no_units_in_it():
    """And the next one is whole again."""
    game = opened("black")
    wait_for(game, "black")
    assert not game.draw().any()
    assert game.labels() == []
    wait_for(game, "black", lasting=False)
    assert game.draw().any()


def test_the_frame_rate_is_what_the_fault_says():
    """There are that many new pictures a second, even if more are asked for."""
    game = opened("frame_rate", seed=2)
    walk(game)
    game.advance(0.01)
    fault = game.faults.lasting("frame_rate", game.time)
    pictures, last = 0, None
    for _ in range(400):
        game.advance(0.01)
        game.picture()
        pictures += game._shown[0] != last
        last = game._shown[0]
    assert fault == game.faults.lasting("frame_rate", game.time)
    assert 0.75 <= pictures / (4 * fault.amount[0]) <= 1.05


@pytest.mark.parametrize("kind", ["moved", "resized"])
def test_a_moved_or_resized_window_is_touched_where_it_is_seen(kind):
    """The terminal's button answers where it is now."""
    game = opened(kind, seed=1)
    wait_for(game, kind)
    place = game.place
    assert place != WindowPlacement()
    x, y = game.scale.middle(layout.TERMINAL)
    point = x * place.factor + place.right, y * place.factor + place.down
    game.pointer_down(*point)
    game.pointer_up(*point)
    assert game.screen == "terminal"
    assert not np.array_equal(game.draw(), game.picture())
    wait_for(game, kind, lasting=False)
    assert np.array_equal(game.draw(), game.picture())


def test_a_battle_that_fails_leads_back_to_the_map():
    """At once, whatever is on the field."""
    game = opened("failed", rate=3.0)
    walk(game)
    while game.screen == "battle":
        game.advance(STEP)
    assert game.screen == "failed"
    assert game.battle.outcome is None
    tap(game, layout.RESULT_TITLE)
    assert game.screen == "stage_map"


@pytest.mark.parametrize("kind", KINDS)
def test_a_game_with_faults_plays_the_same_twice(kind):
    """Same seed, same clock, same taps: the same frames."""
    frames = []
    for _ in range(2):
        game, shown = opened(kind, seed=9, rate=3.0), []
        for step in range(60):
            game.advance(STEP)
            tap(
                game,
                (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START)[
                    step % 5
                ],
            )
            shown.append(game.draw().sum(dtype=np.int64))
        frames.append(shown)
    assert frames[0] == frames[1]

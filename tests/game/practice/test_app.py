"""The practice game answers taps and drags as the real one does, at every size."""

from __future__ import annotations

import numpy as np
import pytest
from befriended import KROOS, befriended, friend
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, STEPS, Action, unflatten
from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.practice import layout
from game.practice.app import PracticeGame
from game.practice.flow import LOADING_SECONDS

SQUAD = default_squad(CATALOGUE)
SIZES = [(1280, 720), (1920, 1080), (1024, 768), (1600, 720)]


def tap(game, at):
    """Down and up on a spot or a pixel."""
    point = game.scale.middle(at) if isinstance(at, layout.Spot) else at
    game.pointer_down(*point)
    game.pointer_up(*point)


def opened(stage="first_watch", size=SIZES[0], seed=0, **options):
    """A game at home, with nothing laid over it."""
    return PracticeGame([load_stage(stage, CATALOGUE)], SQUAD, size, seed, **({"popups": False} | options))


def in_battle(*arguments, **options):
    """A game whose battle has just begun."""
    game = opened(*arguments, **options)
    for spot in (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START):
        tap(game, spot)
    game.advance(LOADING_SECONDS)
    assert game.screen == "battle"
    return game


def card_of(game, slot):
    """A pixel of an operator's card."""
    hand = [card.slot for card in game.battle.view().cards]
    left, top, pitch = game.scale.card(hand.index(slot), len(hand))
    return left + pitch / 2, top + 60 * game.scale.factor


def pick(game, rng):
    """Any deployment that is legal now, or None."""
    battle = game.battle
    numbers = np.flatnonzero(battle.legal_actions())
    actions = [unflatten(int(n), len(SQUAD), battle.stage.height * battle.stage.width) for n in numbers]
    deploys = [action for action in actions if action.kind == DEPLOY]
    return deploys[rng.integers(len(deploys))] if deploys else None


def drag(game, action):
    """Drag the card to its tile and swipe; returns the seconds of play in the second for which it was held."""
    row, col = divmod(action.tile, game.battle.stage.width)
    middle = game.battle_page.camera.pixel(row, col, bool(game.battle.stage.high[row, col]), True)
    game.pointer_down(*card_of(game, action.slot))
    game.pointer_move(*middle)
    before = game.battle.seconds
    game.advance(1.0)
    slow = game.battle.seconds - before
    game.pointer_up(*middle)
    down, right = STEPS[action.direction]
    end = (middle[0] + right * 130 * game.scale.factor, middle[1] + down * 130 * game.scale.factor)
    game.pointer_down(*middle)
    game.pointer_move(*end)
    game.pointer_up(*end)
    return slow


def standing(game):
    """Slot, row, column and direction of every operator on the field."""
    return {(one.slot, one.row, one.col, one.direction) for one in game.battle.operators_on_field()}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", shipped_stages())
def test_a_drag_and_a_swipe_deploy_on_their_tile_in_their_direction(stage, size):
    """On every map, at several window sizes."""
    game, rng, made = in_battle(stage, size), np.random.default_rng(1), 0
    while game.screen == "battle" and made < 8:
        action = pick(game, rng)
        if action is not None and game.battle.outcome is None:
            drag(game, action)
            row, col = divmod(action.tile, game.battle.stage.width)
            assert (action.slot, row, col, action.direction) in standing(game)
            made += 1
        game.advance(3.0)
    assert made


def test_play_crawls_while_a_card_is_held():
    """About a fifth of its speed, as in the real game."""
    game = in_battle()
    assert drag(game, pick(game, np.random.default_rng(0))) == pytest.approx(0.2, abs=0.04)


def test_an_operator_of_the_level_is_drawn_and_takes_no_orders(make):
    """It stands in the picture like others; a tap on it opens no buttons."""
    game = PracticeGame([make.stage(befriended(make, friend(KROOS, (0, 3))))], SQUAD, SIZES[0], 0, popups=False)
    for spot in (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START):
        tap(game, spot)
    game.advance(LOADING_SECONDS)
    assert game.draw().any()
    (one,) = game.battle.operators_on_field()
    assert game.battle.units[one.slot].name == "Kroos"
    tap(game, game.battle_page.camera.pixel(one.row, one.col, bool(game.battle.stage.high[one.row, one.col])))
    assert game.battle_page.input.hold is None


def test_a_selected_unit_that_leaves_is_deselected():
    """Play goes on at normal speed, and the battle can be drawn."""
    game = in_battle()
    drag(game, pick(game, np.random.default_rng(0)))
    (one,) = game.battle.operators_on_field()
    tap(game, game.battle_page.camera.pixel(one.row, one.col, bool(game.battle.stage.high[one.row, one.col])))
    assert game.battle_page.input.hold is not None
    assert game.battle.act(Action(RETREAT, one.slot))
    game.advance(0.2)
    assert game.battle_page.input.hold is None
    assert game.draw().any()


def test_a_card_let_go_off_the_map_goes_back():
    """Nothing is deployed, and play goes on at normal speed."""
    game = in_battle()
    game.pointer_down(*card_of(game, pick(game, np.random.default_rng(0)).slot))
    game.pointer_move(640, 100)
    game.pointer_up(5, 5)
    before = game.battle.seconds
    game.advance(1.0)
    assert not standing(game)
    assert game.battle.seconds - before == pytest.approx(1.0, abs=0.05)


def test_a_tap_far_from_the_rhombus_puts_the_card_back():
    """The way out of choosing a direction."""
    game = in_battle()
    action = pick(game, np.random.default_rng(0))
    middle = game.battle_page.input.picker.middle(divmod(action.tile, game.battle.stage.width))
    game.pointer_down(*card_of(game, action.slot))
    game.pointer_move(*middle)
    game.pointer_up(*middle)
    tap(game, middle)
    assert game.battle_page.input.hold is not None, "a tap inside asks for the direction still"
    tap(game, (640, 90) if abs(middle[1] - 90) > 210 else (20, 500))
    assert game.battle_page.input.hold is None
    assert not standing(game)


@pytest.mark.parametrize("size", SIZES)
def test_the_retreat_button_takes_a_unit_back(size):
    """Tapped where the camera projects it."""
    game = in_battle(size=size)
    action = pick(game, np.random.default_rng(2))
    drag(game, action)
    place = divmod(action.tile, game.battle.stage.width)
    high = bool(game.battle.stage.high[place])
    tap(game, game.battle_page.camera.pixel(*place, high))
    tap(game, game.battle_page.camera.retreat_button(*place, high))
    assert not standing(game)


def test_the_skill_button_triggers_a_ready_skill():
    """And does nothing before it is ready."""
    game, rng = in_battle("first_watch"), np.random.default_rng(0)
    for _ in range(60):
        action = pick(game, rng)
        if action is not None:
            drag(game, action)
        game.advance(1.0)
        ready = [one for one in game.battle.operators_on_field() if one.skill_ready]
        if ready:
            break
    unit = ready[0]
    high = bool(game.battle.stage.high[unit.row, unit.col])
    tap(game, game.battle_page.camera.pixel(unit.row, unit.col, high))
    tap(game, game.battle_page.camera.skill_button(unit.row, unit.col, high))
    assert not next(one for one in game.battle.operators_on_field() if one.slot == unit.slot).skill_ready


def test_pause_stops_play_and_speed_doubles_it():
    """Thirty ticks a second, sixty, or none."""
    game = in_battle()

    def ticks():
        before = game.battle.ticks
        game.advance(1.0)
        return game.battle.ticks - before

    assert ticks() == 30
    tap(game, layout.SPEED)
    assert ticks() == 60
    tap(game, layout.PAUSE)
    assert ticks() == 0
    tap(game, layout.PAUSE)
    assert ticks() == 60


def test_a_battle_ends_on_its_page_and_a_tap_leads_back_to_the_map():
    """From there the back button leads home."""
    game = in_battle()
    for _ in range(300):
        game.advance(1.0)
    assert game.screen == "failed"
    tap(game, (1135, 45))
    assert game.screen == "stage_map"
    tap(game, layout.BACK)
    tap(game, layout.BACK)
    assert game.screen == "home"


@pytest.mark.parametrize(
    ("what", "way_out"),
    [("popup", layout.POPUP_CLOSE), ("connection_lost", layout.CONFIRM), ("unknown", layout.BACK)],
)
def test_an_interruption_stops_the_game_until_it_is_closed(what, way_out):
    """Nothing below it can be tapped, and a battle does not go on."""
    game = in_battle()
    game.interrupt(what)
    assert game.screen == what
    game.advance(5.0)
    tap(game, layout.PAUSE)
    assert game.battle.ticks == 0
    tap(game, way_out)
    assert game.screen == "battle"
    assert not game.paused


def test_the_same_seed_and_input_give_the_same_frames():
    """Every pixel and every label."""

    def film():
        game, rng, frames = in_battle(seed=5), np.random.default_rng(3), []
        for _ in range(8):
            action = pick(game, rng)
            if action is not None:
                drag(game, action)
            game.advance(1.7)
            frames.append((game.draw().tobytes(), tuple(game.labels())))
        return frames

    assert film() == film()


def test_labels_stand_where_the_units_stand():
    """The middle of a box's lower edge is where the camera projects the unit's foot."""
    game = in_battle()
    drag(game, pick(game, np.random.default_rng(1)))
    game.advance(6.0)
    game.draw()
    feet = [(x + width / 2, y + height) for name, x, y, width, height in game.labels() if name == "operator"]
    (unit,) = game.battle.operators_on_field()
    true = game.battle_page.camera.pixel(unit.row, unit.col, bool(game.battle.stage.high[unit.row, unit.col]))
    assert feet == [pytest.approx(true, abs=1.5)]
    enemies = [label for label in game.labels() if label[0] != "operator"]
    assert len(enemies) == len(game.battle.enemies_on_field()) > 0


def test_a_pointer_that_was_never_down_does_nothing():
    """A window can send such events."""
    game = in_battle()
    game.pointer_move(600, 300)
    game.pointer_up(600, 300)
    assert game.screen == "battle"
    assert not standing(game)

"""What effects do is drawn: states, shields, gauges, areas, links, ranges, and skills as they are used."""

from __future__ import annotations

import numpy as np
import pytest
from duels import blocked, duel, skill
from levels import CATALOGUE
from worlds import deploy, stepped, until

from game.actions import SKILL, Action
from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.effects import Effect
from game.levels.stage import load_stage
from game.practice.badges import GLYPHS, badge
from game.practice.battle_page import BattlePage
from game.practice.draw import BAR_HEIGHT, BAR_WIDTH, Painter
from game.practice.marks import STATES, UnitMarks, marks_of, range_of
from game.practice.scene import BattleScene, Hold
from game.simulator import options
from game.simulator.battle import Battle

SIZE = (1280, 720)
SLOWING = Effect(who="enemies", radius=2.0, add={"attack_speed": -50.0})
"""An enemy's effect on all operators around."""


def met(make, **more):
    """An operator that holds an enemy, and what it does to the enemy has begun."""
    battle = duel(make, **more)
    until(battle, lambda: blocked(battle))
    return stepped(battle, 3)


def drawn(battle, **scene):
    """The picture of a battle, BGR."""
    stage, painter = battle.stage, Painter(SIZE, battle.squad)
    painter.battle(
        BattleScene(battle, battle.view().cards, **scene), Camera(stage.height, stage.width, stage.view, SIZE)
    )
    return painter.frame()


def operator_marks(battle):
    """The marks of the operator."""
    return marks_of(battle).operators.get(0, UnitMarks())


@pytest.mark.parametrize(
    ("whom", "field", "state"),
    [
        ("unit", "stunned_until", "stunned"), ("unit", "frozen_until", "frozen"), ("unit", "cold_until", "cold"),
        ("foe", "stunned_until", "stunned"), ("foe", "frozen_until", "frozen"), ("foe", "slowed_until", "slowed"),
    ],
)  # fmt: skip
def test_a_state_is_marked_until_it_ends(make, whom, field, state):
    """By the clock: two ticks long, then no more."""
    battle = met(make)
    getattr(battle.records, whom)[0, 0][field] = battle.ticks + 2
    marks = [marks_of(battle)]
    battle.step(2)
    marks.append(marks_of(battle))
    found = [(one.operators if whom == "unit" else one.enemies).get(0, UnitMarks()).states for one in marks]
    assert found == [(state,), ()]


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect(add={"undying": 1e-6}), "undying"), (Effect(add={"disarmed": 1.0}), "disarmed"),
        (Effect(add={"camouflage": 1.0}), "hidden"), (Effect(add={"dodge": 0.5}), "dodging"),
        (Effect(scale={"attack": 0.2}), "stronger"), (Effect(factor={"arts_taken": 1.5}), "weaker"),
        (Effect(add={"bleed": 1.0}), "weaker"),
    ],
)  # fmt: skip
def test_changed_numbers_are_marked(make, effect, state):
    """Of an operator with such a talent."""
    assert operator_marks(met(make, effects=(effect,), skill=None)).states == (state,)


def test_what_holds_an_enemy_is_marked(make):
    """A speed of 0 is the state "bound"; silence, and sleep instead of the stun that goes with it."""
    hold = Effect(who="held", factor={"speed": 0.0}, add={"silence": 1.0})
    assert marks_of(met(make, effects=(hold,), skill=None)).enemies[0].states == ("bound", "silenced")
    battle = met(make, effects=(Effect(who="held", add={"asleep": 1.0}),), skill=None)
    battle.records.foe[0, 0]["stunned_until"] = battle.ticks + 9
    assert marks_of(battle).enemies[0].states == ("asleep",)


def test_shields_wards_and_gauges_are_told_as_shares(make):
    """A shield by the full health, an injury by the points at which it bursts, then by the time of the burst."""
    battle = met(make, max_health=1000.0, skill=None)
    unit = battle.records.unit[0, 0]
    unit["shield"], unit["wards"], unit["neural"], unit["burning"] = 250.0, 3, 100.0, options.BURST / 2
    assert operator_marks(battle) == UnitMarks((), 0.25, 3, 0.5, "burning")
    unit["neural"] = unit["burning"] = 0.0
    unit["uninjured_until"] = battle.ticks + options.BURST_SECONDS * 30 // 4
    assert operator_marks(battle)[3:5] == (0.25, "")


def test_the_bar_of_an_active_skill_is_what_is_left_of_it(make):
    """Half of the five seconds after half of them."""
    battle = met(make, skill=skill())
    assert battle.act(Action(SKILL, 0))
    battle.step(75)
    assert operator_marks(battle).skill_left == pytest.approx(0.5, abs=0.02)


def test_an_area_is_there_as_long_as_its_owner_may_act(make):
    """A circle around the enemy's tile; none once it is silenced."""
    battle = met(make, enemy={"effects": (SLOWING,)})
    row, col = divmod(int(battle.records.foe[0, 0]["tile"]), battle.stage.width)
    assert marks_of(battle).areas == (((row, col), 2.0, True),)
    silent = Effect(who="held", add={"silence": 1.0})
    assert marks_of(met(make, enemy={"effects": (SLOWING,)}, effects=(silent,), skill=None)).areas == ()


def test_a_place_that_an_enemy_has_laid_is_drawn_though_it_is_gone(make):
    """A circle around that tile, until its time is over."""
    cloud = Effect(when="interval", every=1.0, who="enemies", radius=2.0, at_place=True, damage_points=1.0, kind="true")
    battle = met(make, enemy={"effects": (cloud,)})
    assert marks_of(battle).areas == ()
    foe = battle.records.foe[0, 0]
    foe["place"], foe["place_until"] = 1 * battle.stage.width + 2, battle.ticks + 1
    foe["hidden"] = True
    assert marks_of(battle).areas == (((1.0, 2.0), 2.0, True),)
    battle.step(3)
    assert marks_of(battle).areas == ()


def test_the_range_of_a_skill_that_works_on_all_in_it_is_outlined_while_it_is_active(make):
    """The tiles that the operator covers."""
    mends = skill(effects=(Effect(when="interval", every=1.0, who="allies in range", heal=0.1),))
    battle = met(make, skill=mends)
    assert marks_of(battle).ranges == ()
    assert battle.act(Action(SKILL, 0))
    (covered,) = marks_of(battle).ranges
    assert np.array_equal(covered, battle.records.covers[0, 0])


def test_an_enemy_that_lies_is_seen_until_it_rises(make):
    """Though it can be neither hit nor seen by a policy."""
    battle = duel(make, attack=1e10, enemy={"rises_after": 2.0}, skill=None, effects=(Effect(add={"dodge": 0.1}),))
    until(battle, lambda: marks_of(battle).lying)
    before = battle.ticks
    assert battle.view().enemies == ()
    until(battle, battle.enemies_on_field)
    assert marks_of(battle).lying == ()
    assert battle.ticks - before == pytest.approx(60, abs=2)


def test_a_link_goes_from_the_enemy_to_its_operator(make):
    """And the enemy is marked."""
    link = Effect(
        when="interval", every=99.0, ready_after=0.1, waits=True, who="enemies", radius=3.0, most=1, link=20.0
    )
    battle = duel(make, enemy={"effects": (link,)})
    until(battle, lambda: marks_of(battle).links)
    foe = battle.records.foe[0, 0]
    assert marks_of(battle).links == (((float(foe["row"]), float(foe["col"])), (1.0, 3.0)),)
    assert marks_of(battle).enemies[0].states == ("linked",)


@pytest.mark.parametrize("direction", range(4))
def test_the_range_before_a_deployment_is_the_one_after_it(direction):
    """In every direction, and with the skill as well."""
    battle = Battle(load_stage("first_watch", CATALOGUE), default_squad(CATALOGUE))
    slot, tile = next((slot, tiles[0]) for slot in range(12) if (tiles := battle.places_for(slot)))
    shown = range_of(battle, slot, tile, direction)
    battle.records.battle[0]["dp"] = 99
    deploy(battle, slot, *tile, direction)
    assert np.array_equal(shown, battle.records.covers[0, slot])


def test_every_state_has_a_badge_of_its_own():
    """Also at the size on the field."""
    assert set(GLYPHS) == set(STATES)
    assert len({badge(state, 22).get_buffer().raw for state in STATES}) == len(STATES)


def test_no_mark_hides_a_bar(make):
    """An operator and an enemy in every state, with shield and wards in an area: their bars are drawn as without."""
    battle = met(make, max_health=1000.0, effects=(Effect(add={"undying": 1e-6}),), enemy={"effects": (SLOWING,)})
    unit, foe = battle.records.unit[0, 0], battle.records.foe[0, 0]
    unit["health"], foe["health"] = 600.0, foe["health"] / 2
    calm = drawn(battle)
    unit["shield"], unit["wards"] = 400.0, 3
    for one in (unit, foe):
        one["stunned_until"] = one["frozen_until"] = one["cold_until"] = battle.ticks + 99
    marked = drawn(battle)
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZE)
    assert (calm != marked).any(axis=2).sum() > 500
    for row, col in ((unit["row"], unit["col"]), (foe["row"], foe["col"])):
        x, y = camera.pixel(row, col)
        tile = camera.pixel(row, col + 0.5)[0] - camera.pixel(row, col - 0.5)[0]
        half = round(tile * BAR_WIDTH / 2) - 1
        bar = np.s_[round(y + tile * 0.03) : round(y + tile * (BAR_HEIGHT + 0.01)), round(x) - half : round(x) + half]
        assert np.array_equal(calm[bar], marked[bar])


def test_no_mark_is_in_the_view_that_policies_read(make):
    """A shield, an injury and a link change the picture and not the view."""
    battle = met(make)
    before, calm = battle.view(), drawn(battle)
    battle.records.unit[0, 0]["shield"], battle.records.unit[0, 0]["neural"] = 300.0, 500.0
    battle.records.foe[0, 0]["link"] = 0
    assert battle.view() == before
    assert (drawn(battle) != calm).any()


def test_a_selected_unit_shows_its_range(make):
    """So does a card that waits for its direction, once it has one."""
    battle = met(make)
    place = battle.operators_on_field()[0]
    picked = drawn(battle, hold=Hold(0, tile=(place.row, place.col), standing=True))
    battle.records.covers[0, 0, :] = False
    bare = drawn(battle, hold=Hold(0, tile=(place.row, place.col), standing=True))
    assert (picked != bare).any()


def test_a_skill_shows_as_it_is_used_and_fades(make):
    """As does the death of an enemy that does harm."""
    harm = Effect(when="death", who="enemies", radius=1.5, damage=1.0)
    battle = met(make, skill=skill(), enemy={"effects": (harm,), "max_health": 1000.0})
    page = BattlePage(battle, Painter(SIZE, battle.squad).hud_scale)
    assert battle.act(Action(SKILL, 0))
    page.advance(0.1, 0.1)
    (burst,) = page.scene(0.1).bursts
    assert (burst.centre, burst.hostile) == ((1.0, 3.0), False)
    page.advance(1.0, 1.1)
    assert page.scene(1.1).bursts == ()
    battle.records.foe[0, 0]["health"] = 1.0
    while battle.enemies_on_field():
        page.advance(0.1, 2.0)
    assert [(one.radius, one.hostile) for one in page.scene(2.0).bursts] == [(1.5, True)]

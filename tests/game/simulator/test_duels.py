"""Random duels agree with a plain reference that was written from the words of docs/rules.md."""

from __future__ import annotations

import dataclasses
from itertools import islice

import msgspec
import pytest
from levels import CATALOGUE
from plain_duel import story
from plain_scene import Duel, Words
from random_duels import Meeting, coming_of, coverage, difference, meeting

from game.characters.builds import squad_of
from game.characters.models import Skill

RIGHT, LEFT = 0, 2
DUELS = 80
STURDY = 1e6


def operator(name, **changes):
    """An operator with other numbers."""
    return msgspec.structs.replace(squad_of((name,), CATALOGUE)[0], **changes)


def skill(**fields):
    """A skill that fills by the second."""
    usual = {"name": "Test", "gain": "second", "by_hand": True, "cost": 4, "initial": 0, "duration": 5.0}
    return Skill(**(usual | fields))


def duel(make, one, tile, direction, *spawns, at=1, **enemies):
    """A duel with these numbers of the enemies by name, each with much health; deployed at tick `at`."""
    stage = make.stage(make.level(list(spawns)))
    changed = tuple(
        msgspec.structs.replace(foe, **({"max_health": STURDY} | enemies.get(foe.name, {}))) for foe in stage.enemies
    )
    stage = dataclasses.replace(stage, enemies=changed)
    return Meeting(Duel(one, coming_of(stage), tile, direction, at, 1), stage, one.name, 0)


@pytest.mark.parametrize("seed", range(DUELS))
def test_a_duel_goes_as_the_words_of_the_rules_say(make, seed):
    """Health of both sides, places, SP, skill and the end are the same at every tick."""
    one = meeting(seed, make)
    assert difference(one) is None, one.who


@pytest.mark.parametrize(
    "wrong",
    [
        Words(least_damage=0.1),
        Words(wind_up=14),
        Words(shooting_pause=21),
        Words(block_radius_squared=0.6),
        Words(sp_while_active=True),
    ],
)
def test_a_wrong_rule_is_noticed(make, wrong):
    """A reference that gets one number of the rules wrong disagrees with the simulator in one of these duels."""
    differing = (seed for seed in range(DUELS) if difference(meeting(seed, make), wrong) is not None)
    assert list(islice(differing, 1))


def test_the_reference_plays_nearly_all_that_is_shipped():
    """It is no proof that leaves the difficult ones out: all operators with each skill, and nearly all enemies."""
    operators, all_operators, enemies, all_enemies = coverage(CATALOGUE)
    assert operators == all_operators
    assert enemies >= 0.95 * all_enemies


def test_the_reference_tells_a_duel_from_deployment_to_death(make):
    """Fang, with 100 attack, blocks a slug of 150 health and no defense: two blows, an attack interval apart."""
    one = operator("Fang", attack=100.0, attack_interval=1.0, skill=None)
    weak = {"max_health": 150.0, "attack": 0.0, "defense": 0.0}
    found = duel(make, one, (1, 2), RIGHT, make.spawn(at=1.0), slug=weak)
    told = story(found.duel)
    assert [what.what for what in told] == ["deployed", "appears", "blocked", "is hit", "is hit", "dies"]
    assert [what.amount for what in told if what.what == "is hit"] == [100.0, 100.0]
    assert told[4].tick - told[3].tick == 30


# --- What such duels have found, with numbers that make it certain ----------------------------------------------------


def test_an_enemy_of_the_first_tick_winds_up_as_well(make):
    """It is idle when it sees its first operator, whenever it came."""
    found = duel(make, operator("Fang"), (1, 1), RIGHT, make.spawn("crossbow"), at=0)
    assert difference(found) is None


def test_an_enemy_that_has_leaked_does_not_attack(make):
    """It is off the field."""
    shooter = {"attack_interval": 52 / 30, "range": 2.0}
    found = duel(make, operator("Kroos"), (0, 7), LEFT, make.spawn("crossbow", at=1.0), at=5, crossbow=shooter)
    assert difference(found) is None


def test_a_skill_that_reduces_block_releases_the_enemy_that_was_blocked_last(make):
    """The slow one appeared first, and was blocked last."""
    one = operator("Fang", block=2, attack=1.0, max_health=STURDY, skill=skill(block=-1))
    spawns = (make.spawn("slug", at=1.0), make.spawn("hound", at=1.0))
    found = duel(make, one, (1, 1), RIGHT, *spawns, slug={"speed": 0.5}, hound={"speed": 1.9})
    assert difference(found) is None


def test_an_attack_that_a_skill_hastens_strikes_whom_the_operator_sees_now(make):
    """It looks for a target as its skill begins: an enemy that left the range three seconds ago is not struck."""
    hastened = skill(by_hand=False, attack_speed=500.0, cost=6, duration=1.0)
    one = operator("Kroos", attack_interval=4.8, skill=hastened)  # ten ticks before the next attack it begins
    found = duel(make, one, (0, 1), LEFT, make.spawn("slug", at=1.0), slug={"speed": 1.5})
    assert difference(found) is None


def test_a_skill_that_is_one_attack_aims_at_whom_it_says(make):
    """A skill's `aims` counts for the one attack of which it consists."""
    one = operator("Kroos", skill=skill(by_hand=False, strikes=True, duration=0.0, aims="highest health"))
    spawns = (make.spawn("slug", at=1.0), make.spawn("hound", at=1.0))
    found = duel(make, one, (0, 5), LEFT, *spawns, slug={"max_health": 2 * STURDY}, hound={"speed": 1.2})
    assert difference(found) is None

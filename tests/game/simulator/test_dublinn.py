"""Enemies of Dublinn that are stronger together, and the levels in which they, Evocators and pillars stand."""

from __future__ import annotations

import numpy as np
import pytest
from halls import battle_with
from levels import CATALOGUE
from worlds import deploy, own_health, until

from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.characters.effects import Effect
from game.gamedata.importing import import_tables, write_tables
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.simulator.effect_records import ADD, ATTACK_SPEED

TABLE = """
[guard]
name = "Guard"
kind = "heavy_defender"
ids = ["guard"]
max_health = 15000
attack = 0
speed = 0
attack_interval = 4
groups = ["dublinn guard"]

[[guard.effects]]
near_groups = ["dublinn shade"]
near_radius = 1.4
who = "enemies"
radius = 1.1
add = { attack_speed = -30 }

[shade]
name = "Shade"
kind = "soldier"
ids = ["shade"]
max_health = 12000
attack = 400
speed = 0.8
attack_interval = 2.1
damage = "arts"
groups = ["dublinn shade"]

[[shade.effects]]
near_groups = ["dublinn guard"]
near_radius = 1.4
add = { attack_interval = -1.2 }
"""


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


@pytest.fixture(name="tables", scope="module")
def _tables(reference, tmp_path_factory):
    """The user's own tables, made of the public ones."""
    folder = tmp_path_factory.mktemp("imported")
    write_tables(import_tables([reference / "tables"], CATALOGUE), folder)
    return load_catalogue(folder)


def blows(battle, seconds):
    """The seconds between blows at the operator of slot 0."""
    health, times = own_health(battle), []
    end = battle.seconds + seconds
    while battle.seconds < end:
        battle.step(1)
        if own_health(battle) < health:
            health = own_health(battle)
            times.append(battle.ticks)
    return set(np.diff(times).tolist())


def test_a_shade_strikes_faster_beside_a_guard_only(make, catalogue):
    """PRTS, as a public tool quotes it: with a Guard within 1.4 tiles 1.2 s less from blow to blow, 0.9 s instead of
    2.1 s (public tables). The Guard stands on the first tile, the Shade is held on the second, or on the fourth.
    """
    near = battle_with(make, catalogue, "guard", "shade")
    deploy(near, 0, 1, 1)
    assert blows(near, 12) == {27}
    far = battle_with(make, catalogue, "guard", "shade")
    deploy(far, 0, 1, 4)
    assert blows(far, 16) == {63}


def test_a_guard_slows_operators_around_it_while_a_shade_is_near(make, catalogue):
    """PRTS, as a public tool quotes it: within 1.1 tiles of it 30 points of attack speed less; not those farther off,
    and none without a Shade.
    """
    battle = battle_with(make, catalogue, "guard", "shade")
    deploy(battle, 0, 1, 1)
    deploy(battle, 1, 2, 2)
    battle.step(150)
    slower = [float(battle._field.modifier[slot, ATTACK_SPEED, ADD]) for slot in (0, 1)]
    assert slower == [-30.0, 0.0]
    alone = battle_with(make, catalogue, "guard")
    deploy(alone, 0, 1, 1)
    alone.step(150)
    assert float(alone._field.modifier[0, ATTACK_SPEED, ADD]) == 0.0


def test_company_needs_both_its_groups_and_its_radius():
    """An effect with one of them alone is an error of the table."""
    for part in ({"near_groups": ("a",)}, {"near_radius": 1.0}):
        with pytest.raises(ValueError, match="need each other"):
            Effect(add={"attack": 1.0}, **part)


@pytest.mark.parametrize("level", ["09-13", "09-15"])
def test_levels_with_evocators_and_pillars_are_whole(reference, tables, level):
    """Nothing of 9-15 and 9-17, as players call them, is left without a rule."""
    stage = load_stage(reference / "levels" / "main" / f"level_main_{level}.json", catalogue=tables)
    assert stage.unknown == ()
    assert stage.stand_ins == ()


def test_the_evocator_of_a_real_level_waits_and_its_flames_cross_the_map(reference, tables):
    """It stands for 40 s behind the entrance (the level's file); long before that a flame has come to the exit, and no
    life is lost by it.
    """
    file = reference / "levels" / "main" / "level_main_09-13.json"
    battle = Battle(load_stage(file, catalogue=tables), squad_of(("Fang",), CATALOGUE))
    seen = until(battle, lambda: len(battle.enemies_on_field()) > 1)
    assert seen == pytest.approx(3.1 + 3.0, abs=0.5)
    battle.step(30 * 15)
    assert battle.records.foe[0]["leaked"].any()
    assert (battle.leaks, battle.kills) == (0, 0)

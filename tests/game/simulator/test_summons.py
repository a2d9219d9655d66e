"""Enemies that summon others while they live, and the Purifying Flames of Dublinn's Evocators."""

from __future__ import annotations

import pytest
from halls import HALL, battle_with
from levels import place
from worlds import deploy, own_health, until

from game.actions import RETREAT, Action
from game.characters.catalogue import load_catalogue
from game.simulator.records import GONE, PRESENT

TABLE = """
[evocator]
name = "Evocator"
kind = "caster"
ids = ["evocator"]
max_health = 15000
attack = 0
speed = 0
attack_interval = 5
summons = "flame"
summons_most = 4

[[evocator.effects]]
when = "interval"
every = 6
ready_after = 3
waits = true
firm = true
summons = 1

[[evocator.effects]]
when = "interval"
every = 5
ready_after = 5
waits = true
firm = true
summons = 1

[flame]
name = "Flame"
kind = "hound"
ids = ["flame"]
max_health = 100
attack = 500
damage = "arts"
speed = 2.5
attack_interval = 2
life_cost = 0
unblockable = true
restless = true

[[flame.effects]]
firm = true
factor = { physical_taken = 0, arts_taken = 0, true_taken = 0 }
add = { stealth = 1 }

[[flame.effects]]
firm = true
per = "second"
stacks = 10
scale = { attack = -0.07 }

[[flame.effects]]
when = "interval"
every = 0.1
waits = true
firm = true
who = "enemies"
melee = true
radius = 0.5
most = 1
falls = true

[[flame.effects]]
when = "death"
firm = true
who = "enemies"
radius = 1.8
damage = 1
kind = "arts"
injury = 1
element = "burning"

[[flame.effects]]
when = "leak"
firm = true
who = "enemies"
radius = 1.8
damage = 1
kind = "arts"
injury = 1
element = "burning"
"""


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


def flames(battle):
    """The flames on the field."""
    return [one for one in battle.enemies_on_field() if one.kind == "hound"]


def burning(battle, slot=0):
    """The burn injury of an operator in points."""
    return float(battle._field.unit[slot].burning)


def test_an_evocator_summons_by_both_of_its_skills_while_it_lives(make, catalogue):
    """The public tables: SummonFireBall first after 3 s and every 6 s, SummonFireBall2 first after 5 s and every 5 s,
    one flame each.
    """
    battle = battle_with(make, catalogue, "evocator")
    came = []
    before = set()
    while battle.seconds < 16:
        battle.step(1)
        now = {one.number for one in flames(battle)}
        came += [round(battle.seconds) for _ in now - before]
        before = now
    assert came == [3, 5, 9, 10, 15, 15]
    battle._field.foe[0].health = 1.0
    deploy(battle, 2, 0, 1)
    assert battle.outcome is None


def test_a_flame_goes_the_way_of_its_evocator_and_waits_nowhere(make, catalogue):
    """Speed 2.5 by the public tables, half of it in tiles by the level's multiplier: 1.25 tiles a second. The Evocator
    of 9-13 waits for 40 seconds at its first checkpoint, and its flames go on meanwhile.
    """
    stand = {"type": "WAIT_FOR_SECONDS", "time": 40.0, "position": place(len(HALL), (1, 0))}
    battle = battle_with(make, catalogue, "evocator", checkpoints=(stand,))
    until(battle, lambda: flames(battle))
    battle.step(58)
    (flame,) = flames(battle)
    assert flame.col == pytest.approx(58 / 30 * 1.25, abs=0.05)


def test_a_flame_bursts_where_it_meets_an_operator_on_the_ground(make, catalogue):
    """500 arts damage and as much burn, 7 % less for each second that it has come (arknights.wiki.gg, "Burn Damage"):
    at a speed of 1.25 tiles a second it comes onto the fourth tile after 2.8 s, so 430. It reaches 1.8 tiles: Beagle on
    the tile beside is hurt, Kroos two tiles off is not.
    """
    battle = battle_with(make, catalogue, "evocator")
    deploy(battle, 0, 1, 4)
    deploy(battle, 1, 2, 5)
    deploy(battle, 2, 0, 6)
    until(battle, lambda: own_health(battle) < 1e5)
    assert [own_health(battle, slot) for slot in (0, 1, 2)] == pytest.approx([99570.0, 99570.0, 1e5])
    assert [burning(battle, slot) for slot in (0, 1, 2)] == pytest.approx([430.0, 430.0, 0.0])
    assert [round(one.col) for one in flames(battle)] == [1]


def test_a_flame_passes_operators_on_high_ground_and_bursts_at_the_exit(make, catalogue):
    """The words of the Evocator: it bursts where it meets operators in melee. At the exit it bursts, too, costs no life
    and counts for nothing.
    """
    battle = battle_with(make, catalogue, "evocator")
    deploy(battle, 2, 0, 7)
    until(battle, lambda: own_health(battle, 2) < 1e5)
    assert own_health(battle, 2) == pytest.approx(1e5 - 500 * (1 - 0.07 * 5))
    assert (battle.kills, battle.leaks, battle.outcome) == (0, 0, None)


def test_nothing_aims_at_a_flame_and_nothing_hurts_it(make, catalogue):
    """It is in no archive, and no operator can choose it."""
    battle = battle_with(make, catalogue, "evocator", attack=1e6, holds_fire=False)
    deploy(battle, 2, 0, 3)
    until(battle, lambda: len(flames(battle)) == 2)
    assert all(one.health == 1.0 for one in flames(battle))


def test_no_more_are_on_the_field_than_the_table_says_and_their_rows_serve_again(make, catalogue):
    """Nothing is allocated in a battle: who has burst comes again, as fresh as before."""
    battle = battle_with(make, catalogue, "evocator")
    for flame in range(4):
        battle.world.enemy["step"][1 + flame] = 0.0
    battle.step(60 * 30)
    foe = battle.records.foe[0]
    assert [int(phase) for phase in foe["phase"][1:5]] == [PRESENT] * 4
    deploy(battle, 0, 1, 1)
    for number in range(1, 5):
        foe["col"][number], foe["tile"][number] = 1.0, 9
    battle.step(4)
    assert [int(phase) for phase in foe["phase"][1:5]] == [GONE] * 4
    hurt = 1e5 - own_health(battle)
    assert hurt == pytest.approx(4 * 150.0)
    battle.act(Action(RETREAT, 0, 0, 0))
    until(battle, lambda: flames(battle))
    (fresh,) = flames(battle)
    assert (fresh.health, fresh.col) == (1.0, 0.0)


def test_a_battle_is_won_though_flames_are_on_the_field(make, catalogue):
    """They count neither for the counter nor for the next wave."""
    battle = battle_with(make, catalogue, "evocator", attack=1e6, holds_fire=False)
    assert battle._figures["total"][0] == 1
    until(battle, lambda: flames(battle))
    deploy(battle, 2, 0, 0)
    until(battle, lambda: battle.outcome)
    assert battle.outcome == "won"
    assert flames(battle)


def test_who_falls_to_a_flame_falls_once_though_its_gauge_would_burst_too(make, catalogue):
    """A burst that comes with the blow that kills does nothing more: as many count as stand on the field."""
    battle = battle_with(make, catalogue, "evocator")
    deploy(battle, 0, 1, 4)
    deploy(battle, 1, 3, 1)
    battle._field.unit[0].health = 100.0
    battle._field.unit[0].burning = 900.0
    until(battle, lambda: len(battle.operators_on_field()) == 1)
    assert int(battle._field.battle[0].deployed) == 1

"""The table of enemies: real figures where a real enemy is meant, twelve looks, and everything that enemies can do."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, RIGHT, Action
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.levels.stage import describe, load_stage, stage_of
from game.simulator.battle import Battle

LOOKS = {
    "slug", "hound", "soldier", "crossbow", "heavy_defender", "drone", "caster", "crusher", "splitter", "mortar",
    "shadow", "warlord",
}  # fmt: skip


@pytest.fixture(scope="module")
def database(reference):
    """The public table of enemies, its first level of each."""
    text = (reference / "tables" / "enemy_database.json").read_text(encoding="utf-8")
    return {one["Key"]: one["Value"][0]["enemyData"] for one in json.loads(text)["enemies"]}


def test_there_are_enemies_of_all_kinds():
    """At least thirty in twelve looks: ranged, arts, flying, heavy, fast, splitting, hiding, a boss of two lives."""
    enemies = CATALOGUE.enemies.values()
    assert len(enemies) >= 30
    assert set(CATALOGUE.kinds) == {one.kind for one in enemies} == LOOKS
    for has in (
        lambda one: one.range > 0 and one.damage == "physical",
        lambda one: one.damage == "arts",
        lambda one: one.flying,
        lambda one: one.defense >= 800,
        lambda one: one.speed >= 1.9,
        lambda one: one.splits > 0,
        lambda one: one.hides,
        lambda one: one.unblockable,
        lambda one: one.stun > 0,
        lambda one: one.regeneration > 0,
        lambda one: one.splash > 0,
        lambda one: one.targets > 1,
        lambda one: one.block > 1,
        lambda one: one.rank == "boss" and one.life_cost == 2,
    ):
        assert any(map(has, enemies))


@pytest.mark.parametrize("id_", sorted(CATALOGUE.enemies_by_id))
def test_the_figures_of_a_real_enemy_are_the_public_ones(database, id_):
    """Health, attack, defense, resistance, speed, interval, range, regeneration, weight and life points.

    An enemy that heals its own side instead of attacking has no attack.
    """
    entry, own = database[id_], CATALOGUE.enemies_by_id[id_]
    attributes = entry["attributes"]

    def public(place, key, usual=0):
        field = place.get(key) or {}
        return field["m_value"] if field.get("m_defined") and field["m_value"] is not None else usual

    ours = (own.max_health, own.attack, own.defense, own.resistance, own.speed, own.regeneration, own.weight)
    names = ("maxHp", "atk", "def", "magicResistance", "moveSpeed", "hpRecoveryPerSec", "massLevel")
    heals = "治疗" in entry["description"]["m_value"]
    assert ours == tuple(0 if heals and name == "atk" else public(attributes, name) for name in names)
    speed = public(attributes, "attackSpeed", 100.0)
    assert own.attack_interval == pytest.approx(public(attributes, "baseAttackTime") * 100 / speed)
    assert own.range == public(entry, "rangeRadius")
    assert own.life_cost == public(entry, "lifePointReduce", 1)
    assert own.stun_immune == bool(public(attributes, "stunImmune"))


@pytest.mark.parametrize(
    ("id_", "field", "value"),
    [
        ("enemy_1058_traink", "block", 3),
        ("enemy_1058_traink_2", "block", 3),
        ("enemy_1038_lunmag_2", "targets", 2),
        ("enemy_1508_faust", "unblockable", True),
        ("enemy_1507_mephi", "attack", 0),
    ],
)
def test_what_only_the_words_of_an_enemy_say_is_played(id_, field, value):
    """As much block as three, two targets at once, no blocking at all; a healer does no damage."""
    assert getattr(CATALOGUE.enemies_by_id[id_], field) == value


@pytest.mark.parametrize("id_", ["enemy_1047_sagent", "enemy_1047_sagent_2"])
def test_an_enemy_that_stuns_with_some_attacks_stuns_with_these(database, id_):
    """Every third shot, for 5 or 15 s, as the public table says."""
    (skill,) = database[id_]["skills"]
    (stun,) = (row["value"] for row in skill["blackboard"])
    (effect,) = CATALOGUE.enemies_by_id[id_].effects
    assert (effect.nth, effect.stun) == (skill["spCost"] + 1, stun)


@pytest.mark.parametrize("level", ["00-01", "00-05", "01-01", "01-04", "01-07"])
def test_real_levels_find_their_enemies(reference, level):
    """Every id that a level names and sends is in the table, and no stand-in is reported."""
    file = reference / "levels" / f"level_main_{level}.json"
    fragments = [fragment for wave in json.loads(file.read_text())["waves"] for fragment in wave["fragments"]]
    sent = {
        action["key"]
        for fragment in fragments
        for action in fragment["actions"]
        if action["actionType"] in ("SPAWN", 0)
    }
    assert sent
    assert sent <= set(CATALOGUE.enemies_by_id)
    known = {f"enemy {id_}" for id_ in sent}
    assert not known & set(load_stage(file, CATALOGUE).unknown)


def test_what_a_real_enemy_does_more_is_reported(make):
    """By its public id; our own name means our own enemy, of which nothing is missing."""
    for key, said in (("enemy_1022_dmage", "binds"), ("infused_slug", "")):
        data = make.level([make.spawn(key)])
        assert said in " ".join(make.stage(data).unknown)
        assert bool(make.stage(data).unknown) == bool(said)


@pytest.mark.parametrize("name", sorted(CATALOGUE.enemies))
def test_every_enemy_walks_fights_and_comes_to_its_end(make, name):
    """It meets two operators on the lane; killed or leaked, the counter is full at the end."""
    enemy = CATALOGUE.enemies[name]
    routes = (make.lane(motion="FLY" if enemy.flying else "WALK"),)
    stage = make.stage(make.level([make.spawn(name, count=2)], routes=routes, maxLifePoint=99))
    battle = Battle(stage, squad_of(["Beagle", "Kroos"], CATALOGUE))
    assert battle.act(Action(DEPLOY, 0, 1 * 8 + 4, RIGHT))
    assert battle.act(Action(DEPLOY, 1, 0 * 8 + 3, RIGHT))
    battle.step(30 * 900)
    assert battle.outcome == "won"
    assert battle.kills == stage.total == battle.view().total


def test_enemies_split_into_others_where_they_die(make):
    """Two slugs go on from there, one after the other; the counter counts them all."""
    stage = make.stage(make.level([make.spawn("splitter")], maxLifePoint=9))
    assert stage.total == 3
    battle = Battle(stage, squad_of(["Melantha"], CATALOGUE))
    battle.act(Action(DEPLOY, 0, 1 * 8 + 4, RIGHT))
    while not battle.gone():
        battle.step(1)
    dead = battle.gone()[0]
    assert not dead.leaked
    assert [one.kind for one in battle.enemies_on_field()] == ["slug", "slug"]
    assert all(abs(one.col - 3.5) < 0.6 for one in battle.enemies_on_field())
    battle.step(30 * 300)
    assert (battle.outcome, battle.kills) == ("won", 3)


def test_an_enemy_that_leaks_takes_along_what_it_would_split_into(make):
    """Without an operator in its way one life is lost, the counter goes up by three, and no slug follows."""
    stage = make.stage(make.level([make.spawn("splitter")], maxLifePoint=9))
    battle = Battle(stage, squad_of(["Melantha"], CATALOGUE))
    battle.step(30 * 300)
    assert (battle.outcome, battle.kills, battle.view().life, battle.leaks) == ("won", 3, 8, 1)


def test_an_enemy_from_a_split_may_split_again(make):
    """A great splitter is seven enemies in all, whether it is killed bit by bit or leaks whole."""
    stage = make.stage(make.level([make.spawn("great_splitter")], maxLifePoint=9))
    assert stage.total == 7
    for places, leaks in (((3, 4, 5), 0), ((), 1)):
        battle = Battle(stage, squad_of(["Melantha", "Popukar", "Beagle"], CATALOGUE))
        for slot, col in enumerate(places):
            assert battle.act(Action(DEPLOY, slot, 1 * 8 + col, RIGHT))
        battle.step(30 * 600)
        assert (battle.outcome, battle.kills, len(battle.gone()), battle.leaks) == ("won", 7, 7, leaks)


def test_overwritten_data_wins_over_the_table(reference):
    """The soldier of 0-1 has 30 defense instead of the usual 100."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    assert {enemy.kind: enemy.defense for enemy in stage.enemies} == {"slug": 0.0, "soldier": 30.0}


def test_an_unknown_enemy_has_the_numbers_the_level_gives(make):
    """A level that defines its own enemy is played with it, and nothing is reported."""
    own = {**make.dummy("enemy_9999_x", maxHp=123, moveSpeed=2.5), "useDb": False}
    stage = make.stage(make.level([make.spawn("enemy_9999_x")], refs=(own,)))
    assert stage.enemies[0].max_health == 123
    assert stage.enemies[0].speed == 2.5
    assert stage.unknown == ()


def test_a_level_may_overwrite_whatever_an_enemy_has(make):
    """Attributes, life cost, range, rank, counting; 200 points of attack speed halve the interval."""
    attributes = {"maxHp": 9, "moveSpeed": 0.5, "attackSpeed": 200, "hpRecoveryPerSec": 3, "massLevel": 2, "def": 7}
    ref = make.dummy(**attributes)
    ref["overwrittenData"] |= {
        "lifePointReduce": make.number(2), "rangeRadius": make.number(1.5), "notCountInTotal": make.number(True),
        "levelType": make.number("BOSS"), "name": {"m_defined": False, "m_value": None},
    }  # fmt: skip
    ref["overwrittenData"]["attributes"]["stunImmune"] = make.number(True)
    (enemy,) = make.stage(make.level([make.spawn()], refs=(ref,))).enemies
    assert (enemy.max_health, enemy.speed, enemy.attack_interval, enemy.regeneration) == (9, 0.5, 0.85, 3)
    assert (enemy.weight, enemy.defense, enemy.life_cost, enemy.range, enemy.rank) == (2, 7, 2, 1.5, "boss")
    assert enemy.stun_immune
    assert not enemy.counts


def test_a_level_may_change_what_says_nothing(make, tmp_path):
    """Numbers of talents that are idle; with any other, and with skills, the enemy does something else."""
    (tmp_path / "enemies.toml").write_text(
        '[eater]\nname = "Rot Eater"\nkind = "soldier"\nids = ["enemy_1266_nhapos"]\nmax_health = 40000\n'
        'attack = 2000\nspeed = 0.5\nattack_interval = 3\nidle = ["pollutedarea.guaranteed_percentage"]\n',
        encoding="utf8",
    )
    catalogue = load_catalogue(tmp_path)

    def unknown(**overwritten):
        ref = {"useDb": True, "id": "enemy_1266_nhapos", "level": 0, "overwrittenData": overwritten}
        data = make.level([make.spawn("enemy_1266_nhapos")], refs=(ref,))
        return stage_of(data, "twigs", catalogue).unknown

    idle = {"key": "PollutedArea.guaranteed_percentage", "value": 1.0}
    assert unknown(talentBlackboard=[idle]) == ()
    changed = ("enemy enemy_1266_nhapos: the level changes its abilities",)
    assert unknown(talentBlackboard=[idle, {"key": "PollutedArea.range_Radius", "value": 2.0}]) == changed
    assert unknown(skills=[{"prefabKey": "Blink"}]) == changed


def test_a_level_may_change_a_number_on_which_an_effect_depends(make):
    """level_main_13-05 takes the Blood Kin's growth from it and repeats its other numbers; half of it is half as
    strong.
    """
    key = "enemy_1360_dfello"
    told = {
        "Summon.cnt": 1.0, "Summon.enemy_key": "enemy_1367_dseed", "DamageUp.add_on": 1.0, "vampire.heal_scale": 2.2,
    }  # fmt: skip

    def stage(**changed):
        numbers = told | {name.replace("_", ".", 1): value for name, value in changed.items()}
        board = [
            {"key": name, "value": 0.0, "valueStr": value} if isinstance(value, str) else {"key": name, "value": value}
            for name, value in numbers.items()
        ]
        ref = {"useDb": True, "id": key, "level": 0, "overwrittenData": {"talentBlackboard": board}}
        return stage_of(make.level([make.spawn(key)], refs=(ref,)), "blood", CATALOGUE)

    without = stage(DamageUp_scale_ratio=0.0)
    assert without.unknown == ()
    assert [effect.heal_dealt for effect in without.enemies[0].effects] == [2.2]
    half = stage(DamageUp_scale_ratio=0.1)
    assert half.unknown == ()
    assert half.enemies[0].effects[0].strength == pytest.approx(1.1)
    assert stage(DamageUp_scale_ratio=0.2).enemies[0].effects == CATALOGUE.newcomers[key].effects
    changed = (f"enemy {key}: the level changes its abilities",)
    assert stage(vampire_heal_scale=1.0).unknown == changed
    assert stage(Summon_enemy_key="enemy_1007_slime").unknown == changed
    assert stage(DamageUp_scale_ratio="more").unknown == changed


@pytest.mark.parametrize("level", ["13-03", "13-05", "13-11"])
def test_levels_of_chapter_13_are_whole_with_what_ships(reference, level):
    """No mechanic of them is left out, and each enemy has numbers of its own."""
    stage = load_stage(reference / "levels" / "main" / f"level_main_{level}.json", catalogue=CATALOGUE)
    assert stage.unknown == ()
    assert stage.stand_ins == ()


def test_a_level_s_own_list_of_enemies_is_read(make):
    """Levels may describe an enemy completely, without the database."""
    data = make.level([make.spawn("enemy_9999_x")], refs=({"useDb": False, "id": "enemy_9999_x", "level": 0},))
    data["enemies"] = [{"key": "enemy_9999_x", "attributes": {"maxHp": 77, "atk": 5}, "applyWay": "MELEE"}]
    stage = make.stage(data)
    assert (stage.enemies[0].max_health, stage.enemies[0].attack, stage.enemies[0].range) == (77, 5, 0.0)
    assert stage.unknown == ()


def test_a_later_form_of_an_enemy_starts_from_the_first(make):
    """An id that our table lacks is reported, and played with the numbers of its first form."""
    stage = make.stage(make.level([make.spawn("enemy_1007_slime_9")]))
    assert stage.enemies[0].kind == "slug"
    assert stage.unknown == ("enemy enemy_1007_slime_9",)


def test_enemies_with_the_numbers_of_another_are_named(make):
    """Neither the catalogue nor the level has theirs; enemies that the level defines, or that never come, are none."""
    data = make.level(
        [make.spawn(), make.spawn("enemy_9999_x"), make.spawn("enemy_9998_y"), make.spawn("enemy_9999_x")]
    )
    data["enemies"] = [{"key": "enemy_9998_y", "attributes": {"maxHp": 5, "moveSpeed": 1.0}}]
    data["enemyDbRefs"] += [make.dummy("enemy_9997_z"), {**make.dummy("enemy_9998_y", maxHp=5), "useDb": False}]
    stage = make.stage(data)
    assert stage.stand_ins == ("enemy_9999_x",)
    assert describe(stage)["stand_ins"] == ["enemy_9999_x"]

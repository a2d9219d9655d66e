"""The words of abilities that one family of enemies has; tried before those of `game.gamedata.enemy_forms`.

Radii that are in no table stand here as constants, with their source in docs/rules.md.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re

from game.characters.effects import ONCE
from game.characters.models import ESCORT
from game.gamedata.enemy_forms import (
    AROUND,
    FOREVER,
    INJURY,
    UNTOUCHED,
    Number,
    Part,
    cooldown,
    every_nth,
    first_use,
    hit,
    made,
    no_reach,
    offspring,
    offspring_count,
    own_radius,
    used,
)
from game.gamedata.enemy_reading import AbilityNumbers

ESCORT_RANGE = 1.2
"""Tiles within which patrols shoot escorts."""
FLAME_TRIGGER, FLAME_BOOM = 1.0, 2.0
"""Tiles within which a flamerazer begins its flame, and which its death's blast reaches."""
IMMOLATION, WIDE_IMMOLATION = 1.5, 2.5
"""Tiles around a Sarkaz caster that its rite reaches, before and after a pulse wave."""
CHARGE_FUSE = 3.8
"""Seconds from W's choice of an operator until her charge goes off there."""
CROWD = "damageup.scale_ratio"
"""By how much a Blood Kin's attack grows with each enemy that its target blocks."""
PULSE_FED = "pulse-fed"
"""The group of the enemies that an Originium Altar's pulse waves strengthen instead of hurting them."""
PILLAR = "pillar"
"""The group of the devices that topple; as in `game/characters/tables/devices.toml`."""
FLAMES_MOST = 10
"""Purifying Flames of one Evocator that are on the field at most: more than there are if nothing slows them."""
GUARD, SHADE = "dublinn guard", "dublinn shade"
"""The groups of enemies of Dublinn that are stronger together."""
FLAMERAZER = "flamerazer"
"""The group of the enemies that die of one another's blasts."""
DEADLY = 99999.0
"""True damage of which every one of them dies."""
CORRUPTION = "corruption"
"""What hurts an operator in corrupted air once a second, however many clouds it stands in."""
TANK_CLOUD = 1.7
"""Tiles around the target of a wither tank's corrupting shot that its cloud reaches."""
FROM_TWIGS = ("pollutedarea.guaranteed_percentage", "pollutedarea.max_percentage")
"""Numbers that count only for a Rot Eater that comes out of a device."""
OWN_TILE = 0.5
"""Tiles around an enemy that only its own tile is in."""
DIVE = 1.0
"""Seconds from when a seed of wither has chosen an operator until it is there."""
CANNON_TIME, CANNON_EVERY, CANNON_SHOTS = 6.0, 0.5, 10
"""Seconds for which a self-propelled gun bombards a place; seconds from one shot to the next, and the most shots."""
STUNNING = 1.5
"""Tiles around a Heirbearer Punisher in which its blow stuns."""
GUARD_TAUNT, AMBER_TAUNT = 2.0, -2.0
"""The taunt (`tauntLevel`) of Bone Guards and of Blood Amber."""
WITHERED = 0.01
"""Share of the health below which nothing is left of Blood Amber."""
UNMOVED = {"firm": True, "add": {"weight": 99.0}}
"""失衡免疫: nothing shifts it."""


def total(*patterns: str) -> Part:
    """The sum of several numbers."""

    def seconds(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        return sum(Number(pattern)(numbers, match) for pattern in patterns)

    return seconds


def ratio(over: str, under: str) -> Part:
    """A number for each of another one."""

    def share(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        return Number(over)(numbers, match) / Number(under)(numbers, match)

    return share


def text(pattern: str) -> Part:
    """The text of a key."""

    def words(numbers: AbilityNumbers, match: re.Match[str]) -> str:
        del match
        return str(numbers.take(pattern))

    return words


def beside(value: float, *skills: str) -> Part:
    """A constant that goes with skills, which are used up; LookupError where one is not there."""

    def constant(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        del match
        for skill in skills:
            numbers.skill(skill)
        return value

    return constant


def channel(skill: str, *rest: str) -> Part:
    """The seconds from one use of a skill to the next, where its cooldown follows a time that a number gives."""

    def seconds(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        return cooldown(skill)(numbers, match) + total(*rest)(numbers, match)  # type: ignore[no-any-return]

    return seconds


def pausing(skill: str, seconds: float) -> Part:
    """The seconds from one use of a skill to the next, where its cooldown follows a time that is in no table."""

    def between(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        return float(cooldown(skill)(numbers, match) + seconds)

    return between


def first_charge(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The seconds until an engineer begins to charge the artillery: its SP, one by the second."""
    del match
    return float(numbers.skill("charge_gunctrl").cost)


def fettered(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The seconds for which a fetter links an enemy to an operator."""
    del match
    numbers.skill("lasso")
    return float(numbers.take(r"@lasso\.hit_duration"))


def _rite(skill: str, form: int, radius: float) -> dict[str, object]:
    """A Sarkaz caster's rite in one of its forms: arts damage to the operators around."""
    damage = Number(rf"@{skill}\.atk_scale")
    return {**used(skill), "form": form, "who": "enemies", "radius": radius, "damage": damage, "kind": "arts"}


def _charges(count: int, **when: float) -> list[dict[str, object]]:
    """W's charges on so many operators within her reach; she stands still until they go off."""
    mine = {**used("c4"), "every": pausing("c4", CHARGE_FUSE), **when, "who": "enemies in range", "seen": True}
    bomb = {"damage": Number(r"@c4\.atk_scale"), "seconds": CHARGE_FUSE, "at_end": True}
    return [mine | bomb | {"most": count}, mine | {"most": 1, "link": CHARGE_FUSE}]


def _breath(skill: str, **when: float) -> list[dict[str, object]]:
    """Burning breath on one enemy: true damage a second, which grows by the second; its skill's own cooldown."""
    key = r"@dragonfire(\[half\])?\.dragon_fire\."
    each = {
        **used(skill), **when, "who": "enemies in range", "most": 1, "fresh": True, "firm": True,
        "seconds": Number(key + "duration"),
    }  # fmt: skip
    more = {"per": "lasting", "stacks": Number(key + "addonduration")}
    grown = {"bleed": ratio(key + "addondamage", key + "addonduration")}
    return [each | {"add": {"bleed": Number(key + "basedamage")}}, each | more | {"add": grown}]


def _corruption(key: str, **where: object) -> list[dict[str, object]]:
    """Corrupted air: true damage once a second to operators, more on the ground than on high ground."""
    each = {
        "when": "interval", "every": 1.0, "who": "enemies", "kind": "true", "fresh": True, "seconds": 1.0,
        "as_one": CORRUPTION, "firm": True, **where,
    }  # fmt: skip
    return [
        {**each, "melee": True, "damage_points": Number(key + "polluted_damage_low")},
        {**each, "melee": False, "damage_points": Number(key + "polluted_damage_high")},
    ]


_FLAME: dict[str, object] = {
    "who": "enemies", "radius": own_radius, "damage": 1.0, "kind": "arts", "injury": Number(INJURY),
    "element": "burning",
}  # fmt: skip
"""The blast of a Purifying Flame."""

KIND_FORMS = made((
    # escorts, and those who shoot them; the skill DanceFire is ready after 10,000 seconds only
    ("(撤回保护目标|进入敌方侵入点)时不扣除目标生命，死亡时扣除目标生命",
     {"escort": True, "life_cost": Number(r"dead\.value", -1.0)}),
    ("对攻击范围的一名敌人施加【烈焚灼息】\\(每秒造成真实伤害且伤害递增，可被抵抗\\)",
     {"effects": [
         *_breath("dragonfire", own_above=0.5), *_breath(r"dragonfire\[half\]", own_below=0.5),
         {"own_below": 0.5, "firm": True, "factor": {
             "defense": Number(r"halfhp\.def", plus=1.0), "resistance": Number(r"halfhp\.magic_resistance", plus=1.0)}},
     ]}, r"@(dragonfire|dancefire).*"),
    ("可使用远程武器攻击与", {"escort_range": ESCORT_RANGE}),
    ("对永久施加【削弱】\\(防御力与法抗大幅降低[)）]", {"effects": [
        {**used("bringdown"), "who": "enemies", "groups": [ESCORT], "seconds": FOREVER, "firm": True, "factor": {
            "defense": Number(r"@bringdown\.def", plus=1.0),
            "resistance": Number(r"@bringdown\.magic_resistance", plus=1.0)}}]}),
    ("无法被攻击、消失时不会扣除目标生命",
     {"life_cost": 0, "unblockable": True, "effects": [{"firm": True, **UNTOUCHED}]}),
    # those that leave the ground
    ("近地悬浮", {"hovers": True, "effects": [UNMOVED]}, r"refracting\.magic_resistance|@recoveranim"),
    ("首次被击倒时暂时变为防御力极高的石像，一段时间后重生为空中单位", {
        "range": no_reach, "damage": "physical",
        "second": {
            "range": own_radius, "damage": "arts", "flies_after": Number(r"stone\.duration"), "unblockable": True,
            "effects": [
                UNMOVED,
                {"firm": True, "until": Number(r"stone\.duration"), "factor": {"speed": 0.0}, "add": {
                    "defense": Number(r"stone\.def"), "resistance": Number(r"stone\.magic_resistance"),
                    "disarmed": 1.0}},
            ]}}),
    # those that link themselves to an operator; what the link does comes first, so that it does nothing at once
    ("为伦蒂尼姆城防副炮持续充能，被打断时城防炮损失部分充能", {"effects": [
        {"when": "interval", "every": Number(r"@charge_gunctrl\.interval"), "who": "linked",
         "charge": Number(r"@charge_gunctrl\.sp")},
        {"when": "interval", "every": ONCE, "ready_after": first_charge, "waits": True,
         "link": Number(r"@charge_gunctrl\.hit_duration")},
        {"when": "link broken", "charge": Number(r"@charge_gunctrl\.enemy_dmech_charge\[sp_reduce\]\.sp")}]}),
    ("可以使用枷锁使我方单位瘫痪", {"effects": [
        {"when": "interval", "every": ONCE, "ready_after": 0.1, "waits": True, "who": "enemies", "melee": True,
         "radius": Number(r"@lasso\.range_radius"), "state": "awake", "most": 1, "stun": 1.1,
         "link": fettered},
        {"when": "interval", "every": 1.0, "who": "linked", "stun": 1.1, "damage": Number(r"@lasso\.atk_scale"),
         "kind": "arts"}]}),
    ("技能期间持续造成法术和灼燃损伤", {"range": no_reach, "damage": "physical", "effects": [
        {"when": "interval", "every": Number(r"@flame\.hit_interval"), "who": "linked", "kind": "arts",
         "damage": Number(r"@flame\.atk_scale"), "injury": Number(r"@flame\.ep_damage_ratio"), "element": "burning"},
        {"when": "interval", "waits": True, "ready_after": first_use("flame"), "every": total(
            r"@flame\.duspfr_flame\[cd\]\.duration", r"@flame\.duspfr_flame\[cd\]\.cooldown"),
         "who": "enemies", "radius": FLAME_TRIGGER, "seen": True, "most": 1,
         "link": Number(r"@flame\.duspfr_flame\[cd\]\.duration")},
    ]}, r"@flame\.duspfr_flame\[cd\]\.interval"),
    # those whom the pulse waves of an Originium Altar strengthen
    ("周期性施法，对周围所有单位造成相当于攻击力的法术伤害", {"range": no_reach, "effects": [
        {"firm": True, "add": {"disarmed": 1.0}}, _rite("immo", 1, IMMOLATION)]}),
    ("接触脉冲波时，不受伤害且攻击范围扩大", {
        "groups": [PULSE_FED], "effects": [_rite(r"immo\[rage\]", 2, WIDE_IMMOLATION)]}),
    ("接触脉冲波时，不受伤害且攻击切换成法术伤害", {"groups": [PULSE_FED], "second_damage": "arts"}),
    # those that corrupt the air
    ("被击倒时释放污染秽蚀，使周围我方持续损失生命", {"effects": [
        {"when": "death", "firm": False, "lays": Number(r"polluteddie\.projectile_life_time")},
        *_corruption(r"polluteddie\.", at_place=True, radius=Number(r"polluteddie\.projectile_range"))]}),
    ("释放污染秽蚀，使周围我方持续损失生命", {
        "effects": _corruption(r"pollutedarea\.", radius=Number(r"pollutedarea\.range_radius"))}),
    ("从汲营枯枝出场时，击倒过的敌人越多，生命、攻击和防御会越强", {"idle": [*FROM_TWIGS]}, "|".join(FROM_TWIGS)),
    ("持续为汲营枯枝回复生命值", {}, r"@heallarva(\..*)?"),
    ("只攻击地面单位", {"ground_only": True}),
    ("近战攻击造成更高伤害", {"effects": [  # but for the first attack and every third after it, which corrupt the air
        hit(blocked=True, nth=every_nth("pollutedrangedatk"), nth_first=first,
            strength=Number(r"empty\.attack@chuang_atk_scale")) for first in (2, 3)]}),
    ("数次攻击后，下次攻击释放污染秽蚀", {"effects": [
        hit(nth=every_nth("pollutedrangedatk"), nth_first=1, lays=Number(r"@pollutedrangedatk\.projectile_life_time")),
        *_corruption(r"@pollutedrangedatk\.", at_place=True, radius=TANK_CLOUD)]},
     r"@pollutedrangedatk\.(range_radius|projectile_delay_time)|empty\.sp"),
    ("接近干员时，自毁并对其造成物理伤害", {"effects": [
        {"firm": True, "add": {"disarmed": 1.0}},
        {"when": "interval", "every": 0.1, "waits": True, "who": "enemies in range", "seen": True, "most": 1,
         "by": "nearest", "link": DIVE},
        {"when": "link over", "who": "target", "damage": 1.0, "kind": "physical"},
        {"when": "link over", "falls": True}]}),
    # machines
    ("生命值降至一半时攻击速度和移动速度大幅提升，且免疫大部分控制效果", {"effects": [
        {"own_below": 0.5, "add": {"attack_speed": Number(r"rage\.attack_speed"), "steadfast": 1.0},
         "factor": {"speed": Number(r"rage\.move_speed", plus=1.0)}}]}),
    ("攻击范围较远", {}),
    ("会锁定生命上限最高的目标进行数次轰炸，每次对范围内当前生命比例最高的单位造成法术伤害", {"effects": [
        {"own_linked": True, "add": {"steadfast": 1.0}},
        {**used("cannon"), "every": pausing("cannon", CANNON_TIME), "who": "enemies in range", "seen": True, "most": 1,
         "by": "most health", "lays": CANNON_EVERY * CANNON_SHOTS, "link": CANNON_TIME},
        {"when": "interval", "every": CANNON_EVERY, "at_place": True, "who": "enemies", "radius": AROUND, "most": 1,
         "by": "least hurt", "damage": Number(r"@cannon\.atk_scale"), "kind": "arts"}]}),
    # the Heirbearers and the Bone Guards of chapter 13, and what the blood leaves behind; there are no altars here
    ("能在数次攻击后(晕眩|眩晕)周围所有我方单位", {"effects": [
        {"when": "attack", "who": "enemies", "radius": STUNNING, "nth": every_nth("stunattack"),
         "stun": Number(r"@stunattack\.stun")}]}),
    ("远程攻击，攻击时射出会延时爆炸的弹药，造成范围物理伤害", {"throws": True, "effects": [
        {"when": "attack", "who": "enemies", "at_target": True, "radius": Number(r"attack\.attack@projectile_radius"),
         "nth": 2, "nth_first": first, "seconds": Number(r"attack\.attack@projectile_delay_time"), "at_end": True,
         "damage": 1.0, "kind": "physical"} for first in (1, 2)]}),  # two in turn: each goes off before its next one
    ("攻击造成法术伤害，根据目标当前阻挡的敌人数量增加攻击力", {
        "damage": "arts", "effects": [hit(
            per="blocked", stacks=99, strength=Number(r"damageup\.scale_ratio", plus=1.0), number=CROWD)],
        "numbers": {key: Number(key.replace(".", r"\.")) for key in (
            CROWD, "damageup.add_on", "vampire.heal_scale", "summon.cnt")} | {"summon.enemy_key": offspring}}),
    ("容易受到我方攻击", {"effects": [{"firm": True, "add": {"taunt": GUARD_TAUNT}}]}),
    ("受到伤害时降低伤害来源的攻击速度", {"effects": [
        {"when": "hit taken", "who": "target", "seconds": Number(r"summon\.duration"),
         "add": {"attack_speed": Number(r"summon\.attack_speed")}}]}),
    ("周围有(反巫术变位炸弹)?时，阻止其移动", {}, r"bmbcarbuff\.range_radius"),
    ("周围有敌人或我方单位被击倒时回复一定生命，攻击力提升（可叠加）", {"effects": [
        hit(blocked=False, strength=Number(r"attack\.attack@ranged_atk_scale")),
        {"when": "fall", "radius": Number(r"attack\.range_radius"), "heal_share": Number(r"attack\.hp_ratio"),
         "tally": 1},
        {"per": "tally", "stacks": Number(r"attack\.max_stack_cnt"), "scale": {"attack": Number(r"attack\.atk")}}]}),
    ("被击倒时留下(\\d+个)?(血珀)?", {"splits_into": offspring, "splits": offspring_count}),
    ("受到唤血祭坛的脉冲影响时，在祭坛处重生为新生血裔", {
        "counts": False, "unblockable": True, "freeze_immune": True, "effects": [
            UNMOVED,
            {"firm": True, "factor": {"speed": 0.0}, "add": {"disarmed": 1.0, "taunt": AMBER_TAUNT}},
            {"when": "interval", "every": 1.0, "firm": True, "lose_share": Number(r"passive\.hp_ratio")},
            {"when": "interval", "every": 1.0, "firm": True, "own_below": WITHERED, "falls": True}]},
     r"passive\.damage_resistance"),
    # Theresis
    ("击倒一切拦路的目标", {"effects": [
        {"when": "interval", "every": 0.1, "ready_after": first_use("infiniteattack"), "who": "enemies",
         "radius": OWN_TILE, "damage_points": DEADLY, "kind": "true"}]}),
    # W
    ("会使用爆破物，能对我方单位造成大量物理伤害", {"effects": _charges(1, own_above=0.5)}),
    ("生命值降至一半以下时炸药包的使用数量增加", {
        "effects": _charges(3, own_below=0.5, ready_after=0.1)}, r"@c4\.range_radius"),
    ("死亡时爆炸造成法术伤害，并击倒周围的破碎支柱与其他", {"groups": [FLAMERAZER], "effects": [
        {"when": "death", "who": "enemies", "radius": beside(FLAME_BOOM, "deadboom"), "kind": "arts",
         "damage": Number(r"@deadboom\.atk_scale")},
        {"when": "death", "who": "allies", "others": True, "groups": [FLAMERAZER], "radius": FLAME_BOOM,
         "damage_points": DEADLY, "kind": "true"},
        {"when": "death", "who": "allies", "groups": [PILLAR], "radius": FLAME_BOOM, "turns": True, "falls": True},
    ]}),
    # those that are stronger together; the guard's skill is a flamerazer's, of which no words tell
    ("位于附近时，激活力场使周围我方攻击速度下降", {"range": no_reach, "groups": [GUARD], "effects": [
        {"near_groups": [SHADE], "near_radius": own_radius, "who": "enemies",
         "radius": Number(r"traitability\.range_radius"),
         "add": {"attack_speed": Number(r"traitability\.attack_speed")}}]}, r"@flame(\..*)?"),
    ("位于附近时，攻击速度大幅提升", {"range": no_reach, "groups": [SHADE], "effects": [
        {"near_groups": [GUARD], "near_radius": own_radius,
         "add": {"attack_interval": Number(r"traitability\.base_attack_time")}}]}),
    # those that summon others
    ("操纵沿地面移动的，遇到我方近战单位后爆炸，对周围造成法术和灼燃损伤，其伤害随移动距离减小",
     {"range": no_reach, "summons": text(r"@summonfireball\.enemy_key"), "summons_most": FLAMES_MOST, "effects": [
         {**used("summonfireball"), "summons": Number(r"@summonfireball\.cnt")},
         {**used("summonfireball2"), "summons": Number(r"@summonfireball2\.cnt")},
     ]}, r"@summonfireball2\.enemy_key"),
    ("净浊之焰", {"range": no_reach, "damage": "arts", "unblockable": True, "restless": True, "effects": [
        UNTOUCHED,
        {"per": "second", "stacks": Number(r"weaken\.duration"),
         "scale": {"attack": ratio(r"weaken\.atk", r"weaken\.duration")}},
        {"when": "interval", "every": 0.1, "waits": True, "who": "enemies", "melee": True, "radius": OWN_TILE,
         "most": 1, "falls": True},
        {"when": "death", **_FLAME}, {"when": "leak", **_FLAME}]}),
    ("会锁定我方单位持续造成法术伤害，并在释放完成时造成群体凋亡损伤", {"effects": [
        {"when": "interval", "every": 1.0, "who": "linked", "kind": "arts", "damage": Number(r"@deatheye\.atk_scale")},
        {**used("deatheye"), "every": channel("deatheye", r"@deatheye\.hit_duration"), "who": "enemies in range",
         "seen": True, "most": 1, "link": Number(r"@deatheye\.hit_duration")},
        {"when": "link over", "who": "enemies", "radius": 1.0, "at_target": True, "element": "necrosis",
         "injury": Number(r"@deatheye\.ep_damage_ratio")},
    ]}),
))  # fmt: skip

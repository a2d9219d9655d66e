"""The words of enemies' abilities that are played, with the numbers that each needs (`game.gamedata.enemy_reading`).

A form is a pattern of a whole ability or of some of its clauses, and the fields of `Enemy` that it means. A `Number` in
them stands for a number of the tables; a form whose numbers are not there does not count.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from game.characters.effects import ONCE
from game.gamedata.enemy_reading import AbilityNumbers, Build, Fields

NEIGHBOURS, AROUND = 1.0, 1.5
"""Radius of the four and of the eight tiles around."""
ELEMENTS = {"神经": "neural", "侵蚀": "corrosion", "灼燃": "burning", "凋亡": "necrosis"}
FOREVER = 9999.0
"""Seconds of a change that does not end."""
INJURY = r"(epdamage|combat|attack|empty)\.(attack@)?ep_damage_ratio"
HERALD, REBORN_CREATION, PHALANX = "herald", "reborn creation", "phalanx"
"""Groups of enemies that other enemies' abilities name."""
FACTORS = ("strength", "times", "pierce")
DEEDS = (
    "add", "scale", "factor", "injury", "wear", "cold", "stun", "heal_dealt", "leap", "charge", "link", "damage_points",
    "turns", "lays", "falls", "tally", "lose_share", "summons",
)  # fmt: skip
"""Parts of an effect that do something: factors where they are not 1, all else where it is not 0."""
UNTOUCHED = {"factor": {"physical_taken": 0.0, "arts_taken": 0.0, "true_taken": 0.0}, "add": {"stealth": 1.0}}
"""无敌: it cannot be aimed at and takes no damage."""


class Number(NamedTuple):
    """The number of the first key that a pattern matches, times a factor, and plus so much."""

    pattern: str
    times: float = 1.0
    plus: float = 0.0
    default: float | None = None

    def __call__(self, numbers: AbilityNumbers, match: re.Match[str]) -> float:
        """The value; LookupError where there is no such key and no default."""
        del match
        value = numbers.take(self.pattern) if self.default is None else numbers.may(self.pattern, self.default)
        found = round(float(value) * self.times + self.plus, 6)
        return int(found) if found.is_integer() else found


Part = Callable[[AbilityNumbers, re.Match[str]], Any]


def _filled(part: Any, numbers: AbilityNumbers, match: re.Match[str]) -> Any:
    """A part of a form with its numbers filled in."""
    if isinstance(part, dict):
        return {key: _filled(value, numbers, match) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, numbers, match) for value in part]
    return part(numbers, match) if callable(part) else part


def _means(fields: Fields, dropped: str) -> Build:
    """The meaning of a form; `dropped` matches keys that say nothing more."""

    def build(numbers: AbilityNumbers, match: re.Match[str]) -> Fields:
        found: Fields = _filled(fields, numbers, match)
        if "effects" in found:
            found["effects"] = [one for one in map(_pruned, found["effects"]) if _does_something(one)]
        numbers.drop(dropped)
        return found

    return build


def _pruned(effect: Fields) -> Fields:
    """An effect without changes by nothing."""
    changes = {how: {key: by for key, by in effect.get(how, {}).items() if by} for how in ("add", "scale")}
    changes["factor"] = {key: by for key, by in effect.get("factor", {}).items() if by != 1.0}
    return {key: value for key, value in (effect | changes).items() if value != {}}


def _does_something(effect: Fields) -> bool:
    """Whether an effect is more than a condition."""
    factors = any(effect.get(key, 1.0) != 1.0 for key in FACTORS)
    return factors or any(effect.get(key) for key in DEEDS) or "damage" in effect


def element(numbers: AbilityNumbers, match: re.Match[str]) -> str:
    """The element that the words name."""
    del numbers
    return ELEMENTS[match["element"]]


def kind(numbers: AbilityNumbers, match: re.Match[str]) -> str:
    """The kind of damage that the words name."""
    del numbers
    return "arts" if match["kind"] == "法术" else "physical"


def how_many(numbers: AbilityNumbers, match: re.Match[str]) -> int:
    """The number that the words give as a digit or a numeral."""
    del numbers
    return {"两": 2, "二": 2, "三": 3, "四": 4}.get(match["count"]) or int(match["count"])


def blast_radius(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The radius of a death's blast: its own number, else the enemy's reach, else the eight tiles around."""
    del match
    return float(numbers.may(r"(dead)?boom\.(projectile_range|range_radius)", 0.0) or numbers.reach or AROUND)


def own_radius(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The enemy's own radius, where it is that of an ability."""
    del match
    if numbers.reach <= 0.0:
        raise LookupError("rangeRadius")
    return numbers.reach


def no_reach(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The reach of an enemy whose radius is that of its blast: what it has of its own is 0."""
    del numbers, match
    return 0.0


def unless_immune(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The factor on physical damage: none counts where the words name only other kinds."""
    del numbers
    return float(not match["kind"])


def unblockable(numbers: AbilityNumbers, match: re.Match[str]) -> bool:
    """Whether the words say so as well."""
    del numbers
    return bool(match[1])


def offspring(numbers: AbilityNumbers, match: re.Match[str]) -> str:
    """The id of the enemies that its death brings; `offspring_count` how many."""
    del match
    return str(numbers.take(r"(deathrattle|deadspawn|attack|summon)\.enemy_key"))


def offspring_count(numbers: AbilityNumbers, match: re.Match[str]) -> int:
    """How many enemies its death brings."""
    del match
    return int(numbers.may(r"(deathrattle|deadspawn|summon)\.cnt", 1))


def more_taunt(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """How much more an enemy draws attacks that says so; a number of 0 repeats what it does anyway."""
    return Number(r"(taunt|deathrattle|traitability)\.taunt_level", default=1.0)(numbers, match) or 1.0


def bomb_reach(numbers: AbilityNumbers, match: re.Match[str]) -> float:
    """The reach within which a drone drops its bomb, its one attack; LookupError where it has several."""
    del match
    numbers.skill("boomb")
    return numbers.reach


def every_nth(skill: str) -> Part:
    """With which attacks a skill comes that waits for so many."""

    def nth(numbers: AbilityNumbers, match: re.Match[str]) -> int:
        del match
        cost = numbers.skill(skill).cost
        if cost < 1:
            raise LookupError(skill)
        return cost + 1

    return nth


def cooldown(skill: str) -> Part:
    """The seconds between two uses of a skill; LookupError for one that waits for attacks."""

    def seconds(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        del match
        one = numbers.skill(skill)
        if one.cost or one.cooldown <= 0.0:
            raise LookupError(skill)
        return one.cooldown

    return seconds


def first_use(skill: str) -> Part:
    """The seconds until a skill is ready for the first time, at least a tenth."""

    def seconds(numbers: AbilityNumbers, match: re.Match[str]) -> float:
        del match
        return max(numbers.skill(skill).first, 0.1)

    return seconds


def used(skill: str) -> dict[str, Any]:
    """The fields of an effect that is a skill with a cooldown."""
    return {"when": "interval", "every": cooldown(skill), "ready_after": first_use(skill), "waits": True}


def hit(**fields: Any) -> dict[str, Any]:
    """An effect of each attack on its target."""
    return {"when": "attack", "who": "target", **fields}


def blast(**fields: Any) -> dict[str, Any]:
    """An effect of its death on the operators around."""
    return {"when": "death", "who": "enemies", "radius": blast_radius, **fields}


_BLAST = {"damage": Number(r"(dead)?boom\.atk_scale"), "kind": kind}
_COLD = {"cold": Number(r"(boom|combat)\.(attack@)?(cold|freeze)")}
_HALF = "(生命值)?(降至|低于|下降到)(一半|50%)(以下)?[时后]?"
_UP = "(大幅度?|巨幅|极?大幅度?)?(提升|提高|上升)"
_BRIEFLY = "，?持续一(段|定)时间"
_NAME = "(“[^”]*”|【[^】]*】)?"

_FORMS: tuple[tuple[Any, ...], ...] = (
    # words that only repeat its numbers, and what concerns only what a level lists as missing itself
    ("【?飞行单位】?|不计入歼灭数|进入目标点损失\\d+目标生命|感染生物", {}),
    ("能够从战场中(降落|出现)|他们可以从.*位置切入战场|击倒后获得宝物|(能够|能)?(快速)?自然回复生命", {}),
    ("可使用远程武器攻击.*", {}),
    ("优先攻击(指挥终端|禁锢装置)", {}),
    ("对建筑造成的伤害提升", {}, r"atkup\.atk_scale"),
    (f"接触未激活的{_NAME}时，为其回复(一定|大量)技力", {}, r"driver\.sp"),
    (".*(使血债账款(略微|逐渐|持续)?增加|使血债账款逐渐增加)", {}, r"(deathrattle|auravg|passive)\.sp"),
    (f"清算时刻{_NAME}状态下，(攻击变为法术伤害|自身获得额外增强)", {},
     r"passive\.(attack_speed|atk|def|max_stack_cnt)"),
    ("“?水蚀”?状态下快速损失生命", {}, r"drown\.damage"),
    ("(超远距离|远程|进行近战|可以进行远程|能够远程)攻击", {}),
    ("(攻击力|攻击速度|防御力|生命值|移动速度)([与和](法术抗性|法抗|攻击力))?[较很][高低快慢]|拥有较高的防御力", {}),
    # its attack
    ("攻击造成(远程)?法术伤害", {"damage": "arts"}),
    ("(最多)?同时攻击(?P<count>[2-9两三四])[个名]?(目标|敌人|单位)", {"targets": how_many},
     r"(vampire|attack|combat|passive)\.(attack@)?max_target"),
    ("攻击时对目标及其周围四格内的所有我方单位造成伤害", {"splash": NEIGHBOURS}),
    ("炮弹能对目标及其周围八格内的所有我方单位造成伤害", {"splash": AROUND}),
    ("连续射击(?P<count>[2-9])次", {"effects": [hit(times=how_many)]}),
    ("(攻击|攻击和技能)?无视目标一定的?(防御力?|护甲)",
     {"effects": [hit(pierce=Number(r".*\.def_penetrate", -1.0, 1.0))]}),
    ("攻击造成爆破，使目标周围四格的单位受到溅射伤害",
     {"effects": [{"when": "attack", "who": "enemies", "radius": NEIGHBOURS, "at_target": True, "besides": True,
                   "damage": Number(r"aoe\..*atk_scale")}]}),
    ("近战攻击造成更高伤害|(对阻挡自身的单位造成的伤害|被阻挡时伤害)(大幅)?提升",
     {"effects": [hit(blocked=True, strength=Number(r"(combat|combat_scale|empty)\.(attack@)?(\w+\.)?atk_scale"))]}),
    ("攻击(被?冻结)的?(我方)?(目标|单位)(时|造成)?，?(攻击力|伤害)(大幅度?|巨幅)?(提升|提高)",
     {"effects": [hit(state="frozen", strength=Number(r"(atkup|damagescaletofrozen)\.(.*\.)?atk_scale"))]}),
    ("(每次)?攻击(额外)?造成(一定)?(?P<element>神经|侵蚀|灼燃|凋亡)损伤",
     {"effects": [hit(injury=Number(INJURY), element=element)]}),
    ("额外造成(?P<element>神经|侵蚀|灼燃|凋亡)损伤", {"effects": [hit(injury=Number(INJURY), element=element)]}),
    ("(每次)?攻击会?(降低击中目标的防御力?|降低攻击目标的防御力)",
     {"effects": [hit(wear=Number(r"defdown\.def", -1.0))]}),
    ("攻击会?对目标施加寒冷(效果)?", {"effects": [hit(**_COLD)]}),
    ("攻击造成(?P<element>神经|侵蚀|灼燃|凋亡)损伤，且会在(?P<count>[2-9])个敌人间跳跃，每次跳跃伤害降低",
     {"leaps": Number(r"epdamage\.attack@projectile_range"), "leap_targets": how_many,
      "leap_strength": Number(r"epdamage\.attack@chain\.atk_scale"),
      "effects": [hit(injury=Number(INJURY), element=element)]},
     r"epdamage\.attack@max_target"),
    ("攻击时为伦蒂尼姆城防副炮充能", {"effects": [{"when": "attack", "charge": Number(r"charge\.sp")}]}),
    ("攻击会?(晕眩|眩晕)目标", {"effects": [hit(stun=Number(r"(combat|attack)\.(attack@)?stun"))]}),
    ("(攻击后|在攻击时会短暂|攻击时会短暂)(暂时)?减少我方单位的?阻挡(数)?上限",
     {"effects": [hit(
         seconds=Number(r"reduceblockcnt\.duration"), add={"block": Number(r"reduceblockcnt\.block_cnt")})]}),
    ("攻击时?恢复攻击伤害一定比例的生命|恢复攻击总伤害一定比例的生命值|每次攻击回复自身生命值|并?恢复攻击伤害一定比例的生命",
     {"effects": [{"when": "attack", "heal_dealt": Number(r"vampire\.heal_scale")}]}),
    # every so many attacks
    ("(攻击(2|两|3|三)次后，下一次攻击会?(附带)?(晕眩|眩晕)(目标)?|能在数次攻击后(晕眩|眩晕)我方单位)",
     {"effects": [hit(nth=every_nth("stun(combat|attack)"), stun=Number(r"@stun(combat|attack)\.stun"))]}),
    ("每?攻击(2|两)次后，?下一?次攻击会?对目标施加寒冷(效果)?",
     {"effects": [hit(nth=every_nth("coldattack"), cold=Number(r"@coldattack\.freeze"))]}),
    ("数次攻击后，下一次攻击造成的伤害提升",
     {"effects": [hit(nth=every_nth("powerattack"), strength=Number(r"@powerattack\.atk_scale"))]},
     r"@powerattack\.ep_damage_ratio"),
    ("攻击(2|两)次后，下一次攻击造成溅射伤害",
     {"effects": [{"when": "attack", "who": "enemies", "radius": NEIGHBOURS, "at_target": True, "besides": True,
                   "damage": 1.0, "nth": every_nth("powerattack")}]}),
    # until and from some attack on
    ("初始为禁锢状态，禁锢状态下攻击速度降低(但防御力提升)?",
     {"effects": [{"until_attack": Number(r"confinement\.times"),
                   "add": {"attack_speed": Number(r"confinement\.attack_speed"),
                           "defense": Number(r"confinement\.def", default=0.0)}}]},
     r"confinement\.max_(valid_)?stack_cnt"),
    ("攻击数次后解放，解放后攻击力提升(，?并无视目标一定的防御力|、法术抗性提升且能够自然回复生命)?",
     {"effects": [{"from_attack": Number(r"confinement\.times"), "scale": {"attack": Number(r"liberty\.atk")},
                   "add": {"resistance": Number(r"liberty\.magic_resistance", default=0.0),
                           "regeneration": Number(r"liberty\.hp_recovery_per_sec", default=0.0)}},
                  hit(from_attack=Number(r"confinement\.times"),
                      pierce=Number(r"liberty\.def_penetrate", -1.0, 1.0, default=0.0))]}),
    # its health
    (f"{_HALF}，?攻击力{_UP}|该目标处于低体力时似乎会{_UP}作战意志",
     {"effects": [{"own_below": Number(r"(atkup|selfbuff|berserk)\.hp_ratio", default=0.5),
                   "scale": {"attack": Number(r"(atkup|selfbuff|berserk)\.atk")}}]}),
    (f"{_HALF}，?攻击速度{_UP}",
     {"effects": [{"own_below": Number(r"(atkup|selfbuff)\.hp_ratio", default=0.5),
                   "add": {"attack_speed": Number(r"(atkup|selfbuff)\.attack_speed")}}]}),
    (f"首次受到伤害后攻击速度与移动速度{_UP}{_BRIEFLY}",
     {"effects": [{"when": "hurt", "every": ONCE, "seconds": Number(r"rage\.duration"),
                   "add": {"attack_speed": Number(r"rage\.attack_speed")},
                   "factor": {"speed": Number(r"rage\.move_speed", plus=1.0)}}]}),
    (f"受到攻击后移动速度{_UP}",
     {"effects": [{"when": "hurt", "every": ONCE, "seconds": FOREVER,
                   "factor": {"speed": Number(r"run\.(attack@)?move_speed")}}]}),
    ("会?(逐渐|持续)损失生命(值)?", {"effects": [{"add": {"bleed": Number(r"periodic_damage\.damage")}}]}),
    ("需要(?P<count>\\d+)次(?P<kind>法术或真实)?伤害击倒",
     {"max_health": how_many, "effects": [{"add": {"most_taken": 1.0}, "factor": {"physical_taken": unless_immune}}]}),
    ("重生|首次死亡后重生", {"rises_after": Number(r"reborn\.duration")}),
    ("初始处于待命状态，不进行攻击",
     {"effects": [{"own_above": Number(r"revive\.hp_ratio"), "until": Number(r"revive\.unmove_duration"),
                   "add": {"disarmed": 1.0}, "factor": {"speed": 0.0}},
                  {"own_below": Number(r"revive\.hp_ratio"),
                   "factor": {"speed": Number(r"revive\.move_speed")}}]}),
    ("受伤后进入临战状态", {}),
    ("造成近战法术伤害", {"damage": "arts"}),
    ("可以投掷炸弹造成群体物理伤害", {"splash": AROUND, "range": bomb_reach}),
    ("可以投掷炸弹造成群体法术伤害并施加寒冷(效果)?",
     {"damage": "arts", "splash": AROUND, "attack_interval": cooldown("bomb"),
      "effects": [hit(cold=Number(r"@bomb\.freeze"))]}),
    (f"投掷之后移动速度{_UP}", {"effects": [
        {"from_attack": 1, "add": {"disarmed": 1.0}, "factor": {"speed": Number(r"@boomb\.move_speed")}}]}),
    # what it takes
    ("折射", {"effects": [{"add": {"resistance": Number(r"refracting\.magic_resistance")}}]}),
    ("被阻挡时法术抗性(大幅)?提升",
     {"effects": [{"own_blocked": True, "add": {"resistance": Number(r"magicresistance\.magic_resistance")}}]}),
    ("被阻挡时防御力?(大幅)?提升", {"effects": [{"own_blocked": True, "add": {"defense": Number(r"def\.def")}}]}),
    ("未被阻挡时，?受到的物理[与或]法术伤害大幅(减少|降低)",
     {"effects": [{"own_blocked": False, "factor": dict.fromkeys(
         ("physical_taken", "arts_taken"), Number(r"(damagereduce|resist)\.damage_resistance", -1.0, 1.0))}]}),
    ("重生造物(（受到的物理和法术伤害大幅降低）)?",
     {"groups": [REBORN_CREATION], "effects": [{"factor": dict.fromkeys(
         ("physical_taken", "arts_taken"), Number(r"dmg_res\.damage_resistance", -1.0, 1.0))}]}),
    ("未被阻挡时有几率闪避物理攻击", {"effects": [{"own_blocked": False, "add": {"dodge": Number(r"evade\.prob")}}]}),
    ("未被阻挡时有几率闪避物理与法术攻击",
     {"effects": [{"own_blocked": False, "add": dict.fromkeys(("dodge", "dodge_arts"), Number(r"evade\.prob"))}]}),
    (f"初始拥有100%物理闪避{_BRIEFLY}",
     {"effects": [{"until": Number(r"evade\.duration"), "add": {"dodge": Number(r"evade\.prob")}}]}),
    (f"生命值首次降至一半以下后获得100%物理闪避{_BRIEFLY}",
     {"effects": [{"when": "hurt", "own_below": Number(r"evade\.hp_ratio"), "every": ONCE,
                   "seconds": Number(r"evade\.duration"), "add": {"dodge": Number(r"evade\.prob")}}]}),
    (f"初始防御力与法抗{_UP}{_BRIEFLY}",
     {"effects": [{"until": Number(r"buff\.duration"),
                   "add": {"defense": Number(r"buff\.def"), "resistance": Number(r"buff\.magic_resistance")}}]}),
    ("(无法被阻挡且)?登场时一段时间内无敌",
     {"unblockable": unblockable, "effects": [{"until": Number(r"invincible\.duration"), **UNTOUCHED}]}),
    ("拥有抵抗", {"effects": [{"add": {"resist": 1.0}}]}),
    ("免疫冻结，拥有抵抗", {"freeze_immune": True, "effects": [{"add": {"resist": 1.0}}]}),
    ("(使自身|更)?容易受到(敌人|我方单位)的?攻击|更容易被我方攻击|使自身容易受到我方单位的攻击，掩护敌军前进",
     {"effects": [{"add": {"taunt": more_taunt}}]}),
    ("不容?易被攻击", {"effects": [{"add": {"taunt": -1.0}}]}),
    # others of its side, and what they give it
    ("(在场时，)?(大幅)?强化敌军攻击力?与防御力", {"groups": [HERALD], "effects": [
        {"who": "allies", "scale": {"attack": Number(r"strength\.atk")},
         "add": {"defense": Number(r"strength\.def")}}]}),
    (f"受到强化时，移动速度{_UP}", {"effects": [
        {"company": True, "groups": [HERALD], "factor": {"speed": Number(r"strength\.move_speed", plus=1.0)}}]}),
    (f"受到强化时，攻击力{_UP}", {"effects": [
        {"company": True, "groups": [HERALD], "scale": {"attack": Number(r"strength\.atk")}}]}),
    (f"受到强化时，攻击速度{_UP}", {"effects": [
        {"company": True, "groups": [HERALD], "add": {"attack_speed": Number(r"strength\.attack_speed")}}]}),
    ("受到强化时，额外攻击一名目标", {"effects": [{"company": True, "groups": [HERALD], "add": {"targets": 1.0}}]}),
    ("在场时，重生造物的攻击力提升且攻击附带凋亡损伤", {"effects": [
        {"who": "allies", "groups": [REBORN_CREATION], "scale": {"attack": Number(r"aura\..*\.atk")},
         "add": {"necrosis": Number(r"aura\.ep_damage_ratio")}}]},
     r"aura\..*\.max_valid_stack_cnt"),
    (f"场上每有一个重生造物时攻击力{_UP}", {"effects": [
        {"per": "ally", "groups": [REBORN_CREATION], "stacks": Number(r"aura\.max_valid_stack_cnt"),
         "scale": {"attack": Number(r"aura\.atk")}}]}),
    ("其他方阵战士位于附近时，防御力提升（可叠加）", {"groups": [PHALANX], "effects": [
        {"who": "allies", "others": True, "groups": [PHALANX], "radius": own_radius,
         "add": {"defense": Number(r"auradefup\.def")}}]}),
    ("为周围敌(军|方单位)持续提供防御力加成", {"effects": [
        {"who": "allies", "radius": Number(r"defup\.range_radius"), "add": {"defense": Number(r"defup\.def")}}]}),
    # operators around it, and those that block it
    ("周围的?我方单位的攻击速度(大幅度?)?降低", {"effects": [
        {"who": "enemies", "radius": Number(r"(defup|atkspeeddown)\.range_radius"),
         "add": {"attack_speed": Number(r"atkspeeddown\.attack_speed", 100.0)}}]}),
    ("使周围我方单位的隐匿效果失效", {"effects": [
        {"who": "enemies", "radius": Number(r"(antiinvi|aura)\.range_radius"), "add": {"revealed": 1.0}}]}),
    ("被阻挡时使阻挡单位攻击速度极?大幅(度)?降低", {"effects": [
        {"who": "held", "add": {"attack_speed": Number(r"atkspeeddown\.attack_speed", 100.0)}}]}),
    ("阻挡该敌人的单位阻挡数上限[+]1（最多[+]6）", {"effects": [
        {"who": "held", "add": {"block": Number(r"buff_to_blocker\.block_cnt")}}]},
     r"buff_to_blocker\.max_valid_stack_cnt"),
    ("未被阻挡时，场上所有我方单位逐渐损失生命", {"effects": [
        {"who": "enemies", "own_blocked": False, "add": {"bleed": Number(r"poison\.damage")}}]}, r"poison\.interval"),
    ("未被阻挡时会?持续对全场我方单位造成法术伤害", {"effects": [
        {"who": "enemies", "own_blocked": False, "add": {"burn": Number(r"poison\.damage")}}]}),
    # skills
    ("使场上攻击力最高的我方单位攻击力大幅(度)?降低，持续一定时间", {"effects": [
        {**used("atkdesweaken"), "who": "enemies", "most": 1, "by": "most attack",
         "seconds": Number(r"@atkdesweaken\.duration"), "scale": {"attack": Number(r"@atkdesweaken\.atk")}}]}),
    ("被阻挡(时|后)可以快速移动至其身后|被阻挡时向前闪烁一段距离", {"effects": [
        {**used("blink"), "own_blocked": True, "leap": Number(r"@blink\.dist")}]}),
    ("会释放(能使攻击力加倍|造成超高(?P<kind>法术)伤害)的特殊弩箭", {"effects": [
        {**used("criticalhit"), "who": "enemies in range", "most": 1, "damage": Number(r"@criticalhit\.atk_scale"),
         "kind": kind}]}),
    # its death
    ("(死亡[时后]|被击倒时|死亡时，?)对周围(所有)?(我方(单位)?)?造成(大量)?(?P<kind>物理|法术)伤害",
     {"range": no_reach, "effects": [blast(**_BLAST)]}),
    ("(死亡[时后]|被击倒时)对周围(所有)?我方单位造成(?P<kind>物理|法术)伤害，?(并|且|并且)?施加寒冷(效果)?",
     {"range": no_reach, "effects": [blast(**_BLAST, **_COLD)]}),
    ("(死亡[时后])对周围(我方单位)?造成(?P<kind>物理|法术)伤害(，并额外造成|和)(?P<element>神经|侵蚀|灼燃)损伤",
     {"range": no_reach,
      "effects": [blast(**_BLAST, injury=Number(r"boom\.ep_damage_ratio"), element=element)]}),
    ("(被击倒时|死亡时)对周围所有单位造成(?P<kind>物理|法术)伤害且施加寒冷",
     {"range": no_reach,
      "effects": [blast(**_BLAST, **_COLD), blast(**_BLAST, **_COLD) | {"who": "allies", "others": True}]},
     r"boom\.(freeze|cold)"),
    ("死亡时场上所有我方单位攻击速度与防御力大幅提升，持续一定时间", {"effects": [
        {"when": "death", "who": "enemies", "seconds": Number(r"buff\.duration"),
         "add": {"attack_speed": Number(r"buff\.attack_speed")}, "scale": {"defense": Number(r"buff\.def")}}]}),
    ("死亡时分裂([2-9]|两|三|四)个.*|被击倒后生成\\d+个.*|死亡后生成1个.*|首次倒下后重生为.*|载具损毁后会继续作战",
     {"splits_into": offspring, "splits": offspring_count},
     r"(deathrattle|deadspawn|attack)\.(offset_bound|delay)"),
)  # fmt: skip
Forms = tuple[tuple[re.Pattern[str], Build], ...]
"""Patterns and what they mean, tried in this order."""


def made(forms: Iterable[tuple[Any, ...]]) -> Forms:
    """Forms from rows of a pattern, what it means and, if any, a pattern of the numbers that say nothing more."""
    return tuple((re.compile(pattern), _means(fields, *(dropped or ("(?!)",)))) for pattern, fields, *dropped in forms)


ENEMY_FORMS = made(_FORMS)

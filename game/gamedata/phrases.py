"""The clauses of the public tables' descriptions that we can play, and the effects of each.

The public tables give every number by a key, but only prose says what a skill does with it. `PHRASES` holds clauses of
skills, `ENEMY_PHRASES` clauses of enemies. `game.gamedata.descriptions` takes sentences apart and looks them up here.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from game.characters.models import UNLIMITED

STATS = {
    "攻击力": ("attack", "atk"), "防御力": ("defense", "def"), "生命上限": ("max_health", "max_hp"),
    "最大生命值": ("max_health", "max_hp"), "攻击速度": ("attack_speed", "attack_speed"),
    "法术抗性": ("resistance", "magic_resistance"), "阻挡数": ("block", "block_cnt"),
    "部署费用": ("cost", "cost"), "再部署时间": ("redeploy_time", "respawn_time"),
    "ATK": ("attack", "atk"), "DEF": ("defense", "def"), "Max HP": ("max_health", "max_hp"),
    "ASPD": ("attack_speed", "attack_speed"), "Attack Speed": ("attack_speed", "attack_speed"),
    "RES": ("resistance", "magic_resistance"), "Block Count": ("block", "block_cnt"),
    "DP Cost": ("cost", "cost"), "Redeployment Time": ("redeploy_time", "respawn_time"),
}  # fmt: skip
"""The tables' words for a number: our field, and the key under which talents give its value."""
SPLASH = 1.0
"""Radius in tiles of a splash where the tables only say that there is one."""
FRACTIONS = ("attack", "defense", "max_health")
"""Numbers that change by a fraction of themselves; all others change by points."""
SLUGGISH = 0.8
"""Fraction of the speed that the state "slow" (停顿) takes, from the game's own list of terms."""
RACES = {"感染生物": "infection", "萨卡兹": "sarkaz"}
"""Races of enemies that talents name, and the tables' tags for them. 【无人机】 is played as every flying enemy."""
NUMERALS = {"两": 2, "二": 2, "三": 3, "四": 4}
PARTLY = "partly"
"""Marks the effects of a clause that also says something that is not played."""
FACTOR = "factor"
"""Key of the effects that multiply numbers."""


class OwnNumbers(NamedTuple):
    """An operator's numbers without its skill."""

    interval: float
    """Seconds between attacks."""
    block: int
    targets: int
    hits: int
    damage: str
    range: str
    """The public name of its range."""


class Clause(NamedTuple):
    """A clause of a skill's description, with the facts about the skill that it may refer to."""

    words: str
    """Its text with # for each number."""
    numbers: tuple[float, ...]
    """The numbers that stand for #."""
    board: Mapping[str, float]
    """All numbers of the skill by key."""
    range: str | None
    """The public name of the skill's own range, if it has one."""
    own: OwnNumbers


# Functions that find the value of an effect for a clause. They raise LookupError where the clause lacks it.


def first(clause: Clause) -> float:
    """The first number of the clause."""
    return clause.numbers[0]


def second(clause: Clause) -> float:
    """The second number of the clause."""
    return clause.numbers[1]


def last(clause: Clause) -> float:
    """The last number of the clause."""
    return clause.numbers[-1]


def kind(clause: Clause) -> str:
    """The kind of damage that the clause names."""
    return "arts" if "法术" in clause.words else "physical"


def how_many(words: str) -> int:
    """The digit or numeral in an enemy's clause; 1 if there is none."""
    found = re.search("[1-9两二三四]", words)
    return _whole(found[0]) if found else 1


def blows(clause: Clause) -> int:
    """How many hits a strike has."""
    return 2 if "两次" in clause.words else 1


def lost(clause: Clause) -> float:
    """The second number of the clause, which the tables write negative, as a positive one."""
    return -clause.numbers[1]


def count(clause: Clause) -> int:
    """The first number of the clause as a whole number."""
    return int(clause.numbers[0])


def few(clause: Clause) -> int:
    """How many targets or hits, from a number of the table or a numeral in the clause."""
    words = re.search(r"[#2-9两二三四](?=[个名次连])", clause.words)
    if words is None:
        raise LookupError("how many")
    return count(clause) if words[0] == "#" else _whole(words[0])


def extra(clause: Clause) -> int:
    """The operator's own targets and as many more as the clause says; one more if it gives no number."""
    more = re.search("[1-9两二三四]", clause.words)
    return clause.own.targets + (_whole(more[0]) if more else 1)


def its_targets(clause: Clause) -> int:
    """How many targets an attack has, as the table's number says."""
    return int(clause.board["attack@max_target"])


def _whole(word: str) -> int:
    """The value of a digit or a numeral."""
    return NUMERALS.get(word) or int(word)


def no_block(clause: Clause) -> int:
    """The change of block that leaves none."""
    return -clause.own.block


def taunt(clause: Clause) -> int:
    """The change of taunt."""
    return int(next(value for key, value in clause.board.items() if key.endswith("taunt_level")))


def interval(clause: Clause) -> float:
    """Seconds added to the attack interval.

    Negative values of the tables are seconds. Positive ones are factors: of the interval that is added, or where the
    clause shortens it, of the interval that remains.
    """
    value = clause.board["base_attack_time"]
    if value < 0.0:
        return value
    return clause.own.interval * (value - 1.0 if re.search("缩短|减小|reduce", clause.words) else value)


def longer(clause: Clause) -> float:
    """Seconds by which healing takes longer than attacking; the text does not say so, only the key does."""
    return clause.own.interval * clause.board.get("base_attack_time", 0.0)


def drip(clause: Clause) -> float:
    """Seconds from one DP to the next."""
    found = [value for key, value in clause.board.items() if key.endswith("interval")]
    return found[0]


def its_range(clause: Clause) -> str:
    """The public name of the skill's range."""
    if clause.range is None:
        raise LookupError("rangeId")
    return clause.range


PHRASES: tuple[tuple[str, dict[str, Any]], ...] = (
    # how long, and how it starts
    ("持续时间无限|[Ii]nfinite duration|[Uu]nlimited duration", {"duration": UNLIMITED}),
    ("(技能)?会?自动开启", {}),
    ("可以?充能[#2-9]次", {}),  # the number of uses stands in the skill's spData
    ("可以在下列状态和初始状态间切换：", {"toggles": True}),
    ("护盾会在#秒内持续衰减", {"duration": first}),
    ("在#秒内持续衰减", {"duration": first, "fades": True}),
    ("在?#秒内攻击力[+]#", {"duration": first, "attack": second}),
    ("在?#秒内防御力[+]#", {"duration": first, "defense": second}),
    # at once
    ("(立即)?获得#点(部署)?费用|[Ii]mmediately gains? # DP", {"dp": count}),
    ("立即恢复最大生命的#|[Ii]mmediately (recovers|restores) # (of )?[Mm]ax HP", {"heal_self": first}),
    ("获得可吸收相当于自己最大生命#的护盾", {"shield": first}),
    ("同一次作战中最多使用2次", {"uses_in_battle": 2}),
    ("不再成为其他角色的治疗目标", {"unhealable": True}),
    # talents
    ("(第一)?天赋的?(触发|发动|无视防御的)?(几率|概率)(提升|提高)至#倍", {"talent_chance": first}),
    ("(第一)?天赋的?(触发|发动)?(几率|概率)(提升|提高)至#", {"talent_chance_to": first}),
    ("天赋的?(生命回复|伤害加成|伤害倍率)?效果?(提升|提高)至#倍?", {"talent_times": first}),
    ("天赋停顿的持续时间提升至#倍", {"talent_seconds": first}),
    ("第一天赋的?效果提升至#倍", {"talent_times": first, "talent": 1}),
    ("第二天赋的?效果提升至#倍", {"talent_times": first, "talent": 2}),
    # DP one by one
    ("(技能)?持续(期间|时间)内(逐渐获得|回复总共)#点部署费用|逐渐回复总共#点部署费用", {"dp_each": drip}),
    # the next attack, for which the skill is used up
    ("下一?次攻击[的时]?攻击力(提高|提升)至#", {"strikes": True, "strength": first}),
    ("下次攻击的攻击力(提高|提升)至#（.*）", {"strikes": True, "strength": first, PARTLY: True}),
    ("下次攻击(时|的)攻击力[+]#", {"strikes": True, "attack": first}),
    ("下一?次攻击造成(相当于)?攻击力#的(物理|法术)?伤害", {"strikes": True, "strength": first}),
    ("下次攻击(时连续射击[#2-9]次|变为#连射)", {"strikes": True, "hits": few}),
    ("连续攻击两次", {"hits": few}),
    ("下次攻击会[把将](目标|敌人).*", {"strikes": True, PARTLY: True}),
    ("对其造成相当于攻击力#的物理伤害", {"strength": first, "damage": "physical"}),
    ("对其造成相当于自己攻击力#的真实的伤害", {"strength": first, "damage": "true"}),
    ("对其造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("下次攻击额外攻击一个目标", {"strikes": True, "targets": 2}),
    ("下次治疗可以恢复相当于攻击力#的生命", {"strikes": True, "strength": first}),
    ("每次治疗[#2-9]个目标", {"targets": few}),
    ("额外治疗一名单位|每次可额外治疗一名单位", {"targets": extra}),
    # one attack at once
    ("立即以#的攻击力进行一次攻击", {"strikes": True, "strength": first}),
    ("(立即)?对(周围|攻击范围内|前方.*)(最多|至多)[#2-9][个名]敌人造成相当于攻击力#的(物理|法术)伤害",
     {"strikes": True, "targets": few, "strength": last, "damage": kind, "hits": blows}),
    ("(立即)?对周围所有敌人造成(两次)?相当于攻击力#的(物理|法术)伤害",
     {"strikes": True, "targets": 0, "strength": last, "damage": kind, "hits": blows}),
    ("立即投掷#把飞刀随机攻击前方的敌人", {"strikes": True, "targets": count, "scatters": True, "range": its_range}),
    ("每把造成相当于攻击力#的物理伤害", {"strength": first}),
    ("下次攻击对(四周|周围)所有敌人造成相当于攻击力#的(物理|法术)伤害",
     {"strikes": True, "targets": 0, "strength": last, "damage": kind}),
    ("(立即)?将.*所有敌人.*推开", {"strikes": True, "targets": 0, PARTLY: True}),
    ("(立即)?将.*(两|#)个(敌人|目标).*拖拽至面前", {"strikes": True, "targets": few, PARTLY: True}),
    ("(立即)?恢复攻击范围内所有友方单位相当于攻击力#的生命",
     {"strikes": True, "damage": "heal", "targets": 0, "strength": first}),
    ("治疗附近一定范围内的所有友军相当于.*攻击力#的生命",
     {"strikes": True, "damage": "heal", "targets": 0, "strength": first}),
    ("下次攻击会恢复附近一名友方.*相当于.*攻击力#的生命值", {"strikes": True, "damage": "heal", "strength": first}),
    ("下一次攻击会为.*一半的一名友方单位恢复相当于攻击力#的生命",
     {"strikes": True, "damage": "heal", "strength": first, "heals_below": 0.5}),
    # attacks
    ("攻击间隔.*(增大|缩短|减小)|.*[Aa]ttack interval.*", {"interval": interval}),
    ("(普通)?攻击变为[#2-9两二三四]连[射击]", {"hits": few}),
    ("每次射击造成相当于攻击力#的(物理|法术)?伤害", {"strength": first}),
    ("每次攻击造成相当于攻击力#的物理伤害", {"strength": first, "damage": "physical"}),
    ("(每次)?攻击造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("造成相当于攻击力#的物理伤害", {"strength": first}),
    ("(每次攻击的|攻击时)?攻击力(提高|提升)至#", {"strength": first}),
    ("每次攻击只能造成相当于攻击力#的法术伤害", {"strength": first, "damage": "arts"}),
    ("普通攻击造成法术伤害", {"damage": "arts"}),
    ("普通攻击造成法术伤害并使击中的敌人停顿#秒", {"damage": "arts", "slow": SLUGGISH, "slow_time": first}),
    ("(普通攻击的)?伤害类型变为法术", {"damage": "arts"}),
    ("伤害类型变为物理", {"damage": "physical"}),
    ("优先攻击没有?被?阻挡的(目标|敌人)|优先攻击未(被)?阻挡的敌人", {"aims": "unblocked"}),
    ("优先攻击防御力最高的目标", {"aims": "highest defense"}),
    ("优先攻击防御力最低的目标", {"aims": "lowest defense"}),
    ("优先攻击当前生命百分比最低的敌人", {"aims": "lowest health"}),
    ("每次攻击变为攻击力#的(#|[2-9])连发", {"strength": first, "hits": few}),
    ("随机攻击范围内的目标", {"scatters": True}),
    ("(每次|可以)?(额外攻击(1个|一个|一名|#个?)|同时攻击#个)(敌人|敌方单位)", {"targets": its_targets}),
    ("(反击频率不小于#的攻击间隔)|[(]反击频率不小于#的攻击间隔[)]", {}),
    ("(普通攻击的)?伤害类型变为真实", {"damage": "true"}),
    ("同时攻击阻挡的所有敌人", {"targets_by_block": True}),
    ("每个目标攻击[#2-9]次", {"hits": few}),
    ("同时攻击(攻击范围内)的?所有敌人", {"targets": 0}),
    ("(每次攻击)?额外攻击(1个|一个|一名|2个|两个)目标|攻击目标数[+][1-9]", {"targets": extra}),
    ("(最多)?(可以)?(同时)?攻击(至多|最多)?[#2-9两三][个名](敌人|目标)", {"targets": few}),
    ("同时攻击至多#个目标（视为近距离攻击）", {"targets": few, "far_strength": 1.0}),
    ("普通攻击的爆炸范围提升至#", {"splash": first}),
    ("停止攻击(敌人)?|[Ss]tops attacking( enemies)?", {"holds_fire": True}),
    ("普通攻击改为治疗友方单位", {"damage": "heal"}),
    ("停止攻击并专心对周围的?友方角色进行治疗", {"damage": "heal", "interval": longer, "range": its_range}),
    # range, block, being hit
    ("攻击(范围|距离)(更加)?(扩大|改变|缩短|增大|缩小|加长)", {"range": its_range}),
    ("攻击范围向前延伸一格", {"reach": 1}),
    ("攻击(范围|距离)[+]#格?|Attack [Rr]ange [+]# tiles?", {"reach": count}),
    ("阻挡数变为0", {"block": no_block}),
    ("阻挡数[+]1", {"block": 1}),
    ("阻挡数-1", {"block": -1}),
    ("防御力降至0", {"defense": -1.0}),
    ("每秒恢复最大生命的#|每秒恢复#的最大生命值", {"regeneration": first}),
    ("更容?易受到?敌人攻击", {"taunt": taunt}),
    # what a hit does
    ("远程攻击不再降低攻击力", {"far_strength": 1.0}),
    ("(攻击会)?(击中目标时)?使(其|目标)停顿#秒|(每次攻击)?对目标造成#秒停顿", {"slow": SLUGGISH, "slow_time": first}),
    ("(击中目标时)?[使令](其|目标|命中目标|击中目标)晕眩#秒", {"stun": first}),
    ("(令命中目标在|每次攻击会在)#秒内(令命中目标)?移动速度-#", {"slow": lost, "slow_time": first}),
)  # fmt: skip
"""Patterns of whole clauses without a leading conjunction, and the effects of each: values, or functions for them."""

_PLAINLY = (
    "(?!.*([时后只每]|周围|周期|额外|附带|死亡|击倒|爆炸|受到|免疫|吸收|减少|数次|持续|一次|使(?!用)|寻找|无视|优先|变为|切换"
    "|提升|降低|下降|增加|削减|友好|[Ww]hen|[Aa]fter))"
)
"""Before a pattern of `ENEMY_PHRASES`: the clause has no word that makes it true only sometimes, or for other units."""
ENEMY_PHRASES: tuple[tuple[str, dict[str, Any]], ...] = (
    # how operators can block and attack it
    ("(.*使其|.*行动能力)?(无法|不会|不能|不可)被?阻挡", {"unblockable": True}),
    ("在?被阻挡前无法被攻击|隐匿", {"hides": True}),
    (
        "阻挡他相当于阻挡[2-9两三四]名敌人|.*阻挡(能力|数)大于等于[2-9]的.*(阻止|阻挡).*|占用[2-9]阻挡数",
        {"block": how_many},
    ),
    # its attack
    ("能同时治疗.*敌人", {"attack": 0, PARTLY: True}),
    ("不会?(进行)?攻击", {"attack": 0}),
    ("对[2-9两三四]个目标造成远程法术伤害", {"targets": how_many, "damage": "arts"}),
    ("(能够)?同时攻击[2-9两三四][个名]?(目标|敌人)", {"targets": how_many}),
    (_PLAINLY + ".*群体法术攻击", {"damage": "arts", "splash": SPLASH}),
    (_PLAINLY + ".*溅射攻击|其攻击会伤害目标周围的单位", {"splash": SPLASH}),
    (_PLAINLY + ".*(法术作战(人员|单位)|术师((组|队)长)?)", {"damage": "arts"}),
    (_PLAINLY + ".*(造成|使用|进行|擅长).*法术(攻击|伤害)", {"damage": "arts"}),
    ("攻击造成法术伤害[与和].*", {"damage": "arts", PARTLY: True}),
    (_PLAINLY + ".*Arts (damage|attacks?).*", {"damage": "arts"}),
    (_PLAINLY + ".*((远距离|远程|近身|近战).*(攻击|射击)|进行攻击)", {}),
    # clauses that only repeat what its numbers say
    (_PLAINLY + "(?!.*造成).*(攻击力|攻击能力|攻击欲望|防御|防护|法术抗性|耐久|速度|攻速|射程).*", {}),
    (".*护甲(使他拥有一定防御|能够抵抗法术伤害)|(能|会)?(快速|逐渐)?自然?恢复生命值?", {}),
    (".*威胁(很|极)大|难以被(消灭|击溃)|但是重量并没有想像的大", {}),
)
"""Patterns of whole clauses of enemies' descriptions, and the fields of `Enemy` that they set."""

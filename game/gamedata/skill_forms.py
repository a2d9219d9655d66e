"""Further forms of skills' sentences, which may go over several of their clauses, and of some talents."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
# ruff: noqa: ARG001, ARG005 - all forms take the same arguments
from __future__ import annotations

import re

from game.gamedata.effect_reading import OWN_INTERVAL, Act, SentenceReading, deed, does, number, told

SLUGGISH = 0.2
"""What the state "slow" (停顿) leaves of the speed."""
BLAST = 1.0
"""Radius in tiles of what hits those around a target, where the tables do not say (a guess)."""


def begins(reading: SentenceReading, match: re.Match[str]) -> None:
    """Health that is lost when the skill begins."""
    does(reading, when="skill begins", lose=number(reading) if "#" in match[0] else 0.5)


def disarmed_after(reading: SentenceReading, match: re.Match[str]) -> None:
    """It does not attack for a while after the skill."""
    does(reading, when="skill ends", seconds=number(reading), add={"disarmed": 1.0})


def cannot_attack(reading: SentenceReading, match: re.Match[str]) -> None:
    """It does not attack."""
    does(reading, add={"disarmed": 1.0})


def later_uses(reading: SentenceReading, match: re.Match[str]) -> None:
    """From the second use on the skill does more."""
    does(reading, per="use", scale={"attack": number(reading)})


def each_use(reading: SentenceReading, match: re.Match[str]) -> None:
    """Every use before adds to the attack."""
    does(reading, per="use", stacks=3, scale={"attack": 0.2})


def slowed_again(reading: SentenceReading, match: re.Match[str]) -> None:
    """Enemies in range are slowed again and again."""
    seconds = reading.board["sluggish"]
    does(reading, when="interval", every=number(reading), who="enemies in range", seconds=seconds,
         factor={"speed": SLUGGISH})  # fmt: skip


def slowed_all(reading: SentenceReading, match: re.Match[str]) -> None:
    """All enemies in range are slow."""
    does(reading, who="enemies in range", factor={"speed": SLUGGISH})


def burns(reading: SentenceReading, match: re.Match[str]) -> None:
    """Arts damage by the second, in points, for a while."""
    points, seconds = number(reading), number(reading)
    does(reading, when="attack", who="target", seconds=seconds, add={"burn": points})


def scorches(reading: SentenceReading, match: re.Match[str]) -> None:
    """The target has less defense and burns, by a part of the owner's attack a second."""
    seconds, points, part = number(reading), number(reading), reading.board["burn.atk_scale"]
    does(reading, when="attack", who="target", seconds=seconds, add={"defense": -points}, lend={"burn": part})


def sears(reading: SentenceReading, match: re.Match[str]) -> None:
    """Arts damage each second to all on the ground in range, who resist less."""
    part, points = number(reading), number(reading)
    does(reading, when="interval", every=1.0, who="enemies in range", flying=False, damage=part, kind="arts")
    does(reading, who="enemies in range", flying=False, add={"resistance": -points})


def drains(reading: SentenceReading, match: re.Match[str]) -> None:
    """The owner loses health all the time."""
    does(reading, add={"drain": number(reading)})


def blasts(reading: SentenceReading, match: re.Match[str]) -> None:
    """Half of the damage for those around the target, and less resistance for all of them."""
    seconds, less = number(reading), number(reading)
    part = round(reading.board["fk"] / 2, 4)
    around = {"when": "attack", "who": "enemies", "radius": BLAST, "at_target": True}
    does(reading, **around, besides=True, damage=part, kind="arts")
    does(reading, **around, seconds=seconds, factor={"resistance": round(1.0 - less, 4)})


def stuns_all(reading: SentenceReading, match: re.Match[str]) -> None:
    """All enemies in range are stunned as long as the skill lasts, and damaged each second."""
    does(reading, when="interval", every=0.1, who="enemies in range", stun=0.2)
    does(reading, when="interval", every=1.0, who="enemies in range", damage=number(reading), kind="arts")


def stuns_held(reading: SentenceReading, match: re.Match[str]) -> None:
    """Those whom the owner blocks are stunned as long as the skill lasts."""
    does(reading, when="interval", every=0.1, who="held", stun=0.2)


def strikes_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """A dodge is answered by a blow, not more often than its attack interval allows."""
    gap = round(reading.board[OWN_INTERVAL] * reading.board["base_attack_time"], 3)
    does(reading, when="dodge", who="enemies in range", most=1, every=gap, damage=number(reading))


def answers(reading: SentenceReading, match: re.Match[str]) -> None:
    """Each blow that is taken damages the one who struck, and stops its abilities."""
    part, seconds = number(reading), number(reading)
    does(reading, when="hit taken", who="target", damage=part, kind="arts")
    does(reading, when="hit taken", who="target", seconds=seconds, add={"silence": 1.0})


def others_near(reading: SentenceReading, match: re.Match[str]) -> None:
    """The other friends in range defend better, block one more and resist."""
    more = number(reading)
    does(reading, who="allies in range", others=True, scale={"defense": more}, add={"block": 1.0, "resist": 1.0})


def calcified(reading: SentenceReading, match: re.Match[str]) -> None:
    """Enemies in range take more arts damage and walk slower. The operator does not attack, as no word says."""
    more, slower = number(reading), number(reading)
    does(reading, add={"disarmed": 1.0})
    does(reading, who="enemies in range", factor={"arts_taken": 1.0 + more, "speed": round(1.0 - slower, 4)})


def mends(reading: SentenceReading, match: re.Match[str]) -> None:
    """Friends in range are healed each second."""
    does(reading, when="interval", every=1.0, who="allies in range", heal=number(reading))


def heals_one(reading: SentenceReading, match: re.Match[str]) -> None:
    """Each attack heals one friend in range as well."""
    others = "其他" in match[0]
    does(reading, when="attack", who="allies in range", most=1, others=others, heal=number(reading))


def drinks(reading: SentenceReading, match: re.Match[str]) -> None:
    """A part of the damage that an attack has done comes back as health."""
    does(reading, when="attack", who="self", heal_dealt=number(reading))


def heals_by_damage(reading: SentenceReading, match: re.Match[str]) -> None:
    """A part of the damage heals a friend in range."""
    does(reading, when="attack", who="allies in range", most=1, heal_dealt=number(reading))


def inspires(reading: SentenceReading, match: re.Match[str]) -> None:
    """鼓舞: others in range add a part of the owner's attack, defense or full health to theirs."""
    part = number(reading)
    lent = {"attack": part, "defense": part} if "与防御力" in match[0] else {"attack": part}
    if "生命值上限" in match[0]:
        lent = {"defense": part, "max_health": number(reading)}
    does(reading, who="allies in range", others=True, lend=lent)


def blocks_otherwise(reading: SentenceReading, match: re.Match[str]) -> None:
    """Friends in range block more enemies, or fewer."""
    does(reading, who="allies in range", add={"block": float(match[1])})


def idle_heal(reading: SentenceReading, match: re.Match[str]) -> None:
    """Health comes back while it has not attacked for some time."""
    does(reading, per="idle", step=number(reading), add={"regeneration_share": number(reading)})


def poisons(reading: SentenceReading, match: re.Match[str]) -> None:
    """Arts damage by the second, twice as much for enemies that shoot."""
    seconds, points = number(reading), number(reading)
    for shoots, times in ((False, 1.0), (True, 2.0)):
        does(reading, when="attack", who="target", shoots=shoots, seconds=seconds, add={"burn": points * times})


FORMS: tuple[tuple[str, Act], ...] = (
    # talents
    ("如果#秒内没有主动攻击过，每秒恢复最大生命#的生命", idle_heal),
    ("攻击使目标中毒，在#秒内每秒受到#点法术伤害（对会远程攻击的目标伤害加倍）", poisons),
    ("攻击范围内敌人的隐匿效果失效",
     lambda reading, match: does(reading, who="enemies in range", add={"revealed": 1.0})),
    # skills
    ("(立即)?流失(#|50%)当前生命", begins),
    ("技能时间结束后.{1,4}停止攻击#秒", disarmed_after),
    ("无法普通攻击", cannot_attack),
    ("第二次及以后使用时追加攻击力[+]#的效果", later_uses),
    ("每使用过一次技能额外追加攻击力[+]20%的效果（最多[+]60%）", each_use),
    ("攻击范围内的敌方单位每#秒受到一次停顿效果", slowed_again),
    ("攻击范围内的所有敌人被停顿", slowed_all),
    ("普通攻击时对击中目标额外造成每秒#的法术伤害，持续#秒", burns),
    ("命中目标在#秒内防御力-#并持续受到灼烧伤害", scorches),
    ("对攻击范围内的地面敌人造成每秒相当于攻击力#的法术伤害，命中目标的法术抗性-#", sears),
    ("(自己|自身)每秒流失最大生命值的#", drains),
    ("命中目标周围的敌人受到一半的爆炸伤害且在#秒内法术抗性-#", blasts),
    ("攻击范围内的敌人全部晕眩，且每秒受到攻击力#的法术伤害", stuns_all),
    ("技能期间持续使阻挡的敌人全部晕眩", stuns_held),
    ("闪避成功后立即对一名敌人进行反击，造成相当于攻击力#的物理伤害", strikes_back),
    ("额外获得物理闪避#", lambda reading, match: does(reading, add={"dodge": number(reading)})),
    ("每次受到攻击时对目标造成相当于年攻击力#的法术伤害并使其失去特殊能力#秒", answers),
    ("周围其他友方干员的防御力[+]#，阻挡数[+]1，并获得抵抗", others_near),
    ("附近所有敌军受到的法术伤害[+]#，移动速度-#", calcified),
    ("附近所有友军每秒回复相当于.{1,4}攻击力#的生命", mends),
    ("周围的?所有友方单位每秒恢复相当于攻击力#的生命(值)?", mends),
    ("每秒(恢复|回复)(攻击)?范围内(所有)?友(军|方单位)相当于.{0,4}攻击力#的生命(值)?", mends),
    ("恢复(周围|攻击范围内)一名(其他)?友方单位相当于攻击力#的生命(值)?", heals_one),
    ("每次攻击(恢复|回复)相当于造成伤害#的生命(值)?", drinks),
    ("每次攻击治疗周围一名友方单位相当于造成伤害#的生命值", heals_by_damage),
    ("攻击范围内所有其他友方单位获得相当于.{1,6}#攻击力(与防御力)?的鼓舞效果", inspires),
    ("并?获得相当于.{1,6}#(攻击力|防御力和#生命值上限)的鼓舞效果", inspires),
    ("攻击范围内所有友方单位阻挡数([+]1|-3)", blocks_otherwise),
    ("攻击时对攻击范围内的所有敌人应用特性加成",
     lambda reading, match: does(reading, when="attack", who="target", ahead=-1, aside=9, strength=1.5)),
    ("技能结束后.{1,4}强制退出战场", lambda reading, match: does(reading, when="skill ends", leaves=0.04)),
    ("回复自身#的生命", deed("heal_share", when="attack", who="self")),
    ("技能持续期间内干员的生命值始终不会低于1", lambda reading, match: does(reading, add={"undying": 1e-6})),
    ("获得迷彩", lambda reading, match: does(reading, add={"camouflage": 1.0})),
    ("对飞行单位的攻击力系数加倍",
     lambda reading, match: does(reading, when="attack", who="target", flying=True, strength=2.0)),
    ("击败敌人后部署费用回复[+]1|在击杀敌人时额外获得1点部署费用",
     lambda reading, match: does(reading, when="kill", dp=1)),
    ("每次攻击恢复自身最大生命值的#", deed("heal_share", when="attack", who="self")),
    ("技能结束后自身晕眩#秒|持续时间结束后.{1,4}晕眩#秒", deed("stun", when="skill ends", who="self")),
    ("每秒额外恢复最大生命的#", lambda reading, match: does(reading, add={"regeneration_share": number(reading)})),
    ("所有医疗干员(?=攻击力)", told(who="allies", roles=["medic"])),
    ("每次攻击对目标造成#秒停顿",
     lambda reading, match: does(reading, when="attack", who="target", factor={"speed": SLUGGISH},
                                 seconds=number(reading))),
)  # fmt: skip
"""Patterns as in `effect_phrases.FORMS`."""

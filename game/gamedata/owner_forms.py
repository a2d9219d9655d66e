"""Further forms of talents' sentences: where the owner stands, whom it meets, and what it gives to others."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
# ruff: noqa: ARG001 - all forms take the same arguments
from __future__ import annotations

import re

from game.characters.effects import ONCE
from game.gamedata.effect_reading import Act, SentenceReading, does, number, told
from game.gamedata.phrases import RACES

RARITIES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
ALL_TAKEN = ("physical_taken", "arts_taken", "true_taken")


def against(reading: SentenceReading, match: re.Match[str]) -> None:
    """The attack on enemies of a race."""
    reading.scope.update(when="attack", who="target", races=[RACES[match["race"]]])


def hurt_less_by(reading: SentenceReading, match: re.Match[str]) -> None:
    """Less damage by enemies of a race."""
    does(reading, when="hit taken", who="target", races=[RACES[match["race"]]], times=round(1.0 - number(reading), 4))


def for_each_friend(reading: SentenceReading, match: re.Match[str]) -> None:
    """Changes that grow with the operators of a rarity on the field."""
    reading.scope.clear()
    reading.scope.update(per="ally", stacks=99, rarities=[RARITIES[match["stars"]]])


def sooner(reading: SentenceReading, match: re.Match[str]) -> None:
    """Cards come back sooner while the owner is on the field."""
    if reading.scope.get("who") != "allies":
        raise LookupError("whose cards")
    does(reading, scale={"redeploy_time": -number(reading)})


def cheaper(reading: SentenceReading, match: re.Match[str]) -> None:
    """Cards cost less while the owner is on the field, or in its squad."""
    if reading.scope.get("who") != "allies" or reading.scope.get("when", "squad") != "squad":
        raise LookupError("whose cards")
    does(reading, add={"cost": -number(reading)})


def evades(reading: SentenceReading, match: re.Match[str]) -> None:
    """A chance to dodge attacks at close quarters."""
    does(reading, add={"dodge_melee": number(reading)})


def pays_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """A dodge at close quarters makes the next attack stronger."""
    evades(reading, match)
    does(reading, when="dodge", seconds=ONCE, spent=True, scale={"attack": number(reading)})


def steps_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """The attack also pushes its target a little."""
    does(reading, shift="push", force=-1)


def bleeds(reading: SentenceReading, match: re.Match[str]) -> None:
    """Enemies that nothing blocks bleed for a while after an attack."""
    part, seconds = number(reading), number(reading)
    does(reading, when="attack", who="target", blocked=False, seconds=seconds, lend={"burn": part})


def covers_the_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """Points of defense for the owner, and for one behind it."""
    points = number(reading)
    does(reading, add={"defense": points})
    does(reading, who="allies", ahead=1, behind=True, roles=["vanguard", "guard"], add={"defense": points})


def heals_the_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """The owner's heals give more to one on high ground behind it."""
    more = round(1.0 + number(reading), 4)
    does(reading, when="attack", who="target", ahead=1, behind=True, melee=False, strength=more)


def passes_sp_on(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP when hit, for the owner and for one friend beside it."""
    points = number(reading)
    does(reading, when="hit taken", sp=points)
    does(reading, when="hit taken", who="allies", radius=1.0, others=True, most=1, at_random=True, sp=points)


def heals_with_sp(reading: SentenceReading, match: re.Match[str]) -> None:
    """Heals give SP as well."""
    does(reading, add={"heal_sp": number(reading)})


def overlooked(reading: SentenceReading, match: re.Match[str]) -> None:
    """Enemies aim at others than the owner first."""
    skill = {key: reading.scope[key] for key in ("skill",) if key in reading.scope}
    reading.scope.clear()
    reading.scope.update(skill)
    does(reading, add={"taunt": -1.0})


def its_summons(reading: SentenceReading, match: re.Match[str]) -> None:
    """What the owner has summoned."""
    reading.scope.update(who="allies", groups=[match["summoned"]])


FORMS: tuple[tuple[str, Act], ...] = (
    ("所有(?P<summoned>触手)的?", its_summons),
    (f"攻击【(?P<race>{'|'.join(RACES)})】(敌人)?时，?", against),
    (f"受到来自【(?P<race>{'|'.join(RACES)})】敌人的伤害降低#", hurt_less_by),
    ("；?场上每有一名(?P<stars>[一二三四五六])星干员，自身的?", for_each_friend),
    ("再部署时间-#", sooner),
    ("(的)?部署费用-#", cheaper),
    ("(同时)?获得#的近战物理闪避", evades),
    ("有#的概率闪避敌人的近战物理攻击，成功闪避后(自己的|自身)下一次攻击攻击力[+]#", pays_back),
    ("(并)?将目标稍微地?击退", steps_back),
    ("攻击使未被阻挡的敌人流血，每秒受到相当于.{1,4}攻击力#的法术伤害（不受特性影响），持续#秒", bleeds),
    ("周围四格中有两格以上的高地地形时", told(high_near=2)),
    ("在场时自身防御力[+]#，自己身后的如果是【先锋】或【近卫】干员也能享受到相同效果", covers_the_back),
    ("(自身)?身后一格内如果是高台单位，自己对其的治疗效果提高#", heals_the_back),
    ("受到攻击时，回复自己和周围一格内随机一名友方角色#点技力", passes_sp_on),
    ("每次回复友方单位生命值时额外回复该单位#点技力", heals_with_sp),
    ("(自身)?不容易受到敌人攻击", overlooked),
)
"""Patterns as in `effect_phrases.FORMS`."""

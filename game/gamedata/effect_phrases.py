"""Forms of the public tables' sentences that are effects (see `game.characters.effects`).

A sentence is read from left to right: each form takes words off its beginning, and says of whom, when or under which
condition the sentence speaks, or what happens. A sentence is understood only if the forms take all of it.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
# ruff: noqa: ARG001, ARG005 - all forms take the same arguments
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from game.characters.effects import Effect
from game.gamedata import owner_forms, skill_forms, talent_forms
from game.gamedata.effect_reading import NO_BOARD, Act, SentenceReading, deed, does, number, told, with_number

PROFESSIONS = {
    "先锋": "vanguard", "近卫": "guard", "重装": "defender", "狙击": "sniper", "术师": "caster", "医疗": "medic",
    "辅助": "supporter", "特种": "specialist",
}  # fmt: skip
STATS = {
    "攻击力": "attack", "防御力": "defense", "防御": "defense", "攻击速度": "attack_speed", "攻速": "attack_speed",
    "法术抗性": "resistance", "法抗": "resistance", "移动速度": "speed", "移速": "speed",
    "技力自然回复速度": "sp_rate", "技力回复速度": "sp_rate",
}  # fmt: skip
STAT = "|".join(STATS)
STATED = f"({STAT})(([和与、，]|以及)({STAT}))*"
SLUGGISH = 0.2
"""What the state "slow" (停顿) leaves of the speed, from the game's own list of terms."""
NEIGHBOURS, AROUND = 1.0, 1.5
"""Radius of the four and of the eight tiles around."""


def profession(reading: SentenceReading, match: re.Match[str]) -> None:
    """All operators of one or two professions."""
    roles = [PROFESSIONS[name] for name in re.findall("|".join(PROFESSIONS), match[0])]
    reading.scope.update(who="allies", roles=roles)


def around(reading: SentenceReading, match: re.Match[str]) -> None:
    """Friends near the owner, itself among them where the words name it."""
    tiles = number(reading) if "#" in match[0] else 4.0 if re.search("[四4]", match[0]) else 8.0
    if tiles not in (4.0, 8.0):
        raise LookupError("tiles around")
    sort = {"melee": True} if "近战" in match[0] else {"melee": False} if "高台" in match[0] else {}
    own = "自身" in match[0]
    reading.scope.update(who="allies", radius=NEIGHBOURS if tiles == 4.0 else AROUND, others=not own, **sort)


def stats(reading: SentenceReading, match: re.Match[str]) -> None:
    """Numbers that go up or down."""
    one_attack = reading.scope.get("when") == "attack" and "seconds" not in reading.scope
    if one_attack and match["stats"] == "攻击力" and match["how"] in "+提高提升":
        raise LookupError("the strength of one attack")
    amount = number(reading)
    more = not re.search("-|降低|下降|减少|降", match["how"])
    for word in re.findall(STAT, match["stats"]):
        does(reading, **_change(STATS[word], amount, more))


def _change(stat: str, amount: float, more: bool) -> dict[str, Any]:
    """The field of `Effect` that changes one number by an amount: a fraction below 5, points above."""
    if stat == "speed" or (stat == "resistance" and amount < 5.0):
        return {"factor": {stat: round(1.0 + amount if more else 1.0 - amount, 4)}}
    signed = amount if more else -amount
    return {"scale" if stat in ("attack", "defense") and amount < 5.0 else "add": {stat: signed}}


def dodge(reading: SentenceReading, match: re.Match[str]) -> None:
    """Chances to dodge, or to fend off, which is the same for what gets through."""
    amount = number(reading)
    names = [name for word, name in (("物理", "dodge"), ("法术", "dodge_arts")) if word in match[0]]
    does(reading, add=dict.fromkeys(names, amount))


def hurt_less(reading: SentenceReading, match: re.Match[str]) -> None:
    """Damage taken, less or more."""
    amount = number(reading)
    left = round(1.0 + amount if re.search("提高|提升|增加|[+]", match[0]) else 1.0 - amount, 4)
    kinds = [name for word, name in (("物理", "physical_taken"), ("法术", "arts_taken")) if word in match[0]]
    does(reading, factor=dict.fromkeys(kinds or ("physical_taken", "arts_taken", "true_taken"), left))


def fragile(reading: SentenceReading, match: re.Match[str]) -> None:
    """脆弱: all damage taken goes up; 庇护: all but true damage goes down."""
    amount = number(reading)
    if "脆弱" in match[0]:
        does(reading, factor=dict.fromkeys(("physical_taken", "arts_taken", "true_taken"), round(1.0 + amount, 4)))
    else:
        does(reading, factor=dict.fromkeys(("physical_taken", "arts_taken"), round(1.0 - amount, 4)))


def stronger(reading: SentenceReading, match: re.Match[str]) -> None:
    """An attack that is stronger under the conditions of its sentence."""
    if reading.scope.get("when") != "attack":
        raise LookupError("attack")
    amount = number(reading)
    much = amount if "至" in match[0] else round(1.0 + amount, 4)
    does(reading, **{"times" if "伤害" in match[0] else "strength": much})


def state(reading: SentenceReading, **fields: Any) -> None:
    """Something that an attack does to its target."""
    reading.scope.setdefault("when", "attack")
    reading.scope["who"] = "target"
    does(reading, **fields)


def lasting(reading: SentenceReading, match: re.Match[str]) -> None:
    """How long the changes before last."""
    seconds = number(reading)
    for one in reading.found:
        if one.get("when", "always") != "always":
            one.setdefault("seconds", seconds)


def holding(reading: SentenceReading, match: re.Match[str]) -> None:
    """While the owner blocks so many, or more."""
    reading.scope["holds"] = int(number(reading)) if "#" in match[0] else 2


def points(reading: SentenceReading, match: re.Match[str]) -> None:
    """DP."""
    does(reading, dp=int(number(reading)))


def regained(reading: SentenceReading, match: re.Match[str]) -> None:
    """Health that comes back all the time: points, or a fraction of the full health."""
    amount = number(reading)
    does(reading, add={"regeneration_share" if amount < 1.0 else "regeneration": amount})


def skill_points(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP, for those of whom the sentence speaks; an attack gives them to its owner."""
    own = {"who": "self"} if reading.scope.get("who") == "target" else {}
    does(reading, sp=number(reading), **own)


def target(reading: SentenceReading, match: re.Match[str]) -> None:
    """The target of the attack is meant from here on; a sentence about others never means it."""
    if not match[0] or reading.scope.get("who", "target") != "target":
        raise LookupError("target")
    reading.scope.setdefault("when", "attack")
    reading.scope["who"] = "target"


def hurt(field: str) -> Act:
    """Damage beside the attack's own."""

    def act(reading: SentenceReading, match: re.Match[str]) -> None:
        reading.scope.setdefault("when", "attack")
        reading.scope["who"] = "target"
        does(reading, **{field: number(reading)}, kind="physical" if match["kind"] == "物理" else "arts")

    return act


def resists(reading: SentenceReading, match: re.Match[str]) -> None:
    """抵抗: stuns and the like last half as long."""
    does(reading, add={"resist": 1.0}, **({"seconds": number(reading)} if "#" in match[0] else {}))


def one_heal(reading: SentenceReading, match: re.Match[str]) -> None:
    """One wounded operator in range is healed each second."""
    does(reading, when="interval", every=1.0, who="allies in range", most=1, heal=number(reading))


def least(reading: SentenceReading, match: re.Match[str]) -> None:
    """A part of the attack that is always dealt."""
    reading.scope.clear()
    does(reading, add={"least_damage": number(reading)})


def twice(reading: SentenceReading, match: re.Match[str]) -> None:
    """An attack that is made twice."""
    state(reading, times=2.0)


def stuns(reading: SentenceReading, match: re.Match[str]) -> None:
    """A stun of the target."""
    state(reading, stun=number(reading))


def slows(left: float) -> Act:
    """A state that leaves this factor of the speed, for the next number of seconds."""
    return lambda reading, match: state(reading, factor={"speed": left}, seconds=number(reading))


def pierces(reading: SentenceReading, match: re.Match[str]) -> None:
    """An attack that meets less defense: a share of it, not points."""
    amount = number(reading) if "#" in match[0] else 1.0
    if amount > 1.0:
        raise LookupError("points of defense")
    state(reading, pierce=round(1.0 - amount, 4))


def ignores(reading: SentenceReading, match: re.Match[str]) -> None:
    """All attacks meet so many points less of defense or resistance."""
    amount = number(reading)
    if amount < 1.0:
        raise LookupError("a share of the defense")
    reading.scope.clear()
    does(reading, add={"resistance_met" if "法" in match[0] else "defense_met": -amount})


def stunned(reading: SentenceReading, match: re.Match[str]) -> None:
    """The owner is stunned when its skill is over."""
    does(reading, when="skill ends", who="self", stun=number(reading))


def poison(reading: SentenceReading, match: re.Match[str]) -> None:
    """Arts damage by the second."""
    seconds = number(reading)
    state(reading, seconds=seconds, add={"burn": number(reading)})


def their_points(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP of the one who is healed."""
    state(reading, sp=number(reading))


def healers(reading: SentenceReading, match: re.Match[str]) -> None:
    """All friends heal more."""
    does(reading, who="allies", factor={"healing_given": round(1.0 + number(reading), 4)})


def silences(reading: SentenceReading, match: re.Match[str]) -> None:
    """The target's own effects stop."""
    state(reading, add={"silence": 1.0}, **({"seconds": number(reading)} if "#" in match[0] else {}))


FORMS: tuple[tuple[str, Act], ...] = (
    # of whom
    (f"(在场时|在战场时|在场期间)?的?所有(友方)?(【?({'|'.join(PROFESSIONS)})】?(和|与)?)+(职业)?干员的?", profession),
    ("(在场时|在战场时)?的?(所有|全体|全场|全图)(友方)?(单位|干员|角色)的?", told(who="allies")),
    ("所有友方【近战位】单位的", told(who="allies", melee=True)),
    ("(在场时)?(自身[与和])?周围(八|四|8|4|#)格内?的?(所有|近战|其余|其他|高台|友方)*(单位|干员)的?", around),
    ("攻击范围内的?(所有)?友方(单位|干员)的?", told(who="allies in range")),
    ("攻击范围内的?(所有)?(敌人|敌军|敌方单位)的?(?!生命|在|被|隐匿)", told(who="enemies in range")),
    ("在场时所有被阻挡的(敌方单位|敌人)", told(who="enemies", blocked=True)),
    ("在场时，?(自身)?", told()),
    ("攻击范围内的?敌人生命(少于|低于)#时，(令|使)其", with_number("below", who="enemies in range")),
    ("攻击范围内的?友军生命(少于|低于)#时，(令|使)其", with_number("below", who="allies in range")),
    # when, and under which condition
    ("技能未开启时，?", told(skill="idle")),
    ("技能开启(时|期间)，?", told(skill="active")),
    ("阻挡(两|2|#)个(及)?以上的敌人时，", holding),
    ("未阻挡敌人时，?", told(free=True)),
    ("阻挡敌人时，?", told(holds=1)),
    ("当?周围(四|4)格内?没有其他友方(单位|干员)时，", told(alone=NEIGHBOURS)),
    ("在战场停留#秒后", with_number("after")),
    ("部署后#秒内", with_number("seconds", when="deployed")),
    ("部署后立[即刻]", told(when="deployed")),
    ("攻击飞行目标时，", told(when="attack", who="target", flying=True)),
    ("(对|攻击)未被阻挡的敌人(时)?", told(when="attack", who="target", blocked=False)),
    ("(对|攻击)未被自身阻挡的敌人(时)?", told(when="attack", who="target", held=False)),
    ("(攻击)?生命值?(低于|少于)#的敌人(时)?", with_number("below", when="attack", who="target")),
    ("((普通)?攻击(击中敌人)?时，?|另外还)?有?#的?(几率|概率)", with_number("chance", when="attack", who="target")),
    ("攻击(敌人)?时", told(when="attack", who="target")),
    ("每次攻击|攻击(?=使|令|会|无视)", told(when="attack", who="target")),
    ("每?击杀一名敌人后|在?(击败|击杀|消灭)敌人(后|时)", told(when="kill", who="self")),
    ("技能结束后(干员)?晕眩#秒", stunned),
    ("每次受到攻击时|敌人攻击.{1,4}后，", told(when="hit taken", who="target")),
    ("每#秒", with_number("every", when="interval")),
    ("在?#秒内", with_number("seconds", when="attack", who="target")),
    ("，?持续#秒", lasting),
    ("治疗(友方单位|目标)(后|时)(为其|使其)?", told(when="attack", who="target")),
    ("提供持续#秒的(?=#的?物理闪避)", with_number("seconds")),
    ("且?攻击【无人机】时(?=攻击力)", told(when="attack", who="target", flying=True)),
    # what
    ("#的?物理闪避|获得#的物理抵挡和法术抵挡|有#的(概率|几率)抵挡(物理|法术|物理和法术)伤害", dodge),
    ("攻击使目标中毒，在#秒内每秒受到#点法术伤害", poison),
    ("(使其)?获得[+]#技力", their_points),
    ("全地图的友方单位医疗效果提高#", healers),
    (f"(?P<stats>{STATED})各?(?P<how>[+-]|提高|提升|增加|降低|下降|减少)#(点|/秒)?", stats),
    ("（同类效果取最高）|（不可叠加）", told()),
    ("(额外)?获得#的?(物理[和与]法术|物理|法术)闪避|物理闪避[+]#", dodge),
    ("受到的(物理与法术|物理和法术|物理|法术)?伤害(提高|提升|增加|降低|减少|[+-])#", hurt_less),
    ("获得#的?(脆弱|庇护)(效果)?", fragile),
    ("攻击力(提升至|提高至|提高|提升|[+])#|造成的伤害提升#|伤害提高#", stronger),
    ("(额外)?(获得|回复|恢复)#点?技力", skill_points),
    ("(额外)?获得#点部署费用|部署费用(回复)?[+]#", points),
    ("(攻击(敌人)?时?)?无视(攻击)?目标(的)?#点?(的)?(防御力|防御|法术抗性|法抗)", ignores),
    ("获得(#秒)?抵抗", resists),
    ("攻击至少造成#攻击力的伤害|至少造成#攻击力的伤害", least),
    ("连续攻击两次", twice),
    ("每秒治疗周围一名友方单位相当于.{1,4}攻击力#的生命", one_heal),
    ("每秒(恢复|回复)#点?生命(值)?", regained),
    ("每秒(恢复|回复)(自身)?(最大生命值?的?#|#的?最大生命)(值)?(的生命)?", regained),
    ("每秒(持续)?(恢复|回复)相当于.{1,6}攻击力#的生命(值)?", deed("heal", when="interval", every=1.0)),
    ("(恢复|回复)自身(最大生命值?)?#的?(生命(值)?)?", deed("heal_share", who="self")),
    ("恢复(全场|全体)友方单位#点生命", deed("heal_points", who="allies")),
    ("恢复全体友方单位的生命值，恢复量为.{1,4}攻击力的#", deed("heal", who="allies")),
    ("(对目标)?(额外)?造成相当于.{0,6}攻击力#的(?P<kind>物理|法术)伤害|附加攻击力#的法术伤害", hurt("damage")),
    ("对目标造成相当于.{1,4}防御力#的(?P<kind>物理|法术)伤害", hurt("damage_defense")),
    (f"(使|令)?(被?击中|命中|被?攻击)?(目标|敌人|其)?的?(?=(在?#秒内)?({STAT})[-降下减])", target),
    ("(使|令|让)?(击中|命中|攻击)?(目标|敌人|其)?晕眩(目标|敌人)?#秒", stuns),
    ("(使|令)(目标|敌人|其)束缚#秒", slows(0.0)),
    ("(对攻击目标|对目标|使目标|使其)造成#秒的?停顿|使目标停顿#秒", slows(SLUGGISH)),
    ("无视(攻击)?目标(的)?#的?防御(力)?|无视目标(的)?防御#?", pierces),
    ("使目标的特殊能力失效|使?(命中|攻击)?目标失去特殊能力#秒", silences),
)  # fmt: skip
"""Patterns, numbers as #, and what each of them says. The longest match at a place counts."""

DEEDS = {
    "add", "scale", "factor", "strength", "pierce", "times", "stun", "sp", "dp", "damage", "heal_share", "seconds",
    "shift", "force",
}  # fmt: skip
"""The fields of `Effect` that say what it does."""
_FORMS = tuple(
    (re.compile(pattern), act) for pattern, act in (*FORMS, *talent_forms.FORMS, *skill_forms.FORMS, *owner_forms.FORMS)
)
_JOIN = re.compile("[，、]?(?:并且|并|且|同时|自身(?![与和])的?|但|，)*")


def read_effects(
    words: str,
    numbers: Sequence[float],
    scope: Mapping[str, Any] = MappingProxyType({}),
    board: Mapping[str, float] = NO_BOARD,
) -> tuple[list[dict[str, Any]], Counter[str]] | None:
    """The effects of a sentence whose numbers are written as #, and the forms that took it; None if it is not one.

    `scope` is for whom a part of the sentence before speaks.
    """
    reading = SentenceReading(dict(scope), [], list(numbers), Counter(), board)
    left = words.strip()
    try:
        while left := left[_JOIN.match(left).end() :]:  # type: ignore[union-attr]
            matches = [
                (match.end(), pattern.pattern, match, act) for pattern, act in _FORMS if (match := pattern.match(left))
            ]
            for length, form, match, act in sorted(matches, key=lambda one: -one[0]):
                if length and _takes(reading, match, act):
                    reading.forms[form] += 1
                    left = left[length:]
                    break
            else:
                return None
        return (_checked(reading.found), reading.forms) if reading.found and not reading.numbers else None
    except msgspec.ValidationError:
        return None


def _takes(reading: SentenceReading, match: re.Match[str], act: Act) -> bool:
    """Let a form act; whether it could. What it has changed before it could not is put back."""
    before = dict(reading.scope), list(reading.found), list(reading.numbers)
    try:
        act(reading, match)
    except LookupError:
        reading.scope.clear()
        reading.scope.update(before[0])
        reading.found[:], reading.numbers[:] = before[1], before[2]
        return False
    return True


def _checked(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The effects, after a check that each is one. What happens by one chance is one effect."""
    merged: list[dict[str, Any]] = []
    for one in found:
        if merged and "chance" in one and _scope(merged[-1]) == _scope(one) and not _both(merged[-1], one):
            merged[-1] |= one
        else:
            merged.append(dict(one))
    msgspec.convert(merged, list[Effect])
    return merged


def _scope(effect: dict[str, Any]) -> dict[str, Any]:
    """When and for whom an effect is, without what it does."""
    return {field: value for field, value in effect.items() if field not in DEEDS}


def _both(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """What both of two effects do."""
    return DEEDS & set(one) & set(other)

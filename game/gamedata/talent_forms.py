"""Further forms of the public tables' sentences: those of single talents, and of what grows or is counted."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
# ruff: noqa: ARG001, ARG005 - all forms take the same arguments
from __future__ import annotations

import re

from game.characters.effects import ONCE
from game.gamedata.effect_reading import Act, SentenceReading, deed, does, number, told

NEIGHBOURS, AROUND = 1.0, 1.5
"""Radius of the four and of the eight tiles around."""
ALL_TAKEN = ("physical_taken", "arts_taken", "true_taken")
RARITIES = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
GROUPS = {"深海猎人": "abyssal", "米诺斯": "minos", "乌萨斯学生团": "student"}
"""The groups that talents name, by the tables' words."""
_SQUAD = {"when": "squad", "who": "allies"}


def rarity(reading: SentenceReading, match: re.Match[str]) -> None:
    """All operators of a rarity."""
    reading.scope.update(who="allies", rarities=[RARITIES[match["stars"]]])


def group(reading: SentenceReading, match: re.Match[str]) -> None:
    """All operators of a group, on the field or already in the squad."""
    where = _SQUAD if "编入" in match[0] else {"who": "allies"}
    reading.scope.update(where, groups=[GROUPS[match["group"]]])


def cheap(reading: SentenceReading, match: re.Match[str]) -> None:
    """All operators whose first deployment costs no more."""
    where = _SQUAD if "编入" in match[0] else {"who": "allies"}
    reading.scope.update(where, cost_most=int(number(reading)))


def own_change(field: str, sign: float = 1.0, how: str = "add", **fields: object) -> Act:
    """A form that changes one number by the next one."""
    return lambda reading, match: does(reading, **{how: {field: sign * number(reading)}}, **fields)


def one_heal_more(reading: SentenceReading, match: re.Match[str]) -> None:
    """By chance another wounded operator is healed as well."""
    chance = number(reading)
    does(reading, when="attack", chance=chance, who="allies in range", most=1, besides=True, heal=1.0)


def two_chances(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks that are stronger by chance, and by another chance while the skill is active."""
    usual, more, active = number(reading), number(reading), number(reading)
    for chance, skill in ((usual, "idle"), (active, "active")):
        does(reading, when="attack", who="target", chance=chance, skill=skill, strength=round(1.0 + more, 4))


def two_chances_ahead(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks that are stronger by chance, and by another chance against enemies right in front."""
    usual, strength, ahead = number(reading), number(reading), number(reading)
    for chance, rows in ((usual, -1), (ahead, 1)):
        does(reading, when="attack", who="target", chance=chance, ahead=rows, strength=strength)


def chance_to_be_stronger(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks that are stronger by chance, and what they do then."""
    chance, amount = number(reading), number(reading)
    reading.scope.update(when="attack", who="target", chance=chance)
    does(reading, strength=amount if "至" in match[0] else round(1.0 + amount, 4))


def least_ahead(reading: SentenceReading, match: re.Match[str]) -> None:
    """A part of the attack that is always dealt, and a larger one two tiles ahead."""
    usual, ahead = number(reading), number(reading)
    does(reading, add={"least_damage": usual})
    does(reading, when="attack", who="target", ahead=2, least=round(ahead / usual, 4))


def streak(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks on the same enemy become stronger."""
    more, most = number(reading), int(number(reading))
    does(reading, when="attack", who="target", per="streak", stacks=most, strength=round(1.0 + more, 4))


def one_of_three(reading: SentenceReading, match: re.Match[str]) -> None:
    """One of three changes, by chance at each deployment."""
    attack, speed, health = number(reading), number(reading), number(reading)
    does(reading, lot=[0.0, 1 / 3], scale={"attack": attack})
    does(reading, lot=[1 / 3, 2 / 3], add={"attack_speed": speed})
    does(reading, lot=[2 / 3, 1.0], scale={"max_health": health})


def fallen_near(reading: SentenceReading, match: re.Match[str]) -> None:
    """An enemy dies on the tiles around."""
    tiles = number(reading) if "#" in match[0] else 4.0
    reading.scope.update(when="fall", radius=NEIGHBOURS if tiles == 4.0 else AROUND)


def fallen_in_range(reading: SentenceReading, match: re.Match[str]) -> None:
    """An enemy dies in range: SP for the owner and for a friend in range."""
    points = number(reading)
    does(reading, when="fall", sp=points)
    does(reading, when="fall", who="allies in range", others=True, most=1, at_random=True, sp=points)


def desperate(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attack speed that grows with the health that is lost."""
    lost, points = number(reading), number(reading)
    does(reading, per="lost health", step=lost, add={"attack_speed": points})


def staying(reading: SentenceReading, match: re.Match[str]) -> None:
    """Changes that grow with the time on the field."""
    reading.scope.update(per="second", step=number(reading))


def killing(reading: SentenceReading, match: re.Match[str]) -> None:
    """Changes that grow with the enemies killed."""
    reading.scope.update(per="kill", step=number(reading) if "#" in match[0] else 1.0)


def in_range(reading: SentenceReading, match: re.Match[str]) -> None:
    """Changes that grow with the enemies in range."""
    reading.scope.update(per="enemy", step=1.0)


def stacking(reading: SentenceReading, match: re.Match[str]) -> None:
    """How often the changes before count at most."""
    most = int(number(reading))
    if "+" in match[0]:
        number(reading)  # what potentials have added is in the first one already
    if not any("per" in one for one in reading.found):
        raise LookupError("nothing grows")
    for one in reading.found:
        if "per" in one:
            one["stacks"] = most


def to_resist(reading: SentenceReading, match: re.Match[str]) -> None:
    """The one who is healed resists for a while."""
    does(reading, when="attack", who="target", add={"resist": 1.0}, seconds=number(reading))


def last_stand(reading: SentenceReading, match: re.Match[str]) -> None:
    """Once, with little health left, health comes back and does not fall for a while."""
    below, share, seconds, kept = number(reading), number(reading), number(reading), number(reading)
    does(reading, when="hurt", own_below=below, every=ONCE, heal_share=share, seconds=seconds, add={"undying": kept})


def leaves_later(reading: SentenceReading, match: re.Match[str]) -> None:
    """It does not die, but leaves the field some time after it would have."""
    number(reading)  # the one point that is left
    does(reading, add={"undying": 1e-6})
    does(reading, when="saved", every=ONCE, leaves=number(reading))


def farewell(reading: SentenceReading, match: re.Match[str]) -> None:
    """Some seconds after the deployment it strikes all around, who take more damage from then on, and leaves."""
    after, tiles, part, seconds, more = (number(reading) for _ in range(5))
    if tiles != 8.0:
        raise LookupError("tiles around")
    shared = {"when": "interval", "every": after}
    does(reading, **shared, who="enemies", radius=AROUND, damage=part)
    does(reading, **shared, who="enemies", radius=AROUND, seconds=seconds, factor=dict.fromkeys(ALL_TAKEN, 1.0 + more))
    does(reading, **shared, leaves=0.04)


def random_points(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP at the deployment, between two numbers of the table: each whole one has the same chance."""
    least, most = int(reading.board["sp_min"]), int(reading.board["sp_max"])
    count = most - least + 1
    for k in range(count):
        does(reading, when="deployed", lot=[k / count, (k + 1) / count], sp=float(least + k))


def wards(reading: SentenceReading, match: re.Match[str]) -> None:
    """Layers that take one blow each."""
    does(reading, when="deployed", wards=int(number(reading)) if "#" in match[0] else 1)


def wards_again(reading: SentenceReading, match: re.Match[str]) -> None:
    """A layer every some seconds, up to a number, one of them at the deployment; each heals when it breaks."""
    seconds, layers, most, first = number(reading), int(number(reading)), int(number(reading)), int(number(reading))
    does(reading, when="interval", every=seconds, wards=layers, wards_most=most)
    does(reading, when="deployed", wards=first, wards_most=most)
    does(reading, when="ward broken", heal_share=number(reading))


def broken_ward(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP when a layer breaks."""
    does(reading, when="ward broken", sp=number(reading))


def heavy(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks on enemies of some weight meet less defense."""
    weight, share = int(number(reading)), number(reading)
    does(reading, when="attack", who="target", heavy=weight, pierce=round(1.0 - share, 4))


def company(reading: SentenceReading, match: re.Match[str]) -> None:
    """All snipers attack harder while there is another one."""
    does(reading, who="allies", roles=["sniper"], company=True, scale={"attack": number(reading)})


def fragile_slow(reading: SentenceReading, match: re.Match[str]) -> None:
    """Slow enemies in range take more damage."""
    more = round(1.0 + number(reading), 4)
    does(reading, who="enemies in range", state="slowed", factor=dict.fromkeys(ALL_TAKEN, more))


def stunned_take_more(reading: SentenceReading, match: re.Match[str]) -> None:
    """Stunned enemies in range take more physical damage."""
    more = round(1.0 + number(reading), 4)
    does(reading, who="enemies in range", state="stunned", factor={"physical_taken": more})


def hidden_later(reading: SentenceReading, match: re.Match[str]) -> None:
    """Some seconds after the deployment it dodges, and enemies aim at others first."""
    seconds, chance = number(reading), number(reading)
    does(reading, after=seconds, add={"dodge": chance, "dodge_arts": chance, "taunt": -1.0})


def in_front(reading: SentenceReading, match: re.Match[str]) -> None:
    """Each attack heals the owner and the friend in front of it."""
    points = number(reading)
    does(reading, when="attack", who="self", heal_points=points)
    does(reading, when="attack", who="allies", ahead=1, heal_points=points)


def halves(reading: SentenceReading, match: re.Match[str]) -> None:
    """Stronger above half of its health, harder to hurt below."""
    strength, less = number(reading), number(reading)
    does(reading, when="attack", who="target", own_above=0.5, strength=strength)
    does(reading, own_below=0.5, factor=dict.fromkeys(ALL_TAKEN[:2], round(1.0 - less, 4)))


def gift(reading: SentenceReading, match: re.Match[str]) -> None:
    """What the owner has is also given to a friend that is drawn at the deployment."""
    attack, health = number(reading), number(reading)
    does(reading, when="deployed", who="allies", others=True, most=1, at_random=True, seconds=ONCE,
         scale={"attack": attack, "max_health": health})  # fmt: skip


def once_more(reading: SentenceReading, match: re.Match[str]) -> None:
    """By chance the attack is stronger and strikes another enemy too."""
    chance, strength = number(reading), number(reading)
    does(reading, when="attack", who="target", chance=chance, strength=strength)
    does(reading, when="attack", who="enemies in range", chance=chance, besides=True, most=1, damage=strength)


def half_around(reading: SentenceReading, match: re.Match[str]) -> None:
    """A chance to fend off damage, half of it for friends on the four tiles beside."""
    chance = number(reading)
    does(reading, add={"dodge": chance, "dodge_arts": chance})
    half = round(chance / 2, 4)
    does(reading, who="allies", radius=NEIGHBOURS, others=True, add={"dodge": half, "dodge_arts": half})


def waiting(reading: SentenceReading, match: re.Match[str]) -> None:
    """The next attack after a pause is stronger, the more the longer the pause."""
    seconds, strength = number(reading), number(reading)
    does(reading, when="attack", who="target", per="idle time", step=seconds, strength=strength)


def rested(reading: SentenceReading, match: re.Match[str]) -> None:
    """The next attack or heal after a pause is stronger; an attack also stuns."""
    seconds, strength = number(reading), number(reading)
    reading.scope.update(when="attack", who="target", per="idle", step=seconds)
    does(reading, strength=strength)


def by_skill(reading: SentenceReading, match: re.Match[str]) -> None:
    """Points of SP to all whose skills fill by attacks, or by hits as well, at an interval."""
    seconds, points = number(reading), number(reading)
    gains = ["attack", "hit"] if "受击" in match[0] else ["attack"]
    roles = {"roles": ["sniper"]} if "狙击" in match[0] else {}
    does(reading, when="interval", every=seconds, who="allies", gains=gains, sp=points, **roles)


def alone_or_not(reading: SentenceReading, match: re.Match[str]) -> None:
    """Health comes back by the second, more of it far from friends."""
    usual, tiles, alone = number(reading), number(reading), number(reading)
    if tiles != 8.0:
        raise LookupError("tiles around")
    does(reading, add={"regeneration_share": usual})
    does(reading, alone=AROUND, add={"regeneration_share": round(alone - usual, 4)})


def sp_again(reading: SentenceReading, match: re.Match[str]) -> None:
    """By chance a part of the SP comes back when the skill ends."""
    chance, share = number(reading), number(reading)
    does(reading, when="skill ends", chance=chance, sp_share=share)


def resists_too(reading: SentenceReading, match: re.Match[str]) -> None:
    """Beside a number that grows: it resists."""
    does(reading, add={"resist": 1.0})


def high_around(reading: SentenceReading, match: re.Match[str]) -> None:
    """A chance to dodge, for the owner and for those on high ground around it."""
    tiles, chance = number(reading), number(reading)
    if tiles != 8.0:
        raise LookupError("tiles around")
    does(reading, add={"dodge": chance})
    does(reading, who="allies", radius=AROUND, others=True, melee=False, add={"dodge": chance})


def holding_two(reading: SentenceReading, match: re.Match[str]) -> None:
    """While the owner blocks two or more."""
    reading.scope["holds"] = int(number(reading)) if "#" in match[0] else 2


def health(reading: SentenceReading, match: re.Match[str]) -> None:
    """More health: a fraction, or points."""
    amount = number(reading)
    does(reading, **{"scale" if amount < 5.0 else "add": {"max_health": amount}})


def cards_back(reading: SentenceReading, match: re.Match[str]) -> None:
    """All cards of the squad come back sooner."""
    does(reading, when="squad", who="allies", scale={"redeploy_time": -number(reading)})


def sp_of_both(reading: SentenceReading, match: re.Match[str]) -> None:
    """SP for attacks, and for kills."""
    does(reading, when="attack", sp=number(reading))
    does(reading, when="kill", sp=number(reading))


def healed_more(reading: SentenceReading, match: re.Match[str]) -> None:
    """Heals give more."""
    does(reading, factor={"healing_taken": round(1.0 + number(reading), 4)})


def heals_better(reading: SentenceReading, match: re.Match[str]) -> None:
    """The owner's heals give more."""
    does(reading, factor={"healing_given": round(1.0 + number(reading), 4)})


def softened(reading: SentenceReading, match: re.Match[str]) -> None:
    """The defense of the target goes down for a while."""
    share, seconds = number(reading), number(reading)
    does(reading, scale={"defense": -share}, seconds=seconds)


def vigor(reading: SentenceReading, match: re.Match[str]) -> None:
    """精力充沛: more attack with much health."""
    above, more = number(reading), number(reading)
    does(reading, above=above, scale={"attack": more})


def against_light(reading: SentenceReading, match: re.Match[str]) -> None:
    """Attacks on light enemies are stronger."""
    weight, strength = int(number(reading)), number(reading)
    does(reading, when="attack", who="target", light=weight, strength=strength)


def quick_feet(reading: SentenceReading, match: re.Match[str]) -> None:
    """A chance to dodge, and more attack speed after it."""
    chance, points, seconds = number(reading), number(reading), number(reading)
    does(reading, add={"dodge": chance})
    does(reading, when="dodge", seconds=seconds, add={"attack_speed": points})


FORMS: tuple[tuple[str, Act], ...] = (
    # of whom
    ("所有(?P<stars>[一二三四五六])星干员的?", rarity),
    (f"(编入队伍时|在场时)?，?(的?)所有【(?P<group>{'|'.join(GROUPS)})】干员的?", group),
    ("(编入队伍时)?，?所有初始(部署)?费用不超过#的(单位|干员)的?", cheap),
    ("编入队伍时，?所有【先锋】(职业)?干员的", told(when="squad", who="allies", roles=["vanguard"])),
    ("编入队伍时，?所有【重装】(职业)?干员的", told(when="squad", who="allies", roles=["defender"])),
    ("(部署后)?全体友方【医疗】职业干员", told(when="deployed", who="allies", roles=["medic"])),
    ("所有医疗干员", told(who="allies", roles=["medic"])),
    ("自身与周围8格友方干员", told(who="allies", radius=AROUND)),
    ("自身和周围#格内的高台干员获得#的物理闪避", high_around),
    ("(自身)?医疗效果提高#", heals_better),
    ("当?阻挡住?(两|2|#)个(及)?以上的敌人时，", holding_two),
    # when
    ("周围(四|#)格内?有敌人倒下时，?", fallen_near),
    ("每在场上停留#秒，", staying),
    ("(每)?击杀(一|#)(名|个)敌人后?(自身的?|获得)?(?=.*(叠加|和抵抗))", killing),
    ("获得#的物理闪避，闪避成功后攻击速度[+]#（持续#秒，不可叠加）", quick_feet),
    ("攻击范围内每有一个敌人，(自身)?", in_range),
    ("(?P<the>，|（)?最多(可以|可)?(叠加|累积)#(次|层)(（[+]#）)?）?", stacking),
    ("技能开启(时|期间|后)，?", told(skill="active")),
    # what
    ("生命上限(提高|提升|[+])#", health),
    ("(的)?初始技力[+]#", own_change("initial_sp")),
    ("所有干员的再部署时间-#", cards_back),
    ("受到的治疗(效果|量)(提升|提高|[+])#", healed_more),
    ("(获得)?[+]#攻击速度", own_change("attack_speed")),
    ("[+]#攻速", own_change("attack_speed")),
    ("攻速[+]#", own_change("attack_speed")),
    ("部署后晕眩#秒", deed("stun", when="deployed")),
    ("技能结束后，#几率立即回复#的最大技力", sp_again),
    ("和抵抗", resists_too),
    ("部署后立即获得(一层|#层)护盾", wards),
    ("，?护盾破裂后获得#点技力", broken_ward),
    # whole talents
    ("有#的几率额外治疗一名友方单位", one_heal_more),
    ("攻击时，#(几率|概率)当次攻击的攻击力[+]#，技能中这个几率提高到#", two_chances),
    ("攻击时，#几率当次攻击的攻击力提升至#，当敌人在正前方一格时，该几率提升到#", two_chances_ahead),
    ("(普通)?(攻击和技能释放|攻击)时，#几率当次攻击的攻击力(提升至|[+])#", chance_to_be_stronger),
    ("，使命中目标的防御力下降#，持续#秒", softened),
    ("每次攻击至少造成#攻击力的伤害（当敌人在正前方两格时提升至#）", least_ahead),
    ("攻击相同目标时每次攻击可提高自身攻击力#，最多可叠加#层，更换目标会失去之前叠加的效果", streak),
    ("部署后随机永久获得下列一项增益：攻击力[+]#，攻击速度[+]#，生命上限(提升|[+])#", one_of_three),
    ("攻击范围内有敌人倒下时，为自身和范围内随机一名友方单位回复#点技力", fallen_in_range),
    ("根据已损失的生命值，提高攻击速度（损失#生命值时达到最大可提升攻击速度#）", desperate),
    ("在治疗目标后使其获得#秒抵抗", to_resist),
    ("在生命值低于#时，仅一次回复#的生命值并在#秒内使生命值不低于#", last_stand),
    ("受到致命伤害时持续使生命值不低于#，#秒后强制退出战场", leaves_later),
    (("部署经过#秒后，对周围#格内的所有敌人造成相当于攻击力#的物理伤害，并令其获得#秒#的脆弱效果，"
     "之后自身强制退出战场"), farewell),
    ("部署后立即随机获得.{1,3}的技力", random_points),
    ("每#秒获得#层护盾（最多#层，部署后立即获得#层），每层护盾破裂时恢复自身#最大生命", wards_again),
    ("攻击重量较重（重量等级大于等于#）的敌人时，无视其防御力的#", heavy),
    ("场上存在黑和另外至少一名【狙击】干员时，所有【狙击】干员的攻击力[+]#", company),
    ("攻击范围内被停顿的敌人在下一瞬间起还会受到等长时间的#的脆弱效果", fragile_slow),
    ("攻击范围内的敌人在被晕眩时受到的物理伤害[+]#", stunned_take_more),
    ("在战场停留#秒后获得#的物理和法术闪避，且不容易成为敌人的攻击目标", hidden_later),
    ("每攻击一名敌人时为自身与身前一格的我方干员恢复#点生命值", in_front),
    ("生命值高于一半时，攻击力造成#伤害，生命值不高于一半时，获得#的庇护", halves),
    ("攻击力[+]#，生命上限[+]#，置入战场后这个效果会同样赋予给一名随机友方单位", gift),
    ("每次攻击有#的概率攻击力提升至#，且额外攻击一个目标", once_more),
    ("有#的几率抵挡物理和法术伤害，周围四格内的友方单位获得一半该效果", half_around),
    ("距离上次攻击的间隔越长，下次攻击的攻击力就越高（最长#秒，攻击力#）", waiting),
    ("(如果)?#(秒|s)内(没有主动攻击过|未进行治疗后)，下一?次(攻击|治疗时)的(攻击力|治疗量)提升至(攻击力的)?#", rested),
    ("在场时所有【狙击】干员的攻击回复技能每#秒回复#点技力", by_skill),
    ("在场时每#秒回复全场友方角色#点攻击/受击技力", by_skill),
    ("每秒回复#生命值，周围#格没有友方干员时，改为每秒回复#生命值", alone_or_not),
    ("生命值高于#时获得[+]#攻击力的精力充沛", vigor),
    ("攻击敌人时额外回复#点技力，消灭敌人后额外获得#点技力", sp_of_both),
    ("攻击重量小于等于#的敌人时攻击力提升至#", against_light),
    ("优先攻击晕眩的敌人且攻击晕眩敌人时攻击力提升至#", deed("strength", when="attack", who="target", state="stunned")),
    ("受到敌人的法术普通攻击时获得#点技力", deed("sp", when="hit taken")),
)  # fmt: skip
"""Patterns as in `effect_forms.FORMS`."""

"""Further clauses of skills, of one or several parts, that are effects beside an attack (see `phrases.PHRASES`).

A function that finds no number, or not the range that the words mean, raises LookupError, and the clause is not played.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from game.characters.effects import Shift
from game.gamedata.phrases import Clause, count, few, first, its_range, kind, last, longer, second

RADII = {"x-5": 1.0, "x-4": 1.5, "x-1": 2.0, "x-2": 2.3}
"""The ranges of the tables that are circles around the operator, and their radius in tiles."""
SLUGGISH = 0.2
"""What the state "slow" leaves of the speed, from the game's own list of terms."""
CLOUD = 1.5
"""Radius in tiles of a cloud for which the tables give none (a guess)."""
BARD = 0.1
"""Part of her attack that a bard heals each second by her trait."""
SKILL_SECONDS = "skill seconds"
"""Key under which a clause finds how long the skill lasts."""
Effects = Callable[[Clause], list[dict[str, Any]]]
Fields = dict[str, Any]


def circle(clause: Clause) -> float:
    """The radius of the skill's own range; LookupError for one that is no circle around the operator."""
    return RADII[clause.range or ""]


def hit(**fields: Any) -> Fields:
    """An effect on the target of an attack."""
    return {"when": "attack", "who": "target", **fields}


def shifts(how: Shift, *, by_attacks: bool = False, **more: Any) -> Effects:
    """A form that pushes or pulls those whom the attack strikes, with the force that the tables give."""
    key = "attack@force" if by_attacks else "force"
    return lambda clause: [hit(shift=how, force=int(clause.board[key]), **more)]


def _mending(clause: Clause) -> list[dict[str, Any]]:
    """Health that comes back for a while, more of it below half of the health; for the target, or for all in range."""
    usual, low, seconds = clause.numbers
    target = {"when": "skill begins", "who": "allies in range"} if "所有" in clause.words else hit()
    return [{**target, "seconds": seconds, "lend": {"regeneration": usual, "regeneration_low": round(low - usual, 4)}}]


def _gamble(clause: Clause) -> list[dict[str, Any]]:
    """Damage all around and silence, unless the skill fails."""
    part, seconds = clause.numbers
    won = {"when": "skill begins", "lot": [clause.board["prob"], 1.0], "who": "enemies", "radius": circle(clause)}
    return [won | {"damage": part, "kind": "arts"}, won | {"seconds": seconds, "add": {"silence": 1.0}}]


def _lost_gamble(clause: Clause) -> list[dict[str, Any]]:
    """All friends near are stunned where the skill fails."""
    chance, seconds = clause.numbers
    near = {"who": "allies", "radius": circle(clause)}
    return [{"when": "skill begins", "lot": [0.0, chance], **near, "stun": seconds}]


def _cloud(clause: Clause) -> list[dict[str, Any]]:
    """All in a cloud are slow, silent and hurt by the second."""
    inside = {"who": "enemies", "radius": CLOUD, "at_place": True}
    return [
        {**inside, "factor": {"speed": SLUGGISH}, "add": {"silence": 1.0}},
        {"when": "interval", "every": 1.0, **inside, "damage": first(clause), "kind": "arts"},
    ]


def _locks(clause: Clause) -> list[dict[str, Any]]:
    """Some enemies in range are slow, soft and revealed as long as the skill lasts."""
    return [{
        "when": "skill begins", "who": "enemies in range", "most": count(clause),
        "seconds": clause.board[SKILL_SECONDS], "factor": {"speed": round(1.0 + clause.board["move_speed"], 4)},
        "scale": {"defense": clause.board["def"]}, "add": {"revealed": 1.0},
    }]  # fmt: skip


def _drones(clause: Clause) -> list[dict[str, Any]]:
    """Those on the ground are bound; drones take more and are stunned."""
    part, seconds = clause.numbers
    more = round(clause.board["atk_scale[drone]"] / part, 4)
    return [
        hit(flying=False, seconds=seconds, factor={"speed": 0.0}),
        hit(flying=True, strength=more, stun=clause.board["stun"]),
    ]


def _plasma(clause: Clause) -> list[dict[str, Any]]:
    """The owner and a friend in range attack harder and lose health for a while."""
    more, lost, seconds = clause.numbers
    both = {"when": "skill begins", "seconds": seconds, "scale": {"attack": more}, "add": {"drain": lost}}
    return [both, {**both, "who": "allies in range", "others": True, "most": 1, "at_random": True}]


def _executes(clause: Clause) -> list[dict[str, Any]]:
    """More attack against the weak, beside what the skill adds to it."""
    below, more = clause.numbers
    return [hit(below=below, strength=round((1.0 + clause.board["atk"] + more) / (1.0 + clause.board["atk"]), 4))]


def _wolf_eye(clause: Clause) -> list[dict[str, Any]]:
    """More attack for each part of its health that the target lacks."""
    part, more = clause.numbers
    steps = range(1, round(1.0 / part))
    return [
        hit(below=round(1.0 - step * part, 4), strength=round((1.0 + more * step) / (1.0 + more * (step - 1)), 6))
        for step in steps
    ]


def _hammer(clause: Clause) -> list[dict[str, Any]]:
    """A blow all around that heals its owner and stuns by chance."""
    share, _, chance, seconds = clause.numbers
    return [{"when": "attack", "first": 1, "heal_share": share}, hit(chance=chance, stun=seconds)]


def _twice_as_good(clause: Clause) -> list[dict[str, Any]]:
    """From the second use on all that the skill adds counts twice."""
    return [
        {"per": "use", "scale": {"attack": clause.board["atk"]}, "add": {"attack_speed": clause.board["attack_speed"]}}
    ]


def _around_target(clause: Clause) -> list[dict[str, Any]]:
    """Part of a heal for the friends around its target."""
    part = clause.board["attack@scale"]
    return [{"when": "attack", "who": "allies", "radius": 1.5, "at_target": True, "besides": True, "heal": part}]


_FORCE = "(中等力度|小力度?|稍微|较大力度?|大力)地?"
_MENDS = "增加一个增益，每秒持续恢复相当于.{1,4}攻击力#（血量低于一半时为#）的生命，持续#秒"
STRIKE_PHRASES: tuple[tuple[str, Fields], ...] = (
    # pushes and pulls
    (f"下次攻击会[将把](目标|敌人){_FORCE}(拖拽|牵引)至面前", {"strikes": True, "effects": shifts("pull")}),
    (f"(立即)?将.*(两|#)个(敌人|目标){_FORCE}拖拽至面前", {"strikes": True, "targets": few, "effects": shifts("pull")}),
    (f"下次攻击会把目标往攻击方向{_FORCE}推开", {"strikes": True, "effects": shifts("push")}),
    (f"(立即)?将前方.*所有敌人往攻击方向{_FORCE}推开", {"strikes": True, "targets": 0, "effects": shifts("push")}),
    (f"将目标朝攻击方向以{_FORCE}推开并造成1秒停顿",
     {"effects": lambda clause: [*shifts("push")(clause), hit(seconds=1.0, factor={"speed": SLUGGISH})]}),
    (f"将周围敌人{_FORCE}弹开并晕眩#秒", {"strikes": True, "targets": 0, "stun": first, "effects": shifts("away")}),
    (f"每次攻击把目标{_FORCE}拖拽至面前，并造成相当于攻击力#的法术伤害",
     {"strength": last, "effects": shifts("pull", by_attacks=True)}),
    # strikes with more than damage
    ("下次攻击的攻击力提升至#（有#的(概率|几率)变为#）",
     {"strikes": True, "strength": first,
      "effects": lambda clause: [hit(chance=second(clause), strength=round(last(clause) / first(clause), 4))]}),
    ("下次攻击时回复自身#的最大生命，对周围所有地面敌人造成相当于攻击力#的物理伤害，并有#的几率晕眩其#秒",
     {"strikes": True, "targets": 0, "strength": second, "range": its_range, "effects": _hammer}),
    ("立即对攻击范围内的所有敌人造成相当于攻击力#的法术伤害且使其在#秒内法术抗性-#",
     {"strikes": True, "targets": 0, "splash": 0.0, "strength": first, "damage": kind,
      "effects": lambda clause: [hit(seconds=second(clause), factor={"resistance": round(1.0 + last(clause), 4)})]}),
    ("向周围发射一道冲击波，击中的所有敌人受到攻击力#的法术伤害并束缚#秒",
     {"strikes": True, "targets": 0, "strength": first, "damage": kind, "range": its_range, "effects": _drones}),
    ("如果目标是【无人机】，受到的伤害加倍并将效果改为晕眩", {}),  # said in the numbers of the sentence before
    ("下次攻击额外造成一次相当于攻击力#的法术伤害",
     {"strikes": True, "effects": lambda clause: [hit(damage=first(clause), kind="arts")]}),
    ("额外对前方另一名敌人造成攻击力#的法术伤害",
     {"effects": lambda clause: [{"when": "attack", "who": "enemies in range", "besides": True, "most": 1,
                                  "damage": first(clause), "kind": "arts"}]}),
    ("回复自身#的生命", {"effects": lambda clause: [{"when": "attack", "heal_share": first(clause)}]}),
    ("无视敌人#的防御力", {"effects": lambda clause: [hit(pierce_points=first(clause))]}),
    ("下次治疗额外回复目标最大生命值的#",
     {"strikes": True, "effects": lambda clause: [hit(heal_share=first(clause))]}),
    ("只当目标生命值不满一半时才会触发", {"heals_below": 0.5}),
    ("下一次攻击改为周围的一名友方单位恢复相当于攻击力#的生命",
     {"strikes": True, "damage": "heal", "strength": first, "range": its_range}),
    (f"下次治疗时为目标{_MENDS}", {"strikes": True, "effects": _mending}),
    (f"立即为攻击范围内所有友方单位{_MENDS}", {"effects": _mending}),
    # attacks as long as the skill lasts
    ("每次攻击对主目标额外射击一次", {"effects": [hit(first=1, times=2.0)]}),
    ("每次攻击对最多#个敌人造成法术伤害", {"targets": count, "damage": "arts"}),
    ("攻击速度略微降低", {"attack_speed": lambda clause: clause.board["attack_speed"]}),
    ("不再选择生命值高于50%的敌人作为目标", {"effects": [{"add": {"spares_above": 0.5}}]}),
    ("普通攻击不再以生命值高于80%的敌人作为目标", {"effects": [{"add": {"spares_above": 0.8}}]}),
    ("普通攻击不再以生命值低于50%的敌人为目标", {"effects": [{"add": {"spares_below": 0.5}}]}),
    ("被击中的目标在#秒内移动速度-#",
     {"effects": lambda clause: [hit(seconds=first(clause), factor={"speed": round(1.0 + last(clause), 4)})]}),
    ("每次攻击对目标造成0.3秒停顿", {"effects": [hit(seconds=0.3, factor={"speed": SLUGGISH})]}),
    ("对生命值低于#的敌人造成伤害时使该次伤害的攻击力额外[+]#", {"effects": _executes}),
    ("目标敌人的生命每降低#，对其造成伤害时的攻击力[+]#", {"effects": _wolf_eye}),
    ("仅攻击到一个敌人时对其攻击力提升至#", {"effects": lambda clause: [hit(foes_most=1, strength=first(clause))]}),
    ("攻击在跳跃时不再降低伤害", {"effects": [hit(per="leap", strength=round(1.0 / 0.85, 9))]}),
    ("对攻击范围内的敌人造成每秒相当于攻击力#的法术伤害",
     {"effects": lambda clause: [{"when": "interval", "every": 1.0, "who": "enemies in range", "damage": first(clause),
                                  "kind": "arts"}]}),
    ("技能结束时对攻击范围内所有敌人造成相当于攻击力#的法术伤害",
     {"effects": lambda clause: [{"when": "skill ends", "who": "enemies in range", "damage": first(clause),
                                  "kind": "arts"}]}),
    # healing
    ("每次随机回复攻击范围内已受伤的一名单位相当于攻击力#的生命值", {"scatters": True, "strength": first}),
    ("攻击变为对攻击范围内一名友方单位发射医疗弹，对目标和其周围8格内的友方单位进行治疗（对周围单位的治疗量减半）",
     {"targets": 1, "effects": _around_target}),
    ("治疗目标数-1", {"targets": lambda clause: clause.own.targets - 1}),
    ("停止攻击并专心对周围友方单位进行治疗",
     {"damage": "heal", "interval": longer, "range": its_range}),
    ("在治疗时为其恢复1点技力", {"effects": lambda clause: [{"add": {"heal_sp": clause.board["sp"]}}]}),
    ("立即恢复所有生命", {"heal_self": 1.0}),
    ("特性效果提高至#",
     {"effects": lambda clause: [{"when": "interval", "every": 1.0, "who": "allies in range",
                                  "heal": round(first(clause) - BARD, 4)}]}),
    ("攻击范围内所有敌人全部进入沉睡",
     {"effects": [{"when": "interval", "every": 0.1, "who": "enemies in range", "seconds": 0.2, "stun": 0.2,
                   "add": {"asleep": 1.0}}]}),
    # what begins with the skill
    ("抵挡下一次伤害", {"effects": [{"when": "skill begins", "wards": 1}]}),
    ("获得一层护盾（技能结束后消失）",
     {"effects": [{"when": "skill begins", "wards": 1}, {"when": "skill ends", "wards": -1}]}),
    ("使周围所有敌人立即受到攻击力#的法术伤害并失去特殊能力#秒", {"effects": _gamble}),
    ("有#的几率失败，失败时范围内的所有友方单位全部晕眩#秒", {"effects": _lost_gamble}),
    ("立即投掷一个小瓶，碎裂后在周围产生一个持续#秒的孢子群",
     {"effects": lambda clause: [{"when": "skill begins", "who": "enemies in range", "most": 1,
                                  "lays": first(clause)}]}),
    ("孢子群范围内所有敌人被停顿且失去特殊能力，每秒受到相当于攻击力#的法术伤害", {"effects": _cloud}),
    ("在持续时间内锁定周围至多#个敌人", {"range": its_range, "effects": _locks}),
    ("被锁定的单位移动速度-#，防御力-#，失去隐匿效果", {}),  # said in the numbers of the sentence before
    ("(自身)?和攻击范围内随机一名我方单位获得以下状态：攻击力[+]#，每秒流失#最大生命值，持续#秒", {"effects": _plasma}),
    ("逐渐流失生命（#秒后到达最大生命#/秒）",
     {"effects": lambda clause: [{"per": "skill time", "step": first(clause), "add": {"drain": last(clause)}}]}),
    ("第二次及以后使用时能力加成变为最初的两倍，且持续时间无限", {"endless_from": 2, "effects": _twice_as_good}),
    ("开始烹饪", {}),
    ("#秒内停止攻击敌人",
     {"effects": lambda clause: [{"when": "skill begins", "seconds": first(clause), "add": {"disarmed": 1.0}}]}),
    ("烹饪完成后专注于治疗附近的友方角色", {"damage": "heal", "interval": longer, "range": its_range}),
    # talents
    ("天赋的伤害倍率翻倍", {"talent_times": 2.0}),
    ("天赋生效范围(大幅度)?扩大", {"talent_radius": circle}),
    ("效果提升至#倍", {"talent_times": first}),
    ("天赋的触发条件变为#生命且庇护效果提升至#倍", {"talent_below": first, "talent_times": last}),
    ("攻击范围内的友军获得#的物理闪避与法术闪避",
     {"effects": lambda clause: [{"who": "allies in range",
                                  "add": {"dodge": first(clause), "dodge_arts": first(clause)}}]}),
    ("使敌人的隐匿效果失效", {"effects": [{"who": "enemies in range", "add": {"revealed": 1.0}}]}),
)  # fmt: skip
"""Patterns of whole clauses as in `phrases.PHRASES`, which come after these."""

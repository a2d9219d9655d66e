"""Skills of the public tables that push, pull, gamble, brew clouds and more: whole sentences, with their numbers."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import msgspec
import pytest

from game.characters.effects import Effect
from game.gamedata import descriptions
from game.gamedata.phrases import OwnNumbers
from game.gamedata.strike_phrases import SKILL_SECONDS

OWN = OwnNumbers(interval=2.0, block=2, targets=1, hits=1, damage="physical", range="1-1")
ON_HIT = {"when": "attack", "who": "target"}


@pytest.mark.parametrize(
    ("text", "board", "range_", "fields", "effects"),
    [
        ("下次攻击会将目标较大力地拖拽至面前，并对其造成相当于攻击力{atk_scale:0%}的法术伤害",
         {"atk_scale": 1.8, "force": 2.0}, None, {"strikes": True, "strength": 1.8, "damage": "arts"},
         [Effect(**ON_HIT, shift="pull", force=2)]),
        ("立即将前方两格内所有敌人往攻击方向小力地推开，并造成相当于攻击力{atk_scale:0%}的物理伤害",
         {"atk_scale": 1.6, "force": 0.0}, "2-2", {"strikes": True, "targets": 0, "strength": 1.6, "range": "2-2"},
         [Effect(**ON_HIT, shift="push", force=0)]),
        ("将周围敌人大力地弹开并<$ba.stun>晕眩{stun}秒，造成相当于攻击力{atk_scale:0%}的物理伤害",
         {"force": 3.0, "atk_scale": 4.8, "stun": 4.0}, "x-5",
         {"strikes": True, "targets": 0, "stun": 4.0, "strength": 4.8, "range": "x-5"},
         [Effect(**ON_HIT, shift="away", force=3)]),
        ("攻击力+{atk:0%}，远程攻击不再降低攻击力\\n第二次及以后使用时能力加成变为最初的两倍，且持续时间无限",
         {"atk": 0.6, "attack_speed": 25.0}, None, {"attack": 0.6, "far_strength": 1.0, "endless_from": 2},
         [Effect(per="use", scale={"attack": 0.6}, add={"attack_speed": 25.0})]),
        ("立即恢复所有生命；逐渐流失生命（{duration}秒后到达最大生命{hp_ratio:0%}/秒）",
         {"hp_ratio": 0.2, "duration": 60.0}, None, {"heal_self": 1.0},
         [Effect(per="skill time", step=60.0, add={"drain": 0.2})]),
        (("使周围所有敌人立即受到攻击力{success.atk_scale:0%}的法术伤害并失去特殊能力{success.silence}秒"
         "\\n有{prob:0%}的几率失败，失败时范围内的所有友方单位全部<$ba.stun>晕眩{failure.stun}秒"),
         {"prob": 0.5, "success.atk_scale": 3.5, "success.silence": 5.0, "failure.stun": 5.0}, "x-1", {},
         [Effect(when="skill begins", lot=(0.5, 1.0), who="enemies", radius=2.0, damage=3.5, kind="arts"),
          Effect(when="skill begins", lot=(0.5, 1.0), who="enemies", radius=2.0, seconds=5.0, add={"silence": 1.0}),
          Effect(when="skill begins", lot=(0.0, 0.5), who="allies", radius=2.0, stun=5.0)]),
        ("自身和攻击范围内随机一名我方单位获得以下状态：\\n攻击力+{atk:0%}，每秒流失{hp_ratio:0%}最大生命值，持续{duration}秒",
         {"atk": 0.9, "hp_ratio": 0.03, "duration": 15.0}, None, {},
         [Effect(when="skill begins", seconds=15.0, scale={"attack": 0.9}, add={"drain": 0.03}),
          Effect(when="skill begins", seconds=15.0, scale={"attack": 0.9}, add={"drain": 0.03},
                 who="allies in range", others=True, most=1, at_random=True)]),
        (("停止攻击，逐渐回复总共{value}点部署费用，并在持续时间内锁定周围至多{max_target}个敌人"
         "\\n被锁定的单位移动速度-{-move_speed:0%}，防御力-{-def:0%}，失去<$ba.invisible>隐匿效果"),
         {"max_target": 4.0, "move_speed": -0.6, "def": -0.35, "value": 20.0, "interval": 0.75, SKILL_SECONDS: 15.0},
         "x-2", {"holds_fire": True, "dp_each": 0.75, "range": "x-2"},
         [Effect(when="skill begins", who="enemies in range", most=4, seconds=15.0, factor={"speed": 0.4},
                 scale={"defense": -0.35}, add={"revealed": 1.0})]),
        ("攻击范围扩大，攻击范围内所有敌人全部进入<$ba.sleep>沉睡，同时特性效果提高至{heal:0%}", {"heal": 1.0}, "x-2",
         {"range": "x-2"},
         [Effect(when="interval", every=0.1, who="enemies in range", seconds=0.2, stun=0.2, add={"asleep": 1.0}),
          Effect(when="interval", every=1.0, who="allies in range", heal=0.9)]),
        (("攻击范围内所有友方单位阻挡数<@ba.vup>+1</>，并获得相当于海蒂<@ba.vup>{def:0%}</>防御力和<@ba.vup>{max_hp:0%}</>"
          "生命值上限的<$ba.inspire>鼓舞</>效果，自身特性效果提高至<@ba.vup>{attack@atk_to_hp_recovery_ratio:0%}</>"),
         {"block_cnt": 1.0, "def": 0.15, "max_hp": 0.11, "attack@atk_to_hp_recovery_ratio": 0.15}, None, {},
         [Effect(who="allies in range", add={"block": 1.0}),
          Effect(who="allies in range", others=True, lend={"defense": 0.15, "max_health": 0.11}),
          Effect(when="interval", every=1.0, who="allies in range", heal=0.05)]),
        ("攻击力+{atk:0%}，但普通攻击不再以生命值高于80%的敌人作为目标", {"atk": 2.2}, None, {"attack": 2.2},
         [Effect(add={"spares_above": 0.8})]),
        ("天赋生效范围大幅度扩大，效果提升至{talent_scale}倍", {"talent_scale": 2.0}, "x-2",
         {"talent_radius": 2.3, "talent_times": 2.0}, []),
    ],
)  # fmt: skip
def test_a_skill_is_read_as_a_whole(text, board, range_, fields, effects):
    """Each clause has its effects, and nothing is left over."""
    read = descriptions.meaning(text, board, range_, OWN)
    assert msgspec.convert(read.effects.pop("effects", []), list[Effect]) == effects
    assert read.effects == fields
    assert read.rest == ()


def test_the_weaker_the_target_the_stronger_the_attack():
    """Provence: a quarter more attack for each fifth of its health that the target lacks, up to four times."""
    read = descriptions.meaning(
        "目标敌人的生命每降低{drop:0%}，对其造成伤害时的攻击力+{up:0%}", {"drop": 0.2, "up": 0.25}, None, OWN
    )
    steps = msgspec.convert(read.effects["effects"], list[Effect])
    for share, factor in ((1.0, 1.0), (0.8, 1.25), (0.5, 1.5), (0.1, 2.0)):
        product = 1.0
        for one in steps:
            product *= one.strength if share <= one.below else 1.0
        assert product == pytest.approx(factor, abs=1e-4)


def test_a_range_that_is_no_circle_is_not_guessed():
    """A talent's wider area counts only where the skill's range says how wide."""
    assert descriptions.meaning("天赋生效范围扩大", {}, "3-1", OWN).rest == ("天赋生效范围扩大",)

"""Descriptions of the public tables become effects where all of a sentence is understood, and nothing where not."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import msgspec
import pytest

from game.characters.effects import Effect
from game.gamedata.descriptions import talent_effects

READ = [
    ("获得50%的物理闪避", [Effect(add={"dodge": 0.5})]),
    ("部署后立即获得35（+5）点技力", [Effect(when="deployed", sp=35.0)]),
    (
        "在场时所有友方单位的技力自然回复速度+0.3/秒（同类效果取最高）",
        [Effect(who="allies", add={"sp_rate": 0.3})],
    ),
    (
        "在场时，所有友方【术师】职业干员的攻击力+16%（+2%）",
        [Effect(who="allies", roles=("caster",), scale={"attack": 0.16})],
    ),
    (
        "在场时周围8格内的近战友方单位攻击力+12%（+2%）",
        [Effect(who="allies", radius=1.5, others=True, melee=True, scale={"attack": 0.12})],
    ),
    ("攻击范围内的敌军法术抗性-44%（+4%）", [Effect(who="enemies in range", factor={"resistance": 0.56})]),
    ("每5.5（-0.5）秒额外回复2点技力", [Effect(when="interval", every=5.5, sp=2.0)]),
    (
        "攻击使目标法术抗性-23%（+3%），持续1秒",
        [Effect(when="attack", who="target", factor={"resistance": 0.77}, seconds=1.0)],
    ),
    (
        "攻击时有20%的几率攻击力提升至165%（+5%），并在3秒内使目标攻击力降低15%（不可叠加）",
        [Effect(when="attack", who="target", chance=0.2, strength=1.65, scale={"attack": -0.15}, seconds=3.0)],
    ),
    ("攻击飞行目标时，攻击力+50%", [Effect(when="attack", who="target", flying=True, strength=1.5)]),
    ("攻击无视目标175（+15）防御力", [Effect(add={"defense_met": -175.0})]),
    ("攻击时有23%（+3%）的几率连续攻击两次", [Effect(when="attack", who="target", chance=0.23, times=2.0)]),
    ("未阻挡敌人时每秒回复70（+10）生命", [Effect(free=True, add={"regeneration": 70.0})]),
    (
        "当周围四格内没有其他友方单位时，攻击力和防御力各+13%（+2%）",
        [Effect(alone=1.0, scale={"attack": 0.13}), Effect(alone=1.0, scale={"defense": 0.13})],
    ),
    ("普通攻击击中敌人时有23%（+3%）的几率额外回复1点技力", [Effect(when="attack", chance=0.23, sp=1.0)]),
    (
        "对未被自身阻挡的敌人造成的伤害提升45%（+5%）",
        [Effect(when="attack", who="target", held=False, times=1.45)],
    ),
]
"""Whole talents of the public tables, and what they are."""


@pytest.mark.parametrize(("text", "effects"), READ)
def test_a_talent_that_is_made_of_known_forms_is_read_as_a_whole(text, effects):
    """With the figures that it shows; what potentials add is in them already."""
    assert msgspec.convert(talent_effects(text), list[Effect]) == effects


@pytest.mark.parametrize(
    "text",
    [
        "攻击时有20%的几率攻击力提升至160%（+10%），并将目标击飞",
        "编入队伍后，额外获得2点初始部署费用",
        "所有菲林干员的攻击力+11%（+1%）",
        "当场地中存在水地形时攻击力+24%（+6%）",
        "",
    ],
)
def test_what_is_not_understood_to_its_end_is_no_effect(text):
    """Never a part of it, and never a guess."""
    assert talent_effects(text) is None or talent_effects(text) == []

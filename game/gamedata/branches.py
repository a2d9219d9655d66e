"""The branches of operators in the public tables, and what each of them does in our fields.

The public tables describe a branch only in prose, so its fields are written down here by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from game.gamedata.phrases import SLUGGISH, SPLASH

LEAP = 1.7
"""Tiles within which a chain caster's attack leaps (a guess: the tables do not say)."""
AROUND = 1.5
ITS_SUMMONS = "its summons"
"""What is missing of an operator whose talents summon what is not played."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Branch(NamedTuple):
    """A branch of the public tables."""

    name: str
    """Our name for it."""
    traits: Mapping[str, Any] = NOTHING
    """The fields of `Character` that it sets."""
    missing: tuple[str, ...] = ()
    """What else it can do that is not played here, in words."""
    skill: Mapping[str, Any] = NOTHING
    """Effects that all skills of the branch have in addition."""
    effects: tuple[Mapping[str, Any], ...] = ()
    """Fields of `game.characters.effects.Effect`; a text for a number is the key under which the tables give it."""


BRANCHES = {
    "pioneer": Branch("pioneer"),
    "charger": Branch("charger", {"dp_per_kill": 1, "refunds_first_cost": True}),
    "bearer": Branch("standard bearer", skill={"block": -1}),
    "tactician": Branch("tactician", missing=("summons a unit in its range, whose enemies it hits harder",)),
    "fearless": Branch("dreadnought"),
    "centurion": Branch("centurion", {"targets_by_block": True}),
    "fighter": Branch("fighter"),
    "lord": Branch("lord", {"far_strength": 0.8, "reaches_air": True}),
    "artsfghter": Branch("arts fighter", {"damage": "arts"}),
    "instructor": Branch("instructor", {"far_strength": 1.2}),
    "sword": Branch("swordmaster", {"hits": 2}),
    "musha": Branch("soloblade", {"unhealable": True},
                    effects=({"when": "attack", "who": "self", "heal_points": "value"},)),
    "reaper": Branch("reaper", {"unhealable": True, "targets": 0},
                     effects=({"when": "attack", "first": -1, "heal_points": "value"},)),
    "librator": Branch("liberator", {"holds_fire": True, "lets_pass": True},
                       ("grows stronger as long as it does not use its skill",)),
    "protector": Branch("protector"),
    "guardian": Branch("guardian"),
    "artsprotector": Branch("arts protector", skill={"damage": "arts"}),
    "unyield": Branch("juggernaut", {"unhealable": True}),
    "duelist": Branch("duelist", {"sp_when_blocking": True}),
    "fastshot": Branch("marksman", {"prefers_air": True}),
    "closerange": Branch("heavyshooter"),
    "aoesniper": Branch("artilleryman", {"splash": SPLASH}),
    "longrange": Branch("deadeye", {"aims": "lowest defense"}),
    "reaperrange": Branch("spreadshooter", {"targets": 0}, effects=(
        {"when": "attack", "who": "target", "ahead": 1, "aside": 9, "strength": "atk_scale"},
    )),
    "siegesniper": Branch("besieger", {"aims": "heaviest"}),
    "bombarder": Branch("flinger", {"splash": SPLASH}, ("a second, weaker blast; does not aim at flying enemies",)),
    "corecaster": Branch("core caster"),
    "splashcaster": Branch("splash caster", {"splash": SPLASH}),
    "blastcaster": Branch("blast caster", {"targets": 0}),
    "chain": Branch("chain caster", {"targets": 3, "leaps": LEAP, "slow": SLUGGISH, "slow_time": 0.5},
                    effects=({"when": "attack", "who": "target", "per": "leap", "strength": 0.85},)),
    "funnel": Branch("mech-accord caster", missing=("its drone hits the same enemy harder every time",)),
    "mystic": Branch("mystic caster", missing=("stores attacks while no enemy is in range",)),
    "phalanx": Branch("phalanx caster", {"holds_fire": True}, skill={"targets": 0}, effects=(
        {"skill": "idle", "scale": {"defense": "def"}, "add": {"resistance": "magic_resistance"}},
    )),
    "physician": Branch("medic"),
    "ringhealer": Branch("multi-target medic", {"targets": 3}),
    "healer": Branch("therapist", effects=(
        # 80 % beyond the tiles -1 to 1 beside, 0 and 1 ahead, and the one two ahead: all but the one and two right
        # ahead, and then not the eight around
        {"when": "attack", "who": "target", "ahead": -2, "strength": "heal_scale"},
        {"when": "attack", "who": "target", "ahead": -2, "radius": AROUND, "strength": 1.25},
    )),
    "slower": Branch("decel binder", {"slow": SLUGGISH, "slow_time": 0.8}),
    "underminer": Branch("hexer"),
    "bard": Branch("bard", {"holds_fire": True}, skill={"holds_fire": True},
                   effects=({"when": "interval", "every": 1.0, "who": "allies in range",
                             "heal": "attack@atk_to_hp_recovery_ratio"},)),
    "summoner": Branch("summoner", missing=(ITS_SUMMONS,)),
    "blessing": Branch("abjurer"),
    "executor": Branch("executor"),
    "hookmaster": Branch("hookmaster", {"high_ground_too": True}),
    "pusher": Branch("push stroker", {"targets_by_block": True, "high_ground_too": True}),
    "stalker": Branch("ambusher", {"targets": 0, "taunt": -1}, effects=({"add": {"dodge": 0.5, "dodge_arts": 0.5}},)),
    "merchant": Branch("merchant", {"refunds_nothing": True},
                       effects=({"when": "interval", "every": "interval", "dp": "cost"},)),
    "traper": Branch("trapmaster", missing=("its traps",)),
    "dollkeeper": Branch("dollkeeper", missing=("fights on as a substitute instead of dying",)),
    "geek": Branch("geek", missing=("loses health all the time",)),
}  # fmt: skip
"""The branches by the tables' subProfessionId; the numbers are those of the branch's own description."""

OWN_WORDS = {"不受部署数量限制": ("takes_slot", False), "不进行攻击": ("holds_fire", True)}
"""Words in operators' own descriptions, and the field of `Character` and its value that they set beyond the branch."""

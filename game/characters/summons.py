"""What operators summon: cards that the hand has as long as their owner stands on the field, and how the rules see one.

https://arknights.fandom.com/wiki/Supporter/Summoner, https://arknights.fandom.com/wiki/Summon
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from game.characters.effects import Effect
from game.characters.models import Character, Operator, Phase, Summon, Summoned

SUMMONED = "summoned"
"""The group of all that operators summon: what others do for units of any class is for them too."""


class OwnedCard(NamedTuple):
    """The card of what an operator of a squad summons."""

    owner: int
    """The operator's slot."""
    summoned: Summoned


def cards_of(squad: Sequence[Operator]) -> tuple[OwnedCard, ...]:
    """The cards of what the operators of a squad summon, in the order of the squad. Each copy has a slot of its own,
    after the squad's and those of the stage's devices.
    """
    return tuple(OwnedCard(slot, one.summon) for slot, one in enumerate(squad) if one.summon is not None)


def summoned_by(character: Character, elite: int, level: int) -> Summoned | None:
    """What a character summons at an elite phase and a level."""
    one = character.summon
    if one is None or not one.copies[elite]:
        return None
    return Summoned(_unit(one, one.phases[elite], level), one.copies[elite], (one.name, *one.names))


def _unit(one: Summon, phase: Phase, level: int) -> Operator:
    """A copy at a level, as the rules deploy it. It has no class, and heals are not for it."""
    numbers = phase.numbers(level)
    fading = (Effect(add={"bleed": one.fades * numbers["max_health"]}),) if one.fades else ()
    own = tuple(msgspec.structs.replace(effect, groups=(one.name,)) for effect in (*one.effects, *fading))
    return Operator(
        name=one.name,
        role="specialist",
        melee=one.melee,
        damage="physical",
        groups=(SUMMONED, one.name, *one.names),
        redeploy_time=one.redeploy_time,
        unhealable=True,
        takes_slot=one.takes_slot,
        holds_fire=one.attack_interval == 0.0,
        taunt=one.taunt,
        max_health=numbers["max_health"],
        attack=numbers["attack"],
        defense=numbers["defense"],
        resistance=phase.resistance,
        cost=phase.cost,
        block=phase.block,
        attack_interval=one.attack_interval or 1.0,
        range=phase.range,
        effects=own,
        device=True,
    )

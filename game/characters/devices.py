"""The devices that levels put on the field, or give the player as cards, and how the rules see one.

It is a unit that stands where it is put, and whose effects do what the device does.
"""

from __future__ import annotations

from typing import Any

import msgspec

from game.characters.builds import at_level, skill_of
from game.characters.effects import Effect
from game.characters.models import Offset, Operator
from game.errors import TableError

Figure = float | tuple[float, float]
"""A number of a device, or those of its first and of its last level; between them it grows evenly."""
LEVELS = 30


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device as the table describes it."""

    name: str
    ids: tuple[str, ...]
    """Its ids in the public level format."""
    names: tuple[str, ...] = ()
    """Its other names, as plans that players exchange use them."""
    on_field: bool = False
    """It is played where a level puts it on the field; if not, as a card of the player."""
    max_health: Figure
    attack: Figure = 0.0
    defense: float = 0.0
    resistance: float = 0.0
    cost: int = 0
    """DP of each copy."""
    block: int = 0
    """How many enemies a copy that the player deploys holds."""
    attack_interval: float = 0.0
    """It strikes what it holds this often, in seconds, and holds where a level puts it, too; 0: it does neither."""
    redeploy_time: float = 0.0
    """Seconds from the deployment of a copy until the next one can be deployed."""
    barrier: bool = False
    """Walkers go around it; one that the player deploys may not close their last way."""
    fought: bool = False
    """Operators attack it where the level puts it, and it is a barrier that falls."""
    taunt: int = 0
    touched_within: float = 0.0
    """As `Enemy.touched_within`, of one that is fought; so are `groups`."""
    groups: tuple[str, ...] = ()
    damaged_for: float = 0.0
    """One that is fought stands with one point of health when it would fall first, and nothing hurts it for so many
    seconds."""
    falls_for: float = 0.0
    """It falls for so many seconds, away from whom it fell to; then what it does with its death happens."""
    rubble: str = ""
    """The id of the devices that it leaves behind (`Effect.rubble`), and how many."""
    rubble_most: int = 0
    aimed_at: bool = False
    """As `Operator.aimed_at`, as are `range` and `effects`."""
    range: tuple[Offset, ...] = ()
    skill: dict[str, Any] = {}
    """Fields of `Skill`: the player triggers it. A list holds the values of the skill levels 1, 2, 3, ..."""
    effects: tuple[dict[str, Any], ...] = ()
    """Fields of `Effect`, with lists as in `skill`."""


def unit_of(device: Device, level: int = 1, skill_level: int = 1, *, acts: bool = True) -> Operator:
    """A device at a level as the rules deploy it: like a melee operator, most of whom do not attack.

    One that does not act has neither skill nor effects. Raises TableError where a field does not fit.
    """
    skill = skill_of(device.skill, skill_level, f"{device.name}.skill") if device.skill and acts else None
    try:
        effects = msgspec.convert([at_level(one, skill_level) for one in device.effects if acts], tuple[Effect, ...])
    except msgspec.ValidationError as error:
        raise TableError(f"{device.name}.effects: {error}") from None
    return Operator(
        name=device.name,
        role="specialist",
        melee=True,
        damage="physical",
        redeploy_time=device.redeploy_time,
        unhealable=True,
        takes_slot=False,
        holds_fire=device.attack_interval == 0.0,
        taunt=device.taunt,
        max_health=_at(device.max_health, level),
        attack=_at(device.attack, level),
        defense=device.defense,
        resistance=device.resistance,
        cost=device.cost,
        block=device.block,
        attack_interval=device.attack_interval or 1.0,
        range=device.range,
        skill=skill,
        skill_number=int(skill is not None),
        effects=effects,
        device=True,
        groups=device.groups,
        aimed_at=device.aimed_at,
    )


def _at(figure: Figure, level: int) -> float:
    """A number at a level; the last one at levels beyond the last."""
    first, last = figure if isinstance(figure, tuple) else (figure, figure)
    return first + (last - first) * (min(level, LEVELS) - 1) / (LEVELS - 1)

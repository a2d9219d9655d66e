"""Units of the level that the rules see twice: as a unit of the player's side, and as an enemy's body.

An escort walks on an enemy's route, so a body carries it, and enemies shoot at the unit. A device that operators attack
is a barrier, which the unit is, and its body is what they strike. Body and unit fall together.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from game.characters.devices import Device
from game.characters.effects import Effect
from game.characters.models import ESCORT, Enemy, Offset, Operator
from game.levels.enemies import EnemyList
from game.levels.friends import Friend
from game.levels.routes import MOVE, WAIT, Node, Route
from game.levels.waves import Spawn, Waves

LOOK = "heavy_defender"
"""The kind of a device's body, which is never seen: the unit is."""
FOREVER = 1e6
"""Seconds for which a device's body waits where it is."""


def with_companions(
    friends: Sequence[Friend], waves: Waves, enemies: EnemyList, routes: Sequence[Route | None]
) -> tuple[tuple[Friend, ...], tuple[Spawn, ...], tuple[Route | None, ...]]:
    """A stage's friends with its escorts, its spawns with the bodies of both kinds, and the routes of all of these.

    The numbers of escorts go to their units: in `enemies` only what walks is left of them.
    """
    units, paths, bodies = list(friends), list(routes), []
    for number, friend in enumerate(friends):
        if friend.device is not None:
            bodies.append(_stand(number, len(enemies.enemies), len(paths), waves.fragments[0].delay))
            enemies.enemies.append(_body(friend.device, friend.operator))
            paths.append(_place(friend))
    walking = []
    for spawn in waves.spawns:
        enemy, route = enemies.enemies[spawn.enemy], paths[spawn.route]
        if not enemy.escort or route is None:
            walking.append(spawn)
            continue
        walking.append(spawn._replace(friend=len(units), harmless=True))
        tile = route.tiles[0] if route.tiles else (int(route.row), int(route.col))
        units.append(Friend("", _unit(enemy), tile, 0, hidden=True, walks=True))
    for number, enemy in enumerate(enemies.enemies):
        if enemy.escort:
            enemies.enemies[number] = msgspec.structs.replace(enemy, attack=0.0, range=0.0, effects=())
    return tuple(units), (*bodies, *walking), tuple(paths)


def _unit(enemy: Enemy) -> Operator:
    """An escort as enemies see it: a unit that nothing heals, and which may strike around it."""
    return Operator(
        name=enemy.name,
        role="specialist",
        groups=(ESCORT,),
        melee=False,
        damage=enemy.damage,
        redeploy_time=0.0,
        unhealable=True,
        takes_slot=False,
        holds_fire=enemy.attack <= 0.0,
        max_health=enemy.max_health,
        attack=enemy.attack,
        defense=enemy.defense,
        resistance=enemy.resistance,
        cost=0,
        block=0,
        attack_interval=max(enemy.attack_interval, 1.0),
        range=_around(enemy.range),
        skill=None,
        effects=enemy.effects,
        device=True,
        aimed_at=True,
    )


def _around(radius: float) -> tuple[Offset, ...]:
    """The tiles whose centres lie within a radius."""
    far = range(-int(radius), int(radius) + 1)
    return tuple((row, col) for row in far for col in far if row * row + col * col <= radius * radius)


def _body(device: Device, unit: Operator) -> Enemy:
    """What operators strike of a device: it stands, does nothing, and nothing moves it."""
    return Enemy(
        name=device.name,
        kind=LOOK,
        max_health=unit.max_health,
        attack=0.0,
        defense=device.defense,
        resistance=device.resistance,
        groups=device.groups,
        touched_within=device.touched_within,
        rises_after=device.damaged_for,
        rises_with=1.0 / unit.max_health,
        dies_after=device.falls_for,
        speed=0.0,
        attack_interval=1.0,
        life_cost=0,
        counts=False,
        weight=10,
        unblockable=True,
        stun_immune=True,
        freeze_immune=True,
        effects=(Effect(add={"taunt": float(device.taunt)}),) if device.taunt else (),
    )


def _stand(friend: int, enemy: int, route: int, delay: float) -> Spawn:
    """The spawn of a device's body: before the first fragment begins, and without meaning for waves and counter."""
    return Spawn(
        time=0.0,
        enemy=enemy,
        route=route,
        fragment=0,
        offset=-delay,
        spread=(0.0, 0.0),
        counts=False,
        harmless=True,
        holds_fragment=False,
        holds_wave=False,
        friend=friend,
    )


def _place(friend: Friend) -> Route:
    """The route of one that stays where it is."""
    row, col = (float(part) for part in friend.tile)
    return Route(True, row, col, (Node(WAIT, seconds=FOREVER), Node(MOVE, row, col)), ())

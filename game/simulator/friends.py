"""Operators that the level itself puts on the field come and go, as its waves say.

Once there they fight as operators of the squad do. No card plays them and nothing retreats them but the level.
"""

from __future__ import annotations

from game.simulator.compiling import compiled, entry, often
from game.simulator.field import field_within
from game.simulator.presence import remove
from game.simulator.records import Battles, Field, World
from game.simulator.skills import enter


@entry
def take_posts(world: World, battles: Battles, b: int) -> None:
    """At the start of battle `b` those friends take their posts that are there from the start."""
    field = field_within(battles, b)
    for k in range(world.friend.shape[0]):
        if not world.friend[k].hidden:
            _come(world, field, k)


@often
def move_friends(world: World, field: Field) -> None:
    """Carry out the orders to the friends that are due."""
    while field.battle[0].friend_orders < world.friend_order.shape[0]:
        order = world.friend_order[field.battle[0].friend_orders]
        if order.fragment != field.battle[0].fragment or order.offset > field.battle[0].fragment_clock:
            return
        if order.comes:
            _come(world, field, order.friend)
        elif field.unit[world.cards + order.friend].tile >= 0:
            remove(world, field, world.cards + order.friend)
        field.battle[0].friend_orders += 1


@compiled
def _come(world: World, field: Field, k: int) -> None:
    """A friend takes its post, unless it is there or an operator stands on its tile."""
    post = world.friend[k]
    if field.standing[post.tile] < 0 and field.unit[world.cards + k].tile < 0:
        enter(world, field, world.cards + k, post.tile, post.direction)

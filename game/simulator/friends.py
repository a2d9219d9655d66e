"""Friends: the operators and devices that the level itself puts on the field come and go, as its waves say.

Once there they act as operators of the squad do. No card plays them and nothing retreats them but the level.
"""

from __future__ import annotations

from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.presence import remove
from game.simulator.records import Field, World
from game.simulator.skills import enter
from game.simulator.ways import barriers_changed


@often
def take_posts(world: World, field: Field) -> None:
    """Before the first tick those friends take their posts that are there from the start."""
    if field.battle[0].clock == 0:
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
    not_inlined()
    post = world.friend[k]
    if field.standing[post.tile] < 0 and field.unit[world.cards + k].tile < 0:
        enter(world, field, world.cards + k, post.tile, post.direction)
        if world.deployable[world.cards + k].barrier:
            field.battle[0].barriers += 1
            barriers_changed(world, field)

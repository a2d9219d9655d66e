"""Enemies come: fragment after fragment, wave after wave."""

from __future__ import annotations

from game.simulator.compiling import compiled, often
from game.simulator.movement import enter_node
from game.simulator.presence import appear
from game.simulator.records import ABSENT, Field, World


@often
def advance_waves(world: World, field: Field) -> None:
    """Let the enemies appear that are due, and go on to the next fragment when this one is done."""
    battle = field.battle[0]
    f, clock = battle.fragment, battle.fragment_clock
    if f >= world.fragment.shape[0]:
        return
    if clock == 0:
        _start_fragment(world, field, f)
    while battle.spawned < world.arrivals and _is_due(world, field, f, clock):
        _spawn(world, field, battle.spawned)
    battle.fragment_clock = clock + 1
    if clock >= world.fragment[f].length and battle.holding_fragment == 0 and _may_follow(world, field, f):
        battle.fragment = f + 1
        if f + 1 < world.fragment.shape[0]:
            # A tick has already gone since the fragment ended, hence the 1.
            battle.fragment_clock = min(1 - world.fragment[f + 1].delay, 0)


@compiled
def _start_fragment(world: World, field: Field, f: int) -> None:
    """Note when a fragment began and, if it is the first of a wave, when the wave began."""
    clock, wave = field.battle[0].clock, world.fragment[f].wave
    field.fragment_start[f] = clock
    if f == 0 or world.fragment[f - 1].wave != wave:
        field.wave_start[wave] = clock


@often
def _is_due(world: World, field: Field, f: int, clock: int) -> bool:
    """Whether the next enemy belongs to this fragment and its time has come."""
    stats = world.enemy[field.battle[0].spawned]
    return stats.fragment == f and stats.offset <= clock


@often
def _may_follow(world: World, field: Field, f: int) -> bool:
    """Whether the delay of the fragment after `f` may begin. Within a wave it may at once; a new wave waits for an
    empty field, until its patience ends.
    """
    if f + 1 >= world.fragment.shape[0] or world.fragment[f + 1].wave == world.fragment[f].wave:
        return True
    patience = world.fragment[f + 1].patience
    waited = field.battle[0].fragment_clock - world.fragment[f].length
    return field.battle[0].holding_wave == 0 or 0 <= patience <= waited


@compiled
def _spawn(world: World, field: Field, e: int) -> None:
    """The next enemy comes, unless the seed has left it out of this battle."""
    field.battle[0].spawned += 1
    if field.foe[e].phase == ABSENT:
        appear(world, field, e)
        enter_node(world, field, e)

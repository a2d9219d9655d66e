"""Plays one tick of a battle, or many."""

from __future__ import annotations

from game.simulator import options
from game.simulator.attacks import enemy_attacks, operator_attacks
from game.simulator.companions import keep_company
from game.simulator.compiling import entry, often
from game.simulator.effects import play_effects
from game.simulator.field import add_dp, field_within
from game.simulator.friends import move_friends, take_posts
from game.simulator.modifiers import has_effects
from game.simulator.movement import move
from game.simulator.presence import update_list
from game.simulator.records import LOST, PRESENT, RUNNING, WON, Battles, Field, World
from game.simulator.skills import upkeep
from game.simulator.targeting import search
from game.simulator.waves import advance_waves


@entry
def run(world: World, battles: Battles, b: int, ticks: int) -> None:
    """Play battle `b` for `ticks` ticks, or until it is decided; the package tells the order in a tick."""
    field = field_within(battles, b)
    battle = field.battle[0]
    friends, effects = world.friend_order.shape[0] > 0, has_effects(world)
    take_posts(world, field)
    for _ in range(ticks):
        if battle.outcome != RUNNING:
            return
        clock = battle.clock
        _gain_dp(world, field)
        if friends:
            move_friends(world, field)
        advance_waves(world, field)
        keep_company(world, field)
        if clock % options.SEARCH_TICKS == 0:
            search(world, field, clock)
        for k in range(battle.listed):
            _enemy_acts(world, field, field.present[k], clock)
        if battle.deployed > 0:
            for s in range(field.unit.shape[0]):
                _operator_acts(world, field, s, clock)
        if effects:
            play_effects(world, field, clock)
        if battle.list_outdated:
            update_list(field)
        battle.clock = clock + 1
        decide(world, field)


@entry
def run_all(world: World, battles: Battles, ticks: int) -> None:
    """Play all battles of a batch for `ticks` ticks each, or until they are decided."""
    for b in range(battles.battle.shape[0]):
        run(world, battles, b, ticks)


@often
def _operator_acts(world: World, field: Field, s: int, clock: int) -> None:
    """A tick of an operator, if it is on the field: it attacks, regenerates and fills its skill."""
    unit = field.unit[s]
    if unit.tile >= 0:
        if unit.next_attack <= clock and unit.stunned_until <= clock and unit.frozen_until <= clock:
            operator_attacks(world, field, s, clock)
        upkeep(world, field, s)


@often
def _enemy_acts(world: World, field: Field, e: int, clock: int) -> None:
    """A tick of an enemy: it moves, attacks and regenerates."""
    foe, stats = field.foe[e], world.enemy[e]
    if foe.phase == PRESENT and foe.stunned_until <= clock:
        move(world, field, e, clock)
        if stats.attack > 0.0 and foe.next_attack <= clock and foe.phase == PRESENT:  # it may have leaked
            enemy_attacks(world, field, e, clock)
    if stats.regeneration > 0.0 and foe.phase == PRESENT:
        foe.health = min(foe.health + stats.regeneration, stats.max_health)


@often
def decide(world: World, field: Field) -> None:
    """Decide the battle: no life left is defeat, even if the last enemy took it; a full counter is victory; no time
    left is defeat.
    """
    battle = field.battle[0]
    if battle.life <= 0:
        battle.outcome = LOST
    elif battle.counter >= battle.total:
        battle.outcome = WON
    elif 0 < world.time_limit <= battle.clock:
        battle.outcome = LOST


@often
def _gain_dp(world: World, field: Field) -> None:
    """Gain one DP every costIncreaseTime."""
    if world.cost_ticks == 0:
        return
    field.battle[0].dp_clock += 1
    if field.battle[0].dp_clock >= world.cost_ticks:
        field.battle[0].dp_clock = 0
        add_dp(world, field, 1)

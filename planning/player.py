"""Plays plans in compiled battles, as MAA would play them: the one place that says what the steps of a plan do.

A plan is a `Script` of rows. `look` does in one tick what is due; `follow` plays a battle to its end. Delays are
seconds at the screen: one of these is two seconds of the game after SpeedUp, and a fifth of one in bullet time. A
gesture takes the time that `Gestures` says; if it is lost, it is made again. With `no_gestures` every step is done in
the tick in which it becomes possible.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL
from game.simulator.actions import act, can_deploy, can_retreat, can_use_skill, copy_to_deploy, cost_now, playable
from game.simulator.compiling import compiled, entry, often, passed
from game.simulator.effect_events import copy_effects
from game.simulator.field import field_within
from game.simulator.records import RUNNING, TICKS, Battles, Field, Flags, Ints, Records, World
from game.simulator.rows import Record, Rows
from game.simulator.tick import run
from planning.plans import BY_HAND, LIMITED_TIMES

ONE_TICK, USE_SKILL, NOWHERE = passed(1), passed(SKILL), passed(0)
"""What is handed to the rules; an action without a tile and a direction has `NOWHERE` there."""
MOMENTS = 10 * TICKS
"""Moments in a second at the screen. A whole number of them passes in a tick at every speed of play."""
SPEED_UP, BULLET_TIME, USAGE, RESET_STOPWATCH, SKILL_DAEMON, NOTHING = range(4, 10)
"""Kinds of steps besides DEPLOY, SKILL and RETREAT of game.actions."""
ON_TILE, NOT_BROUGHT = -1, -2
"""Values of ScriptStep.slot: the operator on the step's tile; an operator that is not in the squad."""
NO_DUE = -1
"""PlayerState.due of a step whose conditions do not hold yet."""


class ScriptStep(Record):
    """A step of a plan as compiled code reads it. Times are moments (see MOMENTS)."""

    kind: int
    slot: int
    tile: int
    """-1 for none."""
    direction: int
    kills: int
    costs: int
    cost_changes: int
    cooling: int
    time_elapsed: int
    pre_delay: int
    post_delay: int
    timeout: int
    """Below 0 the step waits for ever."""
    usage: int
    times: int


class Script(NamedTuple):
    """A plan for a squad of S operators."""

    steps: Rows[ScriptStep]
    """[N]"""
    usage: Ints
    """[S, 2] how each skill is used at the start, and how often"""


class PlayerState(Record):
    """How far the player of one battle is in its plan. Moments are counted at the screen."""

    next: int
    """The step whose turn it is."""
    last: int
    """Where the plan ends: the number of its steps, or fewer after a SkillDaemon."""
    ticks: int
    """The battle's clock at the last look."""
    now: int
    """Moments that have passed."""
    fast: bool
    slow: bool
    turn_dp: int
    """DP when the step before was done."""
    due: int
    """The moment from which the next step may be tried; NO_DUE until its conditions hold."""
    resumes_at: int
    """The moment until which the player waits after a step."""
    stopwatch: int
    gesture: int
    """Gestures begun so far."""
    lands_at: int
    """Clock at which the gesture under way has its effect; -1 for none."""
    skill_of: int
    """The slot whose skill the gesture under way uses; -1 where it is the next step."""
    counter: int
    """Enemies that were gone at the last tick."""
    quiet_since: int
    """Clock at which the last of them went."""


class Players(NamedTuple):
    """What the players of B battles remember."""

    state: Records
    """PlayerState [B]"""
    usage: Ints
    """[B, S, 2] how each skill is used now, and how many uses are left"""
    skipped: Flags
    """[B, N] the steps that were skipped"""


class Gestures(NamedTuple):
    """How long each gesture of B battles takes, in the order in which they are made; after the last comes the first."""

    ticks: Ints
    """[B, gestures] from the decision to the effect"""
    lost: Flags
    """[B, gestures] it has no effect, and is made again"""


def no_gestures(battles: int) -> Gestures:
    """Gestures without delay or loss."""
    return Gestures(np.zeros((battles, 1), np.int64), np.zeros((battles, 1), np.bool_))


def new_players(script: Script, battles: Battles) -> Players:
    """Players at the start of these battles, which have begun but not run."""
    count = len(battles.battle)
    state = np.zeros(count, PlayerState.dtype)
    state["last"], state["turn_dp"] = script.steps.shape[0], battles.battle["dp"]
    state["due"], state["lands_at"], state["skill_of"] = NO_DUE, -1, -1
    usage = np.repeat(script.usage[None], count, axis=0)
    return Players(state, usage, np.zeros((count, script.steps.shape[0]), np.bool_))


class Kept(NamedTuple):
    """The battle and its player at each moment when a step was finished, so that another plan with the same beginning
    can go on from there: row n is the moment after the first n steps.
    """

    battles: Battles
    players: Players
    valid: Flags
    """[rows] whether that moment was written down; moments beyond the last row never are"""


def keeping(battles: Battles, players: Players, rows: int) -> Kept:
    """Room for `rows` moments of one of these battles. `copy_battle` reads of a moment only what it has written."""
    moments = (np.empty((rows, *table.shape[1:]), table.dtype) for table in battles)
    remembered = (np.zeros((rows, *table.shape[1:]), table.dtype) for table in players)
    return Kept(Battles(*moments), Players(*remembered), np.zeros(rows, np.bool_))


def nothing_kept(battles: Battles, players: Players) -> Kept:
    """A `Kept` without rows, for battles of which nothing is to be written down."""
    return Kept(battles, players, np.zeros(0, np.bool_))


@entry
def follow(
    world: World, battles: Battles, players: Players, b: int, script: Script, gestures: Gestures, kept: Kept,
    patience: int, least_life: int,
) -> None:  # fmt: skip
    """Play battle `b` to its end, until for `patience` ticks no enemy has died or leaked, or until it has less life
    than `least_life`.
    """
    field, state = field_within(battles, b), players.state[b]
    battle = field.battle[0]
    while battle.outcome == RUNNING and battle.life >= least_life:
        if battle.counter != state.counter:
            state.counter, state.quiet_since = battle.counter, battle.clock
        if battle.clock - state.quiet_since >= patience:
            return
        if _is_due(world, field, players, b, script):
            look(world, battles, players, b, script, gestures, kept)
        run(world, battles, b, ONE_TICK)


@often
def _is_due(world: World, field: Field, players: Players, b: int, script: Script) -> bool:
    """Whether `look` may do anything in this tick. Asked in every tick, because `look` itself is slow."""
    state, clock = players.state[b], field.battle[0].clock
    if state.lands_at >= 0:
        return bool(clock >= state.lands_at)
    now = _now(state, clock)
    if state.next < state.last and now >= state.resumes_at:
        step = script.steps[state.next]
        if state.due == NO_DUE:
            if _holds(world, field, state, now, step):
                return True
        elif now >= state.due:
            slot = _meant(world, field, step)
            if step.kind > RETREAT or _possible(world, field, step, slot) or not _waits(field, state, now, step, slot):
                return True
    for s in range(players.usage.shape[1]):
        if players.usage[b, s, 0] != BY_HAND and can_use_skill(world, field, s):
            return True
    return False


@often
def _now(state: PlayerState, clock: int) -> int:
    """Moments that have passed at the screen."""
    one = MOMENTS // TICKS
    return int(state.now + (clock - state.ticks) * (one * 5 if state.slow else one // 2 if state.fast else one))


@entry
def look(
    world: World, battles: Battles, players: Players, b: int, script: Script, gestures: Gestures, kept: Kept
) -> None:
    """Do what is due in this tick of battle `b`; to be called before every tick."""
    field, state = field_within(battles, b), players.state[b]
    clock = field.battle[0].clock
    state.now = _now(state, clock)
    state.ticks = clock
    if state.lands_at >= 0:
        if clock < state.lands_at:
            return
        _land(world, battles, players, b, script, gestures, kept)
    while state.next < state.last and state.now >= state.resumes_at and state.lands_at < 0:
        if not _advance(world, battles, players, b, script, gestures, kept):
            break
    if state.lands_at < 0:
        _use_skills(world, battles, players, b, gestures)


@compiled
def _advance(
    world: World, battles: Battles, players: Players, b: int, script: Script, gestures: Gestures, kept: Kept
) -> bool:
    """Go on with the next step. Returns whether it is finished, that is, done or skipped."""
    field, state = field_within(battles, b), players.state[b]
    step = script.steps[state.next]
    if state.due == NO_DUE:
        if not _holds(world, field, state, state.now, step):
            return False
        state.due = state.now + step.pre_delay
    if state.now < state.due:
        return False
    slot = _meant(world, field, step)
    if step.kind > RETREAT or (step.kind == DEPLOY and step.tile < 0):
        _set(players, b, step, slot)
    elif _possible(world, field, step, slot):
        if _begins(gestures, state, b, clock=field.battle[0].clock):
            return False
        act(world, battles, b, step.kind, slot, step.tile, step.direction)
        state.slow = False
    elif _waits(field, state, state.now, step, slot):
        return False
    else:
        players.skipped[b, state.next] = True
    _finish(battles, players, b, step.post_delay, kept)
    return True


@often
def _begins(gestures: Gestures, state: PlayerState, b: int, clock: int) -> bool:
    """Begin a gesture; False if none is needed, because it takes no time and is not lost: the effect comes at once."""
    g = state.gesture % gestures.ticks.shape[1]
    if gestures.ticks[b, g] == 0 and not gestures.lost[b, g]:
        return False
    state.gesture += 1
    state.lands_at = clock + gestures.ticks[b, g]
    return True


@compiled
def _land(
    world: World, battles: Battles, players: Players, b: int, script: Script, gestures: Gestures, kept: Kept
) -> None:
    """The gesture under way has its effect if it is not lost and still possible; otherwise it will be made again."""
    state = players.state[b]
    state.lands_at = -1
    slot, lost = state.skill_of, gestures.lost[b, (state.gesture - 1) % gestures.ticks.shape[1]]
    state.skill_of = -1
    if lost:
        return
    if slot >= 0:
        if act(world, battles, b, USE_SKILL, slot, NOWHERE, NOWHERE):
            players.usage[b, slot, 1] -= 1
        return
    step = script.steps[state.next]
    field = field_within(battles, b)
    if act(world, battles, b, step.kind, _meant(world, field, step), step.tile, step.direction):
        state.slow = False
        _finish(battles, players, b, step.post_delay, kept)


@often
def _finish(battles: Battles, players: Players, b: int, post_delay: int, kept: Kept) -> None:
    """The turn passes to the next step."""
    state = players.state[b]
    state.next += 1
    state.resumes_at = state.now + post_delay
    state.turn_dp = battles.battle[b].dp
    state.due = NO_DUE
    if state.next < kept.valid.shape[0]:
        copy_battle(battles, b, kept.battles, state.next)
        copy_player(players, b, kept.players, state.next)
        kept.valid[state.next] = True


@often
def _holds(world: World, field: Field, state: PlayerState, now: int, step: ScriptStep) -> bool:
    """Whether all conditions of a step hold; a deployment with a delay also waits for its card."""
    battle = field.battle[0]
    if battle.counter < step.kills or battle.dp < step.costs or now - state.stopwatch < step.time_elapsed:
        return False
    changed = battle.dp - state.turn_dp
    if (step.cost_changes >= 0 and changed < step.cost_changes) or (
        step.cost_changes < 0 < changed - step.cost_changes
    ):
        return False
    if step.cooling >= 0 and _cooling(field) != step.cooling:
        return False
    return step.kind != DEPLOY or step.pre_delay == 0 or _card_is_ready(world, field, _meant(world, field, step))


@compiled
def _cooling(field: Field) -> int:
    """How many cards are cooling down."""
    count = 0
    for s in range(field.unit.shape[0]):
        count += field.unit[s].ready_at > field.battle[0].clock
    return count


@compiled
def _card_is_ready(world: World, field: Field, slot: int) -> bool:
    """Whether a card is in the hand, affordable and not cooling down; a step without an operator does not wait."""
    if slot < 0:
        return True
    slot = copy_to_deploy(world, field, slot)
    if slot < 0:
        return False
    unit, battle = field.unit[slot], field.battle[0]
    return unit.tile < 0 and unit.ready_at <= battle.clock and battle.dp >= cost_now(world, field, slot)


@often
def _meant(world: World, field: Field, step: ScriptStep) -> int:
    """The slot that a step is for; below 0 if there is none. An operator of the level is for no step, a device of the
    level only for one that triggers it.
    """
    slot = field.standing[step.tile] if step.slot == ON_TILE and step.tile >= 0 else step.slot
    ours = slot < world.cards or (step.kind == SKILL and world.deployable[slot].by_hand)
    return slot if ours else NOT_BROUGHT


@often
def _possible(world: World, field: Field, step: ScriptStep, slot: int) -> bool:
    """Whether the battle allows a step now."""
    if slot < 0:
        return False
    if step.kind == DEPLOY:
        return playable(world, field, slot) and can_deploy(world, field, slot, step.tile)
    return can_use_skill(world, field, slot) if step.kind == SKILL else can_retreat(field, slot)


@often
def _waits(field: Field, state: PlayerState, now: int, step: ScriptStep, slot: int) -> bool:
    """Whether to try an impossible step again: not after its timeout, nor for an operator off the field."""
    if 0 <= step.timeout <= now - state.due:
        return False
    return slot >= 0 and (step.kind == DEPLOY or field.unit[slot].tile >= 0)


@compiled
def _set(players: Players, b: int, step: ScriptStep, slot: int) -> None:
    """Do a step that needs no gesture: set the speed, a skill's usage, the stopwatch or the end of the plan."""
    state = players.state[b]
    if step.kind == SPEED_UP:
        state.fast = not state.fast
    elif step.kind == BULLET_TIME:
        state.slow = True
    elif step.kind == USAGE and 0 <= slot < players.usage.shape[1]:
        players.usage[b, slot, 0], players.usage[b, slot, 1] = step.usage, step.times
    elif step.kind == RESET_STOPWATCH:
        state.stopwatch = state.now
    elif step.kind == SKILL_DAEMON:
        state.last = state.next + 1


@often
def _use_skills(world: World, battles: Battles, players: Players, b: int, gestures: Gestures) -> None:
    """Use the skills whose usage is automatic and not used up."""
    field, state = field_within(battles, b), players.state[b]
    for s in range(players.usage.shape[1]):
        usage, left = players.usage[b, s, 0], players.usage[b, s, 1]
        if usage == BY_HAND or (usage == LIMITED_TIMES and left <= 0) or not can_use_skill(world, field, s):
            continue
        if _begins(gestures, state, b, field.battle[0].clock):
            state.skill_of = s
            return
        act(world, battles, b, USE_SKILL, s, NOWHERE, NOWHERE)
        players.usage[b, s, 1] = left - 1


@entry
def copy_battle(source: Battles, b: int, target: Battles, to: int) -> None:
    """Copy battle `b` of one batch to row `to` of another of the same shape."""
    target.battle[to] = source.battle[b]
    for f in range(source.fragment_start.shape[1]):
        target.fragment_start[to, f] = source.fragment_start[b, f]
        target.wave_start[to, f] = source.wave_start[b, f]
    for tile in range(source.standing.shape[1]):
        target.standing[to, tile] = source.standing[b, tile]
    for s in range(source.unit.shape[1]):
        target.unit[to, s] = source.unit[b, s]
        if source.unit[b, s].tile >= 0:
            for tile in range(source.standing.shape[1]):
                target.covers[to, s, tile] = source.covers[b, s, tile]
    for e in range(source.foe.shape[1]):
        target.foe[to, e] = source.foe[b, e]
    for k in range(source.battle[b].listed):
        target.present[to, k] = source.present[b, k]
    for way in range(source.way.shape[1]):
        target.way[to, way, source.way.shape[2] - 1] = 0.0  # to be found again
    if source.modifier.shape[1] > 0:
        copy_effects(source, b, target, to)


@entry
def copy_player(source: Players, b: int, target: Players, to: int) -> None:
    """Copy the player of battle `b` to row `to` of players of the same plan, or of one with the same beginning."""
    target.state[to] = source.state[b]
    for s in range(source.usage.shape[1]):
        target.usage[to, s, 0], target.usage[to, s, 1] = source.usage[b, s, 0], source.usage[b, s, 1]
    for n in range(min(source.skipped.shape[1], target.skipped.shape[1])):
        target.skipped[to, n] = source.skipped[b, n]

"""One duel, played by a plain and slow reference that was written from the words of docs/rules.md.

An operator stands beside or on a lane; enemies of one kind walk along it. The reference shares nothing with
`game.simulator`: it has objects instead of tables, whole seconds of SP instead of ticks, and its own copy of every
number. What differs between the two is a mistake in one of them, or in the words.

python tests/support/plain_duel.py [--duels N] [--seed N] [--tables FOLDER]

plays random duels in both and prints in how many they differ, and where first (see random_duels.py).

The order in a tick is that of `game/simulator/__init__.py`: enemies appear; every third tick targets are chosen; each
enemy is blocked or walks, attacks, regenerates; the operator attacks or heals, regenerates, and its skill goes on;
effects happen. The draws of chances are given to it. plain_scene.py says how things stand, plain_fight.py who walks and
strikes, plain_effects.py whom effects choose and change, plain_deeds.py what else they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import repeat
from typing import NamedTuple

from plain_deeds import play_effects
from plain_effects import effects_of, plays_effect
from plain_fight import first_choice, foe_acts, operator_attacks, reaches, strike_with_skill
from plain_scene import (
    DEPLOYMENT,
    ENDLESS,
    NO_SKILL,
    SEARCH,
    START,
    TICKS,
    Duel,
    Foe,
    Happening,
    Scene,
    Stand,
    Words,
    appear,
    block_now,
    comes,
    figures_of,
    gain_sp,
    keep_share,
    most_sp,
    release,
    ticks,
)

from game.characters.models import Enemy, Operator, Skill


class OperatorNow(NamedTuple):
    """The operator after a tick; all zeros while it is not on the field."""

    here: bool = False
    health: float = 0.0
    shield: float = 0.0
    sp: float = 0.0
    active: int = 0
    """Ticks that the skill will still last."""
    stunned: int = 0
    """Ticks that a stun will still last."""


class FoeNow(NamedTuple):
    """An enemy after a tick; all zeros before it came and after it has gone."""

    state: str
    """to come, here, dead or leaked."""
    health: float = 0.0
    col: float = 0.0
    held: bool = False


class Moment(NamedTuple):
    """All that can be compared after a tick."""

    tick: int
    operator: OperatorNow
    foes: tuple[FoeNow, ...]
    outcome: str | None
    happened: tuple[Happening, ...]


# --- What is played ---------------------------------------------------------------------------------------------------


def plays(operator: Operator, enemy: Enemy) -> bool:
    """Whether the reference knows all that these two do in a duel."""
    return plays_operator(operator) and plays_enemy(enemy)


def plays_operator(operator: Operator) -> bool:
    """Whether the reference knows all that an operator and its skill do. It knows no DP, and draws no lots."""
    skill = operator.skill or NO_SKILL
    odd = skill.scatters or skill.dp < 0 or operator.device
    return not odd and all(plays_effect(effect, enemy=False) for effect in effects_of(operator))


def plays_enemy(enemy: Enemy) -> bool:
    """Whether the reference knows all that an enemy does."""
    odd = enemy.escort or enemy.rises_after or enemy.second or enemy.hovers or enemy.flies_after or not enemy.counts
    return not odd and all(plays_effect(effect, enemy=True) for effect in enemy.effects)


# --- The duel ---------------------------------------------------------------------------------------------------------


def play(
    duel: Duel, words: Words | None = None, seconds: float = 120.0, lots: Iterator[float] | None = None
) -> Iterator[Moment]:
    """Play a duel, and say after each tick how things stand, until it is decided or its time is over.

    `lots` are the chances that are drawn, each from 0 to below 1; without them each comes up.
    """
    foes = [
        Foe(
            number=n,
            effects=one.enemy.effects,
            health=one.enemy.max_health,
            enemy=one.enemy,
            comes_at=one.tick,
            parent=one.parent,
        )
        for n, one in enumerate(duel.coming)
    ]
    plain = figures_of(duel, None)
    skilled = figures_of(duel, duel.operator.skill) if duel.operator.skill else plain
    me = Stand(number=-1, effects=effects_of(duel.operator))
    scene = Scene(duel, words or Words(), plain, skilled, foes, me, lots or repeat(0.0))
    while scene.outcome is None and scene.clock < seconds * TICKS:
        told = len(scene.story)
        _player_acts(scene)
        if scene.outcome is None:  # a skill that is one attack may have killed the last enemy
            _tick(scene)
            scene.clock += 1
        yield _moment(scene, tuple(scene.story[told:]))


def story(duel: Duel, words: Words | None = None) -> list[Happening]:
    """What happens in a duel, in order."""
    return [what for moment in play(duel, words) for what in moment.happened]


def _moment(scene: Scene, happened: tuple[Happening, ...]) -> Moment:
    """How things stand."""
    me = scene.me
    stunned = max(me.stunned_until - scene.clock, 0)
    operator = OperatorNow(True, me.health, me.shield, float(me.sp), me.active, stunned) if me.here else OperatorNow()
    foes = tuple(
        FoeNow(foe.state, foe.health, foe.col, foe.held) if foe.here else FoeNow(foe.state) for foe in scene.foes
    )
    return Moment(scene.clock, operator, foes, scene.outcome, happened)


def _player_acts(scene: Scene) -> None:
    """The player deploys the operator at its time, and uses a skill that is full whenever he looks."""
    if scene.clock == scene.duel.deployed_at:
        _deploy(scene)
    skill = scene.skill
    if skill is not None and skill.by_hand and scene.clock % scene.duel.looks_every == 0 and _is_ready(scene, skill):
        _use_skill(scene, skill)


def _deploy(scene: Scene) -> None:
    """The operator comes with its initial SP; its first attack comes 45 ticks later at the earliest."""
    me, skill = scene.me, scene.skill
    me.here = True
    me.health = me.full_health = scene.plain.full_health
    me.last_attack = scene.clock
    me.lot = next(scene.lots)
    comes(scene, me)
    scene.tell("deployed")
    if skill is not None:
        me.sp = min(Fraction(skill.initial), most_sp(skill))
        if skill.gain == "deploy":
            _use_skill(scene, skill)
    me.attack_at = scene.clock + DEPLOYMENT


def _tick(scene: Scene) -> None:
    """One tick."""
    for foe in scene.foes:
        if foe.parent < 0 and foe.comes_at == scene.clock:
            appear(scene, foe, START)
    if scene.clock % SEARCH == 0:
        scene.me.target = first_choice(scene, scene.now) if scene.me.here else None
        for foe in scene.foes:
            foe.aims = scene.me.here and foe.enemy.range > 0.0 and reaches(scene, foe)
    for foe in list(scene.came):
        foe_acts(scene, foe)
    if scene.me.here:
        operator_attacks(scene)
        _operator_lives(scene)
    play_effects(scene)


# --- The skill --------------------------------------------------------------------------------------------------------


def _operator_lives(scene: Scene) -> None:
    """It regenerates; its skill lasts, or fills, and may trigger itself."""
    me, skill = scene.me, scene.skill
    if scene.now.regeneration > 0.0:
        me.health = min(me.health + scene.now.regeneration * me.full_health / TICKS, me.full_health)
    if skill is None:
        return
    if me.active:
        _skill_goes_on(scene, skill)
    if skill.gain == "second" and (me.held or not scene.duel.operator.sp_when_blocking):
        gain_sp(scene, Fraction(1, TICKS))
    if not skill.by_hand and not skill.strikes and not (me.active and skill.toggles) and _is_ready(scene, skill):
        _use_skill(scene, skill)


def _skill_goes_on(scene: Scene, skill: Skill) -> None:
    """The shield fades linearly until the skill ends."""
    me = scene.me
    if skill.shield > 0.0:
        whole = skill.shield * scene.skilled.full_health
        me.shield = max(me.shield - whole / max(ticks(skill.duration), 1), 0.0)
    if me.active > 1:
        me.active -= 1
    else:
        _end_skill(scene, skill)


def _is_ready(scene: Scene, skill: Skill) -> bool:
    """Whether the skill is full and can begin now, or end where it is a stance."""
    me = scene.me
    if not me.here or skill.gain == "deploy" or me.stunned_until > scene.clock:
        return False
    spent = any(most and me.uses >= most for most in (skill.uses, skill.uses_in_battle))
    return me.sp >= skill.cost and (not me.active or skill.toggles) and not spent


def _use_skill(scene: Scene, skill: Skill) -> None:
    """The skill begins: what happens at once happens, what lasts begins. A stance that is active ends instead."""
    me = scene.me
    me.sp = max(me.sp - skill.cost, Fraction(0))
    if me.active:
        _end_skill(scene, skill)
        return
    scene.tell("skill begins")
    scene.raised.append((me, "skill begins"))
    me.uses += 1
    me.skill_lot = next(scene.lots)
    lasts = ENDLESS if 0 < skill.endless_from <= me.uses else ticks(skill.duration)
    me.shield = max(me.shield, skill.shield * scene.skilled.full_health)
    if lasts:
        _change_figures(scene, lasts)
    me.health = min(me.health + skill.heal_self * scene.skilled.full_health, me.full_health)
    if skill.strikes:
        me.target = first_choice(scene, scene.now)
        strike_with_skill(scene)


def _end_skill(scene: Scene, skill: Skill) -> None:
    """The skill ends, and its shield with it."""
    scene.tell("skill ends")
    scene.raised.append((scene.me, "skill ends"))
    if skill.shield > 0.0:
        scene.me.shield = 0.0
    _change_figures(scene, 0)


def _change_figures(scene: Scene, lasts: int) -> None:
    """The skill's numbers begin or end: the fraction of health is kept, the rest of the attack interval changes in
    proportion, enemies beyond the new block are released, and the operator looks for a target at once.
    """
    me, before = scene.me, scene.now
    me.active = lasts
    scene.changed = True
    keep_share(scene)
    if me.attack_at > scene.clock:
        me.attack_at = scene.clock + (me.attack_at - scene.clock) * (scene.now.interval / before.interval)
    release(me, block_now(scene))
    me.target = first_choice(scene, scene.now)


if __name__ == "__main__":
    from random_duels import main

    main()

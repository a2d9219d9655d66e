"""Which operators of a large roster the search tries: more than a squad holds, but not so many that it gets slow."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from game.characters.effects import ROLES
from game.characters.models import Operator
from game.levels.runes import is_forbidden
from game.levels.stage import Stage

SIZE = 24
"""Operators among which the search chooses."""


def candidates(
    operators: Sequence[Operator], stage: Stage, must: Collection[str] = (), size: int = SIZE
) -> tuple[Operator, ...]:
    """The operators worth trying on a stage, in the order given: those of `must`, then of each role the strongest.

    Roles take turns, so that there are some operators of every role. Operators that the stage forbids are left out. An
    operator that is in `operators` with several skills counts once towards `size`.
    """
    allowed = [one for one in operators if not is_forbidden(one, stage.squad_rules)]
    different = {one.name: one for one in allowed}.values()
    chosen = {name for name in must if name in {one.name for one in different}}
    by_role = [sorted((one for one in different if one.role == role), key=strength, reverse=True) for role in ROLES]
    turns = [one for turn in range(len(different)) for line in by_role for one in line[turn : turn + 1]]
    for one in turns:
        if len(chosen) >= size:
            break
        chosen.add(one.name)
    return tuple(one for one in allowed if one.name in chosen)


def strength(one: Operator) -> float:
    """A number without a unit to compare operators of one role: it grows with damage or healing a second, hits and
    targets, and with how much damage the operator survives.
    """
    power = one.attack * one.hits * max(one.targets, 1) / max(one.attack_interval, 0.1)
    stands = one.max_health * (1.0 + one.defense / 500.0) / max(1.0 - one.resistance / 100.0, 0.1)
    return power / 500.0 + stands / 4000.0 * (1.0 if one.melee else 0.3)

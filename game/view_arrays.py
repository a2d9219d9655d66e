"""Views as arrays and back: a `BattleView` is for traces and people, a `ViewArrays` for compiled code.

Enemies are named by kind in a view and numbered in arrays; the numbers are those of `enemy_tables.kinds_of(stage)`.
"""

from __future__ import annotations

from collections.abc import Sequence

from game.simulator.display import COOLING, READY, UNAFFORDABLE, ViewArrays, empty_arrays
from game.view import BattleView, Card, CardState, EnemySeen, OperatorSeen

CARD_STATES: dict[int, CardState] = {READY: "ready", UNAFFORDABLE: "unaffordable", COOLING: "cooling"}
CARD_NUMBERS = {state: number for number, state in CARD_STATES.items()}


def arrays_of(views: Sequence[BattleView], kinds: Sequence[str]) -> ViewArrays:
    """What is seen in B views, as arrays. Nothing is corrected here: what the bot's vision misread stays as it is.

    The battle of a view is decided when no life is left or the counter is full. A kind of enemy that is not in `kinds`
    has the number `len(kinds)`.
    """
    lengths = [max(len(getattr(view, part)) for view in views) for part in ("cards", "operators", "enemies")]
    arrays = empty_arrays(len(views), *lengths)
    numbers = {kind: number for number, kind in enumerate(kinds)}
    for b, view in enumerate(views):
        _fill(view, numbers, arrays, b)
    return arrays


def _fill(view: BattleView, numbers: dict[str, int], arrays: ViewArrays, b: int) -> None:
    """Write one view into the arrays as battle `b`."""
    cards, operators, enemies = len(view.cards), len(view.operators), len(view.enemies)
    decided = view.life <= 0 or view.kills >= view.total
    figures = (view.kills, view.total, view.life, view.dp, view.slots_left, decided, cards, operators, enemies)
    arrays.battle[b : b + 1] = [figures]
    arrays.cards[b, :cards] = [(one.cost, one.slot, CARD_NUMBERS[one.state], one.copies) for one in view.cards]
    arrays.operators[b, :operators] = [
        (one.slot, one.row, one.col, one.direction, one.health, one.skill_ready, one.sp or 0.0, one.skill_active, 0)
        for one in view.operators
    ]
    arrays.enemies[b, :enemies] = [
        (numbers.get(one.kind, len(numbers)), one.row, one.col, one.health, 0, False, False) for one in view.enemies
    ]


def view_of(arrays: ViewArrays, kinds: Sequence[str], b: int = 0) -> BattleView:
    """The view of battle `b`, with its cards in the order of the hand. IndexError for a kind that `kinds` lacks."""
    kills, total, life, dp, slots_left, _, cards, operators, enemies = arrays.battle[b : b + 1].tolist()[0]
    return BattleView(
        kills=kills,
        total=total,
        life=life,
        dp=dp,
        slots_left=slots_left,
        cards=tuple(
            Card(slot, cost, CARD_STATES[state], copies)
            for cost, slot, state, copies in sorted(arrays.cards[b, :cards].tolist())
        ),
        operators=tuple(OperatorSeen(*shown[:8]) for shown in arrays.operators[b, :operators].tolist()),
        enemies=tuple(
            EnemySeen(kinds[kind], row, col, health)
            for kind, row, col, health, *_ in arrays.enemies[b, :enemies].tolist()
        ),
    )

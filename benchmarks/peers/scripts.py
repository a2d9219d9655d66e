"""The policies that do not learn: greedy, random, and the stored plan of an included stage; and what the plan shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from game.actions import flatten
from learning.plan_policy import PlanPolicy, brought
from learning.policy import Greedy, Policy, Random
from peers.battles import Choice, FlatBattles, Legal, Point, Row
from planning.solutions import solution

SHOWN = range(3000, 3096)
"""Seeds of the battles that the plan plays as demonstrations, as many as ours (see learning.demonstrations)."""


def chosen_by(policy: Policy) -> Choice:
    """One of our policies as one that names flat actions."""
    return lambda field: flatten(policy.decide(field.battle.view()).action, field.slots, field.tiles)


def greedy(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[Point]:
    """The script of learning.policy that deploys the highest damage where it covers most."""
    del budget
    yield _script("greedy", stage, squad, seed)


def random(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[Point]:
    """Any legal action."""
    del budget
    yield _script("random", stage, squad, seed)


def _script(name: str, stage: str, squad: Sequence[str] | None, seed: int) -> Point:
    """The only point of a policy of learning.policy."""
    inner = FlatBattles(stage, squad).inner
    player: Policy = Random(inner.stage, inner.squad, seed)
    if name == "greedy":
        player = Greedy(inner.stage, inner.squad)
    return Point(0, 0.0, 0.0, chosen_by(player))


def plan(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[Point]:
    """The plan that is stored for the stage (planning.solutions), one step a second. Finding it takes no time here.

    Raises PlanError where there is none.
    """
    del seed, budget
    inner, followed = FlatBattles(stage, squad).inner, solution(stage)
    brings = brought(followed, inner.squad)
    following: dict[int, Callable[[FlatBattles], int]] = {}

    def choose(field: FlatBattles) -> int:
        """Follow the plan in this field's battles; it knows a new battle by its clock."""
        if id(field) not in following:
            following.clear()
            following[id(field)] = chosen_by(PlanPolicy(followed, inner.stage, brings, lambda: field.battle.seconds))
        return following[id(field)](field)

    yield Point(0, 0.0, 0.0, choose)


class Shown(NamedTuple):
    """One decision of a demonstration and what followed."""

    before: Row
    legal: Legal
    action: int
    reward: float
    after: Row
    after_legal: Legal
    ended: bool


def shown_by_plan(stage: str, squad: Sequence[str] | None) -> list[Shown]:
    """The decisions of those battles of SHOWN that the stored plan wins.

    Raises PlanError where no plan is stored.
    """
    choose, field = next(plan(stage, squad, 0, 0)).choose, FlatBattles(stage, squad)
    found = list[Shown]()
    for seed in SHOWN:
        field.reset(seed=seed)
        decisions = list(_decisions(field, choose))
        found += decisions if field.battle.outcome == "won" else []
    return found


def _decisions(field: FlatBattles, choose: Choice) -> Iterator[Shown]:
    """A battle, decision by decision."""
    ended = truncated = False
    while not (ended or truncated):
        before, legal, action = field.seen, field.action_masks(), choose(field)
        after, reward, ended, truncated, _ = field.step(action)
        yield Shown(before, legal, action, reward, after, field.action_masks(), ended)

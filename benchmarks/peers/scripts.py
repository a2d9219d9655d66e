"""The policies that do not learn: greedy, random, and the stored plan of an included stage; and what the plan shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from game.actions import flatten
from learning.plan_policy import PlanPolicy, brought
from learning.policy import Greedy, Policy, Random
from peers.battles import Choice, FlatBattles, Legal, Point, Row, Train, timed
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


Learn: TypeAlias = Callable[[str, Sequence[str] | None, int, int, Sequence[Shown]], Iterator[tuple[int, Choice]]]
"""Learns a stage with a squad, from a seed, for so many decisions, with these experiences in the buffer at first."""


def beginnings(learn: Learn) -> tuple[Train, Train]:
    """Two peers of one library: one that begins with an empty buffer, and one with the plan's battles in it."""

    @timed
    def train(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[tuple[int, Choice]]:
        """Learn from nothing."""
        yield from learn(stage, squad, seed, budget, ())

    @timed
    def train_from_plan(
        stage: str, squad: Sequence[str] | None, seed: int, budget: int
    ) -> Iterator[tuple[int, Choice]]:
        """Learn as `train` does, with the plan's battles in the buffer at first."""
        yield from learn(stage, squad, seed, budget, shown_by_plan(stage, squad))

    return train, train_from_plan


def shown_by_plan(stage: str, squad: Sequence[str] | None) -> list[Shown]:
    """The decisions of those battles of SHOWN that the stored plan wins.

    Raises PlanError where no plan is stored.
    """
    choose, field = next(plan(stage, squad, 0, 0)).choose, FlatBattles(stage, squad)
    found = list[Shown]()
    for seed in SHOWN:
        field.reset(seed=seed)
        battle = list(decisions(field, choose))
        found += battle if field.battle.outcome == "won" else []
    return found


def decisions(field: FlatBattles, choose: Choice) -> Iterator[Shown]:
    """A battle that was just begun, decision by decision."""
    ended = truncated = False
    while not (ended or truncated):
        before, legal, action = field.seen, field.action_masks(), choose(field)
        after, reward, ended, truncated, _ = field.step(action)
        yield Shown(before, legal, action, reward, after, field.action_masks(), ended)

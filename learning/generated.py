"""Generated stages as something to train on: each with a squad, and a plan of that squad that wins it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import Catalogue
from game.characters.models import Operator
from game.errors import StageError
from game.levels.stage import Stage, stage_of
from learning.training_task import Task
from planning.generator import ATTEMPTS, DIFFICULTIES, draw
from planning.search import BLOCKS, search
from planning.solutions import as_plan

BUDGET = 3000
"""Battles in which the search has to find a plan."""
FEWEST = 8
"""Operators of the default squad that play, at least."""


def generated_tasks(
    count: int, seed: int, catalogue: Catalogue, squads: Sequence[Sequence[Operator]] = (),
    tell: Callable[[str], object] = lambda _: None,
) -> Iterator[Task]:  # fmt: skip
    """So many generated stages of all difficulties; the same seed gives the same ones.

    Each has one of the `squads`, or without any some members of the default squad. A stage for which the search finds
    no plan without a leak is left out. `tell` gets a line for each stage found. Raises StageError after 40 such stages
    in a row.
    """
    rng, found, vain = np.random.default_rng([seed, 7]), 0, 0
    while found < count:
        level = draw(int(rng.integers(10**6)), int(rng.choice(list(DIFFICULTIES))), catalogue)
        stage, squad = stage_of(level, level["code"], catalogue), _squad(rng, catalogue, squads)
        if task := won_task(stage, squad, found):
            found, vain = found + 1, 0
            tell(f"{stage.code}: generated, {found} of {count}")
            yield task
        else:
            vain += 1
        if vain >= ATTEMPTS:
            raise StageError(
                f"none of {ATTEMPTS} generated stages can be won with these operators; take a stronger squad"
            )


def won_task(stage: Stage, squad: Sequence[Operator], seed: int) -> Task | None:
    """The stage with a plan of the squad that wins it without a leak; None where a short search finds none."""
    best = search(stage, squad, seed=seed, budget=BUDGET, blocks=BLOCKS[:3])
    return Task(stage, squad, as_plan(best.draft, stage, squad)) if best.stars == 3 else None


def _squad(
    rng: np.random.Generator, catalogue: Catalogue, squads: Sequence[Sequence[Operator]]
) -> tuple[Operator, ...]:
    """One of the squads, or some members of the default one in any order."""
    if squads:
        return tuple(squads[int(rng.integers(len(squads)))])
    names = [one.name for one in default_squad(catalogue)]
    return squad_of(
        rng.choice(names, size=int(rng.integers(FEWEST, len(names) + 1)), replace=False).tolist(), catalogue
    )

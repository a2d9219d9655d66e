"""How hard the shipped stages are: the stored solution, the greedy script and uniform random play on each.

python benchmarks/stages.py [--battles N] [--json]

All use the default squad. The solution is played in five battles, of which the worst counts. The greedy script plays
five battles as well. Random play (any legal action each second, all equally likely) plays N battles, and N more without
retreats.
"""

from __future__ import annotations

import argparse
import json
from typing import NamedTuple

from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.measuring import play as decide
from learning.policy import Greedy, Policy, Random
from planning.assignment import assign_operators
from planning.playing import play_plan
from planning.solutions import BATTLES, solution, stars_of

CATALOGUE = load_catalogue()


class StageRow(NamedTuple):
    """One row of the table."""

    code: str
    name: str
    enemies: int
    steps: int
    """Of the stored solution."""
    solution: int
    """The fewest stars it wins in five battles."""
    seconds: float
    """Seconds of play with it."""
    greedy: int
    """Battles, of five, that the greedy script wins."""
    random: float
    """Share of its battles that random play wins."""
    keeping: float
    """Share of its battles that random play without retreats wins."""
    lesson: str


def measure(name: str, battles: int) -> StageRow:
    """Play one stage in all these ways."""
    stage, plan = load_stage(name, CATALOGUE), solution(name)
    squad = default_squad(CATALOGUE)
    return StageRow(
        code=stage.code,
        name=name,
        enemies=stage.total,
        steps=len(plan.steps),
        solution=stars_of(plan, stage, CATALOGUE),
        seconds=play_plan(plan, stage, assign_operators(plan, CATALOGUE)).seconds,
        greedy=sum(won(stage, Greedy(stage, squad), seed) for seed in BATTLES),
        random=sum(won(stage, Random(stage, squad, seed), seed) for seed in range(battles)) / battles,
        keeping=sum(won(stage, Random(stage, squad, seed, retreats=False), seed) for seed in range(battles)) / battles,
        lesson=stage.lesson,
    )


def won(stage: Stage, policy: Policy, seed: int) -> bool:
    """Whether a policy wins a battle."""
    battle = Battle(stage, default_squad(CATALOGUE), seed)
    decide(battle, policy)
    return battle.outcome == "won"


def table(lines: list[StageRow], battles: int) -> str:
    """The table as text."""
    rows = [
        f"stage                   enemies  solution         greedy  random, and without retreats ({battles} battles)"
    ]
    rows += [
        f"{line.code:<6}{line.name:<18}{line.enemies:>7}  {line.solution} stars {line.steps:>2} steps"
        f"  {line.greedy}/{len(BATTLES)}  {line.random:>6.1%}  {line.keeping:>6.1%}  {line.lesson}"
        for line in lines
    ]
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--battles", type=int, default=200, help="battles of random play on each stage")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each stage")
    options = parser.parse_args()
    lines = [measure(name, options.battles) for name in shipped_stages()]
    if options.json:
        for line in lines:
            print(json.dumps(line._asdict(), ensure_ascii=False))
    else:
        print(table(lines, options.battles))


if __name__ == "__main__":
    main()

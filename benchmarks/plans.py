"""Checks the simulator against real plans: those with which players win real stages, played at rising levels.

python benchmarks/plans.py [STAGE PLAN ...] [--json]

Without arguments, the plans in shared/reference/copilot beside the project's folder are played, each on its stage; they
are no part of the project. Plans say nothing about levels, so each is played with the same build for all operators:
elite 0 and elite 1, at rising levels.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.sources import Sources, open_stage
from game.characters.catalogue import load_catalogue
from game.characters.models import Build
from game.errors import GameDataError
from game.gamedata.stages import StageIndex
from planning.assignment import assign_operators
from planning.jobs import read_plan
from planning.playing import PlanResult, play_plan

CATALOGUE = load_catalogue()

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"
BUILDS = (
    *(Build(elite=0, level=level, skill_level=min(1 + level // 10, 4)) for level in (1, 10, 20, 30)),
    Build(elite=0, skill_level=4),
    *(Build(elite=1, level=level, skill_level=7) for level in (1, 20, 40)),
    Build(elite=1, skill_level=7),
)
"""From a new recruit to the end of elite 1; skill levels above 4 need elite 1, as in the game."""


class PlanRow(NamedTuple):
    """A plan's results on its stage, one for each build."""

    plan: Path
    stage: str
    builds: tuple[Build, ...]
    played: tuple[PlanResult, ...]

    @property
    def begins(self) -> str:
        """The first build with which it wins without a leak."""
        return next((name(one) for one, it in zip(self.builds, self.played, strict=True) if it.stars == 3), "never")


def name(build: Build) -> str:
    """A build's column title."""
    return f"E{build.elite} {'max' if build.level is None else build.level}"


def given(reference: Path) -> Iterator[tuple[Path, Path]]:
    """The level files and plans in the reference folder, paired by the stage's code."""
    for plan in sorted((reference / "copilot").iterdir()):
        try:
            chapter, number = (int(part) for part in read_plan(plan).stage.split("-"))
        except ValueError:
            continue  # not a stage of a chapter
        stage = reference / "levels" / f"level_main_{chapter:02}-{number:02}.json"
        if stage.exists():
            yield stage, plan


def measure(stage: Path, plan: Path, builds: tuple[Build, ...] = BUILDS) -> PlanRow:
    """Play a plan with every build."""
    on, what = open_stage(stage, Sources(CATALOGUE, StageIndex())), read_plan(plan)
    played = tuple(play_plan(what, on, assign_operators(what, CATALOGUE, build)) for build in builds)
    return PlanRow(plan, on.code, builds, played)


def mark(played: PlanResult) -> str:
    """A result in the width of a column."""
    if played.stars == 3:
        return "3 stars"
    return f"{played.leaks} leaks" if played.won else f"{played.kills}/{played.total}"


def table(lines: Sequence[PlanRow]) -> str:
    """All rows as text; all were played with the same builds, and there is one at least."""
    width = max(len(line.plan.name) for line in lines) + 2
    head = f"{'plan':{width}}{'stage':7}" + "".join(f"{name(build):>9}" for build in lines[0].builds) + "   wins from"
    rows = [
        f"{line.plan.name:{width}}{line.stage:7}"
        + "".join(f"{mark(one):>9}" for one in line.played)
        + f"   {line.begins}"
        for line in lines
    ]
    return "\n".join([head, *rows])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="At which level real plans win real stages in the simulator.")
    parser.add_argument("pairs", nargs="*", type=Path, metavar="STAGE PLAN", help="level files, each with its plan")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    chosen = parser.parse_args()
    if not chosen.pairs and not REFERENCE.is_dir():
        sys.exit(f"{REFERENCE} does not exist: give a level file and a plan for it")
    if len(chosen.pairs) % 2:
        sys.exit("give pairs: a level file and a plan for it")
    pairs = list(zip(chosen.pairs[::2], chosen.pairs[1::2], strict=True)) or list(given(REFERENCE))
    lines = []
    for stage, plan in pairs:
        try:
            lines.append(measure(stage, plan))
        except GameDataError as error:
            print(f"left out: {error}", file=sys.stderr)
    if chosen.json:
        print(
            json.dumps(
                {line.plan.name: {name(b): mark(p) for b, p in zip(BUILDS, line.played, strict=True)} for line in lines}
            )
        )
    elif lines:
        print(table(lines))


if __name__ == "__main__":
    main()

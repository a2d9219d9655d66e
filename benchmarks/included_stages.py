"""How long the search takes for the included stages.

python benchmarks/included_stages.py [--seeds 10] [--battles N] [NAME...]

For each stage and seed the search runs until a draft wins three stars in the battle as we know it, 40,000 battles at
most unless `--battles` says otherwise, with the default squad. (`holdfast plan` goes on from there, until the draft
holds in battles that differ.)
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from planning.search import search
from planning.solutions import BUDGET

CATALOGUE = load_catalogue()
SQUAD = default_squad(CATALOGUE)


def first_plan(name: str, seed: int, most: int = BUDGET) -> tuple[int, int, float]:
    """The stars of the first plan that holds in our battle, and the battles, at most `most`, and seconds until then."""
    stage, began = load_stage(name, CATALOGUE), time.monotonic()
    found = search(stage, SQUAD, seed, most, goes_on=lambda progress: progress.best.score.blocks == 0)
    return found.stars, found.battles, time.monotonic() - began


def main() -> None:
    """Measure and print, stage by stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--battles", type=int, default=BUDGET, help="at most so many for each plan")
    options = parser.parse_args()
    first_plan("first_watch", 0)  # compiles
    sys.stdout.write("stage            3 stars   battles: median   most   seconds: median   most\n")
    for name in options.names or shipped_stages():
        stars, battles, seconds = zip(
            *(first_plan(name, seed, options.battles) for seed in range(options.seeds)), strict=True
        )
        sys.stdout.write(
            f"{name:<17}{stars.count(3):>3} of {options.seeds}{statistics.median(battles):>18.0f}{max(battles):>7}"
            f"{statistics.median(seconds):>18.1f}{max(seconds):>7.1f}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()

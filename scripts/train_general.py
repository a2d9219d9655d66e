"""Trains the general policy that ships: python scripts/train_general.py [--decisions 60000] [--generated 8] [--seed 0].

On the shipped stages with the default squad, and on generated stages with squads drawn from the catalogue. Each has a
plan, whose battles are shown; a generated stage for which the search finds none with its squad is left out. It writes
learning/weights/general.safetensors and prints its SHA-256, which belongs into learning/general.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from game.characters.builds import default_squad
from game.characters.catalogue import Catalogue, load_catalogue
from game.levels.stage import load_stage, shipped_stages
from learning.general import general_weights, write_general
from learning.generated import generated_tasks
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.solutions import solution


def shipped(catalogue: Catalogue) -> Iterator[Task]:
    """The shipped stages with the default squad and their stored plans."""
    for name in shipped_stages():
        yield Task(load_stage(name, catalogue), default_squad(catalogue), solution(name))


def main() -> None:
    """Train, write, and print the digest."""
    parser = argparse.ArgumentParser(description="Trains the general policy that ships.")
    parser.add_argument("--decisions", type=int, default=60_000, help="decisions of play, on all stages together")
    parser.add_argument("--generated", type=int, default=8, help="generated stages")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    settings, catalogue = Settings(buffer_size=10_000), load_catalogue()
    tasks = [*shipped(catalogue), *generated_tasks(options.generated, options.seed, catalogue)]
    trainer = Trainer([TrainingTask(*task, settings, options.seed) for task in tasks], settings, options.seed)
    trainer.begin()
    while trainer.decisions < options.decisions:
        trainer.round()
        sys.stderr.write(f"\r{trainer.decisions:,} decisions, {trainer.dqn.updates:,} updates ")
    trainer.close()
    command = f"python scripts/train_general.py {' '.join(sys.argv[1:])}".strip()
    sys.stdout.write(f"\n{write_general(trainer.dqn, general_weights(), command)}  {general_weights()}\n")


if __name__ == "__main__":
    main()

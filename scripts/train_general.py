"""Trains the general policy that ships: python scripts/train_general.py [--reference FOLDER] [--decisions 78000] ...

On the shipped stages with the default squad, on generated stages with squads drawn from the catalogue, and on the real
levels of chapters 0 to 4 of a folder of the game's public data (level files and tables) with squads drawn from all
whole operators of up to five stars. Each has a plan, whose battles are shown; where the search finds none without a
leak, the stage is left out. Real levels that benchmarks/unseen.py asks about are left out, too, and so are those that
only a squad of their own plays. It writes
learning/weights/general.safetensors and prints its SHA-256, which belongs into learning/general.py.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import Catalogue, load_catalogue
from game.characters.models import Operator
from game.gamedata.importing import import_tables, write_tables
from game.gamedata.stages import index_near
from game.levels.stage import load_stage, shipped_stages
from learning.general import general_weights, write_general
from learning.generated import generated_tasks, won_task
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.solutions import solution

CHAPTERS = re.compile(r"level_main_0[0-4]-\d+$")
HELD_OUT = ("0-9", "1-7", "2-5", "3-3", "4-3")
"""Real levels on which benchmarks/unseen.py measures what the policy is worth where it never was."""
SQUADS = 3
"""Of each real level."""
MEMBERS = 12
TAUGHT = 800
"""Updates from the plans' battles alone, before anything is played: about ten for each stage and squad."""


def shipped(catalogue: Catalogue) -> Iterator[Task]:
    """The shipped stages with the default squad and their stored plans."""
    for name in shipped_stages():
        yield Task(load_stage(name, catalogue), default_squad(catalogue), solution(name))


def real(reference: Path, seed: int) -> Iterator[Task]:
    """Real levels that are whole, each with some squads and the plans that the search finds for them."""
    rng = np.random.default_rng([seed, 8])
    with tempfile.TemporaryDirectory() as folder:
        write_tables(import_tables([reference / "tables"], load_catalogue()), Path(folder))
        catalogue = load_catalogue(Path(folder))
    for file in sorted(reference.rglob("level_main_*.json"), key=lambda file: file.stem):
        entry = index_near(file).of_file(file)
        if not CHAPTERS.search(file.stem) or (entry and entry.code in HELD_OUT):
            continue
        stage = load_stage(file, catalogue)
        for number in range(0 if stage.stand_ins or stage.own_squad else SQUADS):
            squad = drawn_squad(rng, catalogue)
            task = won_task(stage, squad, number)
            sys.stderr.write(f"{file.stem}, squad {number + 1}: {'a plan' if task else 'no plan without a leak'}\n")
            if task:
                yield task


def drawn_squad(rng: np.random.Generator, catalogue: Catalogue) -> Sequence[Operator]:
    """Some whole operators of up to five stars as players have them in these chapters: at elite 1, of any level."""
    names = [one.name for one in catalogue.characters.values() if one.rarity <= 5 and not one.missing]
    members = []
    for name in rng.choice(names, MEMBERS, replace=False).tolist():
        phases = catalogue.characters[name].phases[:2]
        members.append({"name": name, "elite": len(phases) - 1, "level": int(rng.integers(1, phases[-1].levels + 1))})
    return squad_of(members, catalogue)


def main() -> None:
    """Train, write, and print the digest."""
    parser = argparse.ArgumentParser(description="Trains the general policy that ships.")
    parser.add_argument("--reference", type=Path, help="folder of the game's public data: level files and tables")
    parser.add_argument(
        "--decisions", type=int, default=78_000,
        help="decisions of play, on all stages together; with three times as many it follows plans less well on real "
        "levels that it has not seen",
    )  # fmt: skip
    parser.add_argument("--generated", type=int, default=8, help="generated stages")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    settings, catalogue = Settings(buffer_size=10_000, taught_updates=TAUGHT), load_catalogue()
    tasks = [*shipped(catalogue), *generated_tasks(options.generated, options.seed, catalogue)]
    if options.reference:
        tasks += real(options.reference, options.seed)
    trainer = Trainer([TrainingTask(*task, settings, options.seed) for task in tasks], settings, options.seed)
    trainer.begin()
    while trainer.decisions < options.decisions:
        trainer.round()
        sys.stderr.write(f"\r{trainer.decisions:,} decisions, {trainer.dqn.updates:,} updates ")
    trainer.close()
    asked = [text if text != str(options.reference) else "FOLDER" for text in sys.argv[1:]]
    command = f"python scripts/train_general.py {' '.join(asked)}".strip()
    sys.stdout.write(f"\n{write_general(trainer.dqn, general_weights(), command)}  {general_weights()}\n")


if __name__ == "__main__":
    main()

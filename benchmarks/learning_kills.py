"""Kills a learner and a training at random moments while they write, and looks each time whether all of it is whole.

python benchmarks/learning_kills.py [--kills 200] [--seed 0] [--more 1000] [--json]

Every second kill hits the learner of play, with a battle handed in as soon as the one before is settled, and a
checkpoint after every third; the others hit a training that writes a checkpoint after every round. What is killed is a
fork of this process, 50 to 500 ms after it has said what it found; one in five is killed before it says anything. After
the last kill the training goes on, and another one is made without a kill: their weights must be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from game.actions import NOTHING
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.view import BattleView
from learning import checkpoint, training_folder
from learning.learner import Learner
from learning.replay import ReplayBuffer
from learning.settings import Settings
from learning.training import Progress, train
from learning.training_task import Task

PREPARING = 0.2
"""Share of the kills that come before a start has said anything."""
SOONEST, LATEST = 0.05, 0.5
"""Seconds from that to a kill."""
LENGTH = 12
"""Decisions of a battle that is handed in."""
SETTINGS = Settings(
    learning_starts=20, batch_size=8, channels=8, embedding=4, buffer_size=300, replay_ratio=0.05, battles=4,
    decisions_per_update=16,
)  # fmt: skip

Say = Callable[[dict[str, Any]], None]


@cache
def task() -> Task:
    """The easiest stage without a plan."""
    catalogue = load_catalogue()
    return Task(load_stage("first_watch", catalogue), default_squad(catalogue))


@cache
def battle() -> tuple[BattleView, ...]:
    """The views of the battle that is handed in, again and again."""
    stage, squad, _ = task()
    one, seen = Battle(stage, squad), []
    for _ in range(LENGTH):
        seen.append(one.view())
        one.step()
    return tuple(seen)


def learn(folder: Path, say: Say) -> None:
    """A learner that is kept busy. It says what it found, and of each battle that it is settled."""
    stage, squad, _ = task()
    learner = Learner(stage, squad, SETTINGS, 0, folder)
    known = learner.status()["battles"]
    say({"known": known, "complaints": list(learner.notes), "strange": strange(learner._agent.buffer)})
    learner.start()
    while learner.failed is None:
        for before, after in zip(battle(), [*battle()[1:], None], strict=True):
            learner.remember(before, NOTHING, after, None if after else "won", 0 if after else 3)
        known += 1
        if known % 3 == 0:
            learner.save()
        while learner.owed:
            time.sleep(0.001)
        say({"settled": known})
    say({"failed": learner.failed})


def strange(buffer: ReplayBuffer) -> int:
    """How many experiences of a buffer are of no decision of the battle that is handed in."""
    places = np.flatnonzero(buffer.arrays["complete"])
    batch = buffer.batch(places)
    worlds = _worlds()
    before = [worlds.get(one.tobytes(), -1) for one in batch.before.world]
    after = [worlds.get(one.tobytes(), -1) for one in batch.after.world]
    last = batch.discounts == 0
    right = [
        first >= 0 and (end or then == min(first + SETTINGS.n_step, LENGTH - 1))
        for first, then, end in zip(before, after, last, strict=True)
    ]
    kept = set(((buffer.written - 1 - np.arange(len(buffer))) % len(buffer.arrays["complete"])).tolist())
    return sum(place in kept and not fits for place, fits in zip(places.tolist(), right, strict=True))


@cache
def _worlds() -> dict[bytes, int]:
    """The number of each view of the battle by what a buffer has of it."""
    stage, squad, _ = task()
    learner = Learner(stage, squad, SETTINGS, 0, None)
    for before, after in zip(battle()[:-1], battle()[1:], strict=True):
        learner._agent.remember(before, NOTHING, after)
    worlds = learner._agent.buffer.arrays["world"][:LENGTH].astype(np.float32)  # as in a batch
    return {one.tobytes(): number for number, one in enumerate(worlds)}


def practise(folder: Path, say: Say, steps: int = 10**9) -> None:
    """A training that writes a checkpoint after every round. It says what it found, and how many decisions are kept."""
    training_folder.INTERVAL = 0.0

    def report(progress: Progress | str) -> None:
        if isinstance(progress, Progress):
            say({"settled": progress.steps})
        elif progress.startswith("going on after"):
            say({"known": int(progress.split()[3].replace(",", ""))})
        else:
            say({"complaints": [progress]})

    train([task()], steps, 0, folder, report, settings=SETTINGS)


class Kill(NamedTuple):
    """A start, and the kill that ended it."""

    work: str
    settled_before: int
    """Battles or decisions that were said to be kept, up to this start."""
    known: int | None
    """How many of them it found; None where it was killed before it said so."""
    settled: int
    complaints: list[str]
    """What it said about files of no use."""
    strange: int
    """Experiences in its buffer that were never made."""
    failed: str | None
    """The error that ended it before the kill."""
    started: float | None
    """Seconds until it said what it found."""

    @property
    def lost(self) -> int:
        """Battles or decisions lost."""
        return 0 if self.known is None else max(0, self.settled_before - self.known)


def fork(work: Callable[[Path, Say], None], folder: Path) -> tuple[int, int]:
    """A process that does this work: its id, and the end of a pipe with what it says, a line of JSON each."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read

    def say(what: dict[str, Any]) -> None:
        os.write(write, json.dumps(what).encode() + b"\n")

    try:
        torch.set_num_threads(1)
        work(folder, say)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is said, and no exception handler runs in a fork
        say({"failed": f"{type(error).__name__}: {error}"})
    os._exit(0)


def kill_once(name: str, folder: Path, settled: int, usual: float, rng: np.random.Generator) -> Kill:
    """Start a work and kill it at a random moment; `usual` is how long a start took before."""
    began, started, lines = time.monotonic(), None, list[bytes]()
    child, pipe = fork(WORKS[name], folder)
    with os.fdopen(pipe, "rb") as said:
        if rng.random() < PREPARING:
            time.sleep(rng.uniform(0, usual))
        else:
            lines.append(said.readline())
            started = time.monotonic() - began
            time.sleep(rng.uniform(SOONEST, LATEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines += said.readlines()
    told = [json.loads(line) for line in lines if line.endswith(b"\n")]
    found = {key: value for line in reversed(told) for key, value in line.items()}
    return Kill(
        name, settled, found.get("known"),
        max([settled, *(line["settled"] for line in told if "settled" in line)]),
        found.get("complaints", []), found.get("strange", 0), found.get("failed"), started,
    )  # fmt: skip


WORKS: dict[str, Callable[[Path, Say], None]] = {"learner": learn, "training": practise}


def measure(folder: Path, kills: int, seed: int) -> list[Kill]:
    """So many kills, of learner and training in turn, each with one folder."""
    rng, found = np.random.default_rng(seed), list[Kill]()
    usual, settled = dict.fromkeys(WORKS, 0.5), dict.fromkeys(WORKS, 0)
    _worlds()
    for name in [name for _ in range(-(-kills // 2)) for name in WORKS][:kills]:
        one = kill_once(name, folder / name, settled[name], usual[name], rng)
        settled[name], usual[name] = one.settled, one.started or usual[name]
        found.append(one)
        sys.stderr.write(f"\r{len(found)} of {kills} kills")
    sys.stderr.write("\n")
    return found


def comes_to_the_same(folder: Path, found: Sequence[Kill], more: int) -> bool:
    """Whether the training, after so many more decisions, has the weights of one that was never killed."""
    steps = max([one.settled for one in found if one.work == "training"], default=0) + more
    first = _trained(folder / "training", steps)
    # What a killed process had kept may be more than what it had said: only rounds in which battles ended are told.
    decisions = int(json.loads(dict(first)["training"])["trainer"]["decisions"]) if first else steps
    return first == _trained(folder / "whole", decisions) != []


def _trained(folder: Path, steps: int) -> list[tuple[str, bytes]]:
    """The numbers of a training that has gone on to so many decisions, in a process of its own."""
    _to_the_end(lambda path, say: practise(path, say, steps), folder)
    return list(_numbers(folder))


def start_once_more(folder: Path) -> None:
    """A learner of a folder starts after the last kill: it is for the next start to remove what a kill has left."""
    stage, squad, _ = task()

    def start(path: Path, _: Say) -> None:
        Learner(stage, squad, SETTINGS, 0, path)

    _to_the_end(start, folder / "learner")


def _to_the_end(work: Callable[[Path, Say], None], folder: Path) -> None:
    """Have a process of its own do a work until it is done."""
    child, pipe = fork(work, folder)
    with os.fdopen(pipe, "rb") as said:
        for _ in said:
            pass
    os.waitpid(child, 0)


def _numbers(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All numbers of the newest checkpoint of a folder, and what its training goes on from."""
    kept, _ = checkpoint.read_newest(folder)
    if kept is not None:
        yield from ((name, array.tobytes()) for name, array in sorted(kept.learned.items()))
        yield "training", str(kept.facts["training"]).encode()


def figures(folder: Path, found: Sequence[Kill], *, same: bool) -> dict[str, Any]:
    """What the kills have shown."""
    told = [one for one in found if one.known is not None]
    return {
        "kills": len(found),
        "kills before a word": len(found) - len(told),
        "starts that failed": sum(one.failed is not None for one in found),
        "starts that complained of a file": sum(bool(one.complaints) for one in found),
        "kills that lost a settled battle": sum(one.lost > 0 for one in found if one.work == "learner"),
        "kills that lost kept decisions": sum(one.lost > 0 for one in found if one.work == "training"),
        "experiences that were never made": sum(one.strange for one in found),
        "battles settled": max((one.settled for one in found if one.work == "learner"), default=0),
        "decisions trained": max((one.settled for one in found if one.work == "training"), default=0),
        "half-written files left": len(list(folder.rglob("writing-*"))),
        "median start (s)": round(statistics.median(one.started for one in found if one.started), 2),
        "the training comes to the same": same,
    }


def main() -> None:
    """Print the figures, or everything as JSON."""
    parser = argparse.ArgumentParser(description="Whether learning survives SIGKILL at any moment.")
    parser.add_argument("--kills", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments (0)")
    parser.add_argument("--more", type=int, default=1000, help="decisions of the training after the last kill (1000)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), chosen.kills, chosen.seed)
        start_once_more(Path(folder))
        told = figures(Path(folder), found, same=comes_to_the_same(Path(folder), found, chosen.more))
    if chosen.json:
        print(json.dumps({**told, "each": [one._asdict() for one in found]}))
    else:
        print("\n".join(f"{name:36}{value!s:>12}" for name, value in told.items()))
        print("\n".join(f"{one.work}: {complaint}" for one in found for complaint in one.complaints))


if __name__ == "__main__":
    main()

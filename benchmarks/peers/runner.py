"""Trains and measures every peer on every stage with every seed; each run is a file of its own as soon as it is done.

So the whole comparison may be spread over many calls: what has a file is not run again. A run that was cut off by the
time is kept with what was measured, and is run again from its beginning by the next call.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import msgspec

from peers.battles import Point, Train, evaluate

PEERS = {
    "holdfast": "peers.holdfast_agent:train",
    "maskable_ppo": "peers.maskable_ppo:train",
    "sb3_dqn": "peers.sb3_dqn:train",
    "tianshou_dqn": "peers.tianshou_dqn:train",
    "torchrl_dqn": "peers.torchrl_dqn:train",
    "seed_agent": "peers.seed_agent:train",
    "holdfast_plan": "peers.holdfast_agent:train_from_plan",
    "sb3_dqn_plan": "peers.sb3_dqn:train_from_plan",
    "tianshou_dqn_plan": "peers.tianshou_dqn:train_from_plan",
    "torchrl_dqn_plan": "peers.torchrl_dqn:train_from_plan",
    "greedy": "peers.scripts:greedy",
    "random": "peers.scripts:random",
    "plan": "peers.scripts:plan",
}
"""Where the function of each peer stands. `_plan`: shown battles that the stored plan wins."""
FROM_NOTHING = tuple(peer for peer in PEERS if not peer.endswith("_plan"))
"""The peers that are shown nothing."""
SCRIPTS = ("greedy", "random", "plan")
"""The peers that do not learn: measured once, and compared at every mark."""
DECISIONS, SECONDS = "decisions", "seconds"
AT_ONCE = ((DECISIONS, 0),)
"""The mark at which they are measured."""


class Measure(msgspec.Struct, frozen=True):
    """How a policy played when its training reached a mark."""

    unit: str
    """DECISIONS or SECONDS."""
    mark: int
    decisions: int
    """The first point that had at least reached the mark."""
    seconds: float
    cpu_seconds: float
    battles: int
    won: int
    clean: int
    """Won without a leak."""


class Run(msgspec.Struct, frozen=True):
    """One training of one peer with its measures."""

    peer: str
    stage: str
    seed: int
    budget: int
    """The decisions that were asked for; schedules depend on it."""
    complete: bool
    """Whether all marks that were asked for were reached."""
    measures: tuple[Measure, ...]
    machine: str
    load: float
    """Processes that wanted a core, in the mean of the last minute, when it ended."""


class Marks(NamedTuple):
    """When a training is measured."""

    decisions: Sequence[int]
    seconds: Sequence[int]

    def all(self) -> list[tuple[str, int]]:
        """Unit and value of each."""
        return [(DECISIONS, one) for one in self.decisions] + [(SECONDS, one) for one in self.seconds]

    @property
    def budget(self) -> int:
        """The decisions that are asked for."""
        return max(self.decisions, default=0)


class Task(NamedTuple):
    """A run to do."""

    peer: str
    stage: str
    seed: int

    def path(self, folder: Path) -> Path:
        """Where its file stands."""
        return folder / f"{self.peer}-{Path(self.stage).stem}-{self.seed}.json"


def tasks(peers: Sequence[str], stages: Sequence[str], seeds: Sequence[int]) -> list[Task]:
    """All runs, seed after seed, so that a comparison that was cut off has all peers and stages; plan and greedy have
    no chance in them, and random's is measured over enough battles: one seed of each.
    """
    return [
        Task(peer, stage, seed)
        for number, seed in enumerate(seeds)
        for stage in stages
        for peer in peers
        if peer not in SCRIPTS or number == 0
    ]


def trainer(peer: str) -> Train:
    """The function of a peer. Raises ImportError where its library is not installed."""
    module, name = PEERS[peer].split(":")
    found: Train = getattr(import_module(module), name)
    return found


def read(path: Path) -> Run | None:
    """A run's file; None where there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Run) if path.exists() else None


def write(path: Path, run: Run) -> None:
    """Write a run's file, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    part.replace(path)


def wanted(peer: str, marks: Marks) -> Sequence[tuple[str, int]]:
    """The marks at which a peer is measured."""
    return AT_ONCE if peer in SCRIPTS else marks.all()


def is_done(run: Run | None, marks: Marks, battles: int) -> bool:
    """Whether it was measured at every mark in so many battles at least."""
    if run is None:
        return False
    there = {(one.unit, one.mark) for one in run.measures if one.battles >= battles}
    return there >= set(wanted(run.peer, marks))


def run_task(task: Task, marks: Marks, battles: int, deadline: float) -> Run:
    """Train and measure until every mark is reached, or the clock (time.monotonic) shows the deadline."""
    import torch

    torch.set_num_threads(1)
    left, measures = list(wanted(task.peer, marks)), list[Measure]()
    for point in trainer(task.peer)(task.stage, None, task.seed, marks.budget):
        reached = [one for one in left if _is_reached(one, point)]
        if reached:
            score = evaluate(point.choose, task.stage, None, battles)
            measures += [Measure(*one, *_spent(point), *score) for one in reached]
            left = [one for one in left if one not in reached]
        if not left or time.monotonic() >= deadline:
            break
    load = round(os.getloadavg()[0], 1)
    return Run(*task, marks.budget, not left, tuple(measures), machine(), load)


def _spent(point: Point) -> tuple[int, float, float]:
    """Decisions, seconds and CPU seconds of a training so far."""
    return point.decisions, round(point.seconds, 2), round(point.cpu_seconds, 2)


def _is_reached(mark: tuple[str, int], point: Point) -> bool:
    """Whether a training has come so far."""
    unit, value = mark
    return (point.decisions if unit == DECISIONS else point.seconds) >= value


def machine() -> str:
    """What it ran on."""
    return (
        f"{os.cpu_count()} x {platform.machine()}, {platform.system()}, Python {platform.python_version()}, one thread"
    )


def compare(
    todo: Sequence[Task], marks: Marks, battles: int, folder: Path, minutes: float
) -> Iterator[tuple[Task, str]]:
    """Do the runs that are not done yet until the time is over; each with a line that says how it went."""
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + 60 * minutes
    for task in todo:
        path = task.path(folder)
        before = read(path)
        if is_done(before, marks, battles):
            yield task, "done before"
            continue
        if time.monotonic() >= deadline:
            yield task, "left for the next call"
            continue
        try:
            run = run_task(task, marks, battles, deadline)
        except ImportError as error:
            yield task, f'left out: {error}; pip install --constraint constraints.txt --editable ".[bench]"'
            continue
        if before is None or len(run.measures) >= len(before.measures):
            write(path, run)
        yield task, told(run)


def told(run: Run) -> str:
    """A run in a line."""
    parts = [f"{one.mark:,} {one.unit}: {one.clean} of {one.battles}" for one in run.measures]
    last = run.measures[-1] if run.measures else None
    rate = f"; {last.decisions / last.seconds:,.0f} decisions/s" if last and last.seconds else ""
    return ("; ".join(parts) or "no mark reached") + rate + ("" if run.complete else "; cut off")

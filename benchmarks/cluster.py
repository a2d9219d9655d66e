"""What a Ray cluster brings to training: python benchmarks/cluster.py [--rounds 40] [--kills 5] [--seed 0] [--json].

Ray's nodes are processes of this machine, one processor each. Decisions a second are measured without updates, and
with them, played here and by one and two workers. The bytes of a decision, of the weights, and the rate at which Ray's
object store takes them in are measured as well; from these the model at the end follows:

    decisions a second = min(workers * decisions of one worker, decisions per update * updates a second,
                             the store's rate / bytes a decision)

With --kills nodes with workers are killed (SIGKILL) at random moments of a training, which has to end with the same
weights as one in which none was.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import pickle  # to measure what Ray sends
import random
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

import torch

from bot.cluster import Cluster, _packed, _ray, connected
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from learning.player import Player, Seats, players_here
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.solutions import solution

STAGE = "two_roads"
WARM_UP = 3
"""Rounds before those that are timed."""


def task() -> Task:
    """A stage with its stored plan."""
    catalogue = load_catalogue()
    return Task(load_stage(STAGE, catalogue), default_squad(catalogue), solution(STAGE))


class Nodes:
    """A Ray cluster of processes of this machine."""

    def __init__(self, count: int) -> None:
        _ray()
        from ray.cluster_utils import Cluster as Processes

        self.processes = Processes(initialize_head=True, head_node_args={"num_cpus": 0})
        self.nodes = [self.processes.add_node(num_cpus=1) for _ in range(count)]

    @contextlib.contextmanager
    def joined(self) -> Iterator[Cluster]:
        """Connected to it; it ends with the block."""
        try:
            with connected(self.processes.address) as cluster:
                yield cluster
        finally:
            self.processes.shutdown()

    def replace_one(self, chance: random.Random) -> None:
        """Kill a node without warning, and start another."""
        lost = self.nodes.pop(chance.randrange(len(self.nodes)))
        self.processes.remove_node(lost, allow_graceful=False)
        self.nodes.append(self.processes.add_node(num_cpus=1))


def rates(seats: Seats, rounds: int, *, learning: bool) -> dict[str, float]:
    """Decisions and updates a second."""
    settings = Settings(learning_starts=0 if learning else 10**9, buffer_size=20_000)
    one = TrainingTask(*task(), settings, 0, seats)
    if not learning:
        one.shown = None
    trainer = Trainer([one], settings, 0)
    for _ in range(WARM_UP):
        trainer.round()
    decisions, updates, began = trainer.decisions, trainer.dqn.updates, time.perf_counter()
    for _ in range(rounds):
        trainer.round()
    passed = time.perf_counter() - began
    trainer.close()
    done = {"decisions": trainer.decisions - decisions, "updates": trainer.dqn.updates - updates}
    return {name: round(number / passed, 1) for name, number in done.items()}


def scaling(rounds: int) -> dict[str, dict[str, float]]:
    """Rates played here and by one and two workers, without learning and with it."""
    found = {}
    for workers in (0, 1, 2):
        with contextlib.ExitStack() as stack:
            seats: Seats = players_here
            if workers:
                seats = stack.enter_context(Nodes(workers).joined()).seats
            where = f"{workers} workers" if workers else "here"
            found[f"{where}, no updates"] = rates(seats, rounds, learning=False)
            found[f"{where}, learning"] = rates(seats, rounds, learning=True)
            print(where, found[f"{where}, no updates"], found[f"{where}, learning"], flush=True)
    return found


def sizes() -> dict[str, float]:
    """Bytes of a decision and of the weights as Ray sends them, and how much the object store takes a second."""
    settings, (stage, squad, plan) = Settings(), task()
    one = TrainingTask(stage, squad, plan, settings, 0)
    weights = Trainer([one], settings, 0).dqn.weights()
    player = Player(stage, squad, plan, settings, 0, 0)
    played = player.play(weights, 0.1)
    sent = pickle.dumps(_packed(played, player.state()), protocol=5)
    decisions = sum(len(one.actions) for one in played.played)
    with Nodes(1).joined():
        ray, block = _ray(), torch.zeros(4 << 20)
        times = []
        for _ in range(20):
            began = time.perf_counter()
            ray.put(block.numpy())
            times.append(time.perf_counter() - began)
    return {
        "bytes a decision": round(len(sent) / decisions, 1),
        "bytes of the weights": sum(part.numel() * part.element_size() for part in weights.values()),
        "MB a second into the store": round(block.numel() * 4 / statistics.median(times) / 1e6, 1),
    }


def killed(kills: int, rounds: int, seed: int) -> dict[str, Any]:
    """The digests of the weights of two trainings, in the second of which nodes are killed."""
    undisturbed, _ = _digest(0, rounds, seed)
    disturbed, lost = _digest(kills, rounds, seed)
    return {"same weights": undisturbed == disturbed, "workers lost": lost, "sha256": [undisturbed, disturbed]}


def _digest(kills: int, rounds: int, seed: int) -> tuple[str, int]:
    """The digest of the weights of a training in which so many nodes are killed, and how many workers it lost."""
    nodes, chance, over, settings = Nodes(2), random.Random(seed), threading.Event(), Settings(buffer_size=20_000)

    def kill() -> None:
        for _ in range(kills):
            if over.wait(chance.uniform(3.0, 9.0)):
                return
            nodes.replace_one(chance)

    killer = threading.Thread(target=kill)
    with nodes.joined() as cluster:
        trainer = Trainer([TrainingTask(*task(), settings, seed, cluster.seats)], settings, seed)
        trainer.begin()
        killer.start()
        for _ in range(rounds):
            trainer.round()
        over.set()
        killer.join()
        trainer.close()
    named = sorted(trainer.dqn.weights().items())
    return hashlib.sha256(b"".join(part.numpy().tobytes() for _, part in named)).hexdigest(), cluster.lost


def model(found: dict[str, dict[str, float]], size: dict[str, float]) -> dict[str, float]:
    """Workers that keep one learner busy, and decisions a second that it and the store can take."""
    one, learning = found["1 workers, no updates"]["decisions"], found["2 workers, learning"]
    per_update = Settings().decisions_per_update
    learner = max(rate["updates"] for name, rate in found.items() if "learning" in name) * per_update
    store = size["MB a second into the store"] * 1e6 / size["bytes a decision"]
    return {
        "decisions/s the learner takes": round(learner),
        "decisions/s the store takes": round(store),
        "decisions/s of one worker": one,
        "workers that keep the learner busy": round(learner / one, 1),
        "measured with 2 workers": learning["decisions"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a Ray cluster brings to training.")
    parser.add_argument("--rounds", type=int, default=40, help="of 512 decisions, timed (40)")
    parser.add_argument("--kills", type=int, default=5, help="nodes that are killed (5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found, size = scaling(options.rounds), sizes()
    result: dict[str, Any] = {"rates": found, "sizes": size, "model": model(found, size)}
    if options.kills:
        result["killed"] = killed(options.kills, options.rounds, options.seed)
    print(json.dumps(result, indent=None if options.json else 2))


if __name__ == "__main__":
    main()

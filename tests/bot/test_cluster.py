"""Workers of a Ray cluster play for a training; what is lost with them is played again, to the same result."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from levels import CATALOGUE

from bot import cluster
from bot.cli import main
from bot.cluster import FOUND, HERE, ClusterError, connected
from game.characters.builds import default_squad
from game.errors import DONE
from game.levels.stage import load_stage, shipped_stages
from learning import checkpoint
from learning.settings import Settings
from learning.training import train
from learning.training_task import Task

QUICK = Settings(
    battles=4, decisions_per_update=16, learning_starts=100, batch_size=8, buffer_size=500, epsilon_decisions=100
)
STEPS = 480
pytestmark = pytest.mark.timeout(900)  # Ray and its workers start slowly on a machine that has not read them yet


@pytest.fixture(scope="module")
def task():
    """The easiest stage, without a plan."""
    return Task(load_stage(shipped_stages()[0], CATALOGUE), default_squad(CATALOGUE))


@pytest.fixture(scope="module")
def two_processors():
    """A cluster of this machine with two workers."""
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    with connected(HERE) as connection:  # its processors are taken once a training has begun
        yield connection


def weights(folder):
    """The weights of a folder, as bytes by name."""
    kept, _ = checkpoint.read_newest(folder)
    return {name: array.tobytes() for name, array in kept.learned.items()}


def test_each_item_is_done_once_in_whatever_order(two_processors):
    """Results come with their items; an error of the function is raised."""
    assert dict(two_processors.each(abs, [-3, 2, -1])) == {-3: 3, 2: 2, -1: 1}
    with pytest.raises(TypeError, match="bad operand type"):
        list(two_processors.each(abs, [1, "one"]))


def test_a_cluster_finds_the_same_plans_as_this_machine(two_processors, tmp_path, monkeypatch):
    """To the last byte, as long as the battles of a search end before its seconds."""
    monkeypatch.setattr(cluster, "connected", lambda _: nullcontext(two_processors))
    listed = tmp_path / "list.txt"
    listed.write_text("first_watch\nshort_road\n")
    for out, where in (("here", ()), ("there", ("--cluster", HERE))):
        search = ("--battles", "300", "--seconds", "600", "--out", str(tmp_path / out))
        assert main(["plan", "--stages", str(listed), *search, *where]) == DONE
    here, there = (sorted((tmp_path / out).iterdir()) for out in ("here", "there"))
    assert [one.name for one in here] == ["first_watch.json", "short_road.json"]
    assert [one.read_bytes() for one in here] == [one.read_bytes() for one in there]


def test_workers_may_be_killed_and_the_weights_are_those_of_a_training_without_a_cluster(
    two_processors, task, tmp_path
):
    """Each worker is killed while it has players; the last one too, after which new ones start."""
    train([task], STEPS, 0, tmp_path / "here", lambda _: None, settings=QUICK)
    rounds = []

    def report(_):
        workers = [one for one in psutil.Process().children(recursive=True) if "Worker" in one.name()]
        rounds.append(len(workers))
        if len(rounds) in (1, 3):
            for one in workers[: len(rounds)]:
                os.kill(one.pid, signal.SIGKILL)

    train([task], STEPS, 0, tmp_path / "there", report, settings=QUICK, seats=two_processors.seats)
    assert two_processors.lost >= 2
    assert weights(tmp_path / "there") == weights(tmp_path / "here")


def test_an_address_without_a_cluster_is_one_line():
    """At once, and it says how to start one; one that is none is no cluster's either."""
    for address, said in (
        ("127.0.0.1:1", "--cluster 127.0.0.1:1: no Ray cluster answers .*ray start --head"),
        ("somewhere", "--cluster somewhere: write HOST:PORT of the cluster's head, auto or local"),
    ):
        with pytest.raises(ClusterError, match=said), connected(address):
            pass


@pytest.mark.parametrize(
    ("ray_says", "said"),
    [
        ("The current node timed out\nduring startup.", "no Ray cluster answers .The current node timed out"),
        ("Failed to connect to Ray cluster at auto", "if it asks for a token, copy ~/.ray/auth_token of its head here"),
    ],
)
def test_a_cluster_that_does_not_start_or_answer_is_one_line(monkeypatch, ray_says, said):
    """Ray raises a bare Exception on a machine that is too busy, and where a token is missing it does not say so."""

    def init(**_):
        raise Exception(ray_says)  # noqa: TRY002 - as Ray does

    monkeypatch.setattr(cluster, "_ray", lambda _: SimpleNamespace(init=init))
    with pytest.raises(ClusterError, match=said), connected(FOUND):
        pass


def test_a_cluster_that_asks_for_a_token_is_shown_the_one_of_this_machine(tmp_path):
    """As on a further machine to which the head's token was copied."""
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    token = tmp_path / "auth_token"
    token.write_text("0123456789abcdef" * 4)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    bare["RAY_AUTH_TOKEN_PATH"] = str(token)  # without it: ~/.ray/auth_token
    ray = Path(sys.executable).with_name("ray")
    start = [ray, "start", "--head", "--port=0", "--num-cpus=1", "--include-dashboard=false", "--block"]
    asks = {"RAY_AUTH_MODE": "token", "RAY_USAGE_STATS_ENABLED": "0", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(start, env=bare | asks, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as head:
        try:
            said = next(line for line in head.stdout if "ray start --address=" in line)
            address = re.search(r"--address='(.+)'", said)[1]
            use = f"import bot.cluster as c\nwith c.connected({address!r}) as it: print(dict(it.each(abs, [7])))"
            answer = subprocess.run([sys.executable, "-c", use], env=bare, capture_output=True, text=True, check=False)
        finally:
            for process in (*psutil.Process(head.pid).children(recursive=True), head):
                process.kill()
    assert "{7: 7}" in answer.stdout, answer.stderr

"""More than one machine: workers of a Ray cluster play for a training, and search for plans.

Everything of Ray is in this module; it is an extra of its own and imported only where --cluster is given. A worker is
an actor on one processor. It holds players of a training (learning.player), which get the weights through Ray's object
store and send back what they played. The training keeps the last state of each player: where a worker is lost, its
players begin again elsewhere from there, and play the same again. So only what was under way is lost, and the result is
the same on any number of workers.

Ray sends pickled objects between its machines: who may connect to a cluster may run code on it (see SECURITY.md).
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from game.characters.models import Operator
from game.errors import InputError
from game.levels.stage import Stage
from learning.arrays import Bytes
from learning.player import PlayedRound, Player, Weights, shares_of
from learning.settings import Settings
from planning.plans import Plan

HERE = "local"
"""The address that starts a cluster on this machine alone, for as long as the command runs."""
FOUND = "auto"
"""The address of the cluster that this machine is part of."""
TO_CONNECT = 5.0
"""Seconds in which the head of a cluster has to answer."""
TRIES = 10
"""Workers in a row that may be lost in the same round of a player, or the same task, before the work is given up."""
TO_START = 180.0
"""Seconds that workers have to start."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class ClusterError(InputError):
    """There is no cluster at the address, or no worker left."""


def _ray(address: str) -> Any:
    """Ray, which sends no usage reports from here, and shows the token of this machine, if there is one, to a cluster.

    Left to itself Ray does so only where it starts the cluster. One that asks for none is not disturbed by it.
    https://docs.ray.io/en/latest/ray-security/token-auth.html
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    named = os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token"
    if address != HERE and ("RAY_AUTH_TOKEN" in os.environ or Path(named).is_file()):
        os.environ.setdefault("RAY_AUTH_MODE", "token")  # read as Ray is imported
    import ray

    return ray


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster at an address (`HOST:PORT` of its head; `auto`: the one of this machine; `local`: one that is started
    here and ends with the block).

    Raises ClusterError where there is none, or no worker starts.
    """
    _check_address(address)
    ray = _ray(address)
    options = {"include_dashboard": False} if address == HERE else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **options)
    except Exception as error:  # noqa: BLE001 - Ray has no class for a node that does not start in time
        raise _no_cluster(address, " ".join(str(error).split())[:200]) from None
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


def _check_address(address: str) -> None:
    """Raise ClusterError where nothing listens at HOST:PORT: Ray itself goes on trying for minutes."""
    if address in (HERE, FOUND):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ClusterError(f"--cluster {address}: write HOST:PORT of the cluster's head, {FOUND} or {HERE}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), TO_CONNECT).close()
    except (OSError, OverflowError, UnicodeError) as error:
        raise _no_cluster(address, str(getattr(error, "strerror", None) or error)) from None


def _no_cluster(address: str, why: str) -> ClusterError:
    """What is said where there is no cluster."""
    remedy = f"start one with: ray start --head, or give --cluster {HERE}"
    if why.startswith("Failed to connect"):  # something listens: so Ray says of a missing token, too
        remedy = f"if it asks for a token, copy ~/.ray/auth_token of its head here; else {remedy}"
    return ClusterError(f"--cluster {address}: no Ray cluster answers ({why}); {remedy}")


class _Recipe(NamedTuple):
    """What a player is made of."""

    stage: Stage
    squad: Sequence[Operator]
    plan: Plan | None
    settings: Settings
    seed: int


class _PackedRound(NamedTuple):
    """A round on its way: the masks, which are the larger half of it, as bits."""

    round: PlayedRound
    masks: list[Bytes]
    """[B, ceil(actions / 8)] for each decision."""
    state: dict[str, Any]
    """Of the player after the round."""


def _packed(played: PlayedRound, state: dict[str, Any]) -> _PackedRound:
    bits = [np.packbits(one.legal, axis=1) for one in played.played]
    bare = [one._replace(legal=np.empty((0, one.legal.shape[1]), np.bool_)) for one in played.played]
    return _PackedRound(played._replace(played=bare), bits, state)


def _unpacked(packed: _PackedRound) -> PlayedRound:
    played = [
        one._replace(legal=np.unpackbits(bits, axis=1, count=one.legal.shape[1]).view(np.bool_))
        for one, bits in zip(packed.round.played, packed.masks, strict=True)
    ]
    return packed.round._replace(played=played)


class Worker:
    """Players in a process of the cluster, by number. `Cluster` has Ray make an actor of it."""

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self._players: dict[int, Player] = {}

    def is_ready(self) -> bool:
        """Answers once the worker has started."""
        return True

    def begin(self, number: int, recipe: _Recipe, share: int, state: dict[str, Any] | None) -> dict[str, Any]:
        """Make a player, from a state if one is given. Returns its state.

        Raises ValueError where its battles come out otherwise than when the state was kept.
        """
        self._players[number] = player = Player(*recipe, share)
        if state is not None:
            player.restore(state)
        return player.state()

    def play(self, number: int, weights: Weights, epsilon: float) -> _PackedRound:
        """Have a player play a round."""
        player = self._players[number]
        return _packed(player.play(weights, epsilon), player.state())


class RemotePlayer:
    """A player in one of the cluster's workers; where that is lost, in another."""

    def __init__(self, cluster: Cluster, recipe: Any, share: int) -> None:
        self._cluster, self._recipe, self._share = cluster, recipe, share
        self._number = next(cluster.numbers)
        self._state: dict[str, Any] | None = None
        """After the last round."""
        self._worker = cluster.next_worker()
        self._is_there = False
        """Whether the worker has the player."""

    def start(self, weights: Weights, epsilon: float) -> Callable[[], PlayedRound]:
        """Have the worker play a round."""
        shared = self._cluster.shared(weights)

        def play() -> Any:
            if not self._is_there:
                self._begin()
            return self._worker.play.remote(self._number, shared, epsilon)

        answer = self._ask(play)

        def played() -> PlayedRound:
            packed = answer()
            self._state = packed.state
            return _unpacked(packed)

        return played

    def state(self) -> dict[str, Any]:
        """The state after the last round."""
        if self._state is None:
            self._state = self._ask(self._begin)()
        return self._state

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state. Raises ValueError where its battles come out otherwise than they did."""
        self._state = state
        self._ask(self._begin)()

    def _begin(self) -> Any:
        """Have the worker make the player, from its last state."""
        self._is_there = True
        return self._worker.begin.remote(self._number, self._recipe, self._share, self._state)

    def _ask(self, request: Callable[[], Any]) -> Callable[[], Any]:
        """Make a request of the worker; to call what is returned waits for the answer. Where the worker is lost, the
        player moves to another one, and the request is made there.

        The answer raises what the worker has raised, and ClusterError after too many lost workers.
        """
        first = request()

        def answer() -> Any:
            reference = first
            for _ in range(TRIES):
                try:
                    return self._cluster.wait_for(reference)
                except WorkerLostError:
                    self._cluster.leave_out(self._worker)
                    self._worker, self._is_there = self._cluster.next_worker(), False
                    reference = request()
            raise ClusterError(f"--cluster: {TRIES} workers in a row were lost; look at Ray's logs on its machines")

        return answer


class WorkerLostError(Exception):
    """The worker that was asked is not there any more."""


class Cluster:
    """The workers of a cluster, one for each processor that it has when the first is needed."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._actor = ray.remote(num_cpus=1)(Worker)
        self.numbers = itertools.count()
        """Of the players."""
        self._turn = itertools.count()
        self._weights: Weights | None = None
        self._reference: Any = None
        self._workers: list[Any] = []
        self.lost = 0
        """Workers that were lost so far."""

    @property
    def processors(self) -> int:
        """How many processors the cluster has now."""
        return int(sum(node["Resources"].get("CPU", 0) for node in self._ray.nodes() if node["Alive"]))

    def seats(
        self, stage: Stage, squad: Sequence[Operator], plan: Plan | None, settings: Settings, seed: int
    ) -> list[RemotePlayer]:
        """Players in the cluster's workers."""
        recipe = self._ray.put(_Recipe(stage, squad, plan, settings, seed))
        return [RemotePlayer(self, recipe, share) for share in range(shares_of(settings))]

    def shared(self, weights: Weights) -> Any:
        """These weights in the object store, where they are put once for all players of a task."""
        if weights is not self._weights:
            self._weights, self._reference = weights, self._ray.put(weights)
        return self._reference

    def next_worker(self) -> Any:
        """A worker for a player; they take turns. Raises ClusterError where none starts."""
        if not self._workers:
            self._workers = self._started(max(self.processors, 1))
        return self._workers[next(self._turn) % len(self._workers)]

    def _started(self, count: int) -> list[Any]:
        """Those of so many new workers that start in time."""
        workers = [self._actor.remote() for _ in range(count)]
        ready = {one.is_ready.remote(): one for one in workers}
        done, late = self._ray.wait(list(ready), num_returns=count, timeout=TO_START)
        for one in late:
            self._ray.kill(ready[one])
        if not done:
            raise ClusterError(f"--cluster: no worker started in {TO_START:.0f} s; are all processors in use?")
        return [ready[one] for one in done]

    def leave_out(self, worker: Any) -> None:
        """Give no player to a worker that is lost."""
        if worker in self._workers:
            self._workers.remove(worker)
            self.lost += 1

    def wait_for(self, reference: Any) -> Any:
        """An answer. Raises WorkerLostError, or what the worker has raised."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference)
        except (errors.RayActorError, errors.ObjectLostError, errors.NodeDiedError):
            raise WorkerLostError from None

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
        """What a function gives for each item, as it is done, one item on each processor; what was under way in a
        worker that is lost is done again. Processors that players have are not used for this.

        Raises what the function has raised, and ClusterError after too many lost workers.
        """

        def done_there(item: Item) -> Result:
            return function(item)  # Ray takes plain functions only, no partial ones

        task = self._ray.remote(num_cpus=1, max_retries=TRIES)(done_there)
        waiting = {task.remote(item): item for item in items}
        try:
            while waiting:
                (done, *_), _ = self._ray.wait(list(waiting))
                yield waiting.pop(done), self._ray.get(done)
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.NodeDiedError):
            raise ClusterError(f"--cluster: {TRIES} workers in a row were lost; look at Ray's logs") from None
        finally:
            for left in waiting:
                with suppress(Exception):
                    self._ray.cancel(left, force=True)

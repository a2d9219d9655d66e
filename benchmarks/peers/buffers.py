"""What a replay buffer costs: experiences put in a second, batches drawn a second, and memory, ours beside the peers'.

All hold the same decisions of the same battles, in the form in which that library's agent keeps them in this
comparison: a row of float32 numbers before and after, with bool masks. SB3 stands here twice: without masks, as its
agent learns, and with them in a buffer of dictionaries, as an agent that masks its target would need them. Ours holds
bytes, one frame for two experiences, bit-packed masks and sums of three rewards, and draws by recency; the others draw
uniformly. A draw is timed until everything in it is a tensor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any, NamedTuple

import numpy as np
import torch

from learning.encoding import NO_ADVICE, Observation
from learning.network import input_tensors
from learning.replay import ReplayBuffer
from learning.settings import Settings
from peers.battles import Choice, FlatBattles, Legal
from peers.scripts import Shown, decisions, greedy

BATCH = 64
"""Experiences of a draw."""
TURNS = 20


class Kept(NamedTuple):
    """A decision, as every buffer may want it."""

    flat: Shown
    before: Observation
    legal: Legal
    """[actions]: of ours."""
    after: Observation
    after_legal: Legal
    action: int
    """Compact."""


class BufferFigures(NamedTuple):
    """What a buffer costs."""

    inserts: float
    """Experiences a second, one at a time."""
    samples: float
    """Batches of BATCH a second from a full buffer."""
    bytes_each: float
    """Memory of one experience."""


class Filled(NamedTuple):
    """A buffer: what puts a decision in, what draws a batch, and how many bytes its arrays have in all."""

    add: Callable[[Kept], object]
    sample: Callable[[], object]
    memory: Callable[[], int]


def kept_decisions(stage: str, battles: int) -> tuple[FlatBattles, list[Kept]]:
    """The decisions of so many battles of the greedy script, and where they were played."""
    field = FlatBattles(stage)
    choose = next(greedy(stage, None, 0, 0)).choose
    found = list[Kept]()
    for seed in range(battles):
        field.reset(seed=seed)
        found += _battle(field, choose)
    return field, found


def _battle(field: FlatBattles, choose: Choice) -> Iterator[Kept]:
    """One battle; our own form of a state is read before and after each decision."""
    before, legal = _ours(field)
    for flat in decisions(field, choose):
        after, after_legal = _ours(field)
        yield Kept(flat, before, legal, after, after_legal, field.inner.encoding.compact[flat.action])
        before, legal = after, after_legal


def _ours(field: FlatBattles) -> tuple[Observation, Legal]:
    """The state under way as our buffer takes it."""
    seen, encoding = field.inner._seen, field.inner.encoding
    advice = np.array(NO_ADVICE)
    observation = Observation(seen.tiles[0], seen.slots[0], seen.world[0], seen.posts[0], advice)
    return observation, seen.mask[0][encoding.flat_actions].astype(np.bool_)


def ours(field: FlatBattles, capacity: int) -> Filled:
    """`learning.replay`, drawn from as our agent does."""
    settings, rng = Settings(), np.random.default_rng(0)
    buffer = ReplayBuffer(field.inner.encoding, capacity, settings.n_step, settings.discount)
    last: list[int] = []

    def add(one: Kept) -> None:
        frame = last.pop() if last else buffer.add_frame(one.before, one.legal)
        after = None if one.flat.ended else buffer.add_frame(one.after, one.after_legal)
        buffer.add(frame, one.action, one.flat.reward, after)
        last.extend([] if after is None else [after])

    def sample() -> object:
        batch = buffer.sample(BATCH, settings.recency, settings.uniform_share, rng)
        assert batch is not None
        rest = (batch.legal, batch.actions, batch.rewards, batch.discounts, batch.after_legal)
        return input_tensors(batch.before), input_tensors(batch.after), [torch.from_numpy(one) for one in rest]

    return Filled(add, sample, lambda: round(buffer.bytes_each * capacity))


def sb3(field: FlatBattles, capacity: int) -> Filled:
    """Stable-Baselines3's ReplayBuffer."""
    from stable_baselines3.common.buffers import ReplayBuffer as Theirs

    buffer = Theirs(capacity, field.observation_space, field.action_space, device="cpu")

    def add(one: Kept) -> None:
        flat = one.flat
        action, reward, ended = np.array([flat.action]), np.array([flat.reward]), np.array([flat.ended])
        buffer.add(flat.before, flat.after, action, reward, ended, [{}])

    names = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")
    return Filled(add, lambda: buffer.sample(BATCH), lambda: sum(getattr(buffer, name).nbytes for name in names))


def sb3_masked(field: FlatBattles, capacity: int) -> Filled:
    """Stable-Baselines3's DictReplayBuffer, with the masks before and after as a part of what is observed."""
    from gymnasium import spaces
    from stable_baselines3.common.buffers import DictReplayBuffer

    masks = spaces.Box(0, 1, (int(field.action_space.n),), np.bool_)
    space = spaces.Dict({"row": field.observation_space, "mask": masks})
    buffer = DictReplayBuffer(capacity, space, field.action_space, device="cpu")

    def add(one: Kept) -> None:
        flat = one.flat
        before, after = {"row": flat.before, "mask": flat.legal}, {"row": flat.after, "mask": flat.after_legal}
        action, reward, ended = np.array([flat.action]), np.array([flat.reward]), np.array([flat.ended])
        buffer.add(before, after, action, reward, ended, [{}])

    rest = (buffer.actions, buffer.rewards, buffer.dones, buffer.timeouts)
    arrays = (*buffer.observations.values(), *buffer.next_observations.values(), *rest)
    return Filled(add, lambda: buffer.sample(BATCH), lambda: sum(array.nbytes for array in arrays))


def tianshou(_field: FlatBattles, capacity: int) -> Filled:
    """Tianshou's ReplayBuffer."""
    from tianshou.data import ReplayBuffer as Theirs

    from peers.tianshou_dqn import keep

    buffer = Theirs(capacity, random_seed=0)
    return Filled(
        lambda one: keep(buffer, one.flat, truncated=False),
        lambda: buffer.sample(BATCH)[0].to_torch(),  # noqa: PLW0108  drawn anew by each call
        lambda: sum(array.nbytes for array in _arrays(buffer._meta)),
    )


def _arrays(batch: Any) -> Iterator[Any]:
    """All arrays of a Tianshou batch and of those within it."""
    for value in batch.values():
        if isinstance(value, np.ndarray):
            yield value
        elif hasattr(value, "values"):
            yield from _arrays(value)


def torchrl(_field: FlatBattles, capacity: int) -> Filled:
    """TorchRL's TensorDictReplayBuffer."""
    from torchrl.data import LazyTensorStorage, TensorDictReplayBuffer

    from peers.torchrl_dqn import experience

    buffer = TensorDictReplayBuffer(storage=LazyTensorStorage(capacity), batch_size=BATCH)
    return Filled(
        lambda one: buffer.add(experience(one.flat, truncated=False)),
        buffer.sample,
        lambda: int(buffer._storage._storage.bytes()),
    )


BUFFERS = {"holdfast": ours, "sb3": sb3, "sb3_masked": sb3_masked, "tianshou": tianshou, "torchrl": torchrl}


def measure(stage: str, capacity: int, seconds: float) -> dict[str, BufferFigures]:
    """The figures of each buffer; one whose library is not installed is left out, with a line.

    They are drawn from in turn, in TURNS turns of all together so many seconds each, so that other work on the machine
    slows all of them alike.
    """
    torch.set_num_threads(1)
    field, found = kept_decisions(stage, 8)
    buffers, inserts = dict[str, Filled](), dict[str, float]()
    for name, make in BUFFERS.items():
        try:
            buffers[name] = make(field, capacity)
        except ImportError as error:
            hint = 'pip install --constraint constraints.txt --editable ".[bench]"'
            sys.stderr.write(f"{name}: left out: {error}; {hint}\n")
        else:
            inserts[name] = fill(buffers[name], found, capacity)
    turns = [{name: draw(one, seconds / TURNS) for name, one in buffers.items()} for _ in range(TURNS)]
    return {
        name: BufferFigures(inserts[name], float(np.median([turn[name] for turn in turns])), one.memory() / capacity)
        for name, one in buffers.items()
    }


def fill(buffer: Filled, found: Sequence[Kept], count: int) -> float:
    """Put in so many decisions, over and over. Returns how many a second."""
    began = time.perf_counter()
    for one in islice(cycle(found), count):
        buffer.add(one)
    return count / (time.perf_counter() - began)


def draw(buffer: Filled, seconds: float) -> float:
    """Draw for so many seconds. Returns batches a second."""
    drawn, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        buffer.sample()
        drawn += 1
    return drawn / (time.perf_counter() - began)


def table(figures: dict[str, BufferFigures]) -> str:
    """The figures as Markdown."""
    lines = ["| buffer | inserts/s | batches/s | bytes an experience |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {one.inserts:,.0f} | {one.samples:,.0f} | {one.bytes_each:,.0f} |" for name, one in figures.items()
    ]
    return "\n".join(lines)

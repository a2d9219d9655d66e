"""What a checkpoint with a full buffer costs, with the buffer in it and with the buffer in a file beside it.

python benchmarks/checkpoint_cost.py [--stage two_roads] [--checkpoints 4]

Between two checkpoints as many frames are new as five battles have. How long other threads stand still is seen by one
that sleeps a millisecond at a time.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from learning import checkpoint
from learning.agent import Agent
from learning.encoding import ADVICES, GLOBALS, SLOT_CHANNELS, TILE_CHANNELS, Observation
from learning.replay import ReplayBuffer
from learning.settings import Settings

NEW = 350
"""Frames of five battles."""


class CheckpointCost(NamedTuple):
    """One checkpoint."""

    seconds: float
    standstill: float
    """Seconds for which another thread stood still, at most."""
    written: int
    """Bytes of its folder."""


def agent(stage: str) -> Agent:
    """An agent with settings as in play, which knows nothing."""
    catalogue = load_catalogue()
    return Agent(load_stage(stage, catalogue), default_squad(catalogue), Settings(), 0)


def fill(buffer: ReplayBuffer, frames: int) -> None:
    """Add so many frames of random numbers, each with an experience."""
    rng = np.random.default_rng(0)
    encoding = buffer.encoding
    shapes = {
        "tiles": ((TILE_CHANNELS, encoding.tiles), np.uint8), "slots": ((encoding.slots, SLOT_CHANNELS), np.uint8),
        "world": ((GLOBALS,), np.float16), "posts": ((encoding.slots,), np.int16), "advice": ((ADVICES,), np.int32),
    }  # fmt: skip
    seen = {name: rng.integers(0, 9, (frames, *shape)).astype(kind) for name, (shape, kind) in shapes.items()}
    first = buffer.add_frames(Observation(**seen), np.ones((frames, buffer.actions), np.bool_))
    for frame in range(first, first + frames):
        buffer.add(frame, 0, 1.0, None)


@contextmanager
def standstills() -> Iterator[list[float]]:
    """The gaps between two looks at the clock of a thread that looks every millisecond, as long as this is open."""
    gaps, ended = [0.0], threading.Event()

    def watch() -> None:
        last = time.monotonic()
        while not ended.wait(0.001):
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    thread = threading.Thread(target=watch)
    thread.start()
    yield gaps
    ended.set()
    thread.join()


def cost(one: Agent, folder: Path) -> CheckpointCost:
    """Write a checkpoint."""
    fill(one.buffer, NEW)
    with standstills() as gaps:
        time.sleep(0.05)
        gaps.clear()
        began = time.monotonic()
        written = checkpoint.write(folder, one.checkpoint())
        seconds = time.monotonic() - began
        time.sleep(0.05)
    return CheckpointCost(seconds, max(gaps), sum(file.stat().st_size for file in written.iterdir()))


def main() -> None:
    """Print a line for each checkpoint."""
    parser = argparse.ArgumentParser(description="What a checkpoint with a full buffer costs.")
    parser.add_argument("--stage", default="two_roads", metavar="S", help="a shipped stage (two_roads)")
    parser.add_argument("--checkpoints", type=int, default=4, metavar="N", help="how many of each (4)")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for where in ("checkpoint", "file"):
        with tempfile.TemporaryDirectory() as temporary:
            one, folder = agent(chosen.stage), Path(temporary)
            if where == "file":
                one.buffer.keep_in(checkpoint.next_buffer(folder))
            fill(one.buffer, one.buffer.capacity)
            for _ in range(chosen.checkpoints):
                seconds, standstill, written = cost(one, folder)
                told = f"{seconds:5.3f} s, other threads stood still for up to {1000 * standstill:2.0f} ms"
                print(f"buffer in a {where:10}  {told}, {written / 1e6:5.2f} MB written")


if __name__ == "__main__":
    main()

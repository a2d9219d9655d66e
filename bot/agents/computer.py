"""What this machine has for a language model: memory, cores and graphics cards."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import psutil

GIB = 1 << 30
ASKING = ("--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits")
PATIENCE = 10.0
"""Seconds in which NVIDIA's program has to answer."""


class GraphicsCard(NamedTuple):
    """A card of NVIDIA."""

    name: str
    gib: float
    capability: float
    """Its compute capability: 8.0 and above (Ampere) have bfloat16 and FlashAttention 2, below 7.5 is old."""


class Computer(NamedTuple):
    """A machine: what is free on it."""

    gib: float
    """Memory that is free now."""
    cores: int
    """Physical ones."""
    cards: tuple[GraphicsCard, ...] = ()

    @property
    def cards_gib(self) -> float:
        """Memory of all cards."""
        return sum(card.gib for card in self.cards)

    @property
    def flash_attention(self) -> bool:
        """Whether every card can run FlashAttention 2."""
        return bool(self.cards) and all(card.capability >= 8.0 for card in self.cards)

    def __str__(self) -> str:
        cards = ", ".join(f"{card.name} ({card.gib:.0f} GiB)" for card in self.cards) or "no NVIDIA card"
        return f"{self.gib:.1f} GiB of memory free, {self.cores} cores, {cards}"


def this_computer() -> Computer:
    """What this machine has. A card whose driver does not answer counts as none."""
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return Computer(psutil.virtual_memory().available / GIB, cores, tuple(_cards()))


def _cards() -> Iterator[GraphicsCard]:
    """The cards that NVIDIA's program names."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return
    try:
        told = subprocess.run([program, *ASKING], capture_output=True, text=True, timeout=PATIENCE, check=True)  # noqa: S603 - the driver's own program
    except (OSError, subprocess.SubprocessError):
        return
    yield from cards_in(told.stdout)


def cards_in(text: str) -> Iterator[GraphicsCard]:
    """The cards of what NVIDIA's program prints, one a line; a line that is none is left out."""
    for line in text.splitlines():
        parts = [part.strip() for part in line.rsplit(",", 2)]
        try:
            name, mebibytes, capability = parts
            yield GraphicsCard(name, float(mebibytes) / 1024, float(capability))
        except ValueError:
            continue

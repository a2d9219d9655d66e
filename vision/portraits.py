"""The pictures by which cards are told apart: those given, those learned in a battle, and those kept from earlier ones.

A folder holds one PNG for each operator, named as it is, with the picture on its card at 1280x720.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from game.view import UNKNOWN
from vision.hand import Member

Image = NDArray[np.uint8]
Print = NDArray[np.float32]
"""A picture as a vector of length one."""

SIZE = (76, 72)
"""Width and height of a picture that is kept: that on a card at 1280x720."""
PORTRAIT = (24, 24)
"""Size at which portraits are compared."""
DARK = 40
"""Red level up to which a pixel counts as black."""
RED = 0.8
"""Share of a crop's lit pixels that must be red for a card to be cooling down."""
RING = (0.19, 0.38)
"""The ring of a card's timer: its inner and outer radius around the portrait's middle, as shares of the side."""
LEAST_CORRELATION = 0.6
"""Correlation from which a portrait counts as recognised where those of the whole squad are known."""
SURE_CORRELATION = 0.93
"""The same while some are not known: the card may be one of those. Measured on a real battle, bright and dark cards of
one operator 0.97 and up, of two 0.61 at most; of the practice game's 0.91.
"""
LEAST_LIKENESS = 0.75
"""Likeness of a name that was read to an operator's from which it counts as that; others must be less alike."""


class Portraits:
    """The pictures of a squad, in slot order; None where one is not known. `folder` is where those learned are kept."""

    def __init__(self, pictures: Sequence[Image | None], names: Sequence[str] = (), folder: Path | None = None) -> None:
        self._names = names
        self._folder = folder
        self._prints: dict[int, tuple[Print, Print]] = {}
        """Slot → its picture, and the same as that of a card that cools down."""
        for slot, picture in enumerate(pictures):
            if picture is not None:
                self.learn(slot, picture)
        self._squad_size = len(pictures)

    @property
    def missing(self) -> bool:
        """Whether the picture of an operator of the squad is not known."""
        return len(self._prints) < self._squad_size

    def learn(self, slot: int, picture: Image) -> None:
        """Know the card of a slot by this picture, for as long as this runs."""
        self._prints[slot] = fingerprint(picture), fingerprint(picture, cooling=True)

    def keep(self, slot: int, picture: Image) -> None:
        """Know the card of a slot by this picture, in later runs too. One that cannot be written is learned only."""
        self.learn(slot, picture)
        if self._folder is None:
            return
        small = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{self._names[slot]}.png").write_bytes(cv2.imencode(".png", small)[1].tobytes())
        except OSError:
            return

    def slot_of(self, portrait: Image) -> int:
        """The slot whose picture correlates most with this one; UNKNOWN where none does enough."""
        if not self._prints:
            return UNKNOWN
        cooling = is_red(portrait)
        print_ = fingerprint(portrait, cooling)
        correlations = {slot: float(print_ @ both[cooling]) for slot, both in self._prints.items()}
        best = max(correlations, key=lambda slot: correlations[slot])
        least = SURE_CORRELATION if self.missing else LEAST_CORRELATION
        return best if correlations[best] >= least else UNKNOWN


def read_portraits(folder: Path, names: Sequence[str]) -> list[Image | None]:
    """The pictures in a folder of operators with these names; None where there is none that can be read."""
    return [_picture(folder / f"{name}.png") for name in names]


def _picture(file: Path) -> Image | None:
    """The picture in a file, in BGR; None where there is none."""
    if not file.is_file():
        return None
    data = np.frombuffer(file.read_bytes(), np.uint8)
    found = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    return None if found is None else np.asarray(found, np.uint8)


def slot_named(text: str, squad: Sequence[Member]) -> int:
    """The slot of the operator whose name was read; UNKNOWN where it is that of none, or may be that of two."""
    likeness = [max((_likeness(text, name) for name in member.names), default=0.0) for member in squad]
    best = int(np.argmax(likeness)) if likeness else UNKNOWN
    if best == UNKNOWN or likeness[best] < LEAST_LIKENESS:
        return UNKNOWN
    return best if sum(one >= likeness[best] - 0.1 for one in likeness) == 1 or likeness[best] == 1 else UNKNOWN


def _likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, whatever their case and the signs between their letters."""
    return SequenceMatcher(None, _letters(one), _letters(other)).ratio()


@cache
def _letters(name: str) -> str:
    """A name's letters and digits."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def fingerprint(portrait: Image, cooling: bool = False) -> Print:
    """A portrait as a vector of length one, the same whether the card is bright or dark.

    Of a card that cools down only the red channel counts, and only beside the ring of its timer.
    """
    if portrait.size == 0:
        light = np.zeros(PORTRAIT, np.uint8)
    elif cooling:
        light = np.ascontiguousarray(portrait[:, :, 2])
    else:
        light = np.asarray(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    small = cv2.resize(light, PORTRAIT, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = small[beside_ring()] if cooling else small.ravel()
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), dtype=np.float32)


@cache
def beside_ring() -> NDArray[np.bool_]:
    """Where on a portrait, at the size portraits are compared, the ring of a card's timer does not run."""
    rows, columns = (np.abs(np.arange(length) - (length - 1) / 2) / length for length in PORTRAIT[::-1])
    away = np.hypot(rows[:, None], columns[None, :])
    return np.asarray((away < RING[0]) | (away > RING[1]), dtype=np.bool_)


def is_red(crop: Image) -> bool:
    """Whether a crop is tinted red: in `RED` of its lit pixels the other channels have at most half of the red level.

    Red hair alone does not reach that share: a face is always beside it.
    """
    if crop.size == 0:
        return False
    blue, green, red = cv2.split(crop)
    lit = red > DARK
    tinted = lit & (red // 2 >= cv2.max(blue, green))
    return bool(tinted.sum() > RED * max(lit.sum(), lit.size // 10))

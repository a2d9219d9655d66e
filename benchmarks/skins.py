"""Two looks of the practice game that no eyes were taught: python benchmarks/skins.py FOLDER.

Writes `paper` (pale, drawn with a pencil, small interface) and `neon` (dark, glowing) into the folder. Everything is
drawn by this script from seeds; the fonts are those that come with matplotlib. Their words are the English client's.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from game.characters.catalogue import load_catalogue

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

CATALOGUE = load_catalogue()
SIDE, THING = 192, 160
"""Pixels of a unit's and of a scenery's picture on each side."""
PORTRAIT = (152, 144)
WORDS = {
    "DAILY SUPPLY": "Daily Supply", "CONNECTION LOST": "Connection lost", "RECONNECT": "Reconnect",
    "LAST STAGE": "Last Operation", "OPERATION": "MISSION", "COMPLETE": "RESULTS", "TERMINAL": "Terminal",
}  # fmt: skip
STAR = (90, 200, 235)


class Look(NamedTuple):
    """What a skin is drawn with; colours are red, green, blue."""

    name: str
    seed: int
    font: str
    ui_scale: float
    clutter: float
    units: Sequence[Colour]
    line: Colour
    filled: bool
    """Whether shapes are filled, else only outlined on a pale ground."""
    colours: dict[str, object]


PAPER = Look(
    "paper", 11, "DejaVuSerif-Bold.ttf", 0.9, 0.4, ((214, 196, 160), (188, 204, 176), (222, 186, 170), (196, 190, 214)),
    (62, 54, 48), False,
    {
        "around": (228, 222, 208), "ground": (206, 198, 180), "high_top": (238, 234, 224), "high_side": (150, 140, 120),
        "forbidden": (176, 168, 150), "edge": (120, 112, 98), "entrance": (190, 90, 60), "exit": (60, 90, 150),
        "plate": (56, 44, 36), "pages": ((236, 230, 214), (200, 190, 168)), "star": STAR,
    },
)  # fmt: skip
NEON = Look(
    "neon", 23, "DejaVuSansMono-Bold.ttf", 1.0, 0.7, ((255, 40, 160), (40, 255, 190), (150, 80, 255), (255, 120, 40)),
    (8, 6, 20), True,
    {
        "around": (10, 4, 24), "ground": (34, 18, 66), "high_top": (70, 36, 120), "high_side": (22, 10, 48),
        "forbidden": (16, 8, 36), "edge": (200, 60, 220), "entrance": (255, 80, 0), "exit": (0, 255, 220),
        "plate": (24, 8, 48), "pages": ((40, 10, 70), (8, 60, 80)), "star": STAR,
    },
)  # fmt: skip
LOOKS = (PAPER, NEON)


def make(look: Look, folder: Path) -> Path:
    """Write one skin below a folder; returns its own folder."""
    out = folder / look.name
    names = sorted(CATALOGUE.operators)
    for kind, names_of_kind, draw in (
        ("portraits", names, _portrait), ("operators", names, _operator),
        ("enemies", sorted(CATALOGUE.kinds), _enemy), ("scenery", [f"{n}" for n in range(6)], _thing),
    ):  # fmt: skip
        (out / kind).mkdir(parents=True, exist_ok=True)
        for name in names_of_kind:
            picture = draw(look, np.random.default_rng([look.seed, *kind.encode(), *name.encode()]))
            (out / kind / f"{name}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    shutil.copy(Path(mpl.get_data_path()) / "fonts" / "ttf" / look.font, out / "letters.ttf")
    (out / "skin.toml").write_text(_toml(look), encoding="utf-8")
    return out


def _toml(look: Look) -> str:
    """The skin's file."""
    lines = ['font = "letters.ttf"', f"ui_scale = {look.ui_scale}", f"clutter = {look.clutter}", "", "[colours]"]
    lines += [f"{name} = {str(colour).replace('(', '[').replace(')', ']')}" for name, colour in look.colours.items()]
    return "\n".join([*lines, "", "[words]", *(f'"{own}" = "{other}"' for own, other in WORDS.items())]) + "\n"


def _portrait(look: Look, rng: np.random.Generator) -> Picture:
    """Stripes behind one large eye: as unlike a head as a picture of an operator can be."""
    width, height = PORTRAIT
    picture = np.zeros((height, width, 4), np.uint8)
    picture[:] = (*_mixed(look, rng, 0.7), 255)
    for _ in range(5):
        at = int(rng.integers(-40, width))
        cv2.line(picture, (at, 0), (at + int(rng.integers(-60, 90)), height), (*_mixed(look, rng), 255), 14)
    middle = int(rng.integers(50, width - 50)), int(rng.integers(45, height - 45))
    _shape(picture, look, rng, middle, 34, int(rng.integers(4, 11)))
    cv2.circle(picture, middle, 12, (*look.line[::-1], 255), -1)
    return picture


def _operator(look: Look, rng: np.random.Generator) -> Picture:
    """A tall stack of shapes that leans to the right."""
    picture = np.zeros((SIDE, SIDE * 3 // 4, 4), np.uint8)
    for step, radius in enumerate((44, 36, 26)):
        middle = 62 + 9 * step, SIDE - 46 - 52 * step
        _shape(picture, look, rng, middle, radius, int(rng.integers(3, 7)))
    cv2.line(picture, (70, 96), (136, 80), (*look.line[::-1], 255), 7)
    return picture


def _enemy(look: Look, rng: np.random.Generator) -> Picture:
    """A spiky thing on legs."""
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    for at in (50, 96, 140):
        cv2.line(picture, (at, 110), (at + int(rng.integers(-24, 24)), SIDE - 4), (*look.line[::-1], 255), 9)
    _shape(picture, look, rng, (96, 92), int(rng.integers(56, 84)), int(rng.integers(7, 14)), spiky=True)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(66, 126)), int(rng.integers(66, 110))
        cv2.circle(picture, at, 9, (*look.line[::-1], 255), -1)
    return picture


def _thing(look: Look, rng: np.random.Generator) -> Picture:
    """A heap of angular pieces."""
    picture = np.zeros((THING, THING, 4), np.uint8)
    for _ in range(4):
        middle = int(rng.integers(40, THING - 40)), int(rng.integers(60, THING - 40))
        _shape(picture, look, rng, middle, int(rng.integers(20, 40)), int(rng.integers(3, 6)))
    return picture


def _shape(
    picture: Picture,
    look: Look,
    rng: np.random.Generator,
    middle: tuple[int, int],
    radius: float,
    corners: int,
    *,
    spiky: bool = False,
) -> None:
    """A shape with so many corners, filled or as a sketch of several lines."""
    turn = float(rng.uniform(0, 2 * np.pi))
    angles = turn + np.arange(2 * corners if spiky else corners) * (np.pi if spiky else 2 * np.pi) / corners
    far = np.where(np.arange(len(angles)) % 2, 0.55, 1.0) if spiky else np.ones(len(angles))
    points = np.array(middle) + radius * far[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    colour, line = (*_mixed(look, rng), 255), (*look.line[::-1], 255)
    cv2.fillPoly(picture, [points.round().astype(np.int32)], colour)
    for _ in range(1 if look.filled else 3):
        wobble = points + rng.normal(0, 0 if look.filled else 2.5, points.shape)
        cv2.polylines(picture, [wobble.round().astype(np.int32)], True, line, 3 if look.filled else 2, cv2.LINE_AA)


def _mixed(look: Look, rng: np.random.Generator, light: float = 1.0) -> Colour:
    """A colour between two of the look's, in blue, green, red."""
    one, other = (np.array(look.units[int(rng.integers(len(look.units)))]) for _ in range(2))
    blue, green, red = (light * (one + (other - one) * rng.random()))[::-1]
    return int(blue), int(green), int(red)


def main() -> None:
    """Write both skins."""
    parser = argparse.ArgumentParser(description="Write two looks of the practice game that no eyes were taught.")
    parser.add_argument("folder", type=Path)
    for look in LOOKS:
        print(make(look, parser.parse_args().folder))


if __name__ == "__main__":
    main()

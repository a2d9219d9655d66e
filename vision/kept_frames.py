"""Frames of battles that are kept to teach the detector, with what the bot knew at that moment: a folder a battle.

`battle.json` says how the stage is seen, `frames.jsonl` has a line for each picture beside it. A battle that was cut
off is read as far as it goes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np

from game.camera import Camera, Vector
from game.errors import InputError
from game.levels.stage import Stage
from game.view import BattleView, EnemySeen
from vision.capture import Image
from vision.profile import Profile, Rectangle
from vision.shrinking import shrunk_to

BATTLE, FRAMES = "battle.json", "frames.jsonl"
SIZE = (1280, 720)
"""Width and height that a kept picture has at most: the detector looks at much smaller ones."""
QUALITY = 92
"""Of the JPEG, in percent."""
NUMBERS = ("kills_icon", "kills", "life", "dp", "dp_bar", "slots_left", "speed", "speed_number", "pause")
"""Rectangles of a profile that are no part of the field."""
FRAME_OF = 8
"""Pixels at 1280x720 around a number that its plate covers, about."""


class KeptBattle(msgspec.Struct, frozen=True, kw_only=True):
    """How the stage of a battle is seen."""

    stage: str
    height: int
    width: int
    view: tuple[Vector, Vector]
    """The camera's places (game.camera)."""
    size: tuple[int, int]
    """Width and height of the pictures, in pixels."""
    flying: frozenset[str]
    """Kinds of enemies that fly."""
    high: frozenset[tuple[int, int]]
    """Tiles (row, column) of high ground."""
    hud: tuple[Rectangle, ...]
    """What the interface covers, in pixels of the pictures."""

    def camera(self) -> Camera:
        """The camera of the pictures."""
        return Camera(self.height, self.width, self.view, self.size)


class KeptFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What was known when a picture was taken."""

    picture: str
    """The name of its file."""
    t: float
    view: BattleView
    """The battle as seen, with the operators' slots and directions."""
    enemies: tuple[EnemySeen, ...] | None
    """Where the twin had enemies; None while it had lost the battle."""


def kept_battle(stage: Stage, profile: Profile, size: tuple[int, int]) -> KeptBattle:
    """How the pictures of a battle on this stage are seen in a client area of `size` pixels."""
    across, down = profile.across * FRAME_OF, profile.down * FRAME_OF
    factor = kept_size(size)[0] / size[0]
    boxes = [
        (x - across, y - down, w + 2 * across, h + 2 * down)
        for x, y, w, h in map(profile.rectangles.__getitem__, NUMBERS)
    ]
    boxes.append((0, profile.card_top(), size[0], size[1] - profile.card_top()))
    hud = tuple((round(x * factor), round(y * factor), round(w * factor), round(h * factor)) for x, y, w, h in boxes)
    return KeptBattle(
        stage=stage.name, height=stage.height, width=stage.width, view=stage.view, size=kept_size(size), hud=hud,
        flying=frozenset(kind for kind, enemy in stage.kinds.items() if enemy.flying),
        high=frozenset((int(row), int(col)) for row, col in np.argwhere(stage.high)),
    )  # fmt: skip


def kept_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which pictures of `size` (width, height) are kept: the same shape, at most `SIZE`."""
    factor = min(SIZE[0] / size[0], SIZE[1] / size[1], 1.0)
    return round(size[0] * factor), round(size[1] * factor)


def begin_battle(folder: Path, battle: KeptBattle) -> None:
    """Make the folder of a battle. Raises OSError."""
    folder.mkdir(parents=True)
    (folder / BATTLE).write_bytes(msgspec.json.encode(battle))


def add_frame(folder: Path, frame: KeptFrame, image: Image) -> None:
    """Write a frame's picture, then its line, so that each line has its picture. Raises OSError."""
    small = shrunk_to(image, kept_size((image.shape[1], image.shape[0])))
    (folder / frame.picture).write_bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
    with (folder / FRAMES).open("ab") as stream:
        stream.write(msgspec.json.encode(frame) + b"\n")


def battles_in(folder: Path) -> list[Path]:
    """The folders of battles in a folder, oldest first. Raises InputError where there are none."""
    found = sorted(path.parent for path in folder.glob(f"*/{BATTLE}"))
    if not found:
        raise InputError(f"{folder}: no frames of battles are kept here; keep some with: holdfast vision collect")
    return found


def read_battle(folder: Path) -> tuple[KeptBattle, list[KeptFrame]]:
    """A battle and its frames. Raises InputError where a file is not what this module writes; a torn last line is
    left out.
    """
    path = folder / BATTLE
    try:
        battle = msgspec.json.decode(path.read_bytes(), type=KeptBattle)
        path = folder / FRAMES
        lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        return battle, [msgspec.json.decode(line, type=KeptFrame) for line in lines[:-1]]
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path}: {error}; delete the folder {folder.name}, or have it written again") from None

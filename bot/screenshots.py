"""Screenshots on request: the frame that was seen last, as a file and over MQTT."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2

from bot.control import Control
from bot.names import next_name
from bot.trace_files import make_room
from vision.capture import Frame
from vision.evidence import SmallFrame

KEPT, MEGABYTES = 20, 100
"""Files that are kept, and their size together; the oldest are deleted."""


class Screenshots:
    """Writes PNG files into a folder, publishes them, and answers the requests for them."""

    def __init__(self, folder: Path, control: Control, frames: Callable[[], Sequence[Frame | SmallFrame]]) -> None:
        self._folder = folder
        self._control = control
        self._frames = frames
        self._under_way: set[asyncio.Task[None]] = set()

    def take(self, id_: str) -> None:
        """Begin to write and publish the last frame; the request with this id is answered once that is done."""
        task = asyncio.create_task(self._take(id_), name="screenshot")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, id_: str) -> None:
        frames = [frame for frame in self._frames() if isinstance(frame, Frame)]
        if not frames:
            self._control.reject(id_, "not_now", "no frame was seen yet")
            return
        try:
            path, png = await asyncio.to_thread(self._write, frames[-1])
        except (OSError, cv2.error) as error:
            self._control.reject(id_, "failed", f"{self._folder}: {error}")
            return
        self._control.publish_bytes("screenshot", png)
        self._control.answer(id_, str(path), path=str(path), bytes=len(png))

    def _write(self, frame: Frame) -> tuple[Path, bytes]:
        """The file of a frame, and what is in it. Raises OSError where it cannot be written."""
        png = cv2.imencode(".png", frame.image)[1].tobytes()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{next_name(self._folder)}.png"
        path.write_bytes(png)
        make_room(self._folder, KEPT, MEGABYTES, "*.png")
        return path, png

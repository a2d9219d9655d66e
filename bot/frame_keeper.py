"""Keeps frames of battles for teaching the detector: `holdfast vision collect`.

A frame is kept together with where the twin then had enemies. The twin gets to it a moment later, in its own thread;
the frame waits here for that moment, and is written in another thread, so that neither play nor twin waits for the
disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot import log
from bot.names import next_name
from bot.trace_files import make_room
from bot.twin_watch import Followed
from game.levels.stage import Stage
from states.events import BattleSeen, Event
from vision.kept_frames import KeptFrame, add_frame, begin_battle, kept_battle
from vision.profile import Profile
from vision.watcher import Sight

SECONDS = 1.0
"""Least time between two frames that are kept: enough for enemies to have moved on."""
MOST = 200
"""Frames of one battle that are kept at most."""
WAITING = 8
"""Frames that wait for the twin at most; the oldest are left out first."""
BATTLES, MEGABYTES = 100, 2000
"""Battles that are kept, and their size together; the oldest are deleted."""


class FrameKeeper:
    """Writes frames of battles on a stage into `folder`. When they cannot be written, the rest of a battle is left out.

    `sight` and `profile` are those of the watcher as they are now.
    """

    def __init__(
        self, folder: Path, stage: Stage, sight: Callable[[], Sight | None], profile: Callable[[], Profile]
    ) -> None:
        self._folder, self._stage, self._sight, self._profile = folder, stage, sight, profile
        self._waiting: dict[float, Sight] = {}
        """Frames that the twin has not taken yet, by their times."""
        self._kept_at = -SECONDS
        self._thread = ThreadPoolExecutor(1, "collect")
        self._battle = 0
        """Number of the battle that is written."""
        self._into: Path | None = None
        """Its folder; None before the first, and after an error."""
        self._frames = 0

    def event_happened(self, event: Event) -> None:
        """Take an event that the machine has handled; of a battle seen in the usual view the frame may be kept."""
        if not isinstance(event, BattleSeen) or event.view.deploying or event.view.paused:
            return
        sight = self._sight()
        if sight is not None and sight.frame.t == event.t and abs(event.t - self._kept_at) >= SECONDS:
            self._kept_at = event.t
            self._waiting[event.t] = sight
            for old in list(self._waiting)[:-WAITING]:
                self._waiting.pop(old, None)

    def followed(self, moment: Followed) -> None:
        """Take what the twin makes of a frame, from its thread; after the end nothing is kept."""
        sight = self._waiting.pop(moment.t, None)
        if sight is not None:
            with contextlib.suppress(RuntimeError):
                self._thread.submit(self._keep, sight, moment)

    def close(self) -> None:
        """Wait until all is written."""
        self._thread.shutdown()
        self._say()

    def _keep(self, sight: Sight, moment: Followed) -> None:
        """Write a frame, into a new folder where a battle begins."""
        try:
            if moment.battle != self._battle:
                self._begin(sight, moment.battle)
            if self._into is not None and self._frames < MOST:
                self._frames += 1
                picture = f"{self._frames:04}.jpg"
                frame = KeptFrame(picture=picture, t=moment.t, view=moment.view, enemies=moment.enemies)
                add_frame(self._into, frame, sight.picture())
        except OSError as error:
            log.logger().warning("frames", folder=str(self._folder), why=f"{error.strerror}; playing on without them")
            self._into = None

    def _begin(self, sight: Sight, battle: int) -> None:
        """Begin the folder of a battle. Raises OSError."""
        self._say()
        self._battle, self._frames, self._into = battle, 0, None
        self._folder.mkdir(parents=True, exist_ok=True)
        make_room(self._folder, BATTLES - 1, MEGABYTES)
        folder = self._folder / next_name(self._folder)
        begin_battle(folder, kept_battle(self._stage, self._profile(), sight.size))
        self._into = folder

    def _say(self) -> None:
        """Say how many frames of the last battle were kept."""
        if self._into is not None:
            log.logger().info("frames", folder=str(self._into), frames=self._frames)

"""Frames of battles are kept with what the bot knew, and play goes on where they cannot be.

That a daemon keeps them is tested in test_twin_watch.py.
"""

from __future__ import annotations

import msgspec
import numpy as np
from levels import CATALOGUE

from bot import log
from bot.frame_keeper import FrameKeeper
from bot.log_reader import read
from bot.twin_watch import Followed
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from states.events import BattleSeen
from vision.capture import Frame
from vision.client_area import Area
from vision.kept_frames import battles_in, read_battle
from vision.profile import load_profile
from vision.watcher import Sight

STAGE = load_stage("first_watch", CATALOGUE)
VIEW = Battle(STAGE, default_squad(CATALOGUE)).view()


def test_frames_that_cannot_be_written_are_said_once_a_battle(tmp_path):
    """A full disk, or as here a file where the folder should be; nothing is raised in the twin's thread."""
    log.set_up(tmp_path / "log.jsonl", "info", None)
    (tmp_path / "frames").write_text("a file")
    image = np.zeros((360, 640, 3), np.uint8)
    sights = [Sight(Frame(image, float(t)), Area(0, 0, 640, 360), (640, 360), ()) for t in range(4)]
    now = iter(sights)
    profile = load_profile("practice", (640, 360))
    keeper = FrameKeeper(tmp_path / "frames", STAGE, lambda: next(now), lambda: profile)
    for battle, sight in zip((1, 1, 1, 2), sights, strict=True):
        keeper.event_happened(BattleSeen(t=sight.frame.t, view=VIEW, latency=0.0))
        keeper.followed(Followed(battle, sight.frame.t, VIEW, ()))
    keeper.close()
    log.close()
    logged = [line for line in read(tmp_path / "log.jsonl") if line["event"] == "frames"]
    assert [line["level"] for line in logged] == ["warning", "warning"]
    assert all("playing on" in line["why"] for line in logged)


def test_only_frames_that_the_twin_has_taken_are_kept(tmp_path):
    """And none of a view that is tilted or dimmed, none more often than once a second."""
    image = np.zeros((360, 640, 3), np.uint8)
    sights = {t: Sight(Frame(image, t), Area(0, 0, 640, 360), (640, 360), ()) for t in (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)}
    profile, shown = load_profile("practice", (640, 360)), [0.0]
    keeper = FrameKeeper(tmp_path / "frames", STAGE, lambda: sights[shown[0]], lambda: profile)
    for t in sights:
        shown[0] = t
        view = msgspec.structs.replace(VIEW, deploying=t == 2.0, paused=t == 3.0)
        keeper.event_happened(BattleSeen(t=t, view=view, latency=0.0))
    for t in (0.0, 0.5, 2.0, 3.0, 4.0):
        keeper.followed(Followed(1, t, VIEW, None))
    keeper.close()
    (folder,) = battles_in(tmp_path / "frames")
    assert [frame.t for frame in read_battle(folder)[1]] == [0.0, 4.0]

"""Screenshots on request, against our own broker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest
from mqtt_sides import PATIENCE, daemon, final, listener

from bot.config import MqttOptions
from bot.screenshots import KEPT, Screenshots
from states.events import ScreenshotAsked
from vision.capture import Frame

FRAME = Frame(np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3), t=1.0)


@pytest.mark.parametrize("frames", [[FRAME], []])
async def test_it_is_written_published_and_answered(port, tmp_path, frames):
    """The file and the message are the same PNG, of the frame that was seen last; without one it is rejected."""
    options = MqttOptions(port=port, name="tester")
    async with daemon(options, answers=False) as one, listener(port, "holdfast/tester/response") as client:
        shots = Screenshots(tmp_path / "shots", one.control, lambda: frames)
        async with listener(port, "holdfast/tester/screenshot") as viewer:
            await client.publish("holdfast/tester/command/screenshot", '{"id": 1}', qos=1)
            await one.heard(1)
            assert isinstance(one.events[0], ScreenshotAsked)
            shots.take(one.events[0].id)
            answer = await final(client)
            if not frames:
                assert (answer["step"], answer["code"]) == ("rejected", "not_now")
                return
            message = await asyncio.wait_for(anext(aiter(viewer.messages)), PATIENCE)
        written = Path(answer["path"])
        assert written.parent == tmp_path / "shots"
        assert written.read_bytes() == message.payload  # noqa: ASYNC240 - a small file
        assert not message.retain
        assert (cv2.imread(str(written)) == FRAME.image).all()


async def test_a_folder_that_cannot_be_written_is_a_rejection_and_old_files_go(port, tmp_path):
    """A full or missing disk is told to the caller; twenty files are kept."""
    options = MqttOptions(port=port, name="tester")
    (tmp_path / "file").write_text("")
    async with daemon(options, answers=False) as one, listener(port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/screenshot", '{"id": 1}', qos=1)
        await one.heard(1)
        Screenshots(tmp_path / "file" / "below", one.control, lambda: [FRAME]).take(one.events[0].id)
        assert (await final(client))["code"] == "failed"
        shots = Screenshots(tmp_path / "shots", one.control, lambda: [FRAME])
        for _ in range(KEPT + 3):
            shots._write(FRAME)
        assert len(list((tmp_path / "shots").iterdir())) == KEPT

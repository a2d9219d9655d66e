"""Short versions of the long proofs of docs/reliability.md: pauses, soak, overhead, MQTT messages."""

from __future__ import annotations

import asyncio
import shutil

import cv2
import fuzz_mqtt
import overhead
import pauses
import pytest
import soak
from runs import short_level

pytestmark = pytest.mark.timeout(300)


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed; run: make system")
def test_no_touch_follows_the_answer_to_a_pause():
    """Thirty pauses of the two thousand of `make bench-daemon`, over a real broker."""
    figures = pauses.measure(30, seed=3)
    assert figures["pauses"] == 30
    assert figures["touches"] > 0
    assert figures["touches after an answer"] == 0


def test_touches_after_an_answer_are_counted():
    """Those between the answer and the resume, and no others."""
    promises = [pauses.Promise(1.0, 2.0, 3.0), pauses.Promise(5.0, 6.0, 7.0)]
    assert pauses.broken(promises, [0.5, 1.5, 2.0, 3.0, 3.5, 5.5, 8.0]) == 0
    assert pauses.broken(promises, [2.1, 2.9, 6.5]) == 3


def test_nothing_is_lost_in_a_short_soak(tmp_path):
    """The daemon lives, its figures are noted and drawn, and the inbox is never full."""
    figures = soak.measure(25 / 3600, 60.0, 0.0, str(short_level(tmp_path)))
    notes = figures["notes"]
    assert figures["alive at the end"]
    assert notes[-1].game >= 25
    assert 0 < figures["inbox, the fullest"] < figures["inbox, its size"]
    soak.draw(notes, tmp_path / "soak.png")
    assert cv2.imread(str(tmp_path / "soak.png")) is not None


def test_the_slope_of_the_memory_leaves_the_warm_up_out():
    """100 MiB are gained while everything is loaded, and 2 MiB an hour after that."""
    memory = [(500 + min(m, 10) * 10 + m / 30, 400 + m / 60) for m in range(61)]
    notes = [soak.Note(60.0 * m, 600.0 * m, *memory[m], 9, 9, 9, 0, 0) for m in range(61)]
    assert soak.slope(notes) == pytest.approx(2.0)
    assert soak.slope(notes, "own_mib", "game") == pytest.approx(0.1)


def test_the_loop_is_measured_beside_a_queue(tmp_path):
    """The same recorded events go through both."""
    events = overhead.recorded(400)
    assert len(events) == 400
    assert 0 < asyncio.run(overhead.through_queue(events)) < asyncio.run(overhead.through_daemon(events, tmp_path))


def test_any_mqtt_message_is_an_event_or_a_rejection_with_a_code():
    """The first thousand of a hundred thousand."""
    row = asyncio.run(fuzz_mqtt.in_process(1000, 0))
    assert row.crashes == []
    assert row.accepted > 0
    assert row.refused > 0

"""Figures of the process."""

from __future__ import annotations

import asyncio

from bot.health import process_figures


async def test_what_is_opened_shows_in_the_figures(tmp_path):
    """A leak of files or tasks would be seen in them."""
    before = process_figures()
    with (tmp_path / "file").open("w"):
        task = asyncio.create_task(asyncio.sleep(1))
        after = process_figures()
        task.cancel()
    assert after["open_files"] == before["open_files"] + 1
    assert after["tasks"] == before["tasks"] + 1
    assert after["memory_mib"] > 10
    assert after["threads"] >= 1

"""What the tests of several rooms of the bot need."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    """A configuration of our own, beside its data directory, with a port on which nothing listens."""
    file = tmp_path / "bot.toml"
    file.write_text(f"[mqtt]\nport = {port}\n", encoding="utf-8")
    return file

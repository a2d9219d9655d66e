"""What the tests of agents need: a configuration of their own, and a desk with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import log
from bot.agents.tools import Desk


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    """A configuration with a data directory of its own, and a port on which nothing listens."""
    file = tmp_path / "bot.toml"
    file.write_text(f"[mqtt]\nport = {port}\n", encoding="utf-8")
    return file


@pytest.fixture
def desk(config: Path) -> Desk:
    """A desk that may not act, whose calls are logged."""
    directory = config.parent / "data"
    log.set_up(directory / "tools.jsonl", "info", None)
    return Desk(config, directory)

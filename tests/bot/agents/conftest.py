"""What the tests of agents need: a desk with a configuration of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import log
from bot.agents.tools import Desk


@pytest.fixture
def desk(config: Path) -> Desk:
    """A desk that may not act, whose calls are logged."""
    directory = config.parent / "data"
    log.set_up(directory / "tools.jsonl", "info", None)
    return Desk(config, directory)

"""A machine to play with."""

from __future__ import annotations

import pytest
from player import SETUP, Player

from states.machine import Machine


@pytest.fixture
def player() -> Player:
    """Somebody at home, about to play the stage 1-1 for ever."""
    return Player(Machine(SETUP))

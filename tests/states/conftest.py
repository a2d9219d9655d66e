"""Fixtures for the tests of the states."""

from __future__ import annotations

import pytest
from player import SETUP, Player

from states.machine import Machine


@pytest.fixture
def player() -> Player:
    """A machine at the home screen, about to play stage 1-1 without a limit."""
    return Player(Machine(SETUP))

"""Unsettled rules are constants of game/simulator/options.py, and can be chosen otherwise there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def played():
    """What each option's default and its other choice do, played in plain Python by tests/support/options.py."""
    folders = os.pathsep.join(str(folder) for folder in (TESTS.parent, TESTS / "support"))
    said = subprocess.run(
        [sys.executable, str(TESTS / "support" / "options.py")],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": folders},
        check=True,
        capture_output=True,
    ).stdout
    return json.loads(said)


@pytest.mark.parametrize(
    ("option", "default", "other"),
    [
        pytest.param("HEALS_LOWEST_FRACTION", "Beagle", "Fang", id="a medic heals the lowest fraction of health"),
        pytest.param("SP_WHILE_ACTIVE", False, True, id="no SP come while a skill is active"),
        pytest.param("SPLASH_HITS_AIR", True, False, id="a splash reaches fliers beside a walker"),
        pytest.param("SHOOTING_PAUSE", False, True, id="who has shot stands still for a moment"),
        pytest.param("ENEMY_WIND_UP", False, True, id="an enemy winds up for its first blow"),
        pytest.param("SPLIT_PAUSE", True, False, id="those an enemy falls into set off after one another"),
    ],
)
def test_an_unverified_rule_is_an_option_with_its_default_stated(played, option, default, other):
    """The first is our choice until the real game is measured; the second is what a change of one line gives."""
    assert played[option] == [default, other]

"""The benchmarks measure what they say they measure."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from game import rules

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def game_speed():
    """The benchmark of the game's speed as a module."""
    spec = importlib.util.spec_from_file_location("game_speed", FOLDER / "game_speed.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_battles_that_are_timed_stay_crowded(game_speed):
    """20 enemies and 8 operators, at the end as at the beginning, and they do fight."""
    world, state = game_speed.crowded(2)
    before = state.foe_body[:, :, rules.HEALTH].copy()
    rules.run_all(world, state, 600)
    assert (state.battle[:, rules.ON_FIELD] == game_speed.ENEMIES).all()
    assert (state.battle[:, rules.DEPLOYED] == game_speed.OPERATORS).all()
    assert ((before - state.foe_body[:, :, rules.HEALTH]).sum(axis=1) > 0).all()


def test_every_line_of_the_speed_table_is_measured(game_speed):
    """Short runs give the same lines as long ones, all of them positive."""
    lines = game_speed.measure(0.01, 1)
    assert len({line.name for line in lines}) == len(lines) == 8
    assert all(line.rate > 0 for line in lines)
    text = game_speed.table(lines, {line.name: 1.0 for line in lines}, 0.5, 20.0, [2**20] * 10)
    assert all(line.name in text for line in lines)

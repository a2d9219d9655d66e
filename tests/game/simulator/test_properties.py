"""What holds in every battle, whatever stage, squad and player.

Forty battles in the suite, two thousand when asked for:

    pytest tests/game/simulator/test_properties.py --hypothesis-profile thorough --timeout 3600

benchmarks/properties.py is the long proof: ten thousand by their seeds, without hypothesis and with progress, and with
--digest as many as wished compiled and plain.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import properties
from hypothesis import given, settings
from hypothesis import strategies as draw
from properties import Recipe

RECIPES = draw.builds(
    Recipe,
    seed=draw.integers(0, 2**32 - 1),
    operators=draw.integers(1, 10),
    groups=draw.integers(1, 8),
    decisions=draw.integers(1, 60),
    friends=draw.integers(0, 3),
)
COMPARED = range(500, 505)
"""Seeds of the battles that are played compiled and plain."""


@settings(max_examples=settings().max_examples // 5)
@given(RECIPES)
def test_random_battles_hold_what_every_battle_holds(recipe):
    """DP, block, tiles, life, counter, health, lists, and the mask exactly where the engine accepts the action."""
    properties.play(recipe)


@settings(max_examples=15)
@given(RECIPES)
def test_the_same_recipe_is_the_same_battle_bit_for_bit(recipe):
    """All tables at every turn, twice."""
    assert properties.play(recipe, look=False)[0] == properties.play(recipe, look=False)[0]


def test_random_battles_are_the_same_compiled_and_plain():
    """Five of them, to the last bit of every table at every turn."""
    script = Path(properties.__file__)
    plain = subprocess.run(
        [sys.executable, script, "--battles", str(len(COMPARED)), "--seed", str(COMPARED.start), "--digest"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(script.parents[1])},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert plain.strip() == properties.digest_of(COMPARED)


def test_random_battles_are_lively():
    """Enemies come, die and leak in them, and both outcomes occur: the promises above are not about empty fields."""
    battles = [properties.play(Recipe(seed), look=False)[1] for seed in range(40)]
    assert sum(len(battle.gone()) for battle in battles) > 300
    assert sum(not one.leaked for battle in battles for one in battle.gone()) > 40
    assert {battle.outcome for battle in battles} >= {"won", "lost"}

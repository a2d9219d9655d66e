"""The reporter: actions in words. What it says of a whole run is tested with the daemon."""

from __future__ import annotations

from levels import CATALOGUE

from bot.reporter import action_words
from game.actions import DEPLOY, RETREAT, RIGHT, SKILL, WAIT
from game.characters.builds import squad_of


def test_actions_are_said_in_words():
    """Log, status and dashboard name the operator, the tile and the direction."""
    squad = squad_of(["Fang", "Myrtle"], CATALOGUE)
    assert action_words((WAIT, 0, 0, 0), squad, 9) == "wait"
    assert action_words((SKILL, 1, 0, 0), squad, 9) == "skill Myrtle"
    assert action_words((RETREAT, 0, 0, 0), squad, 9) == "retreat Fang"
    assert action_words((DEPLOY, 0, 21, RIGHT), squad, 9) == "deploy Fang at row 2, column 3 facing right"

"""The values of arguments: one of the wrong form is refused, and the message shows the right form."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.commands.arguments import VARIATION_NAMES
from planning.variation import VARIATIONS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["simulate", "--stage", "first_watch", "--plan", "p.json", "--seed", "-1"], "must be 0 or more, is -1"),
        (["evaluate", "--stage", "first_watch", "--policy", "greedy", "--seed", "-1"], "must be 0 or more, is -1"),
        (["train", "--stage", "first_watch", "--out", "out", "--seed", "-1"], "must be 0 or more, is -1"),
        (["train", "--stage", "first_watch", "--out", "out", "--learning-rate", "0"], "must be above 0, is 0"),
        (["train", "--stage", "first_watch", "--out", "out", "--learning-rate", "nan"], "must be above 0, is nan"),
        (["practice", "--seed", "-1"], "must be 0 or more, is -1"),
        (["generate", "--out", "level.json", "--seed", "-1"], "must be 0 or more, is -1"),
        (["practice", "--position", "5"], "write X,Y, for example 100,50"),
        (["practice", "--position", "1,2,3"], "write X,Y, for example 100,50"),
    ],
)
def test_an_argument_of_another_shape_says_what_to_write(capsys, arguments, said):
    """Exit code 2, before anything is read."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"{said}\n")


def test_the_names_of_variations_are_those_of_the_planner():
    """They are written down beside the arguments, so that a help text needs no planner."""
    assert tuple(VARIATIONS) == VARIATION_NAMES

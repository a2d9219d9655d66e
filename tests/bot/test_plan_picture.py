"""The picture of a plan: it is drawn for every map and name, and what cannot be drawn is said in one line."""

from __future__ import annotations

import dataclasses
import warnings

import cv2
import numpy as np
import pytest
from levels import CATALOGUE
from small_plans import deploy, plan_with

from bot.commands.output import OutputError
from bot.plan_picture import drawable, write_plan_picture
from game.levels.stage import load_stage, shipped_stages
from planning.assignment import assign_operators
from planning.solutions import solution
from planning.telling import moments_of


def drawn(name, file, title=("two lines", "of text"), plan=None):
    """The pixels of the picture of a shipped stage's solution, or of another plan for it."""
    plan, stage = plan or solution(name), load_stage(name, CATALOGUE)
    squad = assign_operators(plan, CATALOGUE)
    write_plan_picture(file, plan, stage, squad, moments_of(plan, stage, squad), title)
    return cv2.imread(str(file))


def test_the_widest_and_the_smallest_shipped_maps_are_drawn(tmp_path):
    """At 1280x720, with more than a background on them."""
    by_size = sorted(shipped_stages(), key=lambda name: load_stage(name, CATALOGUE).width)
    for name in (by_size[0], by_size[-1]):
        picture = drawn(name, tmp_path / f"{name}.png")
        assert picture.shape == (720, 1280, 3)
        assert len(np.unique(picture @ (1, 256, 65536))) > 100, "colours"


def test_names_in_any_script_are_drawn_without_a_warning(tmp_path):
    """Where no font has a character, a question mark stands for it; nothing is read as a formula."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn("first_watch", tmp_path / "plan.png", ("Гум 玫兰莎 $x$", "$"))
    assert drawable("Гум é") == "Гум é"
    assert drawable("$") == r"\$"
    assert drawable("\U0010fffd") == "?"


def test_a_plan_of_many_steps_on_one_tile_is_drawn(tmp_path):
    """Forty deployments: the list takes smaller letters, and the tile has room for some marks."""
    steps = [deploy(name, 2, 5) for _ in range(20) for name in ("Fang", "Melantha")]
    plan = plan_with([], *steps)
    assert drawn("first_watch", tmp_path / "plan.png", plan=plan).shape == (720, 1280, 3)


def test_a_map_of_which_nothing_is_left_out_keeps_its_numbers(tmp_path):
    """Closed rows and columns at the edges are not drawn; a map without any is drawn whole."""
    stage = load_stage("first_watch", CATALOGUE)
    plan = solution("first_watch")
    squad = assign_operators(plan, CATALOGUE)
    whole = dataclasses.replace(stage, walkable=np.ones_like(stage.walkable))
    write_plan_picture(tmp_path / "plan.png", plan, whole, squad, moments_of(plan, stage, squad), ("", ""))
    assert (tmp_path / "plan.png").is_file()


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path):
    """A folder that is not there, and an ending that is no picture's."""
    for file in (tmp_path / "none" / "plan.png", tmp_path / "plan.nothing"):
        with pytest.raises(OutputError, match=r"cannot be written|no kind of picture") as told:
            drawn("first_watch", file)
        assert "\n" not in str(told.value)

"""The stage map shows every stage once, turns its pages, and opens the stage that is tapped."""

from __future__ import annotations

from importlib import resources
from itertools import combinations

import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.practice import layout
from game.practice.app import PracticeGame
from game.practice.stage_map import ON_A_PAGE, nodes_of, stages_on_map
from vision.profile import load_profile

SQUAD = default_squad(CATALOGUE)


@pytest.mark.parametrize("count", [1, 5, 6, 12, 13, 30, 60])
def test_all_nodes_of_the_map_are_in_sight_and_apart(count):
    """On every page; together the pages hold every stage once."""
    total = 0
    for page in range(-(-count // ON_A_PAGE)):
        nodes = nodes_of(count, page)
        total += len(nodes)
        assert all(node.x - 30 > 180 and node.x + node.width < 1280 for node in nodes)
        assert all(node.y > 80 and node.y + node.height < 610 for node in nodes)
        for one, other in combinations(nodes, 2):
            assert abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= one.height
    assert total == count


def test_the_map_turns_its_pages_and_opens_what_is_tapped():
    """A swipe to the left shows the next page, one to the right the page before; the first and the last page stay."""
    stages = [load_stage(name, CATALOGUE) for name in ("first_watch", "two_roads", "ridge_line")] * 9
    game = PracticeGame(stages, SQUAD, popups=False)
    for spot in (layout.TERMINAL, layout.LAST_STAGE):
        swipe(game, game.scale.middle(spot), game.scale.middle(spot))
    points = load_profile("practice").points
    left, right = points["map_left"], points["map_right"]
    for start, end, page in ((left, right, 0), (right, left, 1), (right, left, 2), (right, left, 2), (left, right, 1)):
        swipe(game, start, end)
        assert game.screen == "stage_map"
        assert game.stage_map.page == page
    node = game.scale.middle(game.stage_map.nodes()[1])
    swipe(game, node, node)
    assert game.screen == "stage_panel"
    assert game.stage_map.chosen is stages[ON_A_PAGE + 1]


def test_the_last_stage_is_on_the_page_that_opens():
    """When the map is opened from the terminal."""
    stages = [load_stage("first_watch", CATALOGUE)] * 14 + [load_stage("two_roads", CATALOGUE)]
    game = PracticeGame(stages, SQUAD, popups=False)
    game.flow.page, game.stage_map.chosen = "terminal", stages[14]
    swipe(game, game.scale.middle(layout.LAST_STAGE), game.scale.middle(layout.LAST_STAGE))
    assert game.stage_map.page == 1


def test_every_shipped_stage_is_on_the_map(tmp_path):
    """In the order of their codes; another level comes first, or replaces the one with its code."""
    shipped = [stage.code for stage in stages_on_map(load_stage("two_roads", CATALOGUE), CATALOGUE)]
    assert sorted(shipped) == sorted(load_stage(name, CATALOGUE).code for name in shipped_stages())
    assert [int(code.split("-")[1]) for code in shipped] == sorted(int(code.split("-")[1]) for code in shipped)
    own = tmp_path / "my_level.json"
    own.write_text((resources.files("game.levels.stages") / "two_roads.json").read_text("utf-8"), "utf-8")
    level = load_stage(own, CATALOGUE)
    codes = [stage.code for stage in stages_on_map(level, CATALOGUE)]
    assert codes == (shipped if level.code in shipped else [level.code, *shipped])
    assert level in stages_on_map(level, CATALOGUE)


def swipe(game, start, end):
    """Press, move and release."""
    game.pointer_down(*start)
    game.pointer_move(*end)
    game.pointer_up(*end)

"""The encoding of a stage says what the rules say, for every stage."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.actions import coverage
from game.levels.stage import load_stage, shipped_stages
from game.simulator.legality import legal_actions, places_of
from game.view_arrays import arrays_of
from learning.encoding import make_encoding
from learning.replay import ReplayBuffer


@pytest.mark.parametrize("name", shipped_stages())
def test_an_experience_takes_less_than_one_and_a_half_kilobytes(name, squad):
    """Fifty thousand experiences fit beside a browser, whatever the stage."""
    assert ReplayBuffer(make_encoding(load_stage(name, CATALOGUE), squad), 10, 3, 0.98).bytes_each <= 1500


def test_cover_agrees_with_the_rules(stage, squad, encoding):
    """The network is told the same covered tiles that the rules use."""
    reach = encoding.reach[encoding.place_slots, encoding.place_tiles]
    walked = reach.astype(int) @ (encoding.path > 0)
    assert (walked == coverage(stage, squad)[encoding.place_slots, encoding.place_tiles]).all()


def test_no_legal_action_is_without_a_number(stage, squad, encoding, views):
    """The compact numbering leaves out only what can never be legal."""
    places = places_of(stage, squad)
    for view in views:
        assert encoding.legal(view).sum() == legal_actions(arrays_of([view], encoding.kinds), places).sum()
    for index in range(0, len(encoding.flat_actions), 7):
        assert encoding.index(encoding.action(index)) == index


def test_masks_do_not_leak_between_high_and_low_ground(stage, squad, encoding):
    """No melee operator is ever offered high ground, no ranged one the road."""
    for slot, tile in zip(encoding.place_slots, encoding.place_tiles, strict=True):
        assert stage.high.ravel()[tile] != squad[slot].melee or stage.melee.ravel()[tile] == stage.ranged.ravel()[tile]

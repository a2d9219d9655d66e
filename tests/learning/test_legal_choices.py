"""No illegal action is ever chosen, explored, or valued in a target, in whatever state of whatever stage."""

from __future__ import annotations

import numpy as np
import pytest
from legal_choices import Asked, look_at

from learning import dqn
from learning.collector import Collector
from learning.network import Network
from learning.policy import Explorer
from planning.variation import EXACT

STATES = 2_000


def test_no_illegal_action_is_ever_chosen_or_valued():
    """In two thousand random states of varied battles: all shipped stages, squads of twelve down to one."""
    found = look_at(STATES, 0, decisions=5)
    assert found.states >= STATES
    assert found.chosen > 2 * STATES
    assert (found.illegal, found.targets_off) == (0, 0)


@pytest.fixture
def without_masks(monkeypatch):
    """An explorer that takes whatever comes, and targets whose choice knows no mask."""
    monkeypatch.setattr(Explorer, "explore", lambda *_: 5)
    monkeypatch.setattr(dqn, "best_legal", lambda *given: given[0].argmax(dim=1))
    monkeypatch.setattr(Network, "taken", lambda *given: given[2].float())


@pytest.mark.usefixtures("without_masks")
def test_an_illegal_choice_would_be_counted(stage, squad, encoding):
    """So the promise can fail."""
    asked, legal = Asked(encoding, 0), np.zeros((2, len(encoding.flat_actions)), np.bool_)
    legal[:, 0] = True
    played = Collector(stage, squad, None, 2, (EXACT,), 0).play(lambda _, mask: np.zeros(len(mask), np.int64), 1.0)
    asked.ask(played.observation, legal, [Explorer(encoding, 0.0).explore(one, None) for one in legal])
    assert asked.found.illegal == 2
    assert asked.found.targets_off > 0

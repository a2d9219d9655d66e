"""Generated stages to train on: the same from the same seed, each with a plan that wins it, or one clear line."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from levels import CATALOGUE

from game.characters.builds import squad_of
from game.errors import StageError
from learning import generated as module
from learning.generated import generated_tasks
from planning.assignment import assign_operators
from planning.playing import play_plan
from planning.search import BLOCKS

WEAK = squad_of(["Myrtle"], CATALOGUE)


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    """The easiest stages only, which are searched in a moment."""
    monkeypatch.setattr(module, "DIFFICULTIES", range(1, 2))


def test_each_has_a_squad_and_a_plan_that_wins_it():
    """And a line tells of it."""
    said = []
    ((stage, squad, plan),) = generated_tasks(1, 1, CATALOGUE, tell=said.append)
    assert said == [f"{stage.code}: generated, 1 of 1"]
    assert 8 <= len(squad) <= 12
    assert play_plan(plan, stage, assign_operators(plan, CATALOGUE)).stars == 3


def test_the_same_seed_gives_the_same_stages_and_squads(monkeypatch):
    """Another seed gives others; given squads are those that play."""
    monkeypatch.setattr(module, "search", lambda *_, **__: SimpleNamespace(stars=3, draft=None))
    monkeypatch.setattr(module, "as_plan", lambda *_: None)

    def drawn(seed, *squads):
        return [(one.stage.code, one.squad) for one in generated_tasks(4, seed, CATALOGUE, squads)]

    assert drawn(3) == drawn(3) != drawn(4)
    assert {squad for _, squad in drawn(3, WEAK)} == {WEAK}


def test_operators_that_cannot_win_are_one_line(monkeypatch):
    """After so many stages in a row for which nothing was found; nothing is searched for ever."""
    monkeypatch.setattr(module, "BUDGET", 20)
    monkeypatch.setattr(module, "ATTEMPTS", 3)
    monkeypatch.setattr(module, "BLOCKS", BLOCKS)
    with pytest.raises(StageError, match="none of 3 generated stages"):
        list(generated_tasks(1, 0, CATALOGUE, [WEAK]))

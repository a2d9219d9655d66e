"""Continuations of a battle under way: what is left of a plan, and what is found where that does not hold."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, SKILL
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning.plan_policy import brought
from planning.drafts import Draft, PlannedMove
from planning.evaluation import ENDLESS
from planning.player import no_gestures
from planning.recovery import Better, ContinuationSearch, Underway, rest_of, trial_of, without_done
from planning.solutions import solution
from planning.variation import FAR, varied

SQUAD = default_squad(CATALOGUE)
STAGE = load_stage("first_watch", CATALOGUE)


@pytest.fixture(scope="module")
def underway():
    """The first stage after twelve seconds in which nothing was done."""
    battle = Battle(STAGE, SQUAD, 0)
    battle.step(12 * 30)
    return battle


def own_trial(battle):
    """The battle itself, to be gone on with."""
    return trial_of(battle.records, 0, battle.world, battle.world, no_gestures(1))


def test_what_is_left_of_a_plan_are_its_last_actions():
    """With names as slots, tiles as numbers, and the gates of kills and seconds."""
    plan = solution("healers_reach")
    squad = brought(plan, SQUAD)
    stage = load_stage("healers_reach", CATALOGUE)
    whole, rest = rest_of(plan, stage, squad), rest_of(plan, stage, squad, 4)
    assert rest.moves == whole.moves[4:]
    assert len(whole.moves) == len(plan.steps)
    gravel = rest.moves[0]
    assert (gravel.kind, SQUAD[gravel.slot].name, gravel.kills) == (DEPLOY, "Gravel", 6)
    assert divmod(gravel.tile, stage.width) == plan.steps[4].tile
    assert {SQUAD[slot].name for slot in rest.skills} >= {"Myrtle", "Ansel"}
    assert rest_of(plan, stage, squad, len(plan.steps)).moves == ()


def test_a_continuation_is_found_where_nothing_is_left_to_do(underway):
    """Without any more moves enemies leak; the search finds moves with which none does, and always the same ones."""
    begin, trials = Underway(Draft(()), (), {}), [own_trial(underway)]
    found, battles = ContinuationSearch(STAGE, SQUAD, 0).search(begin, trials, 300)
    judge = ContinuationSearch(STAGE, SQUAD, 1)
    assert judge.held(begin.rest, trials) == 0
    assert judge.held(found.draft, trials) == 1
    assert found.score.blocks == 1
    assert 1 < battles <= 301
    assert ContinuationSearch(STAGE, SQUAD, 0).search(begin, trials, 300)[0].draft == found.draft


def test_a_rest_that_holds_is_kept(underway):
    """One battle is enough to see it."""
    plan = solution("first_watch")
    rest = rest_of(plan, STAGE, brought(plan, SQUAD))
    found, battles = ContinuationSearch(STAGE, SQUAD, 0).search(Underway(rest, (), {}), [own_trial(underway)], 300)
    assert (found.draft, battles) == (rest, 1)


def test_a_trial_in_another_world_keeps_the_shares_of_health(underway):
    """And the battle under way stays as it is, but for the life of the copy, which never ends."""
    before = [table.copy() for table in underway.records]
    other = varied(underway.world, STAGE, FAR, 3)
    trial = trial_of(underway.records, 0, underway.world, other, no_gestures(1))
    own = underway.records.foe[0]["health"] / underway.world.enemy["max_health"]
    assert trial.start.foe[0]["health"] / other.enemy["max_health"] == pytest.approx(own)
    assert (trial.start.foe[0]["health"] != underway.records.foe[0]["health"]).any()
    assert trial.start.battle[0]["life"] == ENDLESS
    ContinuationSearch(STAGE, SQUAD, 0).held(Draft(()), [trial])
    assert all(np.array_equal(table, then) for table, then in zip(underway.records, before, strict=True))


def test_operators_on_the_field_may_be_relieved_and_use_their_skills(underway):
    """A draft from nothing would lose the moves of operators that it does not deploy."""
    begin = Underway(Draft(()), (0, 1), {0: (0, 0), 1: (1, 2), 5: (2, 0)})
    recovery = ContinuationSearch(STAGE, SQUAD, 0)
    parent, _ = recovery.search(begin, [own_trial(underway)], 0)
    kinds = {move.kind for _ in range(200) for move in recovery.changed(parent, begin).moves}
    assert kinds == {DEPLOY, RETREAT, SKILL}


def test_first_moves_that_have_happened_are_left_out():
    """Who stands need not be deployed, nor who is gone retreat; what comes after a move that is still due stays."""
    deploy, leave, skill = (PlannedMove(kind, 1) for kind in (DEPLOY, RETREAT, SKILL))
    other = PlannedMove(DEPLOY, 2)
    assert without_done(Draft((deploy, other), (3,)), {1}) == Draft((other,), (3,))
    assert without_done(Draft((leave, deploy)), ()) == Draft((deploy,))
    assert without_done(Draft((deploy, other)), {2}) == Draft((deploy, other))
    assert without_done(Draft((skill, deploy)), {1}) == Draft((skill, deploy))


def test_only_a_continuation_that_holds_clearly_more_often_is_followed(underway, monkeypatch):
    """By a quarter of the trials, and in half of them; where the rest of the plan holds nothing is searched for."""
    recovery, trials = ContinuationSearch(STAGE, SQUAD, 0), [own_trial(underway)] * 8
    begin = Underway(Draft(()), (), {})
    found = recovery.better(begin, trials, trials, 300)
    assert found.draft is not None
    assert recovery.better(Underway(found.draft, (), {}), trials, trials, 300) == Better(None, 0)
    assert recovery.better(begin, trials, trials, 0) == Better(None, 0)
    for holds, rest, followed in ((8, 0, True), (4, 3, False), (4, 2, True), (3, 0, False)):
        held = {found.draft: holds, begin.rest: rest}
        monkeypatch.setattr(recovery, "held", lambda draft, _, held=held: held[draft])
        monkeypatch.setattr(recovery, "search", lambda *_: (found, 300))
        assert (recovery.better(begin, trials, trials, 300).draft is not None) == followed

"""The comparison with other agents measures what it says: legal battles, files that are gone on from, known figures."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest
from peers import report, runner
from peers.battles import GAMMA, FlatBattles, Point, evaluate
from peers.runner import DECISIONS, PEERS, SCRIPTS, Marks, Measure, Run, Task
from peers.scripts import SHOWN, shown_by_plan

from learning.demonstrations import BATTLES
from learning.settings import Settings

STAGE = "first_watch"
LIBRARIES = {
    "maskable_ppo": "sb3_contrib", "sb3_dqn": "stable_baselines3", "tianshou_dqn": "tianshou", "torchrl_dqn": "torchrl",
}  # fmt: skip
EXTRA = 'the extra "bench" is not installed'


@pytest.mark.parametrize("peer", PEERS)
def test_no_peer_ever_takes_an_illegal_action(peer, monkeypatch):
    """Not where it is measured; and those that know masks not while they explore either."""
    library = LIBRARIES.get(peer.removesuffix("_plan"))
    if library:
        pytest.importorskip(library, reason=EXTRA)
    illegal, step = [], FlatBattles.step

    def watched(field, action):
        found = step(field, action)
        illegal.append(found[-1]["illegal"])
        return found

    monkeypatch.setattr(FlatBattles, "step", watched)
    points = runner.trainer(peer)(STAGE, None, 3, 50)
    point = list(islice(points, 1 if peer in {"maskable_ppo", "holdfast_plan", *SCRIPTS} else 3))[-1]
    if peer not in {"sb3_dqn", "sb3_dqn_plan", "seed_agent"}:
        assert not any(illegal)
    illegal.clear()
    score = evaluate(point.choose, STAGE, None, 1)
    assert score.battles == 1
    assert score.clean <= score.won <= 1
    assert illegal
    assert not any(illegal)


def test_the_same_seed_gives_every_policy_the_same_battle():
    """With the same numbers of enemies; and the next battle of the same training is another one."""
    first, second = FlatBattles(STAGE), FlatBattles(STAGE)
    for field in (first, second):
        field.reset(seed=7)
    health = [field.battle.world.enemy["max_health"] for field in (first, second)]
    assert (np.asarray(health[0]) == np.asarray(health[1])).all()
    first.reset()
    assert (np.asarray(first.battle.world.enemy["max_health"]) != np.asarray(health[1])).any()


def test_peers_value_later_rewards_as_our_agent_does():
    """The same discount, or the returns are not the same task."""
    assert Settings().discount == GAMMA


def test_a_demonstration_is_what_the_plan_does_in_battles_that_it_wins():
    """Each decision is legal where it is made, and the last of each battle is followed by nothing."""
    shown = shown_by_plan(STAGE, None)
    assert len(SHOWN) / 2 < sum(one.ended for one in shown) <= len(SHOWN) == BATTLES
    assert all(one.legal[one.action] for one in shown)
    assert all((one.after == later.before).all() for one, later in pairwise(shown) if not one.ended)


@pytest.fixture
def trained(monkeypatch):
    """A peer of ten decisions a point, whose policy waits; the seeds that it was trained with."""
    seeds = []

    def train(stage, squad, seed, budget):
        seeds.append(seed)
        yield from (Point(decisions, decisions / 100, 0.0, lambda _: 0) for decisions in range(0, 200, 10))

    monkeypatch.setattr(runner, "trainer", lambda _: train)
    return seeds


def test_a_comparison_goes_on_where_it_was_cut_off(trained, tmp_path):
    """What has a file with all marks is not trained again; more marks, or none in time, are."""
    todo, marks = runner.tasks(["sb3_dqn", "greedy"], [STAGE], range(2)), Marks([20], [1])
    assert [task.peer for task in todo] == ["sb3_dqn", "greedy", "sb3_dqn"]
    cut = list(runner.compare(todo[:1], marks, 1, tmp_path, 0.0))
    assert cut[0][1] == "left for the next call"
    first = dict(runner.compare(todo[:1], marks, 1, tmp_path, 1.0))
    assert "20 decisions: 0 of 1; 1 seconds: 0 of 1" in first[todo[0]]
    assert len(dict(runner.compare(todo, marks, 1, tmp_path, 1.0))) == 3
    assert trained == [0, 0, 1]
    measures = runner.read(todo[0].path(tmp_path)).measures
    assert [(one.unit, one.mark, one.decisions) for one in measures] == [("decisions", 20, 20), ("seconds", 1, 100)]
    list(runner.compare(todo[:1], Marks([20, 30], [1]), 1, tmp_path, 1.0))
    assert trained == [0, 0, 1, 0]


def made(peer, rates, mark=100):
    """Runs with these numbers of victories without a leak of 20, [stage][seed]."""
    unit = (DECISIONS, 0 if peer in SCRIPTS else mark)
    return [
        Run(peer, f"stage{number}", seed, mark, True, (Measure(*unit, mark, 1.0, 1.0, 20, clean, clean),), "", 0.0)
        for number, line in enumerate(rates)
        for seed, clean in enumerate(line)
    ]


def test_the_table_has_the_interquartile_mean_over_stages_and_seeds():
    """The middle half of eight rates; a peer whose rates are all alike has an interval without a width."""
    pytest.importorskip("rliable", reason=EXTRA)
    rates = [[0, 20], [4, 8], [8, 12], [10, 20]]  # the middle half: 8, 8, 10, 12 of 20; 4 and 20 are left out
    runs = made("holdfast", rates) + made("sb3_dqn", [[5, 5]] * 4) + made("greedy", [[10]] * 4)
    (row,) = report.rows_of(runs)
    ours, flat, greedy = (row.figures[peer] for peer in ("holdfast", "sb3_dqn", "greedy"))
    assert (row.unit, row.mark, len(row.stages), row.seeds) == (DECISIONS, 100, 4, (0, 1))
    assert ours.iqm == pytest.approx((8 + 8 + 10 + 12) / 4 / 20)
    assert 0.0 <= ours.low < ours.iqm < ours.high <= 1.0
    assert flat[:3] == pytest.approx((0.25, 0.25, 0.25))
    assert greedy.iqm == 0.5
    assert "| 100 decisions | 4 x 2 | 48 (" in report.table([row])


def test_peers_are_compared_over_the_stages_and_seeds_that_all_have(tmp_path):
    """A peer that has done more is not judged by it; one seed has no interval."""
    pytest.importorskip("rliable", reason=EXTRA)
    runs = made("holdfast", [[20, 0], [20, 0]]) + made("sb3_dqn", [[10], [10]])
    (row,) = report.rows_of(runs)
    assert (row.stages, row.seeds) == (("stage0", "stage1"), (0,))
    assert row.figures["holdfast"].iqm == 1.0
    assert "| 100 | 50 |" in report.table([row])
    report.draw([row], tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000


def test_seeds_that_only_some_stages_have_do_not_cost_the_others():
    """The comparison that is not finished yet uses as many runs as make a full table."""
    pytest.importorskip("rliable", reason=EXTRA)
    (row,) = report.rows_of(made("holdfast", [[20, 0], [20], [20]]))
    assert (len(row.stages), row.seeds) == (3, (0,))


def test_a_run_has_a_file_of_its_own(tmp_path):
    """Named after peer, stage and seed; a stage may be a path."""
    assert Task("plan", "levels/1-7.json", 2).path(tmp_path).name == "plan-1-7-2.json"

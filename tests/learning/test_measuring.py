"""How often a policy wins: rates with their intervals, repeatable, and the same for every kind of policy."""

from __future__ import annotations

import pytest

from game.simulator.battle import Battle
from learning import checkpoint, measuring
from learning.agent import Agent
from learning.checkpoint import CheckpointError
from learning.measuring import evaluate, interval, play
from learning.policy import Greedy
from learning.training_task import Task
from planning.solutions import solution
from planning.variation import EXACT, FAR, NEAR


@pytest.fixture(scope="module")
def task(stage, squad):
    """The easiest stage with its plan."""
    return Task(stage, squad, solution("first_watch"))


@pytest.fixture(scope="module")
def folder(stage, squad, settings, tmp_path_factory):
    """What a fresh network's checkpoint lies in."""
    path = tmp_path_factory.mktemp("fresh")
    checkpoint.write(path, Agent(stage, squad, settings, 0).checkpoint())
    return path


@pytest.mark.parametrize(
    ("count", "of", "least", "most"),
    [
        (95, 100, 0.8882, 0.9785),
        (0, 100, 0.0, 0.0370),
        (100, 100, 0.9630, 1.0),
        (50, 100, 0.4038, 0.5962),
        (1, 1, 0.2065, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_intervals_are_wilson_s(count, of, least, most):
    """Known values; without a battle nothing is known."""
    assert interval(count, of) == pytest.approx((least, most), abs=5e-5)


@pytest.mark.parametrize("policy", ["plan", "greedy", "random", "folder"])
def test_measuring_repeats_and_changes_nothing(policy, task, folder):
    """The same battles and the same figures every time, but for the time that they took."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    name = str(folder) if policy == "folder" else policy
    first, second = (evaluate(task, name, 3, 5, FAR) for _ in range(2))
    assert {**first, "decision_milliseconds": 0} == {**second, "decision_milliseconds": 0}
    assert (first["policy"], first["variation"], first["battles"]) == (name, "far", 3)
    assert first["win_rate"] == first["won"] / 3
    assert first["three_star_rate"] == first["without_a_leak"] / 3
    assert first["win_rate_95"] == [round(one, 4) for one in interval(first["won"], 3)]
    assert 0 <= first["without_a_leak"] <= first["won"] <= 3
    assert first["battle_seconds"] > 0
    assert first["decision_milliseconds"] > 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_the_plan_wins_where_waiting_and_chance_do_not(task, folder):
    """A fresh network that sees the plan's advice does what it says."""
    plan, random = (evaluate(task, policy, 8, 0, NEAR) for policy in ("plan", "random"))
    assert plan["without_a_leak"] > 4 > random["won"]
    assert evaluate(task, str(folder), 8, 0, NEAR)["without_a_leak"] >= plan["without_a_leak"] - 1
    without = evaluate(task._replace(plan=None), str(folder), 8, 0, NEAR)
    assert without["won"] <= plan["won"]


def test_it_does_not_matter_how_many_battles_are_played_side_by_side(task, monkeypatch):
    """Each has a seed of its own; more than fit are played one batch after the other."""
    together = evaluate(task, "greedy", 5, 0, NEAR)
    monkeypatch.setattr(measuring, "SIDE_BY_SIDE", 2)
    parts = evaluate(task, "greedy", 5, 0, NEAR)
    assert {**together, "decision_milliseconds": 0} == {**parts, "decision_milliseconds": 0}


def test_greedy_battles_are_those_of_the_simulator(task, stage, squad):
    """In exact battles the script decides what it decides on a battle of its own."""
    battles = [Battle(stage, squad, seed=2_000 + number) for number in range(3)]
    decisions = [play(battle, Greedy(stage, squad)) for battle in battles]
    figures = evaluate(task, "greedy", 3, 2, EXACT)
    assert min(decisions) > 10
    assert figures["won"] == sum(battle.outcome == "won" for battle in battles)
    assert figures["stars"] == sum(battle.stars for battle in battles)
    assert figures["leaks"] == sum(battle.leaks for battle in battles)
    assert figures["battle_seconds"] == pytest.approx(sum(battle.seconds for battle in battles) / 3)


def test_a_folder_without_a_checkpoint_is_refused(task, tmp_path):
    """The error says what may be given instead."""
    with pytest.raises(CheckpointError, match="give a folder made by holdfast train"):
        evaluate(task, str(tmp_path), 1, 0)

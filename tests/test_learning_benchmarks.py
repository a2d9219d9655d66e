"""The measurements of learning are gone on from, change nothing for good, and measure what they say."""

from __future__ import annotations

import asyncio
import json
import time
from argparse import Namespace
from functools import partial

import ablations
import curves
import learning_time
import numpy as np
import online
import pytest
import rows
import torch
import unseen
from peers import buffers

import learning.dqn
import learning.network
import learning.training_task
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from learning.demonstrations import demonstrations
from learning.settings import Settings
from planning.solutions import solution

STAGE = "first_watch"
LIBRARIES = {
    "sb3": "stable_baselines3",
    "sb3_masked": "stable_baselines3",
    "tianshou": "tianshou",
    "torchrl": "torchrl",
}
SMALL = {"battles": 2, "decisions_per_update": 8, "batch_size": 8, "taught_updates": 2, "learning_starts": 8}


@pytest.fixture
def small(monkeypatch):
    """Trainings of seconds: few battles, small batches, and no battles that measure."""
    monkeypatch.setattr(ablations, "SETTINGS", SMALL)
    monkeypatch.setattr(learning.training_task, "demonstrations", partial(demonstrations, battles=2))
    for place in (ablations, learning_time, unseen):
        monkeypatch.setattr(place, "clean", lambda *_: 91)
    for place in (learning_time, unseen):
        monkeypatch.setattr(place, "Settings", lambda **given: Settings(**{**given, **SMALL}))


def test_a_measurement_goes_on_where_it_was_killed(tmp_path):
    """Rows that are there are not measured again; a torn last line is."""
    file, made = tmp_path / "rows.jsonl", []

    def measure(stage, seed):
        made.append((stage, seed))
        return {"near": seed}

    todo = [{"stage": "a", "seed": seed} for seed in range(3)]
    rows.go_on(file, todo[:2], measure, 1.0)
    file.write_text(file.read_text()[:-5])
    found = rows.go_on(file, todo, measure, 1.0)
    assert made == [("a", 0), ("a", 1), ("a", 1), ("a", 2)]
    assert found == rows.read_rows(file) == [{"stage": "a", "seed": seed, "near": seed} for seed in range(3)]
    assert rows.go_on(file, [{"stage": "b", "seed": 0}], measure, 0.0) == found
    assert rows.table(["x", "y"], [(1, None)]).splitlines()[-1] == "| 1 | - |"


@pytest.mark.parametrize("name", buffers.BUFFERS)
def test_every_buffer_holds_the_same_decisions(name):
    """As many as fit, each with its masks where the library knows any; a draw gives a batch of them."""
    if name in LIBRARIES:
        pytest.importorskip(LIBRARIES[name], reason='the extra "bench" is not installed')
    field, found = buffers.kept_decisions(STAGE, 1)
    assert found[-1].flat.ended
    assert all(one.legal[one.action] and one.flat.legal[one.flat.action] for one in found)
    buffer = buffers.BUFFERS[name](field, 100)
    assert buffers.fill(buffer, found, 100) > 0
    assert buffers.draw(buffer, 0.01) > 0
    bytes_each = buffer.memory() / 100
    numbers, actions = found[0].flat.before.size, found[0].flat.legal.size
    least = {"holdfast": 0.8 * numbers, "sb3": 8 * numbers}.get(name, 8 * numbers + 2 * actions)
    assert least <= bytes_each <= 1.1 * least + (actions / 4 if name == "holdfast" else 64)


def test_ours_needs_an_eighth_of_what_a_buffer_with_masks_takes():
    """Fifteen times less than rows of float32 with bool masks, before and after."""
    field, found = buffers.kept_decisions(STAGE, 1)
    row, mask = found[0].flat.before.nbytes, found[0].flat.legal.nbytes
    assert buffers.ours(field, 1000).memory() / 1000 <= (2 * row + 2 * mask) / 8


async def test_a_blocked_loop_shows_as_lag():
    """And nothing is counted before it is to be."""
    notes = online.Notes()
    watching = asyncio.create_task(notes.watch())
    await asyncio.sleep(0.03)
    assert notes.lags == []
    notes.counts = True
    time.sleep(0.2)  # noqa: ASYNC251  that is what is noticed
    await asyncio.sleep(0.03)
    watching.cancel()
    assert online.spread(notes.lags).most >= 100
    assert online.spread([]) == (0, 0, 0)


@pytest.mark.parametrize(("name", "begins"), [
    ("target unmasked", "nothing"), ("head flat", "nothing"), ("n-step 1", "nothing"), ("no recency", "switch"),
    ("no demonstrations", "plan"), ("no advice", "plan"),
])  # fmt: skip
def test_a_variant_learns_and_leaves_no_patch(name, begins, small):
    """The parts that are replaced are there again afterwards."""
    parts = learning.dqn.best_legal, learning.dqn.make_network, learning.network.Network
    row = ablations.measure(name, begins, STAGE, seed=1, decisions=64)
    assert row["near"] == [91] * 4
    assert np.isfinite(row["largest_mean_q"])
    assert parts == (learning.dqn.best_legal, learning.dqn.make_network, learning.network.Network)


def test_a_network_without_advice_is_blind_to_it(small):
    """And one that has it is not."""
    stage = load_stage(STAGE, load_catalogue())
    for name, is_blind in (("all", False), ("no advice", True)):
        with ablations.VARIANTS[name].patch():
            course = ablations.Course(stage, ablations.squads("plan"), "plan", Settings(**SMALL), 0)
        course.trainer.close()
        inputs = learning.network.input_tensors(course.task.shown.buffer.batch(np.arange(5)).before)
        other = inputs._replace(advice=torch.full_like(inputs.advice, -1))
        network, terrain = course.trainer.dqn.online, course.task.terrain
        assert bool((inputs.advice >= 0).any())
        assert torch.equal(network(inputs, terrain), network(other, terrain)) == is_blind


def test_what_was_played_before_the_switch_stays(small):
    """The operators are stronger from then on, and the buffer goes on."""
    stage = load_stage(STAGE, load_catalogue())
    course = ablations.Course(stage, ablations.squads("switch"), "switch", Settings(**SMALL), 0)
    course.learn(32)
    kept, before = len(course.task.buffer), course.task.squad
    course.switch()
    course.learn(64)
    course.trainer.close()
    assert len(course.task.buffer) > kept > 0
    assert all(old.max_health < new.max_health for old, new in zip(before, course.task.squad, strict=True))


def test_the_table_of_ablations_has_the_means_of_the_seeds():
    """Quarter by quarter."""
    same = {"variant": "all", "begins": "plan", "stage": STAGE, "decisions": 1000}
    made = [
        {**same, "seed": seed, "near": [seed, 2, 3, 4], "far": 10 * seed, "largest_mean_q": seed} for seed in (0, 2)
    ]
    assert ablations.summary(made).splitlines()[-1].endswith("| all | 2 | 1, 2, 3, 4 | 10 | 2 |")


def test_training_is_timed_until_it_has_learned(small):
    """With the updates from demonstrations, without the measuring."""
    place = learning_time.fields([STAGE], None, ())[STAGE]
    task = learning_time.Task(place.stage, place.squad, solution(STAGE))
    learned = learning_time.learn(task, 0, Namespace(limit=1.0, minutes=0.0))
    assert learned.seconds is not None
    assert (learned.near, learned.far) == (91, 91)
    row = {"stage": STAGE, "seed": 0, "planning": 3.0, **learning_time._named("", learned)}
    assert learning_time.told([row]).splitlines()[-1].startswith(f"| {STAGE} | 0 |")


def test_the_general_policy_plays_where_it_never_was(small, monkeypatch):
    """On stages of other seeds than it was trained with; what has 90 at once needs no update."""
    places = dict(unseen.generated(2, load_catalogue()))
    assert len(places) == 2
    assert all(8 <= len(one.squad) <= 12 for one in places.values())
    place = next(iter(places.values()))
    task = unseen.Task(place.stage, place.squad)
    assert unseen.train(task, unseen.CASES[2], 0, 10) == {"near": 91, "far": 91, "updates": 0, "decisions": 0}
    monkeypatch.setattr(unseen, "clean", lambda *_: 3)
    monkeypatch.setattr(unseen, "LOOK", 4)
    assert unseen.train(task, unseen.CASES[3], 0, 8)["updates"] is None
    made = [{f"{one.name}_near": 50, f"{one.name}_updates": k or None} for k, one in enumerate(unseen.CASES)]
    lines = unseen.summary([made[0] | made[1] | made[2] | made[3]]).splitlines()
    assert lines[2:4] == ["| plan | general | 1 | 50 | 0 | - |", "| plan | nothing | 1 | 50 | 1 | - |"]
    assert lines[4:] == ["| alone | general | 1 | 50 | 1 | 2 |", "| alone | nothing | 1 | 50 | 1 | 3 |"]


def test_a_curve_has_the_battles_of_a_log(tmp_path):
    """In their order, lost ones as 0 stars; other lines say nothing."""
    battles = [("lost", 0), ("won", 2), ("won", 3)]
    made = [{"event": "battle", "outcome": how, "stars": stars, "epsilon": 0.5} for how, stars in battles]
    file = tmp_path / "log.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in [{"event": "started"}, *made]))
    curve = curves.read_curve(file)
    assert list(curve.stars) == [0, 2, 3]
    assert curve.share(1) == pytest.approx([0, 1 / 2, 2 / 3])
    assert curve.facts()["without a leak of the last 3"] == 1
    curves.draw({"one": curve, "other": curve}, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000

"""Headless training and measuring: repeatable, with a checkpoint and a learning curve."""

from __future__ import annotations

import pytest

from learning import checkpoint
from learning.checkpoint import CheckpointError
from learning.training import evaluate, train


@pytest.fixture(scope="module")
def trained(stage, squad, settings, tmp_path_factory):
    """A short training: its result, what it reported, and its folder."""
    reports, folder = [], tmp_path_factory.mktemp("trained")
    result = train(stage, squad, 120, 0, folder, reports.append, settings=settings)
    return result, reports, folder


def test_a_seed_gives_the_same_weights_every_time(trained, stage, squad, settings, tmp_path):
    """Two trainings with one seed agree to the last bit."""
    train(stage, squad, 120, 0, tmp_path / "b", lambda _: None, settings=settings)
    one, other = (checkpoint.read_newest(folder)[0].learned for folder in (trained[2], tmp_path / "b"))
    assert all((one[name] == other[name]).all() for name in one)


def test_it_reports_keeps_and_draws(trained):
    """Progress after every battle, at the end a checkpoint and a learning curve."""
    result, reports, folder = trained
    assert len(reports) == result["battles"] > 1
    assert result["decisions"] >= 120
    assert "epsilon" in str(reports[-1])
    assert reports[-1].seconds_left == 0
    assert (folder / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_can_be_measured_like_the_scripts(trained, stage, squad):
    """Random, greedy and learned are measured on the same battles; measuring repeats and changes nothing."""
    before = {path.name for path in trained[2].iterdir()}
    for policy in ("random", "greedy", str(trained[2])):
        first, second = (evaluate(stage, squad, policy, 3, 5) for _ in range(2))
        assert {**first, "decision_milliseconds": 0} == {**second, "decision_milliseconds": 0}
        assert first["win_rate"] == first["won"] / 3
    assert {path.name for path in trained[2].iterdir()} == before


def test_a_folder_without_a_checkpoint_is_refused(stage, squad, tmp_path):
    """The error says what may be given instead."""
    with pytest.raises(CheckpointError, match="give random, greedy or a folder"):
        evaluate(stage, squad, str(tmp_path), 1, 0)

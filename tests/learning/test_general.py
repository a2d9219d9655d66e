"""The general policy ships as one small file, and is taken only where it fits."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from learning.collector import Collector, as_network
from learning.dqn import Dqn
from learning.encoding import make_encoding
from learning.general import SHA256, begin_with_general, general_weights, write_general
from learning.learner import Learner
from learning.settings import Settings
from planning.solutions import solution
from planning.variation import NEAR


@pytest.fixture(scope="module")
def dqn(encoding):
    """A fresh network of the default size."""
    return Dqn(encoding, Settings(), 3)


def test_the_file_is_the_one_that_was_measured():
    """Its digest is the one that is written beside it, and it is small."""
    data = general_weights().read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert len(data) < 12_000_000


def test_a_network_of_the_default_size_begins_with_it(dqn):
    """Online and target network both."""
    before = dqn.online.value.weight.clone()
    assert begin_with_general(dqn) is None
    assert not torch.equal(before, dqn.online.value.weight)
    assert torch.equal(dqn.target.value.weight, dqn.online.value.weight)


def test_weights_that_do_not_fit_are_not_taken(encoding, dqn, tmp_path):
    """A network of another size stays as it is; a damaged file and a missing one get a line each."""
    small = Dqn(encoding, Settings(channels=8), 0)
    before = small.online.value.weight.clone()
    assert begin_with_general(small) is None
    assert torch.equal(before, small.online.value.weight)
    (tmp_path / "torn").write_bytes(general_weights().read_bytes()[:1000])
    assert "cannot be read" in begin_with_general(dqn, tmp_path / "torn")
    assert "cannot be read" in begin_with_general(dqn, tmp_path / "missing")


def test_weights_of_another_encoding_are_not_taken(dqn, tmp_path, monkeypatch):
    """Their numbers would mean something else."""
    monkeypatch.setattr("learning.general.encoding_fingerprint", lambda: "another")
    write_general(dqn, tmp_path / "other", "made by hand")
    monkeypatch.undo()
    assert "another encoding" in begin_with_general(dqn, tmp_path / "other")


def test_a_learner_that_knows_nothing_begins_with_it_unless_told_otherwise(stage, squad, dqn, tmp_path):
    """`fresh` begins from nothing."""
    begin_with_general(dqn)
    begun, fresh = (Learner(stage, squad, Settings(), 0, tmp_path / str(new), fresh=new) for new in (False, True))
    assert torch.equal(begun._agent.dqn.online.value.weight, dqn.online.value.weight)
    assert not torch.equal(fresh._agent.dqn.online.value.weight, dqn.online.value.weight)


def test_it_holds_in_near_battles_with_the_plan(dqn):
    """On a stage on which a script that only covers paths wins nothing."""
    stage, squad = load_stage("two_roads", CATALOGUE), default_squad(CATALOGUE)
    begin_with_general(dqn)
    collector = Collector(stage, squad, solution("two_roads"), 16, (NEAR,), 700, stays=False)
    snapshot = dqn.snapshot(_terrain(stage, squad))
    while collector.active.any():
        collector.play(as_network(snapshot), 1.0)
    assert np.mean([one.won for one in collector.ended]) >= 0.8


def _terrain(stage, squad):
    from learning.network import make_terrain

    return make_terrain(make_encoding(stage, squad))

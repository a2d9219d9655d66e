"""A short run of benchmarks/chaos.py: faults of all kinds, and no person."""

from __future__ import annotations

import chaos
import pytest

from game.fault_kinds import KINDS
from game.practice.faults import Fault


@pytest.mark.timeout(600)
def test_forty_faults_of_all_kinds_are_recovered_from(tmp_path):
    """Each within minutes of the game's clock, without a person and without giving up."""
    told = chaos.measure(tmp_path, 40, seed=3)
    assert (told["faults"], told["recovered"]) == (40, 40)
    assert told["exit_code"] == 0
    assert max(kind["worst"] for kind in told["kinds"].values()) < 300
    assert "40 of 40 faults recovered" in chaos.table(told)


@pytest.mark.parametrize("kind", KINDS)
def test_what_blinds_the_bot_counts_to_its_end(kind):
    """A report while the picture is frozen proves nothing."""
    fault = Fault(kind, 10.0, 5.0)
    assert chaos.is_over(fault, 15.0)
    assert chaos.is_over(fault, 12.0) is (kind not in chaos.BLINDING)

"""The fingerprint changes with everything that changes the meaning of stored experiences, and with nothing else."""

from __future__ import annotations

import subprocess
import sys

from learning import encoding, fingerprint, reward


def test_it_is_the_same_in_every_process():
    """A checkpoint written by one run is recognised by the next."""
    program = "from learning.fingerprint import fingerprint; print(fingerprint(0.98))"
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == fingerprint.fingerprint(0.98)


def test_every_constant_of_the_reward_counts(monkeypatch):
    """Each weight, and the discount."""
    found = {fingerprint.fingerprint(0.98), fingerprint.fingerprint(0.97)}
    for name in reward.Weights._fields:
        monkeypatch.setattr(reward, "WEIGHTS", reward.Weights()._replace(**{name: 77.0}))
        found.add(fingerprint.fingerprint(0.98))
    assert len(found) == 2 + len(reward.Weights._fields)


def test_every_part_of_the_encoding_counts(monkeypatch):
    """Names, their order, sizes and units."""
    found = {fingerprint.fingerprint(0.98)}
    for name in encoding.LAYOUT:
        with monkeypatch.context() as changed:
            changed.setitem(encoding.LAYOUT, name, "another")
            found.add(fingerprint.fingerprint(0.98))
    monkeypatch.setitem(encoding.LAYOUT, "tiles", encoding.TILE_NAMES[::-1])
    found.add(fingerprint.fingerprint(0.98))
    assert len(found) == 2 + len(encoding.LAYOUT)


def test_a_formula_can_be_declared_changed(monkeypatch):
    """Where no name and no constant shows the change, the version does."""
    before = fingerprint.fingerprint(0.98)
    monkeypatch.setattr(fingerprint, "VERSION", fingerprint.VERSION + 1)
    assert fingerprint.fingerprint(0.98) != before


def test_the_layout_names_every_number(encoding):
    """A feature or channel that is added without a name is noticed."""
    from learning.encoding import OPERATOR_UNITS, TILE_FEATURES

    assert encoding.tile_features.shape[1] == len(TILE_FEATURES)
    assert encoding.operator_features.shape[1] == len(OPERATOR_UNITS)

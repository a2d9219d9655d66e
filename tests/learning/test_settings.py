"""Hyper-parameters out of bounds, of another type or of an unknown name are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from learning.settings import Settings


@pytest.mark.parametrize(
    "wrong", [{"discount": 0.0}, {"tau": 1.5}, {"batch_size": "64"}, {"gamma": 0.9}, {"n_step": 128}]
)
def test_impossible_values_and_unknown_names_are_refused(wrong):
    """Values out of bounds, of another type, and names that it does not know."""
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_settings_cannot_be_changed_while_they_are_used():
    """Agent, network and buffer read them at different moments."""
    with pytest.raises(ValidationError):
        Settings().tau = 0.5

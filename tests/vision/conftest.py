"""What the tests of vision share: models that take seconds to load."""

from __future__ import annotations

import pytest

from vision.detector import Detector
from vision.ocr import Reader


@pytest.fixture(scope="session")
def reader():
    """One reader for all tests: its networks are loaded once."""
    return Reader()


@pytest.fixture(scope="session")
def detector():
    """The shipped weights, loaded once."""
    return Detector()

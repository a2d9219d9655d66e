"""Making pictures smaller."""

import cv2
import numpy as np
import pytest

from vision.shrinking import shrunk_to


@pytest.mark.parametrize("size", [(512, 288), (96, 54), (640, 360), (1280, 720)])
@pytest.mark.parametrize("shape", [(720, 1280, 3), (1080, 1920), (1041, 1858, 3)])
def test_halving_first_hardly_changes_a_smooth_picture(shape, size):
    """A picture made smaller in steps is the one made smaller at once, but for 5 of 256 grey levels."""
    image = np.random.default_rng(1).integers(256, size=shape, dtype=np.uint8)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 3), np.uint8)
    at_once = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk_to(image, size).astype(int) - at_once).max() <= 5

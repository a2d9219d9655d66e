"""Making pictures smaller, in a half or less of the time that one step takes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def shrunk_to(image: Image, size: tuple[int, int]) -> Image:
    """An image (rows x columns, with channels or not) at `size` (width, height), each pixel the mean of what it covers.

    It is halved first as long as it is twice as wide and high: OpenCV takes a tenth of the time for factors of two.
    A pixel that two others share then counts for both with its neighbour, so sharp edges are a little softer.
    """
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1] and not (image.shape[0] | image.shape[1]) % 2:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)

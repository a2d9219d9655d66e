"""Raw screenshots of every Android, and damaged ones."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from bot.clients.adb_link import DeviceError
from bot.clients.adb_pictures import from_gzip, from_png, from_raw

PIXELS = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def raw(*header):
    """A raw screenshot of 3x2 pixels."""
    return struct.pack(f"<{len(header)}I", *header) + PIXELS.tobytes()


@pytest.mark.parametrize("header", [(3, 2, 1), (3, 2, 1, 1), (3, 2, 2, 0)])
def test_the_header_has_three_words_or_four(header):
    """The fourth, the colour space, came with Android 9."""
    assert np.array_equal(from_raw(raw(*header)), PIXELS[:, :, 2::-1])


def test_pixels_may_come_with_blue_first():
    """As some emulators have them."""
    assert np.array_equal(from_raw(raw(3, 2, 5, 1)), PIXELS[:, :, :3])


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (from_raw, b""),
        (from_raw, raw(3, 2, 1)[:-1]),
        (from_raw, raw(3, 2, 4)),
        (from_raw, raw(1 << 31, 1 << 31, 1)),
        (from_gzip, b"sh: gzip: not found"),
        (from_gzip, b""),
        (from_png, b""),
        (from_png, b"no picture"),
    ],
)
def test_what_is_no_picture_is_one_line(read, data):
    """Half a picture, an unknown format, an error in words."""
    with pytest.raises(DeviceError) as caught:
        read(data)
    assert "\n" not in str(caught.value)

"""Screenshots of an Android device: raw, raw and compressed on the device, or PNG, whichever is the fastest there."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.clients.adb_link import AdbLink, DeviceError, read_all
from vision.capture import Image

TO_BGR = {1: cv2.COLOR_RGBA2BGR, 2: cv2.COLOR_RGBA2BGR, 5: cv2.COLOR_BGRA2BGR}
"""How pixels of each Android format of four bytes become BGR: RGBA_8888, RGBX_8888, BGRA_8888. Source: AOSP,
hardware/libhardware, HAL_PIXEL_FORMAT.
"""
HEADERS = (16, 12)
"""Bytes before the pixels of a raw screenshot: width, height, format and, from Android 9 on, colour space."""
TRIES = 2
"""Screenshots by which a way is measured; the fastest counts, because the first may wait for programs to be loaded."""


class PictureWay(NamedTuple):
    """A way to have a screenshot: the service that gives it, and what makes a picture of its bytes."""

    name: str
    service: str
    decode: Callable[[bytearray], Image]


class MeasuredWay(NamedTuple):
    """A way that works, with the seconds that a screenshot takes and the size (width, height) of the last one."""

    way: PictureWay
    seconds: float
    size: tuple[int, int]


def from_raw(data: bytes | bytearray) -> Image:
    """The picture in a raw screenshot. Raises DeviceError where it is damaged or of a format that is not known."""
    if len(data) < max(HEADERS):
        raise DeviceError(f"the device's screenshot ends after {len(data)} bytes")
    width, height, kind = struct.unpack_from("<3I", data)
    start = len(data) - width * height * 4
    if kind not in TO_BGR or start not in HEADERS:
        raise DeviceError(
            f"the device's raw screenshot cannot be read: {width}x{height}, format {kind}, {len(data)} bytes"
        )
    pixels = np.frombuffer(data, np.uint8, offset=start).reshape(height, width, 4)
    return np.asarray(cv2.cvtColor(pixels, TO_BGR[kind]), np.uint8)


def from_gzip(data: bytes | bytearray) -> Image:
    """The picture in a raw screenshot that gzip has compressed. Raises DeviceError."""
    try:
        return from_raw(zlib.decompress(data, wbits=31))
    except zlib.error:
        raise DeviceError("the device's compressed screenshot is damaged") from None


def from_png(data: bytes | bytearray) -> Image:
    """The picture in a PNG. Raises DeviceError."""
    coded: NDArray[np.uint8] = np.frombuffer(data, np.uint8)
    picture = cv2.imdecode(coded, cv2.IMREAD_COLOR) if coded.size else None
    if picture is None:
        raise DeviceError("the device's PNG screenshot is damaged")
    return np.asarray(picture, np.uint8)


WAYS = (
    # Warnings, as of several displays, must not come among the bytes.
    PictureWay("raw", "exec:screencap 2>/dev/null", from_raw),
    PictureWay("raw, compressed", "exec:screencap 2>/dev/null | gzip -1", from_gzip),
    PictureWay("PNG", "exec:screencap -p 2>/dev/null", from_png),
)


def screenshot(link: AdbLink, way: PictureWay) -> Image:
    """What the device shows, BGR. Raises DeviceError."""
    with link.open(way.service) as connection:
        return way.decode(read_all(connection))


def measured(link: AdbLink) -> list[MeasuredWay]:
    """The ways that work on a device, the fastest first. Raises DeviceError where none does."""
    link.ask("echo")  # a device that cannot be reached is told as that
    found, problems = [], []
    for way in WAYS:
        try:
            found.append(_measured(link, way))
        except DeviceError as error:
            problems.append(str(error))
    if not found:
        raise DeviceError(f"the device gives no screenshot: {problems[0]}; see: adb exec-out screencap -p")
    return sorted(found, key=lambda one: one.seconds)


def _measured(link: AdbLink, way: PictureWay) -> MeasuredWay:
    """How fast a way is."""
    spent = []
    for _ in range(TRIES):
        began = time.perf_counter()
        height, width, _ = screenshot(link, way).shape
        spent.append(time.perf_counter() - began)
    return MeasuredWay(way, min(spent), (width, height))

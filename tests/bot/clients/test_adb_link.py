"""Which device is meant, by what adb lists."""

from __future__ import annotations

import pytest

from bot.clients.adb_link import DeviceError, chosen


def test_an_emulator_that_adb_lists_twice_is_one_device():
    """The server finds one at port 5555 by itself, beside the address that was connected to."""
    listed = {"emulator-5554": "device", "127.0.0.1:5555": "device"}
    assert chosen(listed, "") == "127.0.0.1:5555"
    assert chosen(listed, "emulator-5554") == "emulator-5554"
    assert chosen({"emulator-5554": "device"}, "") == "emulator-5554"


def test_a_device_that_is_ready_goes_before_others():
    """An address at which an emulator was once stays listed as offline."""
    assert chosen({"127.0.0.1:5557": "offline", "R58M": "device"}, "") == "R58M"
    with pytest.raises(DeviceError, match="several devices: one, two; name one"):
        chosen({"one": "offline", "two": "offline"}, "")


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("unauthorized", "allow USB debugging"),
        ("offline", "adb reconnect"),
        ("no", "setting-up"),
        ("sideload", "start"),
    ],
)
def test_a_device_that_cannot_be_used_yet_is_told_with_the_remedy(state, remedy):
    """Each state that `adb devices` knows."""
    with pytest.raises(DeviceError, match=remedy):
        chosen({"R58M": state}, "")

"""Reading picture files, with and without a window's title bar."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.profile import ProfileError
from vision.reading import client_area, read_image, read_images

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"


def reference(*parts):
    """A reference picture's path; the test skips where it is absent."""
    path = REFERENCE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    return path


def test_a_battle_in_an_emulators_window_is_read():
    """The title bar on top is found and left out; all numbers and cards are in the entry."""
    entry = read_image(reference("battle_0-5", "frame_25.jpg"))
    assert entry["screen"] == "battle"
    assert (entry["kills"], entry["total"], entry["life"], entry["dp"]) == (3, 24, 15, 17)
    assert (entry["slots_left"], entry["paused"], entry["speed"]) == (6, False, 1)
    assert [card["cost"] for card in entry["cards"]] == [8, 9, 16, 16, 16, 25]


@pytest.mark.parametrize(("bars", "tone"), [((0, 0, 70, 70), 0), ((50, 50, 0, 0), 12), ((31, 44, 83, 60), 70)])
def test_a_battle_between_bars_is_read_as_without_them(tmp_path, bars, tone):
    """Dark and coloured bars on any side change no number; before, they gave other ones."""
    file = reference("more_screens", "battle_cn_tilepos1.jpg")
    framed = tmp_path / "framed.png"
    cv2.imwrite(str(framed), cv2.copyMakeBorder(cv2.imread(str(file)), *bars, cv2.BORDER_CONSTANT, value=(tone,) * 3))
    with_bars, without = read_images([framed, file])
    assert with_bars | {"file": ""} == without | {"file": ""}


def test_a_page_without_a_battle_has_no_numbers():
    """Numbers that are not on the screen are null, not zero."""
    entry = read_image(reference("screens", "terminal.jpg"))
    assert entry["screen"] == "terminal"
    assert {entry[name] for name in ("kills", "total", "life", "dp", "slots_left", "paused", "speed", "cards")} == {
        None
    }


def test_several_files_give_an_entry_each(tmp_path):
    """A missing file and one that is no picture give one clear line each; the others are read all the same."""
    broken, blank = tmp_path / "broken.png", tmp_path / "blank.png"
    broken.write_text("this is no picture", encoding="utf-8")
    cv2.imwrite(str(blank), np.zeros((720, 1280, 3), np.uint8))
    missing, no_picture, black = read_images([tmp_path / "missing.png", broken, blank])
    assert missing == {
        "file": str(tmp_path / "missing.png"),
        "error": f"{tmp_path / 'missing.png'}: no such file or directory",
    }
    assert "not a picture" in no_picture["error"]
    assert black["screen"] == "unknown"


@pytest.mark.parametrize("side", [60_000, 2_000_000_000])
def test_a_header_that_claims_too_many_pixels_is_one_line(tmp_path, side):
    """A PNG of a few bytes can claim to be larger than any memory."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path = tmp_path / "huge.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b""))
    (entry,) = read_images([path])
    assert set(entry) == {"file", "error"}
    assert entry["error"].startswith(f"{path}: ")
    assert "\n" not in entry["error"]


def test_an_unknown_profile_is_refused(tmp_path):
    """A misspelt profile is an error of its own, not one of the picture."""
    cv2.imwrite(str(tmp_path / "blank.png"), np.zeros((720, 1280, 3), np.uint8))
    with pytest.raises(ProfileError):
        read_image(tmp_path / "blank.png", "arknights-xx")


@pytest.mark.parametrize("height", [28, 40, 54, 70])
@pytest.mark.parametrize("colour", [245, 200, 54, 30])
def test_a_title_bar_of_any_height_and_shade_is_left_out(height, colour):
    """Light or dark, low or high: exactly the bar goes, with its name and buttons."""
    game = np.random.default_rng(1).integers(80, 160, (900, 1700, 3)).astype(np.uint8)
    bar = np.full((height, 1700, 3), colour, np.uint8)
    cv2.putText(bar, "Emulator", (20, height - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (128, 128, 128), 1)
    bar[4:-4, 1500:1690] = 128
    assert client_area(np.vstack([bar, game])).shape == (900, 1700, 3)


@pytest.mark.parametrize("size", [(720, 1280), (1080, 2340), (1536, 2048), (700, 1600)])
def test_without_a_title_bar_nothing_is_cut(size):
    """A plain dark page, a scene fading in from the top and noise keep every row, whatever their shape."""
    rows, columns = size
    fading = np.repeat(np.linspace(0, 120, rows).astype(np.uint8)[:, None], columns, axis=1)
    noise = np.random.default_rng(2).integers(0, 256, (rows, columns)).astype(np.uint8)
    for grey in (np.zeros(size, np.uint8), fading, noise):
        assert client_area(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)).shape[:2] == size

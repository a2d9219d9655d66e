"""Recognising screens: those of the real client, and pages drawn here with their texts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.ocr import TextLine
from vision.profile import load_profile
from vision.reading import read_image
from vision.screens import CODE, count_stars, recognise, stage_codes

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
SCREENS = {
    "battle_1-4_choosing_direction": "battle",
    "battle_1-4_deploying": "battle",
    "battle_1-4_paused": "battle",
    "battle_1-4_running": "battle",
    "battle_LS-6_running_2x": "battle",
    "battle_practice_banner": "battle",
    "home": "home",
    "popup_daily_supply": "popup",
    "squad": "squad",
    "stage_map_episode_14": "stage_map",
    "stage_panel_14-15": "stage_panel",
    "terminal": "terminal",
}


def reference(name):
    """A real screen's pixels; the test skips where the reference folder is absent."""
    path = REFERENCE / "screens" / name
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    return cv2.imread(str(path))


@cache
def layout(size):
    """The Chinese client's profile for images of this size."""
    return load_profile("arknights-cn", size)


def see(image, reader):
    """What the Chinese client's profile makes of an image of any size."""
    return recognise(image, layout((image.shape[1], image.shape[0])), reader)


@pytest.mark.parametrize(("name", "screen"), SCREENS.items())
def test_real_screens_are_named(name, screen, reader):
    """Every real screen there is gets its right name."""
    assert see(reference(f"{name}.jpg"), reader).screen == screen


@pytest.mark.parametrize(("name", "screen"), SCREENS.items())
def test_real_screens_are_named_at_a_smaller_size(name, screen, reader):
    """The same at 1280x720, which is what most emulators show."""
    image = cv2.resize(reference(f"{name}.jpg"), (1280, 720), interpolation=cv2.INTER_AREA)
    assert see(image, reader).screen == screen


def test_stage_codes_on_the_map_can_be_tapped(reader):
    """The map's stages are found by their codes, each where its box is drawn; half a code at the edge is not one."""
    found = see(reference("stage_map_episode_14.jpg"), reader).found
    assert set(found) == {"14-1", "14-2", "TR-25"}
    for code, place in {"14-1": (958, 480), "14-2": (1366, 480), "TR-25": (1620, 720)}.items():
        assert np.hypot(found[code][0] - place[0], found[code][1] - place[1]) < 15


def test_the_panel_says_which_stage_it_is_for(reader):
    """The code in the panel's title is found, so that no other stage is started by mistake."""
    assert set(see(reference("stage_panel_14-15.jpg"), reader).found) == {"14-15"}


def test_the_title_of_a_won_battle_is_settle(reader):
    """The real title identifies the page if it is where the page has it; blue stars are lit ones."""
    title = reference("settle_title_crop.png")
    image = np.full((1080, 1920, 3), 30, np.uint8)
    image[260 : 260 + title.shape[0], 60 : 60 + title.shape[1]] = title
    for star in (0, 1):
        cv2.circle(image, (137 + 125 * star, 480), 45, (240, 200, 30), -1)
    reading = see(image, reader)
    assert (reading.screen, reading.outcome, reading.stars) == ("settle", "won", 2)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_blank_screen_is_unknown(level, reader):
    """What is not recognised is unknown, not guessed."""
    reading = see(np.full((720, 1280, 3), level, np.uint8), reader)
    assert reading == ("unknown", {}, None, None, None)


def test_noise_is_unknown(reader):
    """A picture of nothing the game has is unknown."""
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280, 3)).astype(np.uint8)
    assert see(noise, reader).screen == "unknown"


def test_no_stars_shine_on_a_dark_page():
    """Stars are counted where they shine only."""
    assert count_stars(np.full((720, 1280, 3), 25, np.uint8), load_profile("arknights-cn")) == 0


@pytest.mark.parametrize("code", ["1-7", "14-21", "TR-25", "CE-6", "H8-4", "S3-1", "GT-EX-3", "PR-A-1", "LS-6", "OF-1"])
def test_the_games_stage_codes_are_codes(code):
    """Main stages, tutorials, supplies, hard and event stages all look like codes."""
    assert CODE.fullmatch(code)


def test_dates_counters_and_words_are_not_stage_codes():
    """Only lines that are a code and nothing else can be tapped as a stage."""
    lines = [TextLine(text, 0, 0, 10, 10) for text in ("14-", "132/132", "2024-06-29", "EPISODE", "14", "-21")]
    assert stage_codes([*lines, TextLine("1 \u2013 7", 10, 20, 30, 10)]) == {"1-7": (25, 25)}


REAL_PAGES = REFERENCE / "more_screens"
UNREADABLE = {
    "panel_cn_gsq_ls5.jpg", "loading_cn_zain_start.jpg", "desktop_cn_ccrc_battle.jpg", "desktop_tw_ely_battle.jpg",
}  # fmt: skip
"""A phone's page between pillars, a start-up page like the title, two desktops with a covered number."""


@pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="the real clients' screens are not beside the project")
@pytest.mark.parametrize("kind", ["settle", "panel", "loading", "squad", "popup", "desktop"])
def test_pages_of_real_clients_in_five_languages_are_read(kind, reader):
    """Which page it is, the stage's code, the stars: none lit is a defeat, none there an annihilation."""
    truth = json.loads((REAL_PAGES / "truth.json").read_text(encoding="utf-8"))
    pages = [one for one in truth if one["kind"] == kind and one["file"] not in UNREADABLE]
    assert pages
    for one in pages:
        entry = read_image(REAL_PAGES / one["file"], reader=reader)
        assert entry["client"] in (one["client"], None), one["file"]
        for name, value in one["expect"].items():
            assert entry[name] in (value.split("|") if name == "screen" else [value]), (one["file"], name)


def test_a_page_of_results_without_a_lit_star_is_a_defeat(reader):
    """The real game shows grey stars where all were lost; a page without a code, an annihilation, has no stars."""
    title = reference("settle_title_crop.png")
    image = np.full((1080, 1920, 3), 30, np.uint8)
    image[260 : 260 + title.shape[0], 60 : 60 + title.shape[1]] = title
    assert see(image.copy(), reader)[2:4] == ("won", None)
    cv2.putText(image, "1-7", (90, 200), cv2.FONT_HERSHEY_DUPLEX, 1.6, (250, 250, 250), 2, cv2.LINE_AA)
    assert see(image, reader)[2:4] == ("lost", 0)

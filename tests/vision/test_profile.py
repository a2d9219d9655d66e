"""Profiles: where things are, at every size of the screen."""

from __future__ import annotations

import pytest

from vision.profile import FOLDER, ProfileError, load_profile, shipped_profiles


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_loads_and_stays_on_the_screen(name):
    """Nothing a shipped profile looks at or taps lies outside the screen it is written for."""
    profile = load_profile(name)
    assert profile.name == name
    for x, y, width, height in profile.rectangles.values():
        assert x >= 0
        assert y >= 0
        assert x + width <= 1280
        assert y + height <= 720
    assert all(0 <= x < 1280 and 0 <= y < 720 for x, y in profile.points.values())


def test_a_larger_screen_of_the_same_shape_scales_everything():
    """At 1920x1080 every number is one and a half times what the file says."""
    assert load_profile("arknights-cn", (1920, 1080)).rectangles["dp"] == (1798, 741, 120, 66)
    assert load_profile("arknights-cn", (1920, 1080)).points["pause"] == (1800, 75)


def test_a_wider_screen_moves_things_with_the_edge_they_keep_to():
    """On 1600x720 the right edge's things move by the 320 pixels gained, the middle's by half."""
    wide = load_profile("arknights-cn", (1600, 720))
    assert wide.points["pause"] == (1520, 50)
    assert wide.points["back"] == (90, 40)
    assert wide.rectangles["kills"][0] == 534 + 160
    assert wide.rectangles["kills"][2:] == (104, 32)


def test_a_narrower_screen_keeps_the_bottom_at_the_bottom():
    """On 1280x960 the cards stand at the lower edge and the bar with the kills at the upper."""
    tall = load_profile("arknights-cn", (1280, 960))
    assert tall.rectangles["dp"][1] == 494 + 240
    assert tall.rectangles["kills"][1] == 14


def test_a_nearly_sixteen_to_nine_window_is_stretched():
    """A window of 1858x1042 shows a 16:9 picture pulled to its size: across and down have scales of their own."""
    profile = load_profile("arknights-cn", (1858, 1042))
    assert profile.across == pytest.approx(1858 / 1280)
    assert profile.down == pytest.approx(1042 / 720)


def test_cards_stand_side_by_side_up_to_ten_and_share_the_width_beyond():
    """The last card always ends at the right edge; twelve cards fill the screen from the very left."""
    profile = load_profile("arknights-cn")
    assert profile.card_centre(0, 1) == (1221, 657)
    assert profile.card_centre(9, 10)[0] == 1221
    assert profile.card_left(0, 12) == pytest.approx(0)
    assert profile.card_centre(0, 12)[0] == 53


def test_an_unknown_profile_names_the_known_ones():
    """A misspelt name gives one line with the names there are."""
    with pytest.raises(ProfileError, match=r"arknights-jp: no such profile.*arknights-cn") as caught:
        load_profile("arknights-jp")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pause = {", "paws = {", "points.pause is missing"),
        ("[buttons]", "[knobs]", "knobs|buttons"),
        ('keep = "top"', 'keep = "topp"', "keep knows left, right"),
        ("at = [1199, 494, 80, 44]", "at = [1199, 494]", "rectangles.dp.at must have 4 numbers, has 2"),
        ('inside = "kills"', 'inside = "kilsl"', "uses rectangles.kilsl, which is missing"),
        ("white = 170", 'white = "bright"', "int"),
        ("[rectangles]", "[rectangles", "rectangles|Expected|line"),
    ],
)
def test_a_broken_profile_gives_one_line_that_names_the_place(tmp_path, old, new, message):
    """Whoever writes a profile of their own is told what is wrong with it, where, in one line."""
    text = (FOLDER / "arknights-cn.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ProfileError, match=message) as caught:
        load_profile(path)
    assert str(caught.value).startswith("mine.toml: ")
    assert "\n" not in str(caught.value)

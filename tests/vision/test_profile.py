"""Profiles: where things are, at every size of the screen."""

from __future__ import annotations

import re

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
    with pytest.raises(ProfileError, match=r"arknights-xx: no such profile.*arknights-cn") as caught:
        load_profile("arknights-xx")
    assert "\n" not in str(caught.value)


def refusal(path, text):
    """The message with which a profile of this text is refused: one line that begins with the file's name."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert str(caught.value).startswith(f"{path.name}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pause = {", "paws = {", "points.pause is missing"),
        ("[buttons]", "[knobs]", "knobs|buttons"),
        ('keep = "top"', 'keep = "topp"', "keep knows left, right"),
        ("at = [1199, 494, 80, 44]", "at = [1199, 494]", "rectangles.dp.at must have 4 numbers, has 2"),
        ('inside = "kills"', 'inside = "kilsl"', "uses rectangles.kilsl, which is missing"),
        ('inside = "result_stars"', 'inside = "stars"', "stars uses rectangles.stars, which is missing"),
        ('words = "notice"', 'words = "notices"', "screen popup uses words.notices, which is missing"),
        ('closed_by = "popup_close"', 'closed_by = "cross"', "screen popup uses points.cross, which is missing"),
        ('closed_by = "popup_close"', "", "screen popup needs closed_by"),
        ('name = "home"', 'name = "home"\nclosed_by = "back"', "screen home cannot have closed_by: only popup and"),
        ('name = "stage_map"', 'name = "stage_mpa"', "no screen 'stage_mpa'; did you mean 'stage_map'"),
        ('name = "stage_map"', 'name = "zzz"', "no screen 'zzz'; known are: home, terminal"),
        ("white = 170", 'white = "bright"', "int"),
        ("[rectangles]", "[rectangles", "rectangles|Expected|line"),
    ],
)
def test_a_broken_profile_gives_one_line_that_names_the_place(tmp_path, old, new, message):
    """The error names the file, the place and what is wrong."""
    text = (FOLDER / "arknights-cn.toml").read_text(encoding="utf-8")
    assert old in text
    assert re.search(message, refusal(tmp_path / "mine.toml", text.replace(old, new)))


@pytest.mark.parametrize(
    ("key", "values", "place"),
    [
        ("pitch = ", ("0", "-118.6", "nan", "inf", "1e-9", "1e300"), "cards.pitch"),
        ("height = ", ("0", "-1", "nan"), "cards.height"),
        ("top = ", ("-1", "0", "10", "719", "1e300", "nan"), "cards.top"),
        ("flag = ", ("1e300", "nan", "-inf"), "cards.flag"),
        ("edge = ", ("1e300", "nan"), "cards.edge"),
        ("rise = ", ("-1", "600", "nan"), "cards.(rise|top)"),
        ("cost = ", ("[-17, 5.8, 0, 20]", "[-17, 5.8, 34, -20]", "[nan, 5.8, 34, 20]"), "cards.cost"),
        ("portrait = ", ("[-38, 34, 76, 0]", "[-38, 34, -76, 72]"), "cards.portrait"),
        ("white = ", ("-1", "256"), "buttons.white"),
        ("running = ", ("-0.1", "1.1", "25", "nan"), "buttons.running"),
        ("paused = ", ("-0.1", "1.1"), "buttons.paused"),
        ("double = ", ("-0.1", "1.1"), "buttons.double"),
        ("single = ", ("-0.1", "1.1"), "buttons.single"),
        ("least = ", ("-0.1", "4", "nan"), "stars.least"),
        ("high = ", ("[180, 255, 255]", "[179, 256, 255]", "[179, 255, -1]"), "stars.high"),
        ("low = ", ("[-1, 0, 180]", "[0, 0, 1000]"), "stars.low"),
        ("dp = ", ("{ at = [1199, 494, 0, 44] }", "{ at = [1199, 494, 80, -44] }"), "rectangles.dp"),
        ("kills = ", ("{ at = [-1, 0, 9, 9] }", "{ at = [1280, 0, 9, 9] }", "{ at = [0, nan, 9, 9] }"), "rectangles.k"),
        ("back = ", ("{ at = [1280, 5] }", "{ at = [5, -1] }", "{ at = [inf, 5] }"), "points.back"),
        ("notice = ", ("[]", '[""]'), "words"),
    ],
)
def test_figures_that_cannot_be_are_refused(tmp_path, key, values, place):
    """Sizes of nothing or less, shares outside 0 to 1, and places off the screen give one line, not a traceback."""
    text = (FOLDER / "arknights-cn.toml").read_text(encoding="utf-8")
    for value in values:
        broken, count = re.subn(f"^{key}.*$", f"{key}{value}", text, flags=re.MULTILINE)
        assert count >= 1
        assert re.search(place, refusal(tmp_path / "mine.toml", broken)), value


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('{ kind = "colour", inside = "map", low = [0, 0, 0], high = [9, 9, 9], least = 2 }', "screens.*least"),
        ('{ kind = "colour", inside = "map", low = [0, 0, 0], high = [9, 9, 900] }', "screens.*high"),
        (
            '{ kind = "colour", inside = "map", low = [0, 0, 0], high = [9, 9, 9], least = 0.6, most = 0.5 }',
            "above most",
        ),
        ("", "screens.*all"),
    ],
)
def test_rules_that_can_never_or_always_hold_are_refused(tmp_path, rule, message):
    """A screen without a rule would be every screen."""
    text = f'name = "mine"\nextends = "arknights-cn"\n[[screens]]\nname = "home"\nall = [{rule}]\n'
    assert re.search(message, refusal(tmp_path / "mine.toml", text))


def test_a_language_of_a_client_is_a_file_with_its_words():
    """The English client differs from the Chinese one in its words, and in nothing else; its file is short."""
    chinese, english = load_profile("arknights-cn"), load_profile("arknights-en")
    assert english.name == "arknights-en"
    assert english.words["failed"] == ("FAILED", "Failed")
    assert set(english.words) == set(chinese.words)
    for part in ("rectangles", "points", "screens", "cards", "buttons", "stars"):
        assert getattr(english, part) == getattr(chinese, part)
    assert len((FOLDER / "arknights-en.toml").read_text(encoding="utf-8").splitlines()) <= 40


def test_a_profile_replaces_what_it_names_and_adds_its_screens_before_the_others(tmp_path):
    """Everything else is that of the profile it extends."""
    path = tmp_path / "mine.toml"
    path.write_text(
        """name = "mine"
extends = "arknights-en"
[words]
advert = ["Buy now"]
[points]
advert_close = { at = [20, 30], keep = "top left" }
[cards]
pitch = 100
[[screens]]
name = "popup"
closed_by = "advert_close"
all = [{ kind = "text", inside = "popup_title", words = "advert" }]
""",
        encoding="utf-8",
    )
    mine, base = load_profile(path), load_profile("arknights-en")
    assert mine.points == base.points | {"advert_close": (20, 30)}
    assert mine.words == base.words | {"advert": ("Buy now",)}
    assert (mine.cards.pitch, mine.cards.top) == (100, base.cards.top)
    assert mine.screens[1:] == base.screens
    assert mine.screens[0].closed_by == "advert_close"


@pytest.mark.parametrize("base", ['"arknights-xx"', '"mine"', "7", '["arknights-cn"]'])
def test_only_a_shipped_profile_can_be_extended(tmp_path, base):
    """The error names those there are."""
    said = refusal(tmp_path / "mine.toml", f'name = "mine"\nextends = {base}\n')
    assert f"profiles to extend are: {', '.join(shipped_profiles())}" in said


def test_profiles_that_extend_each_other_are_refused(tmp_path, monkeypatch):
    """One line instead of an endless chain."""
    monkeypatch.setattr("vision.profile.FOLDER", tmp_path)
    (tmp_path / "one.toml").write_text('name = "one"\nextends = "two"\n', encoding="utf-8")
    (tmp_path / "two.toml").write_text('name = "two"\nextends = "one"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match=r"^two.toml: cannot extend 'one'"):
        load_profile("one")


@pytest.mark.parametrize(
    "screens", ["screens = 7", "screens = [1, [2]]", "[[screens]]\nname = 7", "[screens]\nname = 1"]
)
def test_screens_of_the_wrong_kind_are_one_line(tmp_path, screens):
    """Whatever the table of screens is."""
    text = 'name = "mine"\nextends = "arknights-cn"\n'
    assert "screens" in refusal(tmp_path / "mine.toml", f"{text}{screens}\n")

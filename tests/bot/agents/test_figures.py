"""Each figure of an answer stands in a result that it cites, or is found out."""

# ruff: noqa: RUF001 - Chinese has marks of its own
from __future__ import annotations

import pytest

from bot.agents.figures import Sentence, checked, figures_in, value_of

PLAN = {
    "stage": "CE-6",
    "plan": "CE-6-asked-00112233.json",
    "stars": 3,
    "won": True,
    "holds": {"near": {"held": 97, "battles": 100}},
    "steps": [" 1. at 9 DP: Kroos on column 3, row 4, facing up   0:12, 9 DP, 2 killed"],
    "seconds": 7.214,
    "price": 1250,
}
OTHER = {"operators_owned": 54}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It holds in 97 of 100 battles.", ["97", "100"]),
        ("97/100, within 7.2s.", ["97", "100", "7.2"]),
        ("At 0:12 Kroos comes; a 3-star win of CE-6.", ["0:12", "3", "CE-6"]),
        ("Twelve operators, twenty-five DP, 1,250 gold and 95%.", ["twelve", "twenty", "five", "1,250", "95%"]),
        ("one of them is no figure", []),
        ("三星通关，成功率百分之九十七，用了１２名干员。", ["三", "百分之九十七", "12"]),
        ("一个也没有", []),
        ("⑦ and x²", ["7", "x2"]),
    ],
)
def test_figures_are_found_in_digits_and_words(text, figures):
    """In both languages, in any width; a stage's code and a clock time are figures too."""
    assert list(figures_in(text)) == figures


@pytest.mark.parametrize(
    ("figure", "value"),
    [("1,250", 1250), ("三", 3), ("十二", 12), ("两百零五", 205), ("三万五千", 35_000), ("dozen", 12), ("CE-6", None)],
)
def test_numerals_have_their_value(figure, value):
    """A code has none."""
    assert value_of(figure) == value


@pytest.mark.parametrize(
    ("text", "cites", "missing"),
    [
        ("Held in 97 of 100 battles.", (1,), ()),
        ("Held in 97 of 100 battles.", (), ("97", "100")),
        ("Held in 97 of 100 battles.", (2,), ("97", "100")),
        ("Held in 98 of 100 battles.", (1,), ("98",)),
        ("You own 54 operators; three stars.", (1, 2), ()),
        ("It holds in 97%, 97 percent, ninety percent.", (1,), ("97%", "ninety%")),
        ("It took 7.2 s, or 7.21 s.", (1,), ()),
        ("It took 7.3 s.", (1,), ("7.3",)),
        ("Kroos comes at 0:12, on column 3.", (1,), ()),
        ("Kroos comes at 0:13.", (1,), ("0:13",)),
        ("The plan is CE-6-asked-00112233.json.", (1,), ()),
        ("三星，九十七场。", (1,), ()),
        ("三星，九十八场。", (1,), ("九十八",)),
        ("CE-6 is planned.", (), ()),
        ("CE-5 is planned.", (1,), ("CE-5",)),
        ("Nothing is claimed.", (), ()),
        ("It holds in 97 of 100.", (1, 99, -1), ()),
    ],
)
def test_a_figure_needs_a_result_that_is_cited(text, cites, missing):
    """The code that the player names needs none; True is no number."""
    assert checked(Sentence(text, cites), [PLAN, OTHER], "plan CE-6").missing == missing


def test_the_place_of_each_figure_is_shown():
    """So that a reader sees what it is the number of."""
    told = str(checked(Sentence("Held in 97 of 100.", (1,)), [PLAN]))
    assert told == "Held in 97 of 100. [1: holds.near.held 97, 1: holds.near.battles 100]"

"""Whether each figure of an answer stands in a result that it cites.

A figure is a number, in digits or words, and a word with digits in it (a stage's code, a clock time, a plan's name).
That the cited result has it is checked, not that the sentence means it: so the place is shown beside the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
WORD = re.compile(r"[^\W_](?:(?:[\w./:-]|,(?=\d{3}))*\w)?")
"""Words, codes such as CE-6, clock times and names of files."""
ENGLISH = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000, "half": 0.5, "twice": 2, "double": 2, "triple": 3,
}  # fmt: skip
"""Number words. "One" is left out: it is a pronoun too."""
CHINESE = re.compile(r"(?:百分之)?[零一二两三四五六七八九十百千万半]+")
PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b)")
"""What makes a number a share. Tools count battles and give no shares, so that one is always computed or guessed."""
CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
PRONOUN = "一"
"""Alone it is an article as often as a number, as "one" is."""
IDEOGRAPH = re.compile(r"[㐀-鿿]")


class Sentence(NamedTuple):
    """A sentence of an answer, and the numbers of the results that it cites; the first is 1."""

    text: str
    cites: tuple[int, ...] = ()


class FigureSource(NamedTuple):
    """Where a figure stands."""

    figure: str
    result: int
    place: str
    """The way to it in the result, such as holds.near.held."""


class CheckedSentence(NamedTuple):
    """A sentence, where its figures stand, and those of them that no cited result has."""

    text: str
    sources: tuple[FigureSource, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        told = ", ".join(f"{one.result}: {one.place} {one.figure}" for one in self.sources)
        return f"{self.text} [{told}]" if told else self.text


def checked(sentence: Sentence, results: Sequence[Any], request: str = "") -> CheckedSentence:
    """Look up each figure of a sentence in the results that it cites.

    A code that the request itself has, such as the stage's, needs no source: it is a name.
    """
    sources, missing = [], []
    for figure in dict.fromkeys(figures_in(sentence.text)):
        if not _is_number(figure) and figure.casefold() in request.casefold():
            continue
        found = next(_sources(figure, sentence.cites, results), None)
        if found is None:
            missing.append(figure)
        else:
            sources.append(found)
    return CheckedSentence(sentence.text, tuple(sources), tuple(missing))


def figures_in(text: str) -> Iterator[str]:
    """The figures of a text, as they are written."""
    text = unicodedata.normalize("NFKC", text)  # full-width digits, circled ones, superscripts
    for piece in re.split(f"({IDEOGRAPH.pattern}+)", text):
        if IDEOGRAPH.match(piece):
            yield from (one for one in CHINESE.findall(piece) if one != PRONOUN)
            continue
        for match in WORD.finditer(piece):
            word = match[0]
            if PERCENT.match(piece, match.end()):
                yield f"{word}%"
            elif any(character.isnumeric() for character in word):
                yield from NUMBER.findall(word) if _only_numbers(word) else [word]
            elif word.casefold() in ENGLISH or any(part in ENGLISH for part in word.casefold().split("-")):
                yield from (part for part in word.casefold().split("-") if part in ENGLISH)


def _only_numbers(word: str) -> bool:
    """Whether a word is one number, or several with a slash between them, with a unit at most (99/100, 20s, 3-star)."""
    return re.fullmatch(rf"(?:{NUMBER.pattern})(?:/(?:{NUMBER.pattern}))*(?:[a-z]{{0,2}}|-[a-z]+)", word) is not None


def _is_number(figure: str) -> bool:
    """Whether a figure is a number, and no code."""
    return value_of(figure) is not None


def value_of(figure: str) -> float | None:
    """The value of a figure; None for a code."""
    if NUMBER.fullmatch(figure):
        return float(figure.replace(",", ""))
    if figure in ENGLISH:
        return float(ENGLISH[figure])
    plain = CHINESE.fullmatch(figure) is not None and not figure.startswith("百分之")
    return _chinese_value(figure) if plain else None


def _chinese_value(text: str) -> float:
    """The value of a Chinese numeral up to 99,999,999; 半 is a half."""
    if text == "半":
        return 0.5
    whole, section, digit = 0, 0, 0
    for character in text:
        if character == "万":
            whole, section, digit = (whole + section + digit or 1) * CHINESE_UNITS[character], 0, 0
        elif character in CHINESE_UNITS:
            section, digit = section + (digit or 1) * CHINESE_UNITS[character], 0
        else:
            digit = CHINESE_DIGITS.get(character, 0)
    return float(whole + section + digit)


def _sources(figure: str, cites: Sequence[int], results: Sequence[Any]) -> Iterator[FigureSource]:
    """The places in the cited results that have a figure."""
    value, decimals = value_of(figure), len(figure.partition(".")[2])
    for number in cites:
        if not 1 <= number <= len(results):
            continue
        for place, leaf in leaves(results[number - 1]):
            if value is None:
                has = re.search(rf"(?<![\w-]){re.escape(figure)}(?!\w)", str(leaf), re.IGNORECASE) is not None
            else:
                has = any(round(one, decimals) == value for one in _numbers(leaf))
            if has:
                yield FigureSource(figure, number, place)


def _numbers(leaf: Any) -> Iterator[float]:
    """The numbers of a leaf: itself, or those in its text."""
    if isinstance(leaf, bool) or leaf is None:
        return
    if isinstance(leaf, int | float):
        yield float(leaf)
    else:
        yield from (value for one in figures_in(str(leaf)) if (value := value_of(one)) is not None)


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a result that is no list or object, with the way to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{place}[{number}]")
    else:
        yield place or "result", value

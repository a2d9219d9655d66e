"""Whose the cards of a whole hand are, told by their costs and class icons alone: no picture is needed.

Costs are those of the table less what a player's potentials save, so costs that are together those of the squad are
each their operator's: another order would need one that is dearer than its table says. The classes are not known by
their icons: that two cards have the same icon, and how many do, tells which class it is. What fits in more than one way
stays unknown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from game.view import UNKNOWN

Image = NDArray[np.uint8]

SAME_ICON = 0.84
"""Correlation of two class icons of one hand from which they are the same; measured on three clients' hands of 8 to 12
cards: the same 0.91 and up, others up to 0.77.
"""
ICON, AROUND = (44, 34), (56, 46)
"""Width and height at which an icon, and an icon with a margin, are compared."""
MOST_WAYS = 1000
"""Ways of telling classes from icons that are tried; a hand that leaves more is left unknown."""


class Member(NamedTuple):
    """An operator of the squad as its card and its panel show it."""

    names: tuple[str, ...]
    """Every spelling of its name, in every language."""
    cost: int
    role: str
    """Its class."""


class Icon(NamedTuple):
    """The class icon of a card in grey: its middle, and the same with a margin, for what is cut a pixel beside it."""

    inner: Image
    outer: Image

    @classmethod
    def of(cls, inner: Image, outer: Image) -> Icon:
        """The icon in two crops of a BGR image, the second a little larger on each side."""
        return cls(_grey(inner, ICON), _grey(outer, AROUND))

    def is_like(self, other: Icon) -> bool:
        """Whether two cards of one hand show the same class."""
        fit = cv2.matchTemplate(other.outer, self.inner, cv2.TM_CCOEFF_NORMED)
        return float(fit.max()) >= SAME_ICON


def whose(costs: Sequence[int], icons: Sequence[Icon], squad: Sequence[Member]) -> list[int]:
    """The slot of each card of a hand that holds the whole squad, from left to right; UNKNOWN where it is not certain.

    All are UNKNOWN where the costs are not exactly those of the squad.
    """
    unknown = [UNKNOWN] * len(costs)
    if sorted(costs) != sorted(member.cost for member in squad):
        return unknown
    kinds = alike(icons)
    found = [_slots(costs, kinds, squad, way) for way in _ways(costs, kinds, squad)]
    if not found:  # icons that were taken for the same or for others: only costs that one operator has tell
        found = [_slots(costs, [0] * len(costs), [member._replace(role="") for member in squad], {0: ""})]
    if len(found) > MOST_WAYS:
        return unknown
    return [slots[0] if len(set(slots)) == 1 else UNKNOWN for slots in zip(*found, strict=True)]


def alike(icons: Sequence[Icon]) -> list[int]:
    """A number for each icon, the same for those that are alike."""
    kinds: list[int] = []
    for index, icon in enumerate(icons):
        same = (kinds[before] for before in range(index) if icon.is_like(icons[before]))
        kinds.append(next(same, index))
    return kinds


def _ways(costs: Sequence[int], kinds: Sequence[int], squad: Sequence[Member]) -> list[Mapping[int, str]]:
    """The ways in which the hand's icons can stand for the squad's classes, at most one more than `MOST_WAYS`.

    An icon can be a class whose operators have, together, the costs of the cards with that icon.
    """
    by_icon, by_role = defaultdict(list), defaultdict(list)
    for kind, cost in zip(kinds, costs, strict=True):
        by_icon[kind].append(cost)
    for member in squad:
        by_role[member.role].append(member.cost)
    could = {
        kind: [role for role, theirs in by_role.items() if Counter(theirs) == Counter(seen)]
        for kind, seen in by_icon.items()
    }
    every = _matchings(sorted(could, key=lambda kind: len(could[kind])), could, frozenset())
    return [way for way, _ in zip(every, range(MOST_WAYS + 1), strict=False)]


def _matchings(
    kinds: Sequence[int], could: Mapping[int, Sequence[str]], taken: frozenset[str]
) -> Iterator[dict[int, str]]:
    """Every way of giving each icon a class of its own."""
    if not kinds:
        yield {}
        return
    for role in could[kinds[0]]:
        if role not in taken:
            for rest in _matchings(kinds[1:], could, taken | {role}):
                yield {kinds[0]: role, **rest}


def _slots(costs: Sequence[int], kinds: Sequence[int], squad: Sequence[Member], way: Mapping[int, str]) -> list[int]:
    """Each card's slot if the icons stand for these classes; UNKNOWN where two operators share cost and class."""
    slots = defaultdict(list)
    for slot, member in enumerate(squad):
        slots[member.cost, member.role].append(slot)
    found = (slots[cost, way[kind]] for cost, kind in zip(costs, kinds, strict=True))
    return [theirs[0] if len(theirs) == 1 else UNKNOWN for theirs in found]


def _grey(crop: Image, size: tuple[int, int]) -> Image:
    """A crop in grey at a size."""
    return np.asarray(cv2.resize(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA), np.uint8)

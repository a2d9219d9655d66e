"""The Cutter cuts the numbers and the cards of a battle out of a frame.

It reads only where pixels changed: every crop is compared with the one it last looked at, and the reader behind it
remembers every number by the shape of its ink. What cannot be (kills falling, DP above 99, another total) is mended
with what was last known; a single image has no past, so nothing is mended there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from game.view import UNKNOWN, Card, CardState
from vision.profile import Profile
from vision.text import COUNTER, DIGITS, Reader

Image = NDArray[np.uint8]
Value = TypeVar("Value")

MOST_DP = 99
MOST_CARDS = 20
PORTRAIT = (24, 24)
"""Size at which portraits are compared."""
DARK = 40
"""Red level up to which a pixel counts as black."""
RED = 0.8
"""Share of a picture's lit pixels that must be red for a card to be cooling down."""
LIKE = 0.6
"""Correlation from which a portrait counts as recognised."""
CONTRAST = 0.2
"""Contrast between a card's two boxes from which it counts as found; measured: cards 0.4 and up, scenery below 0.1."""


class Hud(NamedTuple):
    """The numbers of one frame of a battle; None where a number cannot be read."""

    kills: int | None
    total: int | None
    life: int | None
    dp: int | None
    slots_left: int | None
    paused: bool
    speed: int | None
    deploying: bool
    cards: tuple[Card, ...]


class Flag(NamedTuple):
    """Where a card's small flag hangs: its middle and the card's upper edge, in pixels."""

    x: float
    top: float


class Cutter:
    """Reads frames of one battle after the other. `forget` tells it that another battle begins.

    `portraits` are the squad's, in slot order, as drawn on the cards at 1280x720; without them slots stay UNKNOWN.
    """

    def __init__(self, profile: Profile, reader: Reader, portraits: Sequence[Image] = ()) -> None:
        self.profile = profile
        self._reader = reader
        self._portraits = [fingerprint(portrait) for portrait in portraits]
        self._seen: dict[str, tuple[bytes, object]] = {}
        self._last = Hud(None, None, None, None, None, False, None, False, ())

    def forget(self) -> None:
        """Start a new battle: nothing is mended with what was known of the last one."""
        self._last = Hud(None, None, None, None, None, False, None, False, ())

    def read(self, image: Image) -> Hud:
        """Everything the frame tells about the battle, mended with what is known of it."""
        kills, total = self._counter(image)
        buttons = self.profile.buttons
        pause = self._cached("pause", image, self._white)
        arrows = self._cached("speed", image, self._white)
        dp = self._whole("dp", image)
        hud = Hud(
            kills=kills,
            total=total,
            life=self._whole("life", image, tinted=True),
            dp=dp if dp is None or dp <= MOST_DP else None,
            slots_left=self._cached("slots_left", image, self._last_number),
            paused=buttons.paused <= pause < buttons.running,
            speed=2 if arrows >= buttons.double else 1 if arrows >= buttons.single else None,
            deploying=pause < buttons.paused,
            cards=(),
        )
        hud = mend(hud, self._last)
        hud = hud._replace(cards=self._cards(image, hud))
        self._last = hud
        return hud

    def _cached(self, name: str, image: Image, look: Callable[[Image], Value]) -> Value:
        """What `look` says of a rectangle, asked only when its pixels changed."""
        return self._remembered(name, self.profile.crop(image, name), look)

    def _remembered(self, name: str, crop: Image, look: Callable[[Image], Value]) -> Value:
        pixels = crop.tobytes()
        known = self._seen.get(name)
        if known is None or known[0] != pixels:
            known = (pixels, look(crop))
            self._seen[name] = known
        return known[1]  # type: ignore[return-value]  # stored under the same name by the same look

    def _number(self, name: str, image: Image, alphabet: str, tinted: bool = False) -> str:
        return self._cached(name, image, lambda crop: self._reader.digits(crop, tinted, alphabet))

    def _whole(self, name: str, image: Image, tinted: bool = False) -> int | None:
        text = self._number(name, image, DIGITS, tinted)
        return int(text) if text else None

    def _counter(self, image: Image) -> tuple[int | None, int | None]:
        """Kills and total from "3/39"; a slash taken for a digit is mended with a total known from before."""
        text = self._number("kills", image, COUNTER)
        before, slash, after = text.partition("/")
        if slash and before.isdigit() and after.isdigit():
            return int(before), int(after)
        total = str(self._last.total)
        if not slash and text.endswith(total) and text[: -len(total) - 1].isdigit():
            return int(text[: -len(total) - 1]), self._last.total
        return None, None

    def _white(self, crop: Image) -> float:
        """The share of white pixels."""
        return float((crop.min(axis=2) > self.profile.buttons.white).mean())

    def _last_number(self, crop: Image) -> int | None:
        """The number at the end of a line of text ("…: 8")."""
        text = self._reader.text(crop)
        digits = text[len(text.rstrip(DIGITS)) :]
        return int(digits) if digits else None

    def _cards(self, image: Image, hud: Hud) -> tuple[Card, ...]:
        """The hand from left to right."""
        flags = find_flags(image, self.profile)
        return tuple(self._card(image, index, len(flags), flag, hud) for index, flag in enumerate(flags))

    def _card(self, image: Image, index: int, count: int, flag: Flag, hud: Hud) -> Card:
        layout = self.profile.cards
        cost_box = cut(image, flag, layout.cost, self.profile)
        cost_text = self._remembered(f"cost {index} of {count}", cost_box, self._reader.digits)
        portrait = cut(image, Flag(flag.x - layout.flag * self.profile.across, flag.top), layout.portrait, self.profile)
        slot = self._remembered(f"slot {index} of {count}", portrait, self._slot)
        cooling = self._remembered(f"cooling {index} of {count}", portrait, is_red)
        cost = int(cost_text) if cost_text else UNKNOWN
        return Card(slot, cost, card_state(cost, cooling, hud.dp))

    def _slot(self, portrait: Image) -> int:
        """The squad's slot whose portrait is most like this one; UNKNOWN when none is like it."""
        if not self._portraits:
            return UNKNOWN
        print_ = fingerprint(portrait)
        likeness = [float(print_ @ other) for other in self._portraits]
        best = int(np.argmax(likeness))
        return best if likeness[best] >= LIKE else UNKNOWN


def card_state(cost: int, cooling: bool, dp: int | None) -> CardState:
    """What a card can do: a red one comes back later; the others can be paid or not."""
    if cooling:
        return "cooling"
    return "ready" if dp is not None and cost <= dp else "unaffordable"


def cut(image: Image, flag: Flag, box: tuple[float, float, float, float], profile: Profile) -> Image:
    """A rectangle at 1280x720 relative to a card's flag and top, cut out of the image; at least one pixel wide."""
    left = min(max(0, round(flag.x + box[0] * profile.across)), image.shape[1] - 1)
    upper = min(max(0, round(flag.top + box[1] * profile.down)), image.shape[0] - 1)
    right, lower = (
        round(flag.x + (box[0] + box[2]) * profile.across),
        round(flag.top + (box[1] + box[3]) * profile.down),
    )
    return image[upper : max(upper + 1, lower), left : max(left + 1, right)]


def find_flags(image: Image, profile: Profile) -> list[Flag]:
    """The flags of the hand's cards from left to right.

    Up to ten cards stand side by side from the right edge; more of them share the width. So a larger count fits when a
    card is found at every place it says; else the cards that follow one another from the right edge are the hand.
    """
    strip = image.max(axis=2)
    side_by_side = int(profile.size[0] // (profile.cards.pitch * profile.across))
    for count in range(MOST_CARDS, side_by_side, -1):
        flags = list(takewhile(bool, (flag_at(strip, profile, index, count) for index in range(count))))
        if len(flags) == count:
            return [flag for flag in flags if flag]
    hand = takewhile(bool, (flag_at(strip, profile, 0, count) for count in range(1, side_by_side + 1)))
    return [flag for flag in hand if flag][::-1]


def flag_at(grey: Image, profile: Profile, index: int, count: int) -> Flag | None:
    """The flag of one card of `count`, if a card stands at its place, be it raised or not."""
    layout = profile.cards
    middle = profile.card_left(index, count) + profile.card_pitch(count) / 2 + layout.flag * profile.across
    places = [
        Flag(middle + aside, profile.card_top() - raised)
        for raised in (0, layout.rise * profile.down)
        for aside in (0, -1, 1)
    ]
    best = max(places, key=lambda flag: contrast(grey, flag, profile))
    return best if contrast(grey, best, profile) >= CONTRAST else None


def contrast(grey: Image, flag: Flag, profile: Profile) -> float:
    """How much lighter the class square is than the cost box, -1 to 1, if a card hung at this flag."""
    light = min(float(np.median(cut(grey, flag, box, profile))) for box in profile.cards.light)
    dark = max(float(np.median(cut(grey, flag, box, profile))) for box in profile.cards.dark)
    return (light - dark) / (light + dark + 1)


def fingerprint(portrait: Image) -> NDArray[np.float32]:
    """A portrait as a vector of length one, the same whether the card is bright or dark."""
    grey = cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY) if portrait.size else np.zeros(PORTRAIT, np.uint8)
    small = cv2.resize(grey, PORTRAIT, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), dtype=np.float32)


def is_red(crop: Image) -> bool:
    """Whether a whole picture is tinted red: nearly all that is not black has less than half as much of other colours.

    Red hair alone is not enough: a face is always beside it.
    """
    if crop.size == 0:
        return False
    blue, green, red = cv2.split(crop)
    lit = red > DARK
    tinted = lit & (red // 2 >= cv2.max(blue, green))
    return bool(tinted.sum() > RED * max(lit.sum(), lit.size // 10))


def mend(now: Hud, before: Hud) -> Hud:
    """A frame's numbers with what cannot be replaced by what was last known."""
    total = before.total if before.total is not None else now.total
    kills, life = now.kills, now.life
    if (
        kills is None
        or now.total != total
        or (before.kills is not None and kills < before.kills)
        or kills > (total or 0)
    ):
        kills = before.kills
    if life is None or (before.life is not None and life > before.life):
        life = before.life
    return now._replace(
        kills=kills,
        total=total,
        life=life,
        dp=before.dp if now.dp is None else now.dp,
        slots_left=before.slots_left if now.slots_left is None else now.slots_left,
        speed=before.speed if now.speed is None else now.speed,
    )

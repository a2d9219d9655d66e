"""The Cutter reads the numbers and the cards of a battle from crops of a frame.

It reads only where pixels changed: every crop is compared with the one last read, and the reader remembers every number
by the shape of its ink. A number that cannot be right (kills falling, DP above 99, another total) is replaced by the
last one known; a single image has no earlier numbers, so nothing is replaced there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from game.view import UNKNOWN, Card, CardState
from vision.hand import Icon, Member, whose
from vision.ocr import COUNTER, DIGITS, SIGNED, Reader
from vision.portraits import Portraits, is_red, slot_named
from vision.profile import Profile

Image = NDArray[np.uint8]
Value = TypeVar("Value")

MOST_DP = 99
MOST_CARDS = 20
ICON, AROUND_ICON = (-41, 4, 22, 17), (-44, 1, 28, 23)
"""The class icon at 1280x720 relative to a card's flag and top, without and with a margin."""
UNCLEAR = 0.25
"""How far, as a share, the white of the speed's arrows may be from what divides one from two without being either."""
SQUARE = 21
"""Rows at 1280x720 of the class square on every card that are looked at."""
LEAST_CONTRAST = 0.3
"""Contrast between the class square and the cost box, dimmed or not, from which there is an edge between them."""
LEAST_EDGE = 0.65
"""Share of the square's rows that must have the edge; measured: cards 0.8 and up, scenery mostly below 0.4."""
SIDES, LIT_ROWS = (4, 24), 10
"""Pixels at 1280x720 to the left and right of the edge between which the square is light and the box dark, and in how
many rows, raised or not: the outline of a thing on the field is an edge too, with the same on both sides of it.
"""
SLACK = 8
"""Rows at 1280x720 below the usual height that are searched too."""
LEAST_GAIN = 0.15
"""How much better a card's edge must fit higher up than at the usual height for the card to count as raised."""


BAR_LIT, LEAST_LIT = 0.7, 130
"""Share of the brightest pixel's grey level from which a pixel of a bar is filled, and the least level that counts."""
BAR_WHITE = 200
"""Least grey level of a bar that is full beside an empty line; what is darker may be pale scenery."""
BAR_BEGINS = 4
"""Pixels within which it begins."""
BAR_STRAY = 0.05
"""Most share of the bar behind its end that may be as bright as it: more is something that lies over it."""


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
    dp_share: float | None = None
    """How far the bar below the DP is filled, 0 to 1: the part of the next one that has come."""
    held: int | None = None
    """The place in the hand of the card that is selected."""


class Flag(NamedTuple):
    """Where a card's small flag hangs: its middle and the card's upper edge, in pixels."""

    x: float
    top: float


class Cutter:
    """Reads the frames of one battle after the other. `forget` says that another battle begins.

    `portraits` are the squad's, in slot order, as drawn on the cards. Those not known are learned of a `squad`:
    from costs and class icons as long as all its cards are in the hand, and from the name that the game shows of a card
    that is selected. Without either slots stay UNKNOWN.
    """

    def __init__(
        self,
        profile: Profile,
        reader: Reader,
        portraits: Portraits | Sequence[Image] = (),
        squad: Sequence[Member] = (),
    ) -> None:
        self.profile = profile
        self._reader = reader
        self._portraits = portraits if isinstance(portraits, Portraits) else Portraits(portraits)
        self._squad = squad
        self._seen: dict[str, tuple[bytes, object]] = {}
        self._last = Hud(None, None, None, None, None, False, None, False, ())

    def forget(self) -> None:
        """Begin a new battle: numbers of the last one no longer replace what cannot be read."""
        self._last = Hud(None, None, None, None, None, False, None, False, ())

    def read(self, image: Image) -> Hud:
        """Everything the frame shows of the battle; numbers that cannot be right are replaced by the last known."""
        hud = self.read_numbers(image)
        flags = find_flags(image, self.profile, one_raised=hud.deploying)
        raised = [index for index, flag in enumerate(flags) if flag.top < self.profile.card_top()]
        self._last = hud._replace(cards=self._cards(image, flags, hud), held=raised[0] if raised else None)
        return self._last

    def read_numbers(self, image: Image) -> Hud:
        """The same without the cards."""
        kills, total = self._counter(image)
        buttons = self.profile.buttons
        pause = self._cached("pause", image, self._white)
        arrows = self._cached("speed", image, self._white)
        dp = self._whole("dp", image, alphabet=SIGNED)
        hud = Hud(
            kills=kills,
            total=total,
            life=self._whole("life", image, tinted=True),
            dp=dp if dp is None or dp <= MOST_DP else None,
            slots_left=self._whole("slots_left", image),
            paused=buttons.paused <= pause < buttons.running,
            speed=self._speed(arrows, image),
            deploying=arrows < buttons.single,
            cards=(),
        )
        return with_last_known(hud, self._last)._replace(dp_share=self._cached("dp_bar", image, bar_share))

    def _cached(self, name: str, image: Image, look: Callable[[Image], Value]) -> Value:
        """What `look` returns for a rectangle; it is called only when the pixels changed."""
        return self._remembered(name, self.profile.crop(image, name), look)

    def _remembered(self, name: str, crop: Image, look: Callable[[Image], Value]) -> Value:
        pixels = crop.tobytes()
        known = self._seen.get(name)
        if known is None or known[0] != pixels:
            known = (pixels, look(crop))
            self._seen[name] = known
        return known[1]  # type: ignore[return-value]  # stored under the same name by the same look

    def _number(self, name: str, image: Image, alphabet: str, tinted: bool = False) -> str:
        """A number; where none can be read it is looked for again below what may cover the upper edge of its crop."""

        def read(crop: Image) -> str:
            return self._reader.digits(crop, tinted, alphabet) or self._reader.digits(uncovered(crop), tinted, alphabet)

        return self._cached(name, image, read)

    def _whole(self, name: str, image: Image, tinted: bool = False, alphabet: str = DIGITS) -> int | None:
        text = self._number(name, image, alphabet, tinted)
        return int(text) if text else None

    def _speed(self, arrows: float, image: Image) -> int | None:
        """The speed by its arrows or, where something covers a part of them as emulators' key hints do, by the number
        above them.
        """
        buttons = self.profile.buttons
        if arrows < buttons.single:
            return None
        if abs(arrows - buttons.double) < UNCLEAR * buttons.double:
            number = self._number("speed_number", image, alphabet="12")
            if number in ("1", "2"):
                return int(number)
        return 2 if arrows >= buttons.double else 1

    def _counter(self, image: Image) -> tuple[int | None, int | None]:
        """Kills and total from "3/39"; if the slash was read as a digit, the total known before separates them."""
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
        return float((crop.min(axis=2) > self.profile.buttons.white).mean()) if crop.size else 0.0

    def _cards(self, image: Image, flags: Sequence[Flag], hud: Hud) -> tuple[Card, ...]:
        """The hand from left to right."""
        cards = tuple(self._card(image, index, len(flags), flag, hud) for index, flag in enumerate(flags))
        if not self._squad or not self._learns(image, flags, cards, hud):
            return cards
        self._seen = {name: seen for name, seen in self._seen.items() if not name.startswith("slot ")}
        return tuple(self._card(image, index, len(flags), flag, hud) for index, flag in enumerate(flags))

    def _learns(self, image: Image, flags: Sequence[Flag], cards: Sequence[Card], hud: Hud) -> bool:
        """Learn the pictures of cards that are not known, as far as this frame tells whose they are; whether it does.

        A kept picture that no longer fits, as after a change of clothes, is replaced once the game shows the name.
        """
        unknown = [index for index, card in enumerate(cards) if card.slot == UNKNOWN]
        raised = [index for index in unknown if flags[index].top < self.profile.card_top()]
        if hud.deploying and len(raised) == 1:
            names = self._remembered("name", self.profile.crop(image, "unit_name"), self._names)
            slot = next(
                (slot for slot in (slot_named(name, self._squad) for name in names) if slot != UNKNOWN), UNKNOWN
            )
            if slot != UNKNOWN:
                self._portraits.keep(slot, self._portrait(image, flags[raised[0]]))
            return slot != UNKNOWN
        if not unknown or hud.deploying or not self._portraits.missing or len(cards) != len(self._squad):
            return False
        icons = [Icon.of(*(cut(image, flag, box, self.profile) for box in (ICON, AROUND_ICON))) for flag in flags]
        found = whose([card.cost for card in cards], icons, self._squad)
        news = [index for index in unknown if found[index] != UNKNOWN]
        for index in news:
            self._portraits.learn(found[index], self._portrait(image, flags[index]))
        return bool(news)

    def _names(self, crop: Image) -> tuple[str, ...]:
        """The name in the panel of a card or unit that is selected, as its first line and as the whole crop read: a
        line may be found in part only.
        """
        return *(line.text for line in self._reader.lines(crop)[:1]), self._reader.text(crop)

    def _portrait(self, image: Image, flag: Flag) -> Image:
        """The picture on a card."""
        layout = self.profile.cards
        middle = flag.x - layout.flag * self.profile.across
        return cut(image, Flag(middle, flag.top), layout.portrait, self.profile)

    def _card(self, image: Image, index: int, count: int, flag: Flag, hud: Hud) -> Card:
        layout = self.profile.cards
        cost_box = cut(image, flag, layout.cost, self.profile)
        cost_text = self._remembered(f"cost {index} of {count}", cost_box, self._cost)
        portrait = self._portrait(image, flag)
        slot = self._remembered(f"slot {index} of {count}", portrait, self._portraits.slot_of)
        # A picture may be red by itself; the cost is only while the card cools down.
        cooling = self._remembered(f"cooling {index} of {count}", portrait, is_red) and is_red(cost_box)
        cost = int(cost_text) if cost_text else UNKNOWN
        return Card(slot, cost, card_state(cost, cooling, hud.dp))

    def _cost(self, box: Image) -> str:
        """The cost in its box: white, or red with the whole card.

        Where it runs into what stands beside the box, the sides are painted over.
        """
        side = round(2 * self.profile.across)
        framed = box.copy()
        framed[:, :side] = framed[:, -side:] = 0
        readings = (self._reader.digits(part, tinted) for tinted in (False, True) for part in (box, framed))
        return next((text for text in readings if text), "")


def uncovered(crop: Image) -> Image:
    """A crop without what lies behind the characters along whole rows, as a phone's status line over their tops."""
    if crop.size == 0:
        return crop
    ground = np.median(crop, axis=1, keepdims=True).astype(np.uint8)
    return np.asarray(np.maximum(crop, ground) - ground)


def bar_share(crop: Image) -> float | None:
    """How far a white bar is filled from the left, 0 to 1; None where there is none to be seen. It may be dimmed.

    Its end is exact to a pixel: at 1280x720 a 120th of its length, a quarter of a tick where DP come each second.
    """
    lines = crop.min(axis=2).astype(np.int16) if crop.size else ()
    shares = [(share, int(line.max())) for line in lines if (share := _line_share(line)) is not None]
    begun = [share for share, _ in shares if 0.0 < share < 1.0]
    if begun:  # a line that is bright from end to end is then what lies beside the bar
        return max(begun)
    full, empty = [level for share, level in shares if share], any(share == 0.0 for share, _ in shares)
    if full and empty:
        return 1.0 if max(full) >= BAR_WHITE else None
    return 1.0 if full else 0.0 if empty else None


def _line_share(line: NDArray[np.int16]) -> float | None:
    """How far one line of a bar is filled; None where something else lies in it, as the lower edge of a digit."""
    lit = line > BAR_LIT * max(int(line.max()), LEAST_LIT)
    lit[: lit[:BAR_BEGINS].argmax()] = True  # its first pixels may be blurred
    filled = len(lit) if lit.all() else int(lit.argmin())
    return None if lit[filled:].sum() > BAR_STRAY * len(lit) else filled / len(lit)


def card_state(cost: int, cooling: bool, dp: int | None) -> CardState:
    """A card's state: cooling down (a red one), ready, or unaffordable. Without a known DP no card is ready."""
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


def find_flags(image: Image, profile: Profile, one_raised: bool = False) -> list[Flag]:
    """The flags of the hand's cards from left to right; `one_raised` says that one of them may be selected.

    Up to ten cards stand side by side from the right edge; more of them share the width. So a count above ten is right
    when a card is found at each of its places; else the hand is the row of cards that begins at the right edge.
    """
    edges = Edges(image, profile)
    return edges.settle(edges.hand(), one_raised)


def hand_fit(image: Image, profile: Profile) -> tuple[int, float]:
    """How many cards of a hand, none of them selected, hang where this profile expects them, and the mean of the pixels
    by which they do not, across and down, as a negative number.
    """
    edges = Edges(image, profile)
    hand = edges.hand()
    if not hand:
        return 0, 0.0
    middles = [profile.card_middle(index, len(hand)) for index in range(len(hand))]
    across = np.array(hand) - np.array(middles) - profile.cards.flag * profile.across
    return len(hand), -float(np.abs(across).mean()) - abs(edges.down(hand))


class Edges:
    """Where in the strip of cards it gets darker from left to right over the height of a card's class square.

    Every card has a light square with its class and to the right of it a dark box with its cost: the edge between them
    is as high as the square, and nothing else on the screen has one at these places. A selected card is raised, or on
    its way up, so the edge is searched at every height in between.
    """

    def __init__(self, image: Image, profile: Profile) -> None:
        self._profile = profile
        rise, square = round(profile.cards.rise * profile.down), round(SQUARE * profile.down)
        above = round(5 * profile.down)
        self._rise = rise
        self._first = round(profile.card_top()) - rise
        strip = image[self._first - above : self._first + rise + square + round(SLACK * profile.down)]
        self._squares = strip[above + rise : above + rise + round(LIT_ROWS * profile.down)].max(axis=2).astype(np.int16)
        """The levels in rows that every card's square has, raised or not."""
        falls = darkening(strip, profile.across)
        counts = np.vstack([np.zeros((1, falls.shape[1]), np.int32), np.cumsum(falls, axis=0, dtype=np.int32)])
        tops = np.arange(rise + round(SLACK * profile.down) + 1)
        inside = (counts[tops + above + square] - counts[tops + above]) / square
        self._likely = inside - (counts[tops + above] - counts[tops]) / (4 * above)
        """How well a card's upper edge fits at a height (0 the highest) and a column: an edge below, none above."""
        self._share = inside[: rise + 1].max(axis=0)

    def place(self, index: int, count: int) -> float | None:
        """The x of the flag of one card of `count`; None when no card stands at its place."""
        profile = self._profile
        start = max(
            0, round(profile.card_middle(index, count) + (profile.cards.flag + profile.cards.edge - 2) * profile.across)
        )
        share = self._share[start : start + round(4 * profile.across) + 1]
        if share.size == 0 or share.max() < LEAST_EDGE:
            return None
        edge = start + float(np.flatnonzero(share >= share.max() - 0.05).mean())
        return edge - profile.cards.edge * profile.across if self._divides(edge) else None

    def _divides(self, edge: float) -> bool:
        """Whether it is light on the left and dark on the right of a column, not at it alone."""
        near, far = (side * self._profile.across for side in SIDES)
        left = self._squares[:, max(round(edge - far), 0) : max(round(edge - near), 1)]
        right = self._squares[:, round(edge + near) : round(edge + far)]
        if not (left.size and right.size):
            return False
        light, dark = np.percentile(left, 70), np.percentile(right, 30)  # an icon and digits are the rest
        return bool(light - dark > LEAST_CONTRAST * (light + dark + 20))

    def hand(self) -> list[float]:
        """The x of the flags of the hand's cards, from left to right."""
        profile = self._profile
        side_by_side = profile.side_by_side
        for count in range(MOST_CARDS, side_by_side, -1):
            hand = list(takewhile(bool, (self.place(index, count) for index in range(count))))
            if len(hand) == count:
                break
        else:
            hand = list(takewhile(bool, (self.place(0, count) for count in range(1, side_by_side + 1))))[::-1]
        return [x for x in hand if x is not None]

    def down(self, places: list[float]) -> float:
        """By how many pixels the upper edges of these cards lie below where they are expected; the median of them."""
        return float(np.median(self._likely[:, self._columns(places)].argmax(axis=0))) - self._rise

    def _columns(self, places: list[float]) -> list[int]:
        """The columns of the edges of cards with these flags."""
        return [round(x + self._profile.cards.edge * self._profile.across) for x in places]

    def settle(self, places: list[float], one_raised: bool) -> list[Flag]:
        """Flags with the heights of their cards: all the same, but for the one that fits best higher up."""
        if not places:
            return []
        likely = self._likely[:, self._columns(places)]
        heights = likely.argmax(axis=0)
        usual = int(np.sort(heights)[len(heights) // 2])
        gain = np.where(heights < usual, likely.max(axis=0) - likely[usual], 0)
        tops = np.full(len(places), self._profile.card_top())
        if one_raised and gain.max() >= LEAST_GAIN:
            tops[gain.argmax()] = self._first + heights[gain.argmax()] - self._profile.down
        return [Flag(x, float(top)) for x, top in zip(places, tops, strict=True)]


def darkening(strip: Image, across: float) -> NDArray[np.bool_]:
    """For every pixel, whether it is lighter on its left than on its right by `LEAST_CONTRAST`, dimmed or not."""
    first, second, third = cv2.split(strip)
    grey = cv2.max(cv2.max(first, second), third).astype(np.float32)
    width, reach = max(1, round(2 * across)), max(1, round(1.8 * across))
    mean = cv2.blur(grey, (width, 1))
    light, dark = np.roll(mean, reach, axis=1), np.roll(mean, -reach, axis=1)
    return np.asarray(light - dark > LEAST_CONTRAST * (light + dark + 20))


def with_last_known(now: Hud, before: Hud) -> Hud:
    """A frame's numbers, each replaced by the last one known where it is unreadable or cannot be right."""
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

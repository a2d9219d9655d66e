"""Reading pictures from files: what `holdfast read` prints, one entry an image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.bars import beside_tools, inside_bars
from vision.client_area import is_framed
from vision.cutter import Cutter
from vision.desktop import between_pillars, game_areas
from vision.ocr import Reader
from vision.profile import HEIGHT, WIDTH, Profile, load_profile
from vision.screens import BATTLE, UNKNOWN_SCREEN, ScreenReading, recognise
from vision.ui_scale import fitted

Image = NDArray[np.uint8]

HUD = ("kills", "total", "life", "dp", "slots_left", "paused", "speed", "deploying", "dp_share")
LEAST_TITLE_BAR, MOST_TITLE_BAR = 16, 0.1
"""The height of a title bar: at least so many rows, at most such a share of the picture's."""
ALIKE = 12
"""Grey levels by which pixels of a title bar may differ."""
PLAIN = 0.6
"""Share of a title bar's row that has the bar's colour; the rest is a name, tabs and buttons."""
EDGE = 8.0
"""Mean difference in grey levels between the bar's last row and the picture's first."""
CLIENTS = ("CN", "JP", "TW", "KR", "EN")
"""The English last: other clients show some English words too."""
STAGE_MAP = "stage_map"
DOUBTFUL = (UNKNOWN_SCREEN, STAGE_MAP, BATTLE)
"""Screens that may be seen where the game is not; a later one counts more than an earlier one."""
ANY_CLIENT = "arknights"
"""Instead of a profile's name: whichever of these clients it is."""


def read_image(path: str | Path, profile: str | Path = ANY_CLIENT, reader: Reader | None = None) -> dict[str, Any]:
    """What can be read from a picture file of the game, in a window or on a desktop or not.

    Numbers that are not on the screen or cannot be read are None. A file that is no picture gives an entry with `file`
    and `error` only. Raises ProfileError when the profile cannot be used.
    """
    entry: dict[str, Any] = {"file": str(path)}
    pixels = load_image(Path(path))
    if isinstance(pixels, str):
        return entry | {"error": f"{path}: {pixels}"}
    reader = reader or Reader()
    image, scaled, reading, certain = _seen(pixels, profile, reader)
    entry["screen"] = reading.screen
    entry["client"] = _client(image, reader) if profile == ANY_CLIENT else None
    entry["ui_scale"] = round(scaled.ui_scale, 2) if certain else None
    entry |= dict.fromkeys(HUD) | {"cards": None}
    if reading.screen == BATTLE:
        hud = Cutter(scaled, reader).read(image)
        entry |= {name: getattr(hud, name) for name in HUD}
        entry["cards"] = [
            {"slot": card.slot, "cost": card.cost, "state": card.state, "held": index == hud.held}
            for index, card in enumerate(hud.cards)
        ]
    code = next(iter(reading.found), None) if reading.screen == "stage_panel" else None
    return entry | {"code": code, "found": reading.found, "outcome": reading.outcome, "stars": reading.stars}


class _Seen(NamedTuple):
    """A client area, the profile that fits it, what it shows, and whether the size of its interface is certain."""

    image: Image
    profile: Profile
    reading: ScreenReading
    certain: bool


def _seen(pixels: Image, profile: str | Path, reader: Reader) -> _Seen:
    """What a picture shows: in a framed rectangle of the game's shape, inside plain bars, without its title bar and
    pillars, beside an emulator's bars, or in another rectangle. The first of them that is sure counts.
    """
    unsure: list[_Seen] = []
    for area in _areas(pixels):
        seen = _seen_in(area, profile, reader)
        if _is_sure(seen):
            return seen
        unsure.append(seen)
    return max(unsure, key=lambda one: DOUBTFUL.index(one.reading.screen))


def _is_sure(seen: _Seen) -> bool:
    """Whether what is seen can hardly come from another place of the picture: a battle at a wrong place shows no costs
    of cards, and a code may stand in another window.
    """
    if seen.reading.screen == STAGE_MAP:
        return len(seen.reading.found) > 1
    return seen.certain or seen.reading.screen not in DOUBTFUL


def _areas(pixels: Image) -> Iterator[Image]:
    """Where in a picture the game may be, the likeliest first."""
    inside, rectangles = inside_bars(pixels), game_areas(pixels)
    framed = [area for area in rectangles if is_framed(pixels, area)]
    yield from (area.cut(pixels) for area in framed)
    for image in (pixels,) if inside is None else (inside, pixels):
        yield between_pillars(client_area(image))
    tools = beside_tools(pixels)
    if tools is not None:
        yield tools
    yield from (area.cut(pixels) for area in rectangles if area not in framed)


def _seen_in(image: Image, profile: str | Path, reader: Reader) -> _Seen:
    """What a client area shows, its interface in whatever size."""
    scaled = load_profile(
        profile if profile != ANY_CLIENT else _profile_of(_client(image, reader) or CLIENTS[0]),
        (image.shape[1], image.shape[0]),
    )
    reading = recognise(image, scaled, reader)
    battle = fitted(image, scaled, reader) if reading.screen in (BATTLE, UNKNOWN_SCREEN) else None
    if battle is None:
        return _Seen(image, scaled, reading, certain=False)
    return _Seen(image, battle[0], reading._replace(screen=BATTLE), battle[1])


def _profile_of(client: str) -> str:
    """The name of a client's profile."""
    return f"{ANY_CLIENT}-{client.lower()}"


def _client(image: Image, reader: Reader) -> str | None:
    """The client with most of its own words on the page; None where there is none of any."""
    lines = [line.text for line in reader.lines(image)]
    found = {client: sum(any(word in line for line in lines) for word in words) for client, words in _words().items()}
    best = max(found, key=lambda client: found[client])
    return best if found[best] else None


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """By which words each client is told from the others; the Korean one by none that can be read."""
    profiles = {client: load_profile(_profile_of(client)) for client in CLIENTS}
    return {client: profile.words["client"] for client, profile in profiles.items() if client != "KR"}


def read_images(paths: Iterable[str | Path], profile: str | Path = ANY_CLIENT) -> Iterable[dict[str, Any]]:
    """`read_image` for several files, one after the other, with one reader: it remembers the numbers it has read."""
    reader = Reader()
    for path in paths:
        yield read_image(path, profile, reader)


def load_image(path: Path) -> Image | str:
    """The file's pixels in BGR, or what is wrong with it."""
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (cv2.error, MemoryError):  # a header that claims more pixels than OpenCV takes, or than there is memory for
        return "too large to be a screen, or a broken picture"
    if image is None:
        return "not a picture that can be read (PNG and JPEG can)"
    if min(image.shape[:2]) < LEAST_TITLE_BAR:
        return f"too small to be a screen ({image.shape[1]} by {image.shape[0]} pixels)"
    return np.asarray(image, dtype=np.uint8)


def client_area(image: Image) -> Image:
    """The picture without the title bar of the window around it, if there is one.

    A bar is a strip of one colour along the top, but for its name and buttons, that ends in a sharp edge. A picture of
    exactly 16:9 has none.
    """
    rows, columns = image.shape[:2]
    if columns * HEIGHT == rows * WIDTH:
        return image
    most = int(rows * MOST_TITLE_BAR)
    grey = cv2.cvtColor(image[: most + 1], cv2.COLOR_BGR2GRAY).astype(np.int16)
    colour = np.median(grey[LEAST_TITLE_BAR // 4 : LEAST_TITLE_BAR // 2])
    plain = (np.abs(grey - colour) <= ALIKE).mean(axis=1) >= PLAIN
    plain[: LEAST_TITLE_BAR // 4] = True  # a border may run along the very top
    height = int(plain.argmin()) if not plain.all() else 0
    if height < LEAST_TITLE_BAR or np.abs(grey[height] - grey[height - 1]).mean() < EDGE:
        return image
    return np.ascontiguousarray(image[height:])

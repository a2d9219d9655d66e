"""How large the client's interface is set: found by trying sizes on a battle.

The real game has a setting, from 80 to 100 %, that makes HUD and cards smaller. They keep to the same edges; the
map does not change, nor do the pages outside a battle (seen on screens of one client at 90 %).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from game.view import UNKNOWN
from vision.cutter import Cutter, hand_fit
from vision.ocr import Reader
from vision.profile import Profile
from vision.screens import BATTLE, shows

Image = NDArray[np.uint8]

FULL = 1.0
SCALES = (FULL, 0.95, 0.9, 0.85, 0.8)
"""The HUD of a size between two of these is read well with the nearer one."""
FINE = 0.0025
"""Step in which the size is searched for between them: the places of ten cards in a row tell it as exactly."""
LEAST_GAIN = 1
"""How many more numbers another size must read than full size, which a passing flash may hide one of."""


def fitted(image: Image, profile: Profile, reader: Reader) -> tuple[Profile, bool] | None:
    """The profile at the size of interface at which most of a battle can be read, and whether that is certain.

    It is certain where a card's cost can be read: numbers alone can often be read at two sizes. None where the image
    shows no battle at any size.
    """
    scaled = [profile.at_scale(scale) for scale in SCALES]
    battles = [one for one in scaled if shows(BATTLE, image, one, reader)]
    if not battles:
        return None
    best = max(battles, key=lambda one: (_numbers(image, one, reader), hand_fit(image, one)))
    best = _refined(image, best)
    return best, any(card.cost != UNKNOWN for card in Cutter(best, reader).read(image).cards)


def _numbers(image: Image, profile: Profile, reader: Reader) -> int:
    """How many numbers of a battle can be read with this profile: three of the HUD, and the costs of cards. Full size
    has an advantage.
    """
    hud = Cutter(profile, reader).read(image)
    numbers = sum(number is not None for number in (hud.life, hud.dp, hud.slots_left))
    return numbers + sum(card.cost != UNKNOWN for card in hud.cards) + LEAST_GAIN * (profile.ui_scale == FULL)


def _refined(image: Image, profile: Profile) -> Profile:
    """The profile at the size, up to half a step away, at which most cards hang where they are expected to."""
    steps = round((SCALES[0] - SCALES[1]) / 2 / FINE)
    nearest_first = sorted(range(-steps, steps + 1), key=abs)
    near = [profile.at_scale(min(profile.ui_scale + FINE * step, FULL)) for step in nearest_first]
    best = max(near, key=lambda one: hand_fit(image, one))
    same = profile.ui_scale == FULL and hand_fit(image, best)[0] == hand_fit(image, profile)[0]
    return profile if same else best

"""The pages before the home screen, and dialogs that lie over one another, are told apart."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.practice.draw import Painter
from vision.ocr import Reader
from vision.profile import load_profile
from vision.screens import recognise

SQUAD = default_squad(CATALOGUE)
SIZES = ((1280, 720), (640, 480), (640, 360))
READER = Reader()


def seen(painter):
    """The screen that the practice profile makes of what was drawn."""
    image = painter.frame()
    return recognise(image, load_profile("practice", (image.shape[1], image.shape[0])), READER).screen


def notice(painter):
    """The notice of an update."""
    painter.notice("UPDATE", "A new version is here; the game restarts.", "CONFIRM")


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_before_home_are_recognised(size):
    """Each is itself, in every shape of window."""
    painter = Painter(size, SQUAD)
    for page in ("title", "login", "password", "maintenance"):
        painter.before_home(page)
        assert seen(painter) == page
    painter.home()
    notice(painter)
    assert seen(painter) == "update"
    painter.home()
    painter.connection_lost("BACK TO TITLE")
    assert seen(painter) == "connection_lost"
    painter.home()
    painter.notice("LOGGED IN ELSEWHERE", "Another device uses this account.", "BACK TO TITLE")
    assert seen(painter) == "logged_in_elsewhere"


@pytest.mark.parametrize("size", SIZES)
def test_of_two_interruptions_the_upper_one_is_seen(size):
    """Only its button works: the text of a dialog below a pop-up can still be read, and must not count."""
    painter = Painter(size, SQUAD)
    over = {"popup": painter.popup, "connection_lost": painter.connection_lost, "update": lambda: notice(painter)}
    for lower, draw_lower in over.items():
        for upper, draw_upper in over.items():
            if lower != upper:
                painter.home()
                draw_lower()
                draw_upper()
                assert seen(painter) == upper, f"{upper} over {lower}"

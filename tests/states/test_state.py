"""Words that the states and the profiles share are checked where they are written."""

from __future__ import annotations

import pytest

from states.events import INTERRUPTIONS, SCREEN_NAMES, ScreenSeen
from states.machine import SCREENS
from states.stage_select import STEPS
from states.state import State


def test_a_handler_of_an_unknown_event_is_refused():
    """The error names class and method, and the nearest event there is."""
    with pytest.raises(TypeError, match=r"^MapState\.on_screen_sen: .* did you mean on_screen_seen\?$"):

        class MapState(State):
            def on_screen_sen(self, event: ScreenSeen):
                """Never called: the event is called screen_seen."""


def test_a_handler_of_an_event_with_no_similar_name_is_refused_too():
    """Without a near event the error still names class and method."""
    with pytest.raises(TypeError, match=r"^MapState\.on_zzz: there is no event zzz$"):

        class MapState(State):
            on_zzz = None


def test_every_screen_leads_somewhere_or_is_an_interruption():
    """A screen name that neither triggers a transition nor is closed would be seen and ignored."""
    assert set(SCREENS) | set(INTERRUPTIONS) == set(SCREEN_NAMES)
    assert not set(SCREENS) & set(INTERRUPTIONS)
    assert set(STEPS) <= set(SCREEN_NAMES)

"""While the bot plays, the search for garbage is short, and nothing that was garbage before is kept for good."""

from __future__ import annotations

import gc
import weakref

from bot.garbage import only_new_objects_searched


class Ring:
    """An object that refers to itself, which only the search finds."""

    def __init__(self) -> None:
        self.own = self


def test_old_objects_are_left_alone_for_so_long_only() -> None:
    """A full search in the block frees what was dropped in it, and one after the block what was dropped before."""
    old = weakref.ref(Ring())
    with only_new_objects_searched():
        new = weakref.ref(Ring())
        gc.collect()
        assert new() is None
        assert old() is not None
    gc.collect()
    assert old() is None

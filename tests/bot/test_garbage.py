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
    """A full search in the block frees what was made in it, and one after the block what was made before."""
    kept = Ring()
    old = weakref.ref(kept)
    with only_new_objects_searched():
        del kept
        new = weakref.ref(Ring())
        gc.collect()
        assert new() is None
        assert old() is not None
    gc.collect()
    assert old() is None


def test_what_one_turn_leaves_is_gone_before_the_next() -> None:
    """Stages in turn, day after day: the parts of one are not kept beside those of the next."""
    with only_new_objects_searched():
        left = weakref.ref(Ring())
    with only_new_objects_searched():
        assert left() is None

"""Python's search for garbage, kept short while the bot plays."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def only_new_objects_searched() -> Iterator[None]:
    """While the block lasts, garbage is searched for among the objects only that were made in it.

    A search among all objects, most of which are torch's and those of the models that read pictures, stops every thread
    for 0.2 s and more, in the midst of a decision or a gesture. So one is made before: what an earlier block has left,
    a whole replay buffer where stages are played in turn, would else stay for good.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()

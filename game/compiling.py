"""How the rules are compiled, and the line that says so when it takes a while."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from numba import njit
from numba.core import event

Rule = TypeVar("Rule", bound=Callable[..., object])

compiled: Callable[[Rule], Rule] = njit(cache=True, _nrt=False)  # type: ignore[call-overload]
"""Without numba's reference counts, which took nineteen twentieths of the time. That is sound as long as nothing that
is compiled makes an array, or hands one to Python."""
often: Callable[[Rule], Rule] = njit(cache=True, forceinline=True, _nrt=False)  # type: ignore[call-overload]
"""For what happens many times a tick: a call that is not inlined passes all the arrays of its arguments."""

NOTICE = "Compiling the rules of the battle. This takes up to a minute, once on this machine.\n"


class _Notice(event.Listener):
    """Says once that something is being compiled; of what comes from the cache it hears nothing."""

    said = False

    def on_start(self, event: event.Event) -> None:
        """Something was not in the cache."""
        del event
        if not self.said:
            self.said = True
            sys.stderr.write(NOTICE)

    def on_end(self, event: event.Event) -> None:
        """Nothing to say."""


event.register("numba:compile", _Notice())  # type: ignore[no-untyped-call]

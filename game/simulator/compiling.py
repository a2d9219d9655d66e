"""How the rules are compiled, where the result is kept, and the notice that is shown while it takes a while."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numba import config, njit, types
from numba.core import event
from numba.extending import intrinsic

from game.simulator.linking import PartCompiler, WholeCompiler

Rule = TypeVar("Rule", bound=Callable[..., object])


def cache_folder(package: Path) -> Path:
    """The folder that keeps what is compiled from this package; its name changes with every change of the sources.

    numba notices only a change of the file in which a function stands, not of a function that it calls. So everything
    that is compiled in one process is kept in one folder named after a digest of all sources of the package. That
    includes functions of other packages, because the rules that they call are compiled into them.
    """
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return package / "__pycache__" / f"compiled-{digest.hexdigest()[:12]}"


def _keep_apart(folder: Path) -> None:
    """Have numba keep what it compiles in this folder, and delete what was compiled from other sources."""
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.parent.glob("compiled-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


if "NUMBA_CACHE_DIR" not in os.environ and os.access(Path(__file__).parent, os.W_OK):
    _keep_apart(cache_folder(Path(__file__).parent))


# Without numba's reference counts, which took 95 % of the time. That is safe as long as compiled code neither creates
# an array nor hands one to Python. What is not set, numba takes over from the caller that has a function compiled.
_part = {"pipeline_class": PartCompiler, "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

entry: Callable[[Rule], Rule] = njit(  # type: ignore[call-overload]
    cache=True, nogil=True, forceinline=False, _nrt=False, no_cfunc_wrapper=True, pipeline_class=WholeCompiler
)
"""For functions that Python calls; other Python threads can run meanwhile."""
compiled: Callable[[Rule], Rule] = njit(forceinline=False, **_part)  # type: ignore[call-overload]
"""For functions that only compiled code calls; called from Python they raise TypeError."""
often: Callable[[Rule], Rule] = njit(forceinline=True, **_part)  # type: ignore[call-overload]
"""For those of them that are called many times a tick, or in one place: each call that is not inlined passes all the
arrays in its arguments, which is slow."""


@intrinsic
def _mark_not_inlined(_: Any) -> Any:
    """Nothing, but that the function in which it stands is marked for LLVM."""

    def generate(context: Any, builder: Any, *_: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate


def _nothing() -> None:
    """What stands for `not_inlined` in plain Python."""


not_inlined: Callable[[], None] = _nothing if config.DISABLE_JIT else _mark_not_inlined  # type: ignore[attr-defined,assignment]
"""Called in a compiled function that seldom runs: it is never made part of its callers.

LLVM subtracts the cost of a call from the size of a function, and a call that passes all our arrays costs hundreds. So
it would put even the largest functions into each of their callers, those into theirs, and compile for many minutes.
"""


def passed(number: int) -> int:
    """A constant that one compiled function hands to another: an int64.

    numba compiles a function once more for each Python number with which it is called.
    """
    return np.int64(number)  # type: ignore[return-value]


NOTICE = "Compiling the rules of the battle. This takes two to three minutes, once for each version of Holdfast.\n"


class _Notice(event.Listener):
    """Says once that something is being compiled; it is not called for what comes from the cache."""

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

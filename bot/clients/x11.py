"""What clients on an X11 desktop share, without its libraries, which other desktops have not."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from game.errors import HoldfastError


class WindowError(HoldfastError):
    """The window is not there. The message lists the titles of those that are."""


def allow_no_authority() -> None:
    """Have Xlib go without an authority file, which it insists on, where the session has none: an empty one will do."""
    if "XAUTHORITY" not in os.environ and not (Path.home() / ".Xauthority").exists():
        empty = Path(tempfile.gettempdir()) / "holdfast.Xauthority"
        empty.touch()
        os.environ["XAUTHORITY"] = str(empty)

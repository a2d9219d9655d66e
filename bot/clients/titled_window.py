"""Windows of an X11 desktop, found by their titles: where the one that is asked for stands now."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from Xlib import X, display, error
from Xlib.xobject.drawable import Window

from bot.clients.x11 import WindowError, allow_no_authority
from vision.client_area import Area


class TitledWindow:
    """The one window whose title is, or has in it, what is asked for; capitals do not matter.

    It has a connection to the display of its own and belongs to one thread. It keeps to the window that it has found
    while that can be seen and still has this in its title: another program's may get its number once it is closed.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._display: Any = None
        self._window: Any = None

    def area(self) -> Area:
        """Where its client area is on the desktop now, in pixels. Raises WindowError, and Xlib's errors without a
        display; then the next call connects again.
        """
        try:
            return self._area()
        except WindowError:
            raise
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        connection, self._display, self._window = self._display, None, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()

    def _area(self) -> Area:
        """Where it is; one that was closed is looked for anew."""
        if self._display is None:
            self._display = _connected()
        window = self._window
        if window is None or not (_is_seen(window) and _has(_title(window), self._title)):
            titled = [(_title(window), window) for window in _windows(self._display.screen().root)]
            self._window = chosen_window(titled, self._title)
        return _place(self._window)


def chosen_window(titled: list[tuple[str, Any]], wanted: str) -> Any:
    """The window with a title, of those given with theirs: the same title before one that has it in it.

    Raises WindowError where there is none or there are several.
    """
    alike = [one for one in titled if one[0].casefold() == wanted.casefold()]
    found = alike or [one for one in titled if _has(one[0], wanted)]
    if len(found) == 1:
        return found[0][1]
    names = ", ".join(f'"{title}"' for title, _ in (found or titled) if title) or "none"
    if found:
        advice = "set [screen] title to one of them, or region where they are the same"
        raise WindowError(f'several windows have "{wanted}" in their title: {names}; {advice}')
    raise WindowError(f'no window has "{wanted}" in its title; there are: {names}; see [screen] title')


def _has(title: str, wanted: str) -> bool:
    """Whether a title has words in it."""
    return wanted.casefold() in title.casefold()


def _connected() -> Any:
    """A connection to the display that DISPLAY names."""
    allow_no_authority()
    with contextlib.redirect_stdout(sys.stderr):  # Xlib's warnings do not belong on standard output
        return display.Display()


def _windows(root: Any) -> Iterator[Any]:
    """Every window that has a title and can be seen: those that the window manager lists, else all there are."""
    listed = root.get_full_property(root.display.get_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
    if listed is None:
        yield from _below(root)
    else:
        yield from filter(_is_seen, (Window(root.display, number) for number in listed.value))


def _below(window: Any) -> Iterator[Any]:
    """The windows with a title among those inside a window; what is inside of them is a part of theirs."""
    for inner in window.query_tree().children:
        if _is_seen(inner):
            yield from [inner] if _title(inner) else _below(inner)


def _is_seen(window: Any) -> bool:
    """Whether a window is on the desktop; one that was closed meanwhile is not."""
    with contextlib.suppress(error.BadWindow, error.BadDrawable):
        return bool(window.get_attributes().map_state == X.IsViewable)
    return False


def _title(window: Any) -> str:
    """A window's title; empty where it has none."""
    utf8 = window.get_full_property(window.display.get_atom("_NET_WM_NAME"), X.AnyPropertyType)
    if utf8 is not None and utf8.value:
        value = utf8.value
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return str(window.get_wm_name() or "")


def _place(window: Any) -> Area:
    """Where a window is on the desktop."""
    size = window.get_geometry()
    corner = window.query_tree().root.translate_coords(window, 0, 0)
    return Area(corner.x, corner.y, size.width, size.height)

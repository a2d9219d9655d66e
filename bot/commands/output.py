"""What verbs write: lines of JSON, tables of names and values, notes on progress, and files."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from tempfile import TemporaryFile
from typing import Any, Self

from game.errors import InputError


class OutputError(InputError):
    """Something cannot be written where the user asked for it. The message names the place and what is wrong."""


def print_json(value: Any) -> None:
    """Print one line of JSON, at once."""
    print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: object) -> object:
    """A value that JSON cannot hold, as one that it can: arrays as lists, paths as text."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value) if isinstance(value, Path) else repr(value)


def print_table(facts: Mapping[str, Any]) -> None:
    """Print names and values, one a line."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{name:<{width}}  {value}")


def print_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print facts for programs or for people."""
    if as_json:
        print_json(facts)
    else:
        print_table(facts)


def print_progress(what: object) -> None:
    """Print how far the work is, on standard error: standard output is for the result."""
    print(what, file=sys.stderr)


def write_text(file: Path, text: str) -> None:
    """Write a text file. Raises OutputError."""
    with _as_output_error(file):
        file.write_text(text, encoding="utf-8")


def check_file(file: Path) -> None:
    """Raise OutputError where a file cannot be written, before the work; nothing is left there."""
    with _as_output_error(file):
        if not file.parent.is_dir():
            raise OutputError(f"{file}: there is no folder {file.parent}; make it first")
        if file.exists():
            file.open("a").close()
        else:
            TemporaryFile(dir=file.parent).close()


def check_folder(folder: Path) -> None:
    """Raise OutputError where a folder cannot be made or written to, before the work; nothing is left there."""
    with _as_output_error(folder):
        TemporaryFile(dir=next(place for place in (folder, *folder.absolute().parents) if place.exists())).close()


@contextmanager
def _as_output_error(place: Path) -> Iterator[None]:
    """Turn an error of the system about a place into an OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror}") from None


class ProgressLine:
    """How far the work is, on standard error: one line that is overwritten on a terminal, elsewhere a line at times.

    A context manager, which clears the line at the end.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._pause = 0.5 if self._live else 5.0
        self._due = time.monotonic() + self._pause

    def show(self, what: Callable[[], str]) -> None:
        """Show what `what` says, unless something was shown a moment ago."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._pause
            width = get_terminal_size().columns - 1
            text = f"\r\x1b[K{what()[:width]}" if self._live else f"{what()}\n"
            print(text, end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

"""Reading the log back: every line once, whatever happens to the files meanwhile."""

from __future__ import annotations

import logging.handlers
import threading
import time

import pytest

from bot import log
from bot.log_reader import batches, read, readable

PATIENCE = 10.0


@pytest.fixture
def file(tmp_path):
    """A log file."""
    return tmp_path / log.FILE


class Follower:
    """Follows a log in a thread of its own."""

    def __init__(self, file) -> None:
        self.seen: list[int] = []
        self._pieces = batches(file, follow=True, poll=0.01)
        self._ends = False
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        for lines in self._pieces:
            self.seen += [line["n"] for line in lines]
            if self._ends:
                return

    def until(self, last: int) -> list[int]:
        """Wait until a line was seen; all that were seen so far."""
        deadline = time.monotonic() + PATIENCE
        while last not in self.seen and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.seen

    def end(self) -> None:
        """End the thread."""
        self._ends = True
        self._thread.join(PATIENCE)


@pytest.fixture
def follower(file):
    """A follower of the log file."""
    one = Follower(file)
    yield one
    one.end()


def write(file, *numbers, mode="a"):
    """Write a line for each number."""
    with file.open(mode) as stream:
        stream.writelines(f'{{"n": {number}}}\n' for number in numbers)


def test_a_follower_waits_for_the_file(file, follower):
    """It may be started before the daemon."""
    time.sleep(0.05)
    write(file, 1, 2)
    assert follower.until(2) == [1, 2]


def test_a_follower_sees_every_line_once_over_rotation(file, follower):
    """Also when the file is put aside several times between two looks."""
    handler = logging.handlers.RotatingFileHandler(file, maxBytes=200, backupCount=5)
    for number in range(400):
        handler.emit(logging.LogRecord("x", 20, "", 0, f'{{"n": {number}}}', None, None))
        if number % 20 == 0:
            follower.until(number)
    handler.close()
    assert follower.until(399) == list(range(400))


def test_a_file_that_is_deleted_and_made_again_is_followed(file, follower):
    """Nothing of the old one is told twice."""
    write(file, 1, 2)
    follower.until(2)
    file.unlink()
    time.sleep(0.05)
    write(file, 3)
    assert follower.until(3) == [1, 2, 3]


def test_a_file_that_is_deleted_is_not_told_again_with_those_put_aside(file, follower):
    """What was put aside was read before."""
    write(file.with_name(f"{file.name}.1"), 0)
    write(file, 1)
    follower.until(1)
    file.unlink()
    time.sleep(0.05)  # some looks at what was put aside alone
    write(file, 2)
    assert follower.until(2) == [0, 1, 2]


def test_a_file_that_is_cut_short_is_read_from_its_beginning(file, follower):
    """As `truncate` or `> log.jsonl` does."""
    write(file, 1, 2, 3)
    follower.until(3)
    write(file, mode="w")
    time.sleep(0.05)
    write(file, 4)
    assert follower.until(4) == [1, 2, 3, 4]


def test_a_line_that_is_written_in_two_pieces_is_one_line(file, follower):
    """A follower may look in between."""
    with file.open("a") as stream:
        for piece in ('{"n"', ": 1", "}\n"):
            stream.write(piece)
            stream.flush()
            time.sleep(0.03)
    assert follower.until(1) == [1]


def test_files_put_aside_are_read_first(file):
    """The oldest line comes first."""
    write(file, 3)
    write(file.with_name(f"{file.name}.1"), 2)
    write(file.with_name(f"{file.name}.10"), 0)
    write(file.with_name(f"{file.name}.2"), 1)
    write(file.with_name(f"{file.name}.old"), 9)
    assert [line["n"] for line in read(file)] == [0, 1, 2, 3]


def test_a_readable_line_stands_in_columns():
    """Time, mark and event have a width, values with spaces have quotes, and the run is told elsewhere."""
    line = {"time": "2026-11-26T08:01:02+0000", "level": "info", "event": "battle", "why": "a b", "n": 1, "run": "x"}
    assert readable(line) == '08:01:02    battle         why="a b" n=1'
    assert readable(line | {"level": "error"}) == '08:01:02  !!battle         why="a b" n=1'


def test_colours_are_only_added():
    """Without them the line reads the same."""
    import re

    line = {"time": "2026-11-26T08:01:02+0000", "level": "warning", "event": "battle", "n": 1}
    coloured = readable(line, colours=True)
    assert "\x1b[33m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == readable(line)

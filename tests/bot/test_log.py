"""Logs: their words, their two shapes, and reading them back."""

from __future__ import annotations

import ast
import io
import json
import threading
import time
from pathlib import Path

import pytest

from bot import log

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {"debug", "info", "warning", "error"}


@pytest.fixture
def file(tmp_path):
    """A log file that is written to while the test runs."""
    path = tmp_path / "data" / log.FILE
    yield path
    log.close()


def said(path: Path) -> set[str]:
    """The names of the events that a module logs: first arguments of `….logger().<level>(…)`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno} logs a name that is not written out"
            names.add(node.args[0].value)
    return names


def test_every_event_that_is_logged_is_documented_and_the_other_way_round():
    """EVENTS is the whole vocabulary: a filter by its names misses no line, and each of its names occurs."""
    spoken = set().union(*(said(path) for path in (ROOT / "bot").rglob("*.py")))
    assert spoken == set(log.EVENTS)


def test_a_name_outside_the_vocabulary_is_refused(file):
    """A new event is documented before it is logged."""
    log.set_up(file, "info", None)
    with pytest.raises(KeyError, match="hello"):
        log.logger().info("hello")


def test_lines_are_json_off_a_terminal(file):
    """Programs read the file and, through a pipe, standard output."""
    out = io.StringIO()
    log.set_up(file, "info", out)
    log.logger().info("battle", outcome="won", stars=3)
    line = json.loads(out.getvalue())
    assert {"event": "battle", "level": "info", "outcome": "won", "stars": 3}.items() <= line.items()
    assert json.loads(file.read_text(encoding="utf-8")) == line


def test_lines_are_readable_on_a_terminal(file):
    """People get the time of day, the event, and the rest as name=value."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    log.set_up(file, "info", out)
    log.logger().warning("part_failed", part="broker", why="gone")
    assert out.getvalue().rstrip()[8:] == "  ! part_failed  part=broker why=gone"


def test_lines_below_the_level_are_left_out(file):
    """The level of bot.toml holds."""
    log.set_up(file, "warning", None)
    log.logger().info("screen", screen="home")
    log.logger().warning("part_failed", part="learner")
    assert [line["event"] for line in log.read(file)] == ["part_failed"]


def test_a_torn_line_is_passed_over(file):
    """A crash while writing costs one line."""
    log.set_up(file, "info", None)
    log.logger().info("screen", screen="home")
    with file.open("a") as stream:
        stream.write('{"event": "scr\n')
    log.logger().info("screen", screen="terminal")
    assert [line["screen"] for line in log.read(file)] == ["home", "terminal"]


def test_following_goes_on_over_rotation(file):
    """A follower sees every line once, also those written after the file was put aside."""
    log.set_up(file, "info", None, megabytes=1, keep=2)
    seen: list[int] = []
    enough = threading.Event()

    def follow() -> None:
        for line in log.read(file, follow=True, poll=0.01):
            seen.append(line["battles"])
            if line["battles"] == 29:
                enough.set()
                return

    reader = threading.Thread(target=follow, daemon=True)
    reader.start()
    for number in range(30):
        log.logger().info("checkpoint", battles=number, padding="x" * 50_000)
        time.sleep(0.03)
    assert enough.wait(10)
    assert seen == list(range(30))
    assert file.with_name(f"{log.FILE}.1").exists()

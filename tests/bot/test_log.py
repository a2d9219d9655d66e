"""Logs: the two shapes of their lines, and what is never written."""

from __future__ import annotations

import io
import json
import re

import pytest

from bot import log
from bot.log_reader import read


@pytest.fixture
def file(tmp_path):
    """A log file that is written to while the test runs."""
    path = tmp_path / "data" / log.FILE
    yield path
    log.close()


def test_a_name_outside_the_vocabulary_is_refused(file):
    """A new event is documented before it is logged, and so is a new field."""
    log.set_up(file, "info", None)
    with pytest.raises(KeyError, match="hello"):
        log.logger().info("hello")
    with pytest.raises(KeyError, match=r"screen.*colour, size"):
        log.logger().info("screen", screen="home", size=3, colour="red")


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
    assert out.getvalue().rstrip()[8:] == "  ! part_failed    part=broker why=gone"


def test_lines_below_the_level_are_left_out(file):
    """The level of bot.toml holds."""
    log.set_up(file, "warning", None)
    log.logger().info("screen", screen="home")
    log.logger().warning("part_failed", part="learner")
    assert [line["event"] for line in read(file)] == ["part_failed"]


def test_a_torn_line_is_passed_over(file):
    """A crash while writing costs one line."""
    log.set_up(file, "info", None)
    log.logger().info("screen", screen="home")
    with file.open("a") as stream:
        stream.write('{"event": "scr\n')
    log.logger().info("screen", screen="terminal")
    assert [line["screen"] for line in read(file)] == ["home", "terminal"]


def test_every_line_names_its_run(file):
    """Of the runs that share a file, each can be told from the others."""
    log.set_up(file, "info", None)
    log.logger().info("screen", screen="home")
    log.logger().info("screen", screen="battle")
    runs = {line["run"] for line in read(file)}
    assert len(runs) == 1
    assert re.fullmatch(r"\d{8}-\d{6}", runs.pop())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"password": "hunter2", "user": "me"}, {"password": "***", "user": "me"}),
        ({"mqtt": {"MQTT_PASSWORD": "hunter2", "port": 1883}}, {"mqtt": {"MQTT_PASSWORD": "***", "port": 1883}}),
        ([{"api_key": "hunter2"}, {"access_token": "hunter2"}], [{"api_key": "***"}, {"access_token": "***"}]),
        ("no answer from mqtt://me:hunter2@broker:1883/x", "no answer from mqtt://me:***@broker:1883/x"),
        ("see https://example.org/a:b", "see https://example.org/a:b"),
        ({"password": ""}, {"password": ""}),
    ],
)
def test_secrets_are_never_written(file, value, written):
    """What stands under a name such as password, at any depth, and passwords in addresses; in both shapes."""
    out = io.StringIO()
    log.set_up(file, "info", out)
    log.logger().warning("broker", why=value)
    (line,) = read(file)
    assert line["why"] == written
    assert "hunter2" not in file.read_text(encoding="utf-8") + out.getvalue()

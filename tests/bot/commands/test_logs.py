"""`holdfast logs`: the JSON log, filtered."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from bot.cli import main


def test_the_log_is_filtered_by_event_and_by_state(capsys, tmp_path, config):
    """A line belongs to the state that was reported last before it."""
    from bot import log

    log.set_up(tmp_path / "data" / log.FILE, "info", None)
    for state, screen in (("menu", "home"), ("battle", "battle"), ("menu", "home")):
        log.logger().info("state", state=state, why="test")
        log.logger().info("screen", screen=screen)
    log.close()
    assert main(["logs", "--config", str(config), "--event", "screen", "--state", "menu"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], line["screen"]) for line in lines] == [("screen", "home")] * 2


def test_without_a_log_there_is_a_remedy(capsys, config):
    """Nothing was played yet."""
    assert main(["logs", "--config", str(config)]) == 2
    assert "holdfast run" in capsys.readouterr().err


LINES = [
    ("2025-11-26T08:00:00+0000", "info", "state", {"state": "menu", "why": "started"}),
    ("2025-11-26T09:00:00+0000", "info", "battle", {"number": 1, "outcome": "won"}),
    ("2025-11-26T10:00:00+0000", "warning", "part_failed", {"part": "broker", "why": "gone away"}),
    ("2025-11-26T11:00:00+0000", "error", "need_human", {"why": "close it"}),
]


@pytest.fixture
def logged(tmp_path, config):
    """A log of four lines, with the configuration that finds it."""
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "log.jsonl").open("w") as stream:
        for time, level, event, more in LINES:
            line = {"time": time, "level": level, "event": event, **more, "run": "20251126-080000"}
            stream.write(json.dumps(line) + "\n")
    return config


@pytest.mark.parametrize(
    ("options", "events"),
    [
        ([], ["state", "battle", "part_failed", "need_human"]),
        (["--event", "battle", "--event", "state"], ["state", "battle"]),
        (["--event", "battle,need_human"], ["battle", "need_human"]),
        (["--level", "warning"], ["part_failed", "need_human"]),
        (["--since", "2025-11-26T09:30:00+00:00"], ["part_failed", "need_human"]),
        (["--since", "1s"], []),
        (["--grep", "g.ne"], ["part_failed"]),
        (["-n", "2"], ["part_failed", "need_human"]),
        (["-n", "1", "--event", "battle"], ["battle"]),
        (["--level", "warning", "--grep", "close"], ["need_human"]),
    ],
)
def test_lines_are_chosen(capsys, logged, options, events):
    """By event, level, time and text, and by their number from the end."""
    assert main(["logs", "--config", str(logged), *options]) == 0
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == events


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--event", "batle"], "did you mean battle?"),
        (["--since", "yesterday"], "write 30m, 2h, 3d"),
        (["--since", "9" * 400 + "d"], "write 30m, 2h, 3d"),
        (["--grep", "("], "not a regular expression"),
        (["-n", "0"], "must be 1 or more"),
    ],
)
def test_what_cannot_be_meant_gets_one_line(capsys, logged, options, says):
    """The nearest name, or how it is written."""
    with pytest.raises(SystemExit) as end:
        main(["logs", "--config", str(logged), *options])
    assert end.value.code == 2
    assert says in capsys.readouterr().err


def on_a_terminal(logged, **environment):
    """What `holdfast logs` shows on a terminal."""
    main_end, other = pty.openpty()
    command = [sys.executable, "-m", "bot", "logs", "--config", str(logged)]
    with subprocess.Popen(command, stdout=other, env=os.environ | {"TERM": "xterm"} | environment) as process:
        assert process.wait(30) == 0
    os.close(other)
    return os.read(main_end, 65536).decode().replace("\r\n", "\n")


def test_a_terminal_shows_columns_and_colours(logged):
    """Under a heading for each run; NO_COLOR takes the colours away."""
    coloured, plain = on_a_terminal(logged), on_a_terminal(logged, NO_COLOR="1")
    assert "\x1b[31m" in coloured
    assert plain.splitlines() == [
        "-- run 20251126-080000, 2025-11-26",
        "08:00:00    state          state=menu why=started",
        "09:00:00    battle         number=1 outcome=won",
        '10:00:00  ! part_failed    part=broker why="gone away"',
        '11:00:00  !!need_human     why="close it"',
    ]


@pytest.fixture
def following(logged):
    """`holdfast logs -f` as a shell runs it, in a process of its own, with its first line read."""
    command = [sys.executable, "-m", "bot", "logs", "-f", "--config", str(logged)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a job in the background ignores it
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()


def test_a_reader_that_goes_away_ends_it_quietly(following, logged):
    """`holdfast logs -f | head -1`: no traceback."""
    following.stdout.close()
    with (logged.parent / "data" / "log.jsonl").open("a") as stream:
        stream.write('{"event": "state"}\n')
    assert following.wait(30) == 0
    assert following.stderr.read() == ""


def test_ctrl_c_ends_it_quietly(following):
    """With the exit code that shells give to it."""
    following.send_signal(signal.SIGINT)
    assert following.wait(30) == 130
    assert following.stderr.read() == ""


def test_the_vocabulary_is_printed(capsys):
    """What docs/log-events.md is written with."""
    assert main(["logs", "--describe"]) == 0
    assert "## part_failed" in capsys.readouterr().out

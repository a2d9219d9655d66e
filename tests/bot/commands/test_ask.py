"""The verbs that ask a running daemon."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.requests import REQUESTS

NEEDED = {"speed": ["--speed", "1"], "learn": ["--on", "false"], "switch": ["--stage", "two_roads"]}
"""The arguments of requests that need some."""


@pytest.mark.parametrize("verb", [request.command_line or request.verb for request in REQUESTS])
def test_without_a_daemon_the_exit_code_is_three(capsys, config, verb):
    """One line on standard error; scripts tell it apart from a daemon that refuses."""
    assert main([verb, *NEEDED.get(verb, []), "--config", str(config), "--timeout", "2"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("no daemon")
    assert told.err.count("\n") == 1

"""The doctor as a whole: every check is one line, whatever it meets."""

from __future__ import annotations

import threading

from bot.config import Config
from bot.doctor import CHECKS, Check, Finding, examine
from bot.doctor.finding import ok
from game.errors import HoldfastError


def test_a_check_that_breaks_or_hangs_is_one_line_like_others():
    """Our own errors say what to do; those of libraries and a hanging call are failures, and the next check is made."""
    go_on = threading.Event()

    def refuse(_config):
        raise HoldfastError("no device; plug it in")

    def breaks(_config):
        raise KeyError("first\nsecond")

    def leaves(_config):
        raise SystemExit(3)

    def hang(_config):
        go_on.wait()
        return ok("late")

    checks = [Check("one", refuse), Check("two", breaks), Check("three", leaves), Check("four", hang, 0.2)]
    found = list(examine(Config(), [*checks, Check("five", lambda _: ok("fine"))]))
    go_on.set()
    assert found[0] == Finding("one", "failure", "no device; plug it in")
    assert found[1].told == "the check broke: KeyError: 'first\\nsecond'"
    assert found[2].told == "the check broke: SystemExit: 3"
    assert found[3].told == "no answer in 0.2 s"
    assert [finding.level for finding in found] == ["failure"] * 4 + ["ok"]
    assert all(finding.fix for finding in found[1:4])


def test_every_check_has_a_name_of_its_own():
    """Programs find a line by it."""
    assert len({check.what for check in CHECKS}) == len(CHECKS)

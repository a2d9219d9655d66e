"""How many requests a caller may make, and what the log says of the rest."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot import log
from bot.mqtt import rate
from bot.mqtt.rate import Rate, Rejections


@pytest.fixture
def logged(caplog):
    """The lines of the log."""
    log.set_up(None, "info", None)
    logging.getLogger("holdfast").addHandler(caplog.handler)
    yield lambda: [record.__dict__["line"] for record in caplog.records]
    log.close()


def test_a_burst_is_allowed_and_then_so_many_a_second():
    """Allowances come back with time, and do not add up beyond the burst."""
    one = Rate(burst=3, per_second=2.0)
    assert [one.allows("a", 10.0) for _ in range(5)] == [True, True, True, False, False]
    assert [one.allows("a", 10.5) for _ in range(2)] == [True, False]
    assert [one.allows("a", 1000.0) for _ in range(4)] == [True, True, True, False]


def test_callers_do_not_use_up_one_anothers_allowance():
    """Nor do different verbs of one caller."""
    one = Rate(burst=1, per_second=1.0)
    assert [one.allows(key, 0.0) for key in ("a", "a", "b")] == [True, False, True]


def test_a_caller_of_many_names_does_not_fill_the_memory():
    """Beyond a number of keys further ones share an allowance; full buckets make room."""
    one = Rate(burst=2, per_second=1.0, keys=10)
    allowed = [one.allows(number, 0.0) for number in range(1000)]
    assert sum(allowed) == 12
    assert len(one._full_at) <= 11
    assert one.allows("new", 5.0)


async def test_many_rejections_are_a_few_lines_with_their_number(logged, monkeypatch):
    """The first is told at once; what follows is told together, by code."""
    monkeypatch.setattr(rate, "TELL_SECONDS", 0.1)
    one = Rejections()
    for code in ["stale"] + 500 * ["too_many"] + ["stale"]:
        one.add(code, "v" * 100_000, "why")
    assert [line["codes"] for line in logged()] == ["stale 1"]
    await asyncio.sleep(0.15)
    assert [line["rejected"] for line in logged()] == [1, 501]
    assert logged()[1]["codes"] == "too_many 500, stale 1"
    assert len(logged()[1]["verb"]) < 50
    await asyncio.sleep(0.2)
    one.add("stale", "pause", "why")
    one.add("stale", "pause", "why")
    one.close()
    assert [line["rejected"] for line in logged()] == [1, 501, 1, 1]

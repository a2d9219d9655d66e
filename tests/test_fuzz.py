"""Damaged files are refused in one line that names them: the short version of benchmarks/fuzz.py."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import fuzz
import pytest
from damage import CHANGES, damaged

from bot.config import ConfigError
from game.errors import HoldfastError

COUNT = 60
"""Damaged files of each kind; the benchmark makes 10,000."""


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_damaged_files_are_refused_in_one_line_and_nothing_is_written(kind):
    """Success or one HoldfastError that names the file; some of the damage does no harm, most is noticed."""
    row = fuzz.measure(kind, COUNT, seed=13)
    assert row.crashes == []
    assert row.refused > COUNT // 4
    assert row.accepted + row.refused == row.mutations == COUNT


DEEP = b"[" * 3000
FOUND = {
    "a number of 5,000 digits in bot.toml": ("config", "bot.toml", b"[mqtt]\nport = " + b"9" * 5000),
    "such a number in a profile": ("profile", "own.toml", b"name = " + b"9" * 5000),
    "a trace nested too deeply": ("trace", "run.jsonl", b'{"holdfast_trace":1,"setup":' + DEEP + b"\n"),
    "a roster of operators that no table knows": ("roster", "box.csv", b"name\nFnag\n"),
}
"""What the benchmark found: a traceback, or a message without the file."""


@pytest.mark.parametrize("what", FOUND)
def test_what_was_found_is_refused_in_one_line(what, tmp_path):
    """Each was a crash once."""
    kind, name, data = FOUND[what]
    (tmp_path / name).write_bytes(data)
    assert fuzz.outcome(fuzz.KINDS[kind]().read, tmp_path / name) == "refused"


@pytest.mark.parametrize(
    "wrong", [{"squad": [1, 2]}, {"rng": "{}"}, {"policy": "{"}, {"updates": None}, {"battles": "x"}, {"credit": [1]}]
)
def test_a_checkpoint_with_a_wrong_fact_is_refused_in_one_line(wrong, tmp_path):
    """Its digests are right, so that the damage shows only when it is taken over."""
    ((name, data),), read, _ = fuzz.checkpoints()
    parts = fuzz.unpacked(data)
    parts["state.json"] = json.dumps(json.loads(parts["state.json"]) | wrong).encode()
    fuzz.put(tmp_path / name, fuzz.packed(parts))
    assert fuzz.outcome(read, tmp_path / name) == "refused"


def test_the_same_seed_damages_in_the_same_way():
    """So that a crash that was found can be found again."""
    data = b'{"name": "Fang", "level": 30, "list": [1, 2, 3]}\n'
    twice = [[damaged(data, Random(seed), json_too=True) for seed in range(50)] for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) > 35
    assert all(change(b"", Random(1)) is not None for change in CHANGES)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (None, "accepted"),
        (ConfigError("bot.toml: 2 problems\n  a  b\n  c  d"), "refused"),
        (HoldfastError("something is wrong"), "the message does not name the file: something is wrong"),
        (KeyError("name"), "KeyError: 'name'"),
        (RecursionError("too deep"), "RecursionError: too deep"),
    ],
)
def test_what_counts_as_refused(error, what):
    """The benchmark can fail: another exception, or a message without the file, is a crash."""

    def read(_path):
        if error:
            raise error

    assert fuzz.outcome(read, Path("bot.toml")) == what


def test_a_message_of_several_lines_is_a_crash_but_for_a_configuration():
    """One line each."""
    assert fuzz.judged("box.csv: one\ntwo", Path("box.csv")).startswith("the message has several lines")


def test_what_is_written_while_reading_is_noticed(monkeypatch):
    """A reader that leaves a file behind is a crash."""

    def read(path):
        (path.parent / "left").write_text("behind")

    monkeypatch.setitem(fuzz.KINDS, "config", lambda: fuzz.Kind([("bot.toml", b"")], read))
    assert fuzz.measure("config", 2, seed=0).crashes == [
        "config 0: the working folder has changed",
        "config 1: the working folder has changed",
    ]

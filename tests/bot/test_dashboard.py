"""The live table on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bot.dashboard import lines, render

HOW = {
    "state": "battle", "why": "battle_seen", "screen": "battle", "stage": "first_watch", "gate": "open", "battles": 6,
    "won": 4, "stars": 9, "win_rate_last_20": 0.667, "decisions": 321, "seconds": 88.4, "gestures": 77, "frames": 1200,
    "hud": {"kills": 3, "total": 23, "life": 3, "dp": 14, "slots_left": 5},
    "decision": {"action": "deploy Kroos at row 2, column 3 facing left", "q": 1.234, "explored": True},
    "latency_ms": {"p50": 1.2, "p99": 3.4}, "epsilon": 0.87, "buffer": 320, "updates": 20, "q_mean": 0.4, "loss": 0.1,
    "learner_failed": None, "learner_alarm": None,
    "champion": {"record": "19 of 20 clean", "recent": "4 of 6 clean", "kept": 2, "put_back": 1},
    "twin": {"in_step": False, "lost": True, "kills_off": -2, "seconds_off": 14.0},
}  # fmt: skip


def shown(how):
    """The dashboard as text."""
    out = io.StringIO()
    Console(file=out, width=110).print(render(how))
    return out.getvalue()


@pytest.mark.parametrize(
    "word",
    [
        "battle", "first_watch", "7", "kills 3/23", "life 3", "DP 14", "Kroos at row 2, column 3 facing left", "Q 1.23",
        "explored", "67% of the last 20", "epsilon 0.87", "buffer 320", "19 of 20 clean", "put back 1",
        "p50 1.2", "p99 3.4", "LOST: counter -2 for 14 s",
    ],
)  # fmt: skip
def test_it_shows_what_a_person_wants_to_see(word):
    """State, stage, battle number, HUD, last decision with its Q, win rate, epsilon, buffer and latency."""
    assert word in shown(HOW)


def test_before_the_first_battle_nothing_is_made_up():
    """What is not known yet is a dash."""
    how = {**HOW, "hud": None, "decision": None, "latency_ms": None, "screen": "", "twin": None}
    assert [value for _, value in lines(how)].count("—") == 4


def test_hands_off_and_failures_are_in_plain_sight():
    """That the bot is paused, or plays without learning, is said at once."""
    text = shown({**HOW, "gate": "shut", "learner_failed": "ValueError: nan"})
    assert "hands off" in text
    assert "ALARM: mean Q" in shown({**HOW, "learner_alarm": "mean Q is 8.50 where no return exceeds 3.00"})
    assert "FAILED: ValueError: nan" in text

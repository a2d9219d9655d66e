"""Everything that can go wrong in play, sorted once by what mends it, and the exit code of a run that is stopped in it.

Errors of the command line itself (bad input, no daemon) are in `game.errors`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from game.errors import DONE, HUMAN_NEEDED

Sort = Literal["recoverable", "fault", "human_needed"]

EXIT_CODES: dict[Sort, int] = {"recoverable": DONE, "fault": DONE, "human_needed": HUMAN_NEEDED}
"""The exit code of a run that is stopped while the trouble lasts. A fault has none of its own: a service manager would
start a run that a user stopped again.
"""


class Trouble(NamedTuple):
    """One kind of trouble."""

    sort: Sort
    seen: str
    """How it shows."""
    done: str
    """What the bot does about it by itself."""


TroubleName = Literal[
    "interruption", "no_effect", "slow_loading", "unreadable_result", "unknown_screen", "disconnected", "no_way_home",
    "dead_button", "long_fault", "stage_absent", "blind", "password", "update", "maintenance",
    "no_entry", "logged_in_elsewhere",
]  # fmt: skip

TROUBLES: dict[TroubleName, Trouble] = {
    "interruption": Trouble("recoverable", "a pop-up or a dialog lies over the page", "taps what closes it"),
    "no_effect": Trouble(
        "recoverable", "a tap shows no effect", "taps again, a few times, then walks home and begins anew"
    ),
    "slow_loading": Trouble("recoverable", "a battle does not load", "walks home and begins anew"),
    "unreadable_result": Trouble("recoverable", "a result page cannot be read", "leaves it; the battle is not counted"),
    "unknown_screen": Trouble(
        "recoverable", "no screen is recognised", "walks home step by step; in a battle it looks and waits first"
    ),
    "disconnected": Trouble("recoverable", "the game is back on its title page", "starts and enters the game again"),
    "no_way_home": Trouble(
        "fault", "walking home did not help", "keeps watching, tries again after growing waits, goes on when it can"
    ),
    "dead_button": Trouble(
        "fault", "a button of the battle is dead", "keeps watching, tries again after growing waits"
    ),
    "long_fault": Trouble("human_needed", "a fault has lasted for minutes", "keeps trying after growing waits"),
    "stage_absent": Trouble("human_needed", "the stage is not on the open map", "looks again after growing waits"),
    "blind": Trouble(
        "human_needed", "capture, detector or policy fail", "touches nothing, goes on when they work again"
    ),
    "password": Trouble("human_needed", "the game asks for a password", "touches nothing, goes on from the next page"),
    "update": Trouble(
        "human_needed", "an update notice stays after it was confirmed", "confirms it again after growing waits"
    ),
    "maintenance": Trouble(
        "human_needed", "the servers are under maintenance", "tries to enter after growing waits, and goes on"
    ),
    "no_entry": Trouble(
        "human_needed", "the title or the login page does not let the bot in", "taps again after growing waits"
    ),
    "logged_in_elsewhere": Trouble(
        "human_needed", "another device takes the account over again and again", "enters a few times an hour at most"
    ),
}
"""Recoverable trouble is mended on the way. A fault is written down with its evidence, and nothing but its way out is
tapped. Where a person is needed the bot says so once. It goes on by itself from all three.
"""

"""The faults that the practice game can inject, by the names that `faults` of bot.toml's [practice] table lists."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal[
    "popup",
    "loading_stall",
    "connection_lost",
    "tap_swallowed",
    "drag_lost",
    "frozen",
    "black",
    "frame_rate",
    "moved",
    "resized",
    "failed",
    "disconnected",
    "maintenance",
    "update",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""popup and connection_lost are laid over the page; loading_stall prolongs the loading page; tap_swallowed and
drag_lost ignore what the pointer does; frozen, black and frame_rate spoil the picture (frame_rate only if more frames a
second are asked for than it allows); moved and resized move and scale the window; failed ends a battle as lost.
disconnected is a dialog that leads back to the title page; maintenance leads to a page that announces it, and lets no
player in while it lasts; update is a notice that leads to the title page over a loading bar. From these three a battle
under way is lost without a result."""

"""The fingerprint of reward and encoding: what the numbers in a replay buffer mean.

A checkpoint carries it. Experiences that were encoded or rewarded otherwise would be misread without an error, because
their arrays have the same shapes; with another fingerprint they are not used.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from learning import encoding, reward

VERSION = 2
"""Add 1 when a formula of the reward, the encoding or the numbering of actions changes while all names, sizes and
constants stay as they are."""


def encoding_fingerprint() -> str:
    """16 hexadecimal digits that follow from the version and the encoding's layout: what weights were made for."""
    return _digest({"version": VERSION, "encoding": encoding.LAYOUT})


def fingerprint(discount: float) -> str:
    """16 hexadecimal digits that follow from the version, the reward's constants and the encoding's layout.

    The discount belongs to the reward: stored rewards are summed with it, and the shaping term contains it.
    """
    meaning = {
        "version": VERSION,
        "reward": {**reward.WEIGHTS._asdict(), "discount": discount},
        "encoding": encoding.LAYOUT,
    }
    return _digest(meaning)


def _digest(meaning: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16]

"""What a page draws on the live frame: seen by the detector, known to the machine, inferred by the twin.

All places are shares of the frame's width and height, so that a page draws them on a picture of any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from bot.parts import Parts
from bot.reporter import action_words
from game.actions import DEPLOY, STEPS
from game.camera import HOVER
from game.levels.stage import Stage
from game.view import UNKNOWN, BattleView, EnemySeen
from learning.policy import Decision
from vision.watcher import Sight

WIDTH = 854
"""Pixels of a frame that is sent, at most."""
QUALITY = 70
"""Of its JPEG, in percent."""
Point = tuple[float, float]


class Glance(NamedTuple):
    """The bot at one moment, as far as it can be drawn."""

    sight: Sight | None
    known: BattleView | None
    inferred: tuple[EnemySeen, ...]
    decisions: Sequence[tuple[float, Decision]]
    """When, in seconds of the client's clock, and what; the newest last."""


def jpeg(sight: Sight) -> bytes:
    """The frame, no wider than `WIDTH`, as JPEG."""
    picture = sight.picture()
    scale = min(1.0, WIDTH / picture.shape[1])
    if scale < 1.0:
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])


def drawn(moment: Glance, parts: Parts) -> dict[str, Any]:
    """What is drawn, in plain data."""
    camera, stage = parts.geometry.camera, parts.stage
    width, height = camera.size
    names = [operator.name for operator in parts.squad]

    def shares(points: Iterable[Point]) -> list[list[float]]:
        return [[round(x / width, 4), round(y / height, 4)] for x, y in points]

    view, last = moment.known, moment.decisions[-1][1] if moment.decisions else None
    tilted = bool(view and view.deploying)

    def tile(row: int, col: int) -> list[list[float]]:
        return shares(camera.polygon(row, col, bool(stage.high[row, col]), tilted))

    def enemies(listed: Iterable[EnemySeen]) -> list[dict[str, Any]]:
        return [
            {
                "kind": one.kind,
                "health": round(one.health, 2),
                "at": shares([camera.pixel(one.row, one.col, tilted=tilted, lift=_lift(stage, one.kind))])[0],
            }
            for one in listed
        ]

    return {
        "seen": [
            {
                "name": one.name,
                "score": round(one.score, 2),
                "box": [*shares([(one.x, one.y)])[0], *shares([(one.width, one.height)])[0]],
            }
            for one in (moment.sight.detections if moment.sight else ())
        ],
        "known": [
            {
                "name": names[one.slot] if 0 <= one.slot < len(names) else "?",
                "tile": tile(one.row, one.col),
                "facing": None if one.direction == UNKNOWN else _arrow(parts, one.row, one.col, one.direction, tilted),
                "ready": one.skill_ready,
                "health": round(one.health, 2),
            }
            for one in (view.operators if view else ())
        ],
        "inferred": enemies(moment.inferred) if view else [],
        "decided": tile(*divmod(last.action.tile, stage.width))
        if view and last and last.action.kind == DEPLOY
        else None,
    }


def _arrow(parts: Parts, row: int, col: int, direction: int, tilted: bool) -> list[list[float]]:
    """From the middle of a tile to where an operator on it looks."""
    camera, (down, right) = parts.geometry.camera, STEPS[direction]
    high = bool(parts.stage.high[row, col])
    ends = [(row, col), (row + 0.6 * down, col + 0.6 * right)]
    pixels = [camera.pixel(*end, high, tilted) for end in ends]
    return [[round(x / camera.size[0], 4), round(y / camera.size[1], 4)] for x, y in pixels]


def _lift(stage: Stage, kind: str) -> float:
    """How high enemies of a kind are drawn above the ground, in tiles."""
    known = stage.kinds.get(kind)
    return HOVER if known and known.flying else 0.0


def hand(view: BattleView | None, parts: Parts) -> list[dict[str, Any]]:
    """The cards, with their operators' names."""
    names = [operator.name for operator in parts.squad]
    return [
        {"name": names[card.slot] if 0 <= card.slot < len(names) else "?", "cost": card.cost, "state": card.state}
        for card in (view.cards if view else ())
    ]


def decided(decisions: Sequence[tuple[float, Decision]], parts: Parts) -> list[dict[str, Any]]:
    """The last decisions in words, the newest first, with what else was considered."""
    squad, width = parts.squad, parts.stage.width
    return [
        {
            "t": round(t, 1),
            "action": action_words(one.action, squad, width),
            "q": round(one.q, 3),
            "explored": one.explored,
            "legal": one.legal,
            "considered": [
                {"action": action_words(action, squad, width), "q": round(q, 3)} for action, q in one.considered
            ],
        }
        for t, one in reversed(decisions)
    ]

"""Draws detections, the HUD as read and the last decision onto a frame, for `holdfast picture`."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from game.actions import DEPLOY, DIRECTIONS, KINDS, WAIT, Action
from game.camera import Camera
from game.view import BattleView
from vision.dataset import Label, Rectangle
from vision.detector import Detection
from vision.localisation import OPERATOR, SKILL_READY

Image = NDArray[np.uint8]
Bgr = tuple[int, int, int]

ENEMY_COLOUR: Bgr = (70, 90, 255)
OPERATOR_COLOUR: Bgr = (255, 190, 60)
DOUBT_COLOUR: Bgr = (40, 40, 200)
READY_COLOUR: Bgr = (90, 240, 255)
DECISION_COLOUR: Bgr = (110, 255, 130)
PAPER: Bgr = (24, 20, 16)
INK: Bgr = (240, 240, 240)
LINE_HEIGHT = 22
"""Pixels from one line of the panel to the next."""
TAG_SIZE = 0.42
"""Size of the text beside a detection, as OpenCV counts it."""


def draw_overlay(
    image: Image,
    view: BattleView | None,
    detections: Sequence[Detection],
    state: str,
    *,
    decision: tuple[Action, float] | None = None,
    camera: Camera | None = None,
    squad: Sequence[str] = (),
) -> Image:
    """A copy of the frame with boxes around what was found, the HUD as read, the state, and the last decision.

    `decision` is an action with its Q value. With a `camera`, the tiles of the view's units and of the decision are
    outlined; `squad` names the slots.
    """
    picture = image.copy()
    if camera is not None:
        _tiles(picture, view, decision, camera)
    for found in detections:
        _box(picture, found)
    lines = [f"state {state}", *_hud(view), *_decided(decision, camera, squad)]
    _panel(picture, lines)
    return picture


def draw_labels(image: Image, labels: Sequence[Label], doubtful: Sequence[Rectangle]) -> Image:
    """A copy of the picture with boxes around what is labelled, and crosses over what is doubtful."""
    picture = image.copy()
    for x, y, width, height in doubtful:
        left, top, right, bottom = (round(edge) for edge in (x, y, x + width, y + height))
        cv2.rectangle(picture, (left, top), (right, bottom), DOUBT_COLOUR, 1)
        cv2.line(picture, (left, top), (right, bottom), DOUBT_COLOUR, 1, cv2.LINE_AA)
        cv2.line(picture, (left, bottom), (right, top), DOUBT_COLOUR, 1, cv2.LINE_AA)
    for label in labels:
        _box(picture, Detection(label[0], 1.0, *label[1:]))
    return picture


def _box(picture: Image, found: Detection) -> None:
    """One detection: its box, its class and its score."""
    colour = {OPERATOR: OPERATOR_COLOUR, SKILL_READY: READY_COLOUR}.get(found.name, ENEMY_COLOUR)
    left, top = round(found.x), round(found.y)
    cv2.rectangle(picture, (left, top), (round(found.x + found.width), round(found.y + found.height)), colour, 2)
    if found.name != SKILL_READY:
        score = "" if found.score == 1 else f" {found.score:.2f}"
        _tag(picture, f"{found.name}{score}", (left, top - 5), colour)


def _tiles(picture: Image, view: BattleView | None, decision: tuple[Action, float] | None, camera: Camera) -> None:
    """Outline the tiles of the view's units, and the tile of a deployment that was decided."""
    for enemy in view.enemies if view else ():
        _outline(picture, camera, (round(enemy.row), round(enemy.col)), ENEMY_COLOUR)
    for operator in view.operators if view else ():
        _outline(picture, camera, (operator.row, operator.col), OPERATOR_COLOUR)
    if decision is not None and decision[0].kind == DEPLOY:
        _outline(picture, camera, divmod(decision[0].tile, camera.width), DECISION_COLOUR, thickness=3)


def _outline(picture: Image, camera: Camera, tile: tuple[int, int], colour: Bgr, thickness: int = 1) -> None:
    """One tile's outline on the ground."""
    corners = np.asarray(camera.polygon(*tile), np.float64).round().astype(np.int32)
    cv2.polylines(picture, [corners], isClosed=True, color=colour, thickness=thickness, lineType=cv2.LINE_AA)


def _hud(view: BattleView | None) -> list[str]:
    """The HUD as it was read."""
    if view is None:
        return []
    looks = [word for word, on in (("paused", view.paused), ("deploying", view.deploying)) if on]
    return [
        f"kills {view.kills}/{view.total}   life {view.life}   DP {view.dp}",
        f"slots left {view.slots_left}   {view.speed}x {' '.join(looks)}".rstrip(),
        f"{len(view.enemies)} enemies   {len(view.operators)} operators   {len(view.cards)} cards",
    ]


def _decided(decision: tuple[Action, float] | None, camera: Camera | None, squad: Sequence[str]) -> list[str]:
    """The last decision in words, with its Q value."""
    if decision is None:
        return []
    action, q = decision
    words = [KINDS[action.kind]]
    if action.kind != WAIT:
        words.append(squad[action.slot] if action.slot < len(squad) else f"slot {action.slot}")
    if action.kind == DEPLOY:
        where = divmod(action.tile, camera.width) if camera else action.tile
        words += ["at", str(where), "facing", DIRECTIONS[action.direction]]
    return [f"decided: {' '.join(words)}", f"Q = {q:+.3f}"]


def _panel(picture: Image, lines: Sequence[str]) -> None:
    """Lines of text on a dark panel at the left edge, below the corner where the game has its own buttons."""
    scale = picture.shape[0] / 720
    step, size = round(LINE_HEIGHT * scale), 0.52 * scale
    width = max(cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, size, 1)[0][0] for line in lines) + step
    top = round(100 * scale)
    paper = picture[top : top + step * len(lines) + step // 2, :width]
    paper[:] = (paper * 0.25 + np.array(PAPER) * 0.75).astype(np.uint8)
    for index, line in enumerate(lines):
        place = (step // 2, top + step * (index + 1) - step // 6)
        cv2.putText(picture, line, place, cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)


def _tag(picture: Image, text: str, place: tuple[int, int], colour: Bgr) -> None:
    """Small text on a dark patch, legible on any background; `place` is its lower left corner."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, TAG_SIZE, 1)
    left, bottom = place
    cv2.rectangle(picture, (left, bottom - height - 1), (left + width, bottom + below - 1), PAPER, cv2.FILLED)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, TAG_SIZE, colour, 1, cv2.LINE_AA)

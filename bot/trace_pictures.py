"""Pictures of a run, drawn from its trace alone: the map, who stands where, the HUD, the state and what was done.

A trace holds what was seen, not the frames; so these are plans of the stage from above, not the game's own view.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.trace import Recording, Scene
from bot.trace_tools import Step, name_of, steps
from game.actions import DEPLOY, DIRECTIONS, KINDS, WAIT
from game.view import UNKNOWN, BattleView
from states.commands import BattleEnded, Command, Decide, Deploy, Gesture, Retreat, Tap, TapAt, UseSkill
from states.events import BattleSeen, Decided, ResultSeen, ScreenSeen, Tick

if TYPE_CHECKING:
    from game.characters.models import Operator
    from game.levels.stage import Stage

Image = NDArray[np.uint8]
Bgr = tuple[int, int, int]

TILES: dict[str, Bgr] = {
    "E": (70, 70, 190),
    "X": (190, 120, 50),
    "H": (95, 105, 115),
    ".": (62, 66, 70),
    "#": (34, 34, 36),
}
"""The letters of a scene's map, with their colours: entrance, exit, high ground, ground, all other tiles."""
PAPER: Bgr = (24, 24, 26)
INK: Bgr = (235, 235, 235)
FAINT: Bgr = (150, 150, 150)
OPERATOR: Bgr = (255, 190, 60)
READY: Bgr = (90, 240, 255)
ENEMY: Bgr = (80, 100, 255)
DECISION: Bgr = (110, 255, 130)
WIDTH, HEIGHT = 1280, 720
SIDE = 430
"""Width of the column with words, at the right."""
LINE = 26
LONGEST = 56
"""Letters of a line of words."""
FPS = 8.0
"""Pictures a second of a video."""
RECENT = 9
"""Gestures and screens of the last moments that a picture lists."""


def scene_of(stage: Stage, squad: Sequence[Operator]) -> Scene:
    """What a trace keeps of a stage and a squad for pictures."""
    rows = tuple("".join(_letter(stage, row, col) for col in range(stage.width)) for row in range(stage.height))
    return Scene(stage=stage.name, map=rows, squad=tuple(operator.name for operator in squad))


def _letter(stage: Stage, row: int, col: int) -> str:
    """The letter of a tile; see `TILES`."""
    if (row, col) in stage.entrances:
        return "E"
    if (row, col) in stage.exits:
        return "X"
    if stage.high[row, col]:
        return "H"
    return "." if stage.walkable[row, col] else "#"


def write_pictures(recording: Recording, folder: Path, every: float) -> int:
    """Write a picture of a run for every so many seconds with an event in them; 0 draws every event but the ticks.

    They are called by line and second. Returns how many there are; raises OSError when one cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for step, picture in pictures(recording, every):
        path = folder / f"{step.number:06}_{step.seconds:08.2f}.png"
        path.write_bytes(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
        written += 1
    return written


def write_video(recording: Recording, file: Path, every: float) -> int:
    """Write the same pictures as a video, `FPS` of them a second.

    Returns how many pictures it has; raises OSError where the video cannot be written.
    """
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    if not video.isOpened():
        raise OSError(f"{file}: no video can be written there; give a folder that exists and a name in .mp4")
    written = 0
    for _, picture in pictures(recording, every):
        video.write(picture)
        written += 1
    video.release()
    return written


def pictures(recording: Recording, every: float) -> Iterator[tuple[Step, Image]]:
    """The pictures of `write_pictures`, each with the line after which it is as drawn."""
    drawn = Moment(recording)
    due = 0.0
    for step in steps(recording):
        drawn.take(step)
        wanted = step.seconds >= due if every else not isinstance(step.line.event, Tick)
        if wanted:
            due = max(due + every, step.seconds)
            yield step, drawn.picture(step)


class Moment:
    """What is known of a run at one of its lines."""

    def __init__(self, recording: Recording) -> None:
        self._scene = recording.header.scene or Scene(stage=recording.setup.stage_code)
        self._map = self._scene.map or _guessed_map(recording)
        self._view: BattleView | None = None
        self._known: dict[tuple[int, int], tuple[int, int]] = {}
        """Row and column → slot and direction of operators, which the machine fills in when it asks for a decision."""
        self._decided: Decided | None = None
        self._screen = ""
        self._recent: list[tuple[float, str]] = []
        self._results: list[str] = []

    def take(self, step: Step) -> None:
        """Take in what a line tells."""
        event = step.line.event
        if isinstance(event, BattleSeen):
            self._view = event.view
        elif isinstance(event, Decided):
            self._decided = event
        elif isinstance(event, ScreenSeen):
            self._screen = event.screen
        if isinstance(event, ScreenSeen | ResultSeen):
            seen = event.screen if isinstance(event, ScreenSeen) else f"{event.outcome}, {event.stars} stars"
            self._recent.append((step.seconds, f"see {seen}"))
        for command in step.line.commands:
            self._carry(step.seconds, command)
        self._recent = self._recent[-RECENT:]

    def _carry(self, seconds: float, command: Command) -> None:
        """Take in a command."""
        if isinstance(command, Gesture):
            self._recent.append((seconds, gesture_words(command)))
        if isinstance(command, Decide):
            self._known = {(one.row, one.col): (one.slot, one.direction) for one in command.view.operators}
        if isinstance(command, BattleEnded):
            self._results.append(f"{command.number}: {command.outcome}, {command.stars} stars, {command.seconds:.0f} s")
            self._view, self._decided, self._known = None, None, {}

    def picture(self, step: Step) -> Image:
        """The picture of this moment."""
        picture = np.full((HEIGHT, WIDTH, 3), PAPER, np.uint8)
        self._draw_map(picture)
        self._draw_words(picture, step)
        return picture

    def _draw_map(self, picture: Image) -> None:
        """The stage from above, with units, what was decided, and the coordinates of its tiles."""
        rows, columns = len(self._map), max(map(len, self._map))
        side = min((WIDTH - SIDE - 60) // columns, (HEIGHT - 90) // rows)
        left, top = 40, (HEIGHT - rows * side) // 2 + 20
        board = Board(picture, left, top, side)
        for row, letters in enumerate(self._map):
            board.write(str(row), row, -0.5 - 18 / side, FAINT)
            for column, letter in enumerate(letters):
                board.fill(row, column, TILES.get(letter, PAPER))
        for column in range(columns):
            board.write(str(column), -0.5 - 14 / side, column, FAINT)
        self._draw_units(board)
        cv2.putText(picture, self._scene.stage, (left, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, INK, 1, cv2.LINE_AA)

    def _draw_units(self, board: Board) -> None:
        """Operators, enemies and the tile of a deployment that was decided."""
        view = self._view
        if view is None:
            return
        for operator in view.operators:
            place = operator.row, operator.col
            slot, direction = self._known.get(place, (operator.slot, operator.direction))
            board.operator(*place, self._name(slot), ready=operator.skill_ready)
            if direction != UNKNOWN:
                board.arrow(*place, direction)
        for enemy in view.enemies:
            board.enemy(enemy.row, enemy.col, enemy.health)
        if self._decided is not None and self._decided.action[0] == DEPLOY:
            row, column = divmod(self._decided.action[2], max(map(len, self._map)))
            board.frame(row, column, DECISION)

    def _draw_words(self, picture: Image, step: Step) -> None:
        """The column at the right: time, state, HUD, hand, decision, what was done lately, and the results so far."""
        lines: list[tuple[str, Bgr]] = [
            (f"{int(step.seconds) // 60}:{step.seconds % 60:05.2f}   line {step.number}", INK),
            (f"state {step.state}   battle {step.battle}", DECISION),
            (f"screen {self._screen or '?'}", INK),
            ("", INK),
            *((text, INK) for text in self._hud()),
            *((text, DECISION) for text in self._decision()),
            ("", INK),
            (f"now: {name_of(step.line.event)}", FAINT),
            *((f"{seconds:7.1f}  {text}", INK) for seconds, text in self._recent),
            ("", INK),
            *((text, READY) for text in self._results[-4:]),
        ]
        for number, (text, colour) in enumerate(lines):
            place = (WIDTH - SIDE + 10, 40 + number * LINE)
            cv2.putText(picture, _fitting(text), place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, 1, cv2.LINE_AA)

    def _hud(self) -> list[str]:
        """The HUD's numbers and the cards."""
        view = self._view
        if view is None:
            return ["no battle in sight"]
        looks = f"{', paused' * view.paused}{', deploying' * view.deploying}"
        hand = [f"{self._name(card.slot)} {card.cost} {card.state}" for card in view.cards]
        return [
            f"kills {view.kills}/{view.total}   life {view.life}   DP {view.dp}",
            f"{view.slots_left} more may stand   {view.speed}x{looks}",
            *("hand: " + ", ".join(hand[start : start + 2]) for start in range(0, len(hand), 2)),
        ]

    def _decision(self) -> list[str]:
        """The last decision in words."""
        if self._decided is None:
            return []
        kind, slot, tile, direction = self._decided.action
        words = KINDS[kind] if kind == WAIT else f"{KINDS[kind]} {self._name(slot)}"
        if kind == DEPLOY:
            row, column = divmod(tile, max(map(len, self._map)))
            words += f" at row {row}, column {column}, {DIRECTIONS[direction]}"
        return [f"decided: {words}", f"Q {self._decided.q:+.2f}{'  explored' * self._decided.explored}"]

    def _name(self, slot: int) -> str:
        """The operator's name, or what is known instead."""
        if 0 <= slot < len(self._scene.squad):
            return self._scene.squad[slot]
        return "?" if slot == UNKNOWN else f"slot {slot}"


class Board:
    """The map on a picture: tiles of `side` pixels from (left, top)."""

    def __init__(self, picture: Image, left: int, top: int, side: int) -> None:
        self._picture, self._left, self._top, self._side = picture, left, top, side

    def _at(self, row: float, column: float) -> tuple[int, int]:
        """The pixel of a place; whole numbers are the middles of tiles."""
        return round(self._left + (column + 0.5) * self._side), round(self._top + (row + 0.5) * self._side)

    def _corners(self, row: float, column: float, inset: int) -> tuple[tuple[int, int], tuple[int, int]]:
        (x, y), half = self._at(row, column), self._side // 2 - inset
        return (x - half, y - half), (x + half, y + half)

    def fill(self, row: int, column: int, colour: Bgr) -> None:
        """Fill a tile."""
        cv2.rectangle(self._picture, *self._corners(row, column, 1), colour, cv2.FILLED)

    def frame(self, row: int, column: int, colour: Bgr) -> None:
        """Draw a frame around a tile."""
        cv2.rectangle(self._picture, *self._corners(row, column, 1), colour, 3)

    def operator(self, row: int, column: int, name: str, *, ready: bool) -> None:
        """An operator: a square with its name, framed where its skill is ready."""
        cv2.rectangle(self._picture, *self._corners(row, column, self._side // 6), OPERATOR, cv2.FILLED)
        if ready:
            cv2.rectangle(self._picture, *self._corners(row, column, self._side // 8), READY, 3)
        self.write(name, row, column, PAPER)

    def arrow(self, row: int, column: int, direction: int) -> None:
        """Where an operator faces."""
        up, right = {"up": (-1, 0), "right": (0, 1), "down": (1, 0), "left": (0, -1)}[DIRECTIONS[direction]]
        begin, end = self._at(row + up * 0.33, column + right * 0.33), self._at(row + up * 0.6, column + right * 0.6)
        cv2.arrowedLine(self._picture, begin, end, OPERATOR, 3, cv2.LINE_AA, tipLength=0.6)

    def enemy(self, row: float, column: float, health: float) -> None:
        """An enemy: a disc with what is left of its health."""
        x, y = self._at(row, column)
        size = max(self._side // 6, 4)
        cv2.circle(self._picture, (x, y), size, ENEMY, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(self._picture, (x, y), size, PAPER, 1, cv2.LINE_AA)
        left, right = x - size, x - size + round(2 * size * min(max(health, 0.0), 1.0))
        cv2.line(self._picture, (left, y - size - 4), (right, y - size - 4), ENEMY, 3)

    def write(self, text: str, row: float, column: float, colour: Bgr) -> None:
        """A short text in the middle of a place, as large as fits into a tile."""
        scale = 0.45
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
        scale *= min(1.0, self._side * 0.9 / max(width, 1))
        x, y = self._at(row, column)
        place = (round(x - width * scale / 0.9), y + height // 2)
        cv2.putText(self._picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA)


def gesture_words(gesture: Gesture) -> str:
    """A gesture in a few words."""
    match gesture:
        case Tap(point=point):
            return f"tap {point}: {gesture.why}"
        case TapAt(x=x, y=y):
            return f"tap {x}, {y}: {gesture.why}"
        case Deploy(card=card, row=row, col=column, direction=direction):
            return f"deploy card {card} at row {row}, column {column}, {DIRECTIONS[direction]}"
        case UseSkill(row=row, col=column) | Retreat(row=row, col=column):
            return f"{name_of(gesture)} at row {row}, column {column}"
    return f"{name_of(gesture)}: {gesture.why}"


def _fitting(text: str) -> str:
    """A text that fits into the column of words."""
    text = text.encode("ascii", "replace").decode()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}~"


def _guessed_map(recording: Recording) -> tuple[str, ...]:
    """A map without features for a trace that does not have one: as wide as it says, as high as units were seen."""
    rows = [0]
    for line in recording.lines:
        if isinstance(line.event, BattleSeen):
            rows += [round(enemy.row) for enemy in line.event.view.enemies]
            rows += [operator.row for operator in line.event.view.operators]
        elif isinstance(line.event, Decided):
            rows.append(line.event.action[2] // recording.setup.width)
    return ("." * recording.setup.width,) * (max(rows) + 1)

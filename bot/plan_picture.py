"""A picture of a plan: the map from above with numbered placements, and the steps beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bot.commands.output import OutputError
from game.actions import DOWN, STEPS, UP, turned
from game.characters.models import Operator
from game.levels.stage import MOVE, Stage
from planning.assignment import PlanSquad
from planning.plans import Plan
from planning.telling import StepMoment, clock, deed, step_condition

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE, DPI = (1280, 720), 100
"""Width and height of the picture in pixels, and how many of them matplotlib counts as an inch."""
MAP_PLACE = (0.03, 0.08, 0.60, 0.79)
"""Left, bottom, width and height of the map, as shares of the picture."""
LIST_PLACE = (0.655, 0.04, 0.335, 0.85)
SMALL = 34
"""Width of a tile, in points, below which names do not fit on it and are left to the list."""
NOT_REACHED = "-"
"""Shown instead of the time of a step that is not done in the battle without variation."""
PAPER, INK, FAINT = "#15171a", "#f2f2f2", "#9aa0a8"
GROUND, HIGH, CLOSED, WALKED, VOID = "#59606b", "#8f866f", "#2a2d33", "#3d4149", "#1c1e22"
ENTRANCE, EXIT, ROUTE, FLIGHT = "#ff5a4d", "#4da3ff", "#ff8a7a", "#ffd166"
MELEE, RANGED, HEALER = "#ffb13b", "#63b8ff", "#5fd38d"
FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei",
    "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Yu Gothic",
    "MS Gothic", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
"""Fonts for texts; each character is drawn in the first installed one that has it."""


def write_plan_picture(
    file: Path, plan: Plan, stage: Stage, squad: PlanSquad, moments: Sequence[StepMoment | None], title: Sequence[str]
) -> None:
    """Write a picture of a plan, with when its steps are done and one or two lines above it.

    Raises OutputError where the file cannot be written, or its name ends with no known picture format.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.family": [name for name in FONTS if name in _installed()], "text.color": INK}):
        figure = Figure(figsize=(SIZE[0] / DPI, SIZE[1] / DPI), dpi=DPI, facecolor=PAPER)
        for line, (text, size, y) in enumerate(zip(title, (15, 10.5), (0.945, 0.912), strict=False)):
            figure.text(
                0.03, y, drawable(text), size=size, weight="normal" if line else "bold", color=FAINT if line else INK
            )
        _draw_map(figure.add_axes(MAP_PLACE), stage, _placements(plan, squad, moments))
        _draw_list(figure.add_axes(LIST_PLACE), _step_texts(plan, squad, moments))
        _draw_legend(figure.add_axes((0.03, 0.01, 0.60, 0.06)))
        try:
            figure.savefig(file, facecolor=PAPER)
        except OSError as error:
            raise OutputError(f"{file}: cannot be written: {error.strerror}") from None
        except ValueError:
            raise OutputError(f"{file}: is no kind of picture; give a name that ends with .png") from None


@cache
def _installed() -> frozenset[str]:
    """The names of the fonts of this machine."""
    from matplotlib.font_manager import fontManager

    return frozenset(fontManager.get_font_names())


@cache
def _characters() -> frozenset[int]:
    """The characters that can be drawn."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = (get_font(findfont(FontProperties(family=[name]))) for name in FONTS if name in _installed())
    return frozenset(character for font in fonts for character in font.get_charmap())


def drawable(text: str) -> str:
    """A text with a question mark for each character that no installed font has, and `$` escaped for matplotlib."""
    return "".join(one if one == "\n" or ord(one) in _characters() else "?" for one in text).replace("$", r"\$")


class _Placement:
    """A tile and the operators that the plan deploys there, in order."""

    def __init__(self, tile: tuple[int, int]) -> None:
        self.tile = tile
        self.numbers: list[int] = []
        self.operators: list[Operator] = []
        self.directions: list[int] = []
        self.times: list[str] = []


def _placements(plan: Plan, squad: PlanSquad, moments: Sequence[StepMoment | None]) -> list[_Placement]:
    """The deployments of a plan by tile."""
    found: dict[tuple[int, int], _Placement] = {}
    for number, (step, moment) in enumerate(zip(plan.steps, moments, strict=True), 1):
        operator = squad.operator_of(step.name)
        if step.kind == "Deploy" and step.tile and operator:
            place = found.setdefault(step.tile, _Placement(step.tile))
            place.numbers.append(number)
            place.operators.append(operator)
            place.directions.append(step.direction)
            place.times.append(clock(moment.seconds) if moment and moment.done else NOT_REACHED)
    return list(found.values())


def _draw_map(axes: Axes, stage: Stage, placements: Sequence[_Placement]) -> None:
    """The tiles, the routes over them, and the placements."""
    top, left, bottom, right = _used_part(stage)
    axes.set(xlim=(left - 0.5, right + 0.5), ylim=(bottom + 0.5, top - 0.5), facecolor=PAPER)
    axes.set_aspect("equal", anchor="N")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xticks(range(left, right + 1))
    axes.set_yticks(range(top, bottom + 1))
    axes.tick_params(length=0, colors=FAINT, labelsize=9, labeltop=True, labelbottom=False, pad=2)
    for row in range(top, bottom + 1):
        for col in range(left, right + 1):
            _square(axes, row, col, _tile_colour(stage, row, col), zorder=1)
    tile_points = (
        72 / DPI * min(MAP_PLACE[2] * SIZE[0] / (right - left + 1), MAP_PLACE[3] * SIZE[1] / (bottom - top + 1))
    )
    for tile, colour, word in _gates(stage):
        _square(axes, *tile, colour, zorder=2, alpha=0.85)
        axes.text(
            tile[1], tile[0], word, size=min(tile_points * 0.3, 11), ha="center", va="center", weight="bold", zorder=5
        )
    for index, (way, flying) in enumerate(_ways(stage)):
        _draw_way(axes, np.array(way) + 0.05 * (index % 5 - 2), flying=flying)
    for placement in placements:
        _shade_range(axes, stage, placement)
    for placement in placements:
        _draw_placement(axes, placement, tile_points)


def _used_part(stage: Stage) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of the part of the map where anything can stand or walk."""
    used = stage.melee | stage.ranged | stage.walkable
    for tile, _, _ in _gates(stage):
        used[tile] = True
    rows, cols = np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))
    return int(rows[0]), int(cols[0]), int(rows[-1]), int(cols[-1])


def _square(axes: Axes, row: int, col: int, colour: str, **more: Any) -> None:
    """One tile."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((col - 0.47, row - 0.47), 0.94, 0.94, facecolor=colour, edgecolor="none", **more))


def _tile_colour(stage: Stage, row: int, col: int) -> str:
    """The colour of a tile by what can stand and walk there."""
    if stage.ranged[row, col]:
        return HIGH
    if stage.melee[row, col]:
        return GROUND
    return WALKED if stage.walkable[row, col] else CLOSED if stage.high[row, col] else VOID


def _gates(stage: Stage) -> Iterator[tuple[tuple[int, int], str, str]]:
    """The tiles where enemies come and go, each with its colour and its word."""
    yield from ((tile, ENTRANCE, "in") for tile in stage.entrances)
    yield from ((tile, EXIT, "out") for tile in stage.exits)


def _ways(stage: Stage) -> list[tuple[tuple[tuple[float, float], ...], bool]]:
    """The different ways that enemies take, as points (column, row), and whether they fly there."""
    found: dict[tuple[tuple[tuple[float, float], ...], bool], None] = {}
    for number in sorted({spawn.route for spawn in stage.comers}):
        if (route := stage.routes[number]) is not None:
            places = [(route.row, route.col), *((node.row, node.col) for node in route.nodes if node.kind == MOVE)]
            tiles = places if route.flying else route.tiles or places
            found[tuple((float(round(col)), float(round(row))) for row, col in tiles), route.flying] = None
    return list(found)


def _draw_way(axes: Axes, way: npt.NDArray[np.float64], *, flying: bool) -> None:
    """One way, points [n, 2], with arrow heads along it."""
    colour = FLIGHT if flying else ROUTE
    axes.plot(*way.T, color=colour, lw=1.6, alpha=0.75, ls=(0, (4, 3)) if flying else "-", zorder=4)
    for start, end in list(pairwise(way))[0 if len(way) < 4 else 1 :: 3]:
        middle = (start + end) / 2
        style = {"arrowstyle": "-|>", "color": colour, "lw": 0, "alpha": 0.9}
        axes.annotate("", middle + (end - start) * 0.1, middle, arrowprops=style, zorder=4)


def _colour_of(operator: Operator) -> str:
    """The colour of an operator's mark."""
    return HEALER if operator.damage == "heal" else MELEE if operator.melee else RANGED


def _shade_range(axes: Axes, stage: Stage, placement: _Placement) -> None:
    """Tint the tiles for enemies on foot that the operators placed on a tile can reach."""
    for operator, direction in zip(placement.operators, placement.directions, strict=True):
        for down, right in (turned(offset, direction) for offset in operator.range):
            row, col = placement.tile[0] + down, placement.tile[1] + right
            if 0 <= row < stage.height and 0 <= col < stage.width and stage.walkable[row, col]:
                _square(axes, row, col, _colour_of(operator), zorder=3, alpha=0.12)


def _draw_placement(axes: Axes, placement: _Placement, tile_points: float) -> None:
    """The marks, facings and names of the operators that are placed on a tile. `tile_points` is a tile's width."""
    row, col = placement.tile
    faces_down = DOWN in placement.directions and UP not in placement.directions
    y = row + (0.0 if tile_points < SMALL else 0.16 if faces_down else -0.16)
    for index, (operator, direction) in enumerate(zip(placement.operators, placement.directions, strict=True)):
        x = col + (index - (len(placement.operators) - 1) / 2) * min(0.5, 0.9 / len(placement.operators))
        _draw_mark(axes, (x, y), placement.numbers[index], direction, _colour_of(operator), tile_points)
    if tile_points < SMALL:
        return
    told = [drawable(f"{one.name} {time}") for one, time in zip(placement.operators, placement.times, strict=True)]
    names = told[0].replace(" ", "\n") if len(told) == 1 else "\n".join(told)
    widest = max(len(line) for line in names.splitlines())
    size = max(min(tile_points * 1.5 / widest, tile_points * 0.16, 9.0), 4.5)
    style = {"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.75}
    top = row + (-0.47 if faces_down else 0.11)
    axes.text(col, top, names, size=size, ha="center", va="top", linespacing=1.0, zorder=8, bbox=style)


def _draw_mark(
    axes: Axes, place: tuple[float, float], number: int, direction: int, colour: str, tile_points: float
) -> None:
    """The number of a deployment in a disc, and an arrow where the operator faces. `place` is (column, row)."""
    (x, y), (down, right) = place, STEPS[direction]
    style = {"arrowstyle": "-|>", "color": colour, "lw": 2.2, "mutation_scale": 12, "shrinkA": 0}
    axes.annotate(
        "", (x + right * 0.55, y + down * (0.42 if tile_points >= SMALL else 0.55)), place, arrowprops=style, zorder=6
    )
    share = 0.38 if tile_points >= SMALL else 0.5
    axes.scatter(x, y, s=(tile_points * share) ** 2, color=colour, edgecolor=PAPER, zorder=7)
    size = min(tile_points * share * 0.58, 13)
    axes.text(x, y, str(number), size=size, ha="center", va="center_baseline", weight="bold", color=PAPER, zorder=8)


def _step_texts(plan: Plan, squad: PlanSquad, moments: Sequence[StepMoment | None]) -> list[str]:
    """The steps of a plan with their times."""
    texts = []
    for step, moment, before in zip(plan.steps, moments, (None, *moments), strict=False):
        when = step_condition(step, squad, moment, before)
        time = clock(moment.seconds) if moment and moment.done else NOT_REACHED
        texts.append(f"{time}  " + ("" if when == "at once" else f"{when}: ") + deed(step, squad))
    return texts


def _draw_list(axes: Axes, texts: Sequence[str]) -> None:
    """The numbered steps, in letters as large as fit."""
    axes.axis("off")
    for size in (10.5, 9.5, 8.5, 7.5, 6.5, 5.5, 4.5):
        columns = int(LIST_PLACE[2] * SIZE[0] * 0.935 / (size * DPI / 72 * 0.53))
        lines = [textwrap.wrap(drawable(text), columns) for text in texts]
        height = size * 1.45 / 72 * DPI / (LIST_PLACE[3] * SIZE[1])
        if sum(map(len, lines)) * height <= 1.0:
            break
    y = 1.0
    for number, wrapped in enumerate(lines, 1):
        axes.text(0.045, y, str(number), size=size, ha="right", va="top", weight="bold", color=FLIGHT)
        for line in wrapped:
            axes.text(0.065, y, line, size=size, ha="left", va="top")
            y -= height


def _draw_legend(axes: Axes) -> None:
    """What the colours mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    patches = [(GROUND, "ground"), (HIGH, "high ground"), (WALKED, "enemies only"), (CLOSED, "closed")]
    marks = [(MELEE, "on the ground"), (RANGED, "on high ground"), (HEALER, "heals")]
    lines = [(ROUTE, "-", "walk"), (FLIGHT, "--", "flight")]
    handles: list[Any] = [Patch(color=colour, label=label) for colour, label in patches]
    handles += [Line2D([], [], color=colour, ls="", marker="o", label=label) for colour, label in marks]
    handles += [Line2D([], [], color=colour, ls=style, label=label) for colour, style, label in lines]
    axes.axis("off")
    axes.legend(handles=handles, ncols=len(handles), loc="center", frameon=False, fontsize=7.5, labelcolor=FAINT,
                handlelength=1.4, columnspacing=1.2, handletextpad=0.5)  # fmt: skip

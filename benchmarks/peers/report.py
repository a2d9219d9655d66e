"""The comparison as a table, as data and as a plot, from the files of its runs.

The figure of a peer at a mark is the interquartile mean (IQM) of its rates of victories without a leak over all stages
and seeds, with a 95 % interval by a bootstrap that draws seeds anew within each stage, both by rliable (Agarwal et al.
2021, https://github.com/google-research/rliable). A peer is compared over the stages and seeds that all learning peers
have at that mark. One seed gives no interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from peers.runner import AT_ONCE, DECISIONS, PEERS, SCRIPTS, Run

SPENT = ("seconds", "cpu_seconds", "decisions")
LINES = {"greedy": "--", "random": ":", "plan": "-."}
"""How each script is drawn."""
REPETITIONS = 2000
"""Bootstrap samples."""


class Figure(NamedTuple):
    """What a peer reached at a mark. Rates 0 to 1."""

    iqm: float
    low: float
    high: float
    seconds: float
    """Mean seconds of training until then."""
    cpu_seconds: float
    decisions: float
    """Mean decisions until then."""


class Row(NamedTuple):
    """A mark with the figures of all peers that have it."""

    unit: str
    mark: int
    stages: tuple[str, ...]
    seeds: tuple[int, ...]
    figures: Mapping[str, Figure]


def runs_in(folder: Path) -> list[Run]:
    """All runs of a folder."""
    return [msgspec.json.decode(path.read_bytes(), type=Run) for path in sorted(folder.glob("*-*-*.json"))]


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """The table: a row for each mark."""
    cells = {(one.unit, one.mark, *_run_key(run)): one for run in runs for one in run.measures}
    marks = sorted({key[:2] for key in cells if key[:2] not in AT_ONCE} or set(AT_ONCE))
    return [row for row in (_row(mark, cells) for mark in marks) if row.figures]


def _run_key(run: Run) -> tuple[str, str, int]:
    """What tells runs apart."""
    return run.peer, run.stage, run.seed


def _row(mark: tuple[str, int], cells: Mapping[Any, Any]) -> Row:
    """The figures at a mark, over the stages and seeds that every learning peer has there."""
    there = {key[2:]: cell for key, cell in cells.items() if key[:2] in {mark, *AT_ONCE}}
    peers = [peer for peer in PEERS if any(key[0] == peer for key in there)]
    learning = [peer for peer in peers if peer not in SCRIPTS] or peers
    pairs = set.intersection(*({key[1:] for key in there if key[0] == peer} for peer in learning))
    stages, seeds = _full(frozenset(pairs))
    figures = {}
    for peer in peers:
        mine = [[_cell(there, peer, stage, seed) for stage in stages] for seed in seeds]
        if stages and all(cell is not None for line in mine for cell in line):
            figures[peer] = _figure(mine)
    return Row(*mark, tuple(stages), tuple(seeds), figures)


def _full(pairs: frozenset[tuple[str, int]]) -> tuple[list[str], list[int]]:
    """Stages and the first seeds of which every pair is there: the choice with the most pairs."""
    seeds = sorted({seed for _, seed in pairs})
    names = sorted({stage for stage, _ in pairs})
    choices = [
        ([stage for stage in names if all((stage, seed) in pairs for seed in seeds[:count])], seeds[:count])
        for count in range(1, len(seeds) + 1)
    ]
    return max(choices, key=lambda choice: len(choice[0]) * len(choice[1]), default=([], []))


def _cell(there: Mapping[Any, Any], peer: str, stage: str, seed: int) -> Any:
    """The measure of a peer; a script has the same one for every seed."""
    if peer in SCRIPTS:
        return next((cell for (name, on, _), cell in there.items() if (name, on) == (peer, stage)), None)
    return there.get((peer, stage, seed))


def _figure(mine: Sequence[Sequence[Any]]) -> Figure:
    """The figure of measures [seeds][stages]."""
    rates = np.array([[one.clean / one.battles for one in line] for line in mine])
    spent = (np.mean([[getattr(one, name) for one in line] for line in mine]) for name in SPENT)
    return Figure(*interval(rates), *(float(one) for one in spent))


def interval(rates: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """IQM of rates [seeds, stages], and its 95 % interval (NaN, NaN for one seed)."""
    from rliable import library, metrics

    iqm = float(metrics.aggregate_iqm(rates))
    if len(rates) == 1:
        return iqm, float("nan"), float("nan")
    np.random.seed(0)  # noqa: NPY002  rliable draws by the global generator
    _, bounds = library.get_interval_estimates(
        {"peer": rates}, lambda drawn: np.array([metrics.aggregate_iqm(drawn)]), reps=REPETITIONS
    )
    low, high = bounds["peer"][:, 0]
    return iqm, float(low), float(high)


def table(rows: Sequence[Row]) -> str:
    """All rows as Markdown."""
    peers = [peer for peer in PEERS if any(peer in row.figures for row in rows)]
    lines = ["| after | stages x seeds | " + " | ".join(peers) + " |", "| --- | --- |" + " --- |" * len(peers)]
    for row in rows:
        figures = [_told(row.figures[peer]) if peer in row.figures else "" for peer in peers]
        lines.append(f"| {row.mark:,} {row.unit} | {len(row.stages)} x {len(row.seeds)} | {' | '.join(figures)} |")
    return "\n".join(lines)


def _told(figure: Figure) -> str:
    """A figure in per cent, with its interval where it has one."""
    if np.isnan(figure.low):
        return f"{100 * figure.iqm:.0f}"
    return f"{100 * figure.iqm:.0f} ({100 * figure.low:.0f} to {100 * figure.high:.0f})"


def stage_table(runs: Sequence[Run]) -> str:
    """The raw rates at the last mark of decisions, stage by stage, the mean over seeds."""
    last = max((one.mark for run in runs for one in run.measures if one.unit == DECISIONS), default=0)
    found: dict[tuple[str, str], list[float]] = {}
    for run in runs:
        for one in run.measures:
            if (one.unit, one.mark) in {(DECISIONS, last), *AT_ONCE}:
                found.setdefault((run.stage, run.peer), []).append(one.clean / one.battles)
    peers = [peer for peer in PEERS if any(name == peer for _, name in found)]
    lines = [f"| after {last:,} decisions | " + " | ".join(peers) + " |", "| --- |" + " --- |" * len(peers)]
    for stage in sorted({stage for stage, _ in found}):
        rates = [f"{100 * np.mean(found[stage, peer]):.0f}" if (stage, peer) in found else "" for peer in peers]
        lines.append(f"| {stage} | {' | '.join(rates)} |")
    return "\n".join(lines)


def draw(rows: Sequence[Row], path: Path) -> None:
    """The plot: over decisions, and over seconds of training."""
    from matplotlib.figure import Figure as Picture

    units = sorted({row.unit for row in rows})
    picture = Picture(figsize=(6 * len(units), 4.5), layout="constrained")
    for number, unit in enumerate(units, 1):
        axes = picture.add_subplot(
            1, len(units), number, xlabel=f"{unit} of training", ylabel="won without a leak, IQM", ylim=(-0.02, 1.02)
        )
        for color, peer in enumerate(PEERS):
            _draw_peer(axes, [row for row in rows if row.unit == unit], peer, f"C{color}")
        axes.set_xscale("log")
    axes.legend(loc="upper left", fontsize="small")
    picture.savefig(path, dpi=120)


def _draw_peer(axes: Any, rows: Sequence[Row], peer: str, color: str) -> None:
    """One line with a point at each mark; a black one across the plot for what does not learn."""
    mine = [(row.mark, row.figures[peer]) for row in rows if peer in row.figures]
    if not mine:
        return
    marks, figures = [mark for mark, _ in mine], [figure for _, figure in mine]
    if peer in SCRIPTS:
        axes.axhline(figures[-1].iqm, color="black", linestyle=LINES[peer], label=peer)
        return
    axes.plot(marks, [one.iqm for one in figures], "o-", color=color, label=peer)
    if not np.isnan(figures[0].low):
        axes.fill_between(marks, [one.low for one in figures], [one.high for one in figures], color=color, alpha=0.15)


def data(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as plain data, for report.json."""
    return [row._asdict() | {"figures": {peer: one._asdict() for peer, one in row.figures.items()}} for row in rows]

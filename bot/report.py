"""The report of a night: what the log says of the last hours, for people who slept through them.

`report_of` reads log lines and nothing else, so a report can be made at any time, of a run that has ended or was killed
as well. `write` puts it into a file with a drawing; the daemon does so when its hours end and when it stops.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bot import log, log_reader
from bot.reporter import Publish

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DROP = 0.25
"""How far the win rate of the last 20 battles must fall below its highest for the report to name it."""
LEAST = 20
"""Battles of a run before its win rate means something."""


@dataclass
class StageCount:
    """How the battles of one stage went."""

    battles: int = 0
    won: int = 0
    stars: int = 0


@dataclass
class ReportedFault:
    """Something that needed the evidence, or a person."""

    time: str
    why: str
    folder: str = ""
    """Where the evidence is; empty where only a person was asked for."""


@dataclass
class NightReport:
    """What happened between two moments, from the log. Times are ISO 8601 with the offset of the local time."""

    start: str = ""
    end: str = ""
    runs: int = 0
    """How often the bot was started."""
    stages: dict[str, StageCount] = field(default_factory=dict)
    rates: list[tuple[str, float]] = field(default_factory=list)
    """(time, win rate of the last 20) after each battle of which 20 were counted."""
    drops: list[tuple[str, float, float]] = field(default_factory=list)
    """(time, highest win rate before, win rate) where it first fell by `DROP`."""
    faults: list[ReportedFault] = field(default_factory=list)
    disconnections: int = 0
    pauses: int = 0

    @property
    def battles(self) -> int:
        """Battles of all stages."""
        return sum(stage.battles for stage in self.stages.values())

    @property
    def won(self) -> int:
        """Those of them that were won."""
        return sum(stage.won for stage in self.stages.values())

    def facts(self) -> dict[str, Any]:
        """The figures in plain data, as the MQTT event carries them."""
        return {
            "start": self.start,
            "end": self.end,
            "battles": self.battles,
            "won": self.won,
            "stages": {name: vars(count) for name, count in self.stages.items()},
            "drops": [{"time": when, "from": high, "to": low} for when, high, low in self.drops],
            "faults": [vars(fault) for fault in self.faults],
            "disconnections": self.disconnections,
            "pauses": self.pauses,
            "runs": self.runs,
        }


def report_of(lines: Iterable[Mapping[str, Any]], since: datetime | None = None) -> NightReport:
    """The report of the log lines written since a moment (with its time zone); without one, of all.

    Earlier lines are read too: they tell the stage and the win rate of the run that was under way.
    """
    report, run = NightReport(), _Run()
    for line in lines:
        run.read(line)
        if since is not None and log_reader.written(line) < since:
            continue
        report.start = report.start or str(line.get("time", ""))
        report.end = str(line.get("time", ""))
        take = TAKEN.get(str(line.get("event")))
        if take is not None:
            take(report, line, run)
    return report


class _Run:
    """What earlier lines tell of the run that a line belongs to."""

    stage = "?"
    battles = 0
    highest = 0.0
    """The highest win rate since the last drop."""

    def read(self, line: Mapping[str, Any]) -> None:
        """Take in a line."""
        if line.get("event") == "started":
            self.stage, self.battles, self.highest = str(line.get("stage", "?")), 0, 0.0
        self.battles += line.get("event") == "battle"


def _take_start(report: NightReport, _line: Mapping[str, Any], _run: _Run) -> None:
    report.runs += 1


def _take_battle(report: NightReport, line: Mapping[str, Any], run: _Run) -> None:
    count = report.stages.setdefault(run.stage, StageCount())
    count.battles += 1
    count.won += line.get("outcome") == "won"
    count.stars += int(line.get("stars", 0))
    if run.battles >= LEAST:
        _take_rate(report, str(line.get("time", "")), float(line.get("win_rate_last_20", 0.0)), run)


def _take_rate(report: NightReport, when: str, rate: float, run: _Run) -> None:
    report.rates.append((when, rate))
    if run.highest - rate >= DROP:
        report.drops.append((when, run.highest, rate))
        run.highest = rate
    run.highest = max(run.highest, rate)


def _take_fault(report: NightReport, line: Mapping[str, Any], _run: _Run) -> None:
    """A fault's evidence and the call for a person that follows it are one fault."""
    fault = ReportedFault(str(line.get("time", "")), str(line.get("why", "")), str(line.get("folder", "")))
    if report.faults and report.faults[-1].why == fault.why and not (report.faults[-1].folder and fault.folder):
        fault.folder = fault.folder or report.faults.pop().folder
    report.faults.append(fault)


def _take_screen(report: NightReport, line: Mapping[str, Any], _run: _Run) -> None:
    report.disconnections += line.get("screen") == "connection_lost"


def _take_state(report: NightReport, line: Mapping[str, Any], _run: _Run) -> None:
    report.pauses += line.get("state") == "paused"


TAKEN: dict[str, Callable[[NightReport, Mapping[str, Any], _Run], None]] = {
    "started": _take_start,
    "battle": _take_battle,
    "dump": _take_fault,
    "need_human": _take_fault,
    "screen": _take_screen,
    "state": _take_state,
}
"""What the report takes from the lines of each log event."""


def markdown(report: NightReport, folder: Path, drawing: str = "") -> str:
    """The report for people. Links to pictures start at `folder`, where the report is written."""
    return "\n".join(_lines(report, folder, drawing)) + "\n"


def _lines(report: NightReport, folder: Path, drawing: str) -> Iterator[str]:
    yield f"# {report.start[:16].replace('T', ' ')} to {report.end[:16].replace('T', ' ')}"
    yield ""
    yield f"{report.battles} battles, {report.won} won{_share(report.won, report.battles)}"
    yield f"{_counted(report.disconnections, 'lost connection')}, {_counted(report.pauses, 'pause')}, " + _counted(
        report.runs, "start"
    )
    if report.stages:
        yield from ("", "| stage | battles | won | stars |", "|---|---|---|---|")
    for name, count in report.stages.items():
        yield f"| {name} | {count.battles} | {count.won} | {count.stars} |"
    if drawing:
        yield from ("", f"![win rate of the last 20 battles]({drawing})")
    for when, high, low in report.drops:
        yield f"- {when[11:16]}: the win rate fell from {high:.0%} to {low:.0%}"
    if report.faults:
        yield from ("", "## Faults", "")
    for fault in report.faults:
        yield f"- {fault.time[11:16]}: {fault.why}"
        picture = last_picture(Path(fault.folder)) if fault.folder else None
        if picture is not None:
            yield f"  ![the last frame before it]({os.path.relpath(picture, folder)})"


def _share(won: int, battles: int) -> str:
    return f" ({won / battles:.0%})" if battles else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def last_picture(folder: Path) -> Path | None:
    """The last frame among the evidence of a fault, if it is still there."""
    return max((path for ending in ("png", "jpg") for path in folder.glob(f"frame_*.{ending}")), default=None)


def write(report: NightReport, folder: Path) -> Path:
    """Write the report as Markdown, with its figures as JSON and, where there were enough battles, a drawing beside it.

    The folder is made when needed; returns the Markdown, which is named after the report's last moment. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(character for character in report.end[:16] if character.isdigit()) or "empty"
    drawing = f"{name}.png" if len(report.rates) > 1 else ""
    if drawing:
        draw(report, folder / drawing)
    (folder / f"{name}.json").write_bytes(orjson.dumps(report.facts()))
    file = folder / f"{name}.md"
    file.write_text(markdown(report, folder, drawing), encoding="utf-8")
    return file


async def report_night(directory: Path, since: datetime, publish: Publish) -> None:
    """Write the report of what the log of a data directory says since a moment, and publish its figures as the event
    `report`. A disk that does not take it costs the report only.
    """
    try:
        report, file = await asyncio.to_thread(_written, directory, since)
    except OSError as error:
        log.logger().warning("report", why=f"cannot be written: {error.strerror}")
        return
    log.logger().info("report", file=str(file), battles=report.battles, won=report.won, faults=len(report.faults))
    publish("event/report", {**report.facts(), "file": str(file)})


def _written(directory: Path, since: datetime) -> tuple[NightReport, Path]:
    """The report since a moment, and the file into which it was written."""
    report = report_of(log_reader.read(directory / log.FILE), since)
    return report, write(report, directory / "reports")


def draw(report: NightReport, file: Path) -> None:
    """Draw the win rate over the time of day, with the faults as lines, as a PNG. Raises OSError."""
    figure = drawing(report)
    figure.savefig(file)


def drawing(report: NightReport) -> Figure:
    """The drawing itself; the labels of its time axis are as fine as the times between them."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.2), dpi=100, layout="constrained")
    axes: Any = figure.add_subplot()
    axes.plot([datetime.fromisoformat(when) for when, _ in report.rates], [rate for _, rate in report.rates], "-")
    for fault in report.faults:
        axes.axvline(datetime.fromisoformat(fault.time), color="tab:red", linewidth=1)
    axes.set(ylim=(0, 1.02), ylabel="won, of the last 20", xlabel="time (a red line is a fault)")
    zone = datetime.fromisoformat(report.end).tzinfo
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    formats = ["%Y", "%b", "%b %d", "%H:%M", "%H:%M", "%H:%M:%S.%f"]  # of ticks years to seconds apart
    written = ConciseDateFormatter(locator, tz=zone, formats=formats, show_offset=False)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(written)
    axes.grid(alpha=0.3)
    return figure

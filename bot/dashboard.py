"""The live table on the terminal while the bot plays."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bot import log, systemd

if TYPE_CHECKING:
    from bot.daemon import Daemon


class Dashboard:
    """A live table on the terminal; without `live`, nothing is shown but log lines. A context manager."""

    def __init__(self, live: bool) -> None:
        self._live: Any = None
        if live:
            from rich.live import Live

            self._live = Live(refresh_per_second=4, transient=False)
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
            log.show_warnings(sys.stdout)  # rich has replaced it by a stream that prints above the table
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            with contextlib.suppress(OSError):  # the terminal may have been closed
                self._live.stop()

    @property
    def seconds(self) -> float:
        """Seconds since this began."""
        return round(time.monotonic() - self._began, 1)

    def tell(self, what: str) -> None:
        """Log and show what is being prepared, which may take a while."""
        log.logger().info("preparing", what=what, seconds=self.seconds)
        systemd.notify(STATUS=f"preparing: {what}")
        if self._live:
            self._live.update(f"{what} …")

    def show(self, daemon: Daemon) -> None:
        """Show the daemon's status."""
        if self._live:
            self._live.update(render(daemon.describe()))


def render(how: Mapping[str, Any]) -> Any:
    """The dashboard as something rich can print."""
    from rich import box
    from rich.panel import Panel
    from rich.table import Table

    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    for name, value in lines(how):
        table.add_row(name, value)
    return Panel(table, title="Holdfast", subtitle="Ctrl-C ends it, with a checkpoint", width=96)


def lines(how: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rows of the dashboard, name and value, from the status that `Daemon.describe` gives."""
    hud, decision, spent = how["hud"], how["decision"], how["latency_ms"]
    return [
        ("state", f"{how['state']}  {how['why']}" + ("  (hands off)" if how["gate"] == "shut" else "")),
        ("stage", f"{how['stage']}  screen {how['screen'] or 'not seen yet'}"),
        ("battle", f"{how['battles'] + 1}  ({how['won']} of {how['battles']} won, {how['stars']} stars)"),
        ("HUD", _hud(hud) if hud else "—"),
        ("twin", _twin(how["twin"])),
        ("decision", _decided(decision) if decision else "—"),
        ("win rate", f"{how['win_rate_last_20']:.0%} of the last 20"),
        ("learning", f"epsilon {how['epsilon']:.2f}  buffer {how['buffer']}  updates {how['updates']}"
                     + (f"  FAILED: {how['learner_failed']}" if how["learner_failed"] else "")
                     + (f"  ALARM: {how['learner_alarm']}" if how["learner_alarm"] else "")),
        ("champion", _champion(how["champion"])),
        ("latency", f"p50 {spent['p50']} ms  p99 {spent['p99']} ms a decision" if spent else "—"),
        ("run", _work(how)),
    ]  # fmt: skip


def _twin(twin: Mapping[str, Any] | None) -> str:
    if twin is None:
        return "—"
    off = f"counter {twin['kills_off']:+} for {twin['seconds_off']:.0f} s"
    return "in step" if twin["in_step"] else f"LOST: {off}" if twin["lost"] else off


def _champion(champion: Mapping[str, Any]) -> str:
    back = f"  put back {champion['put_back']} times" if champion["put_back"] else ""
    return f"{champion['record'] or 'none yet'}  since then {champion['recent']}{back}"


def _work(how: Mapping[str, Any]) -> str:
    done = f"{how['decisions']} decisions, {how['gestures']} gestures, {how['frames']} frames"
    return f"{done} in {how['seconds']:.0f} s"


def _decided(decision: Mapping[str, Any]) -> str:
    return f"{decision['action']}  Q {decision['q']:.2f}{'  explored' * decision['explored']}"


def _hud(hud: Mapping[str, int]) -> str:
    return (
        f"kills {hud['kills']}/{hud['total']}  life {hud['life']}  DP {hud['dp']}  {hud['slots_left']} more deployable"
    )

"""`holdfast run`: builds the parts, plays, shows how it goes, and ends with a summary."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from bot import log
from bot.config import Config, load
from bot.control import selector_loop
from bot.lock import only_daemon


def play(file: Path | None, *, battles: int | None, fresh: bool, as_json: bool) -> int:
    """Play until it ends by itself or is stopped; returns the exit code."""
    config = load(file)
    live = sys.stdout.isatty() and not as_json
    with only_daemon(config.directory):
        log.set_up(
            config.directory / log.FILE,
            config.log.level,
            None if live else sys.stdout,
            megabytes=config.log.megabytes,
            keep=config.log.keep,
        )
        try:
            code, summary = _play(config, battles or config.play.battles, fresh=fresh, live=live)
        finally:
            log.close()
    if as_json:
        print(json.dumps(summary), flush=True)
    elif live:
        print(_sentence(summary))
    return code


def _play(config: Config, battles: int, *, fresh: bool, live: bool) -> tuple[int, dict[str, Any]]:
    """Build and run the daemon, on a terminal under a dashboard."""
    from bot.dashboard import Dashboard

    before = signal.signal(signal.SIGTERM, _interrupt)
    with Dashboard(live) as dashboard:
        from bot.daemon import Daemon
        from bot.parts import build

        parts = build(config, battles=battles, fresh=fresh, tell=dashboard.tell)
        log.logger().info("ready", seconds=dashboard.seconds)
        daemon = Daemon(config, parts, dashboard.show if live else None)
        signal.signal(signal.SIGTERM, before)
        with asyncio.Runner(loop_factory=selector_loop()) as runner:
            code = runner.run(daemon.run())
        return code, daemon.summary


def _interrupt(_number: int, _frame: object) -> None:
    """End the preparations as Ctrl-C does: there is nothing yet to be written down."""
    raise KeyboardInterrupt


def _sentence(summary: dict[str, Any]) -> str:
    """The summary for people."""
    return (
        f"{summary['battles']} battles, {summary['won']} won, {summary['stars']} stars; "
        f"{summary['win_rate_last_20']:.0%} of the last 20; {summary['decisions']} decisions in {summary['seconds']} s"
    )

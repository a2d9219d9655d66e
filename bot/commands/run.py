"""`holdfast run`: play, show how it goes, and end with a summary."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import sys
import threading
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Verbs, add_config, add_json, add_squad, add_verb, count

if TYPE_CHECKING:
    from bot.config import Config
    from bot.ending import EndingSignals


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "run", run, "Make a plan where a stage is new, then play battle after battle, and learn.")
    add_config(verb)
    add_squad(verb)
    verb.add_argument("--battles", type=count, metavar="N", help="end after so many battles (default: [play] battles)")
    verb.add_argument(
        "--fresh", action="store_true", help="learn from nothing; the old checkpoint is moved aside, not deleted"
    )
    add_json(verb, "print a summary as the last line")


def run(options: Namespace) -> int:
    """Play until the battles are done or it is stopped."""
    from bot import log
    from bot.config import load
    from bot.ending import EndingSignals, end_without, hanging_threads
    from bot.lock import only_daemon

    config = load(options.config)
    live = sys.stdout.isatty() and not options.json
    threads, signals = set(threading.enumerate()), EndingSignals()
    with only_daemon(config.directory):
        log.set_up(
            config.directory / log.FILE,
            config.log.level,
            None if live else sys.stdout,
            megabytes=config.log.megabytes,
            keep=config.log.keep,
        )
        signals.install()
        try:
            code, summary = _play(config, options, signals, live=live)
        except Exception:
            signals.restore()
            raise
        finally:
            log.close()
    with suppress(OSError):  # the terminal may be gone, or the disk full that this is written to
        if options.json:
            print(json.dumps(summary), flush=True)
        elif live:
            print(_sentence(summary), flush=True)
    hanging = hanging_threads(threads)
    if hanging:
        end_without(hanging, code)
    signals.ignore()
    return code


def _play(config: Config, options: Namespace, signals: EndingSignals, *, live: bool) -> tuple[int, dict[str, Any]]:
    """Build and run the daemon, on a terminal under a dashboard; its exit code and summary."""
    import asyncio

    from bot import log
    from bot.dashboard import Dashboard
    from bot.mqtt.connection import selector_loop
    from bot.sources import open_stage, play_stage, sources
    from bot.squads import chosen_line, roster_to_run, squad_to_run
    from planning.grading import trust_in

    battles = options.battles or config.play.battles
    known = sources(config)
    stage = open_stage(play_stage(config), known)
    roster = roster_to_run(options, config, known.catalogue)
    squad = () if roster is not None else squad_to_run(options, config, known.catalogue)
    with Dashboard(live) as dashboard:
        from bot.daemon import Daemon
        from bot.parts import build
        from bot.stage_plans import roster_plan, stage_plan

        if roster is None:
            plan = stage_plan(config, stage, squad, dashboard.tell)
        else:
            squad, plan = roster_plan(config, stage, roster, known.catalogue, dashboard.tell)
            dashboard.tell(chosen_line(squad, roster))
        parts = build(config, squad, plan, battles=battles, fresh=options.fresh, tell=dashboard.tell)
        trust = trust_in(parts.stage, squad, known.catalogue)
        log.logger().info("ready", seconds=dashboard.seconds, grade=str(trust))
        daemon = Daemon(config, parts, dashboard.show if live else None, signals=signals)
        with asyncio.Runner(loop_factory=selector_loop()) as runner:
            code = runner.run(daemon.run())
        return code, {**daemon.summary, **trust.facts(as_json=options.json)}


def _sentence(summary: dict[str, Any]) -> str:
    """The summary for people."""
    return (
        f"{summary['battles']} battles, {summary['won']} won, {summary['stars']} stars; "
        f"{summary['win_rate_last_20']:.0%} of the last 20; {summary['decisions']} decisions in {summary['seconds']} s"
        f"\nresults of this stage in the simulator are {summary['grade']}"
    )

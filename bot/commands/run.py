"""`holdfast run`: play, show how it goes, and end with a summary."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import sys
import threading
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Verbs, add_config, add_json, add_squad, add_verb, count

if TYPE_CHECKING:
    from bot.config import Config
    from bot.dashboard import Dashboard
    from bot.ending import EndingSignals
    from bot.turns import Prepare, Prepared


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "run", run, "Make a plan where a stage is new, then play battle after battle, and learn.")
    add_options(verb)


def add_options(verb: ArgumentParser) -> None:
    """Add what a run may be told."""
    add_config(verb)
    add_squad(verb)
    verb.add_argument("--battles", type=count, metavar="N", help="end after so many battles (default: [play] battles)")
    verb.add_argument(
        "--fresh", action="store_true", help="learn from nothing; the old checkpoint is moved aside, not deleted"
    )
    add_json(verb, "print a summary as the last line")


def run(options: Namespace, *, collect: bool = False) -> int:
    """Play until the battles are done or it is stopped. With `collect`, frames are kept for teaching the detector."""
    from bot import log
    from bot.config import load
    from bot.ending import EndingSignals, end_without, hanging_threads
    from bot.lock import only_daemon
    from bot.web.beside import check_page

    config = load(options.config)
    check_page(config)
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
            code, summary = _play(config, options, signals, live=live, collect=collect)
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


def _play(
    config: Config, options: Namespace, signals: EndingSignals, *, live: bool, collect: bool
) -> tuple[int, dict[str, Any]]:
    """Prepare and play, on a terminal under a dashboard; the exit code and the summary."""
    import asyncio

    from bot.dashboard import Dashboard
    from bot.mqtt.connection import selector_loop

    with Dashboard(live) as dashboard:
        from bot.turns import Run

        run_ = Run(
            config,
            options.battles or config.play.battles,
            _maker(options, dashboard),
            signals,
            dashboard.show if live else None,
            collect=collect,
        )
        first = run_.prepare()
        with asyncio.Runner(loop_factory=selector_loop()) as runner:
            code = runner.run(run_.play(first))
        return code, run_.summary


def _maker(options: Namespace, dashboard: Dashboard) -> Prepare:
    """What makes the parts for one stage after the other; only the first may begin with a fresh learner."""
    fresh = options.fresh

    def make(config: Config, battles: int, played: int) -> Prepared:
        nonlocal fresh
        from bot import log
        from bot.parts import build
        from bot.sources import open_stage, play_stage, sources
        from bot.squads import chosen_line, own_squad, roster_to_run, squad_to_run
        from bot.stage_plans import roster_plan, stage_plan
        from bot.turns import Prepared
        from planning.grading import trust_in

        known = sources(config)
        stage = open_stage(play_stage(config), known)
        own = own_squad(stage, known.catalogue, dashboard.tell)
        roster = None if own else roster_to_run(options, config, known.catalogue)
        if roster is None:
            squad = own or squad_to_run(options, config, known.catalogue)
            plan = stage_plan(config, stage, squad, dashboard.tell)
        else:
            squad, plan = roster_plan(config, stage, roster, known.catalogue, dashboard.tell)
            dashboard.tell(chosen_line(squad, roster))
        parts = build(config, squad, plan, battles=battles, fresh=fresh, tell=dashboard.tell, played=played)
        fresh = False
        trust = trust_in(parts.stage, squad, known.catalogue)
        log.logger().info("ready", seconds=dashboard.seconds, grade=str(trust))
        return Prepared(parts, trust.facts(as_json=options.json))

    return make


def _sentence(summary: dict[str, Any]) -> str:
    """The summary for people."""
    return (
        f"{summary['battles']} battles, {summary['won']} won, {summary['stars']} stars; "
        f"{summary['win_rate_last_20']:.0%} of the last 20; {summary['decisions']} decisions in {summary['seconds']} s"
        f"\nresults of this stage in the simulator are {summary['grade']}"
    )

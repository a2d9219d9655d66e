"""Records the traces of this folder anew: python tests/traces/record.py

Each is a run of the daemon on the practice game with nothing replaced: `lost` by a network that knows nothing, `won`,
`pause` and `walk_home` by what a longer run made of it (--learned names its checkpoint). Needed when events, commands
or the machine's behaviour change on purpose.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot import control
from bot.config import Config, parse
from bot.daemon import Daemon
from bot.parts import Parts, build
from states.events import BattleSeen, Event, ScreenSeen

HERE = Path(__file__).resolve().parent
PAUSE_AT = 30
"""Frames into the battle."""
PATIENCE = 20.0

Hear = Callable[[Config, Parts], Callable[[Event], None]]


def quietly(_config: Config, _parts: Parts) -> Callable[[Event], None]:
    """Nothing is done to the run."""
    return lambda _event: None


def pausing(config: Config, _parts: Parts) -> Callable[[Event], None]:
    """Somebody pauses the battle over MQTT, and resumes it a moment later."""
    seen, tasks = 0, set()

    async def pause() -> None:
        await control.ask(config.mqtt, "pause", PATIENCE)
        await asyncio.sleep(1.0)
        await control.ask(config.mqtt, "resume", PATIENCE)

    def hear(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, BattleSeen)
        if seen == PAUSE_AT and not tasks:
            tasks.add(asyncio.ensure_future(pause()))

    return hear


def losing_the_way(_config: Config, parts: Parts) -> Callable[[Event], None]:
    """The terminal is covered by a page that nobody knows."""
    game = parts.client.screen._game
    covered = False

    def hear(event: Event) -> None:
        nonlocal covered
        if isinstance(event, ScreenSeen) and event.screen == "terminal" and not covered:
            covered = True
            game.interrupt("unknown")

    return hear


RUNS: dict[str, tuple[bool, Hear]] = {
    "lost": (False, quietly),
    "won": (True, quietly),
    "pause": (True, pausing),
    "walk_home": (True, losing_the_way),
}
"""Name of the trace: whether it is played with what was learned, and what is done to the run."""


def record(name: str, learned: Path, port: int) -> None:
    """Play one battle and keep its trace."""
    knows, hear = RUNS[name]
    with tempfile.TemporaryDirectory() as folder:
        config = parse({"mqtt": {"port": port}, "data": {"directory": folder}, "learning": {"epsilon_start": 1.0}})
        if knows:
            shutil.copytree(learned, Path(folder) / "checkpoint")
        parts = build(config, battles=1, fresh=False, tell=print)
        asyncio.run(Daemon(config, parts, hear=hear(config, parts)).run())
        (trace,) = (Path(folder) / "traces").glob("*.jsonl")
        shutil.copy(trace, HERE / f"{name}.jsonl")


def main() -> None:
    """Record all, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(RUNS), help=f"which (default: {' '.join(RUNS)})")
    parser.add_argument("--learned", type=Path, default=Path("data/checkpoint"), help="the checkpoint to play with")
    parser.add_argument("--port", type=int, default=18831, help="the embedded broker's port")
    options = parser.parse_args()
    for name in options.names:
        record(name, options.learned, options.port)


if __name__ == "__main__":
    main()

"""Plays the practice game with its fault injector on, and measures how long the bot takes to recover from each fault.

python benchmarks/chaos.py [--faults 1000] [--seed 0] [--rate 1] [--kinds popup,black] [--folder DIR] [--json]

A real daemon plays a short stage in lock-step, off-screen, with faults of all kinds at their usual rate and no person.
Recovered means: after the fault began, the eyes report a screen of play (home to result page, no interruption) that is
the one truly shown, and the machine is in the state that acts on it. While the picture is black or frozen, the loading
page stalls or maintenance lasts nothing can be done: then only reports after the fault's end count, and its length is
part of the time. Seconds are those of the game's clock. A fault that hits nothing (a swallowed tap while nothing is
tapped) is recovered from at the next report. Nothing is learned, and no traces are written: both are tested elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import signal
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

import game.levels
from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.log_reader import read
from bot.parts import Parts, build
from game.fault_kinds import KINDS, Kind
from game.practice.faults import Fault, Faults
from game.practice.flow import BEFORE_HOME
from states.events import BattleSeen, Event, ScreenSeen
from states.machine import SCREENS, TRANSITIONS

STATE_OF = {trigger: target for trigger, source, target in TRANSITIONS if source == "*"}
"""The state that acts on what a trigger stands for."""
PLAY = ("menu", "stage_select", "battle", "settle")
BLINDING: tuple[Kind, ...] = ("black", "frozen", "loading_stall", "maintenance")
"""The kinds that nothing can be done about before they end."""
PATIENCE = 1800.0
"""Seconds of the game's clock that the last recoveries may take."""


class Recovery(NamedTuple):
    """A fault and when it was recovered from, in seconds of the game's clock."""

    kind: Kind
    began: float
    ended: float | None
    """None if it was not recovered from."""


class Witness:
    """Notes every fault that begins and when the bot has recovered from it; ends the run after `faults` of them."""

    def __init__(self, parts: Parts, faults: int) -> None:
        self.parts = parts
        self.game = parts.client.screen._game  # type: ignore[attr-defined]
        self.faults = faults
        self.open: list[Fault] = []
        self.recovered: list[Recovery] = []
        self.begun = 0
        self.ended_at: float | None = None
        """When the last fault of interest began."""
        self._watch(self.game.faults)

    def _watch(self, faults: Faults) -> None:
        """Have each fault noted when it begins."""
        begun = faults.begun

        def noting(now: float) -> list[Fault]:
            found = begun(now)
            wanted = found[: max(self.faults - self.begun, 0)]
            self.begun += len(wanted)
            self.open += wanted
            return found

        faults.begun = noting  # type: ignore[method-assign]

    def hear(self, event: Event) -> None:
        """Note what is recovered from with an event that the machine has just handled."""
        if isinstance(event, ScreenSeen | BattleSeen) and self._agrees(event):
            for fault in [fault for fault in self.open if is_over(fault, event.t)]:
                self.open.remove(fault)
                self.recovered.append(Recovery(fault.kind, fault.start, event.t))
        if self.begun >= self.faults and self.ended_at is None:
            self.ended_at = event.t
        if self.ended_at is not None and (not self.open or event.t > self.ended_at + PATIENCE):
            os.kill(os.getpid(), signal.SIGTERM)
            self.ended_at = float("inf")

    def _agrees(self, event: ScreenSeen | BattleSeen) -> bool:
        """Whether eyes and machine are where the game truly is, in a state of play."""
        screen = event.screen if isinstance(event, ScreenSeen) else "battle"
        state = STATE_OF.get(SCREENS.get(screen, ""))
        truly = screen == self.game.screen and self.game.flow.page not in BEFORE_HOME
        return truly and state in PLAY and self.parts.machine.state == state


def is_over(fault: Fault, t: float) -> bool:
    """Whether a report at time `t` can show that the fault was recovered from."""
    return t >= (fault.end if fault.kind in BLINDING else fault.start)


def short_level(folder: Path) -> Path:
    """A level file: the included stage first_watch with the first three of its enemies."""
    included = Path(game.levels.__file__).parent / "stages" / "first_watch.json"
    data = json.loads(included.read_text(encoding="utf-8"))
    data["waves"][0]["fragments"] = data["waves"][0]["fragments"][:1]
    file = folder / "short_watch.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def measure(folder: Path, faults: int, *, seed: int = 0, rate: float = 1.0, kinds: Sequence[Kind] = KINDS) -> Any:
    """Play until `faults` faults have begun and been recovered from; the figures, in plain data."""
    written = {
        "play": {"stage": short_level(folder).name},
        "practice": {"width": 640, "height": 360, "seed": seed, "faults": list(kinds), "fault_rate": rate},
        "mqtt": {"host": "127.0.0.1", "port": 1},
        "learning": {"learning_starts": 1_000_000, "checkpoint_every": 1_000_000, "channels": 8, "embedding": 4},
        "trace": {"enabled": False},
    }
    config = parse(written, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    witness = Witness(parts, faults)
    code = asyncio.run(Daemon(config, parts, hear=witness.hear).run())
    return figures(witness, code, list(read(config.directory / log.FILE)))


def figures(witness: Witness, code: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What came of a run."""
    lost = [Recovery(fault.kind, fault.start, None) for fault in witness.open]
    told = [*witness.recovered, *lost]
    kinds = {one.kind for one in told}
    return {
        "faults": len(told),
        "recovered": len(witness.recovered),
        "game_seconds": round(witness.game.time, 1),
        "battles": sum(line["event"] == "battle" for line in lines),
        "fault_states": sum(line["event"] == "state" and line["state"] == "fault" for line in lines),
        "person_asked": [line["why"] for line in lines if line["event"] == "need_human"],
        "exit_code": code,
        "kinds": {kind: of_kind([one for one in told if one.kind == kind]) for kind in KINDS if kind in kinds},
    }


def of_kind(told: list[Recovery]) -> dict[str, Any]:
    """Count, and the seconds to recover: median, 90th percentile and worst."""
    spent = sorted(one.ended - one.began for one in told if one.ended is not None)
    if not spent:
        return {"count": len(told), "recovered": 0}
    return {
        "count": len(told),
        "recovered": len(spent),
        "median": round(statistics.median(spent), 1),
        "p90": round(spent[math.ceil(0.9 * len(spent)) - 1], 1),
        "worst": round(spent[-1], 1),
    }


def table(told: dict[str, Any]) -> str:
    """The figures as a table, a line a kind, and a line on the whole."""
    lines = [f"{'fault':16} {'count':>6} {'recovered':>10} {'median s':>9} {'90 % s':>8} {'worst s':>8}"]
    for kind, one in told["kinds"].items():
        times = [f"{one.get(key, '-'):>{width}}" for key, width in (("median", 9), ("p90", 8), ("worst", 8))]
        lines.append(f"{kind:16} {one['count']:>6} {one['recovered']:>10} {' '.join(times)}")
    whole = (
        f"{told['recovered']} of {told['faults']} faults recovered in {told['game_seconds']} s of game time; "
        f"{told['battles']} battles settled, {told['fault_states']} times in the fault state, "
        f"{len(told['person_asked'])} times a person was told, exit code {told['exit_code']}"
    )
    return "\n".join([*lines, whole])


def main() -> None:
    """Measure, and print the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=1.0, help="how many times as often faults come")
    parser.add_argument("--kinds", default=",".join(KINDS), help="only these, with commas")
    parser.add_argument("--folder", type=Path, help="where to keep log and fault dumps")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        kinds = [kind for kind in KINDS if kind in options.kinds.split(",")]
        told = measure(folder, options.faults, seed=options.seed, rate=options.rate, kinds=kinds)
    print(orjson.dumps(told).decode() if options.json else table(told))


if __name__ == "__main__":
    main()

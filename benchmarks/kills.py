"""Kills a real `holdfast run` at random moments, and looks each time whether the next start knows all settled battles.

python benchmarks/kills.py [--kills 200] [--seed 0] [--seconds 30] [--folder DIR] [--json]

The run plays a short stage of the practice game with a small network. One kill in five comes while the run is prepared,
the others at a moment from its first line of play to --seconds later. A battle counts as settled once the log says so;
what a start knows is the number of battles that it says it has read, and the count in state.json. With --folder another
call goes on where the last one ended.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

import game.levels
from bot import log
from bot.state_file import FILE
from bot.trace import read_trace, replay

PREPARING = 0.2
"""Share of the kills that come while the run is prepared."""
PATIENCE = 300.0
"""Seconds that a start may take."""
CONFIG = """
[play]
stage = "short.json"
planning_seconds = 0
[practice]
frame_step = 0.5
popups = false
[mqtt]
host = "127.0.0.1"
port = 1
[learning]
learning_starts = 20
batch_size = 8
channels = 8
embedding = 4
buffer_size = 2000
checkpoint_every = 2
[trace]
keep = 1000
"""


class Moment(NamedTuple):
    """When a run is killed."""

    seconds: float
    """The longest play before a kill."""
    battles: int = 0
    """Battles that are waited for before these seconds begin."""
    preparing: float = PREPARING


class Kill(NamedTuple):
    """A start, and the kill that ended it."""

    moment: str
    """The state of the machine that the log named last; preparing, before the first line of play."""
    seconds: float
    """From the start of the process to the kill."""
    started: float | None
    """Seconds from the start of the process to its first line of play, if it came to it."""
    settled: int
    """Battles settled in all runs up to this kill, by the log."""
    counted: int
    """Battles in state.json after it."""
    settled_before: int
    """Battles settled before this start."""
    known: int | None
    """How many of these this start has read; None where it was killed before that."""
    complaints: list[str]
    """What it said about damaged files."""

    @property
    def lost(self) -> int:
        """Battles lost: of those before, at this start, and of the count, at its kill."""
        unknown = 0 if self.known is None else self.settled_before - self.known
        return max(0, unknown, self.settled - self.counted)


class Watched:
    """A `holdfast run` in a folder, seen through its log."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "data" / log.FILE
        self._offset = self._log.stat().st_size if self._log.exists() else 0
        self.began = time.monotonic()
        command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "bot.toml"), "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def lines(self) -> list[dict[str, Any]]:
        """What this run has logged so far."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as file:
            file.seek(self._offset)
            return [orjson.loads(line) for line in file.read().split(b"\n")[:-1] if line]

    def until_started(self, battles: int = 0) -> float:
        """Wait for the first line of play, and for so many battles; the seconds from the start of the process."""
        while sum(line["event"] in ("started", "battle") for line in self.lines()) <= battles:
            if self.process.poll() is not None or time.monotonic() - self.began > PATIENCE:
                raise SystemExit(f"a start failed: {self.end(signal.SIGKILL)[1]}")
            time.sleep(0.05)
        return time.monotonic() - self.began

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and wait for the end; exit code and standard error."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err.decode()


def prepare(folder: Path) -> None:
    """Write configuration and stage: the first enemies of an included one, over in half a minute of game time."""
    stages = Path(game.levels.__file__).parent / "stages"
    level = json.loads((stages / "first_watch.json").read_text(encoding="utf-8"))
    level["waves"][0]["fragments"] = level["waves"][0]["fragments"][:1]
    (folder / "short.json").write_text(json.dumps(level), encoding="utf-8")
    (folder / "bot.toml").write_text(CONFIG, encoding="utf-8")


def kill_once(folder: Path, settled_before: int, moment: Moment, usual: float, rng: np.random.Generator) -> Kill:
    """Start a run and kill it at a random moment; `usual` is how long a start took before."""
    run, started = Watched(folder), None
    if rng.random() < moment.preparing:
        time.sleep(rng.uniform(0, usual))
    else:
        started = run.until_started()
        run.until_started(moment.battles)
        time.sleep(rng.uniform(0, moment.seconds))
    run.end(signal.SIGKILL)
    lines, spent = run.lines(), time.monotonic() - run.began
    states = [line["state"] for line in lines if line["event"] == "state"]
    begun = any(line["event"] == "started" for line in lines)
    return Kill(
        moment=states[-1] if states else "menu" if begun else "preparing",
        seconds=round(spent, 2),
        started=started,
        settled=settled_before + sum(line["event"] == "battle" for line in lines),
        counted=counted(folder),
        settled_before=settled_before,
        known=known(lines),
        complaints=complaints(lines),
    )


def counted(folder: Path) -> int:
    """The battles in state.json."""
    file = folder / "data" / FILE
    return int(json.loads(file.read_text(encoding="utf-8"))["battles"]) if file.exists() else 0


def known(lines: Sequence[dict[str, Any]]) -> int | None:
    """The battles that a start said it has read; 0 where it played without a word of any."""
    read = [line["known_battles"] for line in lines if "known_battles" in line]
    begun = any(line["event"] == "started" for line in lines)
    return read[0] if read else 0 if begun else None


def complaints(lines: Sequence[dict[str, Any]]) -> list[str]:
    """What a start said about files that it could not use."""
    told = [line.get("note") or line.get("why") for line in lines if line["event"] in ("checkpoint", "state_file")]
    return [str(one) for one in told if one]


def measure(folder: Path, kills: int, seed: int, moment: Moment) -> tuple[list[Kill], int]:
    """So many kills in a row with one data directory, and after them a run that ends by SIGTERM: its exit code.

    The last entry is that run.
    """
    prepare(folder)
    rng, found, usual = np.random.default_rng(seed), [], 10.0
    for _ in range(kills):
        settled = found[-1].settled if found else counted(folder)
        found.append(kill_once(folder, settled, moment, usual, rng))
        usual = found[-1].started or usual
        sys.stderr.write(f"\r{len(found)} of {kills} kills, {found[-1].settled} battles settled")
    sys.stderr.write("\n")
    run = Watched(folder)
    started, settled = run.until_started(), found[-1].settled
    code, _ = run.end(signal.SIGTERM)
    lines, spent = run.lines(), time.monotonic() - run.began
    after = settled + sum(line["event"] == "battle" for line in lines)
    last = Kill("sigterm", spent, started, after, counted(folder), settled, known(lines), complaints(lines))
    return [*found, last], code


def figures(folder: Path, found: Sequence[Kill], code: int) -> dict[str, Any]:
    """What the kills have shown."""
    files = sorted((folder / "data" / "traces").glob("*.jsonl*"))
    traces = [read_trace(path) for path in files if path.suffix == ".gz" or b"\n" in path.read_bytes()]
    return {
        "kills": len(found) - 1,
        "battles settled": found[-1].settled,
        "battles lost at most, in one kill": max(kill.lost for kill in found),
        "kills that lost a battle": sum(kill.lost > 0 for kill in found),
        "starts that complained of a file": sum(bool(kill.complaints) for kill in found),
        "traces that replay": f"{sum(replay(trace) is None for trace in traces)} of {len(traces)}",
        "half-written folders at the end": len(list((folder / "data").rglob("writing-*"))),
        "median start (s)": round(statistics.median(kill.started for kill in found if kill.started), 2),
        "exit code of the last run": code,
    }


def table(found: Sequence[Kill], known_figures: dict[str, Any]) -> str:
    """The figures, and the kills by the moment at which they came."""
    moments = sorted({kill.moment for kill in found if kill.moment != "sigterm"})
    counts = {f"kills while: {moment}": sum(kill.moment == moment for kill in found) for moment in moments}
    return "\n".join(f"{name:36}{value!s:>12}" for name, value in {**known_figures, **counts}.items())


def main() -> None:
    """Print the table, or everything as JSON."""
    parser = argparse.ArgumentParser(description="Whether `holdfast run` survives SIGKILL at random moments.")
    parser.add_argument("--kills", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments (0)")
    parser.add_argument("--seconds", type=float, default=30.0, help="the longest play before a kill (30)")
    parser.add_argument("--folder", type=Path, help="where to play (a temporary folder)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found, code = measure(folder, chosen.kills, chosen.seed, Moment(chosen.seconds))
        told = figures(folder, found, code)
    print(json.dumps({**told, "each": [kill._asdict() for kill in found]}) if chosen.json else table(found, told))


if __name__ == "__main__":
    main()

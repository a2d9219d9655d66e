"""What the readers make of damaged files: success, or one error that names the file; nothing else, and nothing written.

python benchmarks/fuzz.py [--count N] [--seed S] [--only KIND …] [--json]

Every kind of file that Holdfast reads is damaged N times (10,000) in its bytes, words and structure, and read by the
function that the command line uses. A crash is any exception but a HoldfastError, a message that does not name the
file, a reading of more than 20 s, or a change in the working folder. It is told with its number, by which the same seed
makes the same file again, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from damage import damaged, restructured

from game.errors import HoldfastError

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 20
"""Seconds that one reading may take."""
TRACE_LINES = 40
"""Lines of a recorded trace that are damaged: a long one is read no differently."""
BOX = """\
[{"id": "char_123_fang", "name": "Fang", "elite": 1, "level": 40, "own": true, "potential": 3, "rarity": 3},
 {"name": "Kroos", "elite": 0, "level": 30, "own": true}, {"name": "Not known", "own": false}]
"""
CSV = "name,elite,level,skill,potential\nFang,1,55,1,6\nKroos,1,50,1,2\nMyrtle,0,1,,\n"
ROSTER = '[[operator]]\nname = "Fang"\nelite = 1\nlevel = 20\n\n[[operator]]\nname = "Myrtle"\ntrust = 50\n'
TABLE = """\
level = "first_watch"
[operators]
fang = "Fang"
kroos = "Kroos"
[[steps]]
operator = "fang"
action = "Deploy"
tile = [3, 2]
direction = "Right"
time = 2.5
"""
CONFIG = """\
[play]
stage = "1-7"
squad = ["Fang", {name = "Kroos", elite = 1, level = 20}]
[screen]
kind = "window"
region = [0, 0, 1280, 720]
[practice]
faults = ["popup", "frozen"]
[mqtt]
host = "broker.example"
port = 8883
name = "phone"
"""


class Kind(NamedTuple):
    """A kind of file."""

    samples: Sequence[tuple[str, bytes]]
    """Good files, name and bytes."""
    read: Callable[[Path], object]
    """What the command line does with such a file."""
    damage: Callable[[bytes, Random], bytes] = damaged


@dataclass
class Row:
    """What came of the files of one kind."""

    kind: str
    mutations: int = 0
    accepted: int = 0
    refused: int = 0
    crashes: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds of the longest reading."""
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """The row for programs."""
        return {**vars(self), "slowest": round(self.slowest, 3), "seconds": round(self.seconds, 1)}


class TooLongError(BaseException):
    """A reading has not ended in time. Not an Exception, so that no reader takes it for its own."""


def files(pattern: str, most: int = 4) -> list[tuple[str, bytes]]:
    """Some files of the project."""
    return [(path.name, path.read_bytes()) for path in sorted(ROOT.glob(pattern))[:most]]


def configs() -> Kind:
    """bot.toml, as shipped and as a user writes it."""
    from bot.config import as_toml, load

    return Kind([("bot.toml", as_toml().encode()), ("bot.toml", CONFIG.encode())], load)


def traces() -> Kind:
    """Recorded runs, of both versions, plain and compressed; half of the damage is below the checksums, made anew."""
    from bot.trace import checksum, read_trace, replay

    def sealed_again(data: bytes, chance: Random) -> bytes:
        if chance.random() < 0.5 or b'"check":"' not in data:
            return damaged(data, chance)
        rows, check = data.split(b"\n"), ""
        number = chance.randrange(len(rows) - 1)
        body = restructured(rows[number].split(b',"check":"')[0] + b"}", chance)
        for place in range(number, len(rows) - 1):
            body = body if place == number else rows[place].split(b',"check":"')[0] + b"}"
            if place > number:
                body = body.replace(json.loads(body)["after"].encode(), check.encode(), 1)
            check = checksum(body[:-1])
            rows[place] = body[:-1] + f',"check":"{check}"}}'.encode()
        return b"\n".join(rows)

    samples = [
        (name, b"".join(data.splitlines(keepends=True)[:TRACE_LINES]))
        for name, data in files("tests/traces/*.jsonl") + files("tests/traces/version_1/*.jsonl")
    ]
    samples += [(f"{name}.gz", gzip.compress(data)) for name, data in samples]
    return Kind(samples, lambda path: replay(read_trace(path)), sealed_again)


def profiles() -> Kind:
    """The profiles that come with Holdfast."""
    from vision.profile import load_profile

    return Kind(files("vision/profiles/*.toml"), lambda path: load_profile(path, (1920, 1080)))


def rosters() -> Kind:
    """The operators that a player owns, in all three formats; of those that can be read the best squad is chosen."""
    from bot.squads import squad_from
    from game.characters.catalogue import load_catalogue

    catalogue = load_catalogue()

    def read(path: Path) -> object:
        return squad_from(argparse.Namespace(roster=path, squad=None), None, catalogue, [].append)

    samples = [("box.json", BOX), ("box.csv", CSV), ("roster.toml", ROSTER)]
    return Kind([(name, text.encode()) for name, text in samples], read, json_damage)


def jobs() -> Kind:
    """Plans: jobs of MAA, and a table of azur-arknights-helper. Those that can be read are written again."""
    from planning.jobs import read_plan, write_copilot

    samples = [*files("planning/solved/*.json"), ("table.toml", TABLE.encode())]
    return Kind(samples, lambda path: write_copilot(read_plan(path)), json_damage)


def levels() -> Kind:
    """Level files; a stage that can be loaded is described and begun."""
    from game.characters.builds import default_squad
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import describe, load_stage
    from game.simulator.battle import Battle

    catalogue = load_catalogue()
    squad = default_squad(catalogue)

    def read(path: Path) -> object:
        stage = load_stage(path, catalogue)
        Battle(stage, squad[:1], seed=0).step(1)
        return describe(stage)

    return Kind(files("game/levels/stages/*.json", 13), read, json_damage)


def checkpoints() -> Kind:
    """What was learned: a folder, packed as one file here. Half of the damage is done below the checksums."""
    from game.characters.builds import default_squad
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import load_stage
    from learning import checkpoint
    from learning.agent import Agent
    from learning.checkpoint import CheckpointError
    from learning.settings import Settings

    catalogue = load_catalogue()
    settings = Settings(buffer_size=16, channels=4, embedding=4)
    stage, squad = load_stage("first_watch", catalogue), default_squad(catalogue)
    agent = Agent(stage, squad, settings, 0)
    with tempfile.TemporaryDirectory() as folder:
        kept = checkpoint.write(Path(folder), agent.checkpoint())
        sample = packed({path.name: path.read_bytes() for path in kept.iterdir()})

    def read(path: Path) -> object:
        found = checkpoint.read(path)
        try:
            return Agent(stage, squad, settings, 0).restore(found)
        except CheckpointError as error:
            raise CheckpointError(f"{path}: {error}") from None

    return Kind([("checkpoint-00000001", sample)], read, checkpoint_damage)


def packed(parts: dict[str, bytes]) -> bytes:
    """The files of a folder as one."""
    return b"".join(f"{name} {len(data)}\n".encode() + data for name, data in sorted(parts.items()))


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files that were packed."""
    parts = {}
    while data:
        head, data = data.split(b"\n", 1)
        name, size = head.decode().split(" ")
        parts[name], data = data[: int(size)], data[int(size) :]
    return parts


def checkpoint_damage(data: bytes, chance: Random) -> bytes:
    """One of the files damaged or missing; state.json names the digests of what stands there, half of the time."""
    parts = unpacked(data)
    name = chance.choice(sorted(parts))
    state = json.loads(parts["state.json"])
    if chance.random() < 0.02:
        del parts[name]
        return packed(parts)
    change = restructured if name == "state.json" and chance.random() < 0.7 else damaged
    parts[name] = change(parts[name], chance)
    if name != "state.json" and chance.random() < 0.7:
        state["sha256"][name] = hashlib.sha256(parts[name]).hexdigest()
        parts["state.json"] = json.dumps(state).encode()
    return packed(parts)


def json_damage(data: bytes, chance: Random) -> bytes:
    """Damage to bytes, or to the structure where it is JSON."""
    return damaged(data, chance, json_too=True)


KINDS: dict[str, Callable[[], Kind]] = {
    "config": configs,
    "trace": traces,
    "checkpoint": checkpoints,
    "profile": profiles,
    "roster": rosters,
    "job": jobs,
    "level": levels,
}


def measure(kind: str, count: int, seed: int) -> Row:
    """Damage and read so many files of a kind, in a folder of its own that nothing else may be written to."""
    samples, read, damage = KINDS[kind]()
    row, began = Row(kind), time.perf_counter()
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place), limited():
        for number in range(count):
            chance = Random(f"{seed}/{kind}/{number}")
            name, data = chance.choice(samples)
            path = Path(place) / name
            put(path, damage(data, chance))
            before, started = listing(place), time.perf_counter()
            what = outcome(read, path)
            row.slowest = max(row.slowest, time.perf_counter() - started)
            if what not in ("accepted", "refused"):
                row.crashes.append(f"{kind} {number}: {what}")
            elif listing(place) != before:
                row.crashes.append(f"{kind} {number}: the working folder has changed")
            else:
                setattr(row, what, getattr(row, what) + 1)
            row.mutations += 1
            clear(place)
    row.seconds = time.perf_counter() - began
    return row


def put(path: Path, data: bytes) -> None:
    """Write a damaged file, or the folder of a checkpoint."""
    if not path.name.startswith("checkpoint-"):
        path.write_bytes(data)
        return
    path.mkdir()
    for name, part in unpacked(data).items():
        (path / name).write_bytes(part)


def clear(place: str) -> None:
    """Remove everything in a folder."""
    for path in sorted(Path(place).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def listing(place: str) -> list[tuple[str, int, int]]:
    """Everything below a folder: path, size and time of the last change."""
    found = [(str(path), path.stat()) for path in sorted(Path(place).rglob("*"))]
    return [(path, status.st_size, status.st_mtime_ns) for path, status in found]


def outcome(read: Callable[[Path], object], path: Path) -> str:
    """What came of reading a file: accepted, refused, or what is wrong with how it was refused."""
    try:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(LONGEST)
        read(path)
    except HoldfastError as error:
        return judged(str(error), path)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
    return "accepted"


def judged(message: str, path: Path) -> str:
    """Whether a message names the file and is a line. A configuration's has a line for each problem."""
    if path.stem not in message:
        return f"the message does not name the file: {message[:200]}"
    if path.name != "bot.toml" and "\n" in message:
        return f"the message has several lines: {message[:200]!r}"
    return "refused"


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Within the block an alarm ends what takes too long."""

    def end(_number: int, _frame: object) -> None:
        raise TooLongError

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


def table(rows: Sequence[Row]) -> str:
    """The table as text, and under it every crash."""
    lines = ["kind         mutations  accepted   refused  crashes   slowest   seconds"]
    lines += [
        f"{row.kind:<12}{row.mutations:>10,}{row.accepted:>10,}{row.refused:>10,}{len(row.crashes):>9}"
        f"{row.slowest * 1000:>7.0f} ms{row.seconds:>8.1f} s"
        for row in rows
    ]
    return "\n".join(lines + [crash for row in rows for crash in row.crashes[:20]])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="damaged files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=[*KINDS], default=[*KINDS], help="these kinds only")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each kind")
    options = parser.parse_args()
    rows = []
    for kind in options.only:
        rows.append(measure(kind, options.count, options.seed))
        if options.json:
            print(json.dumps(rows[-1].facts(), ensure_ascii=False), flush=True)
        else:
            print(f"{kind} {rows[-1].seconds:.1f} s", file=sys.stderr, flush=True)
    if not options.json:
        print(table(rows))
    sys.exit(any(row.crashes for row in rows))


if __name__ == "__main__":
    main()

"""How fast the search finds plans for real levels, and how often they hold.

python benchmarks/plan_search.py REFERENCE [--squads e1 e0 mixed] [--levels 1-7 ...] [--seconds 60] [--seed K]
                              [--beside FOLDER] [--plot PNG] [--json FILE]

REFERENCE is a folder of the game's public data: level files and tables (docs/planning.md). Levels are those of chapters
0 to 4 that are there. For each level and squad: seconds until the first plan of three stars, whether one is found in
time, how often the plan holds in 100 battles (near) and 100 (far), battles a second. Beside it stand the greedy script
and random plans for as long as the search took. `--beside` names a checkout of another commit, whose search is run for
the same levels in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from game.characters.builds import all_with_each_skill, squad_of
from game.characters.catalogue import Catalogue, load_catalogue
from game.characters.models import Operator
from game.gamedata.importing import import_tables, write_tables
from game.gamedata.stages import index_near
from game.levels.stage import Stage, load_stage
from game.simulator.battle import Battle
from learning.measuring import play as decide
from learning.policy import Greedy
from planning.assignment import assign_operators
from planning.candidates import candidates
from planning.drafts import DraftMaker, Limits
from planning.evaluation import Arena
from planning.jobs import read_plan
from planning.playing import hold
from planning.search import SearchProgress, search
from planning.solutions import as_plan
from planning.variation import FAR, NEAR

THREE_STARS = (
    "Fang", "Vanilla", "Plume", "Melantha", "Popukar", "Beagle", "Kroos", "Orchid", "Lava", "Steward", "Ansel",
    "Hibiscus",
)  # fmt: skip
OTHERS = (
    "Myrtle", "Gravel", "Catapult", "Cardigan", "Spot", "Midnight", "Courier", "Scavenger", "Jessica", "Meteor",
    "Gitano", "Haze", "Deepcolor", "Cuora", "Matterhorn", "Perfumer", "Dobermann", "Frostleaf",
)  # fmt: skip
SQUADS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "e1": [{"name": name, "elite": 1, "level": 55} for name in THREE_STARS],
    "e0": [{"name": name, "elite": 0, "level": 40} for name in THREE_STARS],
    "mixed": [
        *({"name": name, "elite": 1, "level": 40} for name in THREE_STARS),
        *({"name": name, "elite": 0, "level": 30} for name in OTHERS),
    ],
}
"""Twelve operators of three stars at elite 1, the same at elite 0 as a beginner has them, and a roster of thirty."""
BATTLES = 100
SHORTEST = 0.001
"""Seconds with which the plot begins."""
CHAPTERS = re.compile(r"level_main_0[0-4]-\d+$")
OLD_SEARCH = """
import json, sys, tempfile
from pathlib import Path
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.gamedata.importing import import_tables, write_tables
from game.levels.stage import load_stage
from planning.jobs import write_copilot
from planning.search import search
from planning.solutions import as_plan
asked = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as folder:  # tables are written as that checkout reads them
    write_tables(import_tables([Path(asked["tables"])], load_catalogue()), Path(folder))
    catalogue = load_catalogue(Path(folder))
stage, squad = load_stage(asked["level"], catalogue), squad_of(asked["squad"], catalogue)
search(stage, squad, 0, 1)
print("ready", flush=True)
found = search(stage, squad, asked["seed"], 10**9)
print(json.dumps(write_copilot(as_plan(found.draft, stage, squad))), flush=True)
"""
"""What is run in another checkout: its search has no limit of time, and is killed at ours."""


class PlanningRow(NamedTuple):
    """A level and a squad."""

    squad: str
    code: str
    stand_ins: int
    """Kinds of enemies whose numbers are not their own."""
    first: float | None
    """Seconds until the first plan of three stars; None if there was none in time."""
    seconds: float
    """Seconds of the whole search."""
    battles: int
    near: int
    far: int
    """How often the plan holds, of BATTLES."""
    greedy: bool
    """Whether the greedy script wins three stars."""
    random: float | None
    """Seconds until the first random plan of three stars, within the seconds of the search."""
    old: float | None = None
    """Seconds that the search beside it took."""
    old_near: int = 0
    old_far: int = 0


def levels(reference: Path, wanted: Sequence[str]) -> Iterator[Path]:
    """The level files of chapters 0 to 4, or those with the wanted codes."""
    for file in sorted(reference.rglob("level_main_*.json"), key=lambda file: file.stem):
        if code_of(file) in wanted or (not wanted and CHAPTERS.search(file.stem)):
            yield file


def code_of(file: Path) -> str:
    """The code of a level as players name it, or the file's stem where no index names it."""
    entry = index_near(file).of_file(file)
    return entry.code if entry else file.stem


def measure(file: Path, name: str, catalogue: Catalogue, seconds: float, seed: int) -> PlanningRow:
    """Search a plan for a level and a squad, and check it."""
    stage = load_stage(file, catalogue)
    members = [one for one in SQUADS[name] if catalogue.find_character(str(one["name"]))]
    builds = _builds(members, catalogue)
    squad = candidates(all_with_each_skill(builds, catalogue), stage)
    first = list[float]()
    began = time.monotonic()

    def goes_on(progress: SearchProgress) -> bool:
        passed = time.monotonic() - began
        if not first and progress.best.score.blocks:  # the first block is our battle
            first.append(passed)
        return passed < seconds

    found = search(stage, squad, seed, 10**9, goes_on=goes_on)
    spent = time.monotonic() - began
    plan = as_plan(found.draft, stage, squad)
    assigned = assign_operators(plan, catalogue, builds)
    return PlanningRow(
        squad=name,
        code=code_of(file),
        stand_ins=len(stage.stand_ins),
        first=first[0] if first else None,
        seconds=spent,
        battles=found.battles,
        near=hold(plan, stage, assigned, NEAR, BATTLES).held if first else 0,
        far=hold(plan, stage, assigned, FAR, BATTLES).held if first else 0,
        greedy=greedy_wins(stage, candidates(squad_of(members, catalogue), stage)[:12]),
        random=random_plan(stage, squad, spent, seed),
    )


def _builds(members: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> dict[str, Any]:
    """The builds of members by English name."""
    import msgspec

    from game.characters.models import Build

    found = {}
    for one in members:
        character = catalogue.find_character(str(one["name"]))
        assert character is not None
        found[character.name] = msgspec.convert({key: value for key, value in one.items() if key != "name"}, Build)
    return found


def greedy_wins(stage: Stage, squad: Sequence[Operator]) -> bool:
    """Whether the greedy script wins without a leak."""
    battle = Battle(stage, squad, 0)
    decide(battle, Greedy(stage, squad))
    return battle.stars == 3


def random_plan(stage: Stage, squad: Sequence[Operator], seconds: float, seed: int) -> float | None:
    """Seconds until a random draft wins three stars; None if none does within so many seconds."""
    judge = Arena(stage, squad, ())
    drafts = DraftMaker(stage, squad, judge.world, np.random.default_rng(seed), Limits())
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if judge.stars(drafts.random_draft()) == 3:
            return time.monotonic() - began
    return None


def beside(
    row: PlanningRow, file: Path, folder: Path, tables: Path, catalogue: Catalogue, seconds: float, seed: int
) -> PlanningRow:
    """The row with the search of another checkout, which reads the public tables itself."""
    members = [dict(one) for one in SQUADS[row.squad] if catalogue.find_character(str(one["name"]))][:12]
    asked = {"tables": str(tables.resolve()), "level": str(file.resolve()), "squad": members, "seed": seed}
    environment = os.environ | {"PYTHONPATH": str(folder)}
    program = subprocess.Popen(
        [sys.executable, "-c", OLD_SEARCH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        cwd=folder,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(json.dumps(asked))
    program.stdin.close()
    assert program.stdout.readline() == "ready\n"
    began = time.monotonic()
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        program.kill()
        return row
    spent, job = time.monotonic() - began, program.stdout.read()
    with tempfile.TemporaryDirectory() as folder_:
        (Path(folder_) / "job.json").write_text(job, encoding="utf-8")
        plan = read_plan(Path(folder_) / "job.json")
    stage = load_stage(file, catalogue)
    squad = assign_operators(plan, catalogue, _builds(members, catalogue))
    near, far = (hold(plan, stage, squad, variation, BATTLES).held for variation in (NEAR, FAR))
    return row._replace(old=spent, old_near=near, old_far=far)


def table(rows: Sequence[PlanningRow]) -> str:
    """The rows of one squad, and their summary."""
    lines = ["level   stand-ins  first s  whole s  battles/s  near  far  greedy  random s  beside s  near  far"]
    lines += [
        f"{row.code:<8}{row.stand_ins:>9}{_seconds(row.first):>9}{row.seconds:>9.1f}"
        f"{row.battles / row.seconds:>11.0f}{row.near:>6}{row.far:>5}{'yes' if row.greedy else 'no':>8}"
        f"{_seconds(row.random):>10}{_seconds(row.old):>10}{row.old_near:>6}{row.old_far:>5}"
        for row in rows
    ]
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in summary(rows).items())])


def _seconds(value: float | None) -> str:
    """Seconds, or a dash for none."""
    return "-" if value is None else f"{value:.1f}"


def summary(rows: Sequence[PlanningRow]) -> dict[str, str]:
    """What the targets are about, over levels without stand-ins."""
    whole = [row for row in rows if not row.stand_ins]
    solved = [row for row in whole if row.first is not None]
    first = [row.first for row in solved if row.first is not None]
    old = [row for row in whole if row.old is not None]
    return {
        "levels without stand-ins": f"{len(whole)} of {len(rows)}",
        "solved in time": f"{len(solved)} of {len(whole)}",
        "seconds to the first, median and 90th percentile": f"{np.median(first):.2f}, {np.percentile(first, 90):.2f}"
        if first
        else "-",
        "of these, near 95 or more": f"{sum(row.near >= 95 for row in solved)} of {len(solved)}",
        "of these, far 80 or more": f"{sum(row.far >= 80 for row in solved)} of {len(solved)}",
        "solved by random plans in the same time": f"{sum(row.random is not None for row in whole)} of {len(whole)}",
        "won by the greedy script": f"{sum(row.greedy for row in whole)} of {len(whole)}",
        "beside: solved, near, far": f"{len(old)} of {len(whole)}, {sum(row.old_near >= 95 for row in old)}, "
        f"{sum(row.old_far >= 80 for row in old)}",
    }


def draw(rows: Sequence[PlanningRow], file: Path, seconds: float) -> None:
    """Plot the share of the levels that are solved over the seconds."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(title="Levels of chapters 0 to 4, no stand-ins", xlabel="seconds", ylabel="share solved")
    for squad in dict.fromkeys(row.squad for row in rows):
        whole = [row for row in rows if row.squad == squad and not row.stand_ins]
        lines = {squad: [row.first for row in whole], f"{squad}, random plans": [row.random for row in whole]}
        if any(row.old is not None for row in whole):
            lines[f"{squad}, beside"] = [row.old for row in whole]
        for label, found in lines.items():
            times = sorted(one for one in found if one is not None)
            shares = np.arange(1, len(times) + 1) / max(len(whole), 1)
            last = shares[-1] if times else 0.0
            axes.step([SHORTEST, *times, seconds], [0.0, *shares, last], where="post", label=label)
    axes.set_xscale("log")
    axes.set_xlim(SHORTEST, seconds)
    axes.set_ylim(-0.02, 1.02)
    axes.legend(fontsize=8)
    figure.savefig(file, dpi=120)


def main() -> None:
    """Measure and print, row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--squads", nargs="+", choices=SQUADS, default=list(SQUADS))
    parser.add_argument("--levels", nargs="+", default=())
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[PlanningRow] = []
    with tempfile.TemporaryDirectory() as folder:
        tables = Path(folder)
        write_tables(import_tables([options.reference / "tables"], load_catalogue()), tables)
        catalogue = load_catalogue(tables)
        files = list(levels(options.reference, options.levels))
        search(load_stage("first_watch", load_catalogue()), squad_of(["Fang"], load_catalogue()), 0, 1)  # compiles
        for squad in options.squads:
            for file in files:
                row = measure(file, squad, catalogue, options.seconds, options.seed)
                if options.beside:
                    public = options.reference / "tables"
                    row = beside(row, file, options.beside, public, catalogue, options.seconds, options.seed)
                rows.append(row)
                sys.stderr.write(f"{json.dumps(row._asdict())}\n")
            sys.stdout.write(f"\n{squad}\n{table([row for row in rows if row.squad == squad])}\n")
            sys.stdout.flush()
    if options.plot:
        draw(rows, options.plot, options.seconds)
    if options.json:
        options.json.write_text(json.dumps([row._asdict() for row in rows], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

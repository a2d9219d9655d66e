"""How our agent learns beside other libraries' and beside scripts: python benchmarks/learning_peers.py run [options].

    python benchmarks/learning_peers.py run --minutes 10          # a subset: two stages, one seed, 5,000 decisions
    python benchmarks/learning_peers.py run --stages all --seeds 5 --decisions 5000 20000 100000 --seconds 60 300
    python benchmarks/learning_peers.py report                    # the table and the plot of all that was run

Needs the extra `bench`: pip install --constraint constraints.txt --editable ".[bench]". Every peer plays the battles of
peers.battles with flat actions; ours trains in harder ones. The tuning budget is none for every peer: each has the
settings of its own example or its defaults, which its module in benchmarks/peers names. Ours has those that ship, which
were chosen by the trials in docs/learning.md, on two_roads, ridge_line and healers_reach; no agent was tuned on other
stages. A run writes its file into --folder as soon as it is done; call it again to go on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from peers import report
from peers.runner import FROM_NOTHING, PEERS, Marks, compare, tasks

from game.levels.stage import shipped_stages

STAGES = ("two_roads", "ridge_line")
"""The default subset: one that is learned soon and one that is not."""


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("run", "report"), help="run what is not done yet, or report what is")
    parser.add_argument("--folder", type=Path, default=Path("data/peers"), help="where the runs' files are")
    parser.add_argument("--decisions", type=int, nargs="+", default=[5000], help="measure after so many decisions")
    parser.add_argument("--seconds", type=int, nargs="*", default=[], help="measure after so many seconds of training")
    parser.add_argument("--stages", nargs="+", default=list(STAGES), help="names of included stages, or: all")
    parser.add_argument("--seeds", type=int, default=1, help="seeds of each peer on each stage")
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(FROM_NOTHING))
    parser.add_argument("--battles", type=int, default=20, help="battles of each measure")
    parser.add_argument("--minutes", type=float, default=10.0, help="stop after so long; call again to go on")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run or report."""
    chosen = parsed(arguments)
    if chosen.what == "run":
        stages = shipped_stages() if chosen.stages == ["all"] else chosen.stages
        todo = tasks(chosen.peers, stages, range(chosen.seeds))
        marks = Marks(chosen.decisions, chosen.seconds)
        for task, how in compare(todo, marks, chosen.battles, chosen.folder, chosen.minutes):
            print(f"{task.peer:<18}{task.stage:<16}seed {task.seed}  {how}", flush=True)
    runs = report.runs_in(chosen.folder)
    rows = report.rows_of(runs)
    if not rows:
        sys.exit(f"{chosen.folder}: no run has reached a mark yet; call it again with more --minutes")
    (chosen.folder / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report.data(rows))))
    report.draw(rows, chosen.folder / "report.png")
    print(
        f"\nwon without a leak, IQM in per cent (95 % interval)\n\n{report.table(rows)}\n\n{report.stage_table(runs)}"
    )


if __name__ == "__main__":
    main()

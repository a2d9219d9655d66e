"""How play went battle by battle, drawn from logs: python benchmarks/curves.py NAME=LOG ... [--out PNG] [--json].

The proof that learning online works, each run with a configuration whose data directory is its own:

    holdfast run --config shipped.toml --battles 20           # with what ships
    holdfast run --config fresh.toml --battles 60 --fresh     # from nothing: planning_seconds = 0 in [play]
    python benchmarks/curves.py "with what ships=shipped/log.jsonl" "from nothing=fresh/log.jsonl"

Each battle is a dot at its stars; lines are the shares of the last 20 battles that were won, and won without a leak.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot import log_reader

RECENT = 20
"""Battles over which shares are taken."""


class Curve(NamedTuple):
    """The battles of a log in their order."""

    stars: Sequence[int]
    """0 for a battle that is lost."""
    epsilon: Sequence[float]
    """The share of exploring decisions at each battle's end."""

    def share(self, stars: int) -> list[float]:
        """After each battle, the share of the last RECENT ones with so many stars at least."""
        reached = np.array(self.stars) >= stars
        return [float(reached[max(0, end - RECENT) : end].mean()) for end in range(1, len(reached) + 1)]

    def facts(self) -> dict[str, Any]:
        """The figures of the curve."""
        stars = np.array(self.stars)
        parts = {"the first": stars[:RECENT], "the last": stars[-RECENT:]}
        return {
            "battles": len(stars),
            **{f"won of {name} {len(part)}": int((part > 0).sum()) for name, part in parts.items()},
            **{f"without a leak of {name} {len(part)}": int((part == 3).sum()) for name, part in parts.items()},
        }


def read_curve(log: Path) -> Curve:
    """The battles of a log, and of the files put aside before it."""
    battles = [line for line in log_reader.read(log) if line.get("event") == "battle"]
    stars = [int(line["stars"]) if line["outcome"] == "won" else 0 for line in battles]
    return Curve(stars, [float(line["epsilon"]) for line in battles])


def draw(curves: Mapping[str, Curve], out: Path) -> None:
    """Draw one plot beside the other, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8 * len(curves), 3.4), dpi=90, layout="constrained")
    for number, (name, curve) in enumerate(curves.items(), 1):
        axes: Any = figure.add_subplot(1, len(curves), number, title=name, xlabel="battle", ylim=(-0.03, 1.03))
        numbers = range(1, len(curve.stars) + 1)
        axes.plot(numbers, [stars / 3 for stars in curve.stars], ".", color="0.6", label="stars of 3")
        axes.plot(numbers, curve.share(1), color="tab:blue", label=f"won, of the last {RECENT}")
        axes.plot(numbers, curve.share(3), color="tab:green", label=f"without a leak, of the last {RECENT}")
        axes.plot(numbers, curve.epsilon, color="tab:orange", linewidth=1, label="exploring decisions")
        axes.grid(alpha=0.3)
    axes.legend(fontsize="small", loc="center right")
    figure.savefig(out)


def main() -> None:
    """Read, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", nargs="+", metavar="NAME=LOG", help="a name for a log.jsonl, and where it is")
    parser.add_argument("--out", type=Path, default=Path("learning_curves.png"))
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    named = (one.partition("=") for one in options.logs)
    curves = {name: read_curve(Path(path)) for name, _, path in named}
    empty = [name for name, curve in curves.items() if not curve.stars]
    if empty:
        parser.error(f"no battle in the log of {', '.join(empty)}")
    draw(curves, options.out)
    facts = {name: curve.facts() for name, curve in curves.items()}
    print(json.dumps(facts) if options.json else "\n".join(f"{name}: {one}" for name, one in facts.items()))


if __name__ == "__main__":
    main()

"""Checks the simulator against the real game: a recorded battle of stage 0-5, played again in the simulator.

python benchmarks/fidelity.py [--out FILE.png] [--json]

The recording is no part of the project; it is read from shared/reference/battle_0-5 beside the project's folder. It
shows kills, DP and life every 2.9 s. The constants below were read from its frames by eye: which operator was deployed
when, where and in which direction. The game's second of each frame is measured, not fitted: the bar under the DP shows
how much of the next DP has been gained, and DP come once a second. So DP and bar are a clock that stays right while a
dragged card slows play. The DP curve therefore tests costs and skills, and the kills test all other rules.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from game.actions import DEPLOY, LEFT, Action
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.simulator.records import TICKS

CATALOGUE = load_catalogue()

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"

SQUAD = (
    {"name": "Fang", "elite": 1, "level": 55, "skill_level": 7, "trust": 100, "potential": 6},
    {"name": "Popukar", "elite": 1, "level": 55, "skill_level": 5, "trust": 100, "potential": 6},
    {"name": "Kroos", "elite": 1, "level": 55, "skill_level": 7, "trust": 100, "potential": 6},
)
"""The panels of frames 19 and 41 show Popukar (level 55, attack 613, defense 245, health 2007, cost 17, attack +35 %)
and Kroos (level 55, attack 446, defense 126, health 1060, cost 9, 140 %). Fang's card says 8; her skill comes back
after 25 s, which is its seventh level."""
DEPLOYMENTS = ((10.4, 0, 2, 7), (25.2, 1, 4, 7), (57.0, 2, 3, 6))
"""Second, slot, row, column; all three face left. The tiles are where the feet stand in frames 21 and 45. The SP bar of
frame 9 says that Fang came at 10.42, those of Popukar in eleven frames 24.9 to 25.4; Kroos, whose SP come by attacks,
can have come from 56.9 to 57.3: play was slow for 1.6 s between the frames 41 and 43."""
JUMPS = {9: -8, 21: -17, 23: 6, 41: 6, 43: -9, 59: 6, 75: 6}
"""By which frames the DP had jumped, and by how much: prices paid, and Fang's skill."""
SIGHTINGS = (
    (5, 0, 1.1, 1.72), (7, 0, 1.8, 4.13), (11, 1, 1.2, 2.3), (13, 1, 1.95, 4.3), (21, 2, 1.2, 3.5), (23, 2, 1.95, 5.95),
    (23, 3, 1.2, 1.68), (25, 3, 1.82, 4.08), (31, 4, 1.75, 4.45), (31, 5, 1.75, 3.95), (33, 4, 1.95, 6.0),
    (33, 5, 1.95, 5.45), (45, 9, 1.1, 3.45), (47, 10, 1.15, 2.5), (49, 10, 1.66, 3.85), (51, 12, 1.72, 3.72),
    (61, 14, 1.8, 4.15), (61, 15, 1.5, 3.7), (63, 17, 1.2, 3.4), (63, 18, 1.2, 2.95), (65, 18, 1.8, 4.1),
    (67, 21, 1.24, 3.0), (69, 21, 1.85, 4.4), (71, 21, 1.97, 6.0), (73, 23, 1.2, 3.45), (75, 23, 1.82, 4.9),
    (11, 0, 2.0, 6.37), (15, 1, 2.1, 6.35), (27, 3, 2.0, 6.39), (35, 5, 1.97, 6.31),
)  # fmt: skip
"""Frame, number among those to come, row and column: where enemies are seen, read by eye where their shadows fall on a
grid laid over the frame, good to about a tenth of a tile. The last four are held by Fang, whose tile is (2, 7)."""
FIRST_DP, FULL = 3, 99
BAR = (slice(841, 847), slice(1687, 1858))
"""Rows and columns of a frame in which the bar under the DP lies."""
LIT = 215
"""Grey value from which on a pixel of the bar is lit."""
ROW_SECONDS = 2.93
"""Between two rows in which play was not slow; the last row's second is known from it alone, since its DP are full."""


class RecordedRow(NamedTuple):
    """One row of the recording beside the simulator at the same second of the game."""

    frame: int
    second: float
    kills: int
    dp: int
    life: int
    our_kills: int
    our_dp: int
    our_life: int


class RecordedKill(NamedTuple):
    """When the n-th enemy was gone: between two rows of the recording, and in the simulator. All in seconds."""

    after: float
    before: float
    ours: float

    @property
    def off(self) -> float:
        """Seconds between ours and the middle of the recording's two rows."""
        return self.ours - (self.after + self.before) / 2


def seconds_of(reference: Path, recorded: Sequence[Mapping[str, str]]) -> list[float]:
    """The game's second in which each row's frame was taken."""
    found: list[float] = []
    jumped = 0
    for line in recorded:
        frame, dp = int(line["frame"]), int(line["cost"])
        jumped += JUMPS.get(frame, 0)
        if dp < FULL:
            found.append(dp - jumped - FIRST_DP + bar_of(reference / "battle_0-5" / f"frame_{frame:02}.jpg"))
        else:
            found.append(found[-1] + ROW_SECONDS)
    return found


def bar_of(frame: Path) -> float:
    """How much of the next DP a frame shows: from 0 to just below 1, since even a full bar is not a DP yet."""
    grey = cv2.imread(str(frame), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        sys.exit(f"{frame} is not a picture")
    lit = (grey[BAR] > LIT).mean(axis=0) > 0.5
    return float(np.append(lit, False).argmin() / (lit.size + 1))


def replay(reference: Path) -> tuple[list[RecordedRow], list[RecordedKill], Battle, list[float]]:
    """Play the battle again, row by row of the recording, and then to its end.

    The last are the distances in tiles between the enemies that were sighted and ours.
    """
    stage = load_stage(reference / "levels" / "level_main_00-05.json", CATALOGUE)
    with (reference / "battle_0-5" / "hud.csv").open(encoding="utf-8") as file:
        recorded = list(csv.DictReader(file))
    battle = Battle(stage, squad_of(SQUAD, CATALOGUE))
    waiting = list(DEPLOYMENTS)
    rows, off = [], []
    seconds = seconds_of(reference, recorded)
    for line, second in zip(recorded, seconds, strict=True):
        _play(battle, waiting, second)
        view = battle.view()
        frame, kills, dp, life = (int(line[key]) for key in ("frame", "kills", "cost", "life"))
        rows.append(RecordedRow(frame, second, kills, dp, life, view.kills, view.dp, view.life))
        ours = {one.number: (one.row, one.col) for one in battle.enemies_on_field()}
        off += [math.dist(ours[e], place) for at, e, *place in SIGHTINGS if at == frame and e in ours]
    _play(battle, waiting, seconds[-1] + 60)
    return rows, _kills(rows, battle), battle, off


def _play(battle: Battle, waiting: list[tuple[float, int, int, int]], until: float) -> None:
    """Play until a second; deploy the waiting operators when their seconds come."""
    while battle.ticks < int(until * TICKS) and battle.outcome is None:
        while waiting and battle.seconds >= waiting[0][0]:
            _, slot, row, col = waiting[0]
            if not battle.act(Action(DEPLOY, slot, row * battle.stage.width + col, LEFT)):
                break
            waiting.pop(0)
        battle.step(1)


def _kills(rows: Sequence[RecordedRow], battle: Battle) -> list[RecordedKill]:
    """For each enemy that is gone: the two rows between which the recording's counter rose, and our second."""
    ours = [gone.tick / TICKS for gone in battle.gone()]
    between = [
        (before.second, after.second) for before, after in pairwise(rows) for _ in range(after.kills - before.kills)
    ]
    return [RecordedKill(*pair, mine) for pair, mine in zip(between, ours, strict=False)]


def figures(
    rows: Sequence[RecordedRow], kills: Sequence[RecordedKill], battle: Battle, places: Sequence[float]
) -> dict[str, Any]:
    """The figures of the comparison, by name."""
    off = np.array([one.off for one in kills])
    return {
        "rows": len(rows),
        "dp within 1": sum(abs(one.dp - one.our_dp) <= 1 for one in rows) / len(rows),
        "dp the same": sum(one.dp == one.our_dp for one in rows) / len(rows),
        "kills within 1": sum(abs(one.kills - one.our_kills) <= 1 for one in rows) / len(rows),
        "life the same": sum(one.life == one.our_life for one in rows) / len(rows),
        "kills compared": len(kills),
        "median kill time off (s)": float(np.median(np.abs(off))),
        "mean kill time off (s)": float(off.mean()),
        "largest kill time off (s)": float(np.abs(off).max()),
        "kills between the recording's rows": sum(one.after <= one.ours <= one.before for one in kills),
        "enemies sighted": len(places),
        "mean place off (tiles)": float(np.mean(places)),
        "recorded end": f"{rows[-1].kills} gone, life {rows[-1].life}",
        "our end": f"{battle.kills} gone, life {battle.view().life}, {battle.outcome}, {battle.stars} stars",
    }


def draw(rows: Sequence[RecordedRow], kills: Sequence[RecordedKill], out: Path) -> None:
    """Both curves, and how far each kill is off."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    seconds = [one.second for one in rows]
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(10, 10), sharex=True, layout="constrained")
    top.plot(seconds, [one.dp for one in rows], "o-", ms=3, label="real game")
    top.plot(seconds, [one.our_dp for one in rows], "x--", ms=4, label="simulator")
    middle.step(seconds, [one.kills for one in rows], where="post", label="real game (rows 2.9 s apart)")
    middle.step([one.ours for one in kills], range(1, len(kills) + 1), "--", where="post", label="simulator")
    for number, one in enumerate(kills, 1):
        bottom.plot([one.ours] * 2, [one.after - one.ours, one.before - one.ours], color="tab:blue", lw=3)
        bottom.annotate(str(number), (one.ours, one.before - one.ours), fontsize=7)
    bottom.axhline(0, color="tab:orange", ls="--")
    for axes, name in ((top, "DP"), (middle, "enemies gone"), (bottom, "the recording's rows around our kill (s)")):
        axes.set_ylabel(name)
        axes.grid(alpha=0.3)
    top.legend()
    middle.legend()
    top.set_title("Stage 0-5: a recorded battle, and the same deployments in the simulator")
    bottom.set_xlabel("second of the game")
    figure.savefig(out, dpi=110)


def main() -> None:
    """Print both curves and the figures; draw them where asked."""
    parser = argparse.ArgumentParser(description="Compare the simulator with a recorded battle of the real game.")
    parser.add_argument("--out", type=Path, metavar="FILE.png", help="draw both curves into this file")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    chosen = parser.parse_args()
    if not REFERENCE.is_dir():
        sys.exit(f"{REFERENCE} does not exist: the project does not distribute the recorded battle and its stage")
    rows, kills, battle, places = replay(REFERENCE)
    told = figures(rows, kills, battle, places)
    if chosen.out:
        draw(rows, kills, chosen.out)
    if chosen.json:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    print("frame  second   kills ours    dp ours   life ours")
    for one in rows:
        print(
            f"{one.frame:5}{one.second:8.1f}{one.kills:8}{one.our_kills:5}{one.dp:6}{one.our_dp:5}"
            f"{one.life:7}{one.our_life:5}"
        )
    for name, value in told.items():
        print(f"{name:36}{value:.2f}" if isinstance(value, float) else f"{name:36}{value}")


if __name__ == "__main__":
    main()

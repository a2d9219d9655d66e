"""How well the twin stays in step while things go wrong: python benchmarks/twin_faults.py [--battles 100] [--json].

Battles of the shipped stages in the variation `far` are played by their stored plans at double speed, seen four times a
second of the frames' clock, with the bar below the DP and without any enemy. While the bot makes a gesture no frame
comes, and play is slow but for its end. About every `BETWEEN` seconds one of these happens:

- lost: the next gesture has no effect and does not slow play, which the twin cannot know;
- stall: the game stands still for 1 to 6 s while the frames' clock goes on, with frames that show it unchanged or none;
- pause: a person pauses for 2 to 20 s;
- speed: a person changes the speed between 1 and 2.

Printed is the share of the play in step and lost, how often the twin's clock is right to half a second, and how long
after the end of a fault both are so again.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from twin import CATALOGUE, DECISION, FRAME, sure

from game.actions import DEPLOY, SKILL, WAIT, Action
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from game.view import BattleView
from learning.plan_policy import PlanPolicy
from planning.assignment import assign_operators
from planning.solutions import solution
from planning.twin import Twin
from planning.twin_battles import SLOW_MOTION
from planning.variation import FAR, varied

FAULTS = ("lost", "stall", "pause", "speed")
BETWEEN = 12.0
"""Seconds of the frames' clock from one fault to the next, on average."""
GESTURE: Mapping[int, float] = {DEPLOY: 1.6, SKILL: 0.8}
"""Seconds that the bot's gestures take."""
REST = 0.3
"""Seconds at their end in which play goes on as usual."""
RIGHT_CLOCK = 0.5
"""Seconds of play by which the twin's clock may be off to count as right."""


class FaultyBattle(NamedTuple):
    """What was noted in one battle, a figure for each frame but for `back`."""

    in_step: list[bool]
    lost: list[bool]
    clock_off: list[float]
    """Seconds of play by which the twin is ahead of the battle."""
    back: list[tuple[str, float]]
    """Each fault, and the seconds of the frames' clock from its end until the twin was right again; infinite where the
    battle ended before."""


class FaultyPlay:
    """A battle with faults, played and followed; `t` is the frames' clock in seconds."""

    def __init__(self, name: str, seed: int) -> None:
        plan, stage = solution(name), load_stage(name, CATALOGUE)
        squad = assign_operators(plan, CATALOGUE)
        self._battle = Battle(stage, squad.operators, seed)
        self._battle.world = varied(self._battle.world, stage, FAR, seed)
        self._policy = PlanPolicy(plan, stage, squad, lambda: self._battle.seconds)
        self._twin = Twin(stage, squad.operators, seed)
        self._random = np.random.default_rng([seed, 11])
        self._t, self._speed, self._ticks = 0.0, 2, 0.0
        self._next_fault = self._random.exponential(BETWEEN)
        self._drops = False
        """Whether the next gesture is lost."""
        self._waiting: list[tuple[str, float]] = []
        """Faults that are over and after which the twin was not right yet, and when they ended."""
        self.noted = FaultyBattle([], [], [], [])

    def play(self) -> FaultyBattle:
        """Play to the end."""
        frames = 0
        while self._battle.outcome is None:
            view = self._see()
            if self._t >= self._next_fault:
                self._fault()
            elif frames % DECISION == 0:
                self._act(self._policy.decide(view).action)
            self._pass(FRAME / TICKS)
            frames += 1
        self.noted.back.extend((kind, np.inf) for kind, _ in self._waiting)
        return self.noted

    def _pass(self, seconds: float, speed: float | None = None) -> None:
        """Let seconds of the frames' clock pass, at the battle's speed or another."""
        self._t += seconds
        self._ticks += seconds * TICKS * (self._speed if speed is None else speed)
        whole = int(self._ticks + 1e-6)
        self._ticks -= whole
        self._battle.step(whole)

    def _see(self, skills: Sequence[int] = (), slowed: float = 0.0, *, paused: bool = False) -> BattleView:
        """A frame; the twin takes it, and it is noted how far the twin is off."""
        battle = self._battle
        share = battle.records.battle["dp_clock"][0] / battle.world.cost_ticks if battle.world.cost_ticks else None
        view = msgspec.structs.replace(battle.view(), speed=self._speed, paused=paused, dp_share=share)
        fit = self._twin.see(self._t, sure(view), skills, slowed)
        off = self._twin.seconds - battle.seconds
        right = fit.in_step and abs(off) <= RIGHT_CLOCK
        self.noted.in_step.append(fit.in_step)
        self.noted.lost.append(fit.lost)
        self.noted.clock_off.append(off)
        if right:
            self.noted.back.extend((kind, self._t - since) for kind, since in self._waiting)
            self._waiting.clear()
        return view

    def _act(self, action: Action) -> None:
        """Make a gesture. Its effect is there once it is made, unless it is lost."""
        if action.kind == WAIT or action.kind not in GESTURE:
            return
        lasts = GESTURE[action.kind]
        if self._drops:
            self._drops = False
            self._pass(lasts)
            self._see(slowed=lasts - REST)
            self._waiting.append(("lost", self._t))
            return
        self._pass(lasts - REST, SLOW_MOTION)
        worked = self._battle.act(action)
        self._pass(REST)
        self._see([action.slot] if worked and action.kind == SKILL else (), lasts - REST)

    def _fault(self) -> None:
        """One of the faults, to its end."""
        self._next_fault = self._t + self._random.exponential(BETWEEN)
        kind = FAULTS[self._random.integers(len(FAULTS))]
        if kind == "lost":
            self._drops = True
            return
        if kind == "stall":
            self._stand_still(self._random.uniform(1.0, 6.0), seen=self._random.random() < 0.5, paused=False)
        elif kind == "pause":
            self._stand_still(self._random.uniform(2.0, 20.0), seen=True, paused=True)
        else:
            self._pass(self._random.uniform(0.0, FRAME / TICKS))
            self._speed = 3 - self._speed
        self._waiting.append((kind, self._t))

    def _stand_still(self, seconds: float, *, seen: bool, paused: bool) -> None:
        """Let only the frames' clock go on, with a frame at once and then one a second, or none."""
        before = self._random.uniform(0.0, FRAME / TICKS)  # it begins between two frames
        self._pass(before)
        self._pass(FRAME / TICKS - before, 0.0)
        if seen:
            self._see(paused=paused)
        for _ in range(max(round(seconds), 1)):
            self._pass(seconds / max(round(seconds), 1), 0.0)
            if seen:
                self._see(paused=paused)
        self._pass(self._random.uniform(0.0, FRAME / TICKS))


def figures(battles: Sequence[FaultyBattle]) -> dict[str, Any]:
    """The figures of some battles, by name."""
    in_step, lost, off = (np.concatenate([one[n] for one in battles]) for n in range(3))
    back = defaultdict(list)
    for kind, seconds in (fault for one in battles for fault in one.back):
        back[kind].append(seconds)
    return {
        "battles": len(battles),
        "faults": sum(map(len, back.values())),
        "in step": float(in_step.mean()),
        "lost": float(lost.mean()),
        "clock right": float((np.abs(off) <= RIGHT_CLOCK).mean()),
        "back": {
            kind: {
                "faults": len(seconds),
                "median": float(np.median(seconds)),
                "90 % within": float(np.percentile(seconds, 90, method="higher")),
                "not before the end": int(np.isinf(seconds).sum()),
            }
            for kind, seconds in sorted(back.items())
        },
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well the twin stays in step while things go wrong.")
    parser.add_argument("--battles", type=int, default=100, help="in all, on the shipped stages in turn")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    names = shipped_stages()
    told = figures([FaultyPlay(names[seed % len(names)], seed).play() for seed in range(options.battles)])
    if options.json:
        print(json.dumps(told))
        return
    back = told.pop("back")
    for name, value in told.items():
        print(f"{name:12}{value:8.1%}" if isinstance(value, float) else f"{name:12}{value:8}")
    print("\nseconds from a fault's end until the twin is right   faults   median   90 % within   not before the end")
    for kind, one in back.items():
        print(f"{kind:53}{one['faults']:6}{one['median']:9.2f}{one['90 % within']:14.2f}{one['not before the end']:21}")


if __name__ == "__main__":
    main()

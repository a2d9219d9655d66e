"""Battles that a plan wins, as experiences for the learner: what is played before it has learned anything.

The battles are varied (planning.variation), so that more than one sequence of views is learned from.
"""

from __future__ import annotations

from game.levels.stage import Stage
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from learning.agent import Experience
from learning.plan_policy import PlanPolicy
from planning.assignment import PlanSquad
from planning.plans import Plan
from planning.playing import LONGEST
from planning.variation import FAR, NEAR, varied

BATTLES = 20
"""Battles in which a plan is played, half of them in each variation."""
FIRST_SEED = 3000
"""Seed of the first battle; plans are neither searched for nor checked with these seeds."""


def demonstrations(
    plan: Plan, stage: Stage, squad: PlanSquad, interval: float = 1.0, battles: int = BATTLES
) -> list[Experience]:
    """The decisions of the battles that the plan wins, in order, one each `interval` seconds of play.

    An action has its effect at once: the delays of gestures are not played here.
    """
    shown: list[Experience] = []
    for seed in range(FIRST_SEED, FIRST_SEED + battles):
        battle = Battle(stage, squad.operators, seed)
        battle.world = varied(battle.world, stage, FAR if seed % 2 else NEAR, seed)
        experiences = _played(battle, plan, squad, max(round(interval * TICKS), 1))
        if battle.outcome == "won":
            shown += experiences
    return shown


def _played(battle: Battle, plan: Plan, squad: PlanSquad, ticks: int) -> list[Experience]:
    """Play a battle with one decision each so many ticks."""
    policy = PlanPolicy(plan, battle.stage, squad, lambda: battle.seconds)
    experiences: list[Experience] = []
    before = battle.view()
    while battle.outcome is None and battle.seconds < LONGEST:
        action = policy.decide(before).action
        battle.act(action)
        battle.step(ticks)
        after = None if battle.outcome else battle.view()
        experiences.append(Experience(before, action, after, battle.outcome, battle.stars))
        before = before if after is None else after
    return experiences

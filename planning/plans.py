"""Plans as players exchange them: steps, and the operators they need. `planning.jobs` reads and writes their files.

The steps are done in order. A step waits until all its conditions hold, then for its `pre_delay`, is tried until the
battle accepts it, and is followed by its `post_delay`. A step for an operator who is not there is skipped. Meanwhile
skills are used automatically as their usage says. The order and the meaning of every field are those of MAA's copilot
protocol and source.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from game.actions import RIGHT

StepKind = Literal[
    "Deploy", "Skill", "Retreat", "SpeedUp", "BulletTime", "SkillUsage", "Output", "SkillDaemon", "MoveCamera",
    "ResetStopwatch",
]  # fmt: skip
AIMED = ("Deploy", "Skill", "Retreat", "SkillUsage")
"""Kinds of steps that act on an operator."""
BY_HAND, WHENEVER_READY, LIMITED_TIMES = range(3)
"""Skill usages; MAA's 3, "judge it yourself", is played like WHENEVER_READY."""


NORMAL, CHALLENGE, BOTH = 1, 2, 3
"""The difficulty that a plan is for; 0 where its author did not say."""


class Requirements(msgspec.Struct, frozen=True, kw_only=True):
    """How far an operator has to be raised for a plan, by the names of MAA's protocol; 0 asks for nothing."""

    elite: int = 0
    level: int = 0
    skill_level: int = 0
    module: int = 0
    """Which of its modules, from 1; below 0 none. Modules are not played."""
    module_level: int = 0
    potentiality: int = 0
    """The potential; newer versions of the protocol call it potential."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One operator that a group can bring, by its English or Chinese name or its public id."""

    name: str
    skill: int = 0
    """Which of its skills, from 1; 0 takes the build's."""
    usage: int = BY_HAND
    times: int = 1
    """How often the skill is used, with the usage LIMITED_TIMES."""
    requirements: Requirements = Requirements()


class PlanGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Operators of which a plan brings one, the first that is available; a single operator is a group of one."""

    name: str
    """What the steps call it."""
    candidates: tuple[Candidate, ...]


class PlanStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a plan. Times are seconds; a field at its default sets no condition."""

    kind: StepKind
    name: str = ""
    """The group or the operator that it acts on; empty if `tile` tells."""
    tile: tuple[int, int] | None = None
    """(row, column) from the top left."""
    direction: int = RIGHT
    kills: int = 0
    costs: int = 0
    cost_changes: int = 0
    """How many more DP (fewer, if below 0) than when the step before was done."""
    cooling: int = -1
    """The exact number of cards that are cooling down; below 0 any number."""
    time_elapsed: float = 0.0
    """Seconds at the screen since the last ResetStopwatch, or since the start."""
    pre_delay: float = 0.0
    post_delay: float = 0.0
    timeout: float = -1.0
    """A step that is not possible after this long is skipped; below 0 never."""
    usage: int = BY_HAND
    times: int = 1
    distance: tuple[float, ...] = ()
    """Tiles to the right and up by which MoveCamera would move the view; written out again, but not played."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for a stage."""

    stage: str
    """The author's name for it; nothing depends on it."""
    title: str = ""
    details: str = ""
    groups: tuple[PlanGroup, ...]
    steps: tuple[PlanStep, ...]
    difficulty: int = 0
    """The mode it is for: NORMAL, CHALLENGE or BOTH."""
    notes: tuple[str, ...] = ()
    """What in its file is not played."""

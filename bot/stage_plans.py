"""The plan for the stage that is played: searched before the first battle, kept in the data directory, used again.

Where a roster plays, the plan chooses which of its operators come along.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bot import log
from bot.config import Config
from game.characters.builds import SQUAD_SIZE, all_with_each_skill
from game.characters.catalogue import Catalogue
from game.characters.models import Operator
from game.characters.roster import Roster, best_squad
from game.errors import PlanError
from game.levels.runes import is_forbidden
from game.levels.stage import Stage, check_squad
from planning.assignment import assign_operators
from planning.candidates import candidates
from planning.jobs import read_plan, write_copilot
from planning.plans import Plan
from planning.search import SearchProgress, search
from planning.solutions import as_plan

FOLDER = "plans"
"""The folder of the kept plans, in the data directory."""
TELL_EVERY = 2.0
"""Seconds between two lines about the search."""
NO_BUDGET = 10**9
"""A budget in battles that no search reaches: the time ends it."""
Tell = Callable[[str], None]


def stage_plan(config: Config, stage: Stage, squad: tuple[Operator, ...], tell: Tell) -> Plan | None:
    """The kept plan of this stage and squad; else one that is searched for now and kept; None where none is found.

    A search takes at most [play] planning_seconds, and 0 means no search. `tell` gets lines before and during it. Where
    a kept plan cannot be read, another one is searched for.

    Raises StageError for a squad that is too large for the stage, PlanError where no plan is possible or can be kept.
    """
    check_squad(stage, squad)
    return _kept_or_searched(config, stage, squad, tell)


def searched_plan(config: Config, stage: Stage, squad: tuple[Operator, ...], tell: Tell) -> Plan | None:
    """A plan that is searched for now and kept, whatever was kept before; see `stage_plan`."""
    check_squad(stage, squad)
    return _searched(config.play.planning_seconds, stage, squad, plan_file(config, stage, squad), tell)


def roster_plan(
    config: Config, stage: Stage, roster: Roster, catalogue: Catalogue, tell: Tell
) -> tuple[tuple[Operator, ...], Plan | None]:
    """The squad of a roster that the plan for this stage chooses, and the plan; see `stage_plan`.

    The squad is filled up from `best_squad`, which also plays where there is no plan. Raises PlanError where the stage
    allows none of the roster, or no plan can be kept.
    """
    operators = candidates(all_with_each_skill(roster.builds, catalogue), stage)
    if not operators:
        raise PlanError(f"{stage.code}: allows none of your operators")
    plan = _kept_or_searched(config, stage, operators, tell)
    chosen = () if plan is None else assign_operators(plan, catalogue, roster.builds).operators
    names = {one.name for one in chosen}
    others = (
        one
        for one in best_squad(roster, catalogue)
        if one.name not in names and not is_forbidden(one, stage.squad_rules)
    )
    return (*chosen, *others)[: stage.options.squad_limit or SQUAD_SIZE], plan


def _kept_or_searched(config: Config, stage: Stage, squad: tuple[Operator, ...], tell: Tell) -> Plan | None:
    """The kept plan of a stage and these operators, or one that is searched for now."""
    kept = kept_plan(config, stage, squad)
    return kept or _searched(config.play.planning_seconds, stage, squad, plan_file(config, stage, squad), tell)


def kept_plan(config: Config, stage: Stage, squad: tuple[Operator, ...]) -> Plan | None:
    """The kept plan of a stage and these operators; None where there is none, or none that can be read."""
    file = plan_file(config, stage, squad)
    if not file.is_file():
        return None
    try:
        plan = read_plan(file)
    except PlanError as error:
        log.logger().warning("plan", why=str(error))
        return None
    log.logger().info("plan", file=str(file), new=False)
    return plan


def plan_file(config: Config, stage: Stage, squad: tuple[Operator, ...]) -> Path:
    """Where the plan of a stage and a squad is kept; for another mode, level, build or order of the squad it is another
    file.
    """
    code = re.sub(r"[^\w-]+", "_", stage.code)
    return config.directory / FOLDER / f"{code}-{_digest(stage, squad)}.json"


def _searched(seconds: float, stage: Stage, squad: tuple[Operator, ...], file: Path, tell: Tell) -> Plan | None:
    """Search for a plan for at most so many seconds, 0 for never, and keep it; None where none wins."""
    if seconds <= 0:
        return None
    tell(f"planning {stage.code}, for {seconds:g} s at most")
    watch = _Watch(seconds, tell)
    found = search(stage, squad, budget=NO_BUDGET, goes_on=watch.goes_on)
    said = {"seconds": round(watch.seconds, 1), "battles": found.battles, "stars": found.stars}
    if found.stars == 0:
        log.logger().warning("plan", why=f"none wins {stage.code} with this squad; the DQN plays without one", **said)
        return None
    plan = as_plan(found.draft, stage, squad)
    _keep(plan, file)
    log.logger().info("plan", file=str(file), new=True, **said)
    return read_plan(file)  # as every later run has it


class _Watch:
    """Ends a search after its time, and tells how far it is.

    The time begins with the end of the first round of battles: before it the rules may have to be compiled.
    """

    def __init__(self, limit: float, tell: Tell) -> None:
        self._limit, self._tell = limit, tell
        self._began: float | None = None
        self._told = 0.0

    @property
    def seconds(self) -> float:
        """Seconds of search so far."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    def goes_on(self, progress: SearchProgress) -> bool:
        """Whether there is time left."""
        self._began = self._began or time.monotonic()
        if self.seconds >= self._told + TELL_EVERY:
            self._told = self.seconds
            blocks = f"{progress.best.score.blocks} of {progress.blocks}"
            self._tell(f"planning: {progress.battles:,} battles, the best plan holds in {blocks} rounds of trials")
        return self.seconds < self._limit


def _keep(plan: Plan, file: Path) -> None:
    """Write a plan as a copilot job, whole or not at all. Raises PlanError where that is not possible."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(write_copilot(plan), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise PlanError(f"{error.filename or file}: cannot be written ({error.strerror})") from None


def _digest(stage: Stage, squad: tuple[Operator, ...]) -> str:
    """A digest of everything that a plan depends on: the stage as it was read, its mode and enemies, and the squad."""
    known = replace(stage, kinds={})  # all kinds of the tables; those that this stage uses are in another field
    told = msgspec.json.encode((known, squad), enc_hook=_plain, order="deterministic")
    return hashlib.sha256(told).hexdigest()[:12]


def _plain(value: Any) -> Any:
    """Arrays and read-only mappings as JSON has them."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)

"""Stages for the page: which there are, what is in one, and the plans that are known for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.sources import Sources, open_stage, play_stage, sources
from bot.squads import kept_file
from bot.stage_plans import FOLDER
from bot.trace_pictures import scene_of
from game.actions import DIRECTIONS
from game.errors import HoldfastError
from game.gamedata.stages import plain
from game.levels.routes import MOVE, Route
from game.levels.stage import Stage, describe, shipped_codes, shipped_stages
from planning.grading import trust_in
from planning.jobs import read_plan
from planning.plans import Plan
from planning.solutions import solution_path

MOST_FOUND = 60
"""Stages of a search that are listed."""


class Stages:
    """The stages of a configuration. The tables are read when the first stage is asked for."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def _known(self) -> Sources:
        return sources(self._config)

    def listed(self, text: str) -> list[dict[str, Any]]:
        """The stage that is configured, the included ones, and those of the user's game data, whose code or name holds
        this text: the name to open each by, its code and its title.
        """
        wanted, found = plain(text), dict[str, dict[str, Any]]()
        for name, code, title in self._all():
            if wanted in plain(f"{code} {title} {name}"):
                found.setdefault(name, {"name": name, "code": code, "title": title})
            if len(found) >= MOST_FOUND:
                break
        return list(found.values())

    def _all(self) -> Iterator[tuple[str, str, str]]:
        """Name, code and title of all stages."""
        configured = self._config.play.stage
        if configured not in shipped_stages():
            yield configured, configured, ""
        for code, name in sorted(shipped_codes().items(), key=lambda one: shipped_stages().index(one[1])):
            yield name, code, ""
        for entry in self._known.stages.levels.values():
            if entry.stem in self._known.stages.files:
                yield entry.stem, entry.code, entry.title

    def told(self, name: str) -> dict[str, Any]:
        """A stage: what `holdfast stage` says of it, its map, ways, waves, and plans. Raises StageError.

        Only a stage that `listed` could give is opened: no file of any path.
        """
        stage = open_stage(self._opening(name), self._known)
        return {
            **describe(stage),
            "opened": name,
            "map": list(scene_of(stage, ()).map),
            "deployable": [_letters(stage, row) for row in range(stage.height)],
            "ways": [way_of(stage.routes[number]) for number in sorted({one.route for one in stage.comers})],
            "waves": waves_of(stage),
            "plans": list(self._plans(stage)),
            "unplayed": [reason.facts() for reason in trust_in(stage, (), self._known.catalogue).reasons],
            "has_roster": kept_file(self._config).is_file(),
        }

    def names(self) -> dict[str, str]:
        """The Chinese of the tables' English, as `Catalogue.chinese`."""
        return dict(self._known.catalogue.chinese)

    def file(self, name: str) -> str:
        """What `holdfast plan` calls the stage of a name. Raises StageError where there is none."""
        opening = self._opening(name)
        open_stage(opening, self._known)
        return str(opening)

    def _opening(self, name: str) -> str | Path:
        """What to open a stage by; a path is looked for among the user's files only where it is the configured one."""
        if name == self._config.play.stage:
            return play_stage(self._config)
        return re.sub(r"[/\\]", "", name).removesuffix(".json")

    def _plans(self, stage: Stage) -> Iterator[dict[str, Any]]:
        """The plans that are kept for a stage, the newest first, and the one that is included."""
        code = re.sub(r"[^\w-]+", "_", stage.code)
        kept = (self._config.directory / FOLDER).glob(f"{code}-*.json")
        included = [solution_path(stage.name)]
        for file in (*sorted(kept, key=lambda one: -one.stat().st_mtime), *included):
            if file.is_file():
                try:
                    plan = read_plan(file)
                except HoldfastError:
                    continue
                yield {"name": file.stem, "kept": file not in included, "title": plan.title, "steps": steps_of(plan)}


def _letters(stage: Stage, row: int) -> str:
    """Where operators may stand in a row of the map: m on the ground, r on high ground, . nowhere."""
    return "".join(
        "m" if stage.melee[row, col] else "r" if stage.ranged[row, col] else "." for col in range(stage.width)
    )


def way_of(route: Route | None) -> dict[str, Any]:
    """A way of enemies as points (row, column), row 0 at the top."""
    assert route is not None
    places = [(route.row, route.col), *((node.row, node.col) for node in route.nodes if node.kind == MOVE)]
    points = places if route.flying or not route.tiles else route.tiles
    return {"flying": route.flying, "points": [[round(float(row), 2), round(float(col), 2)] for row, col in points]}


def waves_of(stage: Stage) -> list[dict[str, Any]]:
    """The enemies by the second at which they can come at the earliest: kind, how many, which way, which wave."""
    ways = {number: place for place, number in enumerate(sorted({one.route for one in stage.comers}))}
    return [
        {
            "time": round(one.time, 1),
            "enemy": stage.enemies[one.enemy].name,
            "way": ways[one.route],
            "wave": stage.fragments[one.fragment].wave + 1,
            "random": bool(one.group),
        }
        for one in sorted(stage.comers, key=lambda one: one.time)
    ]


def steps_of(plan: Plan) -> list[dict[str, Any]]:
    """The steps of a plan, in plain data; tiles are (row, column) from the top left."""
    return [
        {
            "kind": step.kind,
            "name": step.name,
            "tile": list(step.tile) if step.tile else None,
            "direction": DIRECTIONS[step.direction],
            "kills": step.kills,
            "costs": step.costs,
        }
        for step in plan.steps
    ]

"""Why a battle went as it did, told from its trace: when life was lost and to what, who fell, what failed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bot.trace import Recording, TraceError
from bot.trace_tools import Step, steps
from game.actions import DEPLOY
from game.view import BattleView
from states.commands import BattleEnded, Retreat
from states.events import BattleSeen, Decided, GestureFailed

GONE_FOR = 2
"""Views in a row in which an operator must be missing before it counts as fallen: the eyes may miss one."""
RETREATS = 8.0
"""Seconds after the bot began to retreat an operator in which it vanishes because of that."""
MOST = 20
"""Moments of one kind that are told; the rest is counted."""

Tile = tuple[int, int]


class Sighting(NamedTuple):
    """What one frame of the battle showed, and the seconds since the first."""

    seconds: float
    view: BattleView


def story_of(recording: Recording, battle: int | None = None) -> dict[str, Any]:
    """The facts of a battle of a trace, the first is 1; without a number of the last lost one, else of the last one.

    Seconds count from the first sight of the battle, rows and columns from 0 at the top left. Raises TraceError where
    the trace has no such battle.
    """
    number = battle or _last(recording)
    found = [step for step in steps(recording) if step.battle == number]
    sightings = list(_sightings(found))
    if not sightings:
        raise TraceError(f"the trace shows no battle {number}; see which it has with: holdfast trace ls")
    ended = next((one for step in found for one in step.line.commands if isinstance(one, BattleEnded)), None)
    losses, fallen = list(_losses(sightings)), list(_fallen(sightings, found, recording))
    failures = Counter(step.line.event.why for step in found if isinstance(step.line.event, GestureFailed))
    decided = [step.line.event for step in found if isinstance(step.line.event, Decided)]
    last = sightings[-1].view
    facts = {
        "stage": recording.setup.stage_code,
        "battle": number,
        "outcome": ended.outcome if ended else "not settled",
        "stars": ended.stars if ended else 0,
        "seconds": round(ended.seconds if ended else sightings[-1].seconds, 1),
        "kills": last.kills,
        "enemies": last.total,
        "life_left": last.life,
        "life_lost": losses[:MOST],
        "fallen": fallen[:MOST],
        "deployments": sum(one.action[0] == DEPLOY for one in decided),
        "retreats": sum(isinstance(one, Retreat) for step in found for one in step.line.commands),
        "decisions": len(decided),
        "explored": sum(one.explored for one in decided),
        "gestures_failed": dict(failures.most_common(5)),
        "dp_at_end": last.dp,
    }
    return {**facts, "because": list(_because(facts))}


def _last(recording: Recording) -> int:
    """The number of the last lost battle, else of the last that was settled, else of the one under way."""
    ends = [one for line in recording.lines for one in line.commands if isinstance(one, BattleEnded)]
    lost = [one.number for one in ends if one.outcome == "lost"]
    return (lost or [one.number for one in ends] or [recording.setup.played + 1])[-1]


def _sightings(found: Sequence[Step]) -> Iterator[Sighting]:
    """Each sight of the battle."""
    began: float | None = None
    for step in found:
        if not isinstance(step.line.event, BattleSeen):
            continue
        began = step.seconds if began is None else began
        yield Sighting(round(step.seconds - began, 1), step.line.event.view)


def _losses(sightings: Sequence[Sighting]) -> Iterator[dict[str, Any]]:
    """Each moment at which life was lost, and the enemies that were in sight just before."""
    for before, now in itertools.pairwise(sightings):
        if now.view.life < before.view.life:
            yield {
                "seconds": now.seconds,
                "lost": before.view.life - now.view.life,
                "left": now.view.life,
                "kills": now.view.kills,
                "dp": now.view.dp,
                "enemies_in_sight": dict(Counter(one.kind for one in before.view.enemies)),
            }


def _fallen(sightings: Sequence[Sighting], found: Sequence[Step], recording: Recording) -> Iterator[dict[str, Any]]:
    """Operators that vanished from the tile where the bot had deployed them, and that it had not retreated just before.

    What the eyes see for a moment where nothing was deployed does not count.
    """
    names = recording.header.scene.squad if recording.header.scene else ()
    began = next(step.seconds for step in found if isinstance(step.line.event, BattleSeen))
    retreats = [
        ((one.row, one.col), step.seconds - began)
        for step in found
        for one in step.line.commands
        if isinstance(one, Retreat)
    ]
    deployed = [
        (divmod(one.action[2], recording.setup.width), seconds - began, one.action[1])
        for one, seconds in ((step.line.event, step.seconds) for step in found)
        if isinstance(one, Decided) and one.action[0] == DEPLOY
    ]
    missing: dict[Tile, list[float]] = {}
    for sight in sightings:
        here = {(one.row, one.col) for one in sight.view.operators}
        missing = {tile: [*times, sight.seconds] for tile, times in missing.items() if tile not in here}
        missing |= {tile: [] for tile in here}
        for tile in [tile for tile, times in missing.items() if len(times) == GONE_FOR]:
            gone = missing.pop(tile)[0]
            slots = [slot for place, at, slot in deployed if place == tile and at <= gone]
            asked = any(place == tile and gone - RETREATS <= at <= gone for place, at in retreats)
            if asked or not slots:
                continue
            name = names[slots[-1]] if slots[-1] < len(names) else "an operator"
            yield {"operator": name, "row": tile[0], "column": tile[1], "seconds": gone}


def _because(facts: dict[str, Any]) -> Iterator[str]:
    """What the facts say, in sentences, the weightiest first."""
    if facts["life_lost"]:
        first = facts["life_lost"][0]
        kinds = ", ".join(first["enemies_in_sight"]) or "none that was recognised"
        yield (
            f"life was first lost at {first['seconds']} s, after {first['kills']} kills, {first['dp']} DP unspent; "
            f"enemies in sight: {kinds}"
        )
    for one in facts["fallen"][:3]:
        yield f"{one['operator']} fell at {one['seconds']} s (row {one['row']}, column {one['column']})"
    if not facts["deployments"]:
        yield "no operator was deployed"
    if facts["retreats"]:
        yield f"the bot itself retreated operators {facts['retreats']} times"
    if facts["explored"]:
        yield f"{facts['explored']} of {facts['decisions']} decisions were made at random, to explore"
    for why, times in facts["gestures_failed"].items():
        yield f"a gesture failed {times} times: {why}"

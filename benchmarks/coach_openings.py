"""Whether a language model helps the search: its openings as the first plans, against random ones.

python benchmarks/coach_openings.py REFERENCE [--url URL] [--seeds N] [--openings N] [--stages N] [--json FILE]

A model answers at URL (holdfast coach serve). On 20 stages, the 13 included ones and the first 7 levels of REFERENCE
(a folder of the game's public data), it is shown the map, where enemies walk and the squad, and proposes openings: up
to six deployments each, held by a schema to operators and tiles that exist. Counted are the battles, without variation
and in whole rounds of eight, until the search's first win of three stars: with the openings as its first drafts, and
with random drafts as usual, the same seeds for both. A search that has not won after BUDGET battles counts as BUDGET.
The search itself is not changed: the first drafts are laid in from here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from bot.agents.engine import Engine, EngineError, ReplyError
from game.actions import DEPLOY, DIRECTIONS
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.tables import standing_room
from planning.drafts import Draft, DraftMaker, PlannedMove
from planning.search import BLOCKS, ROUND, SearchProgress, search

BUDGET = 3000
"""Battles after which a search is given up."""
STAGES = 20
TOKENS = 400


class OpeningsRow(NamedTuple):
    """A stage: battles until the first win for each seed, with the openings and without."""

    stage: str
    openings: int
    """Openings with at least one deployment that is possible."""
    won_alone: int
    """Openings that win three stars as they are."""
    seconds: float
    """Seconds that the model took for them."""
    coached: tuple[int, ...]
    random: tuple[int, ...]


def stages_of(reference: Path, many: int) -> Iterator[Stage]:
    """The included stages, and the first levels of chapters 1 and on, up to `many` in all."""
    catalogue = load_catalogue()
    for name in shipped_stages()[:many]:
        yield load_stage(name, catalogue)
    levels = sorted(reference.glob("**/level_main_0[1-9]-*.json"))
    for file in levels[: max(0, many - len(shipped_stages()))]:
        yield load_stage(file, catalogue)


def question(stage: Stage, squad: Sequence[Operator]) -> str:
    """What the model is shown of a stage: a letter a tile, the routes of enemies, and who can stand where."""
    rows = []
    for row in range(stage.height):
        letters = [
            "G" if stage.melee[row, col] else "H" if stage.ranged[row, col] else "." for col in range(stage.width)
        ]
        rows.append(f"row {row}: {' '.join(letters)}")
    ways = {one.tiles for one in stage.routes if one is not None and one.tiles}
    routes = [" ".join(f"{row},{col}" for row, col in tiles) for tiles in sorted(ways, key=len)[:4]]
    who = [f"{one.name} (cost {one.cost}, {'ground G' if one.melee else 'high ground H'})" for one in squad]
    return (
        f"A tower-defence stage, {stage.width} columns, {stage.height} rows, both counted from 0:\n"
        + "\n".join(rows)
        + f"\nEnemies walk over these tiles (row,column): {'; or '.join(routes)}.\nOperators: {', '.join(who)}.\n"
        "Propose which operators to deploy, in order, on which tile (row,column) and facing which way, so that nothing "
        "reaches the end. Cheap ones first, ground operators in the enemies' way, the others beside it."
    )


def schema(stage: Stage, squad: Sequence[Operator]) -> dict[str, Any]:
    """Deployments of operators who exist on tiles that exist."""
    tiles = np.argwhere(stage.melee | stage.ranged).tolist()
    one = {
        "type": "object",
        "properties": {
            "operator": {"enum": [operator.name for operator in squad]},
            "tile": {"enum": [f"{row},{col}" for row, col in tiles]},
            "facing": {"enum": list(DIRECTIONS)},
        },
        "required": ["operator", "tile", "facing"],
        "additionalProperties": False,
    }
    deployments = {"type": "array", "minItems": 3, "maxItems": 6, "items": one}
    return {"type": "object", "properties": {"deployments": deployments}, "required": ["deployments"]}


def opening(reply: dict[str, Any], stage: Stage, squad: Sequence[Operator]) -> Draft:
    """The draft of a reply: each operator once, where it can stand; other deployments are left out."""
    room, names = standing_room(stage, squad), [one.name for one in squad]
    moves: dict[int, PlannedMove] = {}
    for one in reply.get("deployments", []):
        slot, (row, _, col) = names.index(one["operator"]), one["tile"].partition(",")
        tile = int(row) * stage.width + int(col)
        free = tile not in {move.tile for move in moves.values()}
        if slot not in moves and free and room[slot, tile]:
            moves[slot] = PlannedMove(DEPLOY, slot, tile, DIRECTIONS.index(one["facing"]))
    skills = tuple(slot for slot in moves if squad[slot].skill and squad[slot].skill.by_hand)
    return Draft(tuple(moves.values()), skills)


async def openings(engine: Engine, stage: Stage, squad: Sequence[Operator], many: int) -> list[Draft]:
    """What the model proposes: each question differs by its number, so that the replies do."""
    found = []
    for number in range(many):
        asked = f"{question(stage, squad)} This is proposal {number + 1}; let it differ from the others."
        try:
            reply = await engine.reply([{"role": "user", "content": asked}], schema(stage, squad), TOKENS)
            found.append(opening(reply, stage, squad))
        except (ReplyError, EngineError, KeyError, ValueError):
            continue  # cut short, or a server that does not hold replies to the schema
    return [draft for draft in found if draft.moves]


def battles_to_win(stage: Stage, squad: Sequence[Operator], seed: int, first: Sequence[Draft]) -> int:
    """Battles until the search's best draft wins three stars, with these drafts first; BUDGET where it does not."""
    waiting, won = list(first), []
    usual = DraftMaker.random_draft

    def next_draft(maker: DraftMaker) -> Draft:
        return maker.allowed(waiting.pop(0)) if waiting else usual(maker)

    def goes_on(progress: SearchProgress) -> bool:
        if progress.best.score.blocks:
            won.append(progress.battles)
        return not won

    with patch.object(DraftMaker, "random_draft", next_draft):
        search(stage, squad, seed, BUDGET, blocks=BLOCKS[:1], goes_on=goes_on)
    return min([*won, BUDGET])


def measure(stage: Stage, squad: Sequence[Operator], found: Sequence[Draft], seconds: float, seeds: int) -> OpeningsRow:
    """The row of a stage."""
    alone = sum(battles_to_win(stage, squad, 0, [draft] * ROUND) == 1 for draft in found)  # a round tries it once
    coached = tuple(battles_to_win(stage, squad, seed, found) for seed in range(seeds))
    random = tuple(battles_to_win(stage, squad, seed, ()) for seed in range(seeds))
    return OpeningsRow(stage.code, len(found), alone, round(seconds, 1), coached, random)


def table(rows: Sequence[OpeningsRow]) -> str:
    """The rows as Markdown, and what they come to."""
    lines = ["| stage | openings | win alone | s of the model | battles, coached | battles, random |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for one in rows:
        median = statistics.median
        lines.append(
            f"| {one.stage} | {one.openings} | {one.won_alone} | {one.seconds} | {median(one.coached):g} | "
            f"{median(one.random):g} |"
        )
    pairs = [(sum(one.coached), sum(one.random)) for one in rows]
    fewer, more = sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)
    coached, random = (statistics.mean(column) for column in zip(*pairs, strict=True))
    seeds = len(rows[0].coached)
    lines.append(
        f"\nmean battles to the first win: {coached / seeds:.0f} with openings, {random / seeds:.0f} without; fewer on "
        f"{fewer} stages, more on {more}, the same on {len(pairs) - fewer - more}; the model took "
        f"{sum(one.seconds for one in rows):.0f} s"
    )
    return "\n".join(lines)


async def run(options: argparse.Namespace) -> list[OpeningsRow]:
    """All stages."""
    squad, rows = default_squad(load_catalogue()), []
    async with Engine(options.url, options.model) as engine:
        for stage in stages_of(options.reference, options.stages):
            began = time.monotonic()
            found = await openings(engine, stage, squad, options.openings)
            rows.append(measure(stage, squad, found, time.monotonic() - began, options.seeds))
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measure, and print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("reference", type=Path)
    reader.add_argument("--url", default="http://127.0.0.1:8766/v1")
    reader.add_argument("--model", default="")
    reader.add_argument("--seeds", type=int, default=5)
    reader.add_argument("--openings", type=int, default=8)
    reader.add_argument("--stages", type=int, default=STAGES)
    reader.add_argument("--json", type=Path)
    options = reader.parse_args()
    rows = asyncio.run(run(options))
    print(table(rows))
    if options.json:
        options.json.write_text(json.dumps([one._asdict() for one in rows], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""What was learned, kept for each stage and squad: a change of stage drops no experiences.

`checkpoint` in the data directory is of the stage and squad played last, those of others lie in `checkpoint-of`. The
weights serve all of them, so a change takes the newest ones along; experiences, exploration and the champion stay with
their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from learning import checkpoint
from learning.agent import CHAMPION
from learning.checkpoint import Checkpoint
from learning.durable import move_aside

PRESENT, OTHERS = "checkpoint", "checkpoint-of"
FOR = "for"
"""The fact that names stage and squad of a checkpoint which has nothing but weights of another one."""
OF_THE_FILE = ("format", "sha256")
"""Facts that are written anew with each checkpoint."""


class Learned(NamedTuple):
    """Whose experiences they are."""

    stage: str
    squad: tuple[str, ...]

    @property
    def folder(self) -> str:
        """A name for its folder."""
        plain = "".join(letter if letter.isalnum() else "_" for letter in self.stage)
        digest = hashlib.sha256(json.dumps([self.stage, *self.squad]).encode()).hexdigest()
        return f"{plain}-{digest[:12]}"


def change_to(data: Path, stage: str, squad: Sequence[str]) -> tuple[str, ...]:
    """Have `checkpoint` in the data directory hold what was learned on a stage with a squad, both by name, with the
    newest weights. Returns a line for each part that is of no use.

    Nothing is changed where it cannot be written: then the learner takes over the weights alone.
    """
    wanted, present = Learned(stage, tuple(squad)), data / PRESENT
    own = data / OTHERS / wanted.folder
    if not checkpoint.checkpoints(present):
        if own.is_dir() and not present.exists():
            own.rename(present)
        return ()
    kept, notes = checkpoint.read_newest(present)
    if kept is None or (before := _learned(kept.facts)) in (None, wanted):
        return notes
    try:
        more = _bring(kept, own, wanted)
        parked = data / OTHERS / before.folder
        if parked.exists():
            move_aside(parked, "earlier")
        present.rename(parked)
        own.rename(present)
    except OSError as error:
        return (*notes, f"{error.filename or own}: cannot be written ({error.strerror}); only the weights go on")
    return (*notes, *more)


def set_others_aside(data: Path) -> None:
    """Have nothing of what was learned on other stages or with other squads found any more; nothing is deleted."""
    for folder in (data / OTHERS).glob("*"):
        checkpoint.set_aside(folder)


def _learned(facts: dict[str, Any]) -> Learned | None:
    """Whose a checkpoint is by its facts; None where they do not say."""
    try:
        stage, squad = facts.get(FOR) or (facts["stage"], facts["squad"])
        return Learned(str(stage), tuple(map(str, squad)))
    except (KeyError, TypeError, ValueError):
        return None


def _bring(kept: Checkpoint, own: Path, wanted: Learned) -> tuple[str, ...]:
    """Write a checkpoint with the weights of `kept` and the experiences that lie in a folder, into that folder.

    Battles in its journal are remembered after this checkpoint. Raises OSError.
    """
    mine, notes = checkpoint.read_newest(own)
    weights = {name: value for name, value in kept.learned.items() if not name.startswith(CHAMPION)}
    if mine is None:
        checkpoint.write(own, Checkpoint(weights, {}, {**_facts(kept), FOR: [wanted.stage, list(wanted.squad)]}))
        return notes
    last = checkpoint.number_of(checkpoint.checkpoints(own)[-1])
    pending = [path for path in checkpoint.journals(own) if checkpoint.number_of(path) >= last]
    facts = {**_facts(mine), "updates": kept.facts.get("updates", 0)}
    weights |= {name: value for name, value in mine.learned.items() if name.startswith(CHAMPION)}
    number = checkpoint.number_of(checkpoint.write(own, Checkpoint(weights, mine.buffer, facts)))
    for path in pending:
        path.rename(own / f"journal-{number + checkpoint.number_of(path) - last:08d}")
    return notes


def _facts(kept: Checkpoint) -> dict[str, Any]:
    return {name: fact for name, fact in kept.facts.items() if name not in OF_THE_FILE}

"""Changes to drafts: random ones, with which the search breeds, and all simplifications of a finished plan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from game.actions import DEPLOY, RETREAT, SKILL
from planning.drafts import Draft, DraftMaker, PlannedMove, standing_after

AIMED = 0.4
"""Share of the changes that are aimed at an enemy that a draft does not stop."""
SUCCESSORS = 0.5
"""Share of the additional deployments that take the tile of an earlier one, for when the operator there is dead."""
OTHER_SKILL = 0.1
"""Share of the changes that are not aimed which bring an operator with another skill, if it has several."""


class Mutator:
    """Changes drafts at random."""

    def __init__(self, drafts: DraftMaker) -> None:
        self.drafts, self.rng = drafts, drafts.rng

    def changed(self, draft: Draft, escaped: Sequence[int] = ()) -> Draft:
        """One to three changes, within the limits. `escaped` are enemies that the draft does not stop, at which some of
        the changes are aimed.
        """
        for _ in range(1 + int(self.rng.integers(3))):
            if escaped and draft.moves and self.rng.random() < AIMED:
                draft = self._aimed(draft, self.drafts.any_of(escaped))
            else:
                draft = self._change(draft)
        return self.drafts.allowed(draft)

    def crossed(self, draft: Draft, other: Draft) -> Draft:
        """The draft, with one operator used as in the other draft: its moves there replace its moves here, at the same
        places in the order, and at random places if there are more of them.
        """
        slots = sorted({move.slot for move in other.moves})
        if not slots:
            return draft
        slot = self.drafts.any_of(slots)
        same = (slot, *self.drafts.others[slot])
        at = [number for number, move in enumerate(draft.moves) if move.slot in same]
        moves = [move for move in draft.moves if move.slot not in same]
        for number, move in enumerate(move for move in other.moves if move.slot == slot):
            place = at[number] if number < len(at) else int(self.rng.integers(len(moves) + 1))
            moves.insert(min(place, len(moves)), move)
        skills = set(draft.skills) - {slot} | ({slot} & set(other.skills))
        return self.drafts.allowed(Draft(tuple(moves), tuple(sorted(skills))))

    def _aimed(self, draft: Draft, enemy: int) -> Draft:
        """An operator is deployed on the route of an enemy: one that was deployed elsewhere, or one more."""
        moves = list(draft.moves)
        at = int(self.rng.integers(len(moves) + 1))
        deployed = [number for number, move in enumerate(moves) if move.kind == DEPLOY]
        if deployed and self.rng.random() < 0.5:
            at = self.drafts.any_of(deployed)
            moves[at] = self._gated(moves[at], self.drafts.deployment_against(moves[at].slot, enemy))
        else:
            moves.insert(at, self.drafts.deployment_against(self.drafts.any_slot(moves), enemy))
        return Draft(tuple(moves), draft.skills)

    def _change(self, draft: Draft) -> Draft:
        """One change: another tile, operator, order or gate, one move more or less, a retreat, or a skill."""
        moves = list(draft.moves)
        if not moves:
            return self.drafts.random_draft()
        at = int(self.rng.integers(len(moves)))
        move, draw = moves[at], self.rng.random()
        kills = max(before.kills for before in moves[: at + 1])
        if self.drafts.others[move.slot] and self.rng.random() < OTHER_SKILL:
            return self._with_other_skill(draft, move.slot)
        if draw < 0.35 and move.kind == DEPLOY:
            moves[at] = self._elsewhere(move, kills)
        elif draw < 0.45:
            moves.insert(int(self.rng.integers(len(moves))), moves.pop(at))
        elif draw < 0.55 and move.kind == DEPLOY:
            moves[at] = self._gated(move, self.drafts.deployment(self.drafts.any_slot(moves), kills))
        elif draw < 0.65:
            self._deploy_one_more(moves, at, kills)
        elif draw < 0.72:
            moves.pop(at)
        elif draw < 0.87:
            moves[at] = self._later(move)
        elif draw < 0.94 or not self.drafts.by_hand:
            moves[at + 1 : at + 1] = self._relief(moves[: at + 1])
        else:
            return self._other_skills(draft)
        return Draft(tuple(moves), draft.skills)

    def _deploy_one_more(self, moves: list[PlannedMove], at: int, kills: int) -> None:
        """A further deployment: anywhere, or on the tile of another one, for when the operator there is dead."""
        move = moves[at]
        if move.kind == DEPLOY and self.rng.random() < SUCCESSORS:
            slots = [slot for slot in self.drafts.who_stands_on(move.tile) if slot != move.slot]
            if slots:
                slot = self.drafts.any_of(slots)
                successor = PlannedMove(DEPLOY, slot, move.tile, move.direction)
                moves.insert(int(self.rng.integers(at + 1, len(moves) + 1)), successor)
        else:
            moves.insert(at + int(self.rng.integers(2)), self.drafts.deployment(self.drafts.any_slot(moves), kills))

    def _relief(self, moves: list[PlannedMove]) -> list[PlannedMove]:
        """One operator on the field retreats, perhaps with another one deployed; or a second shift relieves all."""
        standing = standing_after(moves)
        if not standing:
            return []
        if self.rng.random() < 0.3:
            return self.drafts.shift(moves)
        retreat = self._later(PlannedMove(RETREAT, self.drafts.any_of(standing)))
        relief = self.drafts.deployment(self.drafts.any_slot(moves), retreat.kills)
        return [retreat, relief][: int(self.rng.integers(1, 3))]

    def _elsewhere(self, move: PlannedMove, kills: int) -> PlannedMove:
        """The same deployment on another tile, or facing another way."""
        if self.rng.random() < 0.3:
            return move._replace(direction=int(self.rng.integers(4)))
        return self._gated(move, self.drafts.deployment(move.slot, kills))

    def _gated(self, old: PlannedMove, new: PlannedMove) -> PlannedMove:
        """A new move with the gates of an old one."""
        return new._replace(kills=old.kills, seconds=old.seconds)

    def _later(self, move: PlannedMove) -> PlannedMove:
        """The move with another gate: kills, time, or none."""
        draw = self.rng.random()
        if draw < 0.4:
            return move._replace(kills=self.drafts.moment(), seconds=0.0)
        if draw < 0.7:
            return move._replace(kills=0, seconds=float(self.rng.integers(1, int(self.drafts.last_spawn) + 2)))
        return move._replace(kills=0, seconds=0.0)

    def _with_other_skill(self, draft: Draft, slot: int) -> Draft:
        """The operator of a slot is brought with another of its skills."""
        others = self.drafts.others[slot]
        other = self.drafts.any_of(others)
        moves = (move._replace(slot=other) if move.slot == slot else move for move in draft.moves)
        return Draft(tuple(moves), draft.skills)

    def _other_skills(self, draft: Draft) -> Draft:
        """One operator's skill is used whenever it is ready; if it was already, it is used once at a random moment."""
        slots = [slot for slot in self.drafts.by_hand if any(move.slot == slot for move in draft.moves)]
        slots = slots or list(self.drafts.by_hand)
        slot = self.drafts.any_of(slots)
        if slot not in draft.skills:
            return draft._replace(skills=tuple(sorted((*draft.skills, slot))))
        moves = list(draft.moves)
        moves.insert(int(self.rng.integers(len(moves) + 1)), self._later(PlannedMove(SKILL, slot)))
        return Draft(tuple(moves), tuple(other for other in draft.skills if other != slot))


def simpler_drafts(draft: Draft) -> list[Draft]:
    """All drafts with one thing less: a move (whose gate goes too, or passes to the next move), a gate, or the skill of
    an operator that is used whenever it is ready.
    """
    moves = draft.moves
    fewer = [Draft((*moves[:at], *moves[at + 1 :]), draft.skills) for at in range(len(moves))]
    open_gates = [
        Draft((*moves[:at], move._replace(kills=0, seconds=0.0), *moves[at + 1 :]), draft.skills)
        for at, move in enumerate(moves)
        if move.kills or move.seconds
    ]
    idle = [draft._replace(skills=tuple(other for other in draft.skills if other != slot)) for slot in draft.skills]
    merged = [
        Draft((*moves[:at], _waiting_for_both(move, after), *moves[at + 2 :]), draft.skills)
        for at, (move, after) in enumerate(pairwise(moves))
        if move.kills or move.seconds
    ]
    return [*fewer, *open_gates, *merged, *idle]


def _waiting_for_both(move: PlannedMove, after: PlannedMove) -> PlannedMove:
    """The second of two moves with the gates of both: replaces a pair whose first move is only there to wait."""
    return after._replace(kills=max(move.kills, after.kills), seconds=max(move.seconds, after.seconds))

"""Reads what enemies do from the public tables: the words of their abilities, and the numbers that go with them.

An ability counts as played only if a form of `game.gamedata.enemy_forms` knows its words *and* finds the numbers that
it needs. Whatever is left of words, talents' numbers and skills is what is missing of the enemy.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from game.gamedata import descriptions
from game.gamedata.phrases import PARTLY

Fields = dict[str, Any]
"""Fields of `Enemy`; those of its effects stand under `effects`."""
Build = Callable[["AbilityNumbers", re.Match[str]], Fields]
"""What words mean; LookupError where the numbers are not there that they need."""
TOLD_BY_DESCRIPTIONS = ("unblockable", "hides", "block", "targets", "attack")
"""Fields that the phrases of descriptions may set for the words of an ability too."""
TITLE, SILENCED = "TITLE", "SILENCE"
"""Formats of the handbook's lines: words over those of one form; an ability that silence stops."""
TITLES = {"第一形态": 1, "第二形态": 2, "初始形态": 1}
"""The form that a title names."""
HANDBOOK_DAMAGE: Mapping[str, Fields] = {
    "PHYSIC": {"damage": "physical"},
    "MAGIC": {"damage": "arts"},
    "NO_DAMAGE": {"attack": 0},
}
"""What the handbook's only kind of damage says of an enemy."""


class ActiveSkill(NamedTuple):
    """A skill of an enemy."""

    name: str
    cooldown: float
    """Seconds; `first` until it is ready for the first time."""
    first: float
    cost: int
    """Attacks that it waits for; 0 where its cooldown counts."""


class AbilityNumbers:
    """The numbers of an enemy's talents and skills by key, and which of them its abilities have used.

    Keys are in lower case: `talent.key`, and `@skill.key` for those of a skill.
    """

    def __init__(self, talents: Iterable[Mapping[str, Any]], skills: Iterable[Mapping[str, Any]], reach: float) -> None:
        self.reach = reach
        """The enemy's own radius in tiles; 0 for one that has none."""
        self._board = {one["key"].lower(): _value(one) for one in talents}
        self._skills = {
            one["prefabKey"].lower(): ActiveSkill(
                one["prefabKey"], one.get("cooldown", 0.0), one.get("initCooldown", 0.0), int(one.get("spCost") or 0)
            )
            for one in skills
        }
        for one in skills:
            for number in one.get("blackboard") or ():
                self._board[f"@{one['prefabKey']}.{number['key']}".lower()] = _value(number)
        self._used: set[str] = set()

    def take(self, pattern: str) -> Any:
        """The value of the first key that a pattern matches as a whole; LookupError where there is none."""
        for key, value in self._board.items():
            if re.fullmatch(pattern, key):
                self._used.add(key)
                return value
        raise LookupError(pattern)

    def may(self, pattern: str, default: Any) -> Any:
        """The same, or a default."""
        try:
            return self.take(pattern)
        except LookupError:
            return default

    def drop(self, pattern: str) -> None:
        """Use up all keys and skills that a pattern matches, because they say nothing more."""
        keys = (*self._board, *(f"@{skill}" for skill in self._skills))
        self._used |= {key for key in keys if re.fullmatch(pattern, key)}

    def skill(self, pattern: str) -> ActiveSkill:
        """The skill whose name a pattern matches; LookupError where there is none."""
        for key, one in self._skills.items():
            if re.fullmatch(pattern, key):
                self._used.add(f"@{key}")
                return one
        raise LookupError(pattern)

    def mark(self) -> set[str]:
        """What has been used so far, for `back_to`."""
        return set(self._used)

    def back_to(self, mark: set[str]) -> None:
        """Forget what has been used since."""
        self._used = mark

    def unused(self) -> list[str]:
        """The skills and the numbers that no ability has used, in words."""
        skills = [f"skill {one.name}" for key, one in self._skills.items() if f"@{key}" not in self._used]
        rest = [key for key in self._board if key not in self._used]
        named = {f"@{one.name.lower()}." for key, one in self._skills.items() if f"@{key}" not in self._used}
        return [*skills, *(f"number {key}" for key in rest if not key.startswith(tuple(named)))]


class AbilityText(NamedTuple):
    """The words of an ability, or of a description."""

    words: str
    format: str = SILENCED


class Abilities(NamedTuple):
    """What is read of an enemy's abilities."""

    fields: Fields
    rest: tuple[str, ...]
    """The words, skills and numbers that are not played."""


def read_abilities(
    texts: Iterable[AbilityText], numbers: AbilityNumbers, forms: Iterable[tuple[re.Pattern[str], Build]]
) -> Abilities:
    """What these texts, one an ability or a description, and the numbers say together."""
    fields: Fields = {}
    rest: list[str] = []
    forms = tuple(forms)
    form = 0
    for text in texts:
        words = re.sub("<[^<>]*>", "", descriptions.plain(text.words)).strip(" 。.\n")
        if text.format == TITLE and words in TITLES:
            form = TITLES[words]
            continue
        own = ({"form": form} if form else {}) | ({"firm": True} if text.format != SILENCED else {})
        found = _whole(words, numbers, forms)
        parts = [(words, found)] if found is not None else _by_clauses(words, numbers, forms)
        for part, meant in parts:
            if meant is None or meant.pop(PARTLY, False):
                rest.append(f"said of it: {part}")
            if meant is not None:
                fields["effects"] = [*fields.get("effects", []), *(one | own | one for one in meant.pop("effects", []))]
                fields["groups"] = [*fields.get("groups", []), *meant.pop("groups", [])]
                fields["numbers"] = fields.get("numbers", {}) | meant.pop("numbers", {})
                fields |= meant
    if form and not fields.get("rises_after"):
        rest.append("said of it: has several forms")
    kept = {key: value for key, value in fields.items() if value not in ([], {})}
    return Abilities(kept, tuple(dict.fromkeys((*numbers.unused(), *rest))))


def _by_clauses(
    words: str, numbers: AbilityNumbers, forms: tuple[tuple[re.Pattern[str], Build], ...]
) -> list[tuple[str, Fields | None]]:
    """The meanings of a text's clauses: of the longest run of clauses that has one, and so on; None for no meaning."""
    clauses = [part for part in re.split("[，,；;。\n]|(?<!并)且", words) if part.strip()]
    found: list[tuple[str, Fields | None]] = []
    while clauses:
        for count in range(len(clauses), 0, -1):
            run = "，".join(clauses[:count])
            meant = _whole(run, numbers, forms)
            if meant is not None or count == 1:
                found.append((run, meant))
                clauses = clauses[count:]
                break
    return found


def _whole(words: str, numbers: AbilityNumbers, forms: tuple[tuple[re.Pattern[str], Build], ...]) -> Fields | None:
    """The meaning of words as a whole: by a form, or as a clause of a description that says how it is met.

    What descriptions say in passing of its numbers and its damage may be a deed where abilities say it.
    """
    for pattern, build in forms:
        match = pattern.fullmatch(words)
        if match:
            mark = numbers.mark()
            try:
                return build(numbers, match)
            except LookupError:
                numbers.back_to(mark)
    found = descriptions.enemy_clause(words)
    return found if found and set(found) & set(TOLD_BY_DESCRIPTIONS) else None


def _value(number: Mapping[str, Any]) -> Any:
    """A number of a blackboard, or its text where it is one."""
    return number.get("valueStr") or number.get("value", 0.0)

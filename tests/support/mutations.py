"""Seeded damage to the text of a file, as a slip of an editor or of another program makes it."""

from __future__ import annotations

from random import Random

WRONG = (
    "null", "-1", "99999999999999999999", "1e309", "true", '"x"', "[]", "{}", "[null, null]", "0.5", "nan", "\x00",
    "\ufeff", "é", ",", ";", "\n", '"', "=", "[[", "]",
)  # fmt: skip
"""What may be written where something else stood."""


def mutated(text: str, seed: int) -> str:
    """The text with one to three changes: a piece cut out, doubled, moved, or replaced by something else."""
    chance = Random(seed)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text) + 1)
        end = min(start + chance.choice((0, 1, 2, 5, 20, 200)), len(text))
        piece, rest = text[start:end], text[:start] + text[end:]
        place = chance.randrange(len(rest) + 1)
        changed = {
            "cut": rest,
            "doubled": text[:end] + piece + text[end:],
            "moved": rest[:place] + piece + rest[place:],
            "replaced": text[:start] + chance.choice(WRONG) + text[end:],
        }
        text = changed[chance.choice(tuple(changed))]
    return text


def with_other_value(text: str, seed: int) -> str:
    """The text with one number or word in quotes replaced, so that it mostly stays readable."""
    import re

    chance = Random(seed)
    one = chance.choice(list(re.finditer(r'-?\d+|"[^"\n]*"|true|false', text)))
    return text[: one.start()] + chance.choice(WRONG[:10]) + text[one.end() :]

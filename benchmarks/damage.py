"""Seeded damage to files: to their bytes, to their words, and to the structure of JSON.

`damaged` gives the same file for the same seed. It is for readers that must refuse what they cannot use in one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

DEEP = 3000
"""Levels of nesting: more than any reader's stack may be asked to hold."""
WRONG = (
    "null", "-1", "0", "1", "2147483648", "99999999999999999999", "1e309", "-1e309", "NaN", "Infinity", "-0.0", "0.5",
    "true", '"x"', '""', "[]", "{}", "[null, null]", "nan", "inf", "1979-05-27", "0x7f", '"\\u0000"', '"\\ud800"',
    "9" * 5000, '"' + "x" * 5000 + '"', "[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP, "\x00", "\ufeff", "é",
    "阿", ",", ";", "\n", '"', "=", "[[", "]", "\\", "../../etc/passwd", "/dev/zero",
)  # fmt: skip
"""What may be written in the place of something else."""
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, 2**31, 2**64, -(2**63), 0.5, float("nan"), float("inf"), "", "x", "x" * 5000, [], {},
    [[]], [None], {"a": 1}, "\x00", "NaN",
)  # fmt: skip
"""Values of other types and sizes than a place of JSON had."""
WORD = re.compile(rb'-?\d+(?:\.\d+)?|"[^"\n]*"|true|false|null|[A-Za-z_]{2,}')
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "utf-7")

Change = Callable[[bytes, Random], bytes]


def damaged(data: bytes, chance: Random, *, json_too: bool = False) -> bytes:
    """The bytes after one to three changes; with `json_too` the structure of a JSON document is changed too."""
    if json_too and chance.random() < 0.5:
        data = restructured(data, chance)
        if chance.random() < 0.6:
            return data
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(CHANGES)(data, chance)
    return data


def restructured(data: bytes, chance: Random) -> bytes:
    """A JSON document with one to three of its places changed; other bytes are given back as they are."""
    try:
        document = json.loads(data)
    except ValueError:
        return data
    for _ in range(chance.randint(1, 3)):
        document = _other_place(document, chance)
    return json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _other_place(document: Any, chance: Random) -> Any:
    """The document with one place removed, doubled, moved or given another value."""
    place, depth = document, chance.randint(0, 6)
    while depth and isinstance(place, dict | list) and place:
        inner = [value for value in _values(place) if isinstance(value, dict | list) and value]
        if not inner:
            break
        place, depth = chance.choice(inner), depth - 1
    if not isinstance(place, dict | list) or not place:
        return deepcopy(chance.choice(VALUES))
    key: Any = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
    other: Any = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
    match chance.randrange(5):
        case 0:
            del place[key]
        case 1:
            place[key], place[other] = place[other], place[key]
        case 2 if isinstance(place, list):
            place.insert(other, place[key])
        case 3 if isinstance(place, dict):
            place[f"{key}{chance.choice(('', 's', '_', 'X'))}"] = place.pop(key)
        case _:
            place[key] = deepcopy(chance.choice(VALUES))
    return document


def _values(place: dict[str, Any] | list[Any]) -> list[Any]:
    return list(place.values()) if isinstance(place, dict) else place


def _span(data: bytes, chance: Random) -> tuple[int, int]:
    """A piece of the data, mostly a short one."""
    start = chance.randrange(len(data) + 1)
    return start, min(start + chance.choice((1, 2, 5, 20, 200, 5000)), len(data))


def flip(data: bytes, chance: Random) -> bytes:
    """One bit is another."""
    if not data:
        return b"\x00"
    changed, place = bytearray(data), chance.randrange(len(data))
    changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, chance: Random) -> bytes:
    """A piece is missing."""
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def tear(data: bytes, chance: Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data) + 1)]


def repeat(data: bytes, chance: Random) -> bytes:
    """A piece stands there twice, or a hundred times."""
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 1, 1, 100)) + data[end:]


def noise(data: bytes, chance: Random) -> bytes:
    """Bytes of chance stand in between."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.randbytes(chance.choice((1, 4, 64))) + data[start:]


def other_word(data: bytes, chance: Random) -> bytes:
    """One number, text or name is replaced, so that the file mostly stays readable."""
    words = list(WORD.finditer(data))
    wrong = chance.choice(WRONG).encode("utf-8", "surrogatepass")
    if not words:
        return wrong + data
    one = chance.choice(words)
    return data[: one.start()] + wrong + data[one.end() :]


def swap(data: bytes, chance: Random) -> bytes:
    """Two words stand in each other's place."""
    words = list(WORD.finditer(data))
    if len(words) < 2:
        return data[::-1]
    one, two = sorted(chance.sample(words, 2), key=lambda word: word.start())
    middle = data[one.end() : two.start()]
    return data[: one.start()] + two.group() + middle + one.group() + data[two.end() :]


def lines(data: bytes, chance: Random) -> bytes:
    """Lines are in another order, one is missing or there twice."""
    rows = data.split(b"\n")
    row = rows.pop(chance.randrange(len(rows)))
    for _ in range(chance.choice((0, 1, 2))):
        rows.insert(chance.randrange(len(rows) + 1), row)
    return b"\n".join(rows)


def recoded(data: bytes, chance: Random) -> bytes:
    """Another encoding, as other editors save."""
    return data.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


def marked(data: bytes, chance: Random) -> bytes:
    """A byte order mark, a zero byte or a shebang in front."""
    return chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"#!", b"\x1f\x8b", b"PK\x03\x04")) + data


CHANGES: tuple[Change, ...] = (
    flip, flip, cut, tear, repeat, noise, other_word, other_word, other_word, swap, lines, recoded, marked,
)  # fmt: skip
"""The changes of bytes; those that leave most of a file readable stand here more than once."""

"""Text of files that players make: any of the encodings in which their editors and Excel save."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import NamedTuple

MARKS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
"""Byte order marks, and the encodings that they announce."""
LOCAL = ("gb18030", "cp932", "cp949", "cp950")
"""What a Chinese, Japanese, Korean and Taiwanese Excel saves without being asked. The bytes do not tell which it is."""
READ = "UTF-8, UTF-16, GB 18030, Shift-JIS, Korean (CP949) and Big5"
"""The encodings that are read, for messages."""


class Readings(NamedTuple):
    """What the bytes of a file may mean."""

    texts: tuple[str, ...]
    """One text or, where the encoding is not certain, one for each of LOCAL in which the file can be read."""
    certain: bool


def read_texts(path: Path) -> Readings:
    """What a file says in UTF-8 or UTF-16 (with or without a mark), else in each of LOCAL.

    Raises OSError, and UnicodeError where it is text in none of them.
    """
    data = path.read_bytes()
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Readings((data.decode(encoding),), certain=True)
    if data.count(0) > len(data) // 8:  # in UTF-16 each digit and separator has a zero byte before or after it
        big = data[::2].count(0) > data[1::2].count(0)
        return Readings((data.decode("utf-16-be" if big else "utf-16-le"),), certain=True)
    if (text := _decoded(data, "utf-8")) is not None:
        return Readings((text,), certain=True)
    texts = tuple(text for encoding in LOCAL if (text := _decoded(data, encoding)) is not None)
    if not texts:
        raise UnicodeError(f"is text in none of {READ}; save it as UTF-8")
    return Readings(texts, certain=False)


def read_text(path: Path) -> str:
    """The text of a file; the first of LOCAL in which it can be read counts. Raises errors as `read_texts` does."""
    return read_texts(path).texts[0]


def _decoded(data: bytes, encoding: str) -> str | None:
    """Bytes as text; None where they are no text in this encoding."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None

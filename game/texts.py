"""Text of files that players make: any of the encodings in which their editors and Excel save."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

MARKS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
"""Byte order marks, and the encodings that they announce."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 or UTF-16 (with or without a mark) or, as a Chinese Excel saves it, GB 18030.

    Raises OSError, and UnicodeDecodeError where it is text in none of them.
    """
    data = path.read_bytes()
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    if data.count(0) > len(data) // 8:  # in UTF-16 each digit and separator has a zero byte before or after it
        return data.decode("utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")

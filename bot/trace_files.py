"""The files of traces: compressed once they are closed, thrown away when they are too many or too large together.

Compressed with gzip, which is in the standard library; a compressed trace that is torn gives its lines up to there.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import zlib
from collections.abc import Iterable
from pathlib import Path

GZIP = b"\x1f\x8b"
"""How a compressed file begins."""
LARGEST = 2 << 30
"""Bytes that a trace has at most when it is unpacked; a page of a run has [trace] megabytes."""
PIECE = 4096
"""Compressed bytes that are unpacked together: what is lost at most where a file is damaged."""
LEVEL = 3
"""Of gzip: a third of the time of its default, for files a sixth larger."""
TRACES = "*.jsonl*"
"""How the files of traces are called: NAME.jsonl, and NAME.jsonl.gz once they are closed."""
IN_FAULT = "trace.jsonl"
"""What the trace is called in the folder of a fault; with .gz once it is closed."""


def unpacked(content: bytes) -> bytes:
    """What a file contains, unpacked if it is compressed; of a torn or damaged one, everything up to there.

    Raises ValueError when it would have more than `LARGEST` bytes.
    """
    if not content.startswith(GZIP):
        return content
    inflate = zlib.decompressobj(wbits=31)
    pieces, size = [], 0
    with contextlib.suppress(zlib.error):
        for start in range(0, len(content), PIECE):
            pieces.append(inflate.decompress(content[start : start + PIECE], LARGEST + 1 - size))
            size += len(pieces[-1])
            if size > LARGEST:
                raise ValueError(f"unpacked it has more than {LARGEST >> 30} GB, which no trace has")
    return b"".join(pieces)


def pack(trace: Path, faults: Path) -> None:
    """Compress a closed trace, and have the faults that hold a link to it hold one to the compressed file.

    A kill at any moment leaves the trace or the compressed one, or both. A trace that is thrown away meanwhile is not
    there compressed either, but with its faults. Raises OSError.
    """
    packed, part = trace.with_name(f"{trace.name}.gz"), trace.with_name(f".{trace.stem}.part")
    with trace.open("rb") as source, gzip.open(part, "wb", compresslevel=LEVEL) as target:
        shutil.copyfileobj(source, target, 1 << 20)
        file = os.fstat(source.fileno())
    for held in faults.glob(f"*/{IN_FAULT}"):
        if os.path.samestat(held.stat(), file):
            _link(part, held.with_name(f"{IN_FAULT}.gz"))
            held.unlink()
    if trace.exists():
        part.replace(packed)
        trace.unlink()
    else:
        part.unlink()


def hold(trace: Path, fault: Path) -> None:
    """Have the folder of a fault hold a trace that is being written: it goes on in the link, and is compressed with it.
    Raises OSError.
    """
    _link(trace, fault / IN_FAULT)


def _link(file: Path, name: Path) -> None:
    """Give a file a further name, or copy it where the disk knows no hard links; a name that exists stays. Raises
    OSError.
    """
    try:
        os.link(file, name)
    except FileExistsError:
        return
    except OSError:
        shutil.copyfile(file, name)


def make_room(folder: Path, keep: int, megabytes: float, pattern: str = "*") -> None:
    """Delete the oldest entries of a folder until `keep` are left that have at most `megabytes` together.

    Names sort by age. The newest entry stays however large it is, unless `keep` is 0; what cannot be deleted stays too.
    """
    together = 0
    for number, entry in enumerate(sorted(folder.glob(pattern), reverse=True)):
        together += size(entry)
        if number >= keep or (number and together > megabytes * (1 << 20)):
            _delete(entry)


def size(entry: Path) -> int:
    """The bytes of a file, or of the files in a folder."""
    with contextlib.suppress(OSError):
        return sum(map(size, entry.iterdir())) if entry.is_dir() else entry.stat().st_size
    return 0


def _delete(entry: Path) -> None:
    """Delete a file or a folder, as far as that can be done."""
    with contextlib.suppress(OSError):
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def inodes(files: Iterable[Path]) -> set[tuple[int, int]]:
    """What tells files from others that are the same under another name: device and inode."""
    told = set()
    for file in files:
        with contextlib.suppress(OSError):
            told.add((file.stat().st_dev, file.stat().st_ino))
    return told

"""A clone of a game-data repository with the needed files only, made and updated by `git`.

The clone is shallow (only the newest commit) and sparse (only the needed files), and where the server allows it, other
files are not even fetched. It is made under another name and moved into place when it is complete: a half-made one is
completed by the next attempt, or replaced.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

from game.errors import LibraryError

URL = "https://github.com/Kengxxiao/ArknightsGameData.git"
TABLES = (
    "stage_table.json", "character_table.json", "skill_table.json", "range_table.json", "enemy_database.json",
    "enemy_handbook_table.json", "battle_data.json", "overview.json",
)  # fmt: skip
PATTERNS = (*(name for name in TABLES if name != "enemy_database.json"), "levels/")
"""What is checked out, wherever it lies in the repository; the enemies' table lies among the levels."""
WAYS = (("--depth=1", "--filter=blob:none"), ("--depth=1",), ())
"""Options of the fetch, tried in order until the server allows them."""
REFUSED = ("filter", "shallow", "depth", "dumb http")
"""Words in git's errors which mean that the server does not allow such options."""
SHOWN = 5
"""How many levels that were added, changed or removed are named."""


class CloneChange(NamedTuple):
    """What is different in a clone: file names, without folders, by what happened to the files."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def update_clone(folder: Path, url: str | None = None) -> CloneChange:
    """Make the clone in a folder, or bring it up to date; git's progress goes to standard error.

    Without `url` it comes from where it came last, or from `URL`. Raises LibraryError, in one line, where there is no
    git, no network, or no repository; a clone that was complete stays as it was.
    """
    if shutil.which("git") is None:
        raise LibraryError(
            "git is not installed; install it, or get the files yourself and: holdfast gamedata use FOLDER"
        )
    half, mark = folder.with_name(f"{folder.name}.part"), folder.with_name(f"{folder.name}.updating")
    source = _absolute(url) if url else _source(folder) or _source(half) or URL
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if _source(folder) == source and _head(folder):
            before = _head(folder)
            mark.touch()
            _complete(folder, source)
            mark.unlink()
            return _difference(folder, before)
        _make(half, source)
        found = tuple(sorted(_kept(_git(half, "ls-files").splitlines())))
        if not found:
            shutil.rmtree(half)
            raise LibraryError(f"{source}: is no game-data repository: it has no level_*.json and none of the tables")
        _replace(folder, half)
        mark.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None
    return CloneChange(found, (), ())


def is_half(folder: Path) -> bool:
    """Whether the last attempt to make or update the clone was broken off."""
    return any(folder.with_name(f"{folder.name}{end}").exists() for end in (".part", ".updating"))


def lines_of(change: CloneChange) -> list[str]:
    """What changed, for people."""
    said = []
    for what, names in change._asdict().items():
        levels = [name for name in names if name.startswith("level_") and name not in TABLES]
        tables = sorted(set(names) & set(TABLES))
        said += [f"levels {what}: {len(levels)} ({_few(levels)})"] if levels else []
        said += [f"tables {what}: {', '.join(tables)}"] if tables else []
    return said or ["nothing changed"]


def _few(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(name.removesuffix(".json") for name in names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _make(half: Path, source: str) -> None:
    """Make a whole clone: complete the half-made one, or begin anew where it has another source or that fails."""
    if half.exists() and _source(half) != source:
        shutil.rmtree(half)
    going_on = half.exists()
    try:
        _complete(half, source)
    except LibraryError:
        if not going_on:
            raise
        shutil.rmtree(half)
        _complete(half, source)


def _complete(folder: Path, source: str) -> None:
    """Fetch the newest commit of a source into a clone, which is begun if need be, and check out what is needed."""
    folder.mkdir(exist_ok=True)
    _git(folder, "init", "--quiet")
    for lock in (folder / ".git").rglob("*.lock"):  # left by a git that was killed
        lock.unlink(missing_ok=True)
    _git(folder, "config", "remote.origin.url", source)
    _git(folder, "sparse-checkout", "set", "--no-cone", *PATTERNS)
    _fetch(folder, source)
    _loud(folder, source, "checkout", "--progress", "--force", "--detach", "FETCH_HEAD")


def _fetch(folder: Path, source: str) -> None:
    """Fetch the newest commit, with as little else as the server allows."""
    for options in WAYS:
        partial = "--filter=blob:none" in options
        _git(folder, "config", "remote.origin.promisor", "true" if partial else "false")
        _git(folder, "config", "remote.origin.partialclonefilter", "blob:none" if partial else "blob:limit=1g")
        try:
            _loud(folder, source, "fetch", "--progress", "--no-tags", *options, "origin", "HEAD")
        except LibraryError as error:
            if options and any(word in str(error).lower() for word in REFUSED):
                continue
            raise
        return


def _replace(folder: Path, half: Path) -> None:
    """Put a complete clone in the place of what was there."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    half.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _difference(folder: Path, before: str) -> CloneChange:
    """What is different in a clone since a commit."""
    after = _head(folder)
    lines = _git(folder, "diff", "--name-status", "--no-renames", before, after).splitlines() if after != before else []
    by_kind: dict[str, list[str]] = {"A": [], "M": [], "D": []}
    for line in lines:
        kind, _, path = line.partition("\t")
        by_kind.get(kind[:1], by_kind["M"]).append(path)
    return CloneChange(*(tuple(sorted(_kept(by_kind[kind]))) for kind in "AMD"))


def _kept(paths: Sequence[str]) -> list[str]:
    """The names of the files among paths that are tables or levels."""
    names = [path.strip('"').rpartition("/")[2] for path in paths]
    return [name for name in dict.fromkeys(names) if name in TABLES or (name.startswith("level_"))]


def _absolute(url: str) -> str:
    """An address that does not depend on the working directory."""
    return str(Path(url).absolute()) if Path(url).is_dir() else url


def _source(folder: Path) -> str:
    """Where a clone came from; empty where there is none."""
    try:
        inside = (folder / ".git").is_dir()
        return _git(folder, "config", "--local", "remote.origin.url").strip() if inside else ""
    except LibraryError:
        return ""


def _head(folder: Path) -> str:
    """The commit that a clone shows; empty where it shows none."""
    try:
        return _git(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
    except LibraryError:
        return ""


def _git(folder: Path, *arguments: str) -> str:
    """Run git; returns its standard output. Raises LibraryError with git's error."""
    command = ("git", "-C", str(folder), "-c", "core.quotePath=false", *arguments)
    done = subprocess.run(command, capture_output=True, env=_environment(), check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise LibraryError(f"{folder}: git {arguments[0]} failed: {_reason(done.stderr)}")
    return done.stdout.decode(errors="replace")


def _loud(folder: Path, source: str, *arguments: str) -> None:
    """Run git, and pass its progress on to standard error. Raises LibraryError with git's error."""
    command = ("git", "-C", str(folder), *arguments)
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(command, stdout=nowhere, stderr=pipe, env=_environment()) as running:  # noqa: S603 - no shell
        assert running.stderr is not None
        told = _passed_on(running.stderr)
    if running.returncode:
        again = "check the address and the network, then: holdfast gamedata update"
        raise LibraryError(f"{source}: git cannot get the game data: {_reason(told)}; {again}")


def _passed_on(stream: IO[bytes]) -> bytes:
    """Copy lines of progress to standard error as they come; returns all other output."""
    told, line = b"", b""
    while piece := stream.read(1):
        line += piece
        if piece in b"\r\n":
            if b"%" in line:
                sys.stderr.write(line.decode(errors="replace"))
                sys.stderr.flush()
            else:
                told += line
            line = b""
    return told + line


def _reason(told: bytes) -> str:
    """The first line of git's output that is an error; where none is, its first line."""
    lines = [line.strip() for line in told.decode(errors="replace").splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["no reason given"]
    return said[0].removeprefix("fatal: ").removeprefix("error: ")


def _environment() -> dict[str, str]:
    """The environment of git: it answers in English, asks nothing, and no GIT_ variable names another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

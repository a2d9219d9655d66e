"""The clone of a game-data repository, made by real git from a repository of the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from libraries import repository, write

from bot.gamedata_clone import CloneChange, is_half, lines_of, update_clone
from game.errors import LibraryError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Origin:
    """A repository with game data, and what is not needed of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = repository(folder)
        self.url = folder.absolute().as_uri()
        write(folder / "README.md", "not needed")
        self.git("init", "--quiet")
        self.commit()

    def git(self, *arguments: str) -> str:
        """Run git here."""
        who = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        command = ["git", "-C", str(self.folder), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        """Commit all there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "data")

    def file(self, name: str) -> Path:
        """A file of the repository."""
        return next(self.folder.rglob(name))


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """A repository of game data."""
    return Origin(tmp_path / "origin")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Where the clone goes."""
    return tmp_path / "data" / "clone"


def names(clone: Path) -> set[str]:
    """The files that a clone shows."""
    return {file.name for file in clone.rglob("*") if file.is_file() and ".git" not in file.parts}


NEEDED = {"stage_table.json", "enemy_database.json", "level_main_01-07.json", "level_main_09-05.json"}


@pytest.mark.parametrize("filters", ["true", "false"])
def test_only_the_needed_files_are_fetched(origin, clone, filters, capsys):
    """Whether or not the server sends files one by one; git's progress is shown."""
    origin.git("config", "uploadpack.allowFilter", filters)
    change = update_clone(clone, origin.url)
    assert names(clone) == NEEDED
    assert set(change.added) == NEEDED
    assert (change.changed, change.removed) == ((), ())
    assert "%" in capsys.readouterr().err
    assert not is_half(clone)


def test_an_update_says_what_changed(origin, clone):
    """Levels and tables, by what happened to them."""
    update_clone(clone, origin.url)
    assert update_clone(clone) == CloneChange((), (), ())
    assert lines_of(CloneChange((), (), ())) == ["nothing changed"]
    origin.file("level_main_01-07.json").unlink()
    write(origin.folder / "zh_CN" / "gamedata" / "levels" / "activities" / "a" / "level_a_01.json", "{}")
    write(origin.file("level_main_09-05.json"), "{}")
    write(origin.file("stage_table.json"), "{}")
    write(origin.file("item_table.json"), "{}")
    origin.commit()
    change = update_clone(clone)
    assert lines_of(change) == [
        "levels added: 1 (level_a_01)",
        "levels changed: 1 (level_main_09-05)",
        "tables changed: stage_table.json",
        "levels removed: 1 (level_main_01-07)",
    ]
    assert names(clone) == NEEDED - {"level_main_01-07.json"} | {"level_a_01.json"}


def test_a_broken_off_clone_is_completed(origin, clone):
    """As a kill during the first fetch leaves it, with the locks of the git that was killed."""
    half = clone.with_name("clone.part")
    (half / ".git").mkdir(parents=True)
    subprocess.run(["git", "-C", str(half), "init", "--quiet"], check=True)
    subprocess.run(["git", "-C", str(half), "config", "remote.origin.url", origin.url], check=True)
    for lock in ("index.lock", "shallow.lock", "config.lock"):
        (half / ".git" / lock).touch()
    assert is_half(clone)
    update_clone(clone)
    assert names(clone) == NEEDED
    assert not is_half(clone)


def test_a_broken_off_clone_that_is_worth_nothing_is_replaced(origin, clone):
    """Its repository is damaged."""
    half = clone.with_name("clone.part")
    update_clone(clone, origin.url)
    clone.rename(half)
    for file in (half / ".git" / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.write_bytes(b"damaged")
    update_clone(clone, origin.url)
    assert names(clone) == NEEDED


def test_a_broken_off_update_is_completed(origin, clone):
    """Files that are missing or half written come back, and the mark of the update goes."""
    update_clone(clone, origin.url)
    clone.with_name("clone.updating").touch()
    next(clone.rglob("level_main_01-07.json")).unlink()
    next(clone.rglob("stage_table.json")).write_text("{", encoding="utf-8")
    (clone / ".git" / "index.lock").touch()
    assert is_half(clone)
    update_clone(clone)
    assert names(clone) == NEEDED
    assert next(clone.rglob("stage_table.json")).read_text(encoding="utf-8") != "{"
    assert not is_half(clone)


def test_another_address_replaces_the_clone(origin, clone, tmp_path):
    """And is remembered."""
    update_clone(clone, origin.url)
    other = Origin(tmp_path / "other")
    other.file("level_main_01-07.json").unlink()
    other.commit()
    update_clone(clone, str(other.folder))
    assert names(clone) == NEEDED - {"level_main_01-07.json"}
    assert update_clone(clone) == CloneChange((), (), ())


def test_what_cannot_be_fetched_gives_one_line_and_leaves_the_clone(origin, clone, tmp_path, monkeypatch):
    """No repository, none at the address, no game data in it, no network, no git."""
    update_clone(clone, origin.url)
    empty, unknown = Origin(tmp_path / "empty"), tmp_path / "unknown"
    empty.git("rm", "-r", "--quiet", "zh_CN")
    empty.commit()
    unknown.mkdir()
    for address, told in (
        ((tmp_path / "none").as_uri(), "does not appear to be a git repository"),
        (str(unknown), "does not appear to be a git repository"),
        (empty.url, "is no game-data repository"),
        ("https://127.0.0.1:9/x.git", "127.0.0.1"),
        ("--upload-pack=touch x", "--upload-pack"),
    ):
        with pytest.raises(LibraryError, match=told) as caught:
            update_clone(clone, address)
        assert "\n" not in str(caught.value)
        assert names(clone) == NEEDED
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(LibraryError, match="git is not installed"):
        update_clone(clone)

"""Optional parts: what is missing is said in one line, with a command that can be copied."""

from __future__ import annotations

import shlex
import sys

import pytest

from bot import extras
from bot.extras import ROOT, ExtraError, install_command, need_extra
from game.errors import BAD_INPUT


def test_what_is_missing_is_one_line_with_the_command():
    """Only what is missing is named; where nothing is, nothing happens."""
    need_extra("web", "the page", "json")
    with pytest.raises(ExtraError) as caught:
        need_extra("web", "the page", "json", "no_such_package")
    assert str(caught.value) == f"the page needs no_such_package; install with: {install_command('web')}"
    assert caught.value.exit_code == BAD_INPUT


def test_the_command_works_from_any_folder_and_keeps_the_pins(monkeypatch, tmp_path):
    """It names this Python and this clone; without a clone it installs the package."""
    given = shlex.split(install_command("web"))
    assert given[:4] == [sys.executable, "-m", "pip", "install"]
    assert given[4:] == ["--constraint", str(ROOT / "constraints.txt"), "--editable", f"{ROOT}[web]"]
    monkeypatch.setattr(extras, "ROOT", tmp_path)
    assert shlex.split(install_command("web"))[4:] == ["holdfast[web]"]


def test_every_extra_that_is_asked_for_exists():
    """The names of the calls are those of pyproject.toml."""
    known = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in ("web", "coach", "cluster", "tensorboard"):
        assert f"\n{extra} = [\n" in known

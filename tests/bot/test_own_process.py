"""The program in a process of its own."""

from __future__ import annotations

import subprocess

from bot import __version__
from bot.own_process import SECRETS, environment_with, own_command


def test_what_lies_in_the_working_directory_is_not_taken_for_the_program(tmp_path):
    """An agent may start the tools' server in a folder with a package `bot` of its own."""
    (tmp_path / "bot").mkdir()
    for name in ("__init__.py", "__main__.py"):
        (tmp_path / "bot" / name).write_text("print('another one')\n", encoding="utf-8")
    done = subprocess.run(
        own_command("--version"), cwd=tmp_path, env=environment_with(), capture_output=True, text=True, check=True
    )
    assert done.stdout == f"holdfast {__version__}\n"


def test_a_process_gets_only_the_secrets_that_it_needs(monkeypatch):
    """All others stay where they are."""
    for name in SECRETS:
        monkeypatch.setenv(name, "hush")
    assert set(SECRETS) & set(environment_with()) == set()
    assert set(SECRETS) & set(environment_with(SECRETS[0])) == {SECRETS[0]}

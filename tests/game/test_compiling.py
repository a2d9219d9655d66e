"""What is compiled is what is written: nothing of other rules comes out of a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import game
from game.compiling import cache_folder

PACKAGE = {
    "compiling.py": Path(game.__file__).with_name("compiling.py").read_text(encoding="utf-8"),
    "__init__.py": "",
    "rules.py": "from game.compiling import compiled\n\n\n@compiled\ndef worth():\n    return 1\n",
    "caller.py": (
        "from game.compiling import compiled\nfrom game.rules import worth\n\n\n"
        "@compiled\ndef twice():\n    return 2 * worth()\n"
    ),
}


def test_other_rules_are_kept_in_another_place(tmp_path):
    """The same rules in the same place; one byte more, and it is another."""
    rules = tmp_path / "rules.py"
    rules.write_text("one = 1\n")
    first = cache_folder(rules)
    assert cache_folder(rules) == first
    rules.write_text("one = 2\n")
    assert cache_folder(rules) != first


def test_callers_in_other_files_follow_when_the_rules_change(tmp_path):
    """A small package like ours: its caller's file stays as it is, and says what the new rules say."""
    package = tmp_path / "game"
    package.mkdir()
    for name, text in PACKAGE.items():
        (package / name).write_text(text, encoding="utf-8")
    asked = [sys.executable, "-c", "from game.caller import twice; print(twice())"]
    free = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}

    def said():
        done = subprocess.run(
            asked, cwd=tmp_path, env={**free, "PYTHONPATH": str(tmp_path)}, check=True, capture_output=True, text=True
        )
        return int(done.stdout), done.stderr

    assert said()[0] == 2
    assert said() == (2, ""), "nothing is compiled the second time"
    (package / "rules.py").write_text(PACKAGE["rules.py"].replace("return 1", "return 5"), encoding="utf-8")
    assert said()[0] == 10
    assert len(list((package / "__pycache__").glob("compiled-*"))) == 1

"""What is compiled is what is written: nothing of other rules comes out of a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from game.simulator import compiling
from game.simulator.compiling import cache_folder

PACKAGE = {
    "compiling.py": Path(compiling.__file__).read_text(encoding="utf-8"),
    "__init__.py": "",
    "rules.py": "from game.simulator.compiling import compiled\n\n\n@compiled\ndef worth():\n    return 1\n",
    "caller.py": (
        "from game.simulator.compiling import compiled\nfrom game.simulator.rules import worth\n\n\n"
        "@compiled\ndef twice():\n    return 2 * worth()\n"
    ),
}


def test_other_rules_are_kept_in_another_folder(tmp_path):
    """The same sources in the same folder; one byte more, in whichever file, and it is another."""
    (tmp_path / "rules.py").write_text("one = 1\n")
    (tmp_path / "skills.py").write_text("two = 2\n")
    first = cache_folder(tmp_path)
    assert cache_folder(tmp_path) == first
    (tmp_path / "skills.py").write_text("two = 3\n")
    assert cache_folder(tmp_path) != first


def test_callers_in_other_files_follow_when_the_rules_change(tmp_path):
    """A small package like ours: its caller's file stays as it is, and says what the new rules say."""
    package = tmp_path / "game" / "simulator"
    package.mkdir(parents=True)
    (tmp_path / "game" / "__init__.py").touch()
    for name, text in PACKAGE.items():
        (package / name).write_text(text, encoding="utf-8")
    asked = [sys.executable, "-c", "from game.simulator.caller import twice; print(twice())"]
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

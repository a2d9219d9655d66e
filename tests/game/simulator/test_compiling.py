"""What is compiled is what is written: nothing of other rules comes out of a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from game.simulator import compiling, linking
from game.simulator.compiling import cache_folder

SIMULATOR = {
    "compiling.py": Path(compiling.__file__).read_text(encoding="utf-8"),
    "linking.py": Path(linking.__file__).read_text(encoding="utf-8"),
    "__init__.py": "",
    "combat.py": "from game.simulator.compiling import compiled\n\n\n@compiled\ndef damage():\n    return 1\n",
    "tick.py": (
        "from game.simulator.compiling import entry\nfrom game.simulator.combat import damage\n\n\n"
        "@entry\ndef twice():\n    return 2 * damage()\n"
    ),
}
SEARCH = (
    "from game.simulator.compiling import entry\nfrom game.simulator.tick import twice\n\n\n"
    "@entry\ndef search():\n    return 10 * twice()\n"
)
"""A compiled function of another package, as planning and learning have them."""


def test_a_function_for_compiled_code_alone_does_not_end_the_process_that_calls_it():
    """From Python it is a TypeError, before and after compiled code has called it."""

    @compiling.compiled
    def doubled(number):
        return 2 * number

    @compiling.entry
    def whole(number):
        return doubled(number) + 1

    with pytest.raises(TypeError, match="not callable"):
        doubled(3)
    assert whole(3) == 7
    with pytest.raises(TypeError, match="not callable"):
        doubled(3)


def test_a_part_takes_only_what_it_uses(monkeypatch):
    """Of an array with its seven numbers the address; the other arguments are where the result and an error go."""
    modules = []
    finalize = linking._WholeLibrary._finalize_final_module

    def noted(library):
        modules.append(str(library._final_module))
        finalize(library)

    monkeypatch.setattr(linking._WholeLibrary, "_finalize_final_module", noted)

    @compiling.compiled
    def second(rows, _unused):
        compiling.not_inlined()
        return rows[1]

    @compiling.entry
    def whole(rows):
        return second(rows, rows)

    assert whole(np.array([3.0, 5.0])) == 5.0
    part = next(line for line in modules[0].splitlines() if line.startswith("define internal") and "second" in line)
    assert len(part.partition("(")[2].split(",")) <= 3, part


def test_other_rules_are_kept_in_another_folder(tmp_path):
    """The same sources in the same folder; one byte more, in whichever file, and it is another."""
    (tmp_path / "combat.py").write_text("one = 1\n")
    (tmp_path / "skills.py").write_text("two = 2\n")
    first = cache_folder(tmp_path)
    assert cache_folder(tmp_path) == first
    (tmp_path / "skills.py").write_text("two = 3\n")
    assert cache_folder(tmp_path) != first


def test_callers_in_other_files_and_packages_follow_when_the_rules_change(tmp_path):
    """Packages like ours: the callers' files stay as they are, and say what the new rules say."""
    simulator, planning = tmp_path / "game" / "simulator", tmp_path / "planning"
    simulator.mkdir(parents=True)
    planning.mkdir()
    (tmp_path / "game" / "__init__.py").touch()
    (planning / "__init__.py").touch()
    (planning / "search.py").write_text(SEARCH, encoding="utf-8")
    for name, text in SIMULATOR.items():
        (simulator / name).write_text(text, encoding="utf-8")
    code = "from planning.search import search; from game.simulator.tick import twice; print(twice(), search())"
    free = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}

    def said():
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**free, "PYTHONPATH": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.split(), done.stderr

    assert said()[0] == ["2", "20"]
    assert said() == (["2", "20"], ""), "nothing is compiled the second time"
    changed = SIMULATOR["combat.py"].replace("return 1", "return 5")
    (simulator / "combat.py").write_text(changed, encoding="utf-8")
    assert said()[0] == ["10", "100"]
    assert len(list((simulator / "__pycache__").glob("compiled-*"))) == 1

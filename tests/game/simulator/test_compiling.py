"""What is compiled is what is written: nothing of other rules comes out of a cache."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from game.simulator import compiling
from game.simulator.compiling import cache_folder

SIMULATOR = {
    "compiling.py": Path(compiling.__file__).read_text(encoding="utf-8"),
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

ROOT = Path(__file__).parents[3]


parsed = cache(ast.parse)


def having(texts: dict[Path, str], what: str) -> list[Path]:
    """The files whose text has what a regular expression says: only they are parsed, all of them would take seconds."""
    one = re.compile(what)
    return [file for file, text in texts.items() if one.search(text)]


def calls(module: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Each call in a module's functions: the name called, the name of the function it stands in, and how that one is
    compiled ("" where it is not).
    """
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        kinds = [mark.id for mark in function.decorator_list if isinstance(mark, ast.Name)]
        kind = next((kind for kind in kinds if kind in ("entry", "compiled", "often")), "")
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id, function.name, kind


def test_python_calls_none_of_the_functions_made_for_compiled_code_alone():
    """Such a call would end the process; names are looked up among those defined or imported in the same module."""
    texts = {
        file: file.read_text(encoding="utf-8")
        for folder in ("game", "planning", "learning", "bot", "vision", "states", "benchmarks", "scripts", "tests")
        for file in (ROOT / folder).rglob("*.py")
    }
    inner = {
        ("_".join(file.relative_to(ROOT).with_suffix("").parts), function.name)
        for file in having(texts, r"@(?:compiled|often)\b")
        for function in parsed(texts[file]).body
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id in ("compiled", "often") for mark in function.decorator_list)
    }
    assert len(inner) > 50
    names = "|".join({name for _, name in inner})
    for file in having(texts, rf"\b(?:{names})(?:\(| as\b)"):
        module = parsed(texts[file])
        here = "_".join(file.relative_to(ROOT).with_suffix("").parts)
        known = {name for where, name in inner if where == here}
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                where = node.module.replace(".", "_")
                known |= {alias.asname or alias.name for alias in node.names if (where, alias.name) in inner}
        wrong = [f"{caller} calls {name}" for name, caller, kind in calls(module) if name in known and not kind]
        assert not wrong, f"{file.relative_to(ROOT)}: {wrong}"


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

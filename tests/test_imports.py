"""The import rule of the project: bot → vision, learning → planning → states → game, and no I/O on the pure floors."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "game": {"game"},
    "states": {"states", "game"},
    "planning": {"planning", "game"},
    "learning": {"learning", "planning", "game"},
    "vision": {"vision", "states", "game"},
    "bot": {"bot", "vision", "learning", "planning", "states", "game"},
}
IO_LIBRARIES = {
    "aiomqtt", "amqtt", "asyncio", "cv2", "mss", "onnxruntime", "pyautogui", "pygame", "random", "socket", "structlog",
    "subprocess", "threading", "time", "torch", "ultralytics",
}  # fmt: skip


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module a file imports, wherever in the file it does so."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return frozenset(names)


def modules(package: str) -> list[Path]:
    """All modules of a package, its subpackages too."""
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package):
    """No package imports one above it."""
    foreign = set(MAY_IMPORT) - MAY_IMPORT[package]
    for path in modules(package):
        assert not {name for name in imported(path) if name.split(".")[0] in foreign}, path


def test_vision_knows_events_only():
    """Vision may import the events, but not the machine."""
    for path in modules("vision"):
        assert {name for name in imported(path) if name.startswith("states")} <= {"states.events"}, path


@pytest.mark.parametrize("package", ["states", "planning", "game"])
def test_pure_floors_touch_no_input_or_output(package):
    """The machine and the rules use no screen, broker or clock; only the practice game may, because it draws."""
    for path in modules(package):
        if "practice" not in path.parts:
            assert not {name for name in imported(path) if name.split(".")[0] in IO_LIBRARIES}, path

"""The vocabulary of the log: every event and field that the code can log is documented, and the other way round."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.log_events import COMMON, EVENTS, as_markdown
from states import commands

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {"debug", "info", "warning", "error"}
LNAV = ROOT / "docs" / "lnav" / "holdfast.json"
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "bot").rglob("*.py"))}
GESTURE_FIELDS = {
    name for kind in commands.Gesture.__subclasses__() for name in kind.__struct_fields__ if name not in ("id", "why")
}


class UnknownFieldsError(AssertionError):
    """The fields of a call cannot be told from the source."""


def calls() -> Iterator[tuple[str, ast.Call, ast.AST]]:
    """Every `logger().<level>(…)` of bot/: where, the call, and the module."""
    for path, module in MODULES.items():
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
                continue
            inner = node.func.value
            if isinstance(inner, ast.Call) and ast.unparse(inner.func).split(".")[-1] == "logger":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node, module


def fields(call: ast.Call) -> set[str]:
    """The fields that a call may log; `**name` is looked up wherever bot/ makes a dict under that name."""
    return {name for keyword in call.keywords for name in ([keyword.arg] if keyword.arg else spread(keyword.value))}


def spread(value: ast.expr) -> set[str]:
    """The keys of a dict in the source: a literal, or one that a variable, a function or a property of bot/ holds."""
    if isinstance(value, ast.Dict):
        return {
            name
            for key, inner in zip(value.keys, value.values, strict=True)
            for name in (spread(inner) if key is None else [ast.literal_eval(key)])
        }
    if isinstance(value, ast.BinOp):
        return spread(value.left) | spread(value.right)
    if ast.unparse(value).startswith("_aim("):  # a gesture's own fields
        return GESTURE_FIELDS
    name = ast.unparse(value.func if isinstance(value, ast.Call) else value).split(".")[-1]
    found = [spread(one) for one in made(name)]
    if not found:
        raise UnknownFieldsError(f"where bot/ makes {name}, no dict with its keys written out is found")
    return set().union(*found)


def made(name: str) -> Iterator[ast.expr]:
    """The dicts that a name stands for: what is assigned to a variable, or returned by a function or property."""
    for module in MODULES.values():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)
            elif isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [name]:
                yield node.value


CALLS = {where: (call.args[0], call) for where, call, _ in calls()}


@pytest.mark.parametrize("where", CALLS)
def test_what_is_logged_is_documented(where):
    """The name of the event is written out, and each field that the call may have is in the table."""
    name, call = CALLS[where]
    assert isinstance(name, ast.Constant), f"{where} logs a name that is not written out"
    assert name.value in EVENTS, f"{where}: event {name.value} is not in bot.log_events.EVENTS"
    unknown = fields(call) - EVENTS[name.value].fields.keys()
    assert not unknown, f"{where}: {name.value} has no field {sorted(unknown)} in bot.log_events.EVENTS"


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_documented_is_logged(event):
    """Each event of the table is logged somewhere, and each of its fields."""
    logged = [fields(call) for name, call in CALLS.values() if ast.literal_eval(name) == event]
    assert logged, f"{event} is logged nowhere"
    assert EVENTS[event].fields.keys() - set().union(*logged) == set()


def test_the_document_is_the_table():
    """docs/log-events.md is written by `holdfast logs --describe`."""
    assert (ROOT / "docs" / "log-events.md").read_text(encoding="utf-8") == as_markdown()


def test_a_field_has_one_kind_in_all_events():
    """Programs that read the log, lnav for one, know a field by its name alone."""
    kinds: dict[str, set[str]] = {}
    for event in EVENTS.values():
        for name, field in event.fields.items():
            kinds.setdefault(name, set()).add(field.kind)
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}
    assert not kinds.keys() & COMMON.keys()


def test_lnav_knows_every_field():
    """The format file lists each field with its kind, and has the shape that lnav's schema asks for."""
    written = json.loads(LNAV.read_text(encoding="utf-8"))
    assert written.pop("$schema") == "https://lnav.org/schemas/format-v1.schema.json"
    ((name, form),) = written.items()
    assert name.isidentifier()
    assert form["json"] is True
    kinds = {"text": "string", "integer": "integer", "number": "float", "boolean": "boolean"}
    every = {name: field.kind for event in EVENTS.values() for name, field in event.fields.items()}
    every |= {name: field.kind for name, field in COMMON.items()}
    assert {name: value["kind"] for name, value in form["value"].items()} == {
        name: kinds[kind] for name, kind in every.items()
    }
    shown = {part["field"] for part in form["line-format"] if isinstance(part, dict)}
    assert shown - {"__timestamp__", "__level__"} <= every.keys()
    assert {form["timestamp-field"], form["level-field"], form["body-field"], form["opid-field"]} <= every.keys()
    assert form["opid-field"] in shown  # lnav groups by a field only where the line shows it
    assert set(form["level"]) == LEVELS
    assert all(re.search(form["file-pattern"], file) for file in ("data/log.jsonl", "data/log.jsonl.3"))


def test_lnav_accepts_the_format():
    """`lnav -C` checks all formats, where it is installed."""
    program = shutil.which("lnav")
    if program is None:
        pytest.skip("lnav is not installed; on Debian: apt-get install lnav")
    checked = subprocess.run([program, "-C", "-I", LNAV.parent], capture_output=True, text=True, check=False)
    assert "holdfast" not in checked.stderr, checked.stderr

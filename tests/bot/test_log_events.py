"""The vocabulary of the log: every event and field that the code can log is documented, and the other way round."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

from bot.log_events import COMMON, EVENTS, as_markdown
from states import commands

ROOT = Path(__file__).resolve().parents[2]
LEVELS = {"debug", "info", "warning", "error"}
LOGS = re.compile(r"(log\.)?logger\(\)\.(debug|info|warning|error)$")
LNAV = ROOT / "docs" / "lnav" / "holdfast.json"
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "bot").rglob("*.py"))}
GESTURE_FIELDS = {
    name for kind in commands.Gesture.__subclasses__() for name in kind.__struct_fields__ if name not in ("id", "why")
}


class UnknownFieldsError(AssertionError):
    """The fields of a call cannot be told from the source."""


def calls() -> Iterator[tuple[str, ast.Call, ast.AST]]:
    """Every `logger().<level>(…)` of bot/: where, the call, and the function that it is in."""
    for path, module in MODULES.items():
        for function in ast.walk(module):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and is_logged(node.func):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node, function


def is_logged(called: ast.expr) -> bool:
    """Whether this is `logger().<level>`."""
    return isinstance(called, ast.Attribute) and called.attr in LEVELS and bool(LOGS.match(ast.unparse(called)))


def fields(call: ast.Call, function: ast.AST) -> set[str]:
    """The fields that a call may log."""
    found: set[str] = set()
    for keyword in call.keywords:
        found |= {keyword.arg} if keyword.arg else spread(keyword.value, function)
    return found


def spread(value: ast.expr, function: ast.AST) -> set[str]:
    """The keys of a dict in the source: a literal, or what a variable of the function holds, or a method returns."""
    if isinstance(value, ast.Dict):
        found: set[str] = set()
        for key, inner in zip(value.keys, value.values, strict=True):
            found |= spread(inner, function) if key is None else {ast.literal_eval(key)}
        return found
    if ast.unparse(value).startswith("_aim("):  # a gesture's own fields
        return GESTURE_FIELDS
    made = list(assigned(value.id, function) if isinstance(value, ast.Name) else returned(value, function))
    if not made:
        raise UnknownFieldsError(f"the keys of {ast.unparse(value)} are not written out where it is made")
    return set().union(*made)


def assigned(name: str, function: ast.AST) -> Iterator[set[str]]:
    """The keys of each dict that a variable of a function holds."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [name]:
            yield spread(node.value, function)


def returned(value: ast.expr, function: ast.AST) -> Iterator[set[str]]:
    """The keys of each dict that the functions or properties of a name return: those of the same module, or any."""
    name = ast.unparse(value.func if isinstance(value, ast.Call) else value).split(".")[-1]
    here = [module for module in MODULES.values() if any(node is function for node in ast.walk(module))]
    for modules in (here, MODULES.values()):
        found = [one for module in modules for one in ast.walk(module) if is_function(one) and one.name == name]
        for one in found:
            yield from (
                spread(node.value, one) for node in ast.walk(one) if isinstance(node, ast.Return) and node.value
            )
        if found:
            return


def is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Whether a part of the source is a function."""
    return isinstance(node, ast.FunctionDef)


CALLS = {where: (call, function) for where, call, function in calls()}


@cache
def fields_at(where: str) -> set[str]:
    """The fields that the call at this place may log."""
    return fields(*CALLS[where])


@pytest.mark.parametrize("where", CALLS)
def test_what_is_logged_is_documented(where):
    """The name of the event is written out, and each field that the call may have is in the table."""
    call, _ = CALLS[where]
    name = call.args[0]
    assert isinstance(name, ast.Constant), f"{where} logs a name that is not written out"
    assert name.value in EVENTS, f"{where}: event {name.value} is not in bot.log_events.EVENTS"
    unknown = fields_at(where) - EVENTS[name.value].fields.keys()
    assert not unknown, f"{where}: {name.value} has no field {sorted(unknown)} in bot.log_events.EVENTS"


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_documented_is_logged(event):
    """Each event of the table is logged somewhere, and each of its fields."""
    logged = [fields_at(where) for where, (call, _) in CALLS.items() if ast.literal_eval(call.args[0]) == event]
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

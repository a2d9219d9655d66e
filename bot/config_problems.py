"""What is wrong with a configuration, in sentences: where in the file, what, and the most similar known word."""

from __future__ import annotations

import difflib
import json
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

NOT_SHOWN = "(not shown)"
"""What messages have in place of a password."""


def listed(name: str, problems: list[tuple[str, str]]) -> str:
    """All problems under one heading, the sentences in one column."""
    width = max(len(place) for place, _ in problems)
    heading = f"{name}: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return "\n".join([heading, *(f"  {place:<{width}}  {sentence}" for place, sentence in problems)])


def place(location: tuple[int | str, ...]) -> str:
    """Where a problem is, in the file's own notation: practice.seed, play.squad[2]."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


_TYPES = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
}
_BOUNDS = {
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "string_pattern_mismatch": "must match {pattern}",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
}


def sentence(detail: ErrorDetails, top: type[BaseModel]) -> str:
    """What is wrong with a value or a key, as a sentence."""
    kind, bounds = detail["type"], detail.get("ctx", {})
    given = NOT_SHOWN if _is_secret(detail) else detail["input"]
    if kind == "extra_forbidden":
        *tables, key = detail["loc"]
        return unknown(str(key), _table([str(table) for table in tables], top), "option" if tables else "table")
    if kind in {"no_weights", "no_file"}:
        return detail["msg"]
    if kind in _TYPES:
        return f"{_TYPES[kind]}, is {shown(given)}"
    if kind == "missing":
        return f"is not there; the {'table' if isinstance(given, dict) else 'list'} is only {shown(given)}"
    if kind in _BOUNDS:
        return f"{_BOUNDS[kind].format(**bounds)}, is {shown(given)}"
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, is {shown(given)}"


def _is_secret(detail: ErrorDetails) -> bool:
    """Whether the value that is wrong is the password, or a list or table in which it may be."""
    nested = isinstance(detail["input"], list | dict)
    return detail["loc"] == ("mqtt", "password") or (detail["loc"] in {("mqtt",), ()} and nested)


def shown(value: object) -> str:
    """A value as it stands in the file."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _table(names: list[str], top: type[BaseModel]) -> type[BaseModel]:
    """The model behind a path of tables and of places in lists of tables."""
    model = top
    for name in names:
        if not name.isdecimal():
            annotation: Any = model.model_fields[name].annotation
            of_list = get_args(annotation)  # (TurnOptions, ...) for a list of tables
            model = of_list[0] if of_list else annotation
    return model


def unknown(key: str, model: type[BaseModel], word: str = "option") -> str:
    """What to say about a key that the model does not have: the most similar known key, or else all known keys."""
    known = [name for name in model.model_fields if name != "folder"]
    near = difflib.get_close_matches(key, known, n=1)
    if not near:
        return f"unknown {word}; known are: {', '.join(known)}"
    return f"unknown {word}; did you mean {f'[{near[0]}]' if word == 'table' else near[0]}?"

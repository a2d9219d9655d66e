"""The tools: each is a command line that the program knows, and no text of an agent becomes an option or a path."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from bot.agents.tools import TOOLS, Desk, tools_for
from bot.cli import parser

FILLED = {
    "find_stage": {"stage": "CE-6", "challenge": True},
    "make_plan": {"stage": "9-6 easy", "avoid": ["Myrtle"], "must": ["能天使"], "operators": 8, "stars": 2},
    "try_plan": {"stage": "1-7", "plan": "1-7-asked-0011aabb.json", "variation": "far"},
    "explain_plan": {"stage": "1-7", "plan": "1-7-asked-0011aabb.json"},
    "why_lost": {"trace": "20260101-000000-000000.jsonl.gz", "battle": 2},
    "read_log": {"lines": 5, "event": "battle", "since": "2h"},
    "set_stage": {"stage": "1-7", "avoid": ["Myrtle", "能天使"]},
}
"""Arguments for each tool that takes some."""


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_each_tool_is_a_command_line_that_the_program_knows(tool, tmp_path):
    """The parser of the command line takes it, with every argument used."""
    (tmp_path / "roster.toml").touch()
    arguments = tool.arguments.model_validate(FILLED.get(tool.name, {}))
    verb, *options = tool.command(arguments, Desk(None, tmp_path))
    parsed = parser().parse_args([verb, *options])
    assert callable(parsed.work)


@pytest.mark.parametrize(
    "name", ["--help", "-n", "../secret.json", "/etc/passwd", "a\\b", "level.json", "LEVEL.JSON", ""]
)
@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if "stage" in tool.arguments.model_fields], ids=lambda one: one.name
)
def test_a_stage_is_no_option_and_no_path(tool, name):
    """An agent reads no file by asking for a stage."""
    with pytest.raises(ValidationError):
        tool.arguments.model_validate({**FILLED[tool.name], "stage": name})


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.json", "-o", ".hidden", ""])
@pytest.mark.parametrize("tool", ["try_plan", "explain_plan"])
def test_a_plan_is_a_file_of_the_data_directory(tool, name):
    """And a trace too; neither leads out of it."""
    found = next(one for one in TOOLS if one.name == tool)
    with pytest.raises(ValidationError):
        found.arguments.model_validate({**FILLED[tool], "plan": name})


def test_what_changes_a_running_bot_is_offered_only_where_it_is_allowed(tmp_path):
    """Pause, resume and another stage are dangerous; the rest only reads and plans."""
    all_of_them = {tool.name for tool in tools_for(Desk(None, tmp_path, may_act=True))}
    offered = {tool.name for tool in tools_for(Desk(None, tmp_path))}
    assert all_of_them - offered == {"pause_bot", "resume_bot", "set_stage"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_schema_is_small_and_closed(tool):
    """Unknown arguments are refused, each text and list has a limit, and a small model can read it."""
    schema = tool.schema()
    assert schema["additionalProperties"] is False
    assert len(json.dumps(schema)) < 1500
    for one in schema["properties"].values():
        assert "title" not in one
        assert one.get("type") != "string" or {"maxLength", "enum", "pattern"} & one.keys()
        assert one.get("type") != "array" or "maxItems" in one

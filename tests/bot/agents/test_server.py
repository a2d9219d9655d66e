"""The tools over the Model Context Protocol, asked by the SDK's own client over real stdio and real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ports import wait_for_port

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def sdk():
    """The official SDK."""
    return pytest.importorskip("mcp", reason="the SDK of the extra coach is not installed")


def environment():
    """The environment of this process, with the project where Python finds it."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


async def test_over_stdio_an_agent_finds_the_tools_and_calls_them(sdk, config):
    """What is not allowed is neither listed nor done."""
    server = sdk.StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp", "--config", str(config)], env=environment()
    )
    async with sdk.Client(server) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        found = await client.call_tool("find_stage", {"stage": "HF-1"})
        refused = await client.call_tool("set_stage", {"stage": "HF-1"})
    assert "make_plan" in names
    assert "set_stage" not in names
    assert not found.is_error
    assert found.structured_content["code"] == "HF-1"
    assert refused.is_error
    assert "not allowed here" in refused.content[0].text


async def test_over_http_it_answers_this_machine_and_no_web_page(sdk, config, port):
    """A page of another origin, and a name that was bound to this address, are refused before a tool is called."""
    import httpx

    arguments = ["mcp", "--config", str(config), "--http", str(port), "--allow-control"]
    process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
        [sys.executable, "-m", "bot", *arguments], env=environment(), stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for_port(port)
        address = f"http://127.0.0.1:{port}/mcp"
        async with sdk.Client(address) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            answer = await client.call_tool("pause_bot", {})
        assert "set_stage" in names
        assert answer.content[0].text.startswith('{"error": "no daemon')
        async with httpx.AsyncClient() as page:
            asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
            accept = {"accept": "application/json, text/event-stream"}
            strange = await page.post(address, json=asked, headers={**accept, "origin": "https://evil.example"})
            rebound = await page.post(address, json=asked, headers={**accept, "host": "evil.example"})
        assert (strange.status_code, rebound.status_code) == (403, 421)
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert f"tools for agents at {address}; Ctrl-C ends it" in said

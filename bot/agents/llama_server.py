"""Serves a GGUF file with the llama.cpp that comes with the extra.

`holdfast coach serve` starts it as python -m bot.agents.llama_server FILE PORT TOKENS CORES; it serves the OpenAI
protocol on loopback until a signal.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from bot.agents.serving import LOOPBACK


def parameters(model: str, port: int, context: int, cores: int) -> Any:
    """What the server is started with: one conversation at a time, no page of its own, no other origin."""
    import xllamacpp

    given = xllamacpp.CommonParams()
    given.model.path = model
    given.model_alias = {Path(model).name}
    given.hostnames, given.port = [LOOPBACK], port
    given.cors_origins = f"http://{LOOPBACK}:{port}"
    given.ui, given.endpoint_slots = False, False
    given.n_ctx, given.n_parallel, given.use_jinja = context, 1, True
    given.cpuparams.n_threads = given.cpuparams_batch.n_threads = cores
    given.warmup, given.verbosity, given.offline = False, -1, True
    return given


def main(arguments: list[str]) -> None:
    """Serve until the process is ended."""
    import xllamacpp

    model, port, context, cores = arguments
    server = xllamacpp.Server(parameters(model, int(port), int(context), int(cores)))
    print(f"{Path(model).name} answers at {server.listening_address}/v1", file=sys.stderr, flush=True)  # noqa: T201
    threading.Event().wait()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(0)

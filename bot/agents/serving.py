"""Starting a language model on this machine: one row for each engine, with its command line and what it needs.

Every engine serves the OpenAI protocol on loopback. How large a model fits is an estimate from its bytes a parameter.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bot.agents.computer import Computer
from bot.extras import install_command, pip_install
from bot.own_process import own_command
from game.errors import InputError

LOOPBACK = "127.0.0.1"
SILENT = {"DO_NOT_TRACK": "1", "VLLM_NO_USAGE_STATS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
"""What engines are told so that they report home nothing."""
FOR_THE_BOT = 1
"""Cores that are left to everything else: threads that wait for one another on a busy core take many times as long."""
CONTEXT = 8192
"""Tokens of a conversation: the coach's instructions are about 1,500, and each result that it sees up to 1,500 more."""
QUANTISED, HALF = 0.62, 2.0
"""Bytes a parameter. Quantised: Qwen2.5-7B-Instruct-Q4_K_M.gguf has 4.68 GB for 7.62 billion parameters."""
SPARE = 1.5
"""GiB that the conversation and the engine itself take besides the model."""
SHARE = 0.85
"""Share of the memory that a model may take."""
SIZES = {0.5: 0.49, 1.5: 1.54, 3: 3.09, 7: 7.62, 14: 14.8, 32: 32.8, 72: 72.7}
"""Models of one family (Qwen2.5-Instruct): the size in their names, and their parameters; in billions."""
LARGEST_FILE = 32
"""The largest of them whose quantised form is one file."""
BILLIONS_A_CORE = 0.8
"""What a CPU is offered: a request to 0.135 billion parameters took 37 s on two cores (docs/coach.md), so that one to
0.8 billion a core takes about half of the time that the coach has."""
FILES = "https://huggingface.co/bartowski/{name}-GGUF/resolve/main/{name}-Q4_K_M.gguf"
"""Where their quantised forms are."""


class Serving(NamedTuple):
    """An engine."""

    name: str
    about: str
    needs_card: bool
    bytes_each: float
    """Bytes a parameter in the form that it is served in."""
    installed: Callable[[], bool]
    install: str
    """The command that installs it."""
    command: Callable[[str, int, Computer], list[str]]
    """Its command line for a model, a port and a machine."""

    def billions(self, computer: Computer) -> float:
        """How many billion parameters fit: on the cards, and where there is none in the memory that is free now."""
        room = computer.cards_gib if self.needs_card or computer.cards else computer.gib
        return max(0.0, (room * SHARE - SPARE) * 1.0737 / self.bytes_each)


def _llama_cpp(model: str, port: int, computer: Computer) -> list[str]:
    """llama.cpp's own server where it is installed, else the one that comes with the extra."""
    program, threads = shutil.which("llama-server"), max(1, computer.cores - FOR_THE_BOT)
    if program is None:
        return own_command(model, str(port), str(CONTEXT), str(threads), module="bot.agents.llama_server")
    layers = ["--n-gpu-layers", "99", "--flash-attn", "on"] if computer.cards else ["--n-gpu-layers", "0"]
    given = ["--model", model, "--host", LOOPBACK, "--port", str(port), "--ctx-size", str(CONTEXT), "--parallel", "1"]
    return [program, *given, "--threads", str(threads), "--jinja", *layers]


def _transformers(model: str, port: int, computer: Computer) -> list[str]:
    """transformers: spread over what there is (device_map="auto"), in half precision on a card."""
    precision = ("bfloat16" if computer.flash_attention else "float16") if computer.cards else "auto"
    attention = "flash_attention_2" if computer.flash_attention and find_spec("flash_attn") else "sdpa"
    batching = ["--continuous-batching"] if computer.flash_attention else []
    given = ["--host", LOOPBACK, "--port", str(port), "--device", "auto", "--dtype", precision]
    return [_program("transformers"), "serve", model, *given, "--attn-implementation", attention, *batching]


def _vllm(model: str, port: int, computer: Computer) -> list[str]:
    """vLLM: continuous batching is its way of working, the model is split over all cards, FlashAttention its choice."""
    split = ["--tensor-parallel-size", str(_power_of_two(len(computer.cards)))]
    precision = ["--dtype", "auto" if computer.flash_attention else "half"]
    size = ["--max-model-len", str(CONTEXT), "--gpu-memory-utilization", str(SHARE)]
    return [_program("vllm"), "serve", model, "--host", LOOPBACK, "--port", str(port), *split, *precision, *size]


def _deepspeed(model: str, port: int, computer: Computer) -> list[str]:
    """DeepSpeed's inference (DeepSpeed-MII), split over all cards; pages of other origins are refused."""
    split = ["--tensor-parallel", str(_power_of_two(len(computer.cards)))]
    given = ["--model", model, "--host", LOOPBACK, "--port", str(port), "--max-length", str(CONTEXT)]
    return [sys.executable, "-m", "mii.entrypoints.openai_api_server", *given, *split, "--allowed-origins", "[]"]


def _program(name: str) -> str:
    """A program of the environment that runs us, which need not be on the path; else its name."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else name


def _power_of_two(cards: int) -> int:
    """The largest power of two up to a number of cards: attention heads are divided among them."""
    return 1 << max(cards.bit_length() - 1, 0)


def _has(*modules: str) -> Callable[[], bool]:
    """Whether one of these modules is installed."""
    return lambda: any(find_spec(name) is not None for name in modules)


ENGINES = (
    Serving(
        "llama.cpp", "quantised models (GGUF) on the CPU or a small card; holds replies to a schema", False, QUANTISED,
        lambda: shutil.which("llama-server") is not None or find_spec("xllamacpp") is not None,
        install_command("coach"), _llama_cpp,
    ),
    Serving(
        "transformers", "any model of Hugging Face, on cards and CPU together; replies are not held to a schema", False,
        HALF, _has("transformers"), pip_install("transformers[serving]", "accelerate"), _transformers,
    ),
    Serving(
        "vllm", "many requests at once, over several cards; holds replies to a schema", True, HALF, _has("vllm"),
        pip_install("vllm"), _vllm,
    ),
    Serving(
        "deepspeed", "half precision over several cards; replies are not held to a schema", True, HALF, _has("mii"),
        pip_install("deepspeed-mii"), _deepspeed,
    ),
)  # fmt: skip
"""Every engine, the one to begin with first."""


def command_for(engine: str, model: str, port: int, computer: Computer) -> list[str]:
    """The command line that serves a model.

    Raises InputError, with what to do, where the engine is not installed, this machine has no card for it, or the model
    is not in a form that it takes.
    """
    found = next(one for one in ENGINES if one.name == engine)
    if found.needs_card and not computer.cards:
        raise InputError(f"{engine}: needs an NVIDIA card, and this machine has none; use --engine llama.cpp")
    if not found.installed():
        raise InputError(f"{engine}: not installed; install it with: {found.install}")
    is_file = model.lower().endswith(".gguf")
    if engine == "llama.cpp" and not (is_file and Path(model).is_file()):
        what = "there is no such file" if is_file else "is no .gguf file"
        raise InputError(f"--model {model}: {what}; get one with: {fetch(found, computer)}")
    if engine != "llama.cpp" and is_file:
        raise InputError(
            f"--model {model}: {engine} takes a folder or a name, not a .gguf file; use --engine llama.cpp"
        )
    return found.command(model, port, computer)


def fetch(engine: Serving, computer: Computer) -> str:
    """The command that fetches the largest model of the family that fits and answers in time; the smallest where none
    does. `hf` comes with the engines that are asked for a name.
    """
    most = engine.billions(computer) if computer.cards else min(engine.billions(computer), _in_time(computer))
    size = max((size for size, real in SIZES.items() if real <= most), default=min(SIZES))
    if engine.name == "llama.cpp":
        name = f"Qwen2.5-{min(size, LARGEST_FILE):g}B-Instruct"
        return f"curl --location --create-dirs --output models/{name}-Q4_K_M.gguf {FILES.format(name=name)}"
    return f"{Path(sys.executable).with_name('hf')} download Qwen/Qwen2.5-{size:g}B-Instruct"


def _in_time(computer: Computer) -> float:
    """How many billion parameters a CPU answers with before the coach gives up."""
    return BILLIONS_A_CORE * computer.cores


def doctor_lines(computer: Computer) -> list[str]:
    """Which engines this machine can run, how large a model fits, and the commands to get it."""
    lines = [f"this machine: {computer}"]
    for one in ENGINES:
        lines.append(f"{one.name}: {one.about}")
        if one.needs_card and not computer.cards:
            lines.append("  cannot run here: it needs an NVIDIA card")
            continue
        lines.append("  installed" if one.installed() else f"  not installed; install it with: {one.install}")
        form = "quantised to 4 bits" if one.bytes_each == QUANTISED else "in half precision"
        billions = one.billions(computer)
        fits = f"up to about {billions:.1f} billion parameters fit" if billions >= min(SIZES.values()) else "none fits"
        slow = f"; this CPU answers in time with up to about {_in_time(computer):.1f}" if not computer.cards else ""
        lines += [f"  {fits}, {form}{slow} (estimates)", f"  a model for it: {fetch(one, computer)}"]
    return lines

"""Starting a model: the command line of each engine, what it needs, and how large a model fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.agents import serving
from bot.agents.computer import Computer, GraphicsCard, cards_in, this_computer
from bot.agents.serving import ENGINES, command_for, doctor_lines, fetch
from bot.cli import main
from bot.commands import coach as verb
from game.errors import InputError

LAPTOP = Computer(6.0, 4)
GAMING = Computer(12.0, 8, (GraphicsCard("RTX 3070", 8.0, 8.6),))
OLD = Computer(12.0, 8, (GraphicsCard("GTX 1080", 8.0, 6.1),))
STATION = Computer(200.0, 32, tuple(GraphicsCard("A100", 80.0, 8.0) for _ in range(3)))
NAMES = {one.name: one for one in ENGINES}


@pytest.fixture(autouse=True)
def everything_is_installed(monkeypatch):
    """Whatever this machine has."""
    monkeypatch.setattr(serving, "ENGINES", tuple(one._replace(installed=lambda: True) for one in ENGINES))
    monkeypatch.setattr(serving.shutil, "which", lambda _: None)
    monkeypatch.setattr(serving, "find_spec", lambda name: name)


def options_of(command):
    """The options of a command line with their values; True for one without."""
    pairs = zip(command, [*command[1:], "--"], strict=True)
    return {one: (True if value.startswith("--") else value) for one, value in pairs if one.startswith("--")}


def test_llama_cpp_takes_a_file_and_uses_the_card_that_there_is(tmp_path, monkeypatch):
    """With its own server where that is installed, else with the one of the extra."""
    model = tmp_path / "small.gguf"
    model.touch()
    command = command_for("llama.cpp", str(model), 8765, LAPTOP)
    assert command[1:] == ["-P", "-m", "bot.agents.llama_server", str(model), "8765", "8192", "3"]
    monkeypatch.setattr(serving.shutil, "which", lambda _: "/usr/bin/llama-server")
    for computer, layers in ((LAPTOP, "0"), (GAMING, "99")):
        given = options_of(command_for("llama.cpp", str(model), 8765, computer))
        assert (given["--host"], given["--n-gpu-layers"]) == ("127.0.0.1", layers)


@pytest.mark.parametrize(
    ("computer", "precision", "attention"),
    [(LAPTOP, "auto", "sdpa"), (GAMING, "bfloat16", "flash_attention_2"), (OLD, "float16", "sdpa")],
)
def test_transformers_spreads_the_model_in_half_precision(computer, precision, attention):
    """FlashAttention 2 and bfloat16 only where the card has them."""
    command = command_for("transformers", "some/model", 9000, computer)
    given = options_of(command)
    assert Path(command[0]).name == "transformers"
    assert command[1:3] == ["serve", "some/model"]
    assert (given["--device"], given["--dtype"], given["--attn-implementation"]) == ("auto", precision, attention)
    assert given["--host"] == "127.0.0.1"


def test_vllm_and_deepspeed_split_the_model_over_the_cards():
    """Over a power of two of them, and on loopback."""
    vllm = options_of(command_for("vllm", "some/model", 9000, STATION))
    assert (vllm["--tensor-parallel-size"], vllm["--dtype"], vllm["--host"]) == ("2", "auto", "127.0.0.1")
    assert options_of(command_for("vllm", "some/model", 9000, OLD))["--dtype"] == "half"
    mii = options_of(command_for("deepspeed", "some/model", 9000, STATION))
    assert (mii["--tensor-parallel"], mii["--host"], mii["--allowed-origins"]) == ("2", "127.0.0.1", "[]")


@pytest.mark.parametrize(
    ("engine", "model", "computer", "said"),
    [
        ("vllm", "some/model", LAPTOP, "needs an NVIDIA card, and this machine has none; use --engine llama.cpp"),
        ("deepspeed", "some/model", LAPTOP, "needs an NVIDIA card"),
        (
            "llama.cpp",
            "none.gguf",
            GAMING,
            "there is no such file; get one with: curl --location --create-dirs --output models/Qwen2.5-7B",
        ),
        (
            "llama.cpp",
            "some/model",
            LAPTOP,
            "is no .gguf file; get one with: curl --location --create-dirs --output models/Qwen2.5-3B",
        ),
        ("transformers", "a.gguf", LAPTOP, "takes a folder or a name, not a .gguf file"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(engine, model, computer, said):
    """With what to do."""
    with pytest.raises(InputError) as caught:
        command_for(engine, model, 9000, computer)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_engine_that_is_missing_names_the_command_that_installs_it(monkeypatch):
    """Before anything else about the model."""
    monkeypatch.setattr(serving, "ENGINES", tuple(one._replace(installed=lambda: False) for one in ENGINES))
    with pytest.raises(InputError, match=r"not installed; install it with: .* -m pip install vllm"):
        command_for("vllm", "some/model", 9000, GAMING)


def test_what_fits_follows_from_the_memory():
    """A card of 8 GiB holds 7 billion parameters quantised and 1.5 in half precision; three of 80 GiB hold 72."""
    assert fetch(NAMES["llama.cpp"], GAMING).endswith("-GGUF/resolve/main/Qwen2.5-7B-Instruct-Q4_K_M.gguf")
    assert fetch(NAMES["vllm"], GAMING).endswith("Qwen2.5-1.5B-Instruct")
    assert fetch(NAMES["vllm"], STATION).endswith("Qwen2.5-72B-Instruct")
    assert NAMES["llama.cpp"].billions(Computer(1.0, 1)) == 0.0


def test_a_cpu_is_offered_a_model_that_answers_in_time():
    """Memory for 27 billion parameters is no reason to have two cores answer with 14."""
    assert "Qwen2.5-1.5B" in fetch(NAMES["llama.cpp"], Computer(20.0, 2))
    assert "Qwen2.5-3B" in fetch(NAMES["llama.cpp"], Computer(20.0, 6))


def test_the_doctor_has_a_word_about_each_engine(capsys):
    """On this machine, whatever it has."""
    lines = doctor_lines(LAPTOP)
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == ["this machine", *NAMES]
    assert lines.count("  cannot run here: it needs an NVIDIA card") == 2
    assert main(["coach", "doctor", "--json"]) == 0
    assert '"llama.cpp": {"installed": true' in capsys.readouterr().out
    assert main(["coach", "serve"]) == 2
    assert capsys.readouterr().err.startswith("--model: which?")


def test_the_names_of_the_help_are_those_of_the_table():
    """The table is not imported for a help text."""
    assert tuple(NAMES) == verb.ENGINES


def test_cards_are_read_from_what_the_driver_prints():
    """Lines that are no card are left out."""
    told = "NVIDIA H100 80GB HBM3, 81559, 9.0\nfailed to initialize\nGeForce, GTX 1080, 8192, 6.1\n"
    assert [(card.name, round(card.gib), card.capability) for card in cards_in(told)] == [
        ("NVIDIA H100 80GB HBM3", 80, 9.0), ("GeForce, GTX 1080", 8, 6.1),
    ]  # fmt: skip
    assert this_computer().gib > 0

"""The general policy that ships: weights that were taught on many stages and squads, with which a new learner begins.

`python scripts/train_general.py` makes the file; its metadata has the command, and what the numbers of the encoding
meant. Weights of another encoding or another size of the network are of no use and are not taken.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from learning.checkpoint import CheckpointError
from learning.dqn import Dqn
from learning.fingerprint import encoding_fingerprint

FILE = "general.safetensors"
SHA256 = "0bc3e31b0efc0f4fe5f2b7f1c7268dd31718c60b9bce0d4af5a881ca07919e93"
"""Of the file that ships."""
_REMEDY = "install Holdfast again"


def general_weights() -> Path:
    """The file of the general policy."""
    return Path(str(resources.files("learning").joinpath("weights", FILE)))


def verify_general(path: Path | None = None) -> str:
    """The SHA-256 of the general policy. Raises CheckpointError where the file is not the one that ships."""
    path = path or general_weights()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from None
    if digest != SHA256:
        raise CheckpointError(f"{path} is not the file that ships (its SHA-256 is another); {_REMEDY}")
    return digest


def write_general(dqn: Dqn, path: Path, command: str) -> str:
    """Write the weights of the online network, with the command that made them. Returns the file's SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: value.cpu().contiguous() for name, value in dqn.online.state_dict().items()}
    save_file(weights, path, {"command": command, "encoding": encoding_fingerprint()})
    return hashlib.sha256(path.read_bytes()).hexdigest()


def begin_with_general(dqn: Dqn, path: Path | None = None) -> str | None:
    """Have a network begin with the general policy; one of another size than the default stays as it is.

    Returns a line where the file is of no use, else None.
    """
    path = path or general_weights()
    try:
        weights, meaning = _read(path)
    except (OSError, SafetensorError) as error:
        return f"{path}: cannot be read ({error}); starting from nothing"
    if meaning != encoding_fingerprint():
        return f"{path}: was made with another encoding; starting from nothing"
    shapes = {name: value.shape for name, value in dqn.online.state_dict().items()}
    if {name: value.shape for name, value in weights.items()} != shapes:
        return None
    dqn.begin_with(weights)
    return None


def _read(path: Path) -> tuple[dict[str, Tensor], str]:
    """The weights by name, and the fingerprint of the encoding that they were made with."""
    with safe_open(path, framework="pt") as file:
        weights: dict[str, Tensor] = {name: torch.clone(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
        return weights, (file.metadata() or {}).get("encoding", "")

"""Checks what Holdfast needs, and says how to get what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.config import SHIPPED_WEIGHTS, Config
from game.errors import HoldfastError

LEAST_SPACE = 500 << 20
"""Bytes that should be free for checkpoints, traces and logs."""
CONNECT_SECONDS = 2.0


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    ok: bool
    told: str
    """What was found and, where it is not ok, what to do."""


def examine(config: Config) -> list[Finding]:
    """Every finding, the most basic first: a failed one may explain those after it."""
    return [*_python(), *_packages(), *_screen(config), *_weights(config), *_text(), *_broker(config), *_disk(config)]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    yield Finding("python", ok, version if ok else f"{version}; Holdfast needs 3.11 or newer")


def _packages() -> Iterator[Finding]:
    """The required packages, by the names of their distributions."""
    try:
        required = importlib.metadata.requires("holdfast") or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("packages", ok=False, told="holdfast is not installed; run: make install")
        return
    names = [
        line.split(";")[0].split("<")[0].split(">")[0].split("=")[0].strip()
        for line in required
        if "extra ==" not in line
    ]
    missing = [name for name in names if not _installed(name)]
    yield Finding(
        "packages", not missing, f"missing: {', '.join(missing)}; run: make install" if missing else "all installed"
    )


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _screen(config: Config) -> Iterator[Finding]:
    """Whether the game can be seen, by the client's own check; a client whose libraries are missing fails it."""
    from bot.clients.client import check_client

    try:
        yield Finding("display", ok=True, told=check_client(config))
    except (HoldfastError, ImportError) as error:
        yield Finding("display", ok=False, told=str(error))


def _weights(config: Config) -> Iterator[Finding]:
    """Whether the detector's weights are those that their description names."""
    from vision.detector import DetectorError, verify

    weights = Path(config.vision.weights or SHIPPED_WEIGHTS)
    try:
        verify(weights)
    except DetectorError as error:
        yield Finding("weights", ok=False, told=str(error))
    else:
        yield Finding("weights", ok=True, told=f"{weights.name} is what {weights.stem}.json describes")


def _text() -> Iterator[Finding]:
    """The models for text recognition, which come inside a package."""
    found = importlib.util.find_spec("rapidocr_onnxruntime")
    models = list(Path(found.origin).parent.glob("models/*rec*.onnx")) if found and found.origin else []
    told = models[0].name if models else "no recognition model; run: pip install --force-reinstall rapidocr-onnxruntime"
    yield Finding("text", bool(models), told)


def _broker(config: Config) -> Iterator[Finding]:
    """Whether the broker named in the options answers; without one, whether the embedded broker's port is free."""
    host, port = config.mqtt.host or "127.0.0.1", config.mqtt.port
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
        there = True
    except OSError:
        there = False
    if config.mqtt.host:
        told = (
            f"{host}:{port} answers"
            if there
            else f"{host}:{port} does not answer; start it, or set [mqtt] host and port"
        )
        yield Finding("broker", there, told)
    elif there:
        told = f"port {port} is taken: by a running daemon (see: holdfast status), or choose another [mqtt] port"
        yield Finding("broker", ok=True, told=told)
    else:
        yield Finding("broker", ok=True, told=f"the embedded one; its port {host}:{port} is free")


def _disk(config: Config) -> Iterator[Finding]:
    """Whether the data directory can be written to and has enough space."""
    folder = config.directory.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    told = f"{free >> 20} MiB free in {folder}"
    if not writable:
        told = f"{folder} cannot be written to; choose another data.directory"
    elif free < LEAST_SPACE:
        told += f"; make room for at least {LEAST_SPACE >> 20} MiB"
    yield Finding("disk", writable and free >= LEAST_SPACE, told)

"""Checks of the machine: Python, packages, models, the disk, the clock, what is kept, and what reports home."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.config import Config
from bot.doctor.finding import Found, failure, ok, warning
from bot.extras import pip_install
from bot.lock import is_locked
from bot.weights import weights_in_use
from game.errors import HoldfastError

LEAST_SPACE = 500 << 20
"""Bytes that should be free for checkpoints, traces and logs."""
SLOW_SYNC = 0.25
"""Seconds for one fsync from which checkpoints take noticeably long: each makes six."""
SYNCS = 5
"""How many times the disk is asked; the median counts."""
WATCHED = 1.0
"""Seconds for which the two clocks are compared."""
DRIFT = 0.05
"""Seconds by which they may part meanwhile: more is a clock that was set, not one that runs badly."""
REPORTING = ("wandb", "comet_ml", "clearml", "mlflow", "neptune", "dvclive")
"""Packages to which `ultralytics` sends its training runs wherever they are installed."""


def python(_config: Config) -> Found:
    """The version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    return ok(version) if sys.version_info >= (3, 11) else failure(version, "Holdfast needs 3.11 or newer")


def packages(_config: Config) -> Found:
    """The required packages, by the names of their distributions."""
    try:
        required = importlib.metadata.requires("holdfast") or []
    except importlib.metadata.PackageNotFoundError:
        return failure("holdfast is not installed", "run: make install")
    names = [
        line.split(";")[0].split("<")[0].split(">")[0].split("=")[0].strip()
        for line in required
        if "extra ==" not in line
    ]
    missing = [name for name in names if not _installed(name)]
    return failure(f"missing: {', '.join(missing)}", "run: make install") if missing else ok("all installed")


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def weights(config: Config) -> Found:
    """Whether the weights of detector and general policy have the SHA-256 that is written down for them.

    Raises DetectorError or CheckpointError if not.
    """
    from learning.general import FILE, verify_general
    from vision.detector import sha256, verify

    file = weights_in_use(config)
    verify(file)
    found = f"{file.name} is what {file.stem}.json describes (sha256 {sha256(file)[:12]}…)"
    return ok(f"{found}; {FILE} is the general policy that ships (sha256 {verify_general()[:12]}…)")


def text(_config: Config) -> Found:
    """The models for text recognition, which come inside a package."""
    found = importlib.util.find_spec("rapidocr_onnxruntime")
    models = list(Path(found.origin).parent.glob("models/*rec*.onnx")) if found and found.origin else []
    if not models:
        return failure("no recognition model", f"run: {pip_install('--force-reinstall', 'rapidocr-onnxruntime')}")
    return ok(models[0].name)


def disk(config: Config) -> Found:
    """Whether a file can be written in the data directory, or where it is to be made, and enough space is left."""
    folder, fix = existing(config.directory), "choose another data.directory"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return failure(f"{folder} cannot be written to ({error.strerror})", fix)
    free = shutil.disk_usage(folder).free
    told = f"{free >> 20} MiB free in {folder}"
    return ok(told) if free >= LEAST_SPACE else failure(told, f"make room for at least {LEAST_SPACE >> 20} MiB")


def fsync(config: Config) -> Found:
    """How long the disk takes to keep 64 KiB for good, as checkpoints need it."""
    spent = []
    with tempfile.TemporaryFile(dir=existing(config.directory)) as file:
        for _ in range(SYNCS):
            file.write(os.urandom(64 << 10))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - began)
    usual = sorted(spent)[SYNCS // 2]
    told = f"{usual * 1000:.1f} ms ({max(spent) * 1000:.1f} ms the longest)"
    return ok(told) if usual < SLOW_SYNC else warning(told, "put data.directory on a faster disk")


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there. A file in its place is given back as it is."""
    folder = folder.absolute()
    return next(place for place in (folder, *folder.parents) if place.exists())


def clock(_config: Config) -> Found:
    """Whether the wall's clock runs as the monotonic one does, and whether it is kept right from outside."""
    wall, steady = time.time(), time.monotonic()
    time.sleep(WATCHED)
    apart = (time.time() - wall) - (time.monotonic() - steady)
    told = f"{apart * 1000:+.1f} ms in {WATCHED:g} s against the monotonic clock"
    if abs(apart) > DRIFT:
        return warning(f"{told}: it is being set", "have it kept by one time service; play itself is not harmed")
    if _synchronised() is False:
        return warning(f"{told}; no time service keeps it", "run: timedatectl set-ntp true")
    return ok(told)


def _synchronised() -> bool | None:
    """Whether the system says that a time service keeps its clock; None where it cannot say."""
    try:
        asked = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=3, check=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(done.stdout.strip())


def telemetry(_config: Config) -> Found:
    """Whether a library that we use reports home. Two would: ONNX Runtime, and `ultralytics` of `vision train`."""
    reporting = [name for name in REPORTING if importlib.util.find_spec(name)]
    if reporting:
        told = f"{', '.join(reporting)} installed: holdfast vision train would send its runs there"
        return warning(told, f"run: pip uninstall {' '.join(reporting)}")
    from vision.detector import ultralytics_settings

    if os.environ.get("ORT_DISABLE_TELEMETRY") != "1":
        return failure("ONNX Runtime reports its use", "report this: the package vision is to switch it off")
    file = ultralytics_settings()
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ok("off: ORT_DISABLE_TELEMETRY is set, and ultralytics gets sync = false whenever it is imported")
    if not isinstance(settings, dict) or settings.get("sync") is not False:
        return warning(f"{file} does not say sync = false", "run: yolo settings sync=False, or delete the file")
    return ok(f"off: ORT_DISABLE_TELEMETRY is set, and {file} says sync = false")


def state(config: Config) -> Found:
    """Whether what a run goes on from can be read. Nothing is moved or changed."""
    from learning import checkpoint

    kept = checkpoint.checkpoints(config.directory / "checkpoint")
    if not kept:
        return ok("no checkpoint yet: a run begins from nothing")
    for number, path in enumerate(reversed(kept)):
        try:
            checkpoint.read(path)
        except HoldfastError as error:
            damage = str(error)
            continue
        if number == 0:
            return ok(f"{path.name} is whole")
        return warning(damage, f"nothing: a run puts it aside and goes on from {path.name}")
    return warning(damage, "nothing: a run puts it aside and begins from nothing; or bring back a copy of it")


def daemon(config: Config) -> Found:
    """Whether a daemon plays with this data directory already."""
    if is_locked(config.directory):
        return warning(f"one plays with {config.directory} now", "see holdfast status; end it with: holdfast stop")
    return ok(f"none plays with {config.directory}")

"""The wheel works when it is installed elsewhere: its packages, its data files and its program are all in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import __version__
from bot.config import as_toml

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "states", "learning", "vision", "planning", "game")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__")
"""What a checkout may hold beside what belongs to it."""


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A copy of what a wheel is made of, so that building leaves nothing in the checkout."""
    pytest.importorskip("setuptools", reason="the wheel is built without a network, by the setuptools installed here")
    folder = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=NOT_SHIPPED)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def target(source, tmp_path_factory) -> Path:
    """The folder into which the wheel was installed, without the packages that it needs."""
    folder = tmp_path_factory.mktemp("target")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    built = [*pip, "--no-deps", "--no-index", "--no-build-isolation", "--target", folder, source]
    done = subprocess.run(built, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def environment(target) -> dict[str, str]:
    """The environment of programs that find our packages in the target only."""
    return {**os.environ, "PYTHONPATH": str(target), "PYTHONDONTWRITEBYTECODE": "1"}


def printed(command: list[object], environment: dict[str, str], folder: Path) -> str:
    """What a program prints that must succeed, run in a folder."""
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_packages_is_in_it(source, target):
    """Modules, stages, tables, solved plans, profiles, weights and py.typed."""
    files = {
        file.relative_to(source) for package in PACKAGES for file in (source / package).rglob("*") if file.is_file()
    }
    assert {package / "py.typed" for package in map(Path, PACKAGES)} <= files
    assert {file for file in files if not (target / file).is_file()} == set()


def test_its_program_works_from_another_folder(target, environment, tmp_path):
    """With its version, a shipped stage, and a fresh configuration."""
    program = target / "bin" / "holdfast"
    assert printed([program, "--version"], environment, tmp_path) == f"holdfast {__version__}\n"
    assert printed([program, "stage", "first_watch"], environment, tmp_path).startswith("first_watch: HF-1 ")
    printed([program, "config", "bot.toml"], environment, tmp_path)
    assert (tmp_path / "bot.toml").read_text(encoding="utf-8") == as_toml()
    assert tomllib.loads(as_toml())["play"]["stage"] == "first_watch"


def test_what_was_tried_is_the_wheel_and_not_the_checkout(target, environment, tmp_path):
    """The packages that a program finds there are those of the target folder."""
    names = ", ".join(PACKAGES)
    code = f"import {names}; print(*(package.__file__ for package in ({names})), sep='\\n')"
    files = printed([sys.executable, "-c", code], environment, tmp_path).splitlines()
    assert files == [str(target / package / "__init__.py") for package in PACKAGES]

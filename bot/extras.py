"""Optional parts of the program: whether the packages of one are installed, and the command that installs them."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

from game.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the project: a clone, or the installed packages."""


class ExtraError(InputError):
    """Packages of an extra are missing. The message has the command that installs them."""


def need_extra(extra: str, what: str, *packages: str) -> None:
    """Raise ExtraError where a package of an extra is missing. `what` is the part that needs it, as a user knows it."""
    if lacking := [name for name in packages if find_spec(name) is None]:
        raise ExtraError(f"{what} needs {' and '.join(lacking)}; install with: {install_command(extra)}")


def install_command(extra: str) -> str:
    """The command that installs an extra for the Python that runs this, from any folder; with the pins of a clone."""
    pins = ROOT / "constraints.txt"
    if not pins.is_file():
        return pip_install(f"holdfast[{extra}]")
    return pip_install("--constraint", str(pins), "--editable", f"{ROOT}[{extra}]")


def pip_install(*arguments: str) -> str:
    """The command line of pip with which these are installed for the Python that runs this."""
    return shlex.join([sys.executable, "-m", "pip", "install", *arguments])

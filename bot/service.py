"""The user's systemd service: its unit file, and the calls of systemctl that install, remove and show it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bot.config import Config
from game.errors import BAD_INPUT, HUMAN_NEEDED, HoldfastError, InputError

UNIT = "holdfast.service"
IMPORTED = ("DISPLAY", "XAUTHORITY")
"""Variables of the desktop session that a service does not have by itself."""
SHOWN = ("ActiveState", "SubState", "UnitFileState", "StatusText", "MainPID", "NRestarts", "Result")
"""What `status` asks systemd for."""
CALL_SECONDS = 30.0
"""How long one call of systemctl may take."""


class ServiceError(InputError):
    """The service cannot be installed, removed or shown. The message says what to do."""


class SystemctlError(HoldfastError):
    """A call of systemctl failed. The message is its own."""


class Installed(NamedTuple):
    """What an installation or a removal did."""

    unit: Path
    change: str
    """written, updated, unchanged, removed or absent."""
    ran: list[str]
    """The calls that were made."""
    to_run: list[str]
    """The calls that are left to the user, because no systemd of a user answers here."""


def unit_file() -> Path:
    """Where the unit belongs. Raises ServiceError where the system has no systemd at all."""
    if not sys.platform.startswith("linux"):
        raise ServiceError("service: only systemd (Linux) is supported; docs/service.md says what to do elsewhere")
    home = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".config") / "systemd" / "user" / UNIT


def unit_text(file: Path, config: Config) -> str:
    """The unit that runs the configuration in `file`."""
    command = (sys.executable, "-P", "-m", "bot", "run", "--config", str(file.absolute()))
    variables = [f"Environment={_quoted(f'{name}={os.environ[name]}')}" for name in IMPORTED if os.environ.get(name)]
    return UNIT_TEXT.format(
        home=_escaped(str(Path(config.folder).absolute())),
        command=" ".join(_quoted(part, "$") for part in command),
        human_needed=f"{BAD_INPUT} {HUMAN_NEEDED}",
        environment="".join(f"{line}\n" for line in variables),
    )


def install(file: Path, config: Config) -> Installed:
    """Write the unit and have it started, now and whenever the user logs in. A changed unit restarts the service."""
    unit, text = unit_file(), unit_text(file, config)
    old = _read(unit)
    change = "written" if old is None else "unchanged" if old == text else "updated"
    try:
        unit.parent.mkdir(parents=True, exist_ok=True)
        unit.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ServiceError(f"{unit}: cannot be written: {error.strerror}") from None
    begin = "restart" if change == "updated" else "start"
    return _called(unit, change, [["daemon-reload"], ["enable", UNIT], ["--no-block", begin, UNIT]])


def uninstall() -> Installed:
    """Stop the service, have it started no more, and remove its unit."""
    unit = unit_file()
    if not unit.exists():
        return Installed(unit, "absent", [], [])
    done = _called(unit, "removed", [["stop", UNIT], ["disable", UNIT]])
    try:
        (unit.parent / "default.target.wants" / UNIT).unlink(missing_ok=True)  # what an unanswered disable leaves
        unit.unlink()
    except OSError as error:
        raise ServiceError(f"{unit}: cannot be removed: {error.strerror}") from None
    after = _called(unit, "removed", [["daemon-reload"]])
    return Installed(unit, "removed", done.ran + after.ran, done.to_run[:1] + after.to_run)


def status(file: Path, config: Config) -> dict[str, object]:
    """Where the unit is, whether it is the one of this configuration, and what systemd says of it."""
    unit = unit_file()
    text = _read(unit)
    facts: dict[str, object] = {"unit": str(unit), "installed": text is not None}
    if text is not None:
        facts["current"] = text == unit_text(file, config)
    if _systemctl() is None:
        return facts | {"systemd": "no systemd of this user answers here"}
    lines = _call(["show", UNIT, f"--property={','.join(SHOWN)}"]).splitlines()
    return facts | dict(line.split("=", 1) for line in lines if "=" in line)


def _called(unit: Path, change: str, calls: list[list[str]]) -> Installed:
    """Make the calls, or leave them to the user where no systemd answers."""
    told = [f"systemctl --user {' '.join(call)}" for call in calls]
    if _systemctl() is None:
        return Installed(unit, change, [], told)
    for call in calls:
        _call(call)
    return Installed(unit, change, told, [])


def _systemctl() -> str | None:
    """The program, where it is there and the systemd of this user answers it; None elsewhere."""
    program = shutil.which("systemctl")
    if program is None:
        return None
    asked = [program, "--user", "show", "--property=Version"]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=CALL_SECONDS, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if done.returncode == 0 else None


def _call(words: list[str]) -> str:
    """What a call of systemctl prints. Raises SystemctlError where it fails."""
    command = ["systemctl", "--user", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=CALL_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SystemctlError(f"{' '.join(command)}: {error}") from None
    if done.returncode:
        raise SystemctlError(f"{' '.join(command)}: {' '.join(done.stderr.split()) or done.returncode}")
    return done.stdout


def _read(unit: Path) -> str | None:
    """What stands in the unit; None where there is none. Raises ServiceError where it cannot be read."""
    try:
        return unit.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ServiceError(f"{unit}: {error.strerror}") from None


def _escaped(text: str) -> str:
    """Text in which systemd replaces nothing. Raises ServiceError for a line break, which no unit can contain."""
    if "\n" in text or "\r" in text:
        raise ServiceError(f"service: a path with a line break cannot stand in a unit: {text!r}")
    return text.replace("%", "%%")


def _quoted(text: str, special: str = "") -> str:
    """One word of a unit, in quotes. In commands systemd also replaces `$`, which is `special` there."""
    text = _escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    for sign in special:
        text = text.replace(sign, sign * 2)
    return f'"{text}"'


UNIT_TEXT = """\
# Written by: holdfast service install. It is written anew by the next installation.
[Unit]
Description=Holdfast, which plays tower-defence battles
After=graphical-session.target
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
WorkingDirectory={home}
ExecStart={command}
{environment}# The stacks of all threads, in the journal, where the watchdog ends it.
Environment=PYTHONFAULTHANDLER=1
Environment=PYTHONUNBUFFERED=1
# It says that it is ready once the rules are compiled, a plan is found and the first frame was looked at.
TimeoutStartSec=15min
TimeoutStopSec=90
KillMode=mixed
WatchdogSec=60
Restart=on-failure
RestartSec=10
# Bad input, and a person is needed: starting again would not help.
RestartPreventExitStatus={human_needed}
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
UMask=0077

[Install]
WantedBy=default.target
"""
"""The unit. What would break a desktop program is left out: compiled rules need memory that is written and run, and
display, sound and input live in the home directory and in /tmp.
"""

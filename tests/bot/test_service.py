"""`holdfast service`: the unit is one that systemd takes, and systemctl is called as it must be."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from game.errors import BAD_INPUT, HUMAN_NEEDED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")
FAKE = """#!/bin/sh
echo "$@" >> {calls}
case "$*" in
  *--property=Version*) exit {works};;
  *show*) printf 'ActiveState={active}\\nStatusText=battle: battle_seen (1 of 2 battles won)\\n';;
  *enable*) exit {enables};;
esac
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home directory whose name has everything that systemd would replace, with a bot.toml; no variable is set."""
    folder = tmp_path / 'a home %h $HOME "x" \\n'
    folder.mkdir()
    (folder / "bot.toml").write_text("[mqtt]\nport = 1999\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "settings"))
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("XAUTHORITY", str(folder / "authority"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.chdir(folder)
    return folder


def unit_of(home):
    """The unit file."""
    return home / "settings" / "systemd" / "user" / "holdfast.service"


@pytest.fixture
def systemctl(home, monkeypatch):
    """A program in the place of systemctl noting its calls: a function that makes it, and one that gives the calls."""
    folder, notes = home / "programs", home / "calls"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(*, works=0, active="active", enables=0):
        file = folder / "systemctl"
        file.write_text(FAKE.format(calls=f"'{notes}'", works=works, active=active, enables=enables), encoding="utf-8")
        file.chmod(0o755)

    def called():
        lines = notes.read_text().splitlines() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return [line for line in lines if "Version" not in line]

    make()
    return make, called


def told(capsys, *words):
    """The JSON that a call prints, and its exit code."""
    code = main(["service", *words, "--json"])
    return json.loads(capsys.readouterr().out), code


def test_a_first_installation_writes_enables_and_starts(home, systemctl, capsys):
    """In this order, and with nothing left to do; starting does not wait until the rules are compiled."""
    _, called = systemctl
    done, code = told(capsys, "install")
    assert (done["unit"], done["change"], done["to_run"], code) == (str(unit_of(home)), "written", [], 0)
    calls = ["--user daemon-reload", "--user enable holdfast.service", "--user --no-block start holdfast.service"]
    assert called() == calls
    assert done["ran"] == [f"systemctl {call}" for call in calls]


def test_a_second_installation_is_an_update(home, systemctl, capsys, monkeypatch):
    """Unchanged it says so; with another display the unit is written anew and the service restarted."""
    _, called = systemctl
    told(capsys, "install")
    assert told(capsys, "install")[0]["change"] == "unchanged"
    called()
    monkeypatch.setenv("DISPLAY", ":8")
    assert told(capsys, "status")[0]["current"] is False
    called()
    assert told(capsys, "install")[0]["change"] == "updated"
    assert called()[-1] == "--user --no-block restart holdfast.service"
    assert 'Environment="DISPLAY=:8"' in unit_of(home).read_text()


def test_an_uninstallation_stops_disables_and_removes(home, systemctl, capsys):
    """Nothing is left, and a second one has nothing to do."""
    _, called = systemctl
    told(capsys, "install")
    called()
    assert told(capsys, "uninstall")[0]["change"] == "removed"
    assert called() == ["--user stop holdfast.service", "--user disable holdfast.service", "--user daemon-reload"]
    assert not unit_of(home).exists()
    assert told(capsys, "uninstall")[0]["change"] == "absent"
    assert called() == []


@pytest.mark.parametrize(("active", "code"), [("active", 0), ("failed", 3)])
def test_the_status_is_what_systemd_says(home, systemctl, capsys, active, code):
    """Its state, and the bot's own line; the exit code tells whether it runs."""
    make, _ = systemctl
    assert told(capsys, "status")[0]["installed"] is False
    told(capsys, "install")
    make(active=active)
    facts, got = told(capsys, "status")
    assert (facts["installed"], facts["current"], facts["ActiveState"], got) == (True, True, active, code)
    assert facts["StatusText"] == "battle: battle_seen (1 of 2 battles won)"


def test_a_call_that_fails_is_one_line(home, systemctl, capsys):
    """Exit code 1, and the call is named."""
    make, _ = systemctl
    make(enables=1)
    assert main(["service", "install"]) == 1
    assert capsys.readouterr().err == "systemctl --user enable holdfast.service: 1\n"


def test_without_a_systemd_of_the_user_the_calls_are_left_to_the_user(home, systemctl, capsys):
    """The file is written, and what to run is said."""
    make, called = systemctl
    make(works=1)
    done, code = told(capsys, "install")
    assert (done["ran"], code, called()) == ([], 0, [])
    assert done["to_run"][-1] == "systemctl --user --no-block start holdfast.service"
    assert main(["service", "install"]) == 0
    assert "  systemctl --user daemon-reload\n" in capsys.readouterr().out
    assert told(capsys, "status")[0]["systemd"] == "no systemd of this user answers here"
    assert told(capsys, "uninstall")[0]["to_run"][0] == "systemctl --user stop holdfast.service"


def test_the_real_systemctl_is_asked(home, capsys):
    """As this machine has it, without a session: it does not answer, and the file is written all the same."""
    if shutil.which("systemctl") is None:
        pytest.skip("systemctl is not installed")
    done, code = told(capsys, "install")
    assert (done["change"], code, unit_of(home).exists()) == ("written", 0, True)


def test_systemd_takes_the_unit(home, capsys, monkeypatch):
    """`systemd-analyze verify` has nothing to say about it, whatever is in the paths."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    told(capsys, "install")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")  # other units' sockets would have too long a path elsewhere
    command = ["systemd-analyze", "verify", "--user", unit_of(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("systemd-analyze does not work here")
    assert [line for line in done.stderr.splitlines() if "holdfast.service" in line] == []
    assert done.returncode == 0


def test_the_unit_runs_this_python_with_this_configuration(home, capsys):
    """Absolute paths, the session's display, a watchdog, and no restart where a person is needed."""
    told(capsys, "install")
    text = unit_of(home).read_text()
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    words = [word.replace("$$", "$").replace("%%", "%") for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    words = [re.sub(r"\\(.)", r"\1", word) for word in words]
    assert words == [sys.executable, "-P", "-m", "bot", "run", "--config", str(home / "bot.toml")]
    assert 'Environment="DISPLAY=:7"' in text
    for option in ("Type=notify", "WatchdogSec=60", "Restart=on-failure", "NoNewPrivileges=yes"):
        assert f"\n{option}\n" in text
    assert f"\nRestartPreventExitStatus={BAD_INPUT} {HUMAN_NEEDED}\n" in text


def test_a_configuration_is_needed(home, capsys):
    """A service without one would play with defaults that its user never saw; a broken one would never start."""
    (home / "bot.toml").write_text("[mqqt]\n", encoding="utf-8")
    assert main(["service", "install"]) == 2
    (home / "bot.toml").unlink()
    assert main(["service", "install"]) == 2
    assert "holdfast config" in capsys.readouterr().err
    assert not unit_of(home).exists()


def test_a_relative_settings_folder_is_ignored(home, capsys, monkeypatch):
    """As the specification of XDG_CONFIG_HOME says."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "settings")
    assert told(capsys, "install")[0]["unit"] == str(home / ".config" / "systemd" / "user" / "holdfast.service")


def test_elsewhere_the_verb_points_to_the_page(home, capsys, monkeypatch):
    """Windows and macOS have other services."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["service", "install"]) == 2
    assert "docs/service.md" in capsys.readouterr().err


def test_the_documented_unit_is_the_one_that_is_written(home, capsys):
    """docs/service.md shows it line by line, but for what is the user's own."""
    told(capsys, "install")
    page = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    own = re.compile(r'(ExecStart|WorkingDirectory|Environment="(DISPLAY|XAUTHORITY))=.*|# Written by.*\n')
    assert own.sub(r"\1", shown) == own.sub(r"\1", unit_of(home).read_text()).removeprefix("\n")

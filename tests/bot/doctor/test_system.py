"""The doctor's checks of the machine, on real files, disks and locks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.config import SHIPPED_WEIGHTS, parse
from bot.doctor import Check, examine, system
from bot.lock import only_daemon
from learning import checkpoint, general
from learning.checkpoint import Checkpoint
from learning.general import SHA256


def found(check, folder, **tables):
    """What one check finds with a configuration in a folder."""
    (finding,) = examine(parse(tables, folder=folder), [Check("it", check)])
    return finding


@pytest.mark.parametrize("check", [system.python, system.packages, system.text, system.disk, system.fsync])
def test_what_is_right_is_told_with_its_figures(tmp_path, check):
    """No fix where nothing is wrong, and nothing is left behind."""
    finding = found(check, tmp_path)
    assert (finding.level, finding.fix) == ("ok", "")
    assert finding.told
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_that_cannot_be_written_is_a_failure(tmp_path):
    """A file in its place stands for a full or read-only disk: root may write everywhere else."""
    (tmp_path / "data").write_text("in the way")
    for check in (system.disk, system.fsync):
        assert found(check, tmp_path).level == "failure"
    assert "choose another data.directory" in found(system.disk, tmp_path).fix


def test_a_disk_that_refuses_to_write_is_a_failure():
    """/proc takes no file of any user."""
    if not Path("/proc/self").is_dir():
        pytest.skip("there is no /proc here")
    finding = found(system.disk, Path("/proc"))
    assert finding.level == "failure"
    assert "cannot be written to" in finding.told


def test_little_space_is_a_failure(tmp_path, monkeypatch):
    """Checkpoints and traces would stop in the middle of a run."""
    monkeypatch.setattr(system, "LEAST_SPACE", shutil.disk_usage(tmp_path).total + 1)
    assert "make room" in found(system.disk, tmp_path).fix


def test_other_weights_than_described_are_a_failure(tmp_path):
    """A file that was damaged or exchanged is not used."""
    shutil.copy(SHIPPED_WEIGHTS.with_suffix(".json"), tmp_path / "units.json")
    (tmp_path / "units.onnx").write_bytes(SHIPPED_WEIGHTS.read_bytes()[:-1] + b"\0")
    finding = found(system.weights, tmp_path, vision={"weights": "units.onnx"})
    assert finding.level == "failure"
    assert "holdfast vision train" in finding.told
    assert found(system.weights, tmp_path).level == "ok"


def test_a_general_policy_other_than_the_one_that_ships_is_a_failure(tmp_path, monkeypatch):
    """Damaged or missing, the file is named with what to do; the whole one is told with its digest."""
    assert f"general policy that ships (sha256 {SHA256[:12]}" in found(system.weights, tmp_path).told
    file = tmp_path / "general.safetensors"
    monkeypatch.setattr(general, "general_weights", lambda: file)
    assert "cannot be read" in found(system.weights, tmp_path).told
    file.write_bytes(b"damaged")
    finding = found(system.weights, tmp_path)
    assert finding.level == "failure"
    assert f"{file} is not the file that ships" in finding.told
    assert "install Holdfast again" in finding.told


def test_a_clock_that_is_set_meanwhile_is_a_warning(tmp_path, monkeypatch):
    """The wall's clock jumping by a second is noticed; play goes by the other one."""
    monkeypatch.setattr(system, "WATCHED", 0.05)
    assert found(system.clock, tmp_path).level in {"ok", "warning"}
    true_time, calls = system.time.time, iter((0.0, 1.0))
    monkeypatch.setattr(system.time, "time", lambda: true_time() + next(calls))
    finding = found(system.clock, tmp_path)
    assert finding.level == "warning"
    assert "being set" in finding.told


def test_reporting_of_ultralytics_is_noticed(tmp_path, monkeypatch):
    """Off without settings and with sync = false, a warning where they say otherwise or a reporter is installed."""
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path))
    assert found(system.telemetry, tmp_path).level == "ok"
    settings = tmp_path / "Ultralytics" / "settings.json"
    settings.parent.mkdir()
    for sync, level in ((False, "ok"), (True, "warning")):
        settings.write_text(json.dumps({"sync": sync}))
        assert found(system.telemetry, tmp_path).level == level
    with monkeypatch.context() as patch:
        patch.setenv("ORT_DISABLE_TELEMETRY", "0")
        assert found(system.telemetry, tmp_path).level == "failure"
    monkeypatch.setattr(system, "REPORTING", ("json",))
    assert "pip uninstall json" in found(system.telemetry, tmp_path).fix


def test_a_damaged_checkpoint_is_told_before_the_run_and_left_where_it_is(tmp_path):
    """The doctor reads what a run would go on from, and says which one that would be."""
    folder = tmp_path / "data" / "checkpoint"
    assert "no checkpoint yet" in found(system.state, tmp_path).told
    old, new = (checkpoint.write(folder, Checkpoint({}, {}, {"number": number})) for number in (1, 2))
    assert found(system.state, tmp_path).told == f"{new.name} is whole"
    (new / "buffer.safetensors").write_bytes(b"damaged")
    finding = found(system.state, tmp_path)
    assert (finding.level, old.name in finding.fix) == ("warning", True)
    (old / "state.json").unlink()
    assert "begins from nothing" in found(system.state, tmp_path).fix
    assert {path.name for path in folder.iterdir()} == {old.name, new.name}


def test_a_running_daemon_is_told(tmp_path):
    """A second one would be refused; asking makes no file."""
    assert found(system.daemon, tmp_path).level == "ok"
    assert not (tmp_path / "data").exists()
    with only_daemon(tmp_path / "data"):
        assert found(system.daemon, tmp_path).level == "warning"
    assert found(system.daemon, tmp_path).level == "ok"

"""The doctor's checks of the broker: a real one, one that refuses, one that is none, and none at all."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading

import pytest

from bot.config import parse
from bot.doctor import Check, examine, network


def found(port, folder, **options):
    """What the check of the broker finds."""
    config = parse({"mqtt": {"port": port, **options}}, folder=folder)
    (finding,) = examine(config, [Check("broker", network.broker, 20.0)])
    return finding


def test_a_broker_that_takes_us_is_fine(mosquitto, tmp_path):
    """Connected to as the daemon would."""
    assert found(mosquitto.port, tmp_path, host="127.0.0.1").level == "ok"


def test_a_broker_that_is_not_there_is_a_failure(port, tmp_path):
    """The fix names the options; a host that does not exist is one line too."""
    finding = found(port, tmp_path, host="127.0.0.1")
    assert (finding.level, "start the broker" in finding.fix) == ("failure", True)
    assert found(port, tmp_path, host="no.such.host.invalid").level == "failure"
    assert found(port, tmp_path, host="." * 300).level == "failure"


def test_a_wrong_password_is_told_apart_from_a_missing_broker(port, tmp_path):
    """The broker is real and refuses: the fix is about user and password."""
    program = shutil.which("mosquitto")
    if program is None:
        pytest.skip("mosquitto is not installed; on Debian: apt-get install mosquitto")
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "bot", "right"], check=True, capture_output=True)
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n")
    with subprocess.Popen([program, "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        while network._unreachable("127.0.0.1", port):
            assert process.poll() is None
        levels = []
        for user, password in (("bot", "right"), ("bot", "wrong"), ("", "")):
            finding = found(port, tmp_path, host="127.0.0.1", username=user, password=password)
            assert "wrong" not in finding.told + finding.fix
            levels.append(finding.level)
        process.terminate()
    assert levels == ["ok", "failure", "failure"]
    assert "username" in finding.fix


def test_a_program_that_is_no_broker_is_told(port, tmp_path, monkeypatch):
    """It takes the connection and answers something else, or nothing."""
    monkeypatch.setattr(network, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", port)) as server:

        def answer():
            for said in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b""):
                with contextlib.suppress(OSError), server.accept()[0] as connection:
                    connection.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        finding = found(port, tmp_path, host="127.0.0.1")
    assert finding.level == "failure"
    assert "does not speak MQTT" in finding.told


def test_our_own_broker_needs_a_free_port(port, tmp_path):
    """Free is fine; taken by another program means a run without control."""
    assert "is free" in found(port, tmp_path).told
    with socket.create_server(("127.0.0.1", port)):
        finding = found(port, tmp_path)
    assert (finding.level, "another [mqtt] port" in finding.fix) == ("warning", True)

"""`holdfast web`, and `holdfast run` with a page, as far as they come without playing."""

from __future__ import annotations

import signal
import socket
import urllib.request

from runs import PATIENCE, holdfast

from bot.cli import main


def test_it_serves_until_it_is_ended(config, port):
    """It prints its address; Ctrl-C ends it with exit code 0."""
    with holdfast("web", "--config", config, "--port", port) as process:
        address = process.stdout.readline().split()[0]
        assert address == f"http://127.0.0.1:{port}/"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            assert b"Holdfast" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_a_port_that_is_taken_is_one_line(config, capsys):
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["web", "--config", str(config), "--port", str(taken.getsockname()[1])]) == 2
    told = capsys.readouterr().err
    assert "cannot listen on 127.0.0.1" in told
    assert told.count("\n") == 1


def test_a_run_that_others_could_see_without_a_password_does_not_begin(tmp_path, capsys):
    """One line, exit code 2."""
    (tmp_path / "bot.toml").write_text('[web]\nenabled = true\nhost = "0.0.0.0"\n', encoding="utf-8")
    assert main(["run", "--config", str(tmp_path / "bot.toml")]) == 2
    assert "set [web] password" in capsys.readouterr().err

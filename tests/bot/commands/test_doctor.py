"""`holdfast doctor`: what is missing, with a remedy."""

from __future__ import annotations

import json

from bot.cli import main
from bot.doctor import CHECKS, Check
from bot.doctor.finding import ok, warning


def test_the_doctor_names_a_remedy_for_what_is_missing(capsys, tmp_path):
    """Every finding is one object; what fails says what to do, and the exit code tells."""
    file = tmp_path / "bot.toml"
    file.write_text('[mqtt]\nhost = "127.0.0.1"\nport = 1\n', encoding="utf-8")
    assert main(["doctor", "--config", str(file), "--json"]) == 1
    findings = {line["what"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert list(findings) == [check.what for check in CHECKS]
    assert findings["python"]["level"] == "ok"
    assert findings["broker"]["level"] == "failure"
    assert "start the broker" in findings["broker"]["fix"]
    assert [path.name for path in tmp_path.iterdir()] == ["bot.toml"]


def test_a_warning_is_no_failure(capsys, monkeypatch):
    """The exit code is 1 only where Holdfast cannot run; each line is for people, with the fix at its end."""
    checks = (Check("one", lambda _: ok("fine")), Check("two", lambda _: warning("slow", "hurry")))
    monkeypatch.setattr("bot.doctor.CHECKS", checks)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == "ok       one         fine\nwarning  two         slow; hurry\n"

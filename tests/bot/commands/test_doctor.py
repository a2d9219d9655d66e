"""`holdfast doctor`: what is missing, with a remedy."""

from __future__ import annotations

import json

from bot.cli import main


def test_the_doctor_names_a_remedy_for_what_is_missing(capsys, tmp_path):
    """Every finding is one object; what fails says what to do, and the exit code tells."""
    file = tmp_path / "bot.toml"
    file.write_text('[mqtt]\nhost = "127.0.0.1"\nport = 1\n', encoding="utf-8")
    assert main(["doctor", "--config", str(file), "--json"]) == 1
    findings = {line["what"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(findings) == {"python", "packages", "display", "weights", "text", "broker", "disk"}
    assert findings["python"]["ok"]
    assert not findings["broker"]["ok"]
    assert "start it" in findings["broker"]["told"]

"""`holdfast train`: what it writes is a policy."""

from __future__ import annotations

import json

from bot.cli import main


def test_training_leaves_what_evaluate_takes(capsys, tmp_path):
    """The folder that train writes is a policy."""
    out = tmp_path / "learned"
    assert main(["train", "--stage", "first_watch", "--steps", "150", "--seed", "1", "--out", str(out), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["decisions"] >= 150
    assert result["grade"] == "partly"
    assert main(["evaluate", "--stage", "first_watch", "--policy", str(out), "--battles", "1", "--json"]) == 0

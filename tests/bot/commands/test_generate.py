"""`holdfast generate`: a stage and the plan that wins it."""

from __future__ import annotations

import json

from bot.cli import main


def test_generate_writes_a_stage_and_the_plan_that_wins_it(capsys, tmp_path):
    """Both files are what the other verbs read."""
    level, plan = tmp_path / "level.json", tmp_path / "plan.json"
    assert (
        main(["generate", "--seed", "4", "--difficulty", "1", "--out", str(level), "--plan", str(plan), "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["code"] == "G1-4"
    assert main(["simulate", "--stage", str(level), "--plan", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == told["enemies"]

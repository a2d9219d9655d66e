"""`holdfast replay`: what is no trace is not replayed."""

from __future__ import annotations

from bot.cli import main


def test_a_torn_or_missing_trace_is_one_line(capsys, tmp_path):
    """What is no trace is not replayed."""
    missing = tmp_path / "none.jsonl"
    assert main(["replay", str(missing)]) == 2
    garbage = tmp_path / "garbage.jsonl"
    garbage.write_text("hello\n", encoding="utf-8")
    assert main(["replay", str(garbage)]) == 2
    assert capsys.readouterr().err.count("\n") == 2

"""`holdfast graph`: the machine's diagram."""

from __future__ import annotations

from bot.cli import main


def test_the_diagram_is_mermaid(capsys):
    """The diagram in README is made from the machine's table."""
    assert main(["graph"]) == 0
    assert "stateDiagram" in capsys.readouterr().out

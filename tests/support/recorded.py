"""The recorded runs of tests/traces."""

from __future__ import annotations

from pathlib import Path

TRACES = Path(__file__).resolve().parent.parent / "traces"
WON = TRACES / "won.jsonl"
"""A battle that was won, from the home screen to the home screen."""

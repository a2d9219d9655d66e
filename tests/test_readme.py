"""What both READMEs say about the program agrees with its code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.control
from bot.log_events import EVENTS
from states.machine import mermaid

ROOT = Path(__file__).resolve().parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_diagram_is_the_machines(readme):
    """A change of the transition table has to reach the diagrams; `holdfast graph` prints the new one."""
    assert mermaid() in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_log_event_and_topic_is_listed(readme):
    """Log events and topics are an interface, so the README lists all of them."""
    text = readme.read_text(encoding="utf-8")
    topics = re.findall(r"holdfast/<name>/[\w/<>]+", bot.control.__doc__)
    assert len(topics) >= 7
    assert [name for name in [*EVENTS, *topics] if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_picture_and_page_it_points_to_exists(readme):
    """No link of the README leads nowhere."""
    links = re.findall(r"\]\(([^)#]+)\)", readme.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []

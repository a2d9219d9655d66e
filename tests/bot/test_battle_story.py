"""Why a battle was lost, told from its trace."""

from __future__ import annotations

import msgspec
import pytest
from recorded import TRACES, WON

from bot.battle_story import story_of
from bot.trace import Scene, TraceError, read_trace

SQUAD = tuple(f"operator {slot}" for slot in range(12))


@pytest.fixture(scope="module")
def lost():
    """The recorded defeat, with the names that its header lacks."""
    recording = read_trace(TRACES / "lost.jsonl")
    header = msgspec.structs.replace(recording.header, scene=Scene(stage="HF-1", squad=SQUAD))
    return recording._replace(header=header)


def test_each_loss_of_life_is_told_with_what_was_in_sight(lost):
    """The life that is lost adds up to what the defeat cost, and enemies are named."""
    facts = story_of(lost)
    assert (facts["outcome"], facts["stars"], facts["life_left"]) == ("lost", 0, 0)
    assert [one["left"] for one in facts["life_lost"]] == [2, 1, 0]
    assert facts["life_lost"][0]["enemies_in_sight"] == {"soldier": 2, "hound": 1, "slug": 2}
    assert facts["because"][0].startswith("life was first lost at 25.2 s, after 7 kills")


def test_an_operator_that_the_bot_retreats_has_not_fallen(lost):
    """The bot retreated all that left the field; what the eyes saw for a moment on another tile is no operator."""
    facts = story_of(lost)
    assert facts["retreats"] == 7
    assert facts["fallen"] == []


def test_an_operator_that_falls_is_named():
    """In the recorded victory some fell, each where the bot had deployed it."""
    recording = read_trace(WON)
    header = msgspec.structs.replace(recording.header, scene=Scene(stage="HF-1", squad=SQUAD))
    fallen = story_of(recording._replace(header=header))["fallen"]
    assert fallen
    assert {one["operator"] for one in fallen} <= set(SQUAD)


def test_without_a_number_it_is_the_last_battle():
    """A trace without a defeat tells of its last battle; one that it does not have is refused in a line."""
    recording = read_trace(WON)
    assert story_of(recording)["outcome"] == "won"
    with pytest.raises(TraceError, match="shows no battle 7"):
        story_of(recording, 7)

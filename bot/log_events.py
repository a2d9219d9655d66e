"""The vocabulary of the log: every event's name, what it tells, and each of its fields. Names are an interface.

`docs/log-events.md` is written from these tables (`holdfast logs --describe`), and `docs/lnav/holdfast.json` lists the
same fields. A line with an event or a field that is not here is refused (`bot.log`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple


class LogField(NamedTuple):
    """A named value of a log line."""

    kind: Literal["text", "integer", "number", "boolean"]
    meaning: str
    unit: str = ""


class LogEvent(NamedTuple):
    """What a log line tells: in a sentence, and each field that it may carry besides `COMMON`."""

    meaning: str
    fields: Mapping[str, LogField]


COMMON = {
    "time": LogField("text", "when it was written, local time with its offset from UTC", "ISO 8601"),
    "level": LogField("text", "debug, info, warning or error"),
    "event": LogField("text", "what happened: one of the names below"),
    "run": LogField("text", "which run wrote it: the time at which the run began, the same in all of its lines"),
}
"""Fields of every line."""

WHY = LogField("text", "the reason, in words")
CLOCK = LogField("number", "when it happened, on the run's clock: the practice game's own, or the wall's", "s")
STARS = LogField("integer", "stars of the result", "0 to 3")
FILE = LogField("text", "the file")
BATTLES = LogField("integer", "battles settled in this run so far")
WIN_RATE = LogField("number", "share of the last 20 battles that was won", "0 to 1")
GESTURE = {
    "kind": LogField("text", "tap, tap_at, swipe, deploy, use_skill or retreat"),
    "reason": LogField("text", "what the gesture is for"),
    "t": CLOCK,
    "point": LogField("text", "the profile's point that is tapped"),
    "x": LogField("integer", "where it is tapped, from the left of the client area", "pixels"),
    "y": LogField("integer", "where it is tapped, from the top of the client area", "pixels"),
    "start": LogField("text", "the profile's point where a swipe begins"),
    "end": LogField("text", "the profile's point where a swipe ends"),
    "card": LogField("integer", "place of the card in the hand, 0 the leftmost"),
    "cards": LogField("integer", "cards in the hand"),
    "row": LogField("integer", "row of the tile, 0 at the top"),
    "col": LogField("integer", "column of the tile, 0 at the left"),
    "direction": LogField("integer", "where the operator faces: its index in game.actions.DIRECTIONS"),
}

EVENTS: dict[str, LogEvent] = {
    "started": LogEvent(
        "the daemon runs",
        {
            "version": LogField("text", "the version of Holdfast"),
            "config": LogField("text", "the configuration file, empty where all is default"),
            "stage": LogField("text", "the name of the stage that is played"),
            "screen": LogField("text", "practice, window or adb: where the game is seen"),
            "seed": LogField("integer", "seed of the network's first weights and of exploration"),
            "data": LogField("text", "the data directory"),
        },
    ),
    "preparing": LogEvent(
        "something slow is being made ready: rules compiled, weights or text models loaded",
        {
            "what": LogField("text", "what is being made ready"),
            "seconds": LogField("number", "how long ago the preparations began", "s"),
        },
    ),
    "plan": LogEvent(
        "the plan for the stage and squad was found, read again or not found, or is shown to the learner",
        {
            "file": FILE,
            "new": LogField("boolean", "whether the plan was searched for now; false where it was read again"),
            "why": WHY,
            "seconds": LogField("number", "how long the search took", "s"),
            "battles": LogField("integer", "battles that the search, or the learner's demonstrations, played"),
            "stars": STARS,
            "demonstrations": LogField("integer", "decisions that the learner was shown"),
        },
    ),
    "ready": LogEvent(
        "everything is made ready",
        {
            "seconds": LogField("number", "how long the preparations took", "s"),
            "grade": LogField("text", "how far what is learned in the simulator may be trusted on this stage"),
        },
    ),
    "state": LogEvent("the machine changed its state", {"state": LogField("text", "the new state"), "why": WHY}),
    "screen": LogEvent("another screen was recognised", {"t": CLOCK, "screen": LogField("text", "the screen's name")}),
    "client_area": LogEvent(
        "the game's client area is elsewhere in what is captured, or lies partly outside and is waited for",
        {
            "t": CLOCK,
            "area": LogField("text", "its x, y, width and height", "pixels of the captured region"),
            "whole": LogField("boolean", "whether all of it lies inside"),
        },
    ),
    "decision": LogEvent(
        "the policy chose an action in a battle",
        {
            "t": CLOCK,
            "action": LogField("text", "the action in words"),
            "q": LogField("number", "the value that the network gives it"),
            "explored": LogField("boolean", "whether it was chosen at random, to explore"),
            "ms": LogField("number", "from the question to the answer", "ms"),
        },
    ),
    "gesture": LogEvent("the hands made a gesture; it carries the fields of its kind", GESTURE),
    "gesture_failed": LogEvent(
        "a gesture could not be made or was broken off",
        {**GESTURE, "error": LogField("text", "what went wrong")},
    ),
    "gate": LogEvent("input may leave, or may not", {"open": LogField("boolean", "whether input may leave now")}),
    "battle": LogEvent(
        "a battle was settled",
        {
            "number": LogField("integer", "the battle's number in this run, the first is 1"),
            "outcome": LogField("text", "won or lost"),
            "stars": STARS,
            "seconds": LogField("number", "how long it took, on the run's clock", "s"),
            "win_rate_last_20": WIN_RATE,
            "epsilon": LogField("number", "share of decisions made at random", "0 to 1"),
            "buffer": LogField("integer", "experiences in the replay buffer"),
        },
    ),
    "checkpoint": LogEvent(
        "what was learned is saved, or was read at the start; as a warning or error: it could not be",
        {
            "battles": BATTLES,
            "known_battles": LogField("integer", "battles of all runs that were read at the start"),
            "from_journal": LogField("integer", "how many of them stood in the journal, after the checkpoint"),
            "buffer": LogField("integer", "experiences in the replay buffer"),
            "why": WHY,
            "note": LogField("text", "what was found when the checkpoint was read"),
        },
    ),
    "champion": LogEvent(
        "the weights with the best results are kept, or were put back because play became significantly worse",
        {
            "change": LogField("text", "kept or put back"),
            "record": LogField("text", "results of the champion's weights: clean battles (three stars) of how many"),
            "recent": LogField("text", "the results that were worse, but for the last battle"),
        },
    ),
    "twin": LogEvent(
        "the twin, the simulator beside the battle, has lost the battle or has found it again; as a warning: it broke",
        {
            "lost": LogField("boolean", "whether nothing that the twin says is to be trusted now"),
            "kills_off": LogField("integer", "by how much the seen counter is ahead of the twin's"),
            "seconds_off": LogField("number", "seconds of play since the counters agreed", "s"),
            "why": WHY,
        },
    ),
    "look_ahead": LogEvent(
        "a better way to go on than the rest of the plan was found and is followed; as a warning: looking ahead broke",
        {
            "seconds": LogField("number", "seconds of play that the battle had lasted", "s"),
            "battles": LogField("integer", "battles that the search played"),
            "why": WHY,
        },
    ),
    "frames": LogEvent(
        "frames of a battle were kept for teaching the detector, or cannot be written",
        {
            "folder": LogField("text", "where they are"),
            "frames": LogField("integer", "how many of the battle were kept"),
            "why": WHY,
        },
    ),
    "request": LogEvent(
        "a request arrived, over MQTT or from the page",
        {
            "verb": LogField("text", "what was asked for"),
            "id": LogField("text", "the caller's own id, null without one"),
        },
    ),
    "bad_request": LogEvent(
        "requests were rejected: the first at once, those of the next seconds in one line",
        {
            "rejected": LogField("integer", "how many, since the last such line"),
            "codes": LogField("text", "how many of each code, as docs/mqtt.md has them"),
            "verb": LogField("text", "what the last of them asked for"),
            "why": WHY,
        },
    ),
    "broker": LogEvent(
        "the connection to the MQTT broker came, went, or could not be made",
        {
            "connected": LogField("boolean", "whether there is a connection now"),
            "why": WHY,
            "host": LogField("text", "the broker's host, or embedded"),
            "port": LogField("integer", "the broker's port"),
            "mqtt": LogField("text", "the version of the protocol, 5 or 3.1.1"),
        },
    ),
    "web": LogEvent(
        "the page for browsers is served, or cannot be",
        {"address": LogField("text", "where, for browsers"), "why": WHY},
    ),
    "part_failed": LogEvent(
        "a part of the bot failed",
        {
            "part": LogField("text", "capture, detector, learner, policy, hands, broker, web, trace, log or daemon"),
            "why": WHY,
        },
    ),
    "dump": LogEvent(
        "the evidence of a fault was written to a folder, or could not be",
        {"why": WHY, "folder": LogField("text", "the folder"), "error": LogField("text", "what went wrong")},
    ),
    "report": LogEvent(
        "the report of the night was written, or could not be",
        {
            "file": FILE,
            "battles": LogField("integer", "battles in it"),
            "won": LogField("integer", "those of them that were won"),
            "faults": LogField("integer", "faults in it"),
            "why": WHY,
        },
    ),
    "request_failed": LogEvent(
        "a stage or a configuration that was asked for cannot be played; the bot plays on as before",
        {"verb": LogField("text", "the request: stage or reload"), "why": WHY},
    ),
    "tool": LogEvent(
        "an agent called a tool (`holdfast mcp`, `holdfast coach`); these lines are in tools.jsonl, not in log.jsonl",
        {
            "tool": LogField("text", "the tool's name"),
            "caller": LogField("text", "mcp or coach"),
            "ok": LogField("boolean", "whether it was done; false where it was refused or failed"),
            "seconds": LogField("number", "how long it took", "s"),
            "arguments": LogField("text", "what it was called with, as JSON, at most 600 characters"),
            "why": WHY,
        },
    ),
    "need_human": LogEvent("a person has to do something", {"why": LogField("text", "what there is to do, and why")}),
    "state_file": LogEvent("state.json says that the bot is paused, or could not be read or written", {"why": WHY}),
    "trace": LogEvent(
        "a trace began, or could not be written",
        {"path": FILE, "why": WHY},
    ),
    "stopped": LogEvent(
        "the daemon ended",
        {
            "code": LogField("integer", "its exit code"),
            "why": WHY,
            "battles": BATTLES,
            "won": LogField("integer", "battles won in this run"),
            "stars": LogField("integer", "stars of all battles of this run"),
            "win_rate_last_20": WIN_RATE,
            "decisions": LogField("integer", "decisions made in this run"),
            "seconds": LogField("number", "how long the run took, in real time", "s"),
        },
    ),
}
"""Every event name, with what it tells."""


def unknown_names(event: str, fields: Mapping[str, object]) -> str | None:
    """What the vocabulary lacks of a line with this event and these fields; None where it has all of it."""
    if event not in EVENTS:
        return f"log event {event!r} is not in bot.log_events.EVENTS"
    unknown = sorted(fields.keys() - EVENTS[event].fields.keys() - COMMON.keys())
    return f"log event {event!r} has no field {', '.join(unknown)} in bot.log_events.EVENTS" if unknown else None


def as_markdown() -> str:
    """`docs/log-events.md`: the whole vocabulary."""
    return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    yield "# Log events"
    yield ""
    yield "Every event and every field of the log, `data/log.jsonl`: one JSON object a line. `holdfast logs` shows and"
    yield "filters them. Names and meanings change only with a line in the changelog. A field may be absent where it"
    yield "says nothing. Values under names such as `password` or `token`, and passwords in addresses, are `***`."
    yield "`docs/lnav/holdfast.json` tells lnav of the same fields: `lnav -i docs/lnav/holdfast.json` installs it."
    yield ""
    yield "Written by: `holdfast logs --describe`"
    yield ""
    yield "## In every line"
    yield from _table(COMMON)
    for name, event in EVENTS.items():
        yield ""
        yield f"## {name}"
        yield f"{event.meaning[0].upper()}{event.meaning[1:]}."
        yield from _table(event.fields)


def _table(fields: Mapping[str, LogField]) -> Iterator[str]:
    yield ""
    yield "| field | kind | meaning | unit |"
    yield "| --- | --- | --- | --- |"
    for name, field in fields.items():
        yield f"| `{name}` | {field.kind} | {field.meaning} | {field.unit} |"

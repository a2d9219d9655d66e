"""The table of requests: what a row gives on MQTT, on the command line and in the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import msgspec
import pytest

from bot import requests
from bot.cli import main, parser
from bot.mqtt.caller import NoDaemonError
from bot.requests import CODES, REQUESTS, Request, RequestError, find
from states.events import AnyEvent, Event, PauseAsked

ROOT = Path(__file__).resolve().parents[2]


class ChangeAsked(Event, tag="change_asked", frozen=True, kw_only=True):
    """A request with arguments, as a later one may be."""

    id: str
    by: str = "mqtt"
    stage: Annotated[str, msgspec.Meta(description="the stage to play from now on")]
    battles: int = 0


CHANGE = Request("change", ChangeAsked, "Play another stage.")


@pytest.fixture
def change(monkeypatch):
    """A row more in the table."""
    monkeypatch.setattr(requests, "REQUESTS", (*REQUESTS, CHANGE))
    return CHANGE


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_documentation_lists_the_requests(readme):
    """A new row is a new word in the table of topics."""
    (row,) = (line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if "/command/<verb>`" in line)
    listed = row.split("verbs are ")[1].removesuffix(" |").split(", ")
    assert listed == [request.verb for request in REQUESTS]


def test_the_page_of_mqtt_has_every_request_and_code():
    """Each code in the words of the table."""
    page = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")
    assert [code for code, meaning in CODES.items() if f"| `{code}` | {meaning} |" not in page] == []
    for request in REQUESTS:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{request.verb}` |"))
        assert [one.name for one in request.arguments() if f"`{one.name}`: " not in row] == []


def test_the_events_of_requests_can_be_answered():
    """Each has the fields that the daemon fills in, so that the answer finds its caller."""
    for request in REQUESTS:
        assert request.event is None or set(request.event.__struct_fields__) >= requests.OF_EVERY_REQUEST


def test_the_events_of_requests_are_events_of_the_machine():
    """A trace can only hold events that `AnyEvent` lists; one that is forgotten there is named here."""
    assert [request.verb for request in REQUESTS if request.event and request.event not in get_args(AnyEvent)] == []


def test_keys_that_a_request_does_not_declare_are_left_alone():
    """Even those of the event itself: pause and resume carry no arguments, and status has no event."""
    assert [find(verb).arguments() for verb in ("pause", "resume", "status", "screenshot")] == [[]] * 4
    event = find("pause").event_from({"id": "mine", "t": 99, "by": "me", "event": "stop_asked", "x": 1}, 1.5, "7")
    assert event == PauseAsked(t=1.5, id="7", by="mqtt")


def test_the_arguments_of_a_request_become_fields_of_its_event():
    """JSON in, typed event out."""
    event = CHANGE.event_from({"id": "mine", "stage": "ridge_line", "battles": 3}, 1.5, "7")
    assert event == ChangeAsked(t=1.5, id="7", by="mqtt", stage="ridge_line", battles=3)
    assert CHANGE.event_from({"stage": "ridge_line"}, 1.5, "7").battles == 0


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({}, "change: Object missing required field `stage`"),
        ({"stage": 5}, r"change: Expected `str`, got `int` - at `\$.stage`"),
        ({"stage": "x", "battles": "3"}, r"change: Expected `int`, got `str` - at `\$.battles`"),
    ],
)
def test_arguments_of_another_shape_are_refused_in_a_line(payload, said):
    """The verb, what is wrong, and where."""
    with pytest.raises(RequestError, match=said):
        CHANGE.event_from(payload, 1.5, "7")


def test_a_row_is_a_verb_of_the_command_line_with_an_option_for_each_argument(change, capsys, monkeypatch, tmp_path):
    """Sentences and types come from the event; what was not given is not sent."""
    sent = []

    async def ask(options, verb, patience, arguments, *, later):
        sent.append((verb, arguments))
        raise NoDaemonError("no daemon")

    monkeypatch.setattr("bot.mqtt.caller.ask", ask)
    monkeypatch.chdir(tmp_path)
    assert main(["change", "--stage", "ridge_line"]) == 3
    assert main(["change", "--stage", "ridge_line", "--battles", "3"]) == 3
    assert sent == [("change", {"stage": "ridge_line"}), ("change", {"stage": "ridge_line", "battles": 3})]
    with pytest.raises(SystemExit):
        main(["change", "--stage", "ridge_line", "--battles", "many"])
    assert "argument --battles: Expected `int`" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser().parse_args(["change", "--help"])
    assert "the stage to play from now on" in capsys.readouterr().out

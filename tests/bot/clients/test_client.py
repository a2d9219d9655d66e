"""The table of clients: every kind that bot.toml may name is a module that the daemon and the doctor can use."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import get_args

import pytest

from bot.clients import client
from bot.clients.client import CLIENTS
from bot.config import ScreenOptions, parse
from bot.doctor import CHECKS, Finding, examine
from vision.capture import CaptureError


def test_every_kind_of_screen_has_a_client():
    """The configuration accepts exactly the kinds that the table has a module for."""
    assert set(get_args(ScreenOptions.model_fields["kind"].annotation)) == set(CLIENTS)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_client_can_be_opened_and_checked(kind):
    """Its module has the two functions that the table promises."""
    module = importlib.import_module(CLIENTS[kind])
    assert callable(module.make_client)
    assert callable(module.check)


def test_the_doctor_asks_the_client_itself(monkeypatch):
    """A further client says itself what it lacks: the doctor needs no line for it."""

    def check(_config):
        raise CaptureError("no device; plug it in")

    module = ModuleType("fake_client")
    module.check = check
    monkeypatch.setitem(sys.modules, "fake_client", module)
    monkeypatch.setitem(client.CLIENTS, "window", "fake_client")
    (display,) = (check for check in CHECKS if check.what == "display")
    findings = list(examine(parse({"screen": {"kind": "window"}}), [display]))
    assert findings == [Finding("display", "failure", "no device; plug it in")]

"""Who may see the page and ask for things: over real HTTP, with what browsers send."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_side import Browser, page

import bot.web.app
from bot.config import parse
from bot.web.access import HEADERS, is_own_name, is_own_origin
from bot.web.extra import WebError, password_of

ROUTES = re.findall(r'Route\("([^"]+)", ([^\n]*)\)', Path(bot.web.app.__file__).read_text(encoding="utf-8"))
CHANGING = [path for path, rest in ROUTES if "POST" in rest]
LOOKING = [path for path, rest in ROUTES if "POST" not in rest and path not in ("/api/live", "/login")]
SECRET = "hush-4711"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser at a page without a password."""
    with page(tmp_path_factory.mktemp("open")) as one:
        yield one


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """The port of a page with a password."""
    with page(tmp_path_factory.mktemp("locked"), password=SECRET) as one:
        yield one.port


def test_every_address_is_among_those_that_are_tried():
    """A new one that changes something is tested below by being there."""
    assert {"/api/request/{verb}", "/api/plan", "/api/plan/stop", "/login", "/logout"} <= set(CHANGING)
    assert len(LOOKING) > 10


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_nothing_is_changed_by_a_request_from_elsewhere(browser, path, origin):
    """A page of another site, or of another port of this machine, cannot drive the bot: its Origin tells."""
    answer = browser.post(path.replace("{verb}", "pause"), origin=origin)
    assert answer.status == 403
    assert "Origin" in answer.json["why"]


@pytest.mark.parametrize("path", [*LOOKING, "/static/style.css", "/no/such/page"])
def test_every_answer_tells_browsers_what_to_refuse(browser, path):
    """No foreign script, style, frame or connection; no other site may embed what is answered."""
    headers = browser.get(path.replace("{name}", "x").replace("{name:path}", "first_watch")).headers
    for name, value in HEADERS.items():
        assert headers[name] == value or name == "cache-control"
    assert "unsafe" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "192.168.1.7", "", "127.0.0.1.evil.example", "[::"]
)
def test_a_name_that_only_points_at_this_machine_is_turned_away(browser, host):
    """DNS rebinding: without a password the page has no other way to know its own browser."""
    assert browser.get("/api/log", host=host).status in (400, 421)


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "127.0.0.5:80", "[::1]:8765"])
def test_this_machines_own_names_are_its_own(host):
    """A tunnel may change the port."""
    assert is_own_name(host)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://127.0.0.1:8765", "127.0.0.1:8765", True),
        ("https://bot.example", "bot.example", True),
        ("HTTP://LOCALHOST:1", "localhost:1", True),
        ("http://127.0.0.1:8766", "127.0.0.1:8765", False),
        ("http://localhost:8765", "127.0.0.1:8765", False),
        ("null", "127.0.0.1:8765", False),
        ("file://127.0.0.1:8765", "127.0.0.1:8765", False),
        ("http://[", "127.0.0.1:8765", False),
        ("", "", False),
    ],
)
def test_an_origin_is_own_where_it_is_the_host(origin, host, own):
    """A proxy that speaks TLS changes the scheme only."""
    assert is_own_origin(origin, host) is own


@pytest.mark.parametrize("path", [*LOOKING, "/api/live"])
def test_with_a_password_nothing_is_seen_before_the_login(locked, path):
    """But the login and the page's own files."""
    answer = Browser(locked).get(path.replace("{name}", "x").replace("{name:path}", "first_watch"))
    assert answer.status == (303 if path == "/" else 401)
    assert Browser(locked).get("/static/words.js").status == 200
    assert Browser(locked).get("/login").status == 200


def test_a_login_gives_a_cookie_that_no_other_site_can_use_and_a_logout_ends_it(locked):
    """HttpOnly and SameSite=Strict."""
    browser = Browser(locked)
    assert browser.post("/api/request/pause").status == 401
    told = browser.post("/login", {"password": SECRET}).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in told.split(";")}
    assert SECRET not in told
    assert browser.get("/api/log").status == 200
    assert browser.get("/api/log", host="bot.example").status == 200
    assert browser.get("/login").status == 303
    cookie = browser.cookie
    browser.post("/logout")
    assert browser.get("/api/log", cookie=cookie).status == 401


def test_passwords_cannot_be_tried_fast(tmp_path):
    """Five at once, by all callers together; then even the right one has to wait."""
    with page(tmp_path, password=SECRET) as browser:
        assert [browser.post("/login", {"password": "guess"}).status for _ in range(7)] == [403] * 5 + [429] * 2
        assert browser.post("/login", {"password": SECRET}).status == 429


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"{}", "text/plain", 400), (b"[]", "", 400), (b"", "", 400), (b"{" * 70_000, "", 400), (b"\xff", "", 400)],
)
def test_only_small_json_objects_are_taken(browser, body, kind, status):
    """A form of another site cannot send JSON; what is too large is not even read."""
    answer = browser.post("/api/request/pause", body, content_type=kind or "application/json")
    assert (answer.status, answer.json["code"]) == (status, "bad_payload")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/api/faults/%2e%2e/log.jsonl", "/api/faults/..%2F..%2Fbot/x.png",
        "/api/reports/..%2Flog.jsonl", "/api/traces/..:log.jsonl", "/api/traces/%00", "/api/stages/%2Fetc%2Fpasswd",
    ],
)  # fmt: skip
def test_no_file_is_served_but_those_of_the_page(browser, path):
    """No path leads out of the folders."""
    assert browser.get(path).status == 404


def test_an_address_that_others_can_reach_needs_a_password(monkeypatch):
    """In one line, before anything listens; the environment's password counts."""
    everywhere = parse({"web": {"host": "0.0.0.0"}}).web
    with pytest.raises(WebError, match=r"set \[web\] password"):
        password_of(everywhere)
    monkeypatch.setenv("HOLDFAST_WEB_PASSWORD", SECRET)
    assert password_of(everywhere) == SECRET
    assert SECRET not in repr(parse({"web": {"password": SECRET}}))

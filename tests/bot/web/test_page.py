"""The page as people see it: a real Chromium at a real run of the practice game, each view, both languages, a phone."""

from __future__ import annotations

import os
import re
import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from runs import PATIENCE, SMALL, configuration, holdfast, quick_level
from web_side import Browser, page

from bot.report import report_of, write

VIEWS = ("live", "curves", "log", "faults", "traces", "stages", "report")
TITLES = {
    "en": ("Live", "Curves", "Log", "Faults", "Traces", "Stages", "Report"),
    "zh": ("实况", "曲线", "日志", "故障", "录像", "关卡", "报告"),
}
SIGNS = {
    "live": "#view canvas[data-drawn]", "curves": ".chart polyline", "log": ".log li", "faults": "#view > p",
    "traces": ".board .tile", "stages": ".waves circle", "report": "#view table",
}  # fmt: skip
"""What a view shows once it has its data."""
ENGLISH = re.compile(r"[A-Za-z]{2,}[ ,]+[a-z]{2,}")
"""Two English words in a row; a command, which is typed as it is, is left out before."""
COMMAND = re.compile(r"holdfast [a-z ]+")
WIDTHS = {"desk": (1280, 800), "phone": (390, 844)}

pytestmark = pytest.mark.timeout(600)


class Shown(NamedTuple):
    """A browser with the page of a run open."""

    chromium: Any
    port: int

    def open(self, view: str, language: str = "en", width: str = "desk", colours: str = "light") -> None:
        """Open a view, and wait until it shows its data."""
        across, down = WIDTHS[width]
        screen = {"width": across, "height": down, "deviceScaleFactor": 1, "mobile": width == "phone"}
        self.chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        self.chromium.get(f"http://localhost:{self.port}/static/icon.svg")
        self.run("localStorage.language = arguments[0]; localStorage.colours = arguments[1]", language, colours)
        self.chromium.get(f"http://localhost:{self.port}/#{view}")
        self.until(f"return document.querySelector({SIGNS[view]!r})")

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.chromium.execute_script(script, *arguments)

    def until(self, script: str, *arguments: Any) -> Any:
        """Wait until a script returns something."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := self.run(script, *arguments):
                return found
            time.sleep(0.1)
        raise AssertionError(script, self.run("return document.body.innerText"))

    def click(self, choice: str) -> None:
        """Click on the first element of a selector."""
        self.run("document.querySelector(arguments[0]).click()", choice)

    def write(self, choice: str, value: Any) -> None:
        """Give the first field of a selector a value, as typing, dragging or choosing does."""
        self.run(
            """const field = document.querySelector(arguments[0]);
            field.value = arguments[1];
            for (const event of ['input', 'change']) field.dispatchEvent(new Event(event))""",
            choice, value,
        )  # fmt: skip

    def complaints(self) -> list[str]:
        """What the browser says of errors since it was asked last."""
        return [line["message"] for line in self.chromium.get_log("browser") if line["level"] != "INFO"]


@pytest.fixture(scope="module")
def shown(chromium, tmp_path_factory, unused_port):
    """The page of a run that has settled a battle."""
    folder = tmp_path_factory.mktemp("run")
    port = unused_port + 1 if unused_port < 65535 else unused_port - 1
    tables = {"web": {"enabled": True, "port": port}, "practice": SMALL, "play": {"stage": quick_level(folder).name}}
    config = configuration(folder, unused_port, **tables)
    with holdfast("run", "--config", config, "--json", env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        for line in process.stdout:
            if '"event":"battle"' in line:
                break
        # What else it prints would fill the pipe; it is in the log as well.
        process.stdout.close()
        yield Shown(chromium, port)
        process.kill()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_whole_in_both_languages_on_desk_and_phone(shown, pictures, view, width, language):
    """It shows its data in that language alone, nothing is wider than the screen, and the browser complains not."""
    colours = "dark" if language == "zh" else "light"
    shown.open(view, language, width, colours)
    titles = shown.run("return [...document.querySelectorAll('nav a')].map((one) => one.textContent)")
    assert tuple(titles) == TITLES[language]
    assert shown.run("return document.documentElement.scrollWidth - innerWidth") <= 0
    assert shown.run("return document.documentElement.lang") == language
    texts = shown.run("return document.body.innerText").splitlines()
    assert language == "en" or [one for one in texts if ENGLISH.search(COMMAND.sub("", one))] == []
    assert shown.complaints() == []
    shown.chromium.save_screenshot(str(pictures / f"{view}-{width}-{language}.png"))


def test_the_frame_moves_and_is_drawn_on(shown):
    """The number of the drawn message grows, the picture is not black, and each layer can be left out."""
    shown.open("live")
    first = shown.run("return Number(document.querySelector('canvas').dataset.drawn)")
    shown.until("return Number(document.querySelector('canvas').dataset.drawn) > arguments[0] + 1", first)
    bright = """const canvas = document.querySelector('canvas');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((one) => one > 200)"""
    assert shown.until(bright)
    assert shown.run("return document.querySelectorAll('.chip input').length") == 3
    shown.until("return document.querySelectorAll('.decisions li').length")


def test_the_buttons_ask_the_bot(shown):
    """Pause takes the hands off, resume puts them on; speed and learning are answered too."""
    shown.open("live")
    state = "return document.getElementById('state').dataset.state"
    shown.click("[data-ask=pause]")
    shown.until(f"{state} === 'paused'")
    assert Browser(shown.port).get("/api/status").json["gate"] == "shut"
    shown.click("[data-ask=off]")
    shown.until("return document.getElementById('said').textContent.includes('learning')")
    assert Browser(shown.port).get("/api/status").json["learning"] is False
    shown.click("[data-ask=resume]")
    shown.until(f"{state} !== 'paused'")


def test_a_trace_is_gone_through_event_by_event(shown):
    """The slider and the buttons move by one event; an operator or enemy is drawn somewhere in the battle."""
    shown.open("traces")
    shown.until("return Number(document.getElementById('scrub').max) > 5")
    shown.write("#scrub", 2)
    at = "return Number(document.getElementById('scrub').value)"
    shown.click("#forward")
    assert shown.run(at) == 3
    shown.click("#back")
    assert shown.run(at) == 2
    shown.write("#battle", 0)
    shown.until("""const scrub = document.getElementById('scrub');
        scrub.value = (Number(scrub.value) + 7) % Number(scrub.max); scrub.dispatchEvent(new Event('input'));
        return document.querySelector('.board .operator, .board .enemy')""")


def test_a_stage_shows_its_map_its_waves_and_its_included_plan(shown):
    """And the slider over the plan's steps takes operators away again."""
    shown.open("stages")
    shown.run("location.hash = 'stages/first_watch'")
    shown.until("return document.querySelectorAll('.board .operator').length > 3")
    assert shown.run("return document.querySelectorAll('.waves circle').length") == 27
    shown.run(
        "const steps = document.getElementById('steps'); steps.value = 1; steps.dispatchEvent(new Event('input'))"
    )
    assert shown.run("return document.querySelectorAll('.board .operator').length") == 1


def test_the_log_is_filtered(shown):
    """By event, level and text."""
    shown.open("log")
    shown.write("#event", "battle")
    shown.until("return [...document.querySelectorAll('.log li b')].every((one) => one.textContent === 'battle')")
    shown.write("#text", "no such text")
    shown.until("return document.querySelectorAll('.log li').length === 0")


def test_a_written_report_is_told_in_the_language_of_the_page(chromium, tmp_path):
    """In Chinese from the figures beside it, in English as it was written; one without figures stays English."""
    lines = [{"event": "started", "stage": "1-7"}, {"event": "need_human", "why": "the gate is shut"}]
    now = datetime.now().astimezone()
    report = report_of([{"time": now.isoformat(), **line} for line in lines], now - timedelta(hours=1))
    file = write(report, tmp_path / "data" / "reports")
    with page(tmp_path) as one:
        shown = Shown(chromium, one.port)
        for language, told in (("zh", "操作已松开"), ("en", "the gate is shut")):
            chromium.get(f"http://localhost:{one.port}/static/icon.svg")
            shown.run("localStorage.language = arguments[0]", language)
            chromium.get(f"http://localhost:{one.port}/#report")
            shown.until("return document.querySelector('.chips button')")
            shown.click(".chips button")
            text = shown.until("return document.querySelector('.charts > :last-child div:last-child').innerText")
            assert told in text
            assert (file.name in text) == (language == "zh")
        file.with_suffix(".json").unlink()
        shown.run("localStorage.language = 'zh'; location.reload()")
        shown.until("return document.documentElement.lang === 'zh' && document.querySelector('.chips button')")
        shown.click(".chips button")
        shown.until("return document.querySelector('pre')?.innerText.includes('the gate is shut')")


def test_a_browser_logs_in_before_it_sees_anything(chromium, tmp_path):
    """The login says that a password is wrong, and leads to the page once it is right."""
    with page(tmp_path, password="hush-4711") as one:
        shown = Shown(chromium, one.port)
        chromium.get(f"http://localhost:{one.port}/")
        assert chromium.current_url.endswith("/login")
        for password, done in (("wrong", "return document.getElementById('said').textContent"),
                               ("hush-4711", "return location.pathname === '/'")):  # fmt: skip
            shown.run(
                "document.getElementById('password').value = arguments[0]; document.forms[0].requestSubmit()", password
            )
            shown.until(done)
        shown.until("return document.querySelectorAll('#tools button').length === 3")

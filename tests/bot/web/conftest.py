"""A real headless Chromium, for the tests that look at the page as people do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium(tmp_path_factory) -> Iterator[Any]:
    """Chromium, driven by its own driver; tests that need it skip where one of the two is not installed."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("Chromium is not installed; on Debian: apt-get install chromium chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    environment = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home")), "SE_OFFLINE": "true"}
    browser = webdriver.Chrome(options=options, service=Service(driver, env=environment))
    browser.set_script_timeout(30)
    yield browser
    browser.quit()


@pytest.fixture
def pictures(request, tmp_path) -> Path:
    """Where a test leaves its pictures: the folder of HOLDFAST_PICTURES, to look at them, else a temporary one."""
    folder = Path(os.environ.get("HOLDFAST_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder

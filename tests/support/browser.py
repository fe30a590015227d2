"""A headless Chromium, driven through its own driver; it reaches no network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from support.tools import need

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)


@contextmanager
def chromium(profile: Path) -> Iterator[Chrome]:
    """A browser with the new, empty user folder *profile*, its console recorded."""
    need("chromium", "chromedriver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Chromium also writes to the home folder, which the other tests want empty.
    env = os.environ | {"HOME": str(profile)}
    service = webdriver.ChromeService(shutil.which("chromedriver"), env=env)
    browser = webdriver.Chrome(options=options, service=service)
    browser.set_page_load_timeout(30)
    try:
        yield browser
    finally:
        browser.quit()


def width(browser: Chrome, pixels: int) -> None:
    """Lay the page out *pixels* wide, as a phone does (a window cannot be so narrow)."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": pixels, "height": 800, "deviceScaleFactor": 1, "mobile": pixels < 600},
    )


def dark(browser: Chrome, on: bool) -> None:
    """Prefer dark colours, or light ones."""
    value = "dark" if on else "light"
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": value}]},
    )


def faults(browser: Chrome) -> list[str]:
    """What axe-core finds of the page that is open: the rule, where, and why."""
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    browser.execute_script(axe)
    script = """const done = arguments[0];
        axe.run(document).then((result) => done(result.violations.map((rule) =>
            `${rule.id}: ${rule.nodes[0].target}: ${rule.nodes[0].failureSummary}`)));"""
    found: list[str] = browser.execute_async_script(script)
    return found

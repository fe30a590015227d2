"""The page in a real browser: it renders, sorts and filters, and its console stays empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from patchseries.report.html import html_page
from patchseries.report.pagemodel import Page
from report.pages import PAGE, hostile
from support.browser import chromium, dark, width

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

NASTY = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def shown(browser: Chrome, tmp_path: Path) -> Iterator[Chrome]:
    """The plain page, open; at the end its console must be empty."""
    show(browser, PAGE, tmp_path)
    yield browser
    assert console(browser) == []


def console(browser: Chrome) -> list[dict[str, Any]]:
    """What the page has told the console since it was last read; the browser's own pages may
    tell it of a slow network."""
    told: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry for entry in told if not entry["message"].startswith("chrome://")]


def show(browser: Chrome, page: Page, folder: Path) -> None:
    file = folder / "report.html"
    file.write_text(html_page(page))
    width(browser, 1280)
    browser.get(file.as_uri())


def texts(browser: Chrome, css: str) -> list[str]:
    """The text of every element that is to be seen."""
    script = """return Array.from(document.querySelectorAll(arguments[0]))
        .filter((e) => e.checkVisibility()).map((e) => e.textContent.trim())"""
    found: list[str] = browser.execute_script(script, css)
    return found


def field(browser: Chrome, name: str) -> Any:
    return browser.find_element("id", name)


def test_it_renders(shown: Chrome) -> None:
    assert shown.title == "oven · patch series"
    assert texts(shown, "article h3") == ["1. alpha", "2. beta", "3. gamma"]
    assert texts(shown, "#told") == ["3 of 3 patches"]
    assert len(texts(shown, "svg.axis circle.hollow")) == 1
    for section in ("landing", "bases", "findings", "patches", "packages"):
        assert texts(shown, f"#{section} h2")


def test_it_is_dressed(shown: Chrome) -> None:
    """The policy lets its own style through: a pill is round."""
    radius = "return getComputedStyle(document.querySelector('.pill')).borderRadius"
    assert shown.execute_script(radius) != "0px"


def test_words_filter_every_part(shown: Chrome) -> None:
    field(shown, "words").send_keys("BETA better")
    assert texts(shown, "#told") == ["1 of 3 patches"]
    assert texts(shown, "article h3") == ["2. beta"]
    assert texts(shown, "#bases tbody th") == ["beta"]
    assert texts(shown, "#landing tbody th") == ["beta"]
    assert texts(shown, "#findings tbody td:nth-child(3)") == ["beta", ""]
    assert len(shown.find_elements("css selector", "svg g.dim")) == 2


def test_project_and_state_filter(shown: Chrome) -> None:
    from selenium.webdriver.support.ui import Select

    project, state = Select(field(shown, "project")), Select(field(shown, "state"))
    project.select_by_visible_text("timer")
    assert texts(shown, "article h3") == ["3. gamma"]
    project.select_by_visible_text("every project")
    state.select_by_visible_text("superseded")
    assert texts(shown, "article h3") == ["2. beta"]
    state.select_by_visible_text("conflict")
    assert texts(shown, "article h3") == ["2. beta"]
    field(shown, "words").send_keys("nothing like it")
    assert texts(shown, "#told") == ["0 of 3 patches"]


def test_a_column_sorts_both_ways(shown: Chrome) -> None:
    (button, *_) = shown.find_elements("css selector", "#bases thead button")
    button.click()
    button.click()
    assert texts(shown, "#bases tbody th") == ["gamma", "beta", "alpha"]
    head = shown.find_element("css selector", "#bases thead th")
    assert head.get_attribute("aria-sort") == "descending"
    button.click()
    assert texts(shown, "#bases tbody th") == ["alpha", "beta", "gamma"]


def test_severities_sort_by_weight_and_versions_by_number(shown: Chrome) -> None:
    (by_severity, *_) = shown.find_elements("css selector", "#findings thead button")
    by_severity.click()
    assert texts(shown, "#findings tbody .pill") == ["error", "warning", "note"]
    by_severity.click()
    assert texts(shown, "#findings tbody .pill") == ["note", "warning", "error"]
    by_version = shown.find_elements("css selector", "#packages thead button")[1]
    by_version.click()
    assert texts(shown, "#packages tbody td:nth-child(2)") == ["1.0-1+0x1", "1.0-10+0x1"]


@pytest.mark.parametrize("pixels", [360, 1280])
def test_nothing_sticks_out(shown: Chrome, pixels: int) -> None:
    width(shown, pixels)
    wide = "return document.documentElement.scrollWidth"
    assert shown.execute_script(wide) <= pixels


def test_dark_mode_is_dark(shown: Chrome) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    brightness = {}
    for on in (False, True):
        dark(shown, on)
        text = shown.execute_script(colour)
        brightness[on] = sum(int(n) for n in text[text.index("(") + 1 : -1].split(",")[:3])
    assert brightness[False] > 700 > 100 > brightness[True]


def test_on_paper_everything_is_open(shown: Chrome) -> None:
    count = "return document.querySelectorAll('details:not([open])').length"
    closed = shown.execute_script(count)
    assert closed
    shown.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert shown.execute_script(count) == 0
    shown.execute_script("dispatchEvent(new Event('afterprint'))")
    assert shown.execute_script(count) == closed
    assert shown.print_page()


def test_a_hostile_page_does_nothing(browser: Chrome, tmp_path: Path) -> None:
    show(browser, hostile(NASTY), tmp_path)
    assert "broken" not in browser.title.replace(NASTY, "")
    assert texts(browser, "#told") == ["1 of 1 patches"]
    images = [one.get_attribute("src") for one in browser.find_elements("css selector", "img")]
    assert images == [figure.uri for figure in hostile(NASTY).figures]
    assert console(browser) == []

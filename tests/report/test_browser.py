"""The page in a real browser: it renders, sorts and filters, and its console stays empty."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.support.ui import Select, WebDriverWait

from patchseries.model import Finding, Outcome, Severity
from patchseries.report.html import html_page
from patchseries.report.pagemodel import Page, PatchOnBases
from report.pages import PAGE, hostile, patch
from support.browser import chromium, dark, faults, width

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


def test_every_outcome_is_a_pill_of_one_size(browser: Chrome, tmp_path: Path) -> None:
    patches = tuple(patch(n, f"fix-{n}", "stove", "landed", o, o) for n, o in enumerate(Outcome))
    show(browser, replace(PAGE, patches=patches), tmp_path)
    heights = """return Array.from(document.querySelectorAll("#bases td .pill"))
        .map((e) => e.offsetHeight)"""
    found = browser.execute_script(heights)
    assert (len(found), len(set(found))) == (2 * len(Outcome), 1)


def test_a_project_without_patches_has_no_heading(browser: Chrome, tmp_path: Path) -> None:
    show(browser, replace(PAGE, patches=PAGE.patches[:2]), tmp_path)
    assert texts(browser, "#landing h3") == ["stove", "radio"]  # of radio there is only a word


def test_words_filter_every_part(shown: Chrome) -> None:
    field(shown, "words").send_keys("BETA better")
    assert texts(shown, "#told") == ["1 of 3 patches"]
    assert texts(shown, "article h3") == ["2. beta"]
    assert texts(shown, "#bases tbody th") == ["beta"]
    assert texts(shown, "#landing tbody th") == ["beta"]
    assert texts(shown, "#findings .card code") == ["conflict", "stray-file"]
    assert len(shown.find_elements("css selector", "svg g.dim")) == 2
    assert texts(shown, "#landing h3") == ["stove", "radio"]  # of radio there is only a word


def test_project_and_state_filter(shown: Chrome) -> None:
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
    assert texts(shown, "#bases tbody th") == ["beta", "alpha", "gamma"]
    head = shown.find_element("css selector", "#bases thead th")
    assert head.get_attribute("aria-sort") == "descending"
    button.click()
    assert texts(shown, "#bases tbody th") == ["alpha", "beta", "gamma"]


def test_versions_sort_by_number(shown: Chrome) -> None:
    by_version = shown.find_elements("css selector", "#packages thead button")[1]
    by_version.click()
    by_version.click()
    assert texts(shown, "#packages tbody td:nth-child(2)") == ["1.0-10+0x1", "1.0-1+0x1"]


def test_the_gravest_findings_come_first(shown: Chrome) -> None:
    assert texts(shown, "#findings .pill") == ["error", "warning", "note"]


def test_words_of_a_diff_find_its_patch(browser: Chrome, tmp_path: Path) -> None:
    view = replace(PAGE.patches[1], texts=(PatchOnBases(("1.0",), "+a very rare word\n"),))
    show(browser, replace(PAGE, patches=(PAGE.patches[0], view)), tmp_path)
    field(browser, "words").send_keys("rare word")
    assert texts(browser, "article h3") == ["2. beta"]


OPEN = "document.querySelectorAll(arguments[0]).forEach((e) => { e.open = true; })"


def test_a_diff_is_dressed_when_it_is_opened(shown: Chrome) -> None:
    assert shown.find_elements("css selector", "pre span") == []
    before = texts(shown, "#patch-alpha .diff")
    shown.execute_script(OPEN, "#patch-alpha .diff")
    WebDriverWait(shown, 5).until(lambda _: texts(shown, "#patch-alpha pre span"))
    kinds = {
        span.text: span.get_attribute("class")
        for span in shown.find_elements("css selector", "#patch-alpha pre[data-kind=diff] span")
    }
    assert kinds == {
        "--- a/x": "file",
        "+++ b/x": "file",
        "@@ -1 +1 @@": "hunk",
        "-older": "del",
        "-old": "del",
        "+new": "add",
    }
    compared = "#patch-alpha pre[data-kind=range] span"
    assert [e.get_attribute("class") for e in shown.find_elements("css selector", compared)] == [
        "hunk",
        "add",
        "del",
    ]
    assert [text.split() for text in texts(shown, "#patch-alpha .diff")] == [
        text.split() for text in before
    ]


def test_the_patch_of_each_base_and_what_differs_can_be_seen(shown: Chrome) -> None:
    assert texts(shown, "#patch-beta .diff summary") == [
        "source against the port: what the port changed",
        "The patch on 1.0",
        "What differs between 1.0 (-) and 1.1 (+)",
        "The patch on 1.1",
    ]
    shown.execute_script(OPEN, "#patch-beta .diff")
    assert any("+-old" in text for text in texts(shown, "#patch-beta pre"))


def test_without_script_all_can_be_read(browser: Chrome, tmp_path: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, PAGE, tmp_path)
        assert not browser.find_element("css selector", "form").is_displayed()
        browser.find_element("css selector", "#patch-gamma .diff:last-of-type summary").click()
        assert browser.find_element("css selector", "#patch-gamma .diff[open] pre").text.endswith(
            "@@ -1 +1 @@\n-old\n+new"
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


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


LONG = Finding(
    "conflict", Severity.ERROR, "a long story of many words " * 12, "beta", f"x/{'y' * 60}", 9, "do"
)


def test_on_a_phone_the_text_of_a_finding_is_on_the_screen(browser: Chrome, tmp_path: Path) -> None:
    show(browser, replace(PAGE, findings=(LONG, *PAGE.findings)), tmp_path)
    width(browser, 390)
    edges = """return Array.from(document.querySelectorAll("#findings li, #findings .place"))
        .map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right])"""
    places = browser.execute_script(edges)
    assert len(places) == 7
    assert all(0 <= left < right <= 390 for left, right in places)
    wide = """return Array.from(document.querySelectorAll("#findings *"))
        .filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth).length"""
    assert browser.execute_script(wide) == 0


def paper(browser: Chrome) -> list[str]:
    """What is printed: the elements that leave a trace on paper, by section or patch."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        return texts(browser, "h2, article h3, article pre")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_on_paper_the_page_is_its_summary(shown: Chrome) -> None:
    summary = ["What landed where", "Patch by base", "Findings", "Packages", "Settings", "Figures"]
    assert paper(shown) == summary
    assert shown.print_page()
    shown.execute_script(OPEN, "#patch-beta .diff:last-of-type")
    *before, patches, beta, diff = paper(shown)
    assert [*before, patches, beta] == [*summary, "The patches", "2. beta"]
    assert diff.startswith("--- a/x")


def test_on_paper_long_tables_have_what_needs_attention(browser: Chrome, tmp_path: Path) -> None:
    words = ("landed", "clean", "clean"), ("not-landed", "clean", "conflict")
    patches = tuple(
        patch(
            n,
            f"fix-{n}",
            "stove",
            *words[n == 17],
        )
        for n in range(60)
    )
    show(browser, replace(PAGE, patches=patches), tmp_path)
    assert len(texts(browser, "#bases tbody th")) == 60
    assert texts(browser, ".paper") == []
    short = replace(PAGE, patches=patches[:30])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert texts(browser, "#landing tbody th") == ["fix-17"]
        assert texts(browser, "#bases tbody th") == ["fix-17"]
        assert texts(browser, ".paper") == [
            "Of 60 patches, those that landed are left out on paper.",
            "Of 60 patches, those that are clean, or in a base already, are left out on paper.",
        ]
        show(browser, short, tmp_path)
        assert len(texts(browser, "#bases tbody th")) == 30
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def printed(browser: Chrome) -> int:
    """How many letters, about, are on paper, by the drawing operators of the PDF."""
    pdf = b64decode(browser.print_page())
    streams = re.findall(rb"FlateDecode.*?stream\n(.*?)endstream", pdf, re.DOTALL)
    return sum(zlib.decompress(stream).count(b"Tj\n") for stream in streams)


def test_on_paper_each_sheet_of_a_table_has_its_head(browser: Chrome, tmp_path: Path) -> None:
    patches = tuple(patch(n, f"fix-{n}", "stove", "", "clean", "conflict") for n in range(200))
    show(browser, replace(PAGE, patches=patches), tmp_path)
    once = len("".join(texts(browser, "thead th")))
    with_heads = printed(browser)
    hide = "document.querySelectorAll('thead').forEach((e) => { e.style.visibility = 'hidden' })"
    browser.execute_script(hide)
    assert with_heads - printed(browser) > 3 * once


def test_a_long_table_scrolls_by_itself_below_its_head(browser: Chrome, tmp_path: Path) -> None:
    patches = tuple(patch(n, f"fix-{n}", "stove", "landed", "clean", "clean") for n in range(60))
    show(browser, replace(PAGE, patches=patches), tmp_path)
    script = """const table = document.querySelector("#bases .long");
        table.scrollTop = 900;
        const head = table.querySelector("thead th").getBoundingClientRect();
        return [table.clientHeight < innerHeight, head.top - table.getBoundingClientRect().top]"""
    fits, place = browser.execute_script(script)
    assert fits
    assert 0 <= place < 3


def test_of_a_long_series_only_what_is_looked_at_is_laid_out(
    browser: Chrome, tmp_path: Path
) -> None:
    diff = "".join(f"+line {n}\n" for n in range(400))
    patches = tuple(
        replace(
            patch(n, f"fix-{n}", "stove", "landed", "clean", "clean"),
            texts=(PatchOnBases(("1.0",), diff),),
        )
        for n in range(300)
    )
    show(browser, replace(PAGE, patches=patches), tmp_path)
    assert browser.execute_script("return document.querySelectorAll('*').length") < 300 * 100
    laid_out = """return Array.from(document.querySelectorAll("article header"))
        .filter((e) => e.checkVisibility({ contentVisibilityAuto: true })).length"""
    assert browser.execute_script(laid_out) == 0
    browser.execute_script("document.getElementById('patch-fix-200').scrollIntoView()")
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script(laid_out))
    assert browser.execute_script(laid_out) < 30


@pytest.mark.parametrize("pixels", [390, 1280])
@pytest.mark.parametrize("on", [False, True], ids=["light", "dark"])
def test_it_is_accessible(shown: Chrome, pixels: int, on: bool) -> None:
    """axe knows of no fault, with every part of the page open."""
    width(shown, pixels)
    dark(shown, on)
    shown.execute_script(OPEN, "details")
    style = (
        "document.querySelectorAll('article').forEach((e) => e.style.contentVisibility = 'visible')"
    )
    shown.execute_script(style)
    assert faults(shown) == []


def test_a_hostile_page_does_nothing(browser: Chrome, tmp_path: Path) -> None:
    show(browser, hostile(NASTY), tmp_path)
    assert "broken" not in browser.title.replace(NASTY, "")
    assert texts(browser, "#told") == ["1 of 1 patches"]
    images = [one.get_attribute("src") for one in browser.find_elements("css selector", "img")]
    assert images == [figure.uri for figure in hostile(NASTY).figures]
    assert console(browser) == []

"""The page: it stands alone, says what it was given, and lets nothing of it become markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.model import Finding, Severity
from patchseries.report.html import alike, html_page, is_plain, shortened
from patchseries.report.links import web_address
from patchseries.report.pagemodel import CellView, Page, PatchOnBases
from report.pages import PAGE, hostile

NASTY = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}--><svg/onload=x>"
)


class Tags(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def shape(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """The tags of a page and the names of their attributes."""
    return [(tag, tuple(attributes)) for tag, attributes in Tags(html_page(page)).tags]


def test_it_loads_nothing() -> None:
    for tag, attributes in Tags(html_page(PAGE)).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "audio", "video")
        if tag == "img":  # an image is in the page itself, and as an image its scripts do not run
            assert re.match(r"data:image/(svg\+xml|png);base64,", attributes.pop("src") or "")
        assert not {"src", "srcset", "data", "background", "action"} & set(attributes)
    assert not re.search(r"url\(|@import", html_page(PAGE))


def test_no_markup_has_style_or_script_of_its_own() -> None:
    for _, attributes in Tags(html_page(PAGE)).tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_policy_allows_its_own_style_and_script_and_nothing_else() -> None:
    text = html_page(PAGE)
    policy = next(a["content"] for _, a in Tags(text).tags if "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert re.findall(r"img-src ([^;]*)", policy) == ["data:"]
    for name in ("style", "script"):
        (inner,) = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


WORDS = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), min_size=1)


@settings(deadline=None)  # the first page compiles the template
@given(st.sampled_from([NASTY, "javascript:alert(1)", "'\"><b>"]) | WORDS)
def test_no_word_becomes_markup(word: str) -> None:
    assert shape(hostile(word)) == shape(hostile("plain"))


def test_every_word_is_there_as_it_was_given() -> None:
    text = "".join(Tags(html_page(hostile(NASTY))).words)
    assert text.count(NASTY) > 15


def test_only_web_addresses_are_links() -> None:
    assert web_address("https://a.invalid/") == "https://a.invalid/"
    links = [a.get("href") or "" for tag, a in Tags(html_page(PAGE)).tags if tag == "a"]
    assert "https://bugs.invalid/7" in links
    assert all(link.startswith(("#", "https://")) for link in links)


def test_commits_and_tags_are_links() -> None:
    links = {a.get("href") for tag, a in Tags(html_page(PAGE)).tags if tag == "a"}
    pages = {f"commit/{'a' * 40}", "tag/2.0b1", "tag/1.0"}
    assert {f"https://forge.invalid/stove/{page}" for page in pages} <= links


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, findings=(), packages=()),
        replace(PAGE, patches=()),
        replace(PAGE, patches=(), projects=()),
        Page("x", "", "", (), (), ()),
    ],
)
def test_a_page_without_much_is_a_page(page: Page) -> None:
    assert "</html>" in html_page(page)


def test_the_head_says_whether_the_check_fails_and_what_is_to_sign_off() -> None:
    found = re.findall(r'class="state (\w+)">([^<]*)<', html_page(PAGE))
    assert found == [("bad", "The check fails: 1 error, 1 warning, 1 note.")]
    notes = replace(PAGE, findings=PAGE.findings[1:])
    found = re.findall(r'class="state (\w+)">([^<]*)<', html_page(notes))
    assert found == [("good", "The check passes: 1 warning, 1 note.")]
    assert "<dt>To sign off</dt><dd><b>1</b></dd>" in html_page(PAGE)


def test_rows_that_nobody_need_look_at_are_plain() -> None:
    """Where it landed those that did; by base those that are clean, or need nothing."""
    rows = [dict(a) for tag, a in Tags(html_page(PAGE)).tags if tag == "tr" and "data-patch" in a]
    plain = [(row["data-patch"], "class" in row) for row in rows]
    assert plain == [
        ("alpha", True),
        ("beta", False),
        ("gamma", False),
        ("alpha", True),
        ("beta", False),
        ("gamma", True),
    ]
    for outcome in ("adapted", "conflict", "missing"):
        cells = (replace(PAGE.patches[0].cells[0], outcome=outcome),)
        assert not is_plain(replace(PAGE.patches[0], cells=cells))


def test_what_waits_or_has_other_line_numbers_says_so() -> None:
    def text(cell: CellView, diff: PatchOnBases) -> str:
        view = replace(PAGE.patches[0], cells=(cell,), texts=(diff,))
        return html_page(replace(PAGE, patches=(view,)))

    usual = text(CellView("1.0", "clean"), PatchOnBases(("1.0", "1.1"), "+a"))
    assert "not signed off" not in usual
    assert "The patch on 1.0 and 1.1<" in usual
    other = text(CellView("1.0", "clean", (), True), PatchOnBases(("1.0", "1.1"), "+a", True))
    assert "</a>, not signed off</li>" in other
    assert "The patch on 1.0 and 1.1; line numbers of 1.1<" in other


def test_of_long_output_the_end_is_shown() -> None:
    lines = [f"line {n}\n" for n in range(31)]
    assert shortened("".join(lines[:30])) == "".join(lines[:30])
    assert shortened("".join(lines)).splitlines() == [
        "(1 line left out)",
        *(line.strip() for line in lines[1:]),
    ]


def test_the_page_begins_as_one_and_is_the_same_text_each_time() -> None:
    assert html_page(PAGE).startswith("<!DOCTYPE html>\n")
    assert html_page(PAGE) == html_page(PAGE)


def test_a_project_has_its_own_columns() -> None:
    text = html_page(PAGE)
    tables = re.findall(r'<table class="matrix">\n<thead>(.*?)</thead>', text, re.DOTALL)
    heads = [re.findall(r'<button type="button">(.*?)</button>', head) for head in tables]
    assert heads == [
        ["patch", "verdict", "one", "two", "three"],
        ["patch", "verdict", "one"],
        ["patch", "1.0", "1.1"],
        ["patch", "1.0", "1.1"],
    ]


def test_bases_with_the_same_to_say_are_one_line() -> None:
    cells = PAGE.patches[0].cells
    assert [(bases, cell.outcome) for bases, cell in alike(cells)] == [(["1.0", "1.1"], "clean")]
    cells = PAGE.patches[1].cells
    assert [bases for bases, _ in alike(cells)] == [["1.0"], ["1.1"]]


def test_what_is_alike_on_several_bases_is_said_once() -> None:
    """In the list of findings, and in the patch's own part."""
    found = [
        Finding("port-as-it-is", Severity.NOTE, f"alpha on {base}: odd", "alpha", base=base)
        for base in ("1.0", "1.1")
    ]
    view = replace(PAGE.patches[0], findings=tuple(found))
    text = html_page(replace(PAGE, patches=(view,), findings=tuple(found)))
    assert text.count("alpha on 1.0 and 1.1: odd") == 2
    assert "alpha on 1.0: odd" not in text


def test_a_diff_has_no_element_for_each_line() -> None:
    """A thousand patches have some hundred thousand lines: the script dresses what is opened."""
    longer = "".join(f"+line {n}\n" for n in range(5000))
    view = replace(PAGE.patches[0], texts=(PatchOnBases(("1.0",), longer),))
    page = replace(PAGE, patches=(view,))
    before = len(Tags(html_page(replace(PAGE, patches=(replace(view, texts=()),)))).tags)
    assert len(Tags(html_page(page)).tags) - before == 3

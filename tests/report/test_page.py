"""The page: it stands alone, says what it was given, and lets nothing of it become markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.report.html import html_page, safe_url
from patchseries.report.pagemodel import Page
from patchseries.report.timeline import LEFT, RIGHT, WIDTH, timeline
from report.pages import PAGE, RELEASES, hostile

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


@given(st.sampled_from([NASTY, "javascript:alert(1)", "'\"><b>"]) | WORDS)
def test_no_word_becomes_markup(word: str) -> None:
    assert shape(hostile(word)) == shape(hostile("plain"))


def test_every_word_is_there_as_it_was_given() -> None:
    text = "".join(Tags(html_page(hostile(NASTY))).words)
    assert text.count(NASTY) > 15


def test_only_web_addresses_are_links() -> None:
    assert safe_url("https://a.invalid/") == "https://a.invalid/"
    assert [safe_url(u) for u in ("javascript:x", "data:text/html,x", "//x", "", None)] == [
        None
    ] * 5
    links = [a.get("href") or "" for tag, a in Tags(html_page(PAGE)).tags if tag == "a"]
    assert "https://bugs.invalid/7" in links
    assert all(link.startswith(("#", "https://bugs.invalid/")) for link in links)


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, findings=(), packages=(), releases=(), unknown={}),
        replace(PAGE, patches=(), bases=()),
        Page("x", "", "", (), (), ()),
    ],
)
def test_a_page_without_much_is_a_page(page: Page) -> None:
    assert "</html>" in html_page(page)


def test_the_same_page_is_the_same_text() -> None:
    assert html_page(PAGE) == html_page(PAGE)


def test_the_axis_keeps_the_order_of_time() -> None:
    axis = timeline(RELEASES, PAGE.patches)
    assert axis is not None
    places = {dot.label: dot.x for lane in axis.lanes for dot in lane.dots}
    ordered = [release.tag for release in sorted(RELEASES, key=lambda r: r.time)]
    assert sorted(places, key=lambda tag: places[tag]) == ordered
    assert all(LEFT <= x <= WIDTH - RIGHT for x in places.values())
    assert [row.name for row in axis.rows] == ["alpha", "beta", "gamma"]
    assert [[dot.hollow for dot in row.dots] for row in axis.rows] == [[False], [True], []]
    assert [row.word for row in axis.rows] == ["", "", "not-landed"]
    landed = axis.rows[0].dots[0]
    assert landed.x == places["2.0b1"]


def test_a_label_gives_way_to_a_release_beside_it() -> None:
    axis = timeline(RELEASES, ())
    assert axis is not None
    shown = {dot.label: dot.shown for lane in axis.lanes for dot in lane.dots}
    assert shown["2.0"]
    assert not shown["2.0rc1"]


def test_without_a_time_there_is_no_axis() -> None:
    assert timeline((), PAGE.patches[2:]) is None

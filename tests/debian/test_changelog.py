"""Our changelog entries, as dpkg reads them."""

from __future__ import annotations

import pytest
from debian.changelog import Changelog
from hypothesis import given
from hypothesis import strategies as st

from patchseries.debian.changelog import (
    ChangelogItem,
    Entry,
    bug_words,
    joined,
    read_date,
    read_head,
    render,
)
from patchseries.debian.request import Maintainer
from patchseries.errors import SeriesError

WHEN = 1378000000


def entry(**changes: object) -> Entry:
    facts: dict[str, object] = {
        "source": "oven",
        "version": "1:1.0-1+0fast1",
        "distribution": "precise",
        "urgency": "low",
        "maintainer": Maintainer("Ada Bäker", "ada@example.org"),
        "timestamp": WHEN,
        "notes": ("Patch series fast on 1.0:",),
        "changes": (ChangelogItem("hotter", "make it hotter", ("LP: #1157261", "Closes: #7")),),
    }
    return Entry(**{**facts, **changes})  # type: ignore[arg-type]


def test_an_entry() -> None:
    lists = (("Upstream is 1.0.", ()), ("Not in this package:", ("colder", "old.patch: gone")))
    assert render(entry(lists=lists)) == (
        "oven (1:1.0-1+0fast1) precise; urgency=low\n"
        "\n"
        "  * Patch series fast on 1.0:\n"
        "    - hotter: make it hotter (LP: #1157261, Closes: #7)\n"
        "  * Upstream is 1.0.\n"
        "  * Not in this package:\n"
        "    - colder\n"
        "    - old.patch: gone\n"
        "\n"
        " -- Ada Bäker <ada@example.org>  Sun, 01 Sep 2013 01:46:40 +0000\n"
    )


@given(st.text(st.characters(categories=["L", "N", "P"]) | st.just(" "), max_size=300))
def test_any_subject_makes_an_entry_that_debian_reads(subject: str) -> None:
    text = render(entry(changes=(ChangelogItem("n", subject, ("LP: #12345",)),)))
    parsed = Changelog(text, strict=True)
    assert str(parsed.version) == "1:1.0-1+0fast1"
    assert "LP: #12345" in text
    assert read_date(text) == WHEN
    assert read_head(text).source == "oven"


def test_bugs_are_closed_as_their_trackers_want_it() -> None:
    links = [
        "https://bugs.launchpad.net/nova/+bug/1213080",
        "https://bugs.launchpad.net/bugs/1213080",
        "https://bugs.debian.org/722505",
        "https://bugs.debian.org/cgi-bin/bugreport.cgi?bug=1",
        "https://example.org/7",
    ]
    assert bug_words(links) == ("LP: #1213080", "Closes: #722505", "Closes: #1")


def test_what_is_no_changelog_is_refused() -> None:
    for text in ("", "hello\n", "oven 1.0-1 unstable\n"):
        with pytest.raises(SeriesError, match="does not begin with an entry"):
            read_head(text)
    assert read_date("nothing") == 0
    assert joined("a\n\n", "", "b") == "a\n\nb\n"

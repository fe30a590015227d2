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
    continued,
    joined,
    read_date,
    read_head,
    read_versions,
    render,
)
from patchseries.debian.request import Maintainer
from patchseries.debian.version import LONGEST
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


@given(st.text("ab-/", min_size=60, max_size=200))
def test_a_long_word_stays_whole(word: str) -> None:
    """An address that is cut in two leads nowhere."""
    assert word in render(entry(changes=(ChangelogItem("n", f"see {word}"),))).split()


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
    for text in ("", "hello\n", "oven 1.0-1 unstable\n", f"hello\n{RELEASED}"):
        with pytest.raises(SeriesError, match="does not begin with an entry"):
            read_head(text)
    assert read_date("nothing") == 0
    assert joined("a\n\n", "", "b") == "a\n\nb\n"


UNRELEASED = (
    "oven (1.1-1) UNRELEASED; urgency=low\n\n  * Begun (Closes: #1).\n\n"
    " -- Ann <ann@test.invalid>  Mon, 01 Jul 2013 10:00:00 +0000\n\n"
)
RELEASED = (
    "oven (1.0-1) unstable; urgency=low\n\n  * First.\n\n"
    " -- Ann <ann@test.invalid>  Mon, 01 Jul 2013 10:00:00 +0000\n"
)


def next_entry(*notes: str, name: str = "Ann") -> Entry:
    ann = Maintainer(name, "ann@test.invalid")
    return Entry("oven", "1.1-1", "UNRELEASED", "medium", ann, 1365033600, notes)


def test_an_entry_goes_on_top_of_a_released_one() -> None:
    made = continued(RELEASED, next_entry("Two."))
    assert made == render(next_entry("Two.")) + "\n" + RELEASED


def test_an_unreleased_entry_is_continued_and_never_twice() -> None:
    made = continued(UNRELEASED + RELEASED, next_entry("Begun (Closes: #1).", "Two."))
    assert made == (
        "oven (1.1-1) UNRELEASED; urgency=medium\n\n  * Begun (Closes: #1).\n  * Two.\n\n"
        " -- Ann <ann@test.invalid>  Thu, 04 Apr 2013 00:00:00 +0000\n\n" + RELEASED
    )
    assert continued(made, next_entry("Begun (Closes: #1).", "Two.")) == made


def test_what_another_person_adds_has_their_name() -> None:
    made = continued(UNRELEASED + RELEASED, next_entry("Two.", name="Bob"))
    assert "\n\n  [ Ann ]\n  * Begun (Closes: #1).\n\n  [ Bob ]\n  * Two.\n\n -- Bob" in made
    assert made.endswith("\n\n" + RELEASED)


def test_each_person_has_a_part_of_an_entry_and_who_adds_nothing_has_none() -> None:
    same = continued(UNRELEASED + RELEASED, next_entry("Begun (Closes: #1).", name="Bob"))
    assert "[ " not in same
    assert "\n\n -- Bob <ann@test.invalid>  Thu" in same
    two = continued(UNRELEASED + RELEASED, next_entry("Two.", name="Bob"))
    three = continued(two, next_entry("Three.", name="Cy"))
    assert [line for line in three.splitlines() if "[" in line] == [
        "  [ Ann ]",
        "  [ Bob ]",
        "  [ Cy ]",
    ]


def test_an_entry_that_says_nothing_yet_is_begun() -> None:
    made = continued("\n" + UNRELEASED.replace("  * Begun (Closes: #1).\n", ""), next_entry("Two."))
    assert made.startswith("oven (1.1-1) UNRELEASED; urgency=medium\n\n  * Two.\n\n -- Ann")


def test_an_unreleased_entry_without_an_end_is_not_guessed_at() -> None:
    with pytest.raises(SeriesError, match="not complete"):
        continued("oven (1.1-1) UNRELEASED; urgency=low\n\n  * Begun.\n", next_entry("Two."))


def test_continuing_takes_linear_time() -> None:
    many = "oven (1.1-1) UNRELEASED; urgency=low\n\n" + "  * x\n" * 200_000
    with pytest.raises(SeriesError, match="not complete"):
        continued(many, next_entry("Two."))


@pytest.mark.parametrize(
    "date", ["not a date", "Mon, 01 Jul 1900 10:00:00 +0000", "Mon, 99 Jul 2013 10:00:00 +0000"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    """Nor is one before dates were counted."""
    assert read_date(f" -- Ann <ann@test.invalid>  {date}\n") == 0
    assert read_date(f"{RELEASED}\n -- Ann <ann@test.invalid>  {date}\n") == 1372672800


def test_versions_that_are_too_long_are_passed_over() -> None:
    entries = [f"oven ({'1' * length}) unstable; urgency=low" for length in (LONGEST, LONGEST + 1)]
    assert read_versions("\n".join(entries)) == ["1" * LONGEST]
    assert read_versions(UNRELEASED + RELEASED) == ["1.1-1", "1.0-1"]
    assert read_head(f"\n \n{entries[0]}").version == "1" * LONGEST
    with pytest.raises(SeriesError, match=f"a version of {LONGEST + 1} characters"):
        read_head(entries[1])

"""quilt's series file: what is written is read again, and comments stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.patches.quilt import (
    SeriesLine,
    append_series,
    format_series,
    kept_series,
    parse_series,
    renamed_series,
)

NAME = st.builds(
    str.__add__,
    st.sampled_from("az09"),
    st.text("abcxyz0189._/+-", max_size=12),
)
NAMES = st.lists(NAME, max_size=5)


@given(NAMES)
def test_what_is_written_is_read(names: list[str]) -> None:
    assert [line.name for line in parse_series(format_series(names))] == names


@given(st.text(max_size=40), NAMES)
def test_what_is_appended_comes_last_and_the_text_stays(text: str, names: list[str]) -> None:
    longer = append_series(text, names)
    assert longer.startswith(text)
    read = parse_series(longer)
    assert [line.name for line in read[len(read) - len(names) :]] == names
    assert read[: len(read) - len(names)] == parse_series(text)


def test_options_and_comments() -> None:
    text = "# head\n\n a.patch\t-p0 -R # why\nb#c.patch\n#d.patch\n"
    assert parse_series(text) == (SeriesLine("a.patch", ("-p0", "-R")), SeriesLine("b#c.patch"))


def test_only_ascii_blanks_separate() -> None:
    """dpkg-source reads bytes: U+2028 and a no-break space are parts of a name."""
    text = "a\u2028b.patch\nc\u00a0d.patch -p0\r\n# x\u2028e.patch\n"
    expected = (SeriesLine("a\u2028b.patch"), SeriesLine("c\u00a0d.patch", ("-p0",)))
    assert parse_series(text) == expected


LINE = st.one_of(
    st.sampled_from(["", "# a comment", "  # another", "\t"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["a", "b", "c/d", "CVE-2024_1.diff"]),
        st.sampled_from(["", " -p0", " -p1", "\t-R  "]),
        st.sampled_from(["", " # why", "\r"]),
    ),
)
TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end,
    st.lists(LINE, max_size=8),
    st.sampled_from(["", "\n"]),
)


def once(text: str) -> bool:
    names = [line.name for line in parse_series(text)]
    return len(set(names)) == len(names)


@given(TEXTS.filter(once))
def test_a_series_file_stays_as_it_is_where_nothing_changes(text: str) -> None:
    assert kept_series(text, [line.name for line in parse_series(text)]) == text


@given(TEXTS.filter(once), st.permutations(["a", "b", "c/d", "CVE-2024_1.diff", "new", "newer"]))
def test_it_names_what_it_is_to_name_in_that_order(text: str, order: list[str]) -> None:
    names = order[:4]
    kept = kept_series(text, names)
    assert [line.name for line in parse_series(kept)] == names
    assert [x for x in kept.split("\n") if "#" in x and not parse_series(x)] == [
        x for x in text.split("\n") if "#" in x and not parse_series(x)
    ]
    was = {line.name: line for line in parse_series(text)}
    assert all(line == was[line.name] for line in parse_series(kept) if line.name in was)


def test_a_patch_is_called_otherwise_and_nothing_else_is() -> None:
    text = "# a is first\n a -p0 # as a was\naa -R\n\nb"
    assert renamed_series(text, {"a": "c"}) == "# a is first\n c -p0 # as a was\naa -R\n\nb"
    assert renamed_series(text, {"a": None, "b": None}) == "# a is first\naa -R\n\n"
    assert renamed_series(text, {"aa": "a", "x": "y"}) == text.replace("aa", "a")


def test_a_patch_made_anew_loses_its_options_alone() -> None:
    text = "a -p0 # first\nb -R\n\n# end\n"
    assert kept_series(text, ["a", "b"], {"a"}) == "a# first\nb -R\n\n# end\n".replace("a#", "a #")


@pytest.mark.parametrize("text", ["", "# none yet\n", "# none yet", "\n", "# a\n\n# b\n"])
def test_the_first_patch_comes_after_all_comments(text: str) -> None:
    end = "" if text.endswith("\n") or not text else "\n"
    assert kept_series(text, ["a", "b"]) == f"{text}{end}a\nb\n"

"""quilt's series file: what is written is read again, and comments stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries.patches.quilt import SeriesLine, append_series, format_series, parse_series

NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9._/+-]{0,12}", fullmatch=True), max_size=5)


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

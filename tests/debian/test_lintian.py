"""What lintian says, as findings: how much each weighs, and what the stock package has too."""

from __future__ import annotations

import pytest

from patchseries.debian.lintian import LintianTag, findings, parse_tags
from patchseries.model import Severity


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("E: oven source: a-tag", LintianTag("E", "source", "a-tag", "")),
        ("W: oven changes: a-tag x y ", LintianTag("W", "changes", "a-tag", "x y")),
        ("I: oven buildinfo: a.b+c_1", LintianTag("I", "buildinfo", "a.b+c_1", "")),
        ("X: oven: a-tag [debian/x:7]", LintianTag("X", "", "a-tag", "[debian/x:7]")),
        ("N: oven source: a-tag", None),
        ("E: oven source:", None),
        (" E: oven source: a-tag", None),
        ("", None),
    ],
)
def test_a_line_is_a_tag_or_passed_over(line: str, tag: LintianTag | None) -> None:
    assert parse_tags(f"N: x\n{line}\n") == ((tag,) if tag else ())


@pytest.mark.parametrize(
    ("context", "file"),
    [
        ("x [debian/control:12]", "debian/control"),
        ("[debian/control]", "debian/control"),
        ("[debian/control] x", None),
        ("x", None),
        ("", None),
    ],
)
def test_where_a_tag_points(context: str, file: str | None) -> None:
    assert LintianTag("E", "source", "a-tag", context).file == file


def test_a_tag_weighs_as_lintian_says_and_less_where_it_is_not_ours() -> None:
    tags = parse_tags(
        "E: o source: bad one [debian/x]\nW: o source: odd\nI: o source: fine\n"
        "W: o source: no-nmu-in-changelog\nE: o source: theirs [debian/y:3]\n"
    )
    stock = parse_tags(
        "E: o source: theirs other words [debian/y:9]\nE: o changes: bad [debian/x]\n"
    )
    found = findings(tags, stock)
    assert [(f.code, f.severity) for f in found] == [
        ("lintian-bad", Severity.ERROR),
        ("lintian-odd", Severity.WARNING),
        ("lintian-fine", Severity.NOTE),
        ("lintian-no-nmu-in-changelog", Severity.NOTE),
        ("lintian-theirs", Severity.NOTE),
    ]
    assert (found[0].message, found[0].file) == ("bad one [debian/x]", "debian/x")
    assert found[0].hint == "lintian-explain-tags bad"
    assert found[1].message == "odd"
    assert found[4].message == "theirs [debian/y:3] (in the stock package too)"
    assert found[4].hint is None


def test_a_tag_is_the_same_where_it_points_to_the_same_file_or_says_the_same() -> None:
    def key(words: str) -> tuple[str, str, str]:
        (tag,) = parse_tags(f"N: words\n{words}\n\n")
        return tag.key

    same = key("W: oven source: a-tag one thing [debian/copyright]")
    assert same == key("I: oven source: a-tag another thing [debian/copyright]")
    assert same != key("W: oven source: a-tag one thing [debian/control]")
    assert key("W: oven source: a-tag one thing") != key("W: oven source: a-tag another")
    assert key("W: oven source: a-tag") != key("W: oven source: b-tag")
    assert key("W: oven changes: a-tag") != key("W: oven source: a-tag")

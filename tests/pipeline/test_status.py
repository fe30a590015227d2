"""`series status` and `series show`: the columns are those of the line of the last base, whatever
names that; and what is shown without a history."""

from __future__ import annotations

import pytest

from support.small_series import SmallSeries


def columns(small: SmallSeries, *bases: str) -> list[str]:
    path = small.root / "series/small.toml"
    text = path.read_text().replace('["1.0", "1.1", "1.2"]', str(list(bases)).replace("'", '"'))
    path.write_text(text)
    status, out = small.run("status", "--format", "csv")
    assert status == 0
    return out.splitlines()[0].split(",")[2:5]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("1.1", ["1.1", "1.2", "later"]),
        ("release-1.1", ["1.1", "1.2", "later"]),
        ("master", ["unreleased", "next line", "later"]),
        ("topic", ["1.1", "1.2", "later"]),
    ],
)
def test_a_tag_or_a_branch_has_its_column(
    small: SmallSeries, base: str, expected: list[str]
) -> None:
    at = small.upstream.repository.resolve("1.1")
    assert at is not None
    small.upstream.commit({"more": b"1\n"}, branch="release-1.1", parent=at)
    small.upstream.commit({"more": b"2\n"}, branch="topic", parent=at)
    small.upstream.repository.run("update-ref", "refs/heads/topic", "refs/heads/release-1.1")
    assert columns(small, "1.0", base) == expected


def test_a_commit_has_the_column_of_the_first_line_with_it(small: SmallSeries) -> None:
    at = small.upstream.repository.resolve("1.2")
    assert at is not None
    assert columns(small, "1.0", at) == ["1.2", "unreleased", "later"]


def test_components_are_no_first_release(small: SmallSeries) -> None:
    small.upstream.tag("api/9.0", "refs/heads/stable")
    (small.root / "series/small.toml").unlink()
    url = "https://upstream.invalid/org/project.git"
    made = small.json("init", "fresh", "--repository", url)
    assert '"1.2"' in (small.root / made["manifest"]).read_text()


def test_without_a_history_all_else_is_shown(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERIES_MIRRORS")
    shown = small.json("show", "log", "--offline")
    patch = shown["patch"]
    assert (shown["ok"], patch["name"], patch["status"]) == (True, "log", None)
    assert "is not in the cache" in patch["status_unknown"]

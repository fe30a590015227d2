"""What each kind of string in a manifest may be, on both sides of its limits."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from patchseries.manifest import values

A40, A64 = "a" * 40, "a" * 64

GOOD: list[tuple[Any, list[Any]]] = [
    (values.Slug, ["a", "0", "a.b+c-d", "9a"]),
    (
        values.RepositoryUrl,
        [
            "https://h.invalid/x",
            "http://h/x",
            "git://h/x",
            "ssh://git@h/x",
            "git+ssh://h/x",
            "file:///x",
            "git@h:x/y",
            "/srv/a b",
        ],
    ),
    (values.Rev, ["a", "a/b", "1.0~rc1"[:3], "é", "a.lockx", "v1.0-rc1", "a@b"]),
    (values.Bounds, [">=1,<2", "==1.*", ""]),
    (values.PatchFile, ["a", "a/b.patch", "..a/b", "a b"]),
    (values.ProjectFile, ["a", "a/b", ".pc/x", "a b"]),
    (values.Tracked, [A40, f"I{A40}"]),
    (values.CommitText, ["a" * 7, A40, A64]),
    (values.ChangeText, [f"I{A40}"]),
    (values.Digest, [A64]),
    (values.Words, ["a", "é"]),
    (values.Bug, ["7", "https://h/7"]),
]
BAD: list[tuple[Any, list[Any], str]] = [
    (values.Slug, ["", "A", "-a", ".a", "a b", "a/b", "é"], "expected lower-case letters"),
    (
        values.RepositoryUrl,
        [
            "-x",
            "ssh://-x/y",
            "git@-x:y",
            "ssh://git@-oProxyCommand=x/y",
            "https://h/a::b",
            "https://h/a b",
            "git@h:a b",
            "/srv/a\tb",
            "/srv/a\u200bb",
        ],
        "safe to fetch",
    ),
    (values.RepositoryUrl, ["x/y", "ftp://h/x", "", "git@h:a:b", "@h:x"], "expected a URL"),
    (
        values.Rev,
        [
            *(
                "",
                "-a",
                "/a",
                ".a",
                "a/",
                "a.",
                "a.lock",
                "a..b",
                "a@{b",
                "a//b",
                "a.lock/b",
                "a\\b",
            ),
            *("a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\x1fb", "a\x7fb"),
        ],
        "not a valid tag or branch name",
    ),
    (values.Bounds, ["1", "~", ">=x y"], "expected version bounds"),
    (
        values.PatchFile,
        ["", "/a", "a/", "a//b", "a/../b", "./a", ".git/x", "x/.pc", "a\x1fb", "a\u2028b", "\x9f"],
        "expected a file below patches/",
    ),
    (
        values.ProjectFile,
        ["", "/a", "a/", "../a", "a/.", ".git/x", "a\x7fb", "a\u2029b", "\x80"],
        "expected a file of the project folder",
    ),
    (values.Tracked, ["a" * 39, "a" * 41, f"I{A40}a", "A" * 40, A64], "or a full commit id"),
    (values.CommitText, ["a" * 6, "a" * 41, "a" * 63, "a" * 65, "g" * 7], "expected a commit id"),
    (values.ChangeText, [A40, f"i{A40}", f"I{A40}a"], "expected a Change-Id"),
    (values.Digest, [A40, "a" * 65, "A" * 64], "expected a sha256"),
    (values.Words, ["", " \n"], "not blank"),
    (values.Bug, [True, 1.5, None], "valid string"),
]


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, all_ in GOOD for value in all_]
)
def test_what_is_taken_stays_as_it_is(kind: Any, value: Any) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [(kind, value, words) for kind, all_, words in BAD for value in all_],
)
def test_what_is_refused_is_said_in_words(kind: Any, value: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert words in str(caught.value)


def test_what_is_made_of_a_value() -> None:
    assert TypeAdapter(values.Bug).validate_python(7) == "7"
    assert TypeAdapter(values.Words).validate_python(" a\n b ") == "a b"
    assert (values.one_or_many("a"), values.one_or_many(["a"])) == (["a"], ["a"])


@pytest.mark.parametrize(
    ("name", "is_one"), [("v1", True), ("", False), ("-x", False), ("a\u200bb", False)]
)
def test_the_name_of_a_ref(name: str, is_one: bool) -> None:
    assert values.is_ref_name(name) == is_one

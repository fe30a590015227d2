"""A directory of patches: all of it is kept, what applies is known, what is odd is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.packages import PATCH
from patchseries.errors import SeriesError
from patchseries.imports import directory
from patchseries.imports.directory import (
    RawFile,
    made_directory,
    read_directory,
    read_series,
)
from patchseries.patches.quilt import SeriesLine, strip_level

SERIES = b"# first\n\na.patch\nsub/B_1.diff -p0 # why\n"


def of(files: dict[str, bytes]) -> dict[str, RawFile]:
    return {name: RawFile(data) for name, data in files.items()}


def test_everything_is_kept_and_the_order_is_the_packagers() -> None:
    files = {
        "series": SERIES,
        "a.patch": PATCH,
        "sub/B_1.diff": PATCH,
        "README": b"\xff",
        "old": b"",
    }
    found = read_directory(of(files))
    assert dict(found.files) == files
    assert [line.name for line in found.lines] == ["a.patch", "sub/B_1.diff"]
    assert found.unlisted == ("README", "old")
    assert [strip_level(line.options) for line in found.lines] == [1, 0]
    assert found.problems == ("sub/B_1.diff: quilt's options -p0 (dpkg-source has none)",)


@pytest.mark.parametrize(("vendor", "applies"), [("debian", "d"), ("ubuntu", "u"), ("kali", "s")])
def test_the_vendors_series_is_in_force(vendor: str, applies: str) -> None:
    files = {"series": b"s\n", "debian.series": b"d\n", "ubuntu.series": b"u\n"}
    found = read_directory(of(files | dict.fromkeys("sdu", PATCH)), vendor)
    assert [line.name for line in found.lines] == [applies]
    said = "debian.series is in force here" if vendor == "debian" else "debian.series is kept"
    assert any(one.startswith(said) for one in found.problems)


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        (PATCH.replace(b"heat = 220\n", b"heat = 220 \xe9\n"), "a: not UTF-8"),
        (PATCH.replace(b"\n", b"\r\n"), "a: lines that end in CR LF"),
        (PATCH.replace(b"-1,2", b"-1,4"), "a: a hunk is longer or shorter than its header says"),
        (b"only words\n", "a: changes no file"),
    ],
)
def test_what_is_odd_about_a_patch_is_named(patch: bytes, says: str) -> None:
    found = read_directory(of({"series": b"a\n", "a": patch}))
    assert found.files["a"] == patch
    assert says in found.problems


def test_a_series_that_names_what_is_not_there_or_twice() -> None:
    found = read_directory(of({"series": b"gone\na\na\n", "a": PATCH}))
    assert found.problems == ("series names gone, which is not there", "series names a twice")


def test_without_a_series_no_patch_applies() -> None:
    found = read_directory(of({"a.patch": PATCH}))
    assert (found.lines, found.unlisted) == ((), ("a.patch",))
    assert found.problems == ("there is no series file: no patch applies by itself",)


def test_links() -> None:
    files = of({"series": b"a\n", "a": PATCH})
    files["b"] = RawFile(b"a", is_link=True)
    files["c"] = RawFile(b"../../../etc/passwd", is_link=True)
    files["d"] = RawFile(b"/etc/passwd", is_link=True)
    found = read_directory(files)
    assert set(found.files) == {"series", "a", "b"}
    assert found.problems == (
        "b is a link to a: a copy is kept",
        "c is left out: a link to '../../../etc/passwd'",
        "d is left out: a link to '/etc/passwd'",
    )


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", "a/../b", "a\nb", "a\x7f", "\udce9", "", "a/" + "b" * 256]
)
def test_an_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(SeriesError, match="unsafe path"):
        read_directory(of({path: PATCH}))


def test_a_path_below_a_file_is_refused() -> None:
    with pytest.raises(SeriesError, match="a/b among the patches lies below a"):
        read_directory(of({"a": PATCH, "a/b": PATCH}))


@pytest.mark.parametrize("path", [".git/config", "x/.GIT/hooks/pre-commit", ".pc/applied-patches"])
def test_directories_of_other_programs_are_left_out(path: str) -> None:
    found = read_directory(of({"series": b"", path: PATCH}))
    assert set(found.files) == {"series"}
    assert found.problems == (f"{path} is left out: another program would take it for its own",)


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchseries.imports.directory.LARGEST", 100)
    with pytest.raises(SeriesError, match="larger than"):
        read_directory(of({"a": b"x" * 101}))


def test_a_made_directory_says_its_strip_levels() -> None:
    found = made_directory({"a": (PATCH, 1), "b": (PATCH, 0)}, "from oven.spec")
    assert found.files["series"] == b"# from oven.spec\na\nb -p0\n"
    assert found.lines == (SeriesLine("a"), SeriesLine("b", ("-p0",)))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_series(data: bytes) -> None:
    found = read_directory(of({"series": data, "a": PATCH}))
    assert found.files["series"] == data
    assert {line.name for line in found.lines} <= {"a"}


@given(st.lists(st.sampled_from([b"# words", b"", b"a -p0", b"b", b"  c\t-R # why"]), max_size=6))
def test_comments_and_blank_lines_name_nothing(lines: list[bytes]) -> None:
    expected = [line.split()[0].decode() for line in lines if line.strip() and line[:1] != b"#"]
    assert [line.name for line in read_series(b"\n".join(lines))] == expected


def test_the_largest_directory_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "LARGEST", 100)
    monkeypatch.setattr(directory, "MOST_FILES", 2)
    assert len(read_directory(of({"a": b"x" * 60, "b": b"x" * 40})).files) == 2
    for files in ({"a": b"x" * 60, "b": b"x" * 41}, dict.fromkeys("abc", b"")):
        with pytest.raises(SeriesError, match="larger than 0 MiB or 2 files"):
            read_directory(of(files))


@pytest.mark.parametrize(
    ("path", "target", "kept"),
    [
        ("sub/b", b"../a", "a"),
        ("sub/b", b"c", "sub/c"),
        ("sub/b", b"../../a", None),
        ("sub/b", b"..", None),
        ("b", b"./sub/../a", "a"),
        ("b", b"gone", None),
        ("b", b"l", None),
        ("b", b"..a", "..a"),
    ],
)
def test_where_links_lead(path: str, target: bytes, kept: str | None) -> None:
    files = {"a": b"of a", "sub/c": b"of sub/c", "..a": b"of ..a"}
    links = {"l": RawFile(b"a", is_link=True), path: RawFile(target, is_link=True)}
    found = read_directory(of(files) | links)
    assert found.files.get(path) == (f"of {kept}".encode() if kept else None)


@pytest.mark.parametrize("path", ["a/" * 499 + "bc", "x/" + "b" * 255, "\x80", "a b", "~", "..."])
def test_an_odd_path_is_taken(path: str) -> None:
    assert set(read_directory(of({path: b""})).files) == {path}


@pytest.mark.parametrize("path", ["a/" * 500 + "b", "x/" + "é" * 128, "\x1f", "\ud800", "."])
def test_another_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(SeriesError, match="unsafe path"):
        read_directory(of({path: b""}))


RENAME = b"diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n"


def test_what_each_file_of_a_series_is_said_to_be() -> None:
    files = {"series": b"a -p1\nb -p1 -R\nc\n", "a": PATCH, "b": PATCH, "c": RENAME}
    found = read_directory(of(files))
    assert found.problems == ("b: quilt's options -R (dpkg-source has none)",)
    assert read_directory(of({})).problems == ()
    vendors = read_directory(of({"series": b"", "ubuntu.series": b"", "x/y.series": b""})).problems
    assert vendors == (
        "ubuntu.series is kept: dpkg-source applies it instead of series"
        " where the vendor is ubuntu",
    )
    assert made_directory({"a": (PATCH, 1)}).files["series"] == b"a\n"
    assert read_directory(of({"series": b"gone\ngone\n"})).problems == (
        "series names gone, which is not there",
    )

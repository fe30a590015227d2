"""Which paths and links a debian/ may have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.debian.paths import check_count, check_links, check_nesting, check_path
from patchseries.debian.request import PackagedFile
from patchseries.errors import SeriesError


def _links(**targets: str) -> dict[str, PackagedFile]:
    return {
        path.replace("__", "/"): PackagedFile("120000", os.fsencode(target))
        for path, target in targets.items()
    }


@pytest.mark.parametrize(
    "links",
    [
        _links(x="control"),
        _links(x="../README"),
        _links(a__x="../../README"),
        _links(a__b__x="../../../README"),
        _links(x="nothing/there"),
        _links(x="a name with spaces"),
        _links(a__x="../b/y", b="c"),
        _links(a__b__up="../../..", x="a/b/up/README"),
        _links(x="./.././debian/../README"),
    ],
)
def test_links_that_stay(links: dict[str, PackagedFile]) -> None:
    check_links(links, "a test")


@pytest.mark.parametrize(
    "links",
    [
        _links(x="/etc/passwd"),
        _links(x="../../outside"),
        _links(a__x="/etc/passwd"),
        _links(a__x="../../../outside"),
        _links(a__b__x="../../../../outside"),
        _links(x="../../project/debian/control"),
        _links(a__b__up="../../..", x="a/b/up/../outside"),
        _links(y="x/../..", x="..", z="y"),
        _links(x="x"),
        _links(x="y/y", y="x/x"),
        _links(x=""),
        _links(x="a\x1bb"),
        _links(x="a\x1fb"),
        _links(x="a" * 5000),
    ],
)
def test_links_that_do_not(links: dict[str, PackagedFile]) -> None:
    with pytest.raises(SeriesError, match=r"leads out of the tree|is unsafe"):
        check_links(links, "a test")


_PARTS = st.sampled_from(["a", "b", "l", "m", "..", "."])
_TARGETS = st.lists(_PARTS, min_size=1, max_size=7).map("/".join)


@given(_TARGETS, _TARGETS, _TARGETS)
def test_the_system_agrees(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, third: str
) -> None:
    """A link that was let through never leads out of the tree on a file system."""
    files = _links(l=first, m=second, a__b__l=third)
    try:
        check_links(files, "a test")
    except SeriesError:
        return
    top = tmp_path_factory.mktemp("tree")
    (top / "debian/a/b").mkdir(parents=True)
    for path, file in files.items():
        (top / "debian" / path).symlink_to(os.fsdecode(file.data))
    for path in files:
        assert Path(os.path.realpath(top / "debian" / path)).is_relative_to(top)


def test_a_path_below_a_file_or_link() -> None:
    file = PackagedFile("100644", b"")
    check_nesting({"a/b": file, "a/c": file, "ab": file}, "a test")
    with pytest.raises(
        SeriesError, match="debian/a/b/c lies below debian/a, which is no directory"
    ):
        check_nesting({"a/b/c": file, "a": file}, "a test")


@pytest.mark.parametrize("path", ["/x", "a//b", "a/../b", "./a", "", "a\nb", "x" * 256, "d/" * 501])
def test_paths_that_are_refused(path: str) -> None:
    with pytest.raises(SeriesError):
        check_path(path, "a test")


def test_a_path_may_have_spaces() -> None:
    check_path("a b/c d", "a test")


def test_so_many_files_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patchseries.debian.paths._MOST", 3)
    check_count(3, "a test")
    with pytest.raises(SeriesError, match=r"a test has more than 3 files"):
        check_count(4, "a test")


def test_names_and_paths_as_long_as_a_file_system_takes() -> None:
    long = "é" * 127  # 254 bytes
    for path in (long + "x", "/".join([long] * 3 + ["a" * 235])):
        check_path(path, "a test")
        with pytest.raises(SeriesError, match="too long"):
            check_path(path + "x", "a test")
    check_links(_links(x="./" * 2047 + "a"), "a test")
    with pytest.raises(SeriesError, match="is unsafe"):
        check_links(_links(x="./" * 2047 + "ab"), "a test")


def test_links_one_after_the_other_as_many_as_the_system_takes() -> None:
    chain = {f"x{n}": PackagedFile("120000", b"x%d" % (n + 1)) for n in range(40)}
    check_links(chain, "a test")
    with pytest.raises(SeriesError, match="leads out"):
        check_links(chain | {"x40": PackagedFile("120000", b"x41")}, "a test")

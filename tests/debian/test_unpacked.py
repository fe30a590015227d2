"""A source tree on disk against a git tree: each way in which a path differs is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchseries.debian.request import PackagedFile
from patchseries.debian.unpacked import compare, compare_debian, differences
from patchseries.errors import SeriesError
from patchseries.git import TreeEntry
from support.packages import Upstream

FILES: dict[str, bytes | tuple[str, bytes]] = {
    "a": b"1\n",
    "d/run": ("100755", b"2\n"),
    "link": ("120000", b"d/run"),
}


def on_disk(directory: Path) -> Path:
    """FILES as they are on a disk, with a packaging beside them."""
    for name in ("d", "debian", ".pc", "empty"):
        (directory / name).mkdir(parents=True)
    (directory / "a").write_bytes(b"1\n")
    (directory / "d/run").write_bytes(b"2\n")
    (directory / "d/run").chmod(0o755)
    (directory / "link").symlink_to("d/run")
    (directory / "debian/rules").write_bytes(b"x\n")
    (directory / ".pc/applied").write_bytes(b"x\n")
    return directory


def test_each_difference_of_a_path_is_told(upstream: Upstream, tmp_path: Path) -> None:
    tree = upstream.tree(FILES)
    place = on_disk(tmp_path / "x")
    assert compare(upstream.repository, tree, place) == []
    (place / "a").chmod(0o755)
    (place / "d/run").write_bytes(b"3\n")
    (place / "link").unlink()
    (place / "more").symlink_to("d")
    os.mkfifo(place / "pipe")
    assert compare(upstream.repository, tree, place) == [
        "a: mode 100755, not 100644",
        "d/run: other content",
        "link: missing",
        "more: not in the git tree",
        "pipe: not in the git tree",
    ]
    (place / "link").write_bytes(b"d/run")
    assert "link: mode 100644, not 120000" in compare(upstream.repository, tree, place)


def test_the_packaging_is_compared_with_its_own(tmp_path: Path) -> None:
    place = on_disk(tmp_path / "x")
    wanted = {"rules": PackagedFile("100644", b"x\n")}
    assert compare_debian(wanted, place) == []
    assert compare_debian({"rules": PackagedFile("100755", b"x\n")}, place) == [
        "debian/rules: mode 100644, not 100755"
    ]
    assert compare_debian({}, place) == ["debian/rules: not in the git tree"]


def test_a_submodule_is_in_no_tarball(upstream: Upstream, tmp_path: Path) -> None:
    base = upstream.base()
    tree = upstream.repository.edit_tree(base.tree, {"sub": TreeEntry("160000", base.commit)})
    with pytest.raises(SeriesError, match="the upstream tree has a submodule: sub"):
        compare(upstream.repository, tree, tmp_path)


def test_what_is_the_same_is_no_difference() -> None:
    entry = TreeEntry("100644", "1" * 40)
    assert differences({"a": entry}, {"a": entry}) == differences({}, {}) == []

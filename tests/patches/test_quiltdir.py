"""A directory of patches: what may be in it, and what becomes of it on a base."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.errors import SeriesError
from patchseries.patches import quiltdir
from patchseries.patches.compose import PatchFile
from patchseries.patches.quilt import is_series_file, parse_series, series_in_use
from patchseries.patches.quiltdir import directory_of, read_quilt_directory


def test_all_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "b/c").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    files = {"a.patch": b"1", "b/c/d.patch": b"2" * 5000, "series": b"a.patch\n"}
    for name, data in reversed(files.items()):
        (tmp_path / name).write_bytes(data)
    assert list(read_quilt_directory(tmp_path).items()) == list(files.items())


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to("a.patch"),
        lambda path: path.symlink_to("sub"),
        lambda path: path.symlink_to("nothing"),
        os.mkfifo,
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.patch").write_bytes(b"1")
    make(tmp_path / "sub" / "x")
    with pytest.raises(SeriesError, match="sub/x is a link or a device"):
        read_quilt_directory(tmp_path)


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "file").write_bytes(b"")
    for name in ("none", "link", "file"):
        with pytest.raises(SeriesError, match=f"no directory .*/{name}"):
            read_quilt_directory(tmp_path / name)


def test_so_much_is_read_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"12")
    (tmp_path / "b").write_bytes(b"34")
    for most, largest, is_read in ((2, 4, True), (1, 4, False), (2, 3, False)):
        monkeypatch.setattr(quiltdir, "_MOST", most)
        monkeypatch.setattr(quiltdir, "_LARGEST", largest)
        if is_read:
            assert len(read_quilt_directory(tmp_path)) == 2
        else:
            with pytest.raises(SeriesError, match="too large"):
                read_quilt_directory(tmp_path)


_NAMES = ["a", "b", "c/d", "e"]
_BYTES = st.binary(max_size=2)
_SERIES = st.lists(
    st.sampled_from(["a -p0", "b # why", "c/d", "e -p1 -R # x", "# words", "", "gone"]),
    max_size=5,
    unique=True,
).map(lambda lines: "".join(f"{line}\n" for line in lines).encode())
_TEMPLATES = st.builds(
    dict[str, bytes].__or__,
    st.dictionaries(st.sampled_from([*_NAMES, "README"]), _BYTES),
    st.dictionaries(st.sampled_from(["series", "debian.series", "ubuntu.series"]), _SERIES),
)


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(_NAMES), _BYTES),
    st.none() | _TEMPLATES,
    st.sets(st.sampled_from(_NAMES)),
    st.sampled_from(["debian", "ubuntu"]),
)
def test_a_base_has_its_patches_and_what_lay_beside_them(
    patches: dict[str, bytes], template: dict[str, bytes] | None, managed: set[str], vendor: str
) -> None:
    files = [PatchFile(name, data) for name, data in patches.items()]
    made = directory_of(files, template, managed, vendor)
    before = template or {}
    in_use = "series" if template is None else series_in_use(before, vendor)

    def listed(name: str, files: dict[str, bytes] = made) -> list[str]:
        return [line.name for line in parse_series(files.get(name, b"").decode())]

    assert listed(in_use) == list(patches)
    managed = managed | set(listed(in_use, before))
    beside = {n for n in before if not is_series_file(n) and n not in managed | set(patches)}
    assert {n: d for n, d in made.items() if not is_series_file(n)} == patches | {
        name: before[name] for name in beside
    }
    assert {n for n in made if is_series_file(n)} == {in_use} | set(filter(is_series_file, before))
    for name in filter(is_series_file, before):
        if name != in_use:
            assert set(listed(name)) == set(listed(name, before)) & (beside | set(patches))
        options = {line.name: line.options for line in parse_series(before[name].decode())}
        for line in parse_series(made[name].decode()):
            anew = line.name in patches and patches[line.name] != before.get(line.name)
            assert line.options == (() if anew else options.get(line.name, ()))

"""What a source is, by what lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from imports.packages import PATCH
from patchseries.errors import UsageError
from patchseries.imports.recognise import SourceForm, quilt_directory, recognised


@pytest.mark.parametrize(
    ("files", "name", "expected"),
    [
        (["a.dsc"], "a.dsc", SourceForm.DSC),
        (["a.spec"], "a.spec", SourceForm.SPEC),
        (["t/debian/control", "t/series"], "t", SourceForm.TREE),
        (["t/patches/series"], "t", SourceForm.QUILT),
        (["t/series", "t/series.conf"], "t", SourceForm.QUILT),
        (["t/debian.series"], "t", SourceForm.QUILT),
        (["t/series"], "t/series", SourceForm.QUILT),
        (["t/series.conf"], "t", SourceForm.SERIES_CONF),
        (["t/series.conf"], "t/series.conf", SourceForm.SERIES_CONF),
        (["t/0001-a.patch"], "t", SourceForm.MAIL),
        (["a.mbox"], "a.mbox", SourceForm.MAIL),
        (["mail"], "mail", SourceForm.MAIL),
        ([], "oven", SourceForm.APT),
        ([], "oven=1:1.0-2", SourceForm.APT),
        ([], "oven/bookworm", SourceForm.APT),
        ([], "/srv/oven#debian/sid", SourceForm.BRANCH),
        ([], "https://h.invalid/oven.git#1.0..fixes", SourceForm.COMMITS),
    ],
)
def test_it_is_recognised(
    files: list[str],
    name: str,
    expected: SourceForm,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_bytes(b"From: a\n" + PATCH)
    assert recognised(name) is expected


@pytest.mark.parametrize(
    ("files", "name", "says"),
    [
        ([], "-o=x", "no patches are found"),
        ([], "./nothing", "no patches are found"),
        ([], "./nothing.dsc", "there is no file ./nothing.dsc"),
        ([], "build/oven.dsc", "there is no file build/oven.dsc"),
        ([], "fixes.mbox", "there is no file fixes.mbox"),
        (["t/readme"], "t", "has no patches"),
        (["t/.git/HEAD"], "t", "which patches of it"),
        (["words"], "words", "neither a .dsc"),
    ],
)
def test_what_is_nothing(
    files: list[str], name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_bytes(b"words\n")
    with pytest.raises(UsageError, match=says):
        recognised(name)


def test_where_the_patches_are(tmp_path: Path) -> None:
    (tmp_path / "patches").mkdir()
    assert quilt_directory(tmp_path) == tmp_path
    (tmp_path / "patches" / "series").touch()
    assert quilt_directory(tmp_path) == tmp_path / "patches"
    (tmp_path / "series").touch()
    assert quilt_directory(tmp_path) == tmp_path


def test_a_bare_repository_and_its_head(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    with pytest.raises(UsageError, match="is a git repository"):
        recognised(str(tmp_path))
    (tmp_path / "a.diff").touch()
    assert recognised(str(tmp_path)) is SourceForm.MAIL


@pytest.mark.parametrize(("begins", "is_mail"), [(b"From: a\n", True), (b"\nFrom: a\n", False)])
def test_mail_is_known_by_how_it_begins(tmp_path: Path, begins: bytes, is_mail: bool) -> None:
    path = tmp_path / "words"
    path.write_bytes(begins)
    if is_mail:
        assert recognised(str(path)) is SourceForm.MAIL
    else:
        with pytest.raises(UsageError, match="neither"):
            recognised(str(path))

"""What people and programs are told of packages, and who makes them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from patchseries.cli.building import complaints, maintainer, package_rows, show_packages, words_of
from patchseries.cli.common import Given
from patchseries.debian.request import Dropped, SourcePackage
from patchseries.errors import SeriesError, UsageError
from patchseries.model import Finding, Severity

FINDINGS = (
    Finding("x", Severity.NOTE, "old-tag"),
    Finding("x", Severity.WARNING, "new-tag"),
    Finding("x", Severity.NOTE, "another"),
)


def package(directory: Path, **more: Any) -> SourcePackage:
    return SourcePackage("oven", "1.0", "oven", "1.0-1", "o.dsc", "o.changes", directory, **more)


def told(capsys: pytest.CaptureFixture[str], *packages: SourcePackage) -> list[str]:
    show_packages(packages, Given(color="never"))
    return capsys.readouterr().out.splitlines()


def test_each_package_with_what_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(capsys, package(tmp_path / "b", verified=True, reused=True)) == [
        "oven 1.0-1  unpacks to the ported tree, unchanged",
        "    b/o.dsc",
    ]
    full = package(
        tmp_path,
        findings=FINDINGS,
        left_out=("a", "b"),
        unreviewed=("c", "d"),
        dropped=(Dropped("fix", "change-id"), Dropped("cve", None, "old", "Ada", ("CVE-1",))),
    )
    lines = told(capsys, full)
    assert lines[:4] == [
        "oven 1.0-1  NOT COMPARED",
        "    o.dsc",
        "    adapted, and not signed off: c, d",
        "    left out, because they conflict: a, b",
    ]
    assert " ".join(line.strip() for line in lines[4:-2]) == (
        "without the packager's fix: the base has it: change-id"
        " without the packager's cve (CVE-1): it does not apply"
    )
    assert lines[-2:] == [
        "    warning: new-tag",
        "    lintian: 2 tags that the stock package has too",
    ]


def test_the_row_of_a_package(tmp_path: Path) -> None:
    dropped = Dropped("cve", None, "old", "Ada", ("CVE-1",))
    (row,) = package_rows([package(tmp_path, files={"a": "1"}, dropped=(dropped,))])
    assert row == {
        "project": "oven",
        "base": "1.0",
        "source": "oven",
        "version": "1.0-1",
        "dsc": str(tmp_path / "o.dsc"),
        "changes": str(tmp_path / "o.changes"),
        "files": {"a": "1"},
        "verified": False,
        "left_out": [],
        "unreviewed": [],
        "dropped": [
            {"patch": "cve", "evidence": None, "reason": "old", "by": "Ada", "security": ["CVE-1"]}
        ],
        "settings": None,
        "findings": [],
    }


def test_notes_of_lintian_are_no_complaint(tmp_path: Path) -> None:
    assert complaints([package(tmp_path), package(tmp_path, findings=FINDINGS)])
    assert not complaints([package(tmp_path, findings=FINDINGS[:1])])


def test_the_words_of_a_command() -> None:
    assert words_of("bwrap --bind '{place} x' y") == ("bwrap", "--bind", "{place} x", "y")
    assert words_of(None) == words_of("") == ()
    with pytest.raises(UsageError, match=r"^--test .*: No closing quotation"):
        words_of("a 'b", "--test")


def test_who_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DEBFULLNAME", "DEBEMAIL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SeriesError, match="your name and e-mail address are not set") as caught:
        maintainer()
    assert caught.value.exit_code == 3
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "config", "user.name", "Bob"], check=True)
    with pytest.raises(SeriesError, match="are not set"):
        maintainer()
    subprocess.run(["git", "config", "user.email", "bob@x.invalid"], check=True)
    assert str(maintainer()) == "Bob <bob@x.invalid>"
    monkeypatch.setenv("DEBFULLNAME", "Ada")
    assert str(maintainer()) == "Ada <bob@x.invalid>"
    monkeypatch.setenv("DEBEMAIL", "ada@x.invalid")
    assert str(maintainer()) == "Ada <ada@x.invalid>"

"""Handing a package on: what a program is asked, and what its answer means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchseries.debian.record import Record, read_record, write_record
from patchseries.debian.request import SourcePackage
from patchseries.debian.upload import Handed, build_binary, publish, sign
from patchseries.errors import ProgramError, SeriesError
from patchseries.files import sha256


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose programs are found first."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    return directory


def program(directory: Path, name: str, script: str) -> None:
    """A program that notes its arguments and where it runs, and does what *script* says."""
    path = directory / name
    notes = f'printf "%s\\n" "$PWD" "$@" >{directory}/{name}.asked\n'
    path.write_text(f"#!/bin/sh\n{notes}{script}\n")
    path.chmod(0o755)


def asked(directory: Path, name: str) -> list[str]:
    return (directory / f"{name}.asked").read_text().splitlines()


@pytest.fixture
def package(tmp_path: Path) -> SourcePackage:
    directory = tmp_path / "package"
    directory.mkdir()
    files = {"oven.dsc": b"1", "oven.changes": b"2", "oven.orig.tar.gz": b"3"}
    for name, data in files.items():
        (directory / name).write_bytes(data)
    made = SourcePackage(
        "nova", "1.0", "oven", "1.0-1", "oven.dsc", "oven.changes", directory,
        {name: sha256(data) for name, data in files.items()}, True,
    )  # fmt: skip
    write_record(directory, Record("d" * 64, 1, "1.0-1", "+0fast", "", made))
    return made


def test_a_package_is_handed_to_its_target(programs: Path, package: SourcePackage) -> None:
    words = "echo done; echo at https://ann:geheim@shelf.invalid/ >&2"
    program(programs, "dput", words)
    changes = package.directory / package.changes
    said = "done\nat https://***@shelf.invalid/"
    assert publish(changes, "shelf") == (Handed.UPLOADED, said)
    assert asked(programs, "dput") == [str(package.directory), "shelf", str(changes)]
    assert publish(changes, "shelf", dry_run=True) == (Handed.SIMULATED, said)
    assert asked(programs, "dput")[1:] == ["--simulate", "shelf", str(changes)]


@pytest.mark.parametrize("target", ["-c", "--config=/tmp/x"])
def test_an_option_is_no_target_and_no_key(
    programs: Path, package: SourcePackage, target: str
) -> None:
    for name in ("dput", "debsign"):
        program(programs, name, "")
    with pytest.raises(SeriesError, match=f"^not a target: '{target}'$"):
        publish(package.directory / package.changes, target)
    with pytest.raises(SeriesError, match=f"^not a key: '{target}'$"):
        sign(package, target)
    assert not list(programs.glob("*.asked"))


@pytest.mark.parametrize("words", ["Already uploaded to shelf", "x has already been uploaded"])
def test_what_went_there_before_is_no_error(
    programs: Path, package: SourcePackage, words: str
) -> None:
    program(programs, "dput", f"echo '{words}' >&2; exit 1")
    handed, said = publish(package.directory / package.changes, "shelf")
    assert handed is Handed.THERE_BEFORE
    assert words in said


@pytest.mark.parametrize(
    ("words", "cause", "hint"),
    [
        (
            "Unable to find it in the given host, but we don't know about it",
            None,
            "put a section [shelf] into ~/.dput.cf",
        ),
        ("No host shelf found in config", None, "put a section [shelf] into ~/.dput.cf"),
        ("No signature on x.changes", None, "sign the packages with `series build --sign KEY`"),
        ("x.dsc is not signed", None, "sign the packages with `series build --sign KEY`"),
        ("no room", None, "correct that, or the section [shelf] of your dput configuration"),
        (
            "Traceback (most recent call last):\n  File x\nIOError: no room",
            "IOError: no room",
            "correct that, or the section [shelf] of your dput configuration",
        ),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    programs: Path, package: SourcePackage, words: str, cause: str | None, hint: str
) -> None:
    (programs / "words").write_text(words)
    program(programs, "dput", f"cat {programs}/words >&2; exit 1")
    with pytest.raises(ProgramError) as caught:
        publish(package.directory / package.changes, "shelf")
    assert caught.value.message == "oven.changes was not uploaded to shelf"
    assert (caught.value.cause, caught.value.hint) == (cause or words, hint)


def test_a_program_that_is_missing_is_to_be_installed(
    package: SourcePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match=r"dput is not installed.*apt-get install"):
        publish(package.directory / package.changes, "shelf")


def test_a_package_is_signed_in_a_copy_and_its_record_knows(
    programs: Path, package: SourcePackage
) -> None:
    program(
        programs, "debsign", 'ls -A >>"$0.asked"; for f in *.dsc *.changes; do echo s >>$f; done'
    )
    (package.directory / "build.log").write_text("not of the package")
    signed = sign(package, "ada@example.org")
    there, *words = asked(programs, "debsign")
    assert words == [
        *("--no-conf", "-kada@example.org", "--re-sign", "oven.changes"),
        *sorted(package.files),
    ]
    assert Path(there).parent == package.directory.parent
    assert not Path(there).exists()
    assert (package.directory / "oven.dsc").read_bytes() == b"1s\n"
    assert signed.files == {
        "oven.dsc": sha256(b"1s\n"),
        "oven.changes": sha256(b"2s\n"),
        "oven.orig.tar.gz": sha256(b"3"),
    }
    record = read_record(package.directory)
    assert record is not None
    assert record.package == signed
    assert record.intact()


def test_a_signature_that_fails_leaves_the_package_as_it_was(
    programs: Path, package: SourcePackage
) -> None:
    program(programs, "debsign", "echo s >>oven.dsc; echo no such key >&2; exit 2")
    with pytest.raises(ProgramError, match="no such key"):
        sign(package, "ada@example.org")
    record = read_record(package.directory)
    assert record is not None
    assert record.intact()
    assert record.package == package


def test_a_builder_runs_beside_the_package_and_its_log_is_kept(
    programs: Path, package: SourcePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "builder", "echo out; echo err >&2; exit $STATUS")
    log = package.directory / "build.log"
    monkeypatch.setenv("STATUS", "0")
    assert build_binary(package, "builder -d 'a b'") == log
    assert asked(programs, "builder") == [str(package.directory), "-d", "a b", "oven.dsc"]
    assert log.read_text() == "out\nerr\n"
    for status in ("1", "255"):
        log.unlink()
        monkeypatch.setenv("STATUS", status)
        with pytest.raises(ProgramError, match=f"builder ended with status {status}") as caught:
            build_binary(package, "builder")
        assert caught.value.hint == f"its log is {log}"
        assert log.read_text() == "out\nerr\n"
    with pytest.raises(ProgramError, match="ended with status -9"):
        build_binary(package, "sh -c 'kill -9 $$'")


def test_a_builder_has_a_name(package: SourcePackage) -> None:
    for command in ("", "  "):
        with pytest.raises(SeriesError, match="no builder is named"):
            build_binary(package, command)
    with pytest.raises(ProgramError, match="no-such-builder is not installed"):
        build_binary(package, "no-such-builder -x")
    assert not (package.directory / "build.log").exists()

"""What the commands share: the time, the words of files and of interruptions, where things are."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from patchseries.cli import common
from patchseries.cli.common import (
    Given,
    agreed,
    changed_words,
    interrupted_words,
    kept_words,
    now,
    operation,
)
from patchseries.errors import SeriesError, UsageError
from patchseries.journal import Recovered, held
from patchseries.model import CommitId
from patchseries.sources import BranchMove


@pytest.mark.parametrize(
    ("changed", "dry_run", "words"),
    [
        ([], False, "nothing changed in series/ or patches/"),
        (["a"], False, "1 file written"),
        (["a", "b"], True, "2 files would change"),
    ],
)
def test_how_many_files_changed(changed: list[str], dry_run: bool, words: str) -> None:
    assert changed_words(changed, dry_run) == words


def test_what_is_said_of_an_interrupted_command() -> None:
    assert interrupted_words(Recovered("series rebase", ())) == (
        "`series rebase` was interrupted before it wrote anything: no file was changed"
    )
    assert interrupted_words(Recovered("", ("a", "b"))) == (
        "an earlier command was interrupted: its 2 files are now written"
    )


def test_a_branch_that_moved() -> None:
    moved = BranchMove("https://h/x", "main", CommitId("a" * 40), CommitId("b" * 40), 1, False)
    assert kept_words(moved).endswith("is used; `series fetch --update` takes it up")
    gone = BranchMove("https://h/x", "main", CommitId("a" * 40), None)
    assert kept_words(gone).endswith("the pinned commit is used")


def test_the_time_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "99999999999")
    assert now() == datetime.fromtimestamp(99999999999, UTC)
    monkeypatch.setattr(sys, "argv", ["series", "rebase", "a b", "https://me:word@h.invalid/x"])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    logged = operation()
    assert (logged.command[:20], logged.time) == ("series rebase 'a b' ", "1970-01-01T00:00:00Z")
    assert "word" not in logged.command
    for words in ("-1", "1.5", "x", "\u0663", "1" * 12):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", words)
        with pytest.raises(SeriesError, match="is not a number of seconds"):
            now()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert abs((now() - datetime.now(UTC)).total_seconds()) < 60


def test_where_things_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERIES_CACHE", "cache")
    monkeypatch.setenv("SERIES_STATE", "~/state")
    monkeypatch.setenv("SERIES_MIRRORS", "a::b")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert common.cache_place() == tmp_path / "cache"
    assert not common.cache_place().exists()
    assert common.state_directory() == tmp_path / "home/state"
    asked = Given(mirror=("m",))
    assert asked.mirrors_named == (tmp_path / "m", tmp_path / "a", tmp_path / "b")
    assert asked.mirrors == (*asked.mirrors_named, tmp_path / "cache/demo-upstreams")
    assert common.cache_directory() == tmp_path / "cache"
    for variable in ("SERIES_CACHE", "SERIES_STATE", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    assert common.cache_place() == tmp_path / "home/.cache/patchseries"
    assert common.state_directory() == tmp_path / "home/.local/state/patchseries"


@pytest.mark.parametrize("on_terminal", [True, False])
def test_a_question_without_an_answer(
    on_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def abort(*_: object, **__: object) -> bool:
        raise click.Abort

    monkeypatch.setattr(click, "confirm", abort)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: on_terminal)
    if on_terminal:
        with pytest.raises(click.Abort):
            agreed("Really?")
    else:
        with pytest.raises(UsageError, match="standard input is not a terminal"):
            agreed("Really?")
        assert capsys.readouterr().err == "\n"


def test_how_a_server_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine h.invalid login ada password word\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:1")
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    access = common._server_access("https://h.invalid/x")
    assert access.ca_bundle is None
    assert access.proxies.get("https") == "http://proxy.invalid:1"
    assert access.credentials is not None
    monkeypatch.setenv("SSL_CERT_FILE", "b")
    assert common._server_access("https://other.invalid/").ca_bundle == "b"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "a")
    other = common._server_access("https://other.invalid/")
    assert (other.ca_bundle, other.credentials) == ("a", None)


def test_what_is_said_of_an_older_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that another directory of the name left, and one that lies in the project."""
    monkeypatch.setenv("SERIES_STATE", str(tmp_path / "state"))
    (tmp_path / "project/series").mkdir(parents=True)
    (tmp_path / "project/series/x.toml").touch()
    monkeypatch.chdir(tmp_path / "project")
    with held(common.recovered_state(), lambda: None):
        pass  # makes it
    assert capsys.readouterr().err == ""
    shutil.copytree(tmp_path / "project", tmp_path / "new")
    (tmp_path / "new/.series").mkdir()
    shutil.rmtree(tmp_path / "project")
    (tmp_path / "new").rename(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    aside = common.recovered_state().set_aside
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"series: another directory was at {tmp_path}/project before: ")
    assert first.endswith(f" are now in {aside}")
    assert second.startswith(f"series: {tmp_path}/project/.series is not read: ")

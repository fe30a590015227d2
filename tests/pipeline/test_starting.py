"""`series init`: what a directory tells makes a manifest that passes the check."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries import manifest
from patchseries.errors import SeriesError, UsageError
from patchseries.pipeline.starting import Beginning, look_around, manifest_text
from support.small_series import SmallSeries, enter, small_series

URL = "https://upstream.invalid/org/project.git"
CHANGELOG = """\
project ({version}) unstable; urgency=medium

  * New.

 -- Ann <ann@test.invalid>  Thu, 04 Apr 2013 00:00:00 +0000
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """A directory without a series; the mirrors have the project's tags 1.0, 1.1 and 1.2."""
    with small_series(tmp_path) as made:
        (made.root / "series/small.toml").unlink()
        (made.root / "series").rmdir()
        enter(made, monkeypatch, tmp_path)
        monkeypatch.setattr("sys.stdin", io.StringIO())
        yield made


def put(here: SmallSeries, path: str, text: str) -> None:
    file = here.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def begun(here: SmallSeries, *words: str) -> manifest.Manifest:
    """The manifest that `series init WORDS` writes, which passes the check; it can be undone."""
    assert here.run("init", *words, "-n")[0] == 0
    assert not (here.root / "series").exists()
    path = here.json("init", *words)["manifest"]
    assert here.run("check", "--strict") == (0, "no findings\n")
    assert here.run("check", "--online", "--strict")[0] in (0, 1)
    return manifest.load(here.root / path)


def test_from_options(here: SmallSeries) -> None:
    made = begun(here, "mine", "--repository", URL, "--base", "1.0", "--base", "1.1")
    project = made.projects["mine"]
    assert (made.name, project.repository, project.bases) == ("mine", URL, ("1.0", "1.1"))
    assert here.run("add", here.log)[0] == 0
    assert here.run("rebase")[0] == 0


def test_from_the_tags(here: SmallSeries) -> None:
    here.upstream.tag("1.3rc1", "refs/heads/stable")
    made = begun(here, "--repository", URL)
    assert (made.name, made.projects["project"].bases) == ("project", ("1.2",))


def test_from_gitreview(here: SmallSeries) -> None:
    put(
        here,
        ".gitreview",
        "[gerrit]\nhost=upstream.invalid\nport=29418\nproject=org/project.git\n"
        "defaultbranch=stable/1.1\n",
    )
    project = begun(here).projects["project"]
    assert (project.repository, project.gerrit) == (URL, "https://upstream.invalid")
    assert project.bases == ("1.1",)


def test_from_gitreview_of_opendev(tmp_path: Path) -> None:
    (tmp_path / ".gitreview").write_text(
        "[gerrit]\nhost=review.opendev.org\nproject=openstack/nova.git\n"
    )
    found = look_around(tmp_path)
    assert found.repository == "https://opendev.org/openstack/nova.git"
    assert found.bug_url == "https://bugs.launchpad.net/nova/+bug/{bug}"


@pytest.mark.parametrize(
    ("version", "base"), [("1:1.1-2", "1.1"), ("1.1+dfsg-1~deb12u1", "1.1"), ("1.0", "1.0")]
)
def test_from_debian(here: SmallSeries, version: str, base: str) -> None:
    put(here, "debian/changelog", CHANGELOG.format(version=version))
    put(here, "debian/upstream/metadata", f"Name: x\nRepository: {URL}\n")
    made = begun(here)
    assert (made.name, made.projects["project"].bases) == ("project", (base,))


def test_from_a_clone(here: SmallSeries) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=here.root, check=True)
    subprocess.run(["git", "remote", "add", "origin", URL], cwd=here.root, check=True)
    assert begun(here).projects["project"].repository == URL


def test_a_series_that_is_there_is_kept(here: SmallSeries) -> None:
    begun(here, "--repository", URL)
    with pytest.raises(UsageError, match=r"series/project\.toml already exists"):
        here.run("init", "--repository", URL)
    assert here.run("init", "other", "--repository", URL)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--repository URL"),
        (("--repository", "https://upstream.invalid/x/yy"), "cannot fetch from"),
        (("--repository", "ext::sh -c id", "--base", "1.0"), "not a repository URL"),
        (("--repository", URL, "--base", "--x"), "not a valid tag"),
        (("A b", "--repository", URL), "lower-case letters"),
        (("--repository", "https://u:p@upstream.invalid/org/project"), "credentials"),
    ],
)
def test_what_is_missing_or_wrong_is_one_line(
    here: SmallSeries, words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SeriesError) as raised:
        here.run("init", *words)
    assert told in str(raised.value)
    assert not (here.root / "series").exists()


def test_a_version_without_a_tag_is_asked_for(here: SmallSeries) -> None:
    put(here, "debian/changelog", CHANGELOG.format(version="7.7-1"))
    with pytest.raises(UsageError, match="give it: --base TAG"):
        here.run("init", "--repository", URL)


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def test_it_asks_on_a_terminal(here: SmallSeries, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def prompt(text: str, **_: Any) -> str:
        asked.append(text)
        return URL

    monkeypatch.setattr("patchseries.cli.init.sys.stdin", Terminal())
    monkeypatch.setattr("click.prompt", prompt)
    from patchseries.cli.init import command

    assert command.main(["--quiet"], standalone_mode=False) == 0
    assert asked == ["The upstream repository (URL)"]
    assert "1.2" in (here.root / "series/project.toml").read_text()


HOSTILE = [
    (".gitreview", "[gerrit]\nhost=a b;id\nproject=../../x\n"),
    (".gitreview", "[gerrit]\nhost=%(x)s\nproject=%(y)s\n"),
    (".gitreview", "no section\n"),
    (".gitreview", "\x00\x1b]0;x\x07"),
    ("debian/changelog", "../../x (1.0; rm) unstable; urgency=x\n"),
    ("debian/changelog", f"x ({'9' * 5000}) unstable; urgency=x\n"),
    ("debian/upstream/metadata", "Repository: ext::sh -c id\n"),
    (".git/config", '[remote "origin"]\n\turl = \n'),
]


@pytest.mark.parametrize(("path", "text"), HOSTILE)
def test_hostile_files_tell_nothing(here: SmallSeries, path: str, text: str) -> None:
    put(here, path, text)
    found = look_around(here.root)
    assert (found.repository, found.gerrit) == (None, None)


def test_a_link_or_a_device_is_not_followed_for_ever(here: SmallSeries) -> None:
    (here.root / ".gitreview").symlink_to("/dev/zero")
    assert look_around(here.root) == Beginning()


def test_a_quote_in_a_tag_stays_in_its_place() -> None:
    text = manifest_text(Beginning("x1", URL, bases=('1.0"]#',)))
    assert manifest.parse(text).projects["x1"].bases == ('1.0"]#',)

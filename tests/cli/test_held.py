"""A command that writes holds the project, and writes onto what another has written meanwhile; a
dry run holds nothing and writes nothing, and a no is a no."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import pytest

from patchseries.cli import common, rebaseall
from patchseries.errors import DeclinedError, SeriesError
from support.small_series import SmallSeries, enter, small_series

UPSTREAM = "--repository https://upstream.invalid/org/project.git --base 1.0"
WRITING = {
    "accept retry --yes": ("not signed off", "3 files written"),
    "add MORE": (
        "say-more: would be added to series/small.toml; then: series rebase small",
        "say-more: added to series/small.toml; then: series rebase small",
    ),
    "bump": (
        "would be added to the bases in series/small.toml; then: series rebase small",
        "added to the bases in series/small.toml; then: series rebase small",
    ),
    "fetch": ("cached: 5 revisions of 1 repository",) * 2,
    f"import x.patch new {UPSTREAM}": (
        "nothing was written",
        "series/new.toml is written; then: series rebase new",
    ),
    f"init new {UPSTREAM}": (
        "series/new.toml: would be written; then: series add THING new",
        "series/new.toml: written; then: series add THING new",
    ),
    "rebase": ("3 files would change", "3 files written"),
    "rebase --all": (
        "1 series: 1 without conflict; 3 files would change",
        "1 series: 1 without conflict; 3 files written",
    ),
    "refresh log --onto 1.1 --yes": (
        "changed log: patches/own/log-1.1.patch on 1.1",
        "3 files written; then: series rebase small",
    ),
    "remove log": (
        "6 files would change; then: series rebase small",
        "6 files written; then: series rebase small",
    ),
    "resolve retry --take theirs --again -m x": ("then: series rebase small",) * 2,
}
"""Each has something to write, after :func:`words`; what a dry run says last, and a run."""
COMMENT = "# of another command\n"


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallSeries]:
    directory = tmp_path_factory.mktemp("held")
    with pytest.MonkeyPatch.context() as patch, small_series(directory) as made:
        enter(made, patch, directory)
        made.run("resolve", "retry", "--take", "both", "-m", "both are needed")
        made.run("rebase")
        made.upstream.commit({"README": b"more\n"}, "Say more")
        made.upstream.tag("1.3", "refs/heads/stable")
        shutil.rmtree(made.root / "patches/small/1.0")
        (made.root / "x.patch").write_text(
            "--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+loud\n"
        )
        shutil.copytree(made.root, directory / "kept")
        yield made


@pytest.fixture
def small(resolved: SmallSeries, monkeypatch: pytest.MonkeyPatch) -> SmallSeries:
    """As it was before any of the commands."""
    directory = resolved.root.parent
    shutil.rmtree(directory / "state", ignore_errors=True)
    for name in ("series", "patches"):
        shutil.rmtree(resolved.root / name)
        shutil.copytree(directory / "kept" / name, resolved.root / name)
    enter(resolved, monkeypatch, directory)
    return resolved


def held_after(another: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the project comes after *another*, which is called."""
    hold = common.held_project

    @contextmanager
    def later(state: Any) -> Iterator[None]:
        another()
        with hold(state):
            yield

    monkeypatch.setattr(common, "held_project", later)
    monkeypatch.setattr(rebaseall, "held_project", later)


def words(small: SmallSeries, line: str) -> list[str]:
    """The command *line*, with something for it to do."""
    if line.startswith("refresh"):
        edited = small.root / "patches/small/1.1/project/0002-log.patch"
        edited.write_text(edited.read_text().replace("+loud", "+LOUD"))
    elif line.startswith("fetch"):
        (small.root / "series/small.lock").unlink()
    more = small.upstream.repository.resolve("refs/heads/master")
    return line.replace("MORE", str(more)).split()


@pytest.mark.parametrize("line", WRITING)
def test_what_another_command_wrote_stays(
    small: SmallSeries, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = small.root / "series/small.toml"
    before = manifest.read_text()
    held_after(lambda: manifest.write_text(COMMENT + before), monkeypatch)
    small.run(*words(small, line))
    assert manifest.read_text().startswith(COMMENT)


@pytest.mark.parametrize("line", [line for line in WRITING if " new " in line])
def test_a_series_that_another_command_made_meanwhile_is_not_replaced(
    small: SmallSeries, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = small.root / "series/new.toml"
    held_after(lambda: manifest.write_text(COMMENT), monkeypatch)
    with pytest.raises(SeriesError, match=r"series/new\.toml"):
        small.run(*words(small, line))
    assert manifest.read_text() == COMMENT


def test_a_patch_that_another_command_added_meanwhile_is_not_added_twice(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = small.root / "series/small.toml"
    small.run(*words(small, "add MORE"))
    with_it = manifest.read_text()
    small.run("undo")
    held_after(lambda: manifest.write_text(with_it), monkeypatch)
    with pytest.raises(DeclinedError, match="is this change already"):
        small.run(*words(small, "add MORE --as another"))
    assert manifest.read_text() == with_it


@pytest.mark.parametrize("line", WRITING)
def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    small: SmallSeries, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[None] = []
    held_after(lambda: held.append(None), monkeypatch)
    run = words(small, line)
    before = small.tracked()
    would = small.run(*run, "--dry-run")[1].splitlines()[-1]
    assert (small.tracked(), held) == (before, [])
    does = small.run(*run)[1].splitlines()[-1]
    assert held
    assert small.tracked() != before
    assert tuple(said.removeprefix("series: ") for said in (would, does)) == WRITING[line]


@pytest.mark.parametrize(
    ("options", "answer", "status"),
    [([], True, 0), ([], False, 1), (["--json"], None, 1), (["--json", "--yes"], None, 0)],
)
@pytest.mark.parametrize("line", ["accept retry", "refresh log --onto 1.1"])
def test_a_person_is_asked_a_program_is_not(
    small: SmallSeries,
    line: str,
    options: list[str],
    answer: bool | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_: bool) -> bool | None:
        asked.append(question)
        return answer

    monkeypatch.setattr(click, "confirm", confirm)
    run = words(small, line)
    before = small.tracked()
    assert small.run(*run, *options)[0] == status
    assert (len(asked), small.tracked() == before) == (not options, status == 1)

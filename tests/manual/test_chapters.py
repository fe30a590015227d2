"""Every command that a chapter of the manual shows: it exists, it runs, it prints what is shown.

Commands in console blocks are run on the demonstration's upstreams, with no network; an upload
goes to a folder. Those in running text and in CI jobs are parsed by the real commands.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from patchseries.cli import group, run
from support import manual
from support.manual import Shown
from support.packagetree import CLASH, make_tree, make_upstream
from support.project import REPOSITORY
from support.testedoven import make_tested_oven
from support.tools import need

RUN = [chapter for chapter in manual.CHAPTERS if manual.console(chapter)]
DONE = (0, 1)  # a conflict or a finding is part of what the manual shows
WITHOUT_FINDINGS = {"build", "publish", "init", "add", "import", "export", "config"}

LIBVIRTD = """\
# Maximum number of concurrent client connections
#max_clients = 20
max_clients = 5
"""

EVERY = [(chapter, words) for chapter in manual.CHAPTERS for words in manual.every_command(chapter)]
NAMES = [f"{chapter}-{' '.join(words)}"[:70] for chapter, words in EVERY]


def parsed(words: tuple[str, ...]) -> None:
    """Have the command of *words* read its arguments; click.UsageError when it does not take them.

    A command's name alone stands for the command.
    """
    name, *arguments = words
    command = group.get_command(click.Context(group), name)
    if isinstance(command, click.Group) and arguments:
        name, *arguments = arguments
        command = command.get_command(click.Context(command), name)
    if command is None:
        raise click.UsageError(f"there is no command {name}")
    if arguments:
        command.make_context(name, [argument for argument in arguments if argument != "…"])


def test_the_chapters_on_daily_work_are_run() -> None:
    assert {"status.md", "packages.md", "conflicts.md", "check.md", "series.md"} <= set(RUN)
    assert {
        "upgrade.md",
        "first-upgrade.md",
        "backport.md",
        "merged.md",
        "quilt.md",
        "gbp.md",
    } <= set(RUN)
    assert manual.blocks("packages.md", "ini")


def test_every_code_block_says_what_it_is() -> None:
    """An indented or nameless block would not be looked at here."""
    for chapter in manual.CHAPTERS:
        outside = re.sub(r"^```\w+\n.*?^```$", "", manual.text(chapter), flags=re.S | re.M)
        assert "```" not in outside, chapter
        assert not re.findall(r"^    series .*$", outside, re.MULTILINE), chapter


@pytest.mark.parametrize("words", [words for _, words in EVERY], ids=NAMES)
def test_it_parses_even_if_it_needs_a_server(words: tuple[str, ...]) -> None:
    """Also what needs a server or an upload host of one's own: names and options are there."""
    parsed(words)


@pytest.mark.parametrize(
    "words", [("stauts",), ("status", "--no-such"), ("why", "a", "b", "c"), ("diff", "--onto")]
)
def test_what_is_no_command_does_not_parse(words: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        parsed(words)


def test_every_command_is_in_the_manual() -> None:
    there = group.list_commands(click.Context(group))
    assert set(there) <= {words[0] for _, words in EVERY}


@pytest.mark.parametrize("chapter", manual.CHAPTERS)
def test_every_option_in_running_text_is_one(chapter: str) -> None:
    context = click.Context(group)
    commands = [group.get_command(context, name) for name in group.list_commands(context)]
    commands += [sub for one in commands for sub in getattr(one, "commands", {}).values()]
    params = [param for one in commands if one for param in one.get_params(context)]
    known = {opt for param in params for opt in param.opts}
    assert manual.options(chapter) <= known


@pytest.mark.parametrize("chapter", RUN)
def test_it_runs_and_prints_what_is_shown(
    chapter: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    need("dpkg-source", "xz")
    if chapter == "packages.md":
        need("dput", "lintian")
    need(*{shown.program for shown in manual.console(chapter)} - {"series"})
    enter(chapter, tmp_path, monkeypatch)
    for shown in manual.console(chapter):
        words = [word.replace("/tmp/", f"{tmp_path}/") for word in shown.words]
        if shown.program == "series":
            monkeypatch.setattr("sys.argv", ["series", *words])
            monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
            status = run(words)
            said = capsys.readouterr()
            output = said.out + said.err
        else:
            status, output = run_program(shown.program, words, tmp_path)
        output = output.replace(f"{tmp_path}/", "/tmp/")
        findings = shown.words[0] not in WITHOUT_FINDINGS or "audit" in shown.words
        done = DONE if findings else (0,)
        assert status in done, (shown.words, output)
        assert not shown.missing(output), (shown.words, output)


def run_program(program: str, words: list[str], home: Path) -> tuple[int, str]:
    """Run git or gbp: its exit status, and what it says."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DEBFULLNAME": "Ann Packager",
        "DEBEMAIL": "ann@test.invalid",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [program, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def enter(chapter: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a project folder with the demonstration's manifest, and nothing made yet."""
    root = folder / "project"
    (root / "series").mkdir(parents=True)
    manifest = (REPOSITORY / "series/demo.toml").read_text()
    (root / "series/demo.toml").write_text(manifest)
    for block in manual.blocks(chapter, "ini"):
        (folder / ".dput.cf").write_text(block.replace("/tmp/", f"{folder}/"))
        (folder / "shelf").mkdir()
    if chapter == "upgrade.md":
        root = make_tree(folder / "oven", CLASH)
        make_upstream(folder / "mirrors" / "org" / "oven.git").repository.close()
        monkeypatch.setenv("SERIES_MIRRORS", str(folder / "mirrors"))
    if chapter == "settings.md":
        tables = "\n".join(manual.blocks(chapter, "toml"))
        (root / "series/demo.toml").write_text(f"{manifest}\n{tables}")
        (folder / "host/libvirt").mkdir(parents=True)
        (folder / "host/libvirt/libvirtd.conf").write_text(LIBVIRTD)
    if chapter == "testing.md":
        (root / "series/oven.toml").write_text(manual.blocks(chapter, "toml")[0])
        make_tested_oven(folder / "mirrors" / "org" / "oven.git").repository.close()
        monkeypatch.setenv("SERIES_MIRRORS", str(folder / "mirrors"))
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("SERIES_CACHE", str(folder / "cache"))
    monkeypatch.setenv("SERIES_STATE", str(folder / "state"))
    monkeypatch.setenv("DEBFULLNAME", "Ann Packager")
    monkeypatch.setenv("DEBEMAIL", "ann@test.invalid")


def test_a_line_that_is_not_printed_is_missed() -> None:
    shown = Shown(("x",), ("one … three", "four"))
    assert shown.missing("zero\none  two three\nfour\n") == []
    assert shown.missing("one two three\n") == ["four"]
    assert shown.missing("four\none two three\n") == ["four"]

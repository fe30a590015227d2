"""What a wide tree costs: a repository of very many files, and a change of half of them.

    python tests/bench/wide.py [FILES CHANGED]

The repository is generated (100,000 files, of which one commit changes 50,000). Its series of this
one patch is fetched, rebased, applied and built as a source package; each command is shown with its
seconds of CPU, of the clock, and the most memory of one process, in MB. Needs dpkg-dev.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from bench.large import SERIES, measured  # noqa: E402
from support.manifests import small_manifest  # noqa: E402

FILES, CHANGED = 100_000, 50_000
COMMANDS = (
    ("rebase", "-q"),
    ("rebase", "-q"),
    ("test-apply", "-q"),
    ("check", "-q"),
    ("build", "-q", "--allow-unreviewed"),
)


def wide_series(directory: Path, files: int, changed: int) -> Path:
    """The project's directory: one commit to *changed* of *files* files, on one base.

    Its upstream is below ``DIRECTORY/mirrors``.
    """
    mirror = directory / "mirrors/org/project.git"
    mirror.mkdir(parents=True)
    git = ["git", f"--git-dir={mirror}"]
    subprocess.run([*git, "init", "-q", "--bare"], check=True)
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as importing:
        assert importing.stdin is not None
        for piece in _history(files, changed):
            importing.stdin.write(piece.encode())
    assert importing.returncode == 0
    listed = subprocess.run([*git, "rev-parse", "master"], capture_output=True, check=True)
    commit = listed.stdout.decode().strip()
    project = directory / "project"
    (project / "series").mkdir(parents=True)
    entry = f'\n[[patch]]\nname = "all"\nproject = "project"\nsource = {{ commit = "{commit}" }}\n'
    (project / "series/small.toml").write_text(small_manifest(("1.0",)) + entry)
    return project


def _history(files: int, changed: int) -> Iterator[str]:
    """A release, and then the commit, for `git fast-import`."""
    who = "Test Author <author@test.invalid> 1365033600 +0000"
    yield f"commit refs/heads/master\nauthor {who}\ncommitter {who}\n{_data('First release')}"
    for number in range(files):
        yield f"M 100644 inline {_path(number)}\n{_data(_text(number, 'first'))}"
    yield "reset refs/tags/1.0\nfrom refs/heads/master\n\n"
    message = _data("Change very many files\n\nChange-Id: I" + "1" * 40 + "\n")
    yield f"commit refs/heads/master\nauthor {who}\ncommitter {who}\n{message}"
    for number in range(changed):
        yield f"M 100644 inline {_path(number * files // changed)}\n"
        yield _data(_text(number * files // changed, "changed"))


def _path(number: int) -> str:
    return f"part{number // 5000}/directory{number // 100}/file{number}.txt"


def _text(number: int, word: str) -> str:
    """Twelve lines, of which the seventh holds *word*."""
    return "".join(f"line {n} of file {number}: {word if n == 7 else '-'}\n" for n in range(12))


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}\n"


def main() -> int:
    """Print a row for each command."""
    numbers = [int(word) for word in sys.argv[1:]]
    files, changed = numbers or (FILES, CHANGED)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "cache").mkdir(mode=0o700)
        project = wide_series(directory, files, changed)
        env = os.environ | {
            "SERIES_CACHE": str(directory / "cache"),
            "SERIES_STATE": str(directory / "state"),
            "SERIES_MIRRORS": str(directory / "mirrors"),
            "DEBFULLNAME": "A Packager",
            "DEBEMAIL": "packager@example.invalid",
        }
        print(f"{files} files, {changed} of them changed; load {os.getloadavg()[0]:.1f}")
        print(f"{'command':12} {'CPU s':>8} {'clock s':>8} {'MB':>7}")
        for command in (("fetch", "-q"), *COMMANDS):
            cost = measured([str(SERIES), *command], project, env)
            row = f"{command[0]:12} {cost.cpu:8.2f} {cost.clock:8.2f} {cost.memory:7.0f}"
            print(row + cost.failure, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A series of very many small patches, to see what takes more than linear time.

    python tests/support/longseries.py DIRECTORY [PATCHES]

writes the project to DIRECTORY/project and its upstream to DIRECTORY/mirrors.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from support.manifests import small_manifest

BASES = ("1.0", "1.1")


def long_series(directory: Path, patches: int) -> Path:
    """The project's directory: *patches* commits to as many files, each a patch on each base."""
    mirror = directory / "mirrors/org/project.git"
    mirror.mkdir(parents=True)
    git = ["git", f"--git-dir={mirror}"]
    subprocess.run([*git, "init", "-q", "--bare"], check=True)
    history = "".join(_history(patches)).encode()
    subprocess.run([*git, "fast-import", "--quiet"], input=history, check=True)
    listed = subprocess.run(
        [*git, "rev-list", "--reverse", "1.0..master"], capture_output=True, text=True, check=True
    )
    project = directory / "project"
    (project / "series").mkdir(parents=True)
    entries = "".join(map(_entry, range(patches), listed.stdout.split()))
    (project / "series/small.toml").write_text(small_manifest(BASES) + entries)
    return project


def _history(patches: int) -> Iterator[str]:
    """Two releases, and then the commits, for `git fast-import`."""
    yield "blob\nmark :1\n" + _data("".join(f"line {n}\n" for n in range(20)))
    yield _commit("stable", 2, "First release", None)
    for number in range(patches):
        yield f"M 100644 :1 {_path(number)}\n"
    yield _commit("stable", 3, "Second release", 2)
    yield f"M 100644 inline VERSION\n{_data('1.1')}"
    for name, mark in (("1.0", 2), ("1.1", 3)):
        yield f"reset refs/tags/{name}\nfrom :{mark}\n\n"
    for number in range(patches):
        text = "".join(f"line {n}\n" if n != 10 else f"fixed {number}\n" for n in range(20))
        change = f"Fix {number}\n\nChange-Id: I{number + 1:040x}\n"
        yield _commit("master", 10 + number, change, 9 + number if number else 2)
        yield f"M 100644 inline {_path(number)}\n{_data(text)}"
    yield f"reset refs/tags/2.0\nfrom :{9 + patches}\n\n"


def _commit(branch: str, mark: int, message: str, parent: int | None) -> str:
    who = f"Test Author <author@test.invalid> {1365033600 + 60 * mark} +0000"
    above = f"from :{parent}\n" if parent else ""
    head = f"commit refs/heads/{branch}\nmark :{mark}\nauthor {who}\ncommitter {who}\n"
    return head + _data(message) + above


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _path(number: int) -> str:
    return f"part{number // 50}/file{number}.txt"


def _entry(number: int, commit: str) -> str:
    source = f'source = {{ commit = "{commit}" }}'
    return f'\n[[patch]]\nname = "fix-{number}"\nproject = "project"\n{source}\n'


if __name__ == "__main__":
    print(long_series(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000))

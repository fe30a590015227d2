"""How two trees differ, as git tells it, by one ``git diff-tree --stdin`` process for many trees.

git echoes a line that names no object and flushes its output then: that echo ends an answer.
No line of a patch begins with ``=``, so the echo cannot be mistaken for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from patchseries import process
from patchseries.git.asking import asking

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_END = b"=end=\n"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A run of lines replaced by another; each line with its newline, if it has one.

    ``old_start`` and ``new_start`` are 0-based indexes into the lines of the two files.
    """

    old_start: int
    removed: tuple[bytes, ...]
    new_start: int
    added: tuple[bytes, ...]


PLAIN = (
    "-r", "-p", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index",
    "--diff-algorithm=myers", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
"""How diffs are written: plain enough for dpkg-source, full for git."""


class DiffProcess:
    """A running ``git diff-tree --stdin``: ask with :meth:`diff`, end with :meth:`close`."""

    def __init__(self, git_dir: Path, env: dict[str, str], *options: str) -> None:
        """Prepare to compare trees in *git_dir*; *options* go on top of ``PLAIN``."""
        argv = ["git", "diff-tree", "--stdin", *PLAIN, *options]
        self._git = process.CoProcess(argv, cwd=git_dir, env=env)

    def diff(self, old: str, new: str) -> list[bytes]:
        """The lines of the diff between two trees, in git's order of paths.

        :raises ProgramError: git ended (a missing object, say) instead of answering
        """
        running = self._git.running()
        assert running.stdin is not None
        assert running.stdout is not None
        with asking(self._git, "diff-tree", f"comparing {old[:12]} and {new[:12]}"):
            running.stdin.write(f"{old} {new}\n".encode() + _END)
            running.stdin.flush()
            return _read_answer(running.stdout)

    def close(self) -> None:
        """End the process, if it runs."""
        self._git.close()


def _read_answer(stream: IO[bytes]) -> list[bytes]:
    """The lines of one answer, without git's echo of the question and of the end mark."""
    lines: list[bytes] = []
    while (line := stream.readline()) != _END:
        if not line:
            raise EOFError("diff-tree: the stream ended")
        lines.append(line)
    return lines[1:]


def parse_patch(lines: Sequence[bytes]) -> dict[str, list[LineChange]]:
    """The runs of each file of a patch with no context lines, as git writes it (``-U0``)."""
    found: dict[str, list[LineChange]] = {}
    runs: list[LineChange] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith(b"diff --git "):
            runs = found.setdefault(_path(line), [])
        elif hunk := _HUNK.match(line):
            change, at = _read_run(lines, at, hunk)
            runs.append(change)
    return found


def _read_run(lines: Sequence[bytes], at: int, hunk: re.Match[bytes]) -> tuple[LineChange, int]:
    removed: list[bytes] = []
    added: list[bytes] = []
    old_count, new_count = (1 if c is None else int(c) for c in (hunk[2], hunk[4]))
    while at < len(lines) and (
        len(removed) < old_count or len(added) < new_count or lines[at][:1] == b"\\"
    ):
        side = removed if lines[at][:1] == b"-" else added
        if lines[at][:1] == b"\\":  # "\ No newline at end of file"
            side = added if added else removed
            side[-1] = side[-1].removesuffix(b"\n")
        else:
            side.append(lines[at][1:])
        at += 1
    # With no lines on a side, git names the line before the place, else the first line itself.
    starts = (int(hunk[i]) - (n > 0) for i, n in ((1, old_count), (3, new_count)))
    old_start, new_start = starts
    return LineChange(old_start, tuple(removed), new_start, tuple(added)), at


def _path(header: bytes) -> str:
    """The path in ``diff --git a/P b/P``: renames are off, so both halves name the same file."""
    names = header.removeprefix(b"diff --git ").removesuffix(b"\n")
    half = names[: len(names) // 2]
    if half.startswith(b'"'):
        half = _unquote(half[1:-1])
    return half.removeprefix(b"a/").decode("utf-8", "surrogateescape")


def _unquote(name: bytes) -> bytes:
    """A path that git quoted in C's way."""
    escapes = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13}

    def replace(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code.isdigit():
            return bytes([int(code, 8) & 255])
        return bytes([escapes[code]]) if code in escapes else code

    return re.sub(rb"\\([0-7]{3}|.)", replace, name)

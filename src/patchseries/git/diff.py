"""How two trees differ, as git tells it, by one ``git diff-tree --stdin`` process for many trees.

git echoes a line that names no object and flushes its output then: that echo ends an answer.
No line of a patch begins with ``=``, so the echo cannot be mistaken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, TypeVar

from patchseries import process
from patchseries.git.coprocess import Channel, Future
from patchseries.git.objects import TreeEntry

T = TypeVar("T")

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
    "-r",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--full-index",
    "--diff-algorithm=myers",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
"""How trees are compared, and diffs written: plain enough for dpkg-source, full for git."""


class DiffProcess(Generic[T]):
    """A running ``git diff-tree --stdin``: ask with :meth:`ask`, end with :meth:`close`."""

    def __init__(
        self,
        git_dir: Path,
        env: dict[str, str],
        parse: Callable[[Sequence[bytes]], T],
        *options: str,
    ) -> None:
        """Prepare to compare trees in *git_dir*; *options* say what is shown.

        :param parse: makes the answer of the lines that git writes
        """
        argv = ["git", f"--git-dir={git_dir}", "diff-tree", "--stdin", *PLAIN, *options]
        git = process.CoProcess(argv, cwd=git_dir, env=env)
        self._channel = Channel(git, "diff-tree", lambda stream: parse(_read_answer(stream)))

    def submit(self, old: str, new: str) -> Future[T]:
        """Begin to compare two trees; in the answer the paths are in git's order.

        :raises ProgramError: git cannot be started
        """
        request = f"{old} {new}\n".encode() + _END
        return self._channel.submit(request, f"comparing {old[:12]} and {new[:12]}")

    def close(self) -> None:
        """End the process, if it runs."""
        self._channel.close()


def _read_answer(stream: IO[bytes]) -> list[bytes]:
    """The lines of one answer, without git's echo of the question and of the end mark."""
    lines: list[bytes] = []
    while (line := stream.readline()) != _END:
        if not line:
            raise EOFError("diff-tree: the stream ended")
        lines.append(line)
    return lines[1:]


Entries = dict[str, tuple[TreeEntry | None, TreeEntry | None]]
"""The paths that differ between two trees: what they are before and after."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two trees differ: the paths, and by path the runs of lines.

    A binary file, or one whose mode alone changed, has no runs.
    """

    entries: Entries
    lines: dict[str, list[LineChange]]


def parse_difference(answer: Sequence[bytes]) -> Difference:
    """What git says of two trees with ``--raw -U0``."""
    end = next((n for n, line in enumerate(answer) if not line.startswith(b":")), len(answer))
    return Difference(parse_entries(answer[:end]), parse_patch(answer[end:]))


def parse_entries(raw: Sequence[bytes]) -> Entries:
    """The paths of ``--raw`` lines (``:MODE MODE ID ID STATUS<tab>PATH``).

    >>> parse_entries([b":100644 000000 1234 0000 D\\tdir/f\\n"])
    {'dir/f': (TreeEntry(mode='100644', oid='1234'), None)}
    """
    found: Entries = {}
    for line in raw:
        meta, _, path = line.rstrip(b"\n").partition(b"\t")
        mode, new_mode, oid, new_oid, _ = meta[1:].decode().split(" ")
        found[_name(path)] = _entry(mode, oid), _entry(new_mode, new_oid)
    return found


def _entry(mode: str, oid: str) -> TreeEntry | None:
    return None if mode == "000000" else TreeEntry(mode, oid)


def parse_patch(lines: Sequence[bytes]) -> dict[str, list[LineChange]]:
    """The runs of each file of a patch with no context lines, as git writes it (``-U0``).

    >>> parse_patch([b"diff --git a/f b/f\\n", b"@@ -2 +2,2 @@\\n", b"-x\\n", b"+y\\n", b"+z\\n"])
    {'f': [LineChange(old_start=1, removed=(b'x\\n',), new_start=1, added=(b'y\\n', b'z\\n'))]}
    """
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
    return _name(names[: len(names) // 2]).removeprefix("a/")


def _name(name: bytes) -> str:
    """A path as git writes it: quoted where it has control characters, quotes or backslashes."""
    plain = _unquote(name[1:-1]) if name.startswith(b'"') else name
    return plain.decode("utf-8", "surrogateescape")


def _unquote(name: bytes) -> bytes:
    """A path that git quoted in C's way."""
    escapes = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13}

    def replace(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if code.isdigit():
            return bytes([int(code, 8) & 255])
        return bytes([escapes[code]]) if code in escapes else code

    return re.sub(rb"\\([0-7]{3}|.)", replace, name)

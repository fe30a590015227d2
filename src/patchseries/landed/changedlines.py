"""The lines that commits change: to recognise a change whose context or white space differs.

git's patch-id depends on the number of context lines and on the diff algorithm. Here only the
lines removed and added count, without their white space; so a patch file made with other settings,
or a backport whose surroundings differ, is still compared with the commit it came from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from patchseries import process
from patchseries.errors import ProgramError
from patchseries.git import Repository
from patchseries.git.environment import ISOLATED
from patchseries.model import CommitId

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BLANK = re.compile(rb"\s+")
_TELLING = re.compile(rb"[+-].*[A-Za-z0-9_].*[A-Za-z0-9_].*[A-Za-z0-9_]", re.DOTALL)
_PLAIN = (
    "-p",
    "-U0",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
_MOST_BYTES = 1 << 30
"""Of diffs that are read of one history: what comes after them is not looked at."""
_MARK = b"\x01commit "


@dataclass(frozen=True)
class ChangedLines:
    """The lines that a change removes (``-…``) and adds (``+…``), by path, without white space."""

    by_path: Mapping[str, tuple[bytes, ...]]

    @cached_property
    def telling(self) -> Counter[bytes]:
        """The lines that say something (not ``}`` or ``else:``), whatever file they are in."""
        lines = [line for lines in self.by_path.values() for line in lines]
        return Counter([line for line in lines if _TELLING.match(line)] or lines)

    @property
    def size(self) -> int:
        """How many such lines."""
        return self.telling.total()

    def share_in(self, other: ChangedLines) -> float:
        """The share of these lines that *other* changes in the same way: 0 to 1."""
        return (self.telling & other.telling).total() / self.size if self.size else 0.0

    def is_same_in(self, other: ChangedLines) -> bool:
        """Whether *other* changes each file of this change by the very same lines, in order."""
        return bool(self.by_path) and all(
            other.by_path.get(path) == lines for path, lines in self.by_path.items()
        )


def changed_lines(diff: bytes, strip: int = 1) -> ChangedLines:
    """The lines that *diff* changes.

    :param strip: how many leading parts of its paths are not the path's own

    >>> changed_lines(b"--- a/f\\n+++ b/f\\n@@ -1 +1 @@\\n-old\\n+n ew\\n").by_path
    {'f': (b'-old', b'+new')}
    """
    found: dict[str, list[bytes]] = {}
    lines = iter(diff.split(b"\n"))
    old = path = ""
    for line in lines:
        if line.startswith(b"--- "):
            old = _path(line, strip)
        elif line.startswith(b"+++ "):
            path = _path(line, strip) or old
        elif (hunk := _HUNK.match(line)) and path:
            found.setdefault(path, []).extend(_changes(hunk, lines))
    return ChangedLines({path: tuple(lines) for path, lines in found.items()})


def lines_of_commit(repository: Repository, commit: CommitId) -> ChangedLines | None:
    """The lines that *commit* changes; None when its files are not here."""
    try:
        done = repository.run("diff-tree", "--root", "-r", *_PLAIN, commit, "--")
    except ProgramError:
        return None
    return changed_lines(done.stdout)


def lines_in_history(
    repository: Repository, tips: Iterable[str], without: Iterable[str], paths: Iterable[str]
) -> Iterator[tuple[CommitId, ChangedLines]]:
    """What each commit that *tips* have and *without* have not changes in *paths*.

    Merges are left out. Where the history's files are not here, nothing comes.
    """
    wanted = [*tips, *(f"^{tip}" for tip in without)]
    names = [path for path in paths if "\n" not in path]
    if not wanted or not names:
        return
    argv = ["git", f"--git-dir={repository.git_dir}", "log", "--stdin", "--no-merges"]
    argv += ["--no-show-signature", "--format=tformat:%x01commit %H", *_PLAIN]
    environment = ISOLATED | {"GIT_LITERAL_PATHSPECS": "1"}
    with process.start(argv, cwd=repository.git_dir, env=environment) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        try:
            text = "\n".join([*wanted, "--", *names, ""])
            git.stdin.write(text.encode("utf-8", "surrogateescape"))
            git.stdin.close()
            for commit, diff in _commits(git.stdout):
                yield commit, changed_lines(diff)
        except BrokenPipeError:
            pass  # git refused a name: nothing is known
        finally:
            git.kill()


# Private -----------------------------------------------------------------------------------------


def _commits(stream: IO[bytes]) -> Iterator[tuple[CommitId, bytes]]:
    """The commits of a log with their diffs, as far as it is read."""
    commit, size = "", 0
    diff: list[bytes] = []
    for line in stream:
        size += len(line)
        if line.startswith(_MARK):
            if commit:
                yield CommitId(commit), b"".join(diff)
            commit, diff = line[len(_MARK) :].decode().strip(), []
            if size > _MOST_BYTES:
                return
        else:
            diff.append(line)
    if commit:
        yield CommitId(commit), b"".join(diff)


def _path(line: bytes, strip: int) -> str:
    name = line[4:].rstrip(b"\r").split(b"\t", 1)[0]
    if name == b"/dev/null":
        return ""
    parts = [part for part in name.split(b"/") if part]
    return b"/".join(parts[strip:]).decode("utf-8", "surrogateescape")


def _changes(hunk: re.Match[bytes], lines: Iterator[bytes]) -> Iterator[bytes]:
    old, new = int(hunk[2] or 1), int(hunk[4] or 1)
    while old > 0 or new > 0:
        line = next(lines, None)
        if line is None:
            return
        kind = line[:1]
        old -= kind in (b" ", b"-", b"")
        new -= kind in (b" ", b"+", b"")
        if kind in (b"+", b"-") and (text := _BLANK.sub(b"", line[1:])):
            yield kind + text

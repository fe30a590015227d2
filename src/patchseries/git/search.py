"""Where words stand in a tree, by ``git grep``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patchseries.git.objects import decode_path, encode_path
from patchseries.git.repository import Repository

_LONGEST = 4000
"""The bytes of what is searched for: git refuses 60,000."""
_MOST = 500
"""The lines of one file that are looked at: no name needs more to be found."""


class WordPlace(NamedTuple):
    """A line of a file that says *name* as a word."""

    name: bytes
    path: str
    line: bytes


def paths_with(
    repository: Repository, tree: str, texts: Iterable[str], where: Iterable[str] = ()
) -> list[str]:
    """The paths of *tree* whose files hold one of *texts*, sorted; no binary files.

    :param texts: parts of a line
    :param where: pathspecs that the paths must match, if there are any
    """
    done = _grep(repository, map(encode_path, texts), ("-l", tree, "--", *where))
    names = filter(None, done.split(b"\0"))
    return sorted(decode_path(name.partition(b":")[2]) for name in names)


def places(repository: Repository, tree: str, names: Iterable[bytes]) -> Iterator[WordPlace]:
    """The lines of *tree* that say one of *names*, in git's order of paths; no binary files."""
    wanted = sorted(set(names))
    if not wanted:
        return
    options = ("-w", f"--max-count={_MOST}", "--no-color", "--full-name")
    done = _grep(repository, wanted, (*options, tree, "--"))
    words = re.compile(rb"(?<!\w)(?:%b)(?!\w)" % b"|".join(map(re.escape, wanted)))
    for record in done.split(b"\n"):
        name, found, line = record.partition(b"\0")
        for match in words.finditer(line) if found else ():
            yield WordPlace(match[0], decode_path(name.partition(b":")[2]), line)


def _grep(repository: Repository, patterns: Iterable[bytes], args: Sequence[str]) -> bytes:
    """What ``git grep`` prints for fixed *patterns* in text files.

    They go through its standard input: they may be more than the system allows arguments to be.
    One with a NUL stands in no text file, and one that is too long is taken for absent.
    """
    usable = (one for one in patterns if b"\0" not in one and len(one) <= _LONGEST)
    lines = b"".join(pattern + b"\n" for pattern in usable)
    if not lines:
        return b""
    options = ("-z", "-I", "-F", "-f", "-")
    return repository.run("grep", *options, *args, stdin=lines, accept=(0, 1)).stdout

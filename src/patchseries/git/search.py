"""Where words stand in a tree, by ``git grep``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from patchseries.git.objects import decode_path
from patchseries.git.repository import Repository

_MOST = 500
"""The lines of one file that are looked at: no name needs more to be found."""


class WordPlace(NamedTuple):
    """A line of a file that says *name* as a word."""

    name: bytes
    path: str
    line: bytes


def paths_with(
    repository: Repository, tree: str, texts: Iterable[str], where: Iterable[str]
) -> list[str]:
    """The paths of *tree* whose files hold one of *texts*, sorted; no binary files.

    :param where: pathspecs that the paths must match
    """
    patterns = [word for text in texts for word in ("-e", text)]
    if not patterns:
        return []
    options = ("-l", "-z", "-I", "-F")
    done = repository.run("grep", *options, *patterns, tree, "--", *where, accept=(0, 1))
    names = filter(None, done.stdout.split(b"\0"))
    return sorted(decode_path(name.partition(b":")[2]) for name in names)


def places(repository: Repository, tree: str, names: Iterable[bytes]) -> Iterator[WordPlace]:
    """The lines of *tree* that say one of *names*, in git's order of paths; no binary files."""
    wanted = sorted(set(names))
    if not wanted:
        return
    patterns = [word for name in wanted for word in ("-e", decode_path(name))]
    options = ("-w", "-z", "-I", "-F", f"--max-count={_MOST}", "--no-color", "--full-name")
    done = repository.run("grep", *options, *patterns, tree, "--", accept=(0, 1))
    words = re.compile(rb"(?<!\w)(?:%b)(?!\w)" % b"|".join(map(re.escape, wanted)))
    for record in done.stdout.split(b"\n"):
        name, found, line = record.partition(b"\0")
        for match in words.finditer(line) if found else ():
            yield WordPlace(match[0], decode_path(name.partition(b":")[2]), line)

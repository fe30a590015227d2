"""Files of the tree that a line needs: an include, an import of what the project itself has.

A language says where such a file may be. That it is at one of these places upstream, and at none in
the result, says that the line fails here. Where upstream has none of them either, it is a library's
or made by the build: nothing can be said.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from patchseries.git import Repository, TreeEntry
from patchseries.git.objects import decode_path
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import Port, PortedFile


@dataclass(frozen=True)
class TreeFiles:
    """What a tree has, by path."""

    repository: Repository
    tree: str

    def has(self, path: str) -> bool:
        """Whether there is a file or a directory; ``a/*.go``: a file of that suffix in ``a``."""
        directory, _, suffix = path.rpartition("/*")
        if not suffix.startswith("."):
            return self.repository.entry(self.tree, path) is not None
        inside = self._inside(directory)
        return any(name.endswith(suffix.encode()) for name in inside)

    def text(self, path: str) -> bytes:
        """The bytes of a file; empty if there is none."""
        return self.repository.file(self.tree, path) or b""

    def directories(self, path: str) -> Iterator[str]:
        """The paths of the directories in the directory *path* ("": the root)."""
        found = [(name, one.oid) for name, one in self._inside(path).items() if one.is_tree]
        self.repository.prefetch(oid for _, oid in found)
        for name, _ in found:
            yield posixpath.join(path, decode_path(name))

    def _inside(self, directory: str) -> Mapping[bytes, TreeEntry]:
        entry = self.repository.entry(self.tree, directory) if directory else None
        if directory and (entry is None or not entry.is_tree):
            return {}
        return self.repository.tree(entry.oid if entry else self.tree)


Places = Callable[[str, str, TreeFiles], Iterable[str]]
"""From a name, the path of the file that says it, and its tree: the paths where it may be; none if
the name is not the project's own."""


@dataclass(frozen=True)
class Requirement:
    """How a line of a language says that it needs another file.

    :ivar line: matches such a line; its group is the name
    :ivar places: where a file or directory of that name may be
    :ivar is_text: whether the text of that file counts as if it stood there: what it defines has a
        meaning here
    """

    line: re.Pattern[bytes]
    places: Places
    is_text: bool = False

    def names(self, text: bytes) -> list[str]:
        """The files that the lines of *text* need, each once."""
        found = map(self.line.match, text.split(b"\n"))
        return list(dict.fromkeys(decode_path(said[1]) for said in found if said))


def directories_above(path: str) -> Iterator[str]:
    """The directories that *path* is in, the innermost first, the root ("") last.

    >>> list(directories_above("a/b/c.h"))
    ['a/b', 'a', '']
    """
    while path:
        path = posixpath.dirname(path)
        yield path


def beside(path: str, name: str) -> str:
    """The path that *name* is, seen from the file *path*.

    >>> beside("a/b/c.js", "../d")
    'a/d'
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def check_required(port: Port, file: PortedFile, needed: Requirement) -> Iterator[Finding]:
    """The files that the lines which the port added need, and only upstream has."""
    there, here = (TreeFiles(port.repository, tree) for tree in (port.after, port.result))
    for number, line in file.added:
        said = needed.line.match(line)
        if said is None:
            continue
        name = decode_path(said[1])
        wanted = list(needed.places(name, file.path, here))
        if not wanted or any(map(here.has, wanted)):
            continue
        if any(map(there.has, needed.places(name, file.upstream, there))):
            shown = said[1].decode("utf-8", "replace")
            yield Finding(
                PortCode.UNKNOWN_IMPORT,
                Severity.ERROR,
                f"{shown} is not in the target",
                file=file.path,
                line=number + 1,
                hint="upstream it is there; find its name here",
            )

"""Files that a resolution makes, removes, renames or gives another mode, beside its conflict.

Only what is new is written down; what goes or moves is known again by the SHA-256 of its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from patchseries.files import sha256
from patchseries.git import Merge, Repository, TreeEntry
from patchseries.git.textmerge import Lines, split_lines
from patchseries.model import TreeId
from patchseries.resolution.conflict import OpenFile
from patchseries.resolution.edits import EditBeside, StaleError, edited


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was not there, with its lines."""

    path: str
    mode: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that goes away; ``was`` is the SHA-256 of its bytes."""

    path: str
    was: str


@dataclass(frozen=True, slots=True)
class MovedFile:
    """A file that is called ``path`` from now on, and was called ``source``.

    ``was`` is the SHA-256 of its bytes; None for the conflicting file, which its key tells.
    """

    path: str
    source: str
    was: str | None


@dataclass(frozen=True, slots=True)
class ChangedMode:
    """A file whose git mode was ``old`` and becomes ``new``."""

    path: str
    old: str
    new: str


FileChange = NewFile | RemovedFile | MovedFile | ChangedMode


@dataclass
class Draft:
    """The tree of a merge on the way to the settled one: what each path touched is by now.

    ``done`` are the changes beside conflicts that were made: two resolutions may need the same.
    """

    repository: Repository
    merge: Merge
    entries: dict[str, TreeEntry | None] = field(default_factory=dict)
    done: set[FileChange | EditBeside] = field(default_factory=set)

    def fork(self) -> Draft:
        """A copy, to be dropped when something does not fit."""
        return replace(self, entries=dict(self.entries), done=set(self.done))

    def entry(self, path: str) -> TreeEntry | None:
        """What *path* is by now.

        :raises StaleError: it conflicts, and is not settled yet
        """
        if path in self.entries:
            return self.entries[path]
        if path in self.merge.conflicted_paths:
            raise StaleError(f"{path} has a conflict itself")
        return self.repository.entry(self.merge.tree, path)

    def file(self, path: str) -> TreeEntry:
        """The file *path*.

        :raises StaleError: there is no such file, or it is a link, say
        """
        here = self.entry(path)
        if here is None or not here.is_file:
            raise StaleError(f"{path} is not there" if here is None else f"{path} is not a file")
        return here

    def write(self, path: str, mode: str, data: bytes) -> None:
        """Make *path* a file of *data*."""
        self.entries[path] = TreeEntry(mode, self.repository.write_blob(data))

    def redo(self, change: FileChange) -> None:
        """Make *change* once more.

        :raises StaleError: what is there is not what it was made for
        """
        match change:
            case NewFile(path, mode, lines):
                self._add(path, TreeEntry(mode, self.repository.write_blob(b"".join(lines))))
            case RemovedFile(path, was):
                self._as_it_was(path, was)
                self.entries[path] = None
            case MovedFile(path, source, was):
                here = self.file(source) if was is None else self._as_it_was(source, was)
                self._add(path, here)
                self.entries[source] = None
            case ChangedMode(path, old, new):
                here = self.file(path)
                if here.mode != old:
                    raise StaleError(f"{path} has mode {here.mode}, not {old}")
                self.entries[path] = TreeEntry(new, here.oid)
        self.done.add(change)

    def edit(self, path: str, edits: Sequence[EditBeside]) -> None:
        """Make *edits* in the file *path*, which does not conflict.

        :raises StaleError: it is not there, or its lines are others
        :raises BrokenResolutionError: an edit names lines that are not there
        """
        here = self.file(path)
        lines = tuple(split_lines(self.repository.blob(here.oid)))
        file = OpenFile(path, frozenset(), here.mode, (lines,))
        self.write(path, here.mode, edited(file, [], edits))
        self.done.update(edits)

    def _add(self, path: str, wanted: TreeEntry) -> None:
        parts = path.split("/")[:-1]
        for directory in accumulate(parts, "{}/{}".format):
            above = self.entry(directory)
            if above is not None and not above.is_tree:
                raise StaleError(f"{directory} is not a directory")
        if self.entry(path) not in (None, wanted):
            raise StaleError(f"{path} already exists, with other content")
        self.entries[path] = wanted

    def _as_it_was(self, path: str, was: str) -> TreeEntry:
        here = self.file(path)
        if sha256(self.repository.blob(here.oid)) != was:
            raise StaleError(f"{path} is not what it was when it was removed or renamed")
        return here


def renames(repository: Repository, before: TreeId, after: TreeId) -> dict[str, str]:
    """The files of *after* that git takes for renamed ones of *before*: new path → old path."""
    changed = repository.changes(before, after).values()
    if not any(old is None for old, _ in changed) or not any(new is None for _, new in changed):
        return {}
    words = ("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", before, after)
    told = repository.run(*words).stdout.decode("utf-8", "surrogateescape").split("\0")
    return {new: old for _, old, new in zip(*[iter(told)] * 3, strict=False)}


def file_changes(
    path: str,
    source: str | None,
    before: TreeEntry | None,
    after: TreeEntry | None,
    repository: Repository,
) -> Iterator[FileChange]:
    """What makes the file *after* of *before*, but for edits of its lines.

    :param source: where the file was, if it was renamed
    :raises ValueError: it is a link or a submodule, or new and no text
    """
    if not all(entry is None or entry.is_file for entry in (before, after)):
        raise ValueError("a link or a submodule")
    if after is None:
        assert before is not None, "a change has at least one side"
        yield RemovedFile(path, sha256(repository.blob(before.oid)))
    elif before is None:
        data = repository.blob(after.oid)
        if b"\0" in data:
            raise ValueError("a new file that is binary")
        yield NewFile(path, after.mode, tuple(split_lines(data)))
    else:
        if source is not None:
            yield MovedFile(path, source, sha256(repository.blob(before.oid)))
        if before.mode != after.mode:
            yield ChangedMode(path, before.mode, after.mode)

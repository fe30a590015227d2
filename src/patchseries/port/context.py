"""What a strategy may know of a port: the change, the target, git's merge, and what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from patchseries.git import FileSides, Future, Merge, Repository, TreeEntry
from patchseries.git.search import paths_with
from patchseries.model import Sides, TreeId
from patchseries.port.hunks.lines import compare, decode, split_lines
from patchseries.port.names import paths, renames
from patchseries.port.names.paths import Newcomer, followed, gained
from patchseries.port.result import Change, PortOptions


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of the change, on its three sides.

    :ivar path: the change's path; of a file that git leaves open, the path that git names
    :ivar conflicts: whether git's merge leaves it open
    """

    path: str
    sides: FileSides
    conflicts: bool


_MOST_SEARCHED = 240
"""So many lines are searched for at once: each takes its time in every file of the target."""


class TargetFile(NamedTuple):
    """A file of the target, read."""

    path: str
    text: str


@dataclass(eq=False)
class Context:
    """One port: *change* onto the tree *onto*, while git merges; what is read is kept."""

    repository: Repository
    change: Change
    onto: TreeId
    merging: Future[Merge]
    options: PortOptions

    def __post_init__(self) -> None:
        self.text = cache(self._text)
        self.learn = cache(self._learn)
        self.around = cache(self._around)

    @property
    def merge(self) -> Merge:
        """git's own merge; waits for it the first time."""
        return self.merging.result()

    @cached_property
    def newcomers(self) -> list[Newcomer]:
        """The files of the target that the ancestor does not have, or has otherwise."""
        differing = self.repository.changes(self.change.before, self.onto)
        return [
            Newcomer(path, before is None)
            for path, (before, after) in differing.items()
            if after is not None and after.is_file
        ]

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The files of the change that git's merge followed to another path, and merged."""
        theirs = self.repository.difference(self.change.before, self.change.after).lines
        if all(self.here(path) for path in theirs):
            return {}
        made = gained(theirs, self.repository.difference(self.onto, self.merge.tree).lines)
        return {
            path: target
            for path, target in made.items()
            if self.here(path) is None and target not in self.merge.files
        }

    @cached_property
    def followed(self) -> list[tuple[str, str]]:
        """Where git's merge followed files of the change: their directory, the target's."""
        changed = self.repository.difference(self.change.before, self.change.after).entries
        gone = [path for path, (before, _) in changed.items() if before and not self.here(path)]
        merged = self.repository.changes(self.onto, self.merge.tree)
        return followed(gone, sorted({*merged, *self.merge.files}.difference(changed)))

    @cached_property
    def with_absent_code(self) -> Sequence[TargetFile]:
        """The files of the target that may have got code of a file that it lacks, by path.

        Each differs from the ancestor's, is none that the change touches, and has a telling line
        from around an edit of such a file. One search finds all: it reads the whole target.
        """
        open_files = [file.sides for file in self.open_files()]
        absent = [(a.oid, c.oid) for a, ours, c in open_files if a and c and not ours]
        most = max(_MOST_SEARCHED // max(len(absent), 1), 1)
        telling = [line for pair in absent for line in paths.telling(self.around(*pair))[-most:]]
        changed = self.repository.difference(self.change.before, self.change.after).entries
        among = {newcomer.path for newcomer in self.newcomers}.difference(changed)
        said = paths_with(self.repository, self.onto, telling[:_MOST_SEARCHED]) if among else ()
        found = among.intersection(said)
        self.repository.prefetch(files=[(self.onto, path) for path in found])
        entries = ((path, self.here(path)) for path in sorted(found))
        return [TargetFile(path, self.text(entry.oid)) for path, entry in entries if entry]

    def here(self, path: str) -> TreeEntry | None:
        """What *path* is in the target; None unless a regular file."""
        entry = self.repository.entry(self.onto, path)
        return entry if entry is not None and entry.is_file else None

    def changed_files(self) -> Iterator[ChangedFile]:
        """The regular files that the change makes or edits, by the change's paths."""
        conflicted = set(self.merge.conflicted_paths)
        changed = self.repository.difference(self.change.before, self.change.after).entries
        for path, (before, after) in changed.items():
            if after is None or not after.is_file or (before is not None and not before.is_file):
                continue
            yield ChangedFile(path, Sides(before, self.here(path), after), path in conflicted)

    def open_files(self) -> Iterator[ChangedFile]:
        """The files that git's merge leaves open."""
        for path, sides in self.merge.files.items():
            yield ChangedFile(path, sides, True)

    def look_ahead(self) -> None:
        """Read and learn what will be needed, while git merges."""
        changed = self.repository.difference(self.change.before, self.change.after).entries
        self.repository.prefetch(
            (e.oid for pair in changed.values() for e in pair if e and e.is_file),
            directories=[
                (self.change.before, ""),
                *((self.change.after, path) for path in changed),
            ],
            files=[(self.onto, path) for path in changed],
        )
        for path, (before, after) in changed.items():
            files = [e.oid for e in (before, self.here(path), after) if e and e.is_file]
            if len(files) == 3:
                self.learn(*map(self.text, files))

    # Private ---------------------------------------------------------------------------------

    def _text(self, oid: str) -> str:
        return decode(self.repository.blob(oid))

    def _around(self, ancestor: str, theirs: str) -> set[str]:
        """The lines in and around what the change does to a file, of the objects of both sides."""
        lines = split_lines(self.text(ancestor))
        return paths.surroundings(lines, compare(lines, split_lines(self.text(theirs))))

    def _learn(self, ancestor: str, ours: str, theirs: str) -> Mapping[str, str]:
        """The names of the target for those that theirs brings into this file."""
        trees = (self._reader(self.change.before), self._reader(self.onto))
        return renames.learn(ancestor, ours, theirs, *trees)

    def _reader(self, tree: TreeId) -> renames.Reader:
        def read(path: str) -> str | None:
            data = self.repository.file(tree, path) if path else None
            return None if data is None else decode(data)

        return read

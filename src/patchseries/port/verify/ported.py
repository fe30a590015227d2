"""A port to verify: its four trees and the files that the change touches, read when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from patchseries.git import Difference, LineChange, Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.port.names.paths import gained
from patchseries.port.result import Change
from patchseries.port.verify.accounted import Accounted
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.scopes import Scopes

MAX_BYTES = 2_000_000
"""Larger files are data, not text that a person reviews; they are read as empty."""

Runs = Sequence[LineChange]
Entries = tuple[TreeEntry | None, TreeEntry | None]


class PortedFile:
    """One file of the change: what upstream did to it and what the port did to it here."""

    def __init__(self, port: Port, upstream: str, path: str) -> None:
        """Look at the upstream file *upstream*, which is *path* in the target."""
        self._port = port
        self.upstream = upstream
        self.path = path

    @property
    def first_line(self) -> bytes:
        """How a script begins that has no suffix; of any other file, nothing is read."""
        is_script = "." not in self.path.rpartition("/")[2]
        return self.result[:80].partition(b"\n")[0] if is_script else b""

    @cached_property
    def theirs(self) -> Runs:
        """What upstream changed, in the target's words."""
        rename = self._port.accounted.rename
        return [
            LineChange(
                run.old_start,
                tuple(map(rename, run.removed)),
                run.new_start,
                tuple(map(rename, run.added)),
            )
            for run in self._port.theirs.lines[self.upstream]
        ]

    @property
    def ours(self) -> Runs:
        """What the port changed here."""
        if self.is_same:
            return self._port.theirs.lines[self.path]
        return self._port.ours.lines.get(self.path, ())

    @property
    def added(self) -> Iterator[tuple[int, bytes]]:
        """The lines that the port added: 0-based line in the result, and the line."""
        for run in self.ours:
            yield from enumerate(run.added, run.new_start)

    @cached_property
    def is_same(self) -> bool:
        """Whether the file was, before and after, what it is upstream: only names can be wrong."""
        return self.upstream == self.path and self._there == self._here

    @property
    def is_new(self) -> bool:
        """Whether the file is new, upstream and here."""
        return self._there[0] is None and self._here[0] is None and self._here[1] is not None

    @cached_property
    def _there(self) -> Entries:
        """What the file is upstream, before and after the change."""
        return self._port.theirs.entries[self.upstream]

    @cached_property
    def _here(self) -> Entries:
        """What the file is in the target, before and after the port."""
        port = self._port
        unchanged = port.repository.entry(port.onto, self.path)
        return port.ours.entries.get(self.path, (unchanged, unchanged))

    @cached_property
    def before(self) -> bytes:
        """The upstream file before the change, in the target's words; empty if there is none."""
        return self._port.accounted.rename(self._port.text(self._there[0]))

    @cached_property
    def after(self) -> bytes:
        """The upstream file after the change, in the target's words."""
        return self._port.accounted.rename(self._port.text(self._there[1]))

    @property
    def upstream_text(self) -> bytes:
        """The upstream file after the change, in its own words: what a wrong name did not touch."""
        return self._port.text(self._there[1])

    @cached_property
    def onto(self) -> bytes:
        """The target's file before the port."""
        return self._port.text(self._here[0])

    @cached_property
    def result(self) -> bytes:
        """The target's file after the port."""
        return self._port.text(self._here[1])

    @cached_property
    def before_scopes(self) -> Scopes:
        """The definitions of :attr:`before`."""
        return Scopes.of(self.before, self.path)

    @cached_property
    def after_scopes(self) -> Scopes:
        """The definitions of :attr:`after`."""
        return Scopes.of(self.after, self.path)

    @cached_property
    def onto_scopes(self) -> Scopes:
        """The definitions of :attr:`onto`."""
        return Scopes.of(self.onto, self.path)

    @cached_property
    def result_scopes(self) -> Scopes:
        """The definitions of :attr:`result`."""
        return Scopes.of(self.result, self.path)


MERGED = Accounted()
"""The account of git's own merge: nothing mapped, nothing dropped."""


@dataclass(frozen=True)
class Port:
    """The trees of a port, and what changed between them.

    :ivar onto: what *change* was ported onto
    :ivar accounted: what was mapped, renamed or dropped on the way
    """

    repository: Repository
    change: Change
    onto: TreeId
    result: TreeId
    accounted: Accounted = MERGED

    @cached_property
    def modules(self) -> Callable[[str], Modules]:
        """The modules of a tree; what was looked up for one file serves the next."""
        return cache(partial(Modules, self.repository))

    @property
    def before(self) -> TreeId:
        """The upstream tree before the change."""
        return self.change.before

    @property
    def after(self) -> TreeId:
        """The upstream tree after the change."""
        return self.change.after

    @cached_property
    def theirs(self) -> Difference:
        """What upstream changed, by upstream path."""
        return self.repository.difference(self.before, self.after)

    @cached_property
    def ours(self) -> Difference:
        """What the port changed, by path in the target."""
        return self.repository.difference(self.onto, self.result)

    @cached_property
    def files(self) -> tuple[PortedFile, ...]:
        """The files of the change that were not dropped."""
        return tuple(
            PortedFile(self, upstream, self._target(upstream))
            for upstream in self.theirs.lines
            if not self.accounted.drops_file(upstream)
        )

    def read_ahead(self) -> None:
        """Read at once what most of the checks look at."""
        made = (after for _, after in self.ours.entries.values())
        self.repository.prefetch(
            (entry.oid for entry in made if entry and entry.is_file),
            directories=[(self.result, path) for path in self.ours.entries],
        )

    def text(self, entry: TreeEntry | None) -> bytes:
        """The bytes of a file; empty if there is none, or it is no text to review."""
        if entry is None or entry.is_tree or entry.is_submodule:
            return b""
        data = self.repository.blob(entry.oid)
        return b"" if len(data) > MAX_BYTES or b"\0" in data else data

    def _target(self, upstream: str) -> str:
        if upstream in self.accounted.paths:
            return self.accounted.paths[upstream]
        if any(self.repository.entry(t, upstream) for t in (self.onto, self.result)):
            return upstream
        return self._renamed.get(upstream, upstream)

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """Where git's merge followed a rename."""
        return gained(self.theirs.lines, self.ours.lines)

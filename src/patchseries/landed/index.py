"""The index of a history: every commit's Change-Ids, links, author and subject, and its refs.

One SQLite file, made by :mod:`patchseries.landed.builder` and only read here. It is never changed
in place, so a reader needs no lock.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchseries.landed.graph import NamedRefs, RefSet, difference
from patchseries.landed.message import is_revert_of, without_number
from patchseries.model import ChangeId, CommitId

SCHEMA_VERSION = 5
"""Raise it with every change of the schema or of what is read from messages."""

SCHEMA = """
CREATE TABLE commits (
    n INTEGER PRIMARY KEY,          -- parents have lower numbers than their children
    id BLOB NOT NULL UNIQUE,
    parents BLOB NOT NULL,          -- their numbers, 32 bits each
    author TEXT NOT NULL,
    subject TEXT NOT NULL,
    refset INTEGER NOT NULL,        -- key of refsets
    shape INTEGER                   -- of its diff; NULL: not known
);
CREATE INDEX commits_subject ON commits (subject);
CREATE INDEX commits_shape ON commits (shape);
CREATE TABLE change_ids (change_id TEXT, n INTEGER, PRIMARY KEY (change_id, n)) WITHOUT ROWID;
CREATE INDEX change_ids_n ON change_ids (n);
CREATE TABLE picks (source TEXT, n INTEGER, PRIMARY KEY (source, n)) WITHOUT ROWID;
CREATE INDEX picks_n ON picks (n);
CREATE TABLE reverts (target TEXT, n INTEGER, PRIMARY KEY (target, n)) WITHOUT ROWID;
CREATE INDEX reverts_n ON reverts (n);
CREATE TABLE refs (bit INTEGER PRIMARY KEY, name TEXT NOT NULL, id BLOB NOT NULL);
CREATE TABLE shaped (n INTEGER);   -- has a row when the shapes were read: 1, or 0 where git failed
CREATE TABLE refsets (key INTEGER PRIMARY KEY, bits BLOB NOT NULL);
"""

_SHORTEST_ID = 7
_FULL_SIZES = (40, 64)


@dataclass(frozen=True, slots=True)
class Indexed:
    """One commit of the index: its id, who wrote it, and the set of refs that contain it."""

    commit: CommitId
    author: str
    """``Name <address>``."""
    subject: str
    refs: RefSet
    number: int
    """Its place: ancestors have lower numbers."""


class HistoryIndex:
    """The index of one repository's history, open for questions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Ask through *connection*, which this object closes."""
        self._db = connection
        rows = connection.execute("SELECT name, bit, id FROM refs ORDER BY bit").fetchall()
        self.refs: Mapping[str, int] = {name: bit for name, bit, _ in rows}
        """Full ref name → its bit in every :attr:`Indexed.refs`."""
        self._distinct: dict[str, frozenset[str | int]] = {}
        self._tips = {CommitId(commit.hex()): bit for _, bit, commit in rows}

    @cached_property
    def named_refs(self) -> NamedRefs:
        """The refs, and which of them contain which."""
        rows = self._db.execute(
            "SELECT r.name, s.bits FROM refs r JOIN commits c ON c.id = r.id"
            " JOIN refsets s ON s.key = c.refset"
        )
        holders = {name: int.from_bytes(bits, "big") for name, bits in rows}
        return NamedRefs(self.refs, holders)

    def __enter__(self) -> HistoryIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __len__(self) -> int:
        count: int = self._db.execute("SELECT count(*) FROM commits").fetchone()[0]
        return count

    def get(self, commit: str) -> Indexed | None:
        """The commit with this id (7 digits or more), or None when absent or ambiguous."""
        if len(commit) in _FULL_SIZES:
            found = self._find("c.id = ?", bytes.fromhex(commit))
        else:
            found = self.beginning(commit)
        return found[0] if len(found) == 1 else None

    def beginning(self, digits: str) -> list[Indexed]:
        """The commits whose id begins with *digits*."""
        low, high = (digits[:40].ljust(40, digit) for digit in "0f")
        return self._find("c.id BETWEEN ? AND ?", bytes.fromhex(low), bytes.fromhex(high))

    def by_change(self, change_id: ChangeId) -> list[Indexed]:
        """The commits that carry the Change-Id, oldest first."""
        return self._find("c.n IN (SELECT n FROM change_ids WHERE change_id = ?)", change_id)

    def by_subject(self, subject: str) -> list[Indexed]:
        """The commits with exactly this subject, oldest first."""
        return self._find("c.subject = ?", subject)

    @property
    def lacks_shapes(self) -> bool:
        """Whether git could not say of every commit which files it changes."""
        return self._db.execute("SELECT 1 FROM shaped WHERE n = 0").fetchone() is not None

    def of_same_shape(self, entry: Indexed) -> list[Indexed]:
        """The other commits that change the same files by as many bytes, oldest first."""
        alike = self._find("c.shape = (SELECT shape FROM commits WHERE n = ?)", entry.number)
        return [other for other in alike if other.number != entry.number]

    def picked_from(self, commit: CommitId) -> list[Indexed]:
        """The commits whose message says that they were cherry-picked from *commit*."""
        return self._naming("picks", "source", commit)

    def naming_as_reverted(self, commit: CommitId) -> list[Indexed]:
        """The commits whose message says "This reverts commit" with this id."""
        return self._naming("reverts", "target", commit)

    def reverts_by_subject(self, subject: str) -> list[Indexed]:
        """The commits called ``Revert "subject"``, with or without a pull request's number."""
        first = f'Revert "{without_number(subject)}'
        # U+10FFFF is above whatever follows: these are the subjects that begin so.
        alike = self._find("c.subject >= ? AND c.subject < ?", first, f"{first}\U0010ffff")
        return [entry for entry in alike if is_revert_of(entry.subject, subject)]

    def reverting_a_merge_of(self, entry: Indexed) -> list[Indexed]:
        """The commits that say that they revert a merge, one by which *entry* came in."""
        return [revert for revert, brought in self._reverted_merges if entry.number in brought]

    @cached_property
    def _reverted_merges(self) -> list[tuple[Indexed, set[int]]]:
        """Each revert of a merge, and the numbers of the commits that the merge brought."""
        rows = self._db.execute("SELECT DISTINCT target FROM reverts").fetchall()
        found = []
        for (target,) in rows:
            merge = self.get(target)
            if merge is None or len(parents := self._parents(merge.number)) < 2:
                continue
            brought = difference(self._parents, parents[1:], parents[:1])
            found += [
                (revert, brought) for revert in self._naming("reverts", "target", merge.commit)
            ]
        return found

    def between(self, first: int, last: int) -> list[Indexed]:
        """The commits with the numbers *first* to *last*, parents before children."""
        return self._find("c.n BETWEEN ? AND ?", first, last)

    def change_ids(self, entry: Indexed) -> list[ChangeId]:
        """The Change-Ids in the commit's message."""
        rows = self._db.execute("SELECT change_id FROM change_ids WHERE n = ?", (entry.number,))
        return [ChangeId(row[0]) for row in rows]

    def sources(self, entry: Indexed) -> list[str]:
        """The ids (perhaps abbreviated) that the commit says it was cherry-picked from."""
        return self._named("picks", "source", entry)

    def reverted(self, entry: Indexed) -> list[str]:
        """The ids (perhaps abbreviated) that the commit says it reverts."""
        return self._named("reverts", "target", entry)

    def merged_tip(self, entry: Indexed) -> Indexed | None:
        """The head of the branch that the commit merged, or None when it is no merge of one."""
        parents = self._parents(entry.number)
        if len(parents) != 2:
            return None
        return self._find("c.n = ?", parents[1])[0]

    def is_ancestor(self, old: Indexed, new: Indexed) -> bool:
        """Whether *new* contains *old*."""
        if new.refs & ~old.refs or old.number > new.number:
            return False
        seen, todo = {new.number}, [new.number]
        while todo:
            number = todo.pop()
            if number == old.number:
                return True
            for parent in self._parents(number):
                if parent >= old.number and parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return False

    def history_of(self, base: Indexed) -> Callable[[Indexed], bool]:
        """Whether a commit is *base* or an ancestor of it, for many questions about one base."""
        bit = self._tips.get(base.commit)
        if bit is not None:
            return lambda entry: bool(entry.refs >> bit & 1)
        numbers = self._ancestors(base)
        return lambda entry: entry.number in numbers

    def _ancestors(self, base: Indexed) -> set[int]:
        """The numbers of *base* and its ancestors."""
        rows = self._db.execute(
            "SELECT n, parents FROM commits WHERE n <= ? ORDER BY n DESC", (base.number,)
        )
        numbers = {base.number}
        for number, parents in rows:  # children come before their parents
            if number in numbers:
                numbers.update(array("I", parents))
        return numbers

    def parents_of(self, entry: Indexed) -> Sequence[int]:
        """The numbers of its parents, as far as they are in the history."""
        return self._parents(entry.number)

    def _parents(self, number: int) -> array[int]:
        row = self._db.execute("SELECT parents FROM commits WHERE n = ?", (number,)).fetchone()
        return array("I", row[0])

    def _naming(self, table: str, column: str, commit: CommitId) -> list[Indexed]:
        if commit[:_SHORTEST_ID] not in self._all(f"substr({column}, 1, {_SHORTEST_ID})", table):
            return []  # of most commits: no other one names them
        prefixes = [commit[:size] for size in range(_SHORTEST_ID, len(commit) + 1)]
        marks = ",".join("?" * len(prefixes))
        return self._find(f"c.n IN (SELECT n FROM {table} WHERE {column} IN ({marks}))", *prefixes)

    def _named(self, table: str, column: str, entry: Indexed) -> list[str]:
        if entry.number not in self._all("n", table):
            return []
        rows = self._db.execute(f"SELECT {column} FROM {table} WHERE n = ?", (entry.number,))
        return [row[0] for row in rows]

    def _all(self, expression: str, table: str) -> frozenset[str | int]:
        """What *expression* is in any row of *table*; read once."""
        query = f"SELECT DISTINCT {expression} FROM {table}"
        if query not in self._distinct:
            self._distinct[query] = frozenset(row[0] for row in self._db.execute(query))
        return self._distinct[query]

    def _find(self, where: str, *values: object) -> list[Indexed]:
        rows = self._db.execute(
            "SELECT c.id, c.author, c.subject, s.bits, c.n FROM commits c"
            f" JOIN refsets s ON s.key = c.refset WHERE {where} ORDER BY c.n",
            values,
        )
        return [
            Indexed(CommitId(i.hex()), author, subject, int.from_bytes(refs, "big"), n)
            for i, author, subject, refs, n in rows
        ]

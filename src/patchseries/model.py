"""The project's terms as frozen values. Nothing here reads, writes or runs anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, NewType, TypeVar

CommitId = NewType("CommitId", str)
"""The full, lower-case hexadecimal id of a git commit (40 digits for SHA-1, 64 for SHA-256)."""

TreeId = NewType("TreeId", str)
"""The full hexadecimal id of a git tree."""


class Target(NamedTuple):
    """One project on one base: what a series is ported onto, packaged for and checked on."""

    project: str
    base: str


ChangeId = NewType("ChangeId", str)
"""A Gerrit Change-Id: ``I`` and 40 lower-case hexadecimal digits."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CHANGE = re.compile(r"I[0-9a-f]{40}")


def commit_id(text: str) -> CommitId:
    """The commit id that *text* spells; ValueError unless it is a full one.

    >>> commit_id("0123456789abcdef0123456789abcdef01234567")
    '0123456789abcdef0123456789abcdef01234567'
    >>> commit_id("0123456")
    Traceback (most recent call last):
        ...
    ValueError: not a full commit id: '0123456'
    """
    if not _COMMIT.fullmatch(text):
        raise ValueError(f"not a full commit id: {text!r}")
    return CommitId(text)


def change_id(text: str) -> ChangeId:
    """The Change-Id that *text* spells; ValueError unless it is one.

    >>> change_id("I0123456789abcdef0123456789abcdef01234567")
    'I0123456789abcdef0123456789abcdef01234567'
    >>> change_id("0123456")
    Traceback (most recent call last):
        ...
    ValueError: not a Change-Id (I and 40 hexadecimal digits): '0123456'
    """
    if not _CHANGE.fullmatch(text):
        raise ValueError(f"not a Change-Id (I and 40 hexadecimal digits): {text!r}")
    return ChangeId(text)


T = TypeVar("T", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Sides(Generic[T]):
    """Three versions of one thing, as a merge sees them: of trees, files, modes, lines or spans.

    :ivar ancestor: what both were made from (the "common ancestor"; git's stage 1)
    :ivar ours: the target's (stage 2)
    :ivar theirs: that of the change (stage 3)
    """

    ancestor: T
    ours: T
    theirs: T

    def __iter__(self) -> Iterator[T]:
        yield self.ancestor
        yield self.ours
        yield self.theirs

    def map(self, function: Callable[[T], U]) -> Sides[U]:
        """What *function* makes of each."""
        return Sides(function(self.ancestor), function(self.ours), function(self.theirs))


class Outcome(StrEnum):
    """The outcome of porting one patch onto one base. The set is closed."""

    CLEAN = "clean"
    """git's own three-way merge and nothing else."""
    ADAPTED = "adapted"
    """A named strategy was needed: a person must review it."""
    ALREADY_APPLIED = "already-applied"
    EMPTY = "empty"
    """The source itself changes nothing."""
    NOT_APPLICABLE = "not-applicable"
    """The manifest excludes this base."""
    CONFLICT = "conflict"

    @property
    def makes_patch(self) -> bool:
        """Whether this outcome gives a patch file."""
        return self in (Outcome.CLEAN, Outcome.ADAPTED)


class StrategyName(StrEnum):
    """The strategies as a result names them, but for ``names:MAP`` and ``hunks:RULE``."""

    LEARNED = "names:learned"
    """A module or function that was renamed has its name in the target."""
    PATHS = "paths"
    """The file is elsewhere in the target, or left out."""
    IMPORTS = "imports"
    """An import that the lines of the change need was added, or made from another module."""
    RESOLUTION = "resolution"
    """A person's resolution was used."""
    AS_IT_IS = "as-it-is"
    """A patch file applies, although the merge conflicts."""


class Severity(StrEnum):
    """How much a finding weighs: an error fails the check, a warning only with --strict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class PortCode(StrEnum):
    """The codes of what a port gives to know; `checks.porting` explains each."""

    AS_IT_IS = "port-as-it-is"
    DROPPED = "port-dropped"
    DROPPED_NAME_USED = "port-dropped-name-used"
    DUPLICATE_BLOCK = "port-duplicate-block"
    DUPLICATE_DEFINITION = "port-duplicate-definition"
    HUNK_MISPLACED = "port-hunk-misplaced"
    LEFTOVER_MARKER = "port-leftover-marker"
    LINE_ABSENT = "port-line-absent"
    LINE_DOUBLED = "port-line-doubled"
    LINE_KEPT = "port-line-kept"
    LINE_LOST = "port-line-lost"
    LINE_PRESENT = "port-line-present"
    LINE_REMOVED = "port-line-removed"
    MIGRATION_MISSING = "port-migration-missing"
    NOT_VERIFIED = "port-not-verified"
    NUMBER_GAP = "port-number-gap"
    NUMBER_TAKEN = "port-number-taken"
    REMOVED_NAME_USED = "port-removed-name-used"
    REMOVED_OVERRIDE = "port-removed-override"
    REPLACED = "port-replaced"
    RESOLUTION_USED = "resolution-used"
    SIBLING_LACKS = "port-sibling-lacks-line"
    SYNTAX = "port-syntax"
    TESTS_CHOSE = "port-tests-chose"
    TESTS_FAIL = "port-tests-fail"
    UNKNOWN_FOLDER = "port-unknown-folder"
    UNKNOWN_HABIT = "port-unknown-habit"
    UNKNOWN_IMPORT = "port-unknown-import"
    UNKNOWN_NAME = "port-unknown-name"
    UNKNOWN_WORD = "port-unknown-word"
    WRONG_ARGUMENTS = "port-wrong-arguments"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know: code, severity, place, message, and what to do.

    :ivar base: the base that it is about; None where it is about none, or about several
    """

    code: str
    severity: Severity
    message: str
    patch: str | None = None
    file: str | None = None
    line: int | None = None
    hint: str | None = None
    base: str | None = None


MAIN_BRANCHES = ("main", "master", "trunk", "develop", "devel", "unstable")
"""What projects call the branch that their work goes to first; the first that is there is it."""


@dataclass(frozen=True, slots=True)
class Base:
    """A released point of a line: its name (a tag, say ``2013.1.4``) and its commit."""

    name: str
    commit: CommitId
    tree: TreeId


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict in one file: the path, how many regions, and git's reason."""

    path: str
    hunks: int
    reason: str = ""

    @property
    def words(self) -> str:
        """The reason for people: ``modify/delete`` of git's ``CONFLICT (modify/delete)``.

        >>> Conflict("a.py", 1, "CONFLICT (modify/delete)").words
        'modify/delete'
        """
        kind = self.reason.removeprefix("CONFLICT (")
        return self.reason if kind == self.reason else kind.removesuffix(")")

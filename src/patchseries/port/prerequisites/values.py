"""What goes into a search for prerequisites, and what comes out of it, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from patchseries.git import Commit
from patchseries.model import CommitId, TreeId


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the search goes. Each bound keeps one kind of work small.

    :ivar trials: merges that are tried, of 1 to 20 ms each
    :ivar seconds: the time for the whole search; a person waits for it. It is looked at between
        two trials, so one slow git command may exceed it
    :ivar size: the members of a set: each of them has to be reviewed and carried along
    :ivar width: the commits that one conflict proposes, the best first: their number to the power
        of the members is what is tried
    :ivar paths: the files of one conflict that are looked at. A commit that conflicts in more of
        them is no small prerequisite, and is not followed
    :ivar commits: how many commits are read of the history of these files, the newest: on files
        that change more often, older ones are too far away to be taken alone
    :ivar lines: the missing lines that are looked up for one file: more are no context but a file
    :ivar names: the same for missing names
    """

    trials: int = 200
    seconds: float = 10.0
    size: int = 5
    width: int = 5
    paths: int = 6
    commits: int = 400
    lines: int = 300
    names: int = 8


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one region of a conflict comes from: commit → number of lines, most lines first.

    ``relies_on``: what brought the lines in that the change was made on, and the target lacks.
    ``changed_by``: what the target's side did there since the two parted.
    """

    path: str
    line: int
    relies_on: tuple[tuple[CommitId, int], ...]
    changed_by: tuple[tuple[CommitId, int], ...]


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """A set that was tried: with these before it, oldest first, the change merges cleanly.

    :ivar lines: how many they change in all, and ``files``: how much comes along
    :ivar only_adds: those that remove no line of the target: helpers, constants, tests
    :ivar adapted: those that git's merge leaves open and the engine adapts: to be reviewed
    :ivar unknown: the names and lines that the change needs and that are missing with them too
    """

    commits: tuple[CommitId, ...]
    lines: int
    files: int
    only_adds: tuple[CommitId, ...] = ()
    adapted: tuple[CommitId, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Why:
    """Why a change conflicts, and what was found by trying, the smallest first.

    :ivar tried: the number of merges
    :ivar stopped: whether the time ran out before all was tried
    """

    origins: tuple[Origin, ...]
    sets: tuple[Prerequisites, ...]
    tried: int
    common: CommitId | None = field(default=None)
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class CherryPick:
    """A commit that is to be applied to a tree.

    :ivar target: the commit whose history is the target's
    :ivar onto: the tree of *target*, or one made from it
    """

    commit: Commit
    target: CommitId
    onto: TreeId

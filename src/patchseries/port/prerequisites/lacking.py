"""Which commits brought what the target lacks: lines, files and names.

The change was made on its parent. Where git's merge stops, some lines near the region stand in the
parent's file and not in the target's: blame names who brought them. Some names stand there and not
here: the first commit that says them is named too. So is who made a file that is absent, and who
defined a name that nothing in the target knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

from patchseries.git import Commit, Merge, Repository
from patchseries.git.blame import creators
from patchseries.git.pathhistory import PathChange, path_histories
from patchseries.git.search import WordPlace, places
from patchseries.model import CommitId, Finding, PortCode, TreeId
from patchseries.port.prerequisites.origins import around, lines_of, spans_of
from patchseries.port.prerequisites.values import Bounds, CherryPick
from patchseries.port.result import PortResult
from patchseries.port.verify.words import words_of
from patchseries.resolution.conflict import OpenFile, open_files

UNKNOWN = frozenset({PortCode.UNKNOWN_IMPORT, PortCode.UNKNOWN_NAME, PortCode.UNKNOWN_WORD})
"""The findings that say: upstream has this name, the target has not."""

_NAME = re.compile(rb"\b[^\W\d]\w{2,79}\b")
"""Shorter ones are loop variables, longer ones no names."""
_PER_NAME = 2
"""What a name weighs against a line: a line may be there for its neighbour's sake."""
_DEFINES = (
    rb"^[\s*&]*(?:[\w*&<>:,]+\s+)*(?:def|class|func|fn|function|struct|enum|type|interface|module"
    rb"|const|let|var|#\s*define)\s+(?:\([^)]*\)\s*)?%b\b|^\s*%b\s*(?::[^=]+)?=[^=]"
)
"""A line that defines a name, in most languages: a keyword before it, or a value set."""


class Missing(NamedTuple):
    """What a clean merge lacks: a name that it uses; with a path, a line of that file."""

    text: bytes
    path: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a set of prerequisites stops: git merges *commit* onto *tree*.

    :ivar missing: what the result needs and the target has not, where the merge is clean
    """

    commit: Commit
    tree: TreeId
    merge: Merge
    missing: tuple[Missing, ...] = ()


class Lacking:
    """Proposes commits of one stretch of upstream's history."""

    def __init__(self, repository: Repository, pick: CherryPick, common: CommitId, bounds: Bounds):
        """Search in what came before *pick*, after *common*, where the two histories parted."""
        self._repository = repository
        self._common = common
        self._parent = pick.commit.parents[0]
        self._bounds = bounds
        self._histories: dict[str, list[PathChange]] = {}
        self._creators = cache(self._file_creators)
        self._proposed: dict[tuple[CommitId, TreeId], list[CommitId]] = {}

    def proposals(self, stop: Stop) -> list[CommitId]:
        """The commits that brought what is missing at *stop*, those of most evidence first."""
        place = stop.commit.id, stop.tree
        if place not in self._proposed:
            self._proposed[place] = self._ranked(stop)
        return self._proposed[place]

    def missing(self, tree: TreeId, result: PortResult) -> tuple[Missing, ...]:
        """What *result* needs and the target *tree* lacks, as its findings say."""
        found = (self._missing_at(tree, result, one) for one in result.findings)
        return tuple(dict.fromkeys(one for some in found for one in some))

    # Private ---------------------------------------------------------------------------------

    def _ranked(self, stop: Stop) -> list[CommitId]:
        parent = stop.commit.parents[0]
        found: Counter[CommitId] = Counter()
        paths = stop.merge.conflicted_paths
        if len(paths) > self._bounds.paths and stop.commit.parents[0] != self._parent:
            return []  # a change of half the tree is not made to fit for the sake of another
        files = open_files(self._repository, stop.merge)[: self._bounds.paths]
        self._read([file.path for file in files if "ours" in file.sides])
        for file in files:
            if "ours" not in file.sides:
                found.update(self._creators(parent, file.path))
            else:
                found.update(self._for_file(stop, file))
        found.update(self._for_names(parent, [one.text for one in stop.missing if not one.path]))
        found.update(self._for_lines([one for one in stop.missing if one.path]))
        del found[stop.commit.id]
        ranked = [c for c, _ in found.most_common() if self._is_single(c)]
        return ranked[: self._bounds.width]

    def _for_file(self, stop: Stop, file: OpenFile) -> Iterator[CommitId]:
        parent = self._repository.commit(stop.commit.parents[0]).tree
        theirs = lines_of(self._repository, parent, file.path)
        ours = lines_of(self._repository, stop.tree, file.path)
        history = self._before(stop.commit, file.path)
        near, here = theirs, ours
        if not file.is_whole:
            near = _near(spans_of(file, "ancestor", theirs), theirs)
            here = _near(spans_of(file, "ours", ours), ours)
        most = self._bounds.lines
        added = ((one.commit, one.added) for one in history)
        yield from _last(added, _not_in(near, ours)[:most])
        removed = ((one.commit, one.removed) for one in history)
        yield from _last(removed, _not_in(here, theirs)[:most])
        lacking = words_of(b"".join(theirs)) - words_of(b"".join(ours))
        inside = [line for one in file.regions for line in (*one.ancestor, *one.theirs)]
        names = dict.fromkeys(_NAME.findall(b"".join([*inside, *near])))
        yield from self._first_with(history, [name for name in names if name in lacking])

    def _for_names(self, parent: CommitId, names: Sequence[bytes]) -> Iterator[CommitId]:
        """Who brought in *names*, where upstream defines them."""
        found = list(places(self._repository, self._repository.commit(parent).tree, names))
        homes = {name: path for name in names if (path := _home(name, found))}
        self._read(homes.values())
        for name, path in homes.items():
            yield from self._first_with(self._histories[path], [name])

    def _for_lines(self, lines: Sequence[Missing]) -> Iterator[CommitId]:
        """All who added one of *lines* to its file.

        Who added it to the right method is found when they are tried.
        """
        self._read([line.path for line in lines])
        for line in lines:
            for one in self._histories[line.path]:
                if any(added.strip() == line.text for added in one.added):
                    yield one.commit

    def _first_with(
        self, history: Sequence[PathChange], names: Sequence[bytes]
    ) -> Iterator[CommitId]:
        """The first commit that says each of *names*, as often as a name weighs."""
        for name in names[: self._bounds.names]:
            word = re.compile(rb"\b%b\b" % re.escape(name))
            says = (one.commit for one in history if any(map(word.search, one.added)))
            for first in islice(says, 1):
                yield from [first] * _PER_NAME

    def _before(self, commit: Commit, path: str) -> list[PathChange]:
        """What was done to *path* before *commit*."""
        history = self._histories[path]
        places = (at for at, one in enumerate(history) if one.commit == commit.id)
        return history[: next(places, len(history))]

    def _file_creators(self, commit: CommitId, path: str) -> list[CommitId]:
        return creators(self._repository, self._common, commit, path)

    def _read(self, paths: Iterable[str]) -> None:
        """Read the histories of *paths* in one go."""
        new = [path for path in paths if path not in self._histories]
        most = self._bounds.commits
        self._histories |= path_histories(self._repository, self._common, self._parent, new, most)

    def _missing_at(self, tree: TreeId, result: PortResult, finding: Finding) -> Iterable[Missing]:
        """The names on the line of *finding* that the target lacks, or else its file.

        The line itself, if that is what a method lacks.
        """
        if not (finding.file and finding.line and result.tree):
            return ()
        lines = lines_of(self._repository, result.tree, finding.file)
        line = lines[finding.line - 1] if finding.line <= len(lines) else b""
        if finding.code == PortCode.SIBLING_LACKS:
            return [Missing(line.strip(), finding.file)]
        if finding.code not in UNKNOWN:
            return ()
        known = words_of(self._repository.file(tree, finding.file) or b"")
        words = sorted(w for w in words_of(line) - known if _NAME.fullmatch(w))
        there = {one.name for one in places(self._repository, tree, words)} if words else set()
        return map(Missing, [word for word in words if word not in there] or words)

    def _is_single(self, commit: CommitId) -> bool:
        return len(self._repository.commit(commit).parents) == 1


def _last(
    history: Iterable[tuple[CommitId, Sequence[bytes]]], lines: Iterable[bytes]
) -> Iterator[CommitId]:
    """For each of *lines*, the last commit that has it; for added ones, what blame would say."""
    last = {line.strip(): commit for commit, changed in history for line in changed}
    return (last[line] for line in lines if line in last)


def _near(spans: Sequence[tuple[int, int]], lines: Sequence[bytes]) -> list[bytes]:
    """The *lines* of *spans* and those around them."""
    near = (around(span, len(lines)) for span in spans)
    return [lines[n - 1] for n in sorted({n for a, b in near for n in range(a, b + 1)})]


def _not_in(lines: Sequence[bytes], other: Sequence[bytes]) -> list[bytes]:
    """Those of *lines*, each once, that *other* does not have, however indented; no blank ones."""
    there = {line.strip() for line in other} | {b""}
    return [line for line in dict.fromkeys(map(bytes.strip, lines)) if line not in there]


def _home(name: bytes, everywhere: Sequence[WordPlace]) -> str | None:
    """The path that defines *name*, no test if there is another; else the first that says it."""
    mine = [place for place in everywhere if place.name == name]
    pattern = re.compile(_DEFINES % (re.escape(name), re.escape(name)))
    mine.sort(key=lambda place: (not pattern.search(place.line), "test" in place.path))
    return mine[0].path if mine else None

"""Which commits made the lines of a conflict's regions, on either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchseries.git import Merge, Repository
from patchseries.git.blame import creators, introduced
from patchseries.git.textmerge import split_lines
from patchseries.model import CommitId, Sides
from patchseries.port.prerequisites.values import CherryPick, Origin
from patchseries.resolution.conflict import OpenFile, open_files

NEAR = 3
"""How many lines around a region are blamed with it: what a hunk has as context."""


def origins(
    repository: Repository, pick: CherryPick, merge: Merge, common: CommitId
) -> Iterator[Origin]:
    """Where each region of *merge* comes from: what git leaves open of *pick*.

    :param common: where the histories of the two sides parted
    """
    parent = pick.commit.parents[0]
    for file in open_files(repository, merge):
        if file.is_whole:
            made = [(c, 0) for c in creators(repository, common, parent, file.path)]
            yield Origin(file.path, 1, tuple(made), ())
            continue
        theirs = lines_of(repository, repository.commit(parent).tree, file.path)
        ours = lines_of(repository, pick.onto, file.path)
        spans = zip(spans_of(file, "ancestor", theirs), spans_of(file, "ours", ours), strict=True)
        for ancestor_span, ours_span in spans:
            their_span = around(ancestor_span, len(theirs))
            relies_on = introduced(repository, common, parent, file.path, their_span)
            our_span = around(ours_span, len(ours))
            changed_by = introduced(repository, common, pick.target, file.path, our_span)
            both = (tuple(counted.most_common()) for counted in (relies_on, changed_by))
            yield Origin(file.path, ours_span[0] + 1, *both)


def lines_of(repository: Repository, tree: str, path: str) -> list[bytes]:
    """The lines of a file; none when it is not there."""
    return split_lines(repository.file(tree, path) or b"")


def around(span: tuple[int, int], length: int) -> tuple[int, int]:
    """The first and the last line (from 1) of *span* (from 0) and of what is near it."""
    return max(1, span[0] + 1 - NEAR), min(length, span[1] + NEAR)


def spans_of(file: OpenFile, side: str, lines: Sequence[bytes]) -> list[tuple[int, int]]:
    """Where the regions of *file* stand in *lines*, the text of one *side*: from, to (from 0).

    A region that is empty there stands behind the agreed line before it.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    agreed: Sequence[bytes] = ()
    for chunk in file.chunks:
        if not isinstance(chunk, Sides):
            agreed = chunk
            continue
        wanted = getattr(chunk, side)
        start = _find(lines, (*agreed[-2:], *wanted), at) + len(agreed[-2:])
        if start < len(agreed[-2:]):
            start = max(_find(lines, wanted, at), 0) if wanted else at
        spans.append((start, start + len(wanted)))
        at = start + len(wanted)
        agreed = ()
    return spans


def _find(lines: Sequence[bytes], wanted: Sequence[bytes], at: int) -> int:
    """The first place from *at* on where *wanted* stands in *lines*, or -1."""
    size = len(wanted)
    places = range(at, len(lines) - size + 1)
    return next((n for n in places if tuple(lines[n : n + size]) == tuple(wanted)), -1)

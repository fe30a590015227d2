"""By which commit a base has a patch, and the first release that has it: what a changelog says.

The evidence of the base's history comes first. Where it knew nothing and git's merge alone found
that nothing is left to change, the lines that the patch adds are asked who brought them in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from patchseries.errors import UpstreamError
from patchseries.model import CommitId, Outcome
from patchseries.patches.header import split_patch
from patchseries.patches.parse import FilePatch, PatchSyntaxError, parse_patch

if TYPE_CHECKING:
    from patchseries.git import Repository
    from patchseries.landed.index import HistoryIndex
    from patchseries.landed.scheme import Scheme
    from patchseries.pipeline.rebased import RebasedCell
    from patchseries.pipeline.series import Series
    from patchseries.pipeline.session import Session

_MOST_LINES = 40
"""Lines of a patch that are blamed."""


@dataclass(frozen=True, slots=True)
class MergedIn:
    """The commit by which a base has a patch (None: not known), the first release with it, and
    the evidence in words."""

    commit: CommitId | None
    tag: str | None
    evidence: str


def merged_in(
    session: Session,
    series: Series,
    pins: Mapping[tuple[str, str], CommitId],
    cells: Iterable[RebasedCell],
) -> dict[tuple[str, str], MergedIn]:
    """For each of *cells* of a patch file that the base has, by patch and base: by which commit."""
    found: dict[tuple[str, str], MergedIn] = {}
    merged = [
        cell for cell in cells if cell.outcome is Outcome.ALREADY_APPLIED and cell.source is None
    ]
    if not merged:
        return found
    from patchseries.landed.releases import scheme_for
    from patchseries.pipeline.histories import indexed

    for project in dict.fromkeys(cell.project for cell in merged):
        url = series.manifest.projects[project].repository
        mine = [cell for cell in merged if cell.project == project]
        bases = tuple(dict.fromkeys(pins[url, cell.base] for cell in mine))
        named = series.manifest.projects[project].releases
        scheme = scheme_for(project, url, named)
        try:
            with indexed(session.cache, url, session.fetching, having=bases) as (history, index):
                for cell in mine:
                    session.progress(f"searching for the commit of {cell.patch} in {cell.base}")
                    known = _merged_in(history, cell, pins[url, cell.base])
                    tag = first_release(index, scheme, known.commit) if known.commit else None
                    found[cell.patch, cell.base] = replace(known, tag=tag)
        except UpstreamError:
            found |= {(c.patch, c.base): _by_answer(c) for c in mine}
    return found


def _files(cell: RebasedCell) -> tuple[FilePatch, ...]:
    """What the patch file of *cell* changes."""
    if cell.original is None:
        return ()
    try:
        return parse_patch(split_patch(cell.original.data)[1], cell.original.strip)
    except PatchSyntaxError:
        return ()


def _by_answer(cell: RebasedCell) -> MergedIn:
    answer = cell.answer.in_base
    if answer is None:
        return MergedIn(None, None, "nothing is left to change")
    return MergedIn(answer.commit, None, answer.evidence)


def _merged_in(history: Repository, cell: RebasedCell, base: CommitId) -> MergedIn:
    answer = _by_answer(cell)
    commit, evidence = answer.commit, answer.evidence
    if commit is None and cell.made_for is not None:
        brought, lines = _brought(history, _files(cell), cell.made_for, base)
        if brought:
            commit, count = brought.most_common(1)[0]
            evidence = f"it brought {count} of the {lines} lines that the patch adds"
    return MergedIn(commit, None, evidence)


def first_release(index: HistoryIndex, scheme: Scheme, commit: CommitId) -> str | None:
    """The oldest release that has *commit*; a candidate only where no release has it."""
    from patchseries.landed.releaselines import lines_of

    entry = index.get(commit)
    if entry is None:
        return None
    points = (point for line in lines_of(scheme, index.named_refs) for point in line.points)
    tags = [point for point in points if point.tag and entry.refs >> point.bit & 1]
    first = next((point for point in tags if point.is_final), tags[0] if tags else None)
    return first.tag if first else None


def _brought(
    history: Repository, files: Iterable[FilePatch], since: CommitId, base: CommitId
) -> tuple[Counter[CommitId], int]:
    """Which commits of ``since..base`` brought the new lines of *files* in; how many were asked."""
    from patchseries.git.blame import introduced
    from patchseries.git.textmerge import split_lines

    brought: Counter[CommitId] = Counter()
    asked = 0
    for patched in files:
        there = list(split_lines(history.file(history.commit(base).tree, patched.path) or b""))
        old = {line for hunk in patched.hunks for line in hunk.old}
        new = dict.fromkeys(line for hunk in patched.hunks for line in hunk.new)
        added = [line for line in new if line.strip() and line not in old and line in there]
        places = [there.index(line) + 1 for line in added[: _MOST_LINES - asked]]
        asked += len(places)
        spans = [(at, at) for at in places]
        brought += introduced(history, since, base, patched.path, *spans)
    return brought, asked

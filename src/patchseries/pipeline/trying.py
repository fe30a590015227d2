"""The patches of a series on releases that are no bases yet. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from patchseries.errors import MachineError, SeriesError
from patchseries.files import read_file
from patchseries.landed.newer import NewReleases, TriedPatch, new_releases
from patchseries.landed.releases import scheme_for
from patchseries.manifest import Project
from patchseries.manifest.values import is_ref_name
from patchseries.model import Target
from patchseries.pipeline.keptresults import KeptResults
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session, merged_lock
from patchseries.pipeline.settled import are_settled, target_digest
from patchseries.pipeline.targetinputs import resolutions_digest
from patchseries.progress import no_progress

if TYPE_CHECKING:
    from patchseries.pipeline.inputs import RebaseInputs
    from patchseries.pipeline.rebased import Rebased

_FORM = TypeAdapter(tuple[TriedPatch, ...])

_MOST_LINES = 5
"""So many lines of a project, the newest, are tried."""

NewByLine = Mapping[str, Sequence[str]]
"""By line, the releases that appeared after a project's bases, oldest first."""


def releases_after_bases(name: str, project: Project, tags: Iterable[str]) -> NewByLine:
    """The releases among *tags*, all of the project *name*, that appeared after its bases."""
    scheme = scheme_for(name, project.repository, project.releases)
    return new_releases(scheme, project.bases, filter(is_ref_name, tags))


def try_releases(
    session: Session, series: Series, new: Mapping[str, NewByLine], patches: Collection[str] = ()
) -> list[NewReleases]:
    """Port the patches onto the newest release of each line.

    :param new: by project
    :param patches: those that are asked about; empty: all
    """
    # how the bases and sources moved is told by who asks for them
    fetching = replace(session.fetching, on_move=lambda _: None)
    session = replace(session, fetching=fetching, locked=False)
    found: list[NewReleases] = []
    for project, lines in new.items():
        for number, tags in enumerate(lines.values()):
            releases = NewReleases(project, tuple(tags))
            if number < len(lines) - _MOST_LINES:
                words = f"there are more than {_MOST_LINES} new lines"
                found.append(replace(releases, untried=words))
                continue
            tried = _tried(session, series, releases)
            asked = [one for one in tried.patches if not patches or one.patch in patches]
            found.append(replace(tried, patches=tuple(asked)))
    return found


def _tried(session: Session, series: Series, releases: NewReleases) -> NewReleases:
    target = Target(releases.project, releases.tags[-1])
    session.progress(f"trying the patches of {target.project} on {target.base}")
    try:
        return replace(releases, patches=_ported(session, series, target))
    except MachineError:
        raise
    except SeriesError as error:
        return replace(releases, untried=error.message)


def _rebase(given: RebaseInputs, only: Selection) -> Rebased:
    from patchseries.pipeline.rebase import rebase  # the engine: long to import

    return rebase(given, only, no_progress)


def _ported(session: Session, series: Series, target: Target) -> tuple[TriedPatch, ...]:
    """What porting the patches of a project onto the release *target* gives.

    :raises SeriesError: a patch has no source for it, or something cannot be fetched
    """
    from patchseries.pipeline.edit.bases import with_bases

    project = series.manifest.projects[target.project]
    scheme = scheme_for(target.project, project.repository, project.releases)
    text = read_file(series.manifest_path).decode("utf-8")
    trial = series.with_manifest(with_bases(text, target.project, [target.base], scheme))
    only = Selection((target.project,), (target.base,))
    pins = session.fetch(trial, only)
    trial = trial.with_lock(merged_lock(trial, pins))
    kept = KeptResults(session.cache.root / "trials", _FORM, session.warn)
    digest = target_digest(trial, target, resolutions_digest(trial))
    if (known := kept.get(digest)) is not None:
        return known
    with session.rebase_inputs(trial, pins) as given:
        done = _rebase(given, only)
    tried = tuple(TriedPatch(c.patch, c.outcome, c.answer.in_base) for c in done.cells)
    if are_settled(done.cells) and done.made_for == trial.lock.made_for:
        kept.keep(digest, tried)  # what was searched for among the tags may be another one some day
    return tried

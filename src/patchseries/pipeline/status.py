"""What has landed where, for the patches of a series: manifest and histories joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from patchseries import lock as locks
from patchseries.errors import UsageError
from patchseries.git import Commit, Repository
from patchseries.journal import Operation, commit_files
from patchseries.landed.evidence import Tracked
from patchseries.landed.places import ReleaseLines, lines_of
from patchseries.landed.releases import Scheme, scheme_for
from patchseries.landed.verdict import PatchStatus, PatchToTrack, status
from patchseries.lock import InBase, Landed
from patchseries.manifest import PatchEntry, Project
from patchseries.model import ChangeId, CommitId
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.inclusion import questions
from patchseries.pipeline.keptpatchids import kept_patch_ids
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.progress import Steps
from patchseries.sources import open_objects
from patchseries.sources.plan import is_full, repository_of


@dataclass(frozen=True, slots=True)
class ProjectLines:
    """The release lines of a project's history, oldest first, and that of the series' bases."""

    lines: tuple[str, ...]
    base: str | None
    """None when the bases are no releases that the history's naming knows."""


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """The verdict on each selected patch, in series order, and the lines of each project."""

    patches: tuple[PatchStatus, ...]
    projects: Mapping[str, ProjectLines]
    in_bases: Mapping[tuple[str, str], InBase]
    """By patch and base: the commit by which the base contains the patch, and the evidence."""

    def check_line(self, line: str) -> None:
        """Refuse a line that no project has.

        :raises UsageError: with the lines there are
        """
        known = dict.fromkeys(name for project in self.projects.values() for name in project.lines)
        if line.lower() not in known:
            hint = f"known: {', '.join(known)}"
            raise UsageError(f"no release line is called {line!r}", hint=hint)


def series_status(session: Session, series: Series, selection: Selection) -> SeriesStatus:
    """Look every selected patch up in the history of its project.

    :raises UpstreamError: a history cannot be reached, or is not in the cache when offline
    """
    manifest = series.manifest
    found: dict[str, PatchStatus] = {}
    projects: dict[str, ProjectLines] = {}
    in_bases: dict[tuple[str, str], InBase] = {}
    names = selection.projects_of(manifest)
    steps = Steps(session.progress, len(names))
    for name in names:
        steps.begin(f"searching the history of {name}")
        wanted = [p for p in manifest.patches_of(name) if _selected(p, selection)]
        if wanted:
            lines, states, contained = _project_status(session, series, name, wanted)
            in_bases |= contained
            projects[name] = lines
            found |= {state.name: state for state in states}
    ordered = (found[patch.name] for patch in manifest.patches if patch.name in found)
    return SeriesStatus(tuple(ordered), projects, in_bases)


def record_landed(
    series: Series, patches: Iterable[PatchStatus], operation: Operation
) -> list[str]:
    """Keep in the lock where each of *patches* landed first, for patch headers to say.

    :return: the paths that changed
    """
    recorded = dict(series.lock.landed)
    for patch in patches:
        recorded.pop(patch.name, None)
        first = next((one for one in patch.landings.landed if one.tag), None)
        if first is not None and first.tag is not None:
            recorded[patch.name] = Landed(first.tag, first.commit)
    text = locks.dump(replace(series.lock, landed=recorded)).encode()
    path = str(series.lock_path.relative_to(series.root))
    return commit_files(series.state, {path: text}, operation)


def _selected(patch: PatchEntry, selection: Selection) -> bool:
    return not selection.patches or patch.name in selection.patches


def _project_status(
    session: Session, series: Series, name: str, patches: list[PatchEntry]
) -> tuple[ProjectLines, list[PatchStatus], dict[tuple[str, str], InBase]]:
    manifest = series.manifest
    project = manifest.projects[name]
    url = project.repository
    scheme = scheme_for(name, url, manifest.releases)
    with ExitStack() as stack:
        history, index = stack.enter_context(indexed(session.cache, url, session.fetching))
        objects = stack.enter_context(open_objects(session.cache, list(_urls(project, patches))))
        lines = lines_of(scheme, index.refs)
        ids = kept_patch_ids(session.cache, url, [history, objects])
        patch_id = stack.enter_context(ids)
        states = [
            status(index, lines, _to_track(series.lock, project, patch, objects), patch_id)
            for patch in patches
        ]
        pins = _bases(history, project) | dict(series.lock.pins)
        bytes_of = partial(session.patch_bytes, series)
        asked = questions(manifest, pins, objects, bytes_of, [name])
        answers = ((q.cell, q.ask(index, patch_id)) for q in asked)
        contained = {cell: found for cell, found in answers if found}
    return _project_lines(lines, scheme, project), states, contained


def _bases(history: Repository, project: Project) -> dict[tuple[str, str], CommitId]:
    """The bases of *project* as its history has them, for those that no lock pins."""
    found = {base: history.resolve(f"refs/tags/{base}") for base in project.bases}
    return {(project.repository, base): commit for base, commit in found.items() if commit}


def _urls(project: Project, patches: Iterable[PatchEntry]) -> Iterable[str]:
    yield project.repository
    for patch in patches:
        yield from (source.repository for source in patch.sources if source.repository)


def _project_lines(lines: ReleaseLines, scheme: Scheme, project: Project) -> ProjectLines:
    base = scheme.tag(project.bases[-1])
    return ProjectLines(tuple(line.name for line in lines), base.line if base else None)


def _to_track(
    lock: locks.Lock, project: Project, patch: PatchEntry, objects: Repository
) -> PatchToTrack:
    """What the manifest says of a patch, with the author and subject of the commit it ports."""
    sources = list(_source_commits(lock, project, patch))
    variant = patch.variants[patch.choose] if patch.choose else None
    own = (variant and variant.change_id) or patch.change_id
    named = [own, *patch.upstream, *(source.change_id for source in patch.sources)]
    ported = _first_at_hand(objects, sources)
    return PatchToTrack(
        patch.name,
        patch.project,
        Tracked(
            change_ids=tuple(dict.fromkeys(ChangeId(t) for t in named if t and t[0] == "I")),
            commits=tuple(
                dict.fromkeys([*(CommitId(t) for t in named if t and t[0] != "I"), *sources])
            ),
            author=f"{ported.author.name} <{ported.author.mail}>" if ported else None,
            subject=ported.subject if ported else None,
        ),
        tuple(_tracked_id(text) for text in patch.superseded_by),
    )


def _source_commits(lock: locks.Lock, project: Project, patch: PatchEntry) -> Iterator[CommitId]:
    """The commits that the manifest names as sources, short ones as the lock has them."""
    for source in patch.sources:
        if source.commit and is_full(source.commit):
            yield CommitId(source.commit)
        elif source.commit:
            pin = lock.pins.get((repository_of(project, source), source.commit))
            yield from [pin] if pin else []


def _first_at_hand(objects: Repository, commits: Iterable[CommitId]) -> Commit | None:
    """The first of *commits* that was fetched."""
    return next((objects.commit(c) for c in commits if objects.has(c)), None)


def _tracked_id(text: str) -> ChangeId | CommitId:
    return ChangeId(text) if text.startswith("I") else CommitId(text)

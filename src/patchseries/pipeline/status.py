"""What has landed where, for the patches of a series: manifest and histories joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from patchseries import lock as locks
from patchseries.errors import MachineError, SeriesError, UsageError
from patchseries.git import Commit, Repository
from patchseries.journal import Operation, commit_files
from patchseries.landed.evidence import Tracked
from patchseries.landed.index import Indexed
from patchseries.landed.releaselines import NamedRelease, ReleaseLines, lines_of
from patchseries.landed.releases import scheme_for
from patchseries.landed.scheme import ReleasePlace
from patchseries.landed.verdict import PatchStatus, PatchToTrack, ReleaseAnswer, in_release, status
from patchseries.lock import InBase, Landed
from patchseries.manifest import PatchEntry, Project
from patchseries.model import ChangeId, CommitId
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.inclusion import questions
from patchseries.pipeline.keptpatchids import kept_patch_ids
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.trying import NewByLine, releases_after_bases
from patchseries.progress import Steps
from patchseries.sources import open_objects
from patchseries.sources.plan import is_full, repository_of


@dataclass(frozen=True, slots=True)
class ProjectLines:
    """The release lines of a project's history, oldest first, and that of the series' last base.

    :param base: None when the last base is in no line
    :param tags: where each tag stands that is a release
    :param asked: what the release that was asked for is called here; None: there is none
    :param new: the releases that appeared after the bases of the series, by line, oldest first
    """

    lines: tuple[str, ...]
    base: str | None
    tags: Mapping[str, ReleasePlace]
    asked: str | None = None
    new: NewByLine = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """The verdict on each selected patch, in series order, and the lines of each project."""

    patches: tuple[PatchStatus, ...]
    projects: Mapping[str, ProjectLines]
    in_bases: Mapping[tuple[str, str], InBase]
    """By patch and base: the commit by which the base contains the patch, and the evidence."""
    answers: Mapping[str, ReleaseAnswer]
    """By patch: what the release that was asked for has of it, where its project has that."""


def series_status(
    session: Session, series: Series, selection: Selection, release: str | None = None
) -> SeriesStatus:
    """Look every selected patch up in the history of its project.

    :param release: a line, tag or branch to answer for, by any of its names
    :raises UpstreamError: a history cannot be reached, or is not in the cache when offline
    :raises UsageError: no project has such a release
    """
    manifest = series.manifest
    found: dict[str, PatchStatus] = {}
    projects: dict[str, ProjectLines] = {}
    in_bases: dict[tuple[str, str], InBase] = {}
    answers: dict[str, ReleaseAnswer] = {}
    names = selection.projects_of(manifest)
    steps = Steps(session.progress, len(names))
    for name in names:
        steps.begin(f"searching the history of {name}")
        wanted = [p for p in manifest.patches_of(name) if _selected(p, selection)]
        if wanted:
            part = _project_status(session, series, wanted, release)
            in_bases |= part.in_bases
            projects |= part.projects
            answers |= part.answers
            found |= {state.name: state for state in part.patches}
    if release and projects and not any(lines.asked for lines in projects.values()):
        raise _unknown_release(release, projects)
    ordered = (found[patch.name] for patch in manifest.patches if patch.name in found)
    return SeriesStatus(tuple(ordered), projects, in_bases, answers)


def _unknown_release(release: str, projects: Mapping[str, ProjectLines]) -> UsageError:
    """The error that names the lines there are."""
    lines = dict.fromkeys(line for project in projects.values() for line in project.lines)
    return UsageError(
        f"no release is called {release[:100]!r}",
        hint=f"name a tag, a branch or one of the lines {', '.join(lines)}",
    )


class ProjectStatuses:
    """The status of each project of a series, looked up when first asked, and once."""

    def __init__(self, session: Session, series: Series) -> None:
        self._session = session
        self._series = series
        self._found: dict[str, SeriesStatus | SeriesError] = {}

    def of(self, project: str) -> SeriesStatus:
        """The status of the patches of *project*.

        :raises SeriesError: its history is not at hand
        """
        if project not in self._found:
            try:
                self._found[project] = series_status(
                    self._session, self._series, Selection((project,))
                )
            except MachineError:
                raise
            except SeriesError as error:
                self._found[project] = error
        found = self._found[project]
        if isinstance(found, SeriesError):
            raise found
        return found


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
    session: Session, series: Series, patches: list[PatchEntry], release: str | None
) -> SeriesStatus:
    """What is known of *patches*, all of one project."""
    name = patches[0].project
    project = series.manifest.projects[name]
    url = project.repository
    with ExitStack() as stack:
        history, index = stack.enter_context(indexed(session.cache, url, session.fetching))
        if index.lacks_shapes:
            session.warn(f"{history.shown} is damaged: not every commit was compared")
        objects = stack.enter_context(open_objects(session.cache, list(_urls(project, patches))))
        lines = lines_of(scheme_for(name, url, project.releases), index.named_refs)
        ids = kept_patch_ids(session.cache, url, [history, objects])
        patch_id = stack.enter_context(ids)
        tracked = [_to_track(series.lock, project, patch, objects) for patch in patches]
        asked = lines.named(release) if release else None
        pins = dict(series.lock.pins)
        pins |= _unpinned_bases(history, project, pins)
        bytes_of = partial(session.patch_bytes, series)
        questioned = questions(series.manifest, pins, objects, bytes_of, [name])
        contained = {q.cell: found for q in questioned if (found := q.ask(index, patch_id))}
        last = project.bases[-1]
        commit = pins.get((url, last)) or history.resolve(last)
        base = _base_line(lines, last, index.get(commit) if commit else None)
        new = releases_after_bases(name, project, index.named_refs.tags)
        return SeriesStatus(
            tuple(status(index, lines, patch, patch_id) for patch in tracked),
            {name: _project_lines(lines, base, asked, new)},
            contained,
            {p.name: in_release(index, lines, asked, p, patch_id) for p in tracked if asked},
        )


def _unpinned_bases(
    history: Repository, project: Project, pins: Mapping[tuple[str, str], CommitId]
) -> dict[tuple[str, str], CommitId]:
    """The bases of *project* that are not among *pins*, as its history has them."""
    unpinned = [base for base in project.bases if (project.repository, base) not in pins]
    found = {base: history.resolve(f"refs/tags/{base}") for base in unpinned}
    return {(project.repository, base): commit for base, commit in found.items() if commit}


def _urls(project: Project, patches: Iterable[PatchEntry]) -> Iterable[str]:
    yield project.repository
    for patch in patches:
        yield from (source.repository for source in patch.sources if source.repository)


def _project_lines(
    lines: ReleaseLines, base: str | None, asked: NamedRelease | None, new: NewByLine
) -> ProjectLines:
    tags = [point.tag for line in lines for point in line.points if point.tag]
    places = {tag: place for tag in tags if (place := lines.scheme.tag(tag))}
    names = tuple(line.name for line in lines)
    return ProjectLines(names, base, places, asked.name if asked else None, new)


def _base_line(lines: ReleaseLines, base: str, commit: Indexed | None) -> str | None:
    """The line of *base*: a release's or a branch's own, else the first that has its commit."""
    release = lines.named(base)
    if release and lines.line(release.line.name):
        return release.line.name
    return lines.line_with(commit.refs) if commit else None


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

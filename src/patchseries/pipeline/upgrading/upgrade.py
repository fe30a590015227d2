"""`series upgrade`: a new release becomes a base, its patches are ported, its package is built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.debian.request import SourcePackage
from patchseries.errors import UsageError
from patchseries.files import read_file, sha256
from patchseries.landed.releases import scheme_for
from patchseries.manifest.problems import unknown_name
from patchseries.model import Outcome, Target
from patchseries.pipeline.build import BuildInputs, BuildOptions, build_all
from patchseries.pipeline.edit.bases import with_bases, with_orig
from patchseries.pipeline.mergedin import merged_in
from patchseries.pipeline.porting import Pins
from patchseries.pipeline.publish import plan, publish
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import Rebased, RebasedCell
from patchseries.pipeline.run import with_packaging
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.upgrading.entry import (
    EntryHead,
    NewPackaging,
    new_packaging,
    upstream_version,
)
from patchseries.pipeline.upgrading.notes import PatchNote, notes_on
from patchseries.pipeline.upgrading.releases import release_tag, tag_named, version_of
from patchseries.sources.plan import is_full


@dataclass(frozen=True, slots=True)
class UpgradeRequest:
    """What is to be done.

    :param release: the release, as the user spells it
    :param project: of a series with several; None: its only one
    :param orig: the upstream tarball to build with
    :param timestamp: of the changelog's entry, in seconds since 1970
    :param build: whether the package is built
    """

    release: str
    timestamp: int
    project: str | None = None
    orig: Path | None = None
    build: bool = True


@dataclass(frozen=True)
class PreparedUpgrade:
    """The series with the new base, and what it needs, fetched. Nothing is written yet.

    :param text: its manifest
    :param target: the project and the new base
    :param version: the upstream version that the release is
    """

    series: Series
    text: str
    target: Target
    version: str
    pins: Pins


@dataclass(frozen=True)
class UpgradeResult:
    """What an upgrade came to.

    :param cells: the patches on the new release
    :param notes: what became of each patch
    :param changed: the files below series/ and patches/ that changed, or would
    :param packaging: the new debian/; None while patches conflict
    :param package: the source package, where one was built
    :param orig: where its upstream tarball is from, in words
    """

    target: Target
    version: str
    cells: tuple[RebasedCell, ...]
    notes: tuple[PatchNote, ...]
    changed: tuple[str, ...] = ()
    packaging: NewPackaging | None = None
    package: SourcePackage | None = None
    orig: str = ""

    @property
    def conflicts(self) -> list[RebasedCell]:
        """The patches that conflict."""
        return [cell for cell in self.cells if cell.outcome is Outcome.CONFLICT]


def prepare(session: Session, series: Series, request: UpgradeRequest) -> PreparedUpgrade:
    """Find the release, add it to the manifest (in memory), and fetch what the port needs.

    :raises UsageError: there is no such release; or the series has no packaging to upgrade
    """
    name = _project(series, request.project)
    project = series.manifest.projects[name]
    if project.packaging is None or project.packaging.patches != "series":
        raise UsageError(
            f"{name} has no packaging whose patches are the series: there is none to upgrade",
            hint="make the series of a package with `series import`; else add a release with "
            "`series bump`, and build with `series build`",
        )
    tag = release_tag(session, project, name, request.release)
    text = read_file(series.manifest_path).decode("utf-8")
    if tag not in project.bases:
        scheme = scheme_for(name, project.repository, project.releases)
        if request.orig:  # first: a project of tarballs has none without one
            text = with_orig(text, name, tag, _orig_keys(request.orig))
        text = with_bases(text, name, [tag], scheme)
    elif request.orig:
        text = with_orig(text, name, tag, _orig_keys(request.orig))
    fresh = series.with_manifest(text)
    target = Target(name, tag)
    pins = session.at_hand(fresh, Selection((name,), (tag,)))
    return PreparedUpgrade(fresh, text, target, _version(request, tag, name), pins)


def upgrade(
    session: Session, prepared: PreparedUpgrade, request: UpgradeRequest, options: BuildOptions
) -> UpgradeResult:
    """Port the patches, write series/ and patches/, and build the new package.

    Where a patch conflicts, no package is made; in a dry run, nothing is written.

    :raises SeriesError: the packaging cannot be used, or the package cannot be made
    """
    series, target = prepared.series, prepared.target
    selection = Selection((target.project,), (target.base,))
    with session.rebase_inputs(series, prepared.pins) as given:
        rebased = rebase(given, selection, session.progress)
        inputs = with_packaging(session, BuildInputs(series, given, rebased), selection)
        stock = inputs.packaged[target].packaging
        merged = merged_in(session, series, prepared.pins, rebased.cells)
        notes = tuple(notes_on(series, stock, rebased.cells, merged, prepared.version))
        result = UpgradeResult(target, prepared.version, rebased.cells, notes)
        if not result.conflicts:
            head = _head(prepared, request, options)
            made = new_packaging(series, stock, result.cells, notes, head)
            result = replace(result, packaging=made)
        result = replace(result, changed=_published(session, prepared, rebased))
        if session.dry_run or result.packaging is None or not request.build:
            return result
        return _built(session, inputs, rebased, result, options)


# Private -----------------------------------------------------------------------------------------


def _project(series: Series, name: str | None) -> str:
    projects = list(series.manifest.projects)
    if name is not None:
        if name not in projects:
            raise UsageError(unknown_name("project", name, projects))
        return name
    if len(projects) != 1:
        raise UsageError(
            f"which project? {series.name} has {', '.join(projects)}", hint="write --project NAME"
        )
    return projects[0]


def _version(request: UpgradeRequest, tag: str, project: str) -> str:
    """The upstream version: as the user spells it, where that is the tag's; else the tag's."""
    is_spelled = tag_named(request.release, [tag], project) is not None
    names = (request.release, tag) if is_spelled else (tag,)
    spelled = next((v for v in map(version_of, names) if v[:1].isdigit()), None)
    if spelled is None or is_full(spelled):
        raise UsageError(
            f"{request.release} says no version", hint="name the release by its version"
        )
    return upstream_version(spelled, request.orig)


def _orig_keys(path: Path) -> dict[str, str]:
    try:
        return {"file": str(path.absolute()), "sha256": sha256(read_file(path, _LARGEST_ORIG))}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="name the upstream tarball") from error


_LARGEST_ORIG = 1 << 31
"""Bytes of an upstream tarball that is read."""


def _head(prepared: PreparedUpgrade, request: UpgradeRequest, options: BuildOptions) -> EntryHead:
    return EntryHead(
        prepared.version,
        options.maintainer,
        request.timestamp,
        options.distribution,
        options.urgency,
    )


def _published(session: Session, prepared: PreparedUpgrade, rebased: Rebased) -> tuple[str, ...]:
    """Write the manifest with the base, the patches and the lock, as one change."""
    series = prepared.series
    planned = plan(series, rebased, prepared.pins)
    path = str(series.manifest_path.relative_to(series.root))
    planned = replace(planned, changes={**planned.changes, path: prepared.text.encode()})
    changed = publish(
        series, planned, session.operation, locked=session.locked, dry_run=session.dry_run
    )
    return tuple(changed)


def _built(
    session: Session,
    inputs: BuildInputs,
    rebased: Rebased,
    result: UpgradeResult,
    options: BuildOptions,
) -> UpgradeResult:
    assert result.packaging is not None
    target = result.target
    packaged = replace(inputs.packaged[target], packaging=result.packaging.packaging)
    finished = replace(inputs, packaged={target: packaged}, has_entry=True)
    selection = Selection((target.project,), (target.base,))
    [package] = build_all(finished, rebased, selection, options, session.progress)
    given = inputs.origs.get(target)
    orig = str(given.path) if given else f"made from the tree of {target.base}"
    return replace(result, package=package, orig=orig)

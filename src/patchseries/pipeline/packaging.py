"""The packaging that the manifest names: read, checked, and laid under the series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from patchseries.debian.basetree import (
    Decision,
    PackagingInputs,
    apply_packaging,
    refuse_unknown,
)
from patchseries.debian.download import download_dsc
from patchseries.debian.dsc import packaging_from_dsc
from patchseries.debian.packaging import (
    check_stays,
    packaging_from_directory,
    packaging_from_git,
)
from patchseries.debian.request import Orig, Packaging
from patchseries.git import Repository
from patchseries.manifest import Project
from patchseries.manifest.schema import PackagingTable, within
from patchseries.model import Base
from patchseries.pipeline.histories import Histories
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.packagingport import ported_packaging
from patchseries.pipeline.series import Selection
from patchseries.sources.download import DownloadOptions, download

_URL = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Downloads:
    """Where files that the manifest names by URL are kept, and whether they may be fetched."""

    directory: Path
    options: DownloadOptions

    def dsc(self, url: str, digest: str) -> Path:
        """The .dsc at *url* with its files beside it."""
        return download_dsc(url, digest, self._directory(digest), self.options)

    def file(self, url: str, digest: str) -> Path:
        """The file at *url*."""
        path = self._directory(digest) / url.rsplit("/", 1)[-1]
        return download(url, digest, path, self.options)

    def _directory(self, digest: str) -> Path:
        return self.directory / digest[:16]


def packaging_inputs(
    given: RebaseInputs,
    selection: Selection,
    root: Path,
    downloads: Downloads,
    histories: Histories,
) -> dict[tuple[str, str], PackagingInputs]:
    """For each selected project with packaging, and each base: what its series is ported onto.

    :param root: the directory that relative paths in the manifest start from
    :param histories: are asked about the packagers' patches that do not apply
    :raises SeriesError: packaging that cannot be used, or a patch of it that does not apply
    """
    found: dict[tuple[str, str], PackagingInputs] = {}
    read: dict[str, Packaging] = {}
    for target in selection.targets(given.manifest):
        project = given.manifest.projects[target.project]
        named = project.packaging
        if named is None:
            continue
        if target.project not in read:
            read[target.project] = _read(named, given.repository, given.pins, root, downloads)
        packaging = read[target.project]
        commit = given.repository.commit(given.release(target.project, target.base))
        point = Base(target.base, commit.id, commit.tree)
        if named.patches == "series":
            found[target] = PackagingInputs(point.tree, packaging)
            continue
        check_stays(packaging)
        if named.port:
            packaging = ported_packaging(given, project, point, packaging)
        refuse_unknown([one.patch for one in named.drop], packaging)
        decisions = {
            one.patch: Decision(one.reason, one.by, one.upstream, one.bases is not None)
            for one in named.drop
            if within(target.base, one.bases)
        }
        history = histories.of(project.repository, point)
        found[target] = apply_packaging(given.repository, point, packaging, decisions, history)
    return found


def given_orig(project: Project, base: str, root: Path, downloads: Downloads) -> Orig | None:
    """The upstream tarball that the manifest names for *base*, if it does."""
    named = project.orig.get(base)
    if named is None:
        return None
    if named.file.startswith(_URL):
        return Orig(downloads.file(named.file, named.sha256), named.sha256)
    path = root / named.file
    signature = path.with_name(path.name + ".asc")
    return Orig(path, named.sha256, signature if signature.is_file() else None)


def options_of(given: RebaseInputs, project: str, patches: Iterator[str]) -> tuple[str, ...]:
    """The settings that *patches* bring, in series order, each once."""
    wanted = set(patches)
    lines = (
        line
        for patch in given.manifest.patches_of(project)
        if patch.name in wanted
        for line in patch.options
    )
    return tuple(dict.fromkeys(lines))


def _read(
    named: PackagingTable,
    repository: Repository,
    pins: Mapping[tuple[str, str], str],
    root: Path,
    downloads: Downloads,
) -> Packaging:
    if named.repository:
        commit = repository.commit(pins[named.repository, named.rev])
        return packaging_from_git(repository, commit.tree, f"{named.repository} {named.rev}")
    if named.folder:
        return packaging_from_directory(root / named.folder)
    assert named.dsc
    if named.dsc.startswith(_URL):
        return packaging_from_dsc(downloads.dsc(named.dsc, named.sha256 or ""), named.sha256)
    return packaging_from_dsc(root / named.dsc, named.sha256)

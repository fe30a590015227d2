"""What an import writes: the manifest, the packager's files, and what is said of each patch."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from patchseries import manifest
from patchseries.errors import UsageError
from patchseries.git import Commit
from patchseries.imports.manifesttext import (
    ImportedPatch,
    ManifestContents,
    manifest_text,
    slugs,
)
from patchseries.imports.origin import PatchText, find_origins
from patchseries.imports.package import PackageSource
from patchseries.imports.recognise import SourceForm
from patchseries.patches.quilt import strip_level
from patchseries.pipeline.importing.reading import ReadSource, opened_source
from patchseries.pipeline.importing.upstreams import UpstreamFacts, UpstreamOptions, opened_upstream
from patchseries.pipeline.session import Session
from patchseries.sources.mirrors import repository_path


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be imported.

    :param source: a path, ``REPOSITORY#REVISION`` or a package's name
    :param name: of the series; None: the package's
    :param form: what the source is, when it is said
    :param upstream: what is said of the upstream
    :param vendor: whose series file is in force
    :param replace: a series of that name may be there already
    """

    source: str
    name: str | None = None
    form: SourceForm | None = None
    upstream: UpstreamOptions = field(default_factory=UpstreamOptions)
    vendor: str = "debian"
    replace: bool = False


@dataclass(frozen=True)
class ImportPlan:
    """What is to be written (path below the root → bytes), and what was found.

    :param name: of the series
    :param form: what the source is
    :param version: the package's, when it says one
    :param base: the release that the patches are made for, or one to begin with
    :param patches: the patches in order, with their origins
    :param unlisted: files that are kept and that no series line names
    :param problems: what is missing or not well-formed, one sentence each
    """

    changes: Mapping[str, bytes]
    name: str
    form: SourceForm
    version: str | None
    base: str
    patches: Sequence[ImportedPatch]
    unlisted: tuple[str, ...]
    problems: tuple[str, ...]


def plan_import(session: Session, root: Path, request: ImportRequest) -> ImportPlan:
    """Read the source and find the origins of its patches; nothing is written.

    :param root: the project's directory
    :raises SeriesError: it cannot be read
    :raises UsageError: there is such a series already, or the upstream is not known
    """
    source = opened_source(session, root, request.source, request.form, request.vendor)
    with source as (read, repository):
        name = _series_name(request, read)
        if not request.replace:
            check_is_new(root, name)
        upstream = opened_upstream(session, read, request.upstream, repository)
        with upstream as found:
            session.progress("looking for the origins of the patches")
            if read.commits is not None:
                return _of_commits(name, read, found)
            return _of_files(name, read, found)


def check_is_new(root: Path, name: str) -> None:
    """Refuse the series *name* where the project *root* has one of that name.

    It is asked early, and again while the project is held: another command may have made it.

    :raises UsageError: its manifest or its imported files are there
    """
    for path in (root / "series" / f"{name}.toml", root / "patches" / "imported" / name):
        if os.path.lexists(path):
            raise UsageError(
                f"{path.relative_to(root)} is there already",
                hint="give the series another name: series import SOURCE NAME",
            )


# Private -----------------------------------------------------------------------------------------


def _series_name(request: ImportRequest, read: ReadSource) -> str:
    if request.name:
        if slugs([request.name]) != [request.name]:
            raise UsageError(f"{request.name!r} is no name of a series", hint="use a-z, 0-9 and -")
        return request.name
    source = read.package.source if read.package else None
    if source is None:
        path = re.sub(r"#.*|\.git$", "", request.source)
        stems = [part for part in Path(path).absolute().parts if part not in _GENERAL]
        source = Path(stems[-1]).stem if stems else ""
    name = slugs([source])[0]
    if len(name) < 2:
        raise UsageError(
            f"{request.source} does not say what the series is called",
            hint="name it: series import SOURCE NAME",
        )
    return name


_GENERAL = ("patches", "debian", "series", "series.conf", "src")
"""Names of directories that say nothing of what is in them."""


def _of_files(name: str, read: ReadSource, upstream: UpstreamFacts) -> ImportPlan:
    assert read.package is not None
    directory = read.package.directory
    lines = list({line.name: line for line in directory.lines}.values())
    texts = [
        PatchText(one.name, directory.files[one.name], strip_level(one.options)) for one in lines
    ]
    origins = find_origins(texts, upstream.history)
    quilt = f"imported/{name}" if directory.files else None
    patches = [
        ImportedPatch(slug, line.name, {"file": f"{quilt}/{line.name}"}, origins[line.name])
        for slug, line in zip(slugs(line.name for line in lines), lines, strict=True)
    ]
    files = {f"patches/{quilt}/{path}": data for path, data in directory.files.items()}
    problems = (*read.package.problems, *directory.problems, *upstream.notes)
    contents = _contents(name, read, upstream, patches, quilt)
    return ImportPlan(
        files | {f"series/{name}.toml": _checked(contents)},
        name,
        read.form,
        read.package.version,
        upstream.base,
        patches,
        directory.unlisted,
        problems,
    )


def _of_commits(name: str, read: ReadSource, upstream: UpstreamFacts) -> ImportPlan:
    assert read.commits is not None
    where = upstream.place.repository if upstream.place else None
    other = {} if read.repository == where else {"repository": read.repository or ""}
    commits = read.commits.commits
    origins = find_origins([_commit_text(commit) for commit in commits], upstream.history)
    patches = [
        ImportedPatch(slug, commit.subject, other | {"commit": commit.id}, origins[commit.id])
        for slug, commit in zip(slugs(c.subject for c in commits), commits, strict=True)
    ]
    contents = _contents(name, read, upstream, patches, None)
    problems = (*read.commits.problems, *upstream.notes)
    changes = {f"series/{name}.toml": _checked(contents)}
    return ImportPlan(changes, name, read.form, None, upstream.base, patches, (), problems)


def _commit_text(commit: Commit) -> PatchText:
    """A commit as a patch's header; its own id is no origin of it."""
    author = f"From: {commit.author.name} <{commit.author.mail}>\nSubject: {commit.subject}\n"
    body = commit.text.partition("\n\n")[2]
    return PatchText(commit.id, f"{author}\n{body}\n".encode("utf-8", "surrogateescape"))


def _contents(
    name: str,
    read: ReadSource,
    upstream: UpstreamFacts,
    patches: Sequence[ImportedPatch],
    quilt: str | None,
) -> ManifestContents:
    package = read.package
    place = upstream.place
    source = (package.source if package else None) or name
    if package is None and place is not None:
        source = repository_path(place.repository).name
    keys = {
        "repository": place.repository if place else None,
        "gerrit": place.gerrit if place else None,
        "made-for": upstream.base if upstream.is_made_for else None,
        "quilt": quilt,
        "vendor": _vendor(package),
    }
    packaging = _packaging(read)
    label = package.label if package else read.commits.label if read.commits else ""
    version = f", version {package.version}" if package and package.version else ""
    notes = list(upstream.notes)
    if place and place.where:
        notes.append(f"The repository is named by {place.where}.")
    return ManifestContents(
        name,
        f"{label}{version}",
        slugs([source])[0],
        upstream.base,
        keys,
        patches,
        packaging,
        read.orig if place is None else None,
        notes,
    )


def _vendor(package: PackageSource | None) -> str | None:
    """Whose series file is in force, where that is not the default."""
    vendor = ((package and package.directory.series_name) or "").removesuffix(".series")
    return vendor if vendor not in ("", "series", "debian") else None


def _packaging(read: ReadSource) -> Mapping[str, str] | None:
    """Where the packaging is; not that of a package which is built in another way."""
    if read.packaging is None or read.package is None:
        return None
    if read.package.form not in (None, "3.0 (quilt)"):
        return None
    return {**read.packaging, "patches": "series"}


def _checked(contents: ManifestContents) -> bytes:
    """The manifest's bytes, read back once.

    :raises ManifestError: it is none: a name or path in it is not what a manifest takes
    """
    text = manifest_text(contents)
    manifest.parse(text, f"series/{contents.name}.toml")
    return text.encode()

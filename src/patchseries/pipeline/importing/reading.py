"""Importing: from whatever holds patches to a manifest and the files it names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.errors import UsageError, reading
from patchseries.files import read_file, staging
from patchseries.git import Repository, borrowed
from patchseries.imports.apt import fetch_package
from patchseries.imports.branch import (
    CommitSource,
    has_patches,
    read_packaging_branch,
    read_queue,
    read_range,
)
from patchseries.imports.directory import LARGEST, PatchDirectory, read_directory
from patchseries.imports.mail import read_mbox, read_patch_files
from patchseries.imports.package import PackageSource, files_below, read_package, read_tree
from patchseries.imports.patchqueue import packaging_branch, read_patch_queue
from patchseries.imports.recipes import read_series_conf, read_spec
from patchseries.imports.recognise import SourceForm, quilt_directory, recognised
from patchseries.imports.upstream import UpstreamPlace, place_of, repository_of_url
from patchseries.pipeline.session import Session
from patchseries.sources import fetch
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.plan import Want

Keys = Mapping[str, str]
"""Keys of a table of the manifest, in order."""


@dataclass(frozen=True)
class ReadSource:
    """What was read, and what the manifest is to say of where it was.

    :param package: the patches as files; or ``commits``: as commits
    :param repository: where the commits are
    :param packaging: the keys of the project's ``packaging``
    :param orig: the keys of the upstream tarball
    :param has_orig: whether that tarball can be had now
    """

    form: SourceForm
    package: PackageSource | None = None
    commits: CommitSource | None = None
    repository: str | None = None
    packaging: Keys | None = None
    orig: Keys | None = None
    has_orig: bool = False
    place: UpstreamPlace | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def opened_source(
    session: Session, root: Path, source: str, form: SourceForm | None, vendor: str
) -> Iterator[tuple[ReadSource, Repository | None]]:
    """The patches of *source*; those of a repository with the repository, open.

    :param root: the project's directory: paths below it are written relative to it
    :raises SeriesError: they cannot be read; the message says why
    """
    form = form or recognised(source)
    if form not in (SourceForm.BRANCH, SourceForm.COMMITS):
        yield _read_files(session, root, source, form, vendor), None
        return
    where, _, revision = source.rpartition("#")
    if not where:
        raise UsageError(f"{source} names no revision", hint="write REPOSITORY#REVISION")
    with _opened_repository(session, where, revision) as (repository, url):
        yield _read_git(repository, url, revision, form, vendor), repository


# Files -------------------------------------------------------------------------------------------


def _read_files(
    session: Session, root: Path, source: str, form: SourceForm, vendor: str
) -> ReadSource:
    if form is SourceForm.APT:
        return _from_apt(session, source, vendor)
    path = Path(source).absolute()
    if form is SourceForm.DSC:
        return _from_dsc(root, path, vendor)
    if form is SourceForm.TREE:
        package = read_tree(path, vendor)
        return ReadSource(form, package, packaging={"folder": _shown(root, path)})
    if form is SourceForm.SPEC:
        return _from_spec(path)
    return ReadSource(form, PackageSource(path.name, _directory(path, form, vendor)))


def _directory(path: Path, form: SourceForm, vendor: str) -> PatchDirectory:
    if form is SourceForm.QUILT:
        directory = path.parent if path.is_file() else quilt_directory(path)
        return read_directory(files_below(directory), vendor)
    if form is SourceForm.SERIES_CONF:
        file = path if path.is_file() else path / "series.conf"
        text = _text(file)
        return read_series_conf(text, files_below(file.parent), file.name)
    if path.is_dir():
        files = {p.name: _bytes(p) for p in sorted(path.iterdir()) if p.suffix in _PATCHES}
        return read_patch_files(files)
    data = _bytes(path)
    if path.suffix in (".patch", ".diff") and data.count(b"\nFrom ") == 0:
        return read_patch_files({path.name: data})
    return read_mbox(data, path.name)


_PATCHES = (".patch", ".diff")


def _from_dsc(root: Path, path: Path, vendor: str) -> ReadSource:
    package = read_package(path, vendor)
    assert package.dsc is not None
    orig = package.orig
    return ReadSource(
        SourceForm.DSC,
        package,
        packaging={"dsc": _shown(root, path), "sha256": package.dsc.sha256},
        orig={"file": _shown(root, orig.path), "sha256": orig.sha256} if orig else None,
        has_orig=orig is not None and orig.is_here,
    )


def _from_apt(session: Session, name: str, vendor: str) -> ReadSource:
    if session.fetching.offline:
        raise UsageError(f"{name} is fetched by apt, which --offline forbids")
    session.progress(f"fetching the source package {name}")
    with staging(session.cache.scratch) as directory:
        found = fetch_package(name, directory, vendor)
    dsc, orig = found.file(r"\.dsc$"), found.file(r"\.orig\.tar\.\w+$")
    return ReadSource(
        SourceForm.APT,
        found.source,
        packaging={"dsc": dsc.url, "sha256": dsc.sha256} if dsc else None,
        orig={"file": orig.url, "sha256": orig.sha256} if orig else None,
        has_orig=orig is not None,
    )


def _from_spec(path: Path) -> ReadSource:
    text = _text(path)
    beside = {p.name: p for p in path.parent.iterdir() if p.is_file() and not p.is_symlink()}
    named = {name: file for name, file in beside.items() if name in text or file.suffix in _PATCHES}
    files = {name: _bytes(file) for name, file in named.items() if file != path}
    spec, directory = read_spec(text, files, path.name)
    directory = replace(directory, problems=(*spec.problems, *directory.problems))
    name, version = spec.tags.get("name"), spec.tags.get("version")
    package = PackageSource(path.name, directory, source=name, version=version)
    urls = [spec.tags.get("vcs", ""), spec.tags.get("url", "")]
    found = [url for url in map(repository_of_url, urls) if url]
    place = place_of(found[0], path.name) if found else None
    return ReadSource(SourceForm.SPEC, package, place=place)


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", "replace")


def _bytes(path: Path) -> bytes:
    with reading(path):
        return read_file(path, LARGEST)


def _shown(root: Path, path: Path) -> str:
    """*path* as the manifest names it: relative where it lies in the project."""
    real = Path(os.path.realpath(path))
    inside = real.is_relative_to(os.path.realpath(root))
    return str(real.relative_to(os.path.realpath(root))) if inside else str(path)


# Git ---------------------------------------------------------------------------------------------


@contextmanager
def _opened_repository(
    session: Session, where: str, revision: str
) -> Iterator[tuple[Repository, str]]:
    """The repository *where*, and how the manifest names it.

    A directory is read where it is, and so is a mirror of a URL; else the revision is fetched.
    """
    if Path(where).is_dir():
        with borrowed(Path(where)) as repository:
            yield repository, str(Path(where).absolute())
        return
    if "://" not in where:
        raise UsageError(f"there is no repository {where}", hint="name a directory or a URL")
    if (mirror := mirror_of(where, session.fetching.mirrors)) is not None:
        with borrowed(mirror) as repository:
            yield repository, where
        return
    if ".." in revision or packaging_branch(revision):
        what = "a range" if ".." in revision else "a patch queue"
        raise UsageError(f"{what} of {where} needs a clone of it", hint="clone it and name that")
    want = Want(where, revision, False, None, "packaging")
    pins = fetch(session.cache, [want], {}, session.fetching)
    with session.objects(pins) as repository:
        repository.run("update-ref", f"refs/heads/{revision}", pins[where, revision])
        yield repository, where


def _read_git(
    repository: Repository, url: str, revision: str, form: SourceForm, vendor: str
) -> ReadSource:
    label = f"{url}#{revision}"
    if ".." in revision:
        old, _, new = revision.partition("..")
        commits = read_range(repository, old, new.lstrip(".") or "HEAD", label)
        return ReadSource(SourceForm.COMMITS, commits=commits, repository=url)
    if form is SourceForm.BRANCH and (branch := packaging_branch(revision)):
        package = read_patch_queue(repository, branch, label, vendor)
        return ReadSource(form, package, packaging={"repository": url, "branch": branch})
    if form is SourceForm.COMMITS or not has_patches(repository, revision):
        commits = read_queue(repository, revision, label)
        return ReadSource(SourceForm.COMMITS, commits=commits, repository=url)
    package = read_packaging_branch(repository, revision, label, vendor)
    packaging = {"repository": url, "branch": revision}
    return ReadSource(SourceForm.BRANCH, package, packaging=packaging)

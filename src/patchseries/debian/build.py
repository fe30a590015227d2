"""From a request to a source package on disk, compared with its tree; whole or not at all."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.debian import assemble, changelog, source, unpacked, version
from patchseries.debian.basetree import apply_packaging
from patchseries.debian.orig import check_orig, make_orig
from patchseries.debian.record import Record, read_record, write_record
from patchseries.debian.request import (
    BuildRequest,
    DebianDirectory,
    OrigUpload,
    SourcePackage,
)
from patchseries.debian.tarball import check_tarball
from patchseries.errors import ExitCode, SeriesError
from patchseries.files import explained, sha256, staging, swap_in
from patchseries.git.temporary import scratch_home
from patchseries.patches.apply import Rejected, apply_patch
from patchseries.patches.dpkg import Profile, guard, guard_links

_SHOWN = 12  # differing paths named in an error: enough to see the kind, few enough to read


@dataclass(frozen=True, slots=True)
class _BuildPlan:
    """What is decided before anything is written."""

    digest: str
    source: str
    stock: str
    stem: str
    version: str
    number: int
    entries: str
    """Our own changelog entries, newest first."""


def build(request: BuildRequest) -> SourcePackage:
    """Build the source package of *request*, compare it with its tree, put it in ``request.out``.

    Nothing is built when the directory holds the outputs of the same request, unchanged. The
    directory is replaced as a whole, after the unpacked .dsc was found to be
    ``request.expected_tree``.

    :raises SeriesError: the request cannot make a package, or the package is not the tree
    :raises ProgramError: one of dpkg's tools is missing or refuses
    """
    record = read_record(request.out)
    digest = request.digest()
    if record and record.digest == digest and record.intact():
        return _with_remarks(replace(record.package, reused=True), request)
    _refuse_traps(request)
    plan = _plan(request, record, digest)
    place = scratch_home(request.out.parent, _TREES * _room_of(request))
    with explained("build the source package"), staging(*place) as stage:
        request.out.parent.mkdir(parents=True, exist_ok=True)  # it fails before the work, not after
        fresh = stage / "new"
        fresh.mkdir()
        package = _make(request, plan, stage, fresh)
        record = Record(digest, plan.number, plan.stock, plan.stem, plan.entries, package)
        write_record(fresh, record)
        with staging(request.out.parent) as beside:
            swap_in(shutil.copytree(fresh, beside / "new"), request.out)
    return _with_remarks(package, request)


_TREES = 3
"""How many trees lie side by side: the one that is packed, dpkg-source's own, the one unpacked."""
_BLOCK = 8192
"""Bytes that a file takes in memory at least, its entry with it."""


def _room_of(request: BuildRequest) -> int:
    """How many bytes the files of the package's tree take, in whole blocks."""
    listed = request.repository.run(
        "ls-tree", "-r", "--format=%(objectsize)", request.expected_tree
    ).stdout.split()
    return sum((int(size) // _BLOCK + 1) * _BLOCK for size in listed if size.isdigit())


def _with_remarks(package: SourcePackage, request: BuildRequest) -> SourcePackage:
    """*package* with what the request tells of patches that are not in it, or were not reviewed."""
    return replace(
        package,
        left_out=request.left_out,
        unreviewed=request.unreviewed,
        dropped=request.dropped,
        settings=request.settings,
    )


def _refuse_traps(request: BuildRequest) -> None:
    """Refuse what dpkg-source would refuse or take wrongly: its exit status proves nothing."""
    repository, tree = request.repository, request.base.tree
    if request.packaging and not request.in_packaging:
        tree = apply_packaging(repository, request.base, request.packaging).tree
    for patch in request.patches:
        traps = guard(patch.name, patch.data, request.profile)
        if request.in_packaging:  # a packager's, which dpkg-source took until now
            traps = tuple(trap for trap in traps if trap.code.startswith("dpkg-path-"))
        for trap in (*traps, *guard_links(repository, tree, patch.name, patch.data)):
            where = f", {trap.file}" if trap.file else ""
            raise SeriesError(f"{patch.name}{where}: {trap.message} ({trap.code})", hint=trap.hint)
        applied = apply_patch(repository, tree, patch.data)
        if isinstance(applied, Rejected):
            raise SeriesError(
                f"{patch.name} does not apply: {applied} (dpkg-fuzz)",
                hint="run `series rebase`: dpkg-source allows no fuzz",
            )
        tree = applied.tree


def build_stock(request: BuildRequest, directory: Path) -> Path | None:
    """Build the packaging as it was given, without the series, in *directory*; its .changes.

    None when no packaging was given, or its patches are the series. It is for comparing (lintian),
    and never published.
    """
    if request.packaging is None or request.in_packaging:
        return None
    packaging = request.packaging
    env = source.environment(request.timestamp, directory)
    orig = _orig(request, packaging.source, packaging.version, directory)
    tree = source.unpack_orig(orig, directory)
    source.write_debian(tree, packaging.debian, request.timestamp)
    source.build(tree, env)
    return source.describe(tree, env, request.timestamp, OrigUpload.ALWAYS)


# Deciding --------------------------------------------------------------------------------------


def _plan(request: BuildRequest, record: Record | None, digest: str) -> _BuildPlan:
    packaging = request.packaging
    name = packaging.source if packaging else request.source
    if packaging and request.has_entry:
        return _BuildPlan(digest, name, packaging.version, "", packaging.version, 1, "")
    stock = version.stock_version(packaging.version if packaging else None, request.base)
    suffix = version.Suffix.parse(
        request.version_suffix or version.default_suffix(request.series_name)
    )
    counted = record if record and record.stock == stock and record.stem == suffix.stem else None
    if counted and counted.digest == digest:  # the same again: its files were damaged
        return _BuildPlan(
            digest,
            name,
            stock,
            suffix.stem,
            counted.package.version,
            counted.number,
            counted.entries,
        )
    number = counted.number + 1 if counted else 1
    ours = stock + suffix.at(number)
    version.check(ours, stock)
    earlier = counted.entries if counted else ""
    entry = assemble.entry(request, name, ours)
    later = max(entry.timestamp, changelog.read_date(earlier) + 1)  # each entry has its own date
    entry = replace(entry, timestamp=later)
    entries = changelog.joined(changelog.render(entry), earlier)
    return _BuildPlan(digest, name, stock, suffix.stem, ours, number, entries)


# Making ----------------------------------------------------------------------------------------


def _make(request: BuildRequest, plan: _BuildPlan, stage: Path, fresh: Path) -> SourcePackage:
    env = source.environment(request.timestamp, stage, request.vendor)
    orig = _orig(request, plan.source, plan.version, fresh)
    tree = source.unpack_orig(orig, fresh)
    debian = assemble.debian_directory(request, plan.source, plan.version, plan.entries)
    source.write_debian(tree, debian, request.timestamp)
    dsc = source.build(tree, env)
    changes = source.describe(tree, env, request.timestamp, request.orig_upload)
    _compare(request, debian, dsc, stage / "unpacked", env)
    shutil.rmtree(tree)
    files = {path.name: sha256(path.read_bytes()) for path in sorted(fresh.iterdir())}
    return SourcePackage(
        project=request.project,
        base=request.base.name,
        source=plan.source,
        version=plan.version,
        dsc=dsc.name,
        changes=changes.name,
        directory=request.out,
        files=files,
        verified=True,
    )


def _orig(request: BuildRequest, name: str, full_version: str, directory: Path) -> Path:
    upstream = version.parse(full_version).upstream_version or ""
    given = request.given_orig
    if given is None:
        return make_orig(request.repository, request.base.commit, name, upstream, directory)
    ending = re.search(r"\.tar\.(gz|bz2|xz|lzma)$", given.path.name)
    if not ending:
        raise SeriesError(f"not an upstream tarball for dpkg-source: {given.path.name}")
    path = directory / f"{name}_{upstream}.orig{ending[0]}"
    path.write_bytes(check_orig(given))
    check_tarball(path)
    if given.signature and request.profile is not Profile.PRECISE:  # its dpkg-source refuses it
        path.with_name(path.name + ".asc").write_bytes(given.signature.read_bytes())
    return path


def _compare(
    request: BuildRequest, debian: DebianDirectory, dsc: Path, directory: Path, env: dict[str, str]
) -> None:
    source.unpack(dsc, directory, env)
    found = unpacked.compare(request.repository, request.expected_tree, directory)
    found += unpacked.compare_debian(debian, directory)
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise SeriesError(
            f"{dsc.name} does not unpack to the tree of the series:"
            f" {'; '.join(found[:_SHOWN])}{more}",
            hint="nothing was published; rewrite the patch that touches these files",
            exit_code=ExitCode.PROGRAM,
        )

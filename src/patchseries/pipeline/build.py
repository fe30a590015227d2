"""Build: for each project and base, what its source package is made of, then the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from patchseries.debian.basetree import PackagingInputs
from patchseries.debian.build import build, build_stock
from patchseries.debian.changelog import read_date
from patchseries.debian.lintian import LintianProfile, check_package
from patchseries.debian.record import read_record
from patchseries.debian.request import (
    BuildRequest,
    Maintainer,
    Orig,
    OrigUpload,
    Packaging,
    SourcePackage,
)
from patchseries.debian.settingspackage import SettingsPackage
from patchseries.debian.upload import build_binary, sign
from patchseries.errors import ExitCode, ListedError, SeriesError
from patchseries.files import staging, sweep
from patchseries.git import Repository
from patchseries.journal import plain_directory
from patchseries.model import Base, Finding, Outcome, Target, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.patches.dep3 import read_header
from patchseries.patches.dpkg import Profile
from patchseries.pipeline.configuring import HostOptions
from patchseries.pipeline.conflict.accept import shape
from patchseries.pipeline.inputs import RebaseInputs
from patchseries.pipeline.packaging import options_of
from patchseries.pipeline.publish import package_patches
from patchseries.pipeline.rebased import Rebased, RebasedCell
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.upgrading.notes import changelog_lines, notes_on
from patchseries.progress import ProgressCallback, Steps


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a person chose for the packages.

    ``skip_conflicts`` leaves conflicting patches out, ``allow_unreviewed`` takes adapted ones that
    are not signed off; the changelog names both. ``check`` runs
    lintian; ``sign`` names a key for debsign; ``binary`` is the command that builds binaries;
    ``jobs`` is how many packages are made at a time. ``test`` runs the projects' own tests first,
    each command by the words ``wrap``. ``settings``: the host whose settings an extra binary
    package holds.
    """

    maintainer: Maintainer
    skip_conflicts: bool = False
    allow_unreviewed: bool = False
    version_suffix: str | None = None
    distribution: str | None = None
    urgency: str = "medium"
    orig_upload: OrigUpload = OrigUpload.ALWAYS
    check: bool = False
    sign: str | None = None
    binary: str | None = None
    jobs: int = 2
    test: bool = False
    wrap: tuple[str, ...] = ()
    settings: HostOptions | None = None


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """A series that was rebased, and what its packages are made of besides, by target.

    ``plain`` is the series on the bare releases: what a person signs off. ``has_entry``: the
    changelog of the packaging begins with the entry of the very package that is built.
    ``settings``: the extra packages that were asked for.
    """

    series: Series
    given: RebaseInputs
    plain: Rebased
    packaged: Mapping[tuple[str, str], PackagingInputs] = field(default_factory=dict)
    origs: Mapping[tuple[str, str], Orig] = field(default_factory=dict)
    has_entry: bool = False
    settings: Mapping[tuple[str, str], SettingsPackage] = field(default_factory=dict)

    def is_in_packaging(self, project: str) -> bool:
        """Whether the series of *project* is the packaging's own debian/patches."""
        packaging = self.series.manifest.projects[project].packaging
        return packaging is not None and packaging.patches == "series"


def build_all(
    inputs: BuildInputs,
    rebased: Rebased,
    selection: Selection,
    options: BuildOptions,
    progress: ProgressCallback,
) -> list[SourcePackage]:
    """Build the source package of every selected project and base, each compared with its tree.

    :param rebased: the series on the packagers' patches
    :raises SeriesError: a patch conflicts (unless skipped) or waits for review (unless allowed),
        or a package cannot be made
    """
    series = inputs.series
    packages = list(_packages(inputs, rebased, selection))
    if not options.skip_conflicts:
        _refuse_conflicts(packages)
    if not options.allow_unreviewed:
        _refuse_unreviewed(packages, series.name)
    requests = [_request(inputs, package, options) for package in packages]
    for directory in plain_directory(series.root, f"build/{series.name}").glob("*/"):
        if not directory.is_symlink():
            sweep(directory)
    steps = Steps(progress, len(requests))
    with ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(_build_alone, request, steps) for request in requests]
        built = [job.result() for job in jobs]
    pairs = zip(built, requests, strict=True)
    steps = Steps(progress, len(requests))
    return [_treated(package, request, options, steps) for package, request in pairs]


def _build_alone(request: BuildRequest, steps: Steps) -> SourcePackage:
    """Build *request* in a thread: a repository cannot be shared by threads."""
    steps.begin(f"building {request.project} for {request.base.name}")
    with Repository(request.repository.git_dir) as repository:
        return build(replace(request, repository=repository))


def _treated(
    package: SourcePackage,
    request: BuildRequest,
    options: BuildOptions,
    steps: Steps,
) -> SourcePackage:
    """*package* after what else was asked for: checked, signed, built into binaries."""
    wanted = {"checking": options.check, "signing": options.sign, "building": options.binary}
    what = ", ".join(verb for verb, asked in wanted.items() if asked)
    if what:
        steps.begin(f"{what} {package.source} {package.version}")
    if options.check:
        package = replace(package, findings=tuple(_lintian(package, request)))
    if options.sign:
        package = sign(package, options.sign)
    if options.binary:
        build_binary(package, options.binary)
    return package


def _lintian(package: SourcePackage, request: BuildRequest) -> list[Finding]:
    precise = request.profile is Profile.PRECISE
    profile = LintianProfile.UBUNTU if precise else LintianProfile.DEBIAN
    with staging(package.directory.parent) as directory:
        stock = build_stock(request, directory)
        return check_package(package.directory / package.changes, stock, profile)


@dataclass(frozen=True, slots=True)
class _PackageInputs:
    """A package to be: its patches, the names of those that are not signed off, and its tree."""

    target: Target
    cells: tuple[RebasedCell, ...]
    unreviewed: tuple[str, ...]
    tree: TreeId


def _packages(
    inputs: BuildInputs, rebased: Rebased, selection: Selection
) -> Iterator[_PackageInputs]:
    plain = (c for c in inputs.plain.cells if c.files and not c.needs_review)
    signed = {(c.patch, c.base): shape(c) for c in plain}
    for target in selection.targets(inputs.series.manifest):
        mine = [c for c in rebased.cells if (c.project, c.base) == target]
        unreviewed = (c.patch for c in mine if c.needs_review and not _is_signed(c, signed))
        yield _PackageInputs(target, tuple(mine), tuple(unreviewed), rebased.trees[target])


def _is_signed(cell: RebasedCell, signed: Mapping[tuple[str, str], str]) -> bool:
    """Whether it is, but for line numbers, the diff that was signed off on the bare release."""
    return bool(cell.files) and signed.get((cell.patch, cell.base)) == shape(cell)


def _refuse_conflicts(packages: list[_PackageInputs]) -> None:
    cells = (cell for package in packages for cell in package.cells)
    open_cells = [cell for cell in cells if cell.outcome is Outcome.CONFLICT]
    if open_cells:
        named = [(cell.patch, cell.base) for cell in open_cells]
        raise _not_built(
            named,
            ("conflicts", "these conflict"),
            "resolve it, or leave it out with --skip-conflicts",
        )


def _refuse_unreviewed(packages: list[_PackageInputs], name: str) -> None:
    waiting = [(patch, p.target.base) for p in packages for patch in p.unreviewed]
    if waiting:
        raise _not_built(
            waiting,
            ("was adapted, and not signed off", "these were adapted, and not signed off"),
            f"read it and sign it off with `series accept PATCH {name}`, or build it anyway"
            " with --allow-unreviewed: the changelog then says so",
        )


def _not_built(cells: list[tuple[str, str]], words: tuple[str, str], hint: str) -> SeriesError:
    """The refusal of *cells*: one in a line, several in a line for each patch with its bases."""
    one, several = words
    if len(cells) == 1:
        patch, base = cells[0]
        message = f"not built: {patch} on {base} {one}"
        return SeriesError(message, hint=hint, exit_code=ExitCode.FINDINGS)
    bases: dict[str, list[str]] = {}
    for patch, base in cells:
        bases.setdefault(patch, []).append(base)
    lines = (f"  {patch} on {', '.join(names)}" for patch, names in bases.items())
    message = "\n".join([f"not built: {several}:", *lines])
    return ListedError(message, hint=hint, exit_code=ExitCode.FINDINGS)


def _request(inputs: BuildInputs, package: _PackageInputs, options: BuildOptions) -> BuildRequest:
    series, given, target = inputs.series, inputs.given, package.target
    project = given.manifest.projects[target.project]
    commit = given.repository.commit(given.pins[project.repository, target.base])
    patches = [file for cell in package.cells for file in cell.files]
    packaged = inputs.packaged.get(target)
    packaging = packaged.packaging if packaged else None
    notes: tuple[str, ...] = ()
    in_packaging = packaging is not None and inputs.is_in_packaging(target.project)
    if packaging is not None and in_packaging:
        notes = changelog_lines(notes_on(series, packaging, package.cells))
    return BuildRequest(
        repository=given.repository,
        project=target.project,
        source=project.source_package or target.project,
        base=Base(target.base, commit.id, commit.tree),
        patches=tuple(patches),
        expected_tree=package.tree,
        series_name=series.name,
        maintainer=options.maintainer,
        timestamp=max([commit.committer.time, *_dates(patches, packaging)]),
        out=output_directory(series, target),
        left_out=tuple(c.patch for c in package.cells if c.outcome is Outcome.CONFLICT),
        unreviewed=package.unreviewed,
        version_suffix=options.version_suffix or series.manifest.series.version_suffix,
        distribution=options.distribution,
        urgency=options.urgency,
        homepage=project.homepage,
        packaging=packaging,
        dropped=packaged.dropped if packaged else (),
        orig=inputs.origs.get(target),
        orig_upload=options.orig_upload,
        profile=Profile(series.manifest.series.profile),
        options=options_of(given, target.project, (c.patch for c in package.cells if c.files)),
        patches_directory=package_patches(series, package.cells) if in_packaging else None,
        notes=notes,
        has_entry=inputs.has_entry,
        vendor=project.vendor,
        settings=inputs.settings.get(target),
    )


def _dates(patches: Sequence[PatchFile], packaging: Packaging | None) -> Iterator[int]:
    """When what is inside a package was made, in seconds since 1970.

    Its timestamp is the newest: two people who build the same get the same bytes.
    """
    headers = (read_header(file.data) for file in patches)
    yield from (int(header.date.timestamp()) for header in headers if header.date)
    if packaging:
        yield read_date(packaging.debian["changelog"].data.decode("utf-8", "replace")) + 1


def output_directory(series: Series, target: Target) -> Path:
    """Where the package of one project and base goes: ``build/NAME/BASE/PROJECT``.

    :raises SeriesError: a symbolic link is on the way: it could lead out of the project
    """
    path = f"build/{series.name}/{target.base.replace('/', '-')}/{target.project}"
    return plain_directory(series.root, path)


def built_packages(series: Series, selection: Selection) -> list[SourcePackage]:
    """The packages of the selection that lie in build/, unchanged since they were made.

    :raises SeriesError: one was changed since
    """
    packages = []
    for target in selection.targets(series.manifest):
        record = read_record(output_directory(series, target))
        if record is None:
            continue
        if not record.intact():
            raise SeriesError(
                f"the files of {record.package.dsc} changed after the build",
                hint="run `series build` again",
            )
        packages.append(record.package)
    return packages

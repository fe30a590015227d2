"""Run: the stages of a series one after the other, to packages and a gate."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from patchseries.checks.gate import fails
from patchseries.debian.request import Orig, SourcePackage
from patchseries.errors import SeriesError, UsageError
from patchseries.model import Finding
from patchseries.pipeline.applying import AppliedCell, Applies, ApplyInputs, apply_series
from patchseries.pipeline.build import BuildInputs, BuildOptions, build_all
from patchseries.pipeline.checking import CheckOptions, check_series
from patchseries.pipeline.histories import Histories
from patchseries.pipeline.packagedsettings import check_wanted, settings_packages
from patchseries.pipeline.packaging import Downloads, given_orig, packaging_inputs
from patchseries.pipeline.porting import Pins, PublishedRebase, publish_rebased
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.rebased import Rebased
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.testing.packages import refuse_broken_tests


@dataclass(frozen=True)
class RunResult:
    """All that a run came to.

    ``findings`` are those of the gate over what was selected; ``refused`` says why no package was
    built.
    """

    ported: PublishedRebase
    applied: list[AppliedCell]
    packages: list[SourcePackage]
    findings: tuple[Finding, ...] = ()
    refused: SeriesError | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is left for a person to do."""
        failed = any(cell.result is Applies.FAILS for cell in self.applied)
        return not (failed or self.ported.conflicts or fails(self.findings) or self.refused)


def rebase_and_build(
    session: Session,
    series: Series,
    selection: Selection,
    pins: Pins,
    options: BuildOptions,
) -> tuple[PublishedRebase, list[SourcePackage]]:
    """Port and publish what is selected, then build its packages.

    :raises SeriesError: a conflict that is not skipped, a port that waits for review and is not
        allowed, or a package that cannot be made
    """
    if session.dry_run:
        raise UsageError("build has no dry run; it writes only to build/")
    if options.settings:
        check_wanted(series, selection, options.settings)
    with session.rebase_inputs(series, pins) as given:
        rebased = rebase(given, selection, session.progress)
        ported = publish_rebased(session, series, rebased, pins)
        inputs = BuildInputs(series, given, rebased)
        return ported, build_packages(session, inputs, selection, options)


def build_packages(
    session: Session, inputs: BuildInputs, selection: Selection, options: BuildOptions
) -> list[SourcePackage]:
    """Build what is selected, on the packaging and tarballs that the manifest names.

    :param inputs: without packaging and tarballs, which are got here
    :raises SeriesError: a conflict that is not skipped, a port that waits for review and is not
        allowed, or a package that cannot be made
    """
    complete = with_packaging(session, inputs, selection)
    rebased = _on_packaging(session, complete, selection)
    if options.test:
        refuse_broken_tests(session, complete, rebased, (selection, options))
    if options.settings:
        packages = settings_packages(session, inputs.series, rebased, selection, options.settings)
        complete = replace(complete, settings=packages)
    return build_all(complete, rebased, selection, options, session.progress)


def with_packaging(session: Session, inputs: BuildInputs, selection: Selection) -> BuildInputs:
    """*inputs* with the packaging and upstream tarballs that the manifest names."""
    series = inputs.series
    cache, fetching = session.cache, session.fetching
    options = fetching.for_downloads(cache)
    downloads = Downloads(cache.root / "downloads", options)
    origs: dict[tuple[str, str], Orig] = {}
    for target in selection.targets(series.manifest):
        project = series.manifest.projects[target.project]
        orig = given_orig(project, target.base, series.root, downloads)
        if orig is not None:
            origs[target] = orig
    with ExitStack() as stack:
        histories = Histories(session.cache, session.fetching, stack)
        packaged = packaging_inputs(inputs.given, selection, series.root, downloads, histories)
        return replace(inputs, packaged=packaged, origs=origs)


def _on_packaging(session: Session, inputs: BuildInputs, selection: Selection) -> Rebased:
    """The rebase that packages are built from: on upstream *with* the packager's own patches."""
    under = [target for target in inputs.packaged if not inputs.is_in_packaging(target[0])]
    projects = tuple(dict.fromkeys(project for project, _ in under))
    plain = inputs.plain
    if not projects:
        return plain
    given = replace(inputs.given, starts={target: inputs.packaged[target].tree for target in under})
    again = rebase(given, replace(selection, projects=projects), session.progress)
    others = tuple(cell for cell in plain.cells if cell.project not in projects)
    return Rebased((*others, *again.cells), {**plain.trees, **again.trees})


def run(
    session: Session, series: Series, selection: Selection, pins: Pins, options: BuildOptions
) -> RunResult:
    """Rebase, build, test-apply and check what is selected, once its *pins* are fetched.

    Where no package can be built, all else is done all the same, and the result says why.
    """
    refused = None
    packages: list[SourcePackage] = []
    with session.rebase_inputs(series, pins) as given:
        rebased = rebase(given, selection, session.progress)
        ported = publish_rebased(session, series, rebased, pins)
        inputs = BuildInputs(series, given, rebased)
        try:
            packages = build_packages(session, inputs, selection, options)
        except SeriesError as error:
            refused = error
    fresh = replace(series)  # its lock is another one now
    with session.objects(pins) as repository:
        applied = apply_series(ApplyInputs(fresh, repository, pins), selection, session.progress)
    findings = check_series(session, fresh, selection, CheckOptions())
    return RunResult(ported, applied, packages, tuple(findings), refused)

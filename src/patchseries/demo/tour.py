"""The tour: the whole pipeline on the small upstreams, with every base ported and one built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from patchseries.debian.request import Maintainer
from patchseries.demo.repositories import create
from patchseries.errors import ProgramError
from patchseries.files import explained, read_file, staging, swap_in
from patchseries.pipeline.applying import ApplyInputs, apply_series
from patchseries.pipeline.build import BuildInputs, BuildOptions
from patchseries.pipeline.porting import publish_rebased
from patchseries.pipeline.rebase import rebase
from patchseries.pipeline.run import RunResult, build_packages
from patchseries.pipeline.series import Selection, Series
from patchseries.pipeline.session import Session

NAME = "demo"
"""The series of the tour: ``series/demo.toml``."""

MAINTAINER = Maintainer("Series Demonstration", "demo@demo.invalid")


HOST = "demo.invalid"
"""The host in the URLs of its manifest."""


def manifest_bytes() -> bytes:
    """The manifest of the tour: in the package, or in the source tree that it runs from.

    :raises ProgramError: in neither
    """
    package = Path(__file__).parent
    for path in (package / "demo.toml", package.parents[2] / "series" / "demo.toml"):
        if path.is_file():
            return read_file(path)
    raise ProgramError(
        "the demonstration is not installed", hint="install patchseries again, from its wheel"
    )


def make_upstreams(directory: Path) -> None:
    """Make *directory* hold the small upstreams below HOST, all of them or as before."""
    with explained("make the upstreams"), staging(directory.parent) as stage:
        create(stage / "new" / HOST)
        swap_in(stage / "new", directory)


def tour(session: Session, series: Series) -> RunResult:
    """Fetch, rebase and test-apply on every base; build the last base of each project.

    :raises SeriesError: a stage cannot do its work; a conflict is a result
    """
    everything = Selection()
    pins = session.fetch(series, everything)
    with session.rebase_inputs(series, pins) as given:
        rebased = rebase(given, everything, session.progress)
        ported = publish_rebased(session, series, rebased, pins)
        written_files = ApplyInputs(replace(series), given.repository, pins)
        applied = apply_series(written_files, everything, session.progress)
        last = tuple(dict.fromkeys(p.bases[-1] for p in series.manifest.projects.values()))
        inputs = BuildInputs(series, given, rebased)
        packages = build_packages(session, inputs, Selection(bases=last), BuildOptions(MAINTAINER))
    return RunResult(ported, applied, packages)

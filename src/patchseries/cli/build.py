"""``series build``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.building import (
    build_options,
    complaints,
    options_from,
    package_rows,
    show_packages,
)
from patchseries.cli.common import SERIES_OPTIONS, Given, options
from patchseries.cli.terminal import Progress, show_json


@click.command("build")
@options(*(o for o in SERIES_OPTIONS if o not in ("patch", "dry_run")))
@build_options
def command(**chosen: Any) -> int:
    """Make a Debian source package of each project and base of NAME.

    Each is unpacked again and must be the ported tree. The packages go to build/NAME/BASE/PROJECT.
    A base with a conflict is refused unless --skip-conflicts, and one with an adapted patch that
    nobody signed off unless --allow-unreviewed; the changelog names these patches. With --check,
    what lintian finds in our own part makes the exit status 1.
    """
    from patchseries.pipeline.run import rebase_and_build

    package_options, given = options_from(chosen)
    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection, pins = asked.open_to_write(session)
        _, packages = rebase_and_build(session, series, selection, pins, package_options)
    if asked.as_json:
        show_json({"packages": package_rows(packages)}, ok=not complaints(packages))
    else:
        show_packages(packages, asked)
    return 1 if complaints(packages) else 0

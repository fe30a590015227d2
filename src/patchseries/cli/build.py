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
    """Build a Debian source package of each project and base of NAME.

    Each package is unpacked again and compared with the ported tree. It goes to
    build/NAME/BASE/PROJECT. A base with a conflict is refused unless --skip-conflicts; a base with
    an adapted patch that is not signed off is refused unless --allow-unreviewed. The changelog then
    names these patches. With --check, a lintian tag that our part brings makes the exit status 1.
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

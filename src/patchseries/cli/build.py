"""``series build``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import (
    PACKAGE_SCHEMA,
    build_options,
    complaints,
    options_from,
    package_rows,
    show_packages,
)
from patchseries.cli.common import SERIES_OPTIONS, Given, options
from patchseries.cli.flags import refuse_without
from patchseries.cli.hostoptions import HOST_OPTIONS, host_of, host_options
from patchseries.cli.rebase import jobs_option
from patchseries.cli.terminal import Progress, say, show_json
from patchseries.errors import UsageError

if TYPE_CHECKING:
    from patchseries.debian.request import SourcePackage
    from patchseries.pipeline.configuring import HostOptions


@click.command("build")
@options(*(o for o in SERIES_OPTIONS if o not in ("patch", "dry_run")))
@build_options
@jobs_option
@click.option("--settings", is_flag=True, help="Add a package with the settings for a host.")
@host_options("--settings")
def command(**chosen: Any) -> int:
    """Build a Debian source package of each project and base of NAME.

    Each package is unpacked again and compared with the ported tree. It goes to
    build/NAME/BASE/PROJECT. A base with a conflict is refused unless --skip-conflicts; a base with
    an adapted patch that is not signed off is refused unless --allow-unreviewed. The changelog then
    names these patches. With --check, a lintian tag that our part brings makes the exit status 1.

    --settings adds a binary package SOURCE-NAME-settings to each source package: configuration
    files with the settings of the project, for a host of --vms and --cores.
    """
    from patchseries.pipeline.run import rebase_and_build

    wanted = _wanted_settings(chosen)
    package_options, given = options_from(chosen)
    package_options = replace(package_options, settings=wanted)
    asked = Given(**given)
    with Progress(asked) as progress:
        session = asked.session(progress)
        series, selection, pins = asked.open_to_write(session)
        _, packages = rebase_and_build(session, series, selection, pins, package_options)
    if asked.as_json:
        document = {"packages": package_rows(packages)}
        show_json(document, ok=not complaints(packages), schema=PACKAGE_SCHEMA)
    else:
        show_packages(packages, asked)
    _warn_unchecked(packages)
    return 1 if complaints(packages) else 0


def _wanted_settings(chosen: dict[str, Any]) -> HostOptions | None:
    """The host whose settings are packaged; its options are taken out of *chosen*.

    :raises UsageError: a size is missing, or there is one and no --settings
    """
    wanted, host = chosen.pop("settings"), host_of(chosen)
    if not wanted:
        refuse_without("--settings", *HOST_OPTIONS)
        return None
    if not {"vms", "cores"} <= host.sizes.keys():
        raise UsageError("--settings needs the sizes of the host", hint="write --vms N --cores N")
    return host


def _warn_unchecked(packages: Sequence[SourcePackage]) -> None:
    from patchseries.pipeline.configuring import sudoers_files

    for package in packages:
        made = package.settings
        if made and sudoers_files(made.files) and not made.checked:
            say(f"{package.source}: visudo is not installed: the sudoers file was not checked")

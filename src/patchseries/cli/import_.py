"""``series import``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.terminal import show, show_json
from patchseries.counting import counted
from patchseries.errors import UsageError


@click.command("import")
@click.argument("dsc", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The new directory for the patches and their series file.",
)
@options("json", "color")
def command(dsc: Path, to: Path, **given: Any) -> int:
    """Extract the patch series of the source package DSC, byte for byte.

    If the package was built by series on somebody's packaging, only our part of debian/patches is
    extracted; from any other package, all of it. Every file is checked by its SHA-256; nothing is
    unpacked.
    """
    from patchseries.debian.dsc import import_series
    from patchseries.files import publish_directory, sha256
    from patchseries.patches.quilt import format_series

    asked = Given(**given)
    if to.exists():
        raise UsageError(f"{to} already exists", hint="name a new directory with --to")
    found = import_series(dsc)
    files = {patch.name: patch.data for patch in found.patches}
    series = format_series(files).encode()
    publish_directory(to, files | {"series": series}, replace=False)
    if asked.as_json:
        rows = [{"name": name, "sha256": sha256(data)} for name, data in files.items()]
        show_json(
            {
                "source": found.source,
                "version": found.version,
                "series": found.name,
                "base": found.base,
                "patches": rows,
            },
            ok=True,
        )
    else:
        patches = counted(len(files), "patch", "patches")
        show(f"{found.source} {found.version}: {patches} in {to}", asked)
    return 0

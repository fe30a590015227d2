"""``series publish``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, options, show, show_json
from patchseries.errors import UsageError


@click.command("publish")
@click.argument("target")
@options("name", "onto", "project", "dry_run", "json", "color")
def command(target: str, **given: Any) -> int:
    """Hand the packages that were built of NAME to TARGET, a host of your dput configuration.

    This is how they reach a build farm: a PPA, mini-buildd, debusine, OBS. With --dry-run dput
    only simulates.
    """
    from patchseries.debian.upload import publish
    from patchseries.pipeline.build import built_packages

    asked = Given(**given)
    series, selection = asked.open()
    packages = built_packages(series, selection)
    if not packages:
        raise UsageError("nothing is built", hint="run `series build` first")
    rows = []
    for package in packages:
        changes: Path = package.folder / package.changes
        words = publish(changes, target, dry_run=asked.dry_run)
        rows.append({"source": package.source, "version": package.version, "target": target,
                     "changes": str(changes), "dry_run": asked.dry_run})  # fmt: skip
        if not asked.as_json:
            verb = "would go" if asked.dry_run else "went"
            show(f"{package.source} {package.version} {verb} to {target}", asked)
            show(words, asked)
    if asked.as_json:
        show_json({"published": rows}, ok=True)
    return 0

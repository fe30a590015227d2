"""``series publish``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.terminal import show, show_json, show_text
from patchseries.errors import UsageError

_WORDS = {
    "uploaded": "was uploaded to",
    "simulated": "would be uploaded to",
    "there-before": "was already uploaded to",
}
"""How people are told what became of a package, by the words of the JSON document."""


@click.command("publish")
@click.argument("target")
@options("name", "onto", "project", "dry_run", "json", "color")
def command(target: str, **given: Any) -> int:
    """Upload the packages built from NAME with dput to TARGET, a host of your dput configuration.

    That is how they reach a build farm: a PPA, mini-buildd, debusine, OBS. With --dry-run dput only
    simulates. What was uploaded before is not uploaded again.
    """
    from patchseries.debian.upload import publish
    from patchseries.pipeline.build import built_packages

    asked = Given(**given)
    series, selection = asked.open()
    packages = built_packages(series, selection)
    if not packages:
        raise UsageError("no package was built", hint="run `series build` first")
    rows = []
    for package in packages:
        changes: Path = package.directory / package.changes
        handed, words = publish(changes, target, dry_run=asked.dry_run)
        rows.append(
            {
                "source": package.source,
                "version": package.version,
                "target": target,
                "changes": str(changes),
                "dry_run": asked.dry_run,
                "result": str(handed),
            }
        )
        if not asked.as_json:
            show(f"{package.source} {package.version} {_WORDS[handed]} {target}", asked)
            show_text(words, asked)
    if asked.as_json:
        show_json({"published": rows}, ok=True)
    return 0

"""``series checkout``."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.completion import project_names
from patchseries.cli.terminal import Progress, show, show_json
from patchseries.errors import UsageError
from patchseries.model import Target


@click.command("checkout")
@click.argument("project_name", metavar="PROJECT", shell_complete=project_names)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@options("onto", "offline", "mirror", "json", "quiet", "color")
@click.option("--series", "name", metavar="NAME", help="The series, if the project has several.")
def command(project_name: str, directory: Path | None, **given: Any) -> int:
    """Create a git branch in DIR with a commit for each patch of PROJECT on one base.

    Edit it with git (rebase -i, commit --amend), then take it back with `series refresh DIR`.
    """
    from patchseries.pipeline.edit.branch import check_out

    asked = replace(Given(**given), project=(project_name,))
    series, selection = asked.open()
    bases = selection.bases_of(series.manifest, project_name)
    if len(asked.onto) > 1:
        raise UsageError("one base at a time")
    base = bases[-1]
    place = Path(os.path.abspath(directory or f"{project_name}-{base.replace('/', '-')}"))
    with Progress(asked) as progress:
        session = asked.session(progress)
        pins = session.at_hand(series, selection)
        with session.rebase_inputs(series, pins) as inputs:
            made = check_out(session, series, inputs, Target(project_name, base), place)
    if asked.as_json:
        show_json({"folder": str(made.directory), "project": project_name, "base": base}, ok=True)
    else:
        show(f"{project_name} {base} with its series: {made.directory}", asked)
        there = shlex.quote(os.path.relpath(made.directory))
        show(f"then: series refresh {there} {series.name}", asked)
    return 0

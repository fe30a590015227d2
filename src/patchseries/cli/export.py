"""``series export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from patchseries.cli.common import Given, options
from patchseries.cli.terminal import show, show_json
from patchseries.counting import counted


@click.command("export")
@click.argument("directory", type=click.Path(path_type=Path))
@options("name", "onto", "project")
@click.option("--replace", is_flag=True, help="Replace all that is in DIRECTORY.")
@options("json", "color")
def command(directory: Path, replace: bool, **given: Any) -> int:
    """Write the patches of the series NAME as a plain debian/patches DIRECTORY.

    They are those for the base of --onto, as `series rebase` wrote them, else those for the release
    that they were imported for. What was imported and not changed is written byte for byte: the
    series file with its comments, README files, patches that no series names.
    """
    from patchseries.files import publish_directory, sha256
    from patchseries.pipeline.exporting import chosen_target, exported_files, target_directory

    asked = Given(**given)
    series, selection = asked.open()
    target_directory(directory, replace=replace)
    project, base = chosen_target(series.manifest, selection)
    files = exported_files(series, project, base)
    if directory.is_dir() and not any(directory.iterdir()):
        directory.rmdir()
    publish_directory(directory, files, replace=replace)
    if asked.as_json:
        rows = {name: sha256(data) for name, data in sorted(files.items())}
        show_json({"project": project, "base": base, "files": rows}, ok=True)
    else:
        show(f"{project} on {base}: {counted(len(files), 'file')} in {directory}", asked)
    return 0

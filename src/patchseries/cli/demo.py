"""``series demo``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patchseries.cli.building import PACKAGE_SCHEMA, show_packages
from patchseries.cli.common import (
    Given,
    changed_words,
    demo_upstreams,
    hold,
    operation,
    options,
    state_directory,
)
from patchseries.cli.rebase import show_cells
from patchseries.cli.run_ import run_document
from patchseries.cli.terminal import Progress, show, show_json, show_text

if TYPE_CHECKING:
    from patchseries.pipeline.run import RunResult
    from patchseries.pipeline.series import Series


@click.command("demo")
@options("locked", "json", "quiet", "color")
def command(**given: Any) -> int:
    """Take six patches for three small projects through the whole pipeline, without a network.

    The upstreams are created in the cache: a nova, a quantum and a keystone of a dozen files each.
    The one conflict is part of the demonstration: the exit status is 0 if every package unpacks to
    the ported tree. Where no project is, its manifest is written first: series/demo.toml.
    """
    from patchseries.demo.tour import NAME, make_upstreams, tour

    upstreams = demo_upstreams()
    asked = Given(name=NAME, **given)
    _begin()
    series, _ = asked.open()
    with Progress(asked) as progress:
        progress.update("making the upstreams")
        make_upstreams(upstreams)
        result = tour(asked.session(progress), series)
    ok = all(package.verified for package in result.packages)
    if asked.as_json:
        document = {**run_document(series, result), "upstreams": str(upstreams)}
        show_json(document, ok=ok, schema=PACKAGE_SCHEMA)
    else:
        show_tour(series, result, upstreams, asked)
    return 0 if ok else 1


def _begin() -> None:
    """Write the manifest of the demonstration into an empty place."""
    from patchseries.demo.tour import NAME, manifest_bytes
    from patchseries.errors import UsageError
    from patchseries.journal import commit_files, find_state
    from patchseries.pipeline.series import project_root

    try:
        root = project_root(Path.cwd())
    except UsageError:
        state = find_state(state_directory(), Path.cwd())
        hold(state)
        commit_files(state, {f"series/{NAME}.toml": manifest_bytes()}, operation())
        return
    if not (root / f"series/{NAME}.toml").is_file():
        raise UsageError(
            f"{root} is another project, without series/{NAME}.toml",
            hint="run `series demo` in an empty directory",
        )


def show_tour(series: Series, result: RunResult, upstreams: Path, asked: Given) -> None:
    """The summary for somebody who sees it for the first time."""
    show(f"{series.manifest.series.summary}: each patch on each base", asked)
    show("", asked)
    show_cells(list(result.ported.rebased.cells), series.name, asked)
    show(changed_words(result.ported.changed, False), asked)
    show_text(
        "\nSource packages, each unpacked again and compared with the ported tree:\n\n", asked
    )
    show_packages(result.packages, asked)
    show_text("\nWhere to find things:\n", asked)
    _show_rows(
        [
            (series.manifest_path, "the manifest: what is tracked and what is ported"),
            (series.lock_path, "the lock: pinned commits and outcomes"),
            (series.patches_directory, "the patches, one directory for each base and project"),
            (series.root / "build" / series.name, "the packages"),
            (upstreams, "the upstreams: bare git repositories"),
        ],
        asked,
    )
    show_text("\nWhat to do next:", asked)
    for words in _next_steps(result, series):
        show(f"  {words}", asked)


def _show_rows(rows: list[tuple[Path, str]], asked: Given) -> None:
    from patchseries.report.table import TextTable

    paths = [min(os.path.relpath(path), str(path), key=len) for path, _ in rows]
    named = [(f"  {path}", words) for path, (_, words) in zip(paths, rows, strict=True)]
    show(TextTable(("", ""), named, names=0), asked)


def _next_steps(result: RunResult, series: Series) -> list[str]:
    package = result.packages[0]
    dsc = os.path.relpath(package.directory / package.dsc)
    steps = [
        "read the manifest, which says why each patch is there: series/demo.toml",
        "see what landed where, with evidence: `series status demo`",
        "apply the patch files, without fuzz: `series test-apply demo`",
        f"unpack a package: `dpkg-source -x {dsc} /tmp/{package.source}`",
    ]
    for cell in result.ported.conflicts:
        steps.append(
            f"look at the conflict: `series why {cell.patch} demo --onto {cell.base}`, then "
            f'`series resolve` it, or leave that base out: bases = ">{cell.base}" in the manifest'
        )
    if (series.root / "series/grizzly.toml").is_file():
        return [*steps, "run the real series (it fetches from the network): `make grizzly`"]
    return [*steps, "begin a series of your own: `series manual` lists the pages that say how"]

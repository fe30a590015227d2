"""The resolutions of a series on disk: ``series/resolutions/NAME/``, a file for each conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from patchseries.errors import SeriesError
from patchseries.files import read_file
from patchseries.model import Finding, Severity
from patchseries.pipeline.rebased import RebasedCell
from patchseries.pipeline.series import Series

if TYPE_CHECKING:
    from patchseries.resolution.replay import Resolution

DIRECTORY = PurePosixPath("series/resolutions")


def load_resolutions(series: Series) -> tuple[Resolution, ...]:
    """All resolutions of *series*, by file name.

    :raises SeriesError: a file is damaged, or two files resolve the same conflict of one patch
    """
    found: dict[tuple[str, str], Resolution] = {}
    for path in sorted((series.root / DIRECTORY / series.name).glob("*.toml")):
        from patchseries.resolution.reading import parse_resolution

        try:
            one = parse_resolution(read_file(path).decode("utf-8"))
        except (OSError, ValueError) as error:
            line = getattr(error, "line", None) or 1
            raise SeriesError(
                f"{path.relative_to(series.root)}:{line} is not a valid resolution",
                cause=str(error),
                hint="restore it from git, or delete it and run `series resolve` again",
            ) from error
        if (one.patch, one.key) in found:
            raise SeriesError(
                f"{path.relative_to(series.root)} resolves the same conflict as another file there",
                hint="delete one of the two",
            )
        found[one.patch, one.key] = one
    return tuple(found.values())


def resolution_changes(series: Series, made: Iterable[Resolution]) -> dict[str, bytes | None]:
    """The files that hold *made*, by path below the root; a file of the same conflict goes away."""
    from patchseries.resolution.reading import parse_resolution
    from patchseries.resolution.store import format_resolution

    changes: dict[str, bytes | None] = {}
    keys = {(one.patch, one.key) for one in made}
    for path in sorted((series.root / DIRECTORY / series.name).glob("*.toml")):
        known = parse_resolution(read_file(path).decode("utf-8"))
        if (known.patch, known.key) in keys:
            changes[str(path.relative_to(series.root))] = None
    for one in made:
        changes[str(resolution_path(series, one))] = format_resolution(one).encode()
    return changes


def resolution_path(series: Series, resolution: Resolution) -> PurePosixPath:
    """Where *resolution* lies below the root."""
    return DIRECTORY / series.name / f"{resolution.patch}-{resolution.key[:12]}.toml"


def unused_resolutions(
    series: Series, resolutions: Sequence[Resolution], cells: Sequence[RebasedCell]
) -> list[Finding]:
    """A finding for each resolution that no cell used, of the patches ported onto every base."""
    used = {key for cell in cells for key in cell.result.resolutions}
    findings = []
    for one in resolutions:
        entry = series.manifest.patch(one.patch)
        bases = series.manifest.projects[entry.project].bases if entry else ()
        ported = {cell.base for cell in cells if cell.patch == one.patch}
        if one.key not in used and ported >= set(bases):
            findings.append(
                Finding(
                    "resolution-unused",
                    Severity.WARNING,
                    f"{one.path}: the resolution of {one.date} no longer matches a conflict",
                    patch=one.patch,
                    file=str(resolution_path(series, one)),
                    hint="delete it; if the conflict changed, run `series resolve`",
                )
            )
    return findings

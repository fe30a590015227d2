"""From a rebase to files: what changes on disk, planned first, then done as one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from patchseries import lock as locks
from patchseries.errors import ExitCode, SeriesError
from patchseries.files import read_file, sha256
from patchseries.journal import Operation, commit_files, operations
from patchseries.lock import Cell, Lock
from patchseries.manifest import Manifest, patch_names
from patchseries.model import CommitId
from patchseries.patches.compose import series_directory
from patchseries.patches.quilt import parse_series, series_in_use
from patchseries.patches.quiltdir import directory_of
from patchseries.pipeline.rebased import Rebased, RebasedCell
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import merged_lock, quilt_files


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """The files to write (None: to remove), by path below the root, and the lock to be."""

    changes: Mapping[str, bytes | None]
    lock: Lock


def plan(
    series: Series,
    rebased: Rebased,
    pins: Mapping[tuple[str, str], CommitId],
    *,
    overwrite: bool = False,
) -> PublishPlan:
    """What writing *rebased* would change.

    :param overwrite: replace patch files that were edited by hand too
    :raises SeriesError: a patch file was edited by hand since the last rebase
    """
    changes: dict[str, bytes | None] = {}
    for directory, cells in _by_directory(series, rebased).items():
        changes |= _directory_changes(series, directory, cells)
    if not overwrite:
        _refuse_edited(series, changes)
    lock = _pruned(_locked(merged_lock(series, pins), rebased), series.manifest)
    lock_text = locks.dump(lock).encode()
    changes[str(series.lock_path.relative_to(series.root))] = lock_text
    return PublishPlan(changes, lock)


def publish(
    series: Series, planned: PublishPlan, operation: Operation, *, locked: bool, dry_run: bool
) -> list[str]:
    """Carry *planned* out; the paths that changed (or, in a dry run, would).

    :raises SeriesError: *locked*, and something would change
    """
    paths = differing(series, planned, locked=locked)
    if dry_run or not paths:
        return paths
    return commit_files(series.state, planned.changes, operation)


def differing(series: Series, planned: PublishPlan, *, locked: bool) -> list[str]:
    """The paths of *planned* that are other bytes on disk.

    :raises SeriesError: *locked*, and there are some
    """
    paths = sorted(path for path, data in planned.changes.items() if _on_disk(series, path) != data)
    if locked and paths:
        raise SeriesError(
            f"the lock or the patches on disk differ from a new rebase: {paths[0]}"
            + (f" and {len(paths) - 1} more" if len(paths) > 1 else ""),
            hint="run `series rebase` without --locked and commit what changed",
        )
    return paths


def _by_directory(series: Series, rebased: Rebased) -> dict[str, list[RebasedCell]]:
    directories: dict[str, list[RebasedCell]] = {}
    for cell in rebased.cells:
        directories.setdefault(series_directory(series.name, cell.base, cell.project), []).append(
            cell
        )
    return directories


def _directory_changes(
    series: Series, directory: str, cells: list[RebasedCell]
) -> dict[str, bytes | None]:
    """The directory's files; patches named in its series before that are gone now."""
    made = files_of_target(series, cells)
    changes: dict[str, bytes | None] = {f"{directory}/{n}": data for n, data in made.items()}
    vendor = series.manifest.projects[cells[0].project].vendor
    in_use = f"{directory}/{series_in_use(made, vendor)}"
    before = _on_disk(series, in_use)
    for line in parse_series(before.decode("utf-8", "replace")) if before else ():
        changes.setdefault(f"{directory}/{line.name}", None)
    if not made[series_in_use(made, vendor)] and before is None:
        changes[in_use] = None
    return changes


def files_of_target(series: Series, cells: Sequence[RebasedCell]) -> dict[str, bytes]:
    """The directory that is written for *cells*, which are all those of one project and base."""
    files = [file for cell in cells for file in cell.files]
    project = series.manifest.projects[cells[0].project] if cells else None
    if project is None or not project.quilt:
        return directory_of(files)
    names = patch_names(series.manifest, cells[0].project).values()
    managed = [name for one in names for name in one.all]
    template = quilt_files(series, cells[0].project)
    return directory_of(files, template, managed, project.vendor)


def package_patches(series: Series, cells: Sequence[RebasedCell]) -> dict[str, bytes]:
    """The debian/patches of a package whose own patches *cells* are; empty when there are none."""
    files = files_of_target(series, cells) if cells else {}
    return {} if files.keys() == {"series"} and not parse_names(files["series"]) else files


def parse_names(data: bytes) -> list[str]:
    """The patches that a series file names, in order, each once."""
    lines = parse_series(data.decode("utf-8", "surrogateescape"))
    return list(dict.fromkeys(line.name for line in lines))


def _refuse_edited(series: Series, changes: Mapping[str, bytes | None]) -> None:
    """A patch on disk that no command wrote, and that the lock has not, is a person's work.

    The lock alone does not tell: it may have come from elsewhere since (``git pull``).
    """
    fixups = _fixups(series)
    written = written_digests(series)
    for path, data in changes.items():
        is_patch = path not in fixups and not path.endswith(("/series", ".series"))
        there = _on_disk(series, path) if is_patch else None
        if there is None or there == data or sha256(there) in written:
            continue
        raise SeriesError(
            f"{path} was edited by hand since the last rebase, and is not overwritten",
            hint="keep the edit with `series refresh`, or drop it with `series rebase --overwrite`",
            exit_code=ExitCode.FINDINGS,
        )


def written_digests(series: Series) -> set[str | None]:
    """The SHA-256 of each patch file that a command wrote; any other was edited by hand."""
    known = {cell.sha256 for cell in series.lock.cells.values()}
    return known | {change.after for done in operations(series.state) for change in done.changes}


def _fixups(series: Series) -> set[str]:
    """The copies of own patches in the series: those are edited in patches/own."""
    return {
        f"{series_directory(series.name, base, name)}/{file}"
        for name, project in series.manifest.projects.items()
        for names in patch_names(series.manifest, name).values()
        for base in project.bases
        for file in names.fixups
    }


def _locked(lock: Lock, rebased: Rebased) -> Lock:
    cells = dict(lock.cells)
    for cell in rebased.cells:
        cells[cell.patch, cell.base] = Cell(
            cell.outcome,
            cell.result.strategies if cell.outcome.makes_patch else (),
            cell.files[0].sha256 if cell.files else None,
            cell.accepted,
            cell.answer.in_base,
            cell.answer.question,
        )
    return replace(lock, cells=cells, made_for=dict(lock.made_for) | dict(rebased.made_for))


def _pruned(lock: Lock, manifest: Manifest) -> Lock:
    """*lock* without what the manifest no longer has."""
    cells = {
        (name, base): cell
        for (name, base), cell in lock.cells.items()
        if (patch := manifest.patch(name)) and base in manifest.projects[patch.project].bases
    }
    made_for = {place: one for place, one in lock.made_for.items() if place[0] in manifest.projects}
    return replace(lock, cells=cells, made_for=made_for)


def _on_disk(series: Series, path: str) -> bytes | None:
    file = series.root / path
    return read_file(file) if file.is_file() else None

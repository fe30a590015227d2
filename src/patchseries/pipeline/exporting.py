"""Exporting: the patches of a project on one base as a plain debian/patches directory."""

from __future__ import annotations

from pathlib import Path

from patchseries.errors import ExitCode, SeriesError, UsageError
from patchseries.files import directory_contents
from patchseries.imports.directory import RawFile, read_directory
from patchseries.manifest import Manifest
from patchseries.patches.compose import series_directory
from patchseries.patches.quilt import series_in_use
from patchseries.pipeline.series import Selection, Series


def chosen_target(manifest: Manifest, selection: Selection) -> tuple[str, str]:
    """The project and the base that are meant: of one project; its ``made-for`` where none is said.

    :raises UsageError: several are
    """
    projects = selection.projects_of(manifest)
    if len(projects) != 1:
        raise UsageError(
            f"which project? The series has {', '.join(projects)}", hint="name it with --project"
        )
    project = manifest.projects[projects[0]]
    bases = selection.bases
    if len(bases) > 1:
        raise UsageError("one base at a time", hint="name one with --onto BASE")
    return projects[0], bases[0] if bases else project.made_for or project.bases[-1]


def exported_files(series: Series, project: str, base: str) -> dict[str, bytes]:
    """The files of a debian/patches for *base*, by their path below it.

    What `series rebase` wrote for the base, with the packager's other files beside it. Where
    nothing was written yet, the imported files stand for the base that they are made for.

    :raises SeriesError: neither is there
    """
    known = series.manifest.projects[project]
    kept = directory_contents(series.root / "patches" / known.quilt) if known.quilt else {}
    written = directory_contents(series.root / series_directory(series.name, base, project))
    if series_in_use(written, known.vendor) in written:
        return written
    if base == known.made_for and _is_as_imported(series, project, kept):
        return kept
    raise SeriesError(
        f"the patches of {project} for {base} are not written yet",
        hint=f"run `series rebase {series.name} --onto {base}` first",
        exit_code=ExitCode.FINDINGS,
    )


def _is_as_imported(series: Series, project: str, kept: dict[str, bytes]) -> bool:
    """Whether the manifest still lists the very patches of the imported series, in order."""
    quilt = series.manifest.projects[project].quilt
    listed = [
        source.file for patch in series.manifest.patches_of(project) for source in patch.sources[:1]
    ]
    raw = {path: RawFile(data) for path, data in kept.items()}
    found = read_directory(raw, series.manifest.projects[project].vendor)
    names = dict.fromkeys(f"{quilt}/{line.name}" for line in found.lines)
    return listed == list(names)


def target_directory(path: Path, *, replace: bool) -> Path:
    """Where an export goes.

    :raises UsageError: something is there that is not to be replaced, or is no directory
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise UsageError(f"{path} is not a directory")
    if path.exists() and not replace and any(path.iterdir()):
        raise UsageError(
            f"{path} has files already", hint="name a new directory, or write --replace"
        )
    return path

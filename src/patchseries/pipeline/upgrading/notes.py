"""What became of each patch of a package on a new release, and what its changelog says of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from patchseries.debian.assemble import change
from patchseries.debian.request import Packaging
from patchseries.manifest import patch_names
from patchseries.manifest.filenames import PatchNames
from patchseries.model import CommitId
from patchseries.patches.compose import PatchFile
from patchseries.patches.quilt import series_in_use
from patchseries.pipeline.mergedin import MergedIn
from patchseries.pipeline.publish import package_patches, parse_names
from patchseries.pipeline.rebased import CellStatus, RebasedCell
from patchseries.pipeline.series import Series
from patchseries.pipeline.upgrading.releases import version_of

Merged = Mapping[tuple[str, str], MergedIn]
"""By patch and base: by which commit the base has the patch, as far as that is known."""


@dataclass(frozen=True, slots=True)
class PatchNote:
    """One patch of the package.

    :param name: what the manifest calls it; None: it is not there any more
    :param file: its name below debian/patches
    :param status: what became of it: a :class:`CellStatus`, ``new`` or ``removed``
    :param words: how, for people
    :param line: the changelog's sentence; None where there is nothing to say
    :param commit: the upstream commit by which the release has it, where that is known
    """

    name: str | None
    file: str
    status: str
    words: str = ""
    line: str | None = None
    commit: CommitId | None = None


@dataclass(frozen=True)
class _Directories:
    """The debian/patches of a package, by path, before and after; the patches that its series named
    before; its patches' files; and what is known of the commits by which the release has some."""

    before: Mapping[str, bytes]
    listed: Collection[str]
    after: Mapping[str, bytes]
    files: Mapping[str, PatchNames]
    merged: Merged
    release: str

    def note(self, cell: RebasedCell) -> PatchNote:
        """What became of one patch."""
        file = self.files[cell.patch].main
        if cell.status is CellStatus.CONFLICT:
            paths = ", ".join(dict.fromkeys(one.path for one in cell.result.conflicts))
            return PatchNote(cell.patch, file, cell.status, paths)
        is_listed = file in self.listed
        if not cell.files:
            return self._left_out(cell, file, is_listed)
        if not is_listed:
            told = change(PatchFile(file, self.after[file]))
            bugs = f" ({', '.join(told.bugs)})" if told.bugs else ""
            subject = told.subject.rstrip(".")
            return PatchNote(
                cell.patch, file, "new", "", f"d/p/{file}: new patch: {subject}{bugs}."
            )
        if self.before.get(file) == self.after[file]:
            return PatchNote(cell.patch, file, CellStatus.UNCHANGED)
        if cell.status is CellStatus.ADAPTED:
            how = ", ".join(cell.result.strategies)
            reviewed = "" if cell.accepted else "; not reviewed yet"
            line = f"d/p/{file}: adapt to {self.release} ({how}{reviewed})."
            return PatchNote(cell.patch, file, cell.status, how, line)
        return PatchNote(cell.patch, file, CellStatus.REFRESHED, "", f"d/p/{file}: refresh.")

    def _left_out(self, cell: RebasedCell, file: str, is_listed: bool) -> PatchNote:
        words = self._reason(cell)
        found = self.merged.get((cell.patch, cell.base)) or cell.answer.in_base
        commit = found.commit if found else None
        line = f"d/p/{file}: drop, {words}." if is_listed else None
        return PatchNote(cell.patch, file, cell.status, words, line, commit)

    def _reason(self, cell: RebasedCell) -> str:
        """Why the release does not need the patch: no more than is known."""
        answer, found = cell.answer.in_base, self.merged.get((cell.patch, cell.base))
        if cell.status is CellStatus.EMPTY:
            return f"it changes nothing on {self.release}"
        if cell.status is CellStatus.NOT_APPLICABLE:
            return f"not meant for {self.release}"
        if answer is None:  # found in the files; a commit that brought its lines is a hint
            commit = f" (see commit {found.commit[:12]})" if found and found.commit else ""
            return f"its change is in {self.release}{commit}"
        where = f" in {version_of(found.tag)}" if found and found.tag else ""
        return f"applied upstream{where} (commit {answer.commit[:12]})"


def notes_on(
    series: Series,
    packaging: Packaging,
    cells: Sequence[RebasedCell],
    merged: Merged | None = None,
    release: str | None = None,
) -> list[PatchNote]:
    """A note for each patch, in the order of the series, and for each that is gone from it.

    :param packaging: the package as it was
    :param cells: all those of one project, on the new release
    :param merged: by which commit the release has a patch, as far as that is known
    :param release: what the release is called; None: as the base
    """
    names = patch_names(series.manifest, cells[0].project) if cells else {}
    before = {
        path.removeprefix("patches/"): file.data
        for path, file in packaging.debian.items()
        if path.startswith("patches/")
    }
    after, called = package_patches(series, cells), release or (cells[0].base if cells else "")
    vendor = series.manifest.projects[cells[0].project].vendor if cells else "debian"
    listed = parse_names(before.get(series_in_use(before, vendor), b""))
    directories = _Directories(before, listed, after, names, merged or {}, called)
    managed = {name for each in names.values() for name in each.all}
    gone = (name for name in listed if name not in managed)
    return [directories.note(cell) for cell in cells] + [
        PatchNote(None, name, "removed", "not in the series", f"d/p/{name}: drop.") for name in gone
    ]


def changelog_lines(notes: Sequence[PatchNote]) -> tuple[str, ...]:
    """What the changelog says of the patches."""
    return tuple(note.line for note in notes if note.line)

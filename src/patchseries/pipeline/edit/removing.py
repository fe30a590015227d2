"""A patch taken out of its series: the entry, its resolutions, its lines of the lock, its files.

The files of the patches behind it get the names that they have from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from patchseries import lock as locks
from patchseries import manifest as manifests
from patchseries.errors import DeclinedError
from patchseries.files import read_file, sha256
from patchseries.lock import Lock
from patchseries.manifest import Manifest, PatchEntry
from patchseries.manifest.filenames import patch_names
from patchseries.patches.compose import series_directory
from patchseries.patches.quilt import renamed_series
from patchseries.pipeline.conflict.worktree import open_sessions
from patchseries.pipeline.edit.entry import without_entry
from patchseries.pipeline.publish import written_digests
from patchseries.pipeline.resolutions import load_resolutions, resolution_path
from patchseries.pipeline.series import Series
from patchseries.sources import wants


@dataclass(frozen=True, slots=True)
class Removal:
    """What taking a patch out changes (None: the file goes), by path below the root.

    ``kept`` are patch files below patches/ that the patch alone named, and that stay.
    """

    changes: dict[str, bytes | None]
    kept: tuple[str, ...] = ()


def plan_removal(series: Series, patch: PatchEntry) -> Removal:
    """What is changed to take *patch* out of *series*.

    :raises DeclinedError: another patch requires it, a file of it was edited by hand, or a
        conflict of it is being resolved
    """
    _refuse_needed(series, patch)
    path = str(series.manifest_path.relative_to(series.root))
    text = without_entry(read_file(series.manifest_path).decode("utf-8"), patch.name)
    rest = manifests.parse(text, path)
    changes: dict[str, bytes | None] = {path: text.encode()}
    for one in load_resolutions(series):
        if one.patch == patch.name:
            changes[str(resolution_path(series, one))] = None
    if series.lock_path.exists():
        lock = _without(series.lock, series.manifest, rest, patch.name)
        changes[str(series.lock_path.relative_to(series.root))] = locks.dump(lock).encode()
    for base in series.manifest.projects[patch.project].bases:
        changes |= _files(series, rest, patch, base)
    return Removal(changes, tuple(_orphans(series, rest, patch)))


def _refuse_needed(series: Series, patch: PatchEntry) -> None:
    if needing := [one.name for one in series.manifest.patches if patch.name in one.requires]:
        raise DeclinedError(
            f"{patch.name} is required by {', '.join(needing)}",
            hint="remove that first, or take the name out of its `requires`",
        )
    for session in open_sessions(series.state):
        if (session.series, session.patch) == (series.name, patch.name):
            raise DeclinedError(
                f"a conflict of {patch.name} on {session.base} is being resolved",
                hint=f"end it first: `series resolve {patch.name} {series.name} "
                f"--onto {session.base} --abort`",
            )


def _without(lock: Lock, old: Manifest, new: Manifest, name: str) -> Lock:
    """*lock* without the patch *name*, and without the pins that only it needed."""
    needed = {(want.repository, want.rev) for want in wants(new, (), ())}
    was = {(want.repository, want.rev) for want in wants(old, (), ())}
    return replace(
        lock,
        pins={pin: commit for pin, commit in lock.pins.items() if pin not in was - needed},
        cells={at: cell for at, cell in lock.cells.items() if at[0] != name},
        landed={patch: at for patch, at in lock.landed.items() if patch != name},
    )


def _files(series: Series, rest: Manifest, patch: PatchEntry, base: str) -> dict[str, bytes | None]:
    """The files of *base*: those of *patch* go, those behind it are renamed."""
    directory = series_directory(series.name, base, patch.project)
    if not (series.root / directory).is_dir():
        return {}
    before = patch_names(series.manifest, patch.project)
    after = patch_names(rest, patch.project)
    _refuse_edited(series, f"{directory}/{before[patch.name].main}", patch.name)
    names: dict[str, str | None] = {}
    for name, files in before.items():
        new = after[name].all if name in after else (None,) * len(files.all)
        names |= dict(zip(files.all, new, strict=True))
    return _renamed(series, directory, names)


def _renamed(
    series: Series, directory: str, names: dict[str, str | None]
) -> dict[str, bytes | None]:
    """The files of *directory* and its series under their new *names* (None: gone)."""
    changes: dict[str, bytes | None] = {}
    for old, new in names.items():
        file = series.root / directory / old
        if new != old and file.is_file():
            changes.setdefault(f"{directory}/{old}", None)
            if new is not None:
                changes[f"{directory}/{new}"] = read_file(file)
    listing = series.root / directory / "series"
    if listing.is_file():
        text = read_file(listing).decode("utf-8", "surrogateescape")
        data = renamed_series(text, names).encode("utf-8", "surrogateescape")
        changes[f"{directory}/series"] = data or None
    return changes


def _refuse_edited(series: Series, path: str, patch: str) -> None:
    file = series.root / path
    if file.is_file() and sha256(read_file(file)) not in written_digests(series):
        raise DeclinedError(
            f"{path} was edited by hand since the last rebase",
            hint=f"keep the edit with `series refresh`, or delete the file, then remove {patch}",
        )


def _orphans(series: Series, rest: Manifest, patch: PatchEntry) -> Iterator[str]:
    """The patch files that *patch* alone named."""
    named = {file for one in rest.patches for file in _named(one)}
    yield from (
        f"patches/{file}"
        for file in dict.fromkeys(_named(patch))
        if file not in named and (series.root / "patches" / file).is_file()
    )


def _named(patch: PatchEntry) -> Iterator[str]:
    yield from patch.fixups
    for variant in patch.variants.values():
        yield from variant.fixups or ()
        yield from (source.file for source in variant.source if source.file)
    yield from (source.file for source in patch.source if source.file)

"""A patch that is added to a series: checked against it, then written as one step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from patchseries import manifest as manifests
from patchseries.errors import DeclinedError, UsageError
from patchseries.files import read_file
from patchseries.journal import commit_files
from patchseries.manifest import Manifest, PatchEntry
from patchseries.pipeline.edit.entry import NewPatch, with_entry
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session


@dataclass(frozen=True, slots=True)
class Addition:
    """A patch to add; ``file`` is the path below patches/ and the bytes of a patch file."""

    patch: NewPatch
    file: tuple[str, bytes] | None = None

    def called(self, name: str) -> Addition:
        """The same under another name.

        :raises UsageError: it cannot be one
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", name):
            raise UsageError(
                f"{name!r} cannot be the name of a patch",
                hint="use lower-case letters, digits and '-'",
            )
        patch = replace(self.patch, name=name)
        if not self.file:
            return replace(self, patch=patch)
        file = f"own/{name}.patch"
        return Addition(replace(patch, source={"file": file}), (file, self.file[1]))

    def check_is_new(self, manifest: Manifest) -> None:
        """Refuse what *manifest* has.

        :raises SeriesError: a patch tracks or ports the same, or has the name
        """
        new = self.patch
        mine = {new.change_id, new.upstream, str(new.source.get("commit", ""))} - {None, ""}
        for patch in manifest.patches:
            same = patch.project == new.project and mine & set(_names(patch))
            if same or patch.name == new.name:
                raise DeclinedError(
                    f"{patch.name} is this change already"
                    if same
                    else f"a patch is called {new.name} already",
                    hint=f"see it with `series show {patch.name} {manifest.name}`"
                    if same
                    else "give the new one another name with --as PATCH",
                )


def _names(patch: PatchEntry) -> Iterator[str]:
    yield from filter(None, [patch.change_id, *patch.upstream])
    for source in patch.sources:
        yield from filter(None, [source.commit, source.change_id])


def add(session: Session, series: Series, addition: Addition) -> list[str]:
    """Write *addition* into the manifest, and its file below patches/; the paths that changed.

    :raises SeriesError: the manifest would not be valid, or a file of that name is there
    """
    path = str(series.manifest_path.relative_to(series.root))
    text = with_entry(read_file(series.manifest_path).decode("utf-8"), addition.patch)
    manifests.parse(text, path)
    changes: dict[str, bytes | None] = {path: text.encode()}
    if addition.file:
        name, data = addition.file
        there = series.root / "patches" / name
        if there.exists() or there.is_symlink():
            raise DeclinedError(
                f"patches/{name} already exists",
                hint="give the patch another name with --as PATCH",
            )
        changes[f"patches/{name}"] = data
    if session.dry_run:
        return sorted(changes)
    return commit_files(series.state, changes, session.operation)

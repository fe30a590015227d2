"""What the files of a patch are called in the directory of a base."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchseries.manifest.schema import Manifest, PatchEntry, Project


@dataclass(frozen=True, slots=True)
class PatchNames:
    """The file of a patch, and those of the own patches on top of it, in order."""

    main: str
    fixups: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, in the order in which they apply."""
        return (self.main, *self.fixups)


def patch_names(manifest: Manifest, project: str) -> dict[str, PatchNames]:
    """The files of each patch of *project*, by the patch's name, in series order.

    A patch with a source below the project's ``quilt`` directory keeps its path below that; in
    such a project another patch is ``SLUG.patch``. Else a patch is ``NNNN-SLUG.patch``: the number
    is its place in the manifest, not on a base. So a patch has one name on every base.
    """
    mine = manifest.projects[project]
    return {
        patch.name: _names(mine, number, patch)
        for number, patch in enumerate(manifest.patches_of(project), 1)
    }


def quilt_name(project: Project, patch: PatchEntry) -> str:
    """What the file of *patch* is called in a project with ``quilt``."""
    below = f"{project.quilt}/"
    files = (one.file for one in patch.sources if one.file and one.file.startswith(below))
    return next((file.removeprefix(below) for file in files), f"{patch.name}.patch")


def not_a_quilt_name(name: str) -> str | None:
    """Why a series file cannot name the patch *name*, in words; None: it can.

    >>> not_a_quilt_name("CVE-2024-32498_1_nova+fix(2).diff")
    >>> not_a_quilt_name("two words.patch")
    'the name of a patch: a series file ends a name at white space'
    >>> not_a_quilt_name("debian.series")
    'the name of a patch: it is the name of a series file'
    """
    last = name.rpartition("/")[2]
    if re.search(r"\s", name):
        return "the name of a patch: a series file ends a name at white space"
    if name.startswith(("#", "-")):
        return "the name of a patch: it begins like a comment or an option"
    if last == "series" or last.endswith(".series"):
        return "the name of a patch: it is the name of a series file"
    return None


def _names(project: Project, number: int, patch: PatchEntry) -> PatchNames:
    if project.quilt:
        main = quilt_name(project, patch)
        start = f"{patch.name}."
    else:
        main = f"{number:04d}-{patch.name}.patch"
        start = f"{number:04d}."
    own = enumerate(patch.fixups_in_use, 1)
    return PatchNames(main, tuple(f"{start}{index}-{_stem(file)}.patch" for index, file in own))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".patch")

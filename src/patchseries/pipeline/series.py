"""A series on disk: where its manifest, lock and patches are, read together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from patchseries import lock, manifest
from patchseries.errors import UsageError
from patchseries.journal import State, find_state
from patchseries.manifest import Manifest
from patchseries.manifest.problems import unknown_name
from patchseries.model import Target

IN_GIT = ".git/patchseries"
"""Where a packaging repository has the series that is made of it (`series upgrade --in-place`)."""


@dataclass(frozen=True)
class Series:
    """One series of the project directory *root*: ``series/NAME.toml`` and what belongs to it.

    *home* is the user's state directory.
    """

    root: Path
    name: str
    home: Path

    @cached_property
    def state(self) -> State:
        """Where the log, the journal and the open conflicts of the project are."""
        return find_state(self.home, self.root)

    @property
    def manifest_path(self) -> Path:
        """``series/NAME.toml``."""
        return self.root / "series" / f"{self.name}.toml"

    @property
    def lock_path(self) -> Path:
        """``series/NAME.lock``."""
        return self.root / "series" / f"{self.name}.lock"

    @property
    def patches_directory(self) -> Path:
        """``patches/NAME``."""
        return self.root / "patches" / self.name

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest, checked."""
        return manifest.load(self.manifest_path)

    def with_manifest(self, text: str) -> Series:
        """The same with the manifest *text*, which is not on disk yet.

        :raises ManifestError: it is none
        """
        made = Series(self.root, self.name, self.home)
        path = str(self.manifest_path.relative_to(self.root))
        made.__dict__["manifest"] = manifest.parse(text, path)
        return made

    def with_lock(self, made: lock.Lock) -> Series:
        """The same with the lock *made*, which is not on disk yet."""
        series = Series(self.root, self.name, self.home)
        series.__dict__.update(manifest=self.manifest, lock=made)
        return series

    @cached_property
    def lock(self) -> lock.Lock:
        """The lock as it is on disk."""
        return lock.load(self.lock_path)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a series a command is about; empty means all."""

    projects: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()

    def check(self, chosen: Manifest) -> None:
        """Refuse names that the manifest does not know.

        :raises UsageError: with the nearest name there is
        """
        known_bases = list(dict.fromkeys(b for p in chosen.projects.values() for b in p.bases))
        patches = [p.name for p in chosen.patches]
        _check_names("project", self.projects, list(chosen.projects))
        _check_names("base", self.bases, known_bases)
        _check_names("patch", self.patches, patches)

    def projects_of(self, chosen: Manifest) -> list[str]:
        """The projects selected: those named, or those of the patches named, or all."""
        wanted = set(self.projects)
        if self.patches and not wanted:
            wanted = {p.project for p in chosen.patches if p.name in self.patches}
        return [name for name in chosen.projects if not wanted or name in wanted]

    def bases_of(self, chosen: Manifest, project: str) -> list[str]:
        """The bases of *project* that are selected, in the manifest's order."""
        bases = chosen.projects[project].bases
        return [base for base in bases if not self.bases or base in self.bases]

    def targets(self, chosen: Manifest) -> list[Target]:
        """Each selected project on each of its selected bases, in the manifest's order."""
        return [
            Target(project, base)
            for project in self.projects_of(chosen)
            for base in self.bases_of(chosen, project)
        ]


def find_series(start: Path, home: Path, name: str | None, patches: Collection[str] = ()) -> Series:
    """The series *name* of the project directory that holds *start*.

    When None: the only one there is, or the only one that has *patches*.

    :param home: the user's state directory

    :raises UsageError: no project directory, no such series, or several and none named
    """
    root = project_root(start)
    names = sorted(path.stem for path in (root / "series").glob("*.toml"))
    if name is None:
        fit = names
        if len(names) > 1 and patches:
            fit = [
                n for n in names if all(Series(root, n, home).manifest.patch(p) for p in patches)
            ]
        if len(fit) != 1:
            raise UsageError(
                f"which series? {root / 'series'} holds {', '.join(names)}", hint="give its name"
            )
        return Series(root, fit[0], home)
    if name not in names:
        raise UsageError(unknown_name("series", name, names), hint=f"known: {', '.join(names)}")
    return Series(root, name, home)


def project_root(start: Path) -> Path:
    """The nearest directory from *start* upwards with a series/NAME.toml, or :data:`IN_GIT`."""
    for directory in (start, *start.parents):
        if any((directory / "series").glob("*.toml")):
            return directory
        inside = directory / IN_GIT
        links = any(path.is_symlink() for path in (directory / ".git", inside))
        if not links and any((inside / "series").glob("*.toml")):
            return inside
    raise UsageError(
        f"no series/NAME.toml in {start} or above",
        hint="change to a project directory, or begin a series with `series init`",
    )


def _check_names(kind: str, names: Collection[str], defined: Sequence[str]) -> None:
    for name in names:
        if name not in defined:
            raise UsageError(unknown_name(kind, name, defined), hint=f"known: {', '.join(defined)}")

"""What a rebase is a function of, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from patchseries.errors import SeriesError
from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.lock import Lock, MadeFor
from patchseries.manifest import Manifest, PatchEntry, Source, patch_names
from patchseries.manifest.filenames import PatchNames
from patchseries.model import CommitId, Target, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.patches.quilt import parse_series, series_in_use, strip_level
from patchseries.pipeline.portcache import Porter
from patchseries.pipeline.rebased import Answer
from patchseries.port import PortOptions
from patchseries.port.engine import port
from patchseries.resolution.replay import Resolution

_DIGITS = 16
"""Of a digest in the lock: enough that no other list of files has the same."""


@dataclass
class MadeForSearch:
    """Finds the release that patch files were made for; this one knows what it was given.

    :ivar releases: by project and digest of its files; None where there is no such release
    :ivar searches: whether more is looked for than what it was given
    """

    searches: ClassVar[bool] = False
    releases: dict[tuple[str, str], MadeFor | None] = field(default_factory=dict)

    def find(self, project: str, files: Mapping[str, PatchFile]) -> MadeFor | None:
        """The newest release on which *files*, by the patch's name and in order, apply."""
        return self.releases.get((project, files_digest(files)))


def files_digest(files: Mapping[str, PatchFile]) -> str:
    """A digest of patch files in their order."""
    facts = [(file.sha256, file.strip) for file in files.values()]
    return sha256(repr(facts).encode())[:_DIGITS]


@dataclass(frozen=True, slots=True)
class _QuiltNames:
    """The files of a project's patches, and the strip levels that its quilt series gives them."""

    files: Mapping[str, PatchNames]
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RebaseInputs:
    """What a rebase is a function of.

    ``pins`` say which commit each (repository, rev) is; ``patch_bytes`` gives the bytes of a
    patch file named in the manifest; ``starts`` overrides the tree that a base's series starts
    on (the packager's own patches applied, say); ``resolutions`` are those of the whole series.
    ``porter`` ports one change: the engine, or what remembers its answers. ``answers``, by patch
    and base, say which bases contain a patch: those are not ported. ``quilt_files`` gives the
    files of a project's ``quilt`` directory; ``made_for`` searches for the release that patch
    files were made for, where the manifest does not name it. ``jobs`` is how many processes may
    port at once, which changes nothing of the result.
    """

    repository: Repository
    manifest: Manifest
    lock: Lock
    pins: Mapping[tuple[str, str], CommitId]
    patch_bytes: Callable[[Source | str], bytes]
    starts: Mapping[tuple[str, str], TreeId] = field(default_factory=dict)
    resolutions: tuple[Resolution, ...] = ()
    porter: Porter = port
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    quilt_files: Callable[[str], Mapping[str, bytes]] = lambda _: {}
    made_for: MadeForSearch = field(default_factory=MadeForSearch)
    jobs: int = 1
    _quilt: dict[str, _QuiltNames] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def start_of(self, target: Target) -> TreeId:
        """The tree that the series of *target* starts on."""
        if start := self.starts.get(target):
            return start
        return self.repository.commit(self.release(target.project, target.base)).tree

    def release(self, project: str, rev: str) -> CommitId:
        """The commit of the release *rev* of *project*.

        :raises SeriesError: it was never fetched
        """
        return self.pinned(self.manifest.projects[project].repository, rev)

    def pinned(self, repository: str, rev: str) -> CommitId:
        """The commit that *rev* of *repository* is.

        :raises SeriesError: it was never fetched
        """
        if (repository, rev) not in self.pins:
            raise missing_pin(repository, rev)
        return self.pins[repository, rev]

    def patch_file(self, patch: PatchEntry, source: Source) -> PatchFile:
        """The file that *source* of *patch* names, with its strip level."""
        known = self._names_of(patch.project)
        name = known.files[patch.name].main
        quilt = self.manifest.projects[patch.project].quilt
        is_kept = quilt and source.file == f"{quilt}/{name}"
        strip = known.levels.get(name, 1) if is_kept else 1
        return PatchFile(name, self.patch_bytes(source), strip)

    def _names_of(self, project: str) -> _QuiltNames:
        """The names of the patch files of *project*; worked out once."""
        if project not in self._quilt:
            table = self.manifest.projects[project]
            files = self.quilt_files(project) if table.quilt else {}
            in_use = series_in_use(files, table.vendor)
            text = files.get(in_use, b"").decode("utf-8", "surrogateescape")
            levels = {line.name: strip_level(line.options) for line in parse_series(text)}
            self._quilt[project] = _QuiltNames(patch_names(self.manifest, project), levels)
        return self._quilt[project]

    def options_for(self, patch: PatchEntry) -> PortOptions:
        """What the engine may do for *patch*."""
        mine = tuple(one for one in self.resolutions if one.patch == patch.name)
        return PortOptions(
            name_maps=self.manifest.projects[patch.project].name_maps,
            cautious=True,  # what is built from must not lose a line of the release unread
            resolutions=mine,
        )


def missing_pin(repository: str, rev: str) -> SeriesError:
    """The error for a revision that was never fetched."""
    return SeriesError(f"{rev} of {repository} is not pinned", hint="run `series fetch`")

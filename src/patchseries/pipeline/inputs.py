"""What a rebase is a function of, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from patchseries.errors import SeriesError
from patchseries.files import sha256
from patchseries.git import Repository
from patchseries.lock import Lock, MadeFor
from patchseries.manifest import Manifest, PatchEntry, Source, patch_names
from patchseries.model import CommitId, Target, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.patches.quilt import parse_series, series_in_use, strip_level
from patchseries.pipeline.inclusion import Answer
from patchseries.pipeline.portcache import Porter
from patchseries.port import PortOptions, port
from patchseries.resolution.replay import Resolution

_DIGITS = 16
"""Of a digest in the lock: enough that no other list of files has the same."""


@dataclass
class MadeForSearch:
    """Finds the release that patch files were made for; this one knows what it was given.

    :ivar releases: by project and digest of its files; None where there is no such release
    """

    releases: dict[tuple[str, str], MadeFor | None] = field(default_factory=dict)

    def find(self, project: str, files: Mapping[str, PatchFile]) -> MadeFor | None:
        """The newest release on which *files*, by the patch's name and in order, apply."""
        return self.releases.get((project, files_digest(files)))


def files_digest(files: Mapping[str, PatchFile]) -> str:
    """A digest of patch files in their order."""
    facts = [(file.sha256, file.strip) for file in files.values()]
    return sha256(repr(facts).encode())[:_DIGITS]


@dataclass(frozen=True, slots=True)
class RebaseInputs:
    """What a rebase is a function of.

    ``pins`` say which commit each (repository, rev) is; ``patch_bytes`` gives the bytes of a
    patch file named in the manifest; ``starts`` overrides the tree that a base's series starts
    on (the packager's own patches applied, say); ``resolutions`` are those of the whole series.
    ``porter`` ports one change: the engine, or what remembers its answers. ``answers``, by patch
    and base, say which bases contain a patch: those are not ported. ``quilt_files`` gives the
    files of a project's ``quilt`` directory; ``made_for`` searches for the release that patch
    files were made for, where the manifest does not name it.
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
        names = patch_names(self.manifest, patch.project)[patch.name]
        data = self.patch_bytes(source)
        quilt = self.manifest.projects[patch.project].quilt
        if not quilt or source.file != f"{quilt}/{names.main}":
            return PatchFile(names.main, data)
        return PatchFile(names.main, data, self._levels(patch.project).get(names.main, 1))

    def _levels(self, project: str) -> dict[str, int]:
        """The strip level of each patch of the quilt directory, by its name."""
        files = self.quilt_files(project)
        in_use = series_in_use(files, self.manifest.projects[project].vendor)
        text = files.get(in_use, b"").decode("utf-8", "surrogateescape")
        return {line.name: strip_level(line.options) for line in parse_series(text)}

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

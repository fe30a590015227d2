"""What each patch file changes: the trees before and after it, on the release it was made for.

The files of a project that were made for one release are applied there one after the other, as
dpkg-source does. So a file is a change like a commit's, and git's three-way merge has its base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from patchseries.git import Repository
from patchseries.manifest import PatchEntry, Source
from patchseries.model import CommitId, TreeId
from patchseries.patches.apply import Applied, Rejected, apply_patch
from patchseries.patches.compose import PatchFile
from patchseries.pipeline.inputs import RebaseInputs, files_digest
from patchseries.port import Change


@dataclass(frozen=True, slots=True)
class NotMadeFor:
    """A patch file that does not apply on the release it is said to be made for, and why."""

    made_for: str
    rejected: Rejected

    def __str__(self) -> str:
        return (
            f"on {self.made_for}, which it is made for, it does not apply either: {self.rejected}"
        )


Changes = Mapping[str, Change | Rejected]
"""By the patch's name: its change, or why its file does not apply."""


@dataclass
class ChangeCache:
    """The changes of lists of files on a tree; a list that several bases share is applied once."""

    repository: Repository
    _made: dict[tuple[TreeId, str, tuple[str, ...]], Changes] = field(default_factory=dict)
    _files: dict[tuple[str, str, str | None], dict[str, PatchFile]] = field(default_factory=dict)

    def of(
        self, given: RebaseInputs, project: str, base: str, patch: PatchEntry, source: Source
    ) -> FileChange:
        """The change of *patch*, of *source*, as it is ported onto *base*."""
        return FileChange(given, self, project, base, patch, source)

    def changes(self, start: TreeId, files: Mapping[str, PatchFile]) -> Changes:
        """What each of *files*, by the patch's name and in order, changes on *start*."""
        key = start, files_digest(files), tuple(files)
        if key not in self._made:
            self._made[key] = dict(applied_in_order(self.repository, start, files))
        return self._made[key]

    def files(
        self, given: RebaseInputs, project: str, base: str, release: str | None
    ) -> dict[str, PatchFile]:
        """The patch files of *project* that were made for *release*, in order; read once."""
        key = project, base, release
        if key not in self._files:
            default = given.manifest.projects[project].made_for
            patches = given.manifest.patches_of(project)
            self._files[key] = files_made_for(release, default, patches, base, given.patch_file)
        return self._files[key]


@dataclass(frozen=True, slots=True)
class FileChange:
    """The change of one patch file, looked for where it is needed."""

    given: RebaseInputs
    cache: ChangeCache
    project: str
    base: str
    patch: PatchEntry
    source: Source

    def release(self) -> CommitId | None:
        """The commit of the release that it was made for, as far as that is named or found."""
        if self._release is not None:
            return self.given.release(self.project, self._release)
        found = self.given.made_for.find(self.project, self._files(None))
        return found.commit if found else None

    def declared(self) -> Change | NotMadeFor | None:
        """Its change on the release that the manifest names; None when that is the base itself."""
        release = self._release
        if release is None:
            return None
        commit = self.given.release(self.project, release)
        if commit == self.given.release(self.project, self.base):
            return None
        return self._on(release, commit, self._files(release))

    def searched(self) -> Change | NotMadeFor | None:
        """Its change on the newest release on which the project's files apply, if there is one."""
        if self._release is not None:
            return None
        files = self._files(None)
        found = self.given.made_for.find(self.project, files)
        return self._on(found.tag, found.commit, files) if found else None

    @property
    def _release(self) -> str | None:
        return self.source.made_for or self.given.manifest.projects[self.project].made_for

    def _files(self, release: str | None) -> dict[str, PatchFile]:
        """The patch files of the project that were made for *release*, in order."""
        return self.cache.files(self.given, self.project, self.base, release)

    def _on(
        self, release: str, commit: CommitId, files: Mapping[str, PatchFile]
    ) -> Change | NotMadeFor | None:
        tree = self.given.repository.commit(commit).tree
        found = self.cache.changes(tree, files).get(self.patch.name)
        return NotMadeFor(release, found) if isinstance(found, Rejected) else found


def applied_in_order(
    repository: Repository, start: TreeId, files: Mapping[str, PatchFile]
) -> Iterator[tuple[str, Change | Rejected]]:
    """Each of *files* applied on top of those before it; one that does not apply is passed over."""
    tree = start
    for name, file in files.items():
        applied = apply_patch(repository, tree, file.data, strip=file.strip)
        if isinstance(applied, Applied):
            yield name, Change(tree, applied.tree)
            tree = applied.tree
        else:
            yield name, applied


def files_made_for(
    release: str | None,
    default: str | None,
    patches: Sequence[PatchEntry],
    base: str,
    read: Callable[[PatchEntry, Source], PatchFile],
) -> dict[str, PatchFile]:
    """The patch files of *patches* that were made for *release*, by the patch's name.

    A patch that is not for *base* is among them: those after it were made on top of it.

    :param default: the release of those that do not say it themselves
    :param base: of several sources, the one for this base is taken
    """
    found = {}
    for patch in patches:
        carried = [one for one in patch.sources if one.file or one.url]
        source = patch.source_for(base) or next(iter(carried), None)
        if source in carried and source is not None and (source.made_for or default) == release:
            found[patch.name] = read(patch, source)
    return found

"""What the rules look at: a series on disk, gathered before any rule runs.

The rules are functions of these values alone, so that they can be run anywhere and twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from patchseries.landed.newer import NewReleases
from patchseries.lock import Cell, Lock
from patchseries.manifest import Manifest, PatchEntry, PatchNames, patch_names
from patchseries.model import Conflict, Finding, Outcome
from patchseries.patches.quilt import series_in_use
from patchseries.settings.intree import RegisteredOption
from patchseries.sources import BranchMove
from patchseries.testing.report import PatchTests, TargetTests


@dataclass(frozen=True, slots=True)
class Moved:
    """A hunk that applied elsewhere than its header says, by how many lines."""

    path: str
    hunk: int
    lines: int


@dataclass(frozen=True, slots=True)
class Application:
    """How the files of one patch apply: ``result`` is a word of `series test-apply`.

    ``links`` are findings on symbolic links of the base that it would write through.
    """

    patch: str
    result: str
    reason: str = ""
    moved: tuple[Moved, ...] = ()
    links: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PortedPatch:
    """What porting one patch gives today: ``files`` are the SHA-256 of its files, by name.

    ``resolutions`` are the keys of those that it used.
    """

    patch: str
    outcome: Outcome
    strategies: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    resolutions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolution on disk: for which patch, its key, its file below the root."""

    patch: str
    key: str
    file: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why something could not be checked, in words, and what to do about it."""

    words: str
    hint: str | None = None


@dataclass(frozen=True)
class CheckedTarget:
    """One project on one base.

    ``directory`` is where its patches lie, below the root; ``files`` are the regular files there
    and ``others`` whatever else is. A target that is not ``stored`` has no such directory: its
    files are those that porting gives. ``quilt`` names the files of the project's quilt directory,
    ``vendor`` whose series file counts.
    ``options`` are those of its settings that the ported sources register.
    ``obstacle``: it could be neither applied nor ported. ``tests`` is what the project's own tests
    said when they were run.
    """

    project: str
    base: str
    directory: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    quilt: tuple[str, ...] = ()
    vendor: str = "debian"
    stored: bool = True
    applied: tuple[Application, ...] = ()
    ported: tuple[PortedPatch, ...] = ()
    options: tuple[RegisteredOption, ...] = ()
    obstacle: Obstacle | None = None
    tests: TargetTests | None = None

    @property
    def series_file(self) -> str:
        """The file that lists its patches."""
        return series_in_use(self.files, self.vendor)

    def application(self, patch: str) -> Application | None:
        """How *patch* applies, if that is known."""
        return self._applications.get(patch)

    def port_of(self, patch: str) -> PortedPatch | None:
        """What porting *patch* gives, if that is known."""
        return self._ports.get(patch)

    @cached_property
    def _applications(self) -> dict[str, Application]:
        return {one.patch: one for one in reversed(self.applied)}

    @cached_property
    def _ports(self) -> dict[str, PortedPatch]:
        return {one.patch: one for one in reversed(self.ported)}


@dataclass(frozen=True, slots=True)
class LandedAt:
    """Where a change is upstream: the line, its first tag there (None: none yet), the commit."""

    line: str
    tag: str | None
    commit: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a patch upstream: the verdict of `series status`, and where it landed.

    ``successors`` is where those landed that replaced it; ``in_bases`` the bases that contain the
    patch, each with the commit and the evidence in words; ``reverted`` says of each commit that
    was taken back by which. ``is_known``: the history has the change, or what replaced it.
    """

    patch: str
    verdict: str
    landed: tuple[LandedAt, ...] = ()
    successors: tuple[LandedAt, ...] = ()
    in_bases: Mapping[str, str] = field(default_factory=dict)
    reverted: tuple[str, ...] = ()
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class ServerAnswers:
    """What the servers say now.

    ``revisions``: what each pinned tag or branch is today (None: it is gone); ``patchsets``: the
    newest patchset of each Gerrit source, by patch; ``silent``: who could not be asked, and why.
    ``releases``: the point releases that appeared after the bases of a project, on one line each.
    ``moves``: the branches that are no longer at the commit that is pinned.
    """

    revisions: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    patchsets: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)
    releases: Sequence[NewReleases] = ()
    moves: Sequence[BranchMove] = ()


@dataclass(frozen=True)
class CheckInputs:
    """A series, or the part of it that was selected (``whole`` is false then).

    ``own`` holds the bytes of each own patch that the manifest names (None: not there);
    ``unnamed`` are files of patches/own that no manifest names; ``directories`` what lies below
    patches/NAME, as BASE/PROJECT; ``wanted`` the pins that the selection needs.
    """

    manifest: Manifest
    manifest_file: str
    manifest_text: str
    lock: Lock
    lock_file: str
    lock_text: str | None
    targets: tuple[CheckedTarget, ...]
    wanted: tuple[tuple[str, str], ...] = ()
    own: Mapping[str, bytes | None] = field(default_factory=dict)
    unnamed: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    whole: bool = True
    resolutions: tuple[Resolved, ...] = ()
    fates: tuple[Fate, ...] = ()
    upstream: ServerAnswers | None = None

    @cached_property
    def places(self) -> tuple[CheckedCell, ...]:
        """Every patch in every target, in order."""
        return tuple(place for target in self.targets for place in self._places(target))

    def _places(self, target: CheckedTarget) -> Iterator[CheckedCell]:
        names = patch_names(self.manifest, target.project)
        for patch in self.manifest.patches_of(target.project):
            cell = self.lock.cells.get((patch.name, target.base))
            yield CheckedCell(names[patch.name], patch, target, cell)

    def patch_line(self, name: str) -> int:
        """The line of the manifest on which the patch *name* begins."""
        return self.manifest_line("patch", self._positions.get(name, 0))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {patch.name: at for at, patch in enumerate(self.manifest.patches)}

    def manifest_line(self, *path: str | int) -> int:
        """The line of the key *path* in the manifest, or of the table around it."""
        from patchseries.manifest.positions import line_of

        return line_of(self._manifest_lines, path)

    def lock_line(self, *words: str) -> int | None:
        """The line of the lock on which every one of *words* stands in quotes."""
        lines = [self._lock_lines.get(word, ()) for word in words]
        rarest = min(lines, key=len, default=())
        return next((n for n in rarest if all(n in others for others in lines)), None)

    @cached_property
    def _lock_lines(self) -> dict[str, dict[int, None]]:
        """By each word in quotes: the lines it stands on, in order."""
        found: dict[str, dict[int, None]] = {}
        for number, line in enumerate((self.lock_text or "").splitlines(), 1):
            for word in line.split('"')[1::2]:
                found.setdefault(word, {})[number] = None
        return found

    @cached_property
    def _manifest_lines(self) -> dict[tuple[str | int, ...], int]:
        from patchseries.manifest.positions import key_lines

        return key_lines(self.manifest_text)


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """One patch on one base: the names of its files, and what the lock says of it."""

    names: PatchNames
    patch: PatchEntry
    target: CheckedTarget
    cell: Cell | None

    @property
    def name(self) -> str:
        """The patch's name."""
        return self.patch.name

    @property
    def base(self) -> str:
        """The base's name."""
        return self.target.base

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that the lock has."""
        return self.cell.outcome if self.cell else None

    @property
    def main(self) -> str:
        """The name of its patch file."""
        return self.names.main

    @property
    def expected(self) -> tuple[str, ...]:
        """The files that it must have by what the lock says: the patch, then own ones on top."""
        if self.outcome is None or not self.outcome.makes_patch:
            return ()
        return self.names.all

    @property
    def tests(self) -> PatchTests | None:
        """What the project's own tests say of it, if they were run."""
        return self.target.tests.of(self.name) if self.target.tests else None

    def path(self, file: str) -> str:
        """The path of one of its files below the root."""
        return f"{self.target.directory}/{file}"

    def __str__(self) -> str:
        """How messages name it: ``PATCH on BASE``."""
        return f"{self.patch.name} on {self.target.base}"

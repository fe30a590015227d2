"""The manifest's tables as frozen values (pydantic checks each one's own shape)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    model_validator,
)

from patchseries.manifest.releases import ReleasesTable
from patchseries.manifest.setting import SettingEntry
from patchseries.manifest.source import MergedSource, Source, Table
from patchseries.manifest.suite import SuiteTable
from patchseries.manifest.values import (
    Bounds,
    Bug,
    ChangeText,
    CommitText,
    Digest,
    PatchFile,
    PublicUrl,
    RepositoryUrl,
    Rev,
    Slug,
    Tracked,
    Words,
    one_or_many,
)

Sources = Annotated[tuple[Source, ...], BeforeValidator(one_or_many)]
Tracks = Annotated[tuple[Tracked, ...], BeforeValidator(one_or_many)]


TARBALLS = "orig:"
"""How the ``repository`` of a project begins that has none; no URL does."""


class Drop(Table):
    """A packager's patch that may be left out on a base where it does not apply.

    ``upstream`` says which upstream changes it is, for the history to be asked whether the base
    has them; ``reason`` and ``by`` (``Name <address>``) why it is left out otherwise, and who
    decided. A security fix needs either; of any other patch its name is enough. ``bases`` limits
    it to some bases.
    """

    patch: str
    bases: Bounds | None = None
    upstream: Tracks = ()
    reason: Words | None = None
    by: Words | None = None


def _drops(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [{"patch": one} if isinstance(one, str) else one for one in value]


Drops = Annotated[tuple[Drop, ...], BeforeValidator(_drops)]


class PackagingTable(Table):
    """Where a project's debian/ comes from: a .dsc, a git repository and ref, or a directory.

    ``drop`` names the packager's own patches to leave out on a base where they do not apply.
    ``patches`` says what the packager's own patches are to this series: ``under`` it, applied
    first; or the ``series`` itself, which then replaces debian/patches. ``port`` has those under
    it ported with the engine, where they do not apply as they are.
    """

    dsc: PublicUrl | None = None
    sha256: Digest | None = None
    repository: RepositoryUrl | None = None
    commit: CommitText | None = None
    tag: Rev | None = None
    branch: Rev | None = None
    folder: str | None = None
    drop: Drops = ()
    patches: Literal["series", "under"] = "under"
    port: StrictBool = False

    @property
    def rev(self) -> str:
        """What to ask the packaging repository for."""
        return self.commit or self.tag or self.branch or ""

    @model_validator(mode="after")
    def _one_kind(self) -> PackagingTable:
        if sum(map(bool, (self.dsc, self.repository, self.folder))) != 1:
            raise ValueError("expected one of: dsc, repository (with commit, tag, branch), folder")
        if self.dsc and self.dsc.startswith(("https://", "http://")) and not self.sha256:
            raise ValueError("a dsc at a URL needs its sha256")
        if self.repository and not self.rev:
            raise ValueError("a packaging repository needs a commit, tag or branch")
        if self.patches == "series" and (self.drop or self.port):
            raise ValueError(
                'drop and port are only for patches = "under"; for "series", patches have `bases`'
            )
        names = [one.patch for one in self.drop if one.bases is None]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"drop: {', '.join(twice)} is listed twice")
        return self


class OrigTable(Table):
    """The upstream tarball an archive already holds for one base: its path or URL and digest."""

    file: PublicUrl
    sha256: Digest


class Project(Table):
    """One upstream project: its repository and the bases of the line that is maintained.

    ``source-package`` is the Debian source name (the project's own name by default);
    ``name-maps`` names identifier maps for the port engine; ``bug-url`` holds ``{bug}``,
    and so do those of other trackers (``vendor-bug-urls = { Ubuntu = "…" }``); ``commit-url`` and
    ``tag-url`` hold ``{commit}`` and ``{tag}``.

    ``made-for`` is the release that the patch files were made for; ``quilt`` the directory below
    patches/ that holds a packager's debian/patches as it was: names, order and comments come from
    there. ``vendor`` is whose series file (``ubuntu.series``) counts there, where it has one.
    ``repository`` may be left out when each base has an ``orig``: then it is
    :data:`TARBALLS` and the project's name, and a base is the tree of its tarball.
    """

    repository: RepositoryUrl = ""
    bases: tuple[Rev, ...]
    gerrit: PublicUrl | None = None
    source_package: Slug | None = None
    name_maps: tuple[str, ...] = ()
    bug_url: PublicUrl | None = None
    vendor_bug_urls: dict[str, PublicUrl] = Field(default_factory=dict)
    blueprint_url: PublicUrl | None = None
    commit_url: PublicUrl | None = None
    tag_url: PublicUrl | None = None
    homepage: PublicUrl | None = None
    packaging: PackagingTable | None = None
    orig: dict[str, OrigTable] = Field(default_factory=dict)
    made_for: Rev | None = None
    quilt: PatchFile | None = None
    vendor: Slug = "debian"
    tests: SuiteTable | None = None
    releases: ReleasesTable | None = None

    @property
    def has_history(self) -> bool:
        """Whether it has a repository, not tarballs alone."""
        return not self.repository.startswith(TARBALLS)

    @model_validator(mode="after")
    def _has_trees(self) -> Project:
        bare = [base for base in self.bases if base not in self.orig]
        if not self.repository and bare:
            raise ValueError(
                "the key 'repository' is missing; without it each base needs an `orig`, and"
                f" {', '.join(bare)} has none"
            )
        if not self.repository and self.made_for and self.made_for not in self.orig:
            raise ValueError(f"made-for: without a repository {self.made_for} needs an `orig`")
        return self

    @model_validator(mode="after")
    def _has_bases(self) -> Project:
        if not self.bases:
            raise ValueError("bases: expected at least one tag or commit")
        if twice := sorted({b for b in self.bases if self.bases.count(b) > 1}):
            raise ValueError(f"bases: {', '.join(twice)} is listed twice")
        return self


class Variant(Table):
    """One of several ways to make a patch; what it names replaces what the patch names."""

    source: Sources
    change_id: ChangeText | None = None
    summary: str | None = None
    fixups: tuple[PatchFile, ...] | None = None


class PatchEntry(Table):
    """One patch of the series: what is tracked upstream, what is ported, where it applies.

    ``options`` are the settings that it brings, each off by default, in words for administrators.
    ``port_anyway`` says on which bases it is ported although they contain the change: on all of
    them (true), or within bounds.
    """

    name: Slug
    project: str
    summary: str | None = None
    change_id: ChangeText | None = None
    review: int | None = None
    upstream: Tracks = ()
    source: Sources = ()
    bases: Bounds | None = None
    port_anyway: StrictBool | Bounds = False
    superseded_by: Tracks = ()
    requires: tuple[str, ...] = ()
    bugs: tuple[Bug, ...] = ()
    blueprints: tuple[str, ...] = ()
    fixups: tuple[PatchFile, ...] = ()
    options: tuple[str, ...] = ()
    choose: str | None = None
    variants: dict[Slug, Variant] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_source(self) -> PatchEntry:
        if bool(self.variants) != bool(self.choose):
            raise ValueError("variants and choose go together: choose names the variant to use")
        if self.variants and self.source:
            raise ValueError("a patch with variants has no source of its own: each variant has one")
        if self.choose and self.choose not in self.variants:
            raise ValueError(
                f"choose: no variant is called {self.choose!r}; "
                f"expected one of {', '.join(sorted(self.variants))}"
            )
        if not (self.variants or self.source or self._tracked_source):
            many = " (`upstream` names several changes)" if self.upstream else ""
            raise ValueError(f"the key 'source' is missing: it says what is ported{many}")
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in use: the chosen variant's, else its own, else the change it tracks."""
        if self.choose:
            return self.variants[self.choose].source
        return self.source or self._tracked_source

    @property
    def _tracked_source(self) -> tuple[Source, ...]:
        """The one upstream commit that the patch names, else the merged one of its one change."""
        commits = [text for text in self.upstream if not text.startswith("I")]
        if len(commits) == 1:
            return (Source.model_validate({"commit": commits[0]}),)
        changes = dict.fromkeys(filter(None, [self.change_id, *self.upstream]))
        if self.change_id and not commits:
            return (MergedSource.model_validate({"change-id": self.change_id}),)
        if len(changes) == 1:
            return (MergedSource.model_validate({"change-id": next(iter(changes))}),)
        return ()

    @property
    def fixups_in_use(self) -> tuple[str, ...]:
        """The patches of our own that go on top, those of the chosen variant first."""
        chosen = self.variants[self.choose].fixups if self.choose else None
        return chosen if chosen is not None else self.fixups

    def applies_to(self, base: str) -> bool:
        """Whether *base* is within the patch's ``bases``."""
        return within(base, self.bases)

    def is_ported_anyway(self, base: str) -> bool:
        """Whether it is ported onto *base* even where that contains the change."""
        if isinstance(self.port_anyway, bool):
            return self.port_anyway
        return within(base, self.port_anyway)

    def source_for(self, base: str) -> Source | None:
        """The source to port onto *base*: the first that fits it."""
        return next((s for s in self.sources if within(base, s.bases)), None)


class SeriesTable(Table):
    """The ``[series]`` table: the name, and what a person should know."""

    name: Slug
    summary: str | None = None
    version_suffix: str | None = None
    profile: Literal["current", "precise"] = "current"


class Manifest(Table):
    """A whole series: its projects, its patches in order, and the settings that go with them.

    A series that has just begun has no patches: there is nothing to port, and nothing to pin.
    """

    series: SeriesTable
    projects: dict[str, Project]
    patches: tuple[PatchEntry, ...]
    settings: tuple[SettingEntry, ...] = ()
    checks: dict[str, str] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """The series' name."""
        return self.series.name

    def patches_of(self, project: str) -> tuple[PatchEntry, ...]:
        """The patches of one project, in series order."""
        return tuple(p for p in self.patches if p.project == project)

    def settings_of(self, project: str, base: str) -> tuple[SettingEntry, ...]:
        """The settings of one project that there are on *base*, in order."""
        bases = self.projects[project].bases
        return tuple(
            one
            for one in self.settings
            if one.project == project
            and (one.since is None or bases.index(base) >= bases.index(one.since))
        )

    def patch(self, name: str) -> PatchEntry | None:
        """The patch called *name*, or None."""
        return next((p for p in self.patches if p.name == name), None)


def within(base: str, bounds: str | None) -> bool:
    """Whether the version *base* is inside *bounds* (packaging's specifiers; pre-releases too).

    :raises ValueError: *base* is no version that bounds could be compared with
    """
    if bounds is None:
        return True
    try:
        return SpecifierSet(bounds).contains(Version(base), prereleases=True)
    except InvalidVersion:
        raise ValueError(
            f"{base!r} is not a version number: version bounds cannot be checked for it"
        ) from None

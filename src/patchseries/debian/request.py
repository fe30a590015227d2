"""What a source package is built from, and what comes out of it, as values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from pathlib import Path

from patchseries.debian.settingspackage import SettingsPackage
from patchseries.debian.version import stock_version
from patchseries.errors import SeriesError
from patchseries.git import Repository
from patchseries.model import Base, Finding, TreeId
from patchseries.patches.compose import PatchFile
from patchseries.patches.dpkg import Profile


class OrigUpload(StrEnum):
    """Whether the .changes names the orig (dpkg-genchanges ``-sa`` and ``-sd``)."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Maintainer:
    """The person named in the changelog entry."""

    name: str
    mail: str

    def __post_init__(self) -> None:
        """SeriesError: one of the two would be read as more than a name or an address."""
        for value, variable in ((self.name, "DEBFULLNAME"), (self.mail, "DEBEMAIL")):
            if not all(c.isprintable() and c not in "<>" for c in value):
                raise SeriesError(
                    f"not a name and mail address for a changelog: {value!r}",
                    hint=f"set {variable} to one line without < and >",
                )

    def __str__(self) -> str:
        return f"{self.name} <{self.mail}>"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file of debian/: git's mode (``100644``, ``100755``, ``120000``) and its bytes."""

    mode: str
    data: bytes


DebianDirectory = Mapping[str, PackagedFile]
"""The files of a debian/ directory by their path below it."""


@dataclass(frozen=True, slots=True)
class Orig:
    """An upstream tarball that is given: its file name and its bytes' SHA-256.

    ``signature`` is the detached signature that lies beside it, when there is one.
    """

    path: Path
    sha256: str
    signature: Path | None = None


@dataclass(frozen=True, slots=True)
class Packaging:
    """A debian/ directory that somebody else made.

    :param origin: where it came from, for people
    :param debian: its files
    :param source: the source package's name, from debian/control
    :param version: the stock version, with its epoch, from debian/changelog
    :param distribution: the distribution of the newest changelog entry
    :param orig: the upstream tarball that came with it, if any
    """

    origin: str
    debian: DebianDirectory
    source: str
    version: str
    distribution: str
    orig: Orig | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A patch of the packager that is not in the package, and why.

    :param evidence: how it is known that the release has its change, in words; None: it is not
        known, the patch does not apply, and a person left it out
    :param reason: why that person did so, in their words
    :param by: who that was (``Name <address>``)
    :param security: the advisories that the patch names (``CVE-2026-1234``)
    :param asked: it was left out because the manifest says so for this base, whether it applies
        or not
    """

    name: str
    evidence: str | None = None
    reason: str | None = None
    by: str | None = None
    security: tuple[str, ...] = ()
    asked: bool = False


@dataclass(frozen=True)
class BuildRequest:
    """Everything that one source package depends on.

    :param repository: holds the objects of ``base`` and ``expected_tree``
    :param source: the Debian source name, where no packaging says it
    :param patches: the series, in order
    :param expected_tree: upstream with the packager's own patches and the series applied
    :param left_out: the names of patches left out because they conflict
    :param unreviewed: the names of adapted patches that are not signed off
    :param dropped: the packager's own patches that are not in the package
    :param timestamp: the date of the changelog entry and of every file made, in seconds since 1970
    :param out: the directory for the outputs; it holds nothing else
    :param orig: an upstream tarball to use instead of one made from the base
    :param options: the settings that the patches bring, one line each, for the administrator
    :param patches_directory: all of debian/patches by the path below it, where the series is the
        packaging's own patches; None: the series is added to them
    :param notes: what the changelog says was done to the packaging's patches, a sentence each
    :param has_entry: the packaging's changelog begins with the entry of this very package
    :param vendor: for whom it is built: dpkg-source takes the series file VENDOR.series first
    :param settings: an extra binary package with the settings that go with the patches
    """

    repository: Repository
    project: str
    source: str
    base: Base
    patches: tuple[PatchFile, ...]
    expected_tree: TreeId
    series_name: str
    maintainer: Maintainer
    timestamp: int
    out: Path
    left_out: tuple[str, ...] = ()
    unreviewed: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    distribution: str | None = None
    urgency: str = "medium"
    version_suffix: str | None = None
    packaging: Packaging | None = None
    orig: Orig | None = None
    orig_upload: OrigUpload = OrigUpload.ALWAYS
    profile: Profile = Profile.CURRENT
    options: tuple[str, ...] = ()
    homepage: str | None = None
    patches_directory: Mapping[str, bytes] | None = None
    notes: tuple[str, ...] = ()
    has_entry: bool = False
    vendor: str = "debian"
    settings: SettingsPackage | None = None

    @property
    def in_packaging(self) -> bool:
        """Whether the series is the packaging's own patches."""
        return self.patches_directory is not None

    @property
    def given_orig(self) -> Orig | None:
        """The tarball to use, if one was given: the packaging's own only for its own release."""
        if self.orig or self.packaging is None:
            return self.orig
        release = stock_version(self.packaging.version, self.base) == self.packaging.version
        return self.packaging.orig if release else None

    def digest(self) -> str:
        """The SHA-256 over every value the outputs depend on, in hexadecimal."""
        orig = self.given_orig
        directory = self.patches_directory or {}
        facts = [
            self.project,
            self.source,
            self.base.name,
            self.base.commit,
            self.base.tree,
            [[p.name, hashlib.sha256(p.data).hexdigest()] for p in self.patches],
            self.expected_tree,
            self.series_name,
            str(self.maintainer),
            self.timestamp,
            self.left_out,
            self.unreviewed,
            [astuple(one) for one in self.dropped],
            self.distribution,
            self.urgency,
            self.version_suffix,
            directory_digest(self.packaging.debian) if self.packaging else None,
            orig.sha256 if orig else None,
            self.orig_upload,
            self.profile,
            self.options,
            self.homepage,
            sorted((n, hashlib.sha256(d).hexdigest()) for n, d in directory.items()),
            self.in_packaging,
            self.notes,
            self.has_entry,
            self.vendor,
            _RECIPE,
            *(self.settings.facts() if self.settings else ()),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


_RECIPE = 3
"""Counts up when the same request comes to mean other bytes."""


def directory_digest(directory: DebianDirectory) -> str:
    """The SHA-256 over names, modes and content of *directory*."""
    facts = sorted((n, f.mode, hashlib.sha256(f.data).hexdigest()) for n, f in directory.items())
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """A source package on disk: its files lie in ``directory``.

    ``files`` gives the SHA-256 of each by name. ``verified``: the .dsc was unpacked and is the
    expected tree; it says nothing of what the patches are worth. ``reused``: it was there already,
    made from the same inputs. ``findings``: what lintian says, when it was asked. ``left_out``,
    ``unreviewed``, ``dropped`` and ``settings`` are those of the request; a record on disk does not
    keep them.
    """

    project: str
    base: str
    source: str
    version: str
    dsc: str
    changes: str
    directory: Path
    files: Mapping[str, str] = field(default_factory=dict)
    verified: bool = False
    reused: bool = False
    findings: tuple[Finding, ...] = ()
    left_out: tuple[str, ...] = ()
    unreviewed: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    settings: SettingsPackage | None = None

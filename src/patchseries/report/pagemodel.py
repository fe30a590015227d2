"""What the HTML page shows, as values: gathered by the pipeline, drawn by :mod:`.html`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from patchseries.model import Finding
from patchseries.testing.report import PatchTests


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead (None: nowhere)."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A tag of a release line: its name, its line, and its time (seconds since 1970, UTC)."""

    tag: str
    line: str
    time: int
    final: bool = False
    """Whether it is the release itself, and no milestone, candidate or point release."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A change's arrival in a line: the first tag that has it, when, which commit, how known.

    ``time`` is in seconds since 1970 (UTC). ``by`` names another change that did it instead.
    """

    line: str
    tag: Link | None
    time: int | None
    commit: Link
    evidence: str
    by: Link | None = None


@dataclass(frozen=True, slots=True)
class CellView:
    """One patch on one base: the outcome, how it came about, and who signed it off.

    ``in_base`` is the commit by which the base contains the patch, ``evidence`` how that is known.
    """

    base: str
    outcome: str
    strategies: tuple[str, ...] = ()
    waits: bool = False
    accepted: str | None = None
    conflicts: tuple[str, ...] = ()
    in_base: Link | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class PatchOnBases:
    """A patch as it is on some bases, where it is the same but for line numbers.

    ``diff`` is that of the last of them; ``is_moved`` when line numbers do differ. ``difference``
    is what distinguishes it from the diff before it in the list; empty for the first.
    """

    bases: tuple[str, ...]
    diff: str
    is_moved: bool = False
    difference: str = ""


@dataclass(frozen=True, slots=True)
class PatchOrigin:
    """What a patch's own header tells: who, when, what and why."""

    author: str = ""
    date: str = ""
    subject: str = ""
    body: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A patch against what it was made from: what is compared, and git's range-diff.

    ``text`` is None when it cannot be told (``why``); empty when both are the same change.
    """

    words: str
    text: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PatchView:
    """All that the page says of one patch; ``inherited`` are the lines that have it from others."""

    number: int
    name: str
    project: str
    summary: str
    links: tuple[tuple[str, Link], ...]
    verdict: str
    arrivals: tuple[Arrival, ...]
    cells: tuple[CellView, ...]
    inherited: tuple[str, ...] = ()
    story: PatchOrigin = field(default_factory=PatchOrigin)
    comparison: Comparison | None = None
    texts: tuple[PatchOnBases, ...] = ()
    findings: tuple[Finding, ...] = ()
    tests: tuple[tuple[str, PatchTests], ...] = ()
    """What the project's own tests say, by base."""


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project: its bases, its release lines and the tags of its time axis, oldest first.

    ``lines`` are those worth a column. ``unknown`` says why its upstream's history is not known.
    """

    name: str
    bases: tuple[Link, ...]
    lines: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class PackageView:
    """A source package that was built: ``files`` gives the SHA-256 of each."""

    project: str
    base: str
    source: str
    version: str
    verified: bool
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting of the manifest: where it is made, its value in words, and what speaks for it."""

    name: str
    where: str
    value: str
    needs: str
    why: str
    cost: str
    danger: str


@dataclass(frozen=True, slots=True)
class AuditedView:
    """A row of an audit: the setting, the state, where, and in words."""

    setting: str
    state: str
    where: str
    message: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class AuditView:
    """An audit of a host: what it is called, and its rows."""

    title: str
    rows: tuple[AuditedView, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An image of the page: what it is called, and a ``data:`` URI."""

    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    series: str
    summary: str
    made: str
    projects: tuple[ProjectView, ...]
    patches: tuple[PatchView, ...]
    findings: tuple[Finding, ...]
    packages: tuple[PackageView, ...] = ()
    settings: tuple[SettingView, ...] = ()
    audits: tuple[AuditView, ...] = ()
    figures: tuple[Figure, ...] = ()

    def patches_of(self, project: ProjectView) -> tuple[PatchView, ...]:
        """The patches of *project*, in series order."""
        return tuple(patch for patch in self.patches if patch.project == project.name)

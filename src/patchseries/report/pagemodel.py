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

    ``by`` names another change that did it instead.
    """

    line: str
    tag: str | None
    time: int | None
    commit: str
    evidence: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class CellView:
    """One patch on one base: the outcome, how it came about, and who signed it off."""

    base: str
    outcome: str
    strategies: tuple[str, ...] = ()
    waits: bool = False
    accepted: str | None = None
    conflicts: tuple[str, ...] = ()
    in_base: str = ""
    """The commit by which the base contains the patch, and the evidence, in words."""


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
    diff_of: str = ""
    diff: str = ""
    findings: tuple[Finding, ...] = ()
    tests: tuple[tuple[str, PatchTests], ...] = ()
    """What the project's own tests say, by base."""


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
    """The whole page. ``releases`` are the tags of the time axis; ``unknown`` says what is not
    known of the upstreams, by project."""

    series: str
    summary: str
    made: str
    bases: tuple[str, ...]
    patches: tuple[PatchView, ...]
    findings: tuple[Finding, ...]
    packages: tuple[PackageView, ...] = ()
    releases: tuple[Release, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[SettingView, ...] = ()
    audits: tuple[AuditView, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The release lines of the axis, oldest first."""
        return tuple(dict.fromkeys(release.line for release in self.releases))

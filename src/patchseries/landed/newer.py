"""Point releases that appeared after the bases of a series, and its patches on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from patchseries.landed.graph import NamedRefs
from patchseries.landed.openstack import OpenStack
from patchseries.landed.scheme import ReleasePlace, Scheme
from patchseries.landed.versions import Key, Version, is_final, version_in
from patchseries.lock import InBase
from patchseries.model import Outcome

_LISTED = 10
"""So many patches are named in a message."""


@dataclass(frozen=True, slots=True)
class TriedPatch:
    """What porting a patch onto a release gave; ``in_base``: the release's commit that has it."""

    patch: str
    outcome: Outcome
    in_base: InBase | None = None


@dataclass(frozen=True, slots=True)
class NewReleases:
    """The releases that appeared after a project's bases on one line.

    :ivar tags: oldest first
    :ivar patches: what porting gave on the last of them, in series order
    :ivar untried: why the patches were not ported onto it; None when they were
    """

    project: str
    tags: tuple[str, ...]
    patches: tuple[TriedPatch, ...] = ()
    untried: str | None = None

    def __str__(self) -> str:
        head = f"{self.project}: {', '.join(self.tags)} appeared after the bases"
        if self.untried:
            return f"{head}; the patches were not tried on {self.tags[-1]}: {self.untried}"
        return "; ".join([head, *self._results()])

    def _results(self) -> Iterator[str]:
        dropped = self._named(Outcome.ALREADY_APPLIED)
        conflicting = self._named(Outcome.CONFLICT)
        applying = [tried for tried in self.patches if tried.outcome.makes_patch]
        if dropped:
            yield f"{self.tags[-1]} contains {_listed(dropped)}"
        if conflicting:
            verb = "conflicts" if len(conflicting) == 1 else "conflict"
            yield f"{_listed(conflicting)} {verb} with {self.tags[-1]}"
        if applying:
            others = "other " if dropped or conflicting else ""
            verb = "applies" if len(applying) == 1 else "apply"
            yield f"{len(applying)} {others}{'patch' if len(applying) == 1 else 'patches'} {verb}"

    def _named(self, outcome: Outcome) -> list[str]:
        return [tried.patch for tried in self.patches if tried.outcome is outcome]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def new_releases(scheme: Scheme, bases: Sequence[str], tags: Iterable[str]) -> dict[str, list[str]]:
    """The final releases among *tags* that appeared after *bases*: by line, oldest first.

    The line is that of the release names. Where the bases of one project have several lines
    (1.1, 1.2), what their versions have in common (1) is the line, too; a release of none of the
    lines of the bases is new when it is newer than all bases. Bases that are no releases (branches,
    commits) count for nothing.

    >>> from patchseries.landed.numbered import Numbered
    >>> tags = ["1.4.1", "1.4.2", "1.4.3rc1", "1.4.3", "1.5.0", "2.0", "other"]
    >>> new_releases(Numbered(), ["1.4.1"], tags)
    {'1.4': ['1.4.2', '1.4.3']}
    >>> new_releases(Numbered(), ["v1.4.0", "v1.5.0"], ["v1.4.1", "1.5.1", "v1.6.0", "v2.0"])
    {'1.4': ['v1.4.1'], '1.5': ['1.5.1'], '1.6': ['v1.6.0']}
    """
    names = list(tags)
    scheme = scheme.learned(NamedRefs.of_tags([*bases, *names]))
    points = _Points(scheme, bases)
    new: dict[tuple[tuple[int, ...], str, Key], str] = {}
    for tag in names:
        place = scheme.tag(tag)
        if place and is_final(place.key) and points.is_before(place, tag):
            new.setdefault((place.rank, place.line, place.key), tag)  # one of several spellings
    lines: dict[str, list[str]] = {}
    for (_, line, _), tag in sorted(new.items()):
        lines.setdefault(line, []).append(tag)
    return lines


class _Points:
    """The releases among the bases of a series."""

    def __init__(self, scheme: Scheme, bases: Sequence[str]) -> None:
        named = [(base, place) for base in bases if (place := scheme.tag(base))]
        self._places = [place for _, place in named]
        versions = [version for base, _ in named if (version := version_in(base))]
        self._newest = max((version.key for version in versions), default=None)
        # OpenStack's majors are lines of their own, whatever they have in common
        self._common = () if isinstance(scheme, OpenStack) else _common(versions)

    def is_before(self, place: ReleasePlace, tag: str) -> bool:
        """Whether the release *tag*, at *place*, is on the line of the bases, and newer."""
        keys = [base.key for base in self._places if base.line == place.line]
        if keys:
            return place.key > max(keys)
        version = version_in(tag)
        if not (self._common and self._newest and version):
            return False
        same = version.values[: len(self._common)] == self._common
        return same and version.key > self._newest


def _common(versions: Sequence[Version]) -> tuple[int, ...]:
    """The numbers that all *versions*, several, begin with; () where there is none."""
    if len(versions) < 2:
        return ()
    each = zip(*(version.values for version in versions), strict=False)
    return tuple(numbers[0] for numbers in takewhile(lambda n: len(set(n)) == 1, each))

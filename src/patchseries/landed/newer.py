"""Point releases that appeared after the bases of a series, on the line of those bases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import InvalidVersion, Version

from patchseries.landed.graph import NamedRefs
from patchseries.landed.openstack import OpenStack
from patchseries.landed.scheme import ReleasePlace, Scheme
from patchseries.landed.versions import Key, is_final


def new_releases(scheme: Scheme, bases: Sequence[str], tags: Iterable[str]) -> list[str]:
    """The final releases among *tags* that the line of *bases* has got since, oldest first.

    The line is that of the release names. Where the bases of one project have several lines
    (1.1, 1.2), what their versions have in common (1) is the line, too; a release of none of the
    lines of the bases is new when it is newer than all bases. Bases that are no releases (branches,
    commits) count for nothing.

    >>> from patchseries.landed.numbered import Numbered
    >>> tags = ["1.4.1", "1.4.2", "1.4.3rc1", "1.4.3", "1.5.0", "2.0", "other"]
    >>> new_releases(Numbered(), ["1.4.1"], tags)
    ['1.4.2', '1.4.3']
    >>> new_releases(Numbered(), ["v1.4.0", "v1.5.0"], ["v1.4.1", "1.5.1", "v1.6.0", "v2.0"])
    ['v1.4.1', '1.5.1', 'v1.6.0']
    """
    names = list(tags)
    scheme = scheme.learned(NamedRefs.of_tags([*bases, *names]))
    points = _Points(scheme, bases)
    new: dict[tuple[tuple[int, ...], str, Key], str] = {}
    for tag in names:
        place = scheme.tag(tag)
        if place and is_final(place.key) and points.is_before(place, tag):
            new.setdefault((place.rank, place.line, place.key), tag)  # one of several spellings
    return [tag for _, tag in sorted(new.items())]


class _Points:
    """The releases among the bases of a series."""

    def __init__(self, scheme: Scheme, bases: Sequence[str]) -> None:
        named = [(base, place) for base in bases if (place := scheme.tag(base))]
        self._places = [place for _, place in named]
        versions = [version for base, _ in named if (version := _version(base))]
        self._newest = max(versions, default=None)
        # OpenStack's majors are lines of their own, whatever they have in common
        self._common = () if isinstance(scheme, OpenStack) else _common(versions)

    def is_before(self, place: ReleasePlace, tag: str) -> bool:
        """Whether the release *tag*, at *place*, is on the line of the bases, and newer."""
        keys = [base.key for base in self._places if base.line == place.line]
        if keys:
            return place.key > max(keys)
        version = _version(tag)
        if not (self._common and self._newest and version):
            return False
        same = version.release[: len(self._common)] == self._common
        return same and version > self._newest


def _common(versions: Sequence[Version]) -> tuple[int, ...]:
    """The numbers that all *versions*, several, begin with; () where there is none."""
    releases = [version.release for version in versions]
    if len(releases) < 2:
        return ()
    common: list[int] = []
    for numbers in zip(*releases, strict=False):
        if len(set(numbers)) > 1:
            break
        common.append(numbers[0])
    return tuple(common)


def _version(tag: str) -> Version | None:
    """The version that a tag ends in."""
    digits = tag[next((at for at, c in enumerate(tag) if c.isdigit()), len(tag)) :]
    try:
        return Version(digits.replace("_", "."))
    except InvalidVersion:
        return None

"""OpenStack's release names: a name for each line, and versions that each project counts itself.

The names and the calendar versions of old are a table (openstack.toml). Which versions of a project
belong to which line is read from its history where there is one: the branch of a line, or the tag
that was made of its end, contains the line's tags, and a tag is of the first line that has it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from pydantic import BaseModel

from patchseries.landed.graph import NamedRefs, RefSet, main_branch
from patchseries.landed.numbered import Numbered
from patchseries.landed.scheme import ReleasePlace, Scheme
from patchseries.landed.versions import (
    HEAD,
    LONGEST_NAME,
    Key,
    end_of_line,
    is_final,
    milestone,
    packaged_version,
    place_behind,
    version_in,
)

_BRANCHES = "stable", "unmaintained"
_PACKAGED = "debian", "ubuntu"
_CALENDAR = re.compile(r"(20\d\d\.\d)(?!\d)(.*)")
_MAJOR = re.compile(r"(\d{1,3})(\..*)")
_MILESTONE = re.compile(r"([a-z]+)-(rc)?(\d+)")
_LINE_VERSION = re.compile(r"20\d\d\.[12]")


@dataclass(frozen=True)
class OpenStack:
    """OpenStack's names and versions for one project.

    :param lines: the line names, oldest first
    :param versions: ``2013.1`` → the line's number
    :param major: a line's number and the project's major version in it: each later line has one
        more; None when it does not count so, or it is not known
    :param learned_lines: tag → the number of its line, as the history has it; None: not asked yet
    """

    lines: Sequence[str]
    versions: Mapping[str, int]
    major: tuple[int, int] | None = None
    learned_lines: Mapping[str, int] | None = None

    def tag(self, name: str) -> ReleasePlace | None:
        """``grizzly-1``, ``2013.1.g3``, ``2015.1.0rc1``, ``12.0.0.0b1``, ``zed-eol``.

        >>> nova = OpenStack(["folsom", "grizzly"], {"2012.2": 0, "2013.1": 1})
        >>> [nova.tag(name).line for name in ("grizzly-1", "2013.1.g3", "2012.2.4", "grizzly-eol")]
        ['grizzly', 'grizzly', 'folsom', 'grizzly']
        >>> nova.tag("2013.1.rc1").key < nova.tag("2013.1").key < nova.tag("2013.1.1").key
        True
        """
        if len(name) > LONGEST_NAME:
            return None
        if end := end_of_line(name):
            return self._place(self._named(end[0]), end[1], name)
        if (found := _MILESTONE.fullmatch(name)) and (number := self._named(found[1])) is not None:
            return self._place(number, milestone(found[2], found[3]), name)
        if found := _CALENDAR.fullmatch(name):
            return self._place(self.versions.get(found[1]), place_behind(found[2]), name)
        if packaged := packaged_version(name):
            place = self.tag(".".join(packaged.numbers) + packaged.rest)
            key = (*place.key[:4], packaged.key[4]) if place else None
            return self._place(place.rank[0], key, name) if place else None
        return self._by_number(name)

    def branch(self, name: str) -> ReleasePlace | None:
        """``stable/havana``, ``stable/2025.1``, ``unmaintained/zed``, ``debian/yoga``.

        >>> nova = OpenStack(["grizzly"], {"2013.1": 0})
        >>> nova.branch("stable/grizzly").line, nova.branch("feature/x")
        ('grizzly', None)
        """
        kind, _, line = name.partition("/")
        if kind not in (*_BRANCHES, *_PACKAGED):
            return None
        return self._place(self._named(line), HEAD, None)

    def learned(self, refs: NamedRefs) -> OpenStack | Numbered:
        """The same with the lines of *refs*; by numbers alone where no line has a branch or end."""
        fresh = self._with_new_lines(refs)
        ends = fresh._ends(refs)
        if not ends:
            return self if self.major else Numbered().learned(refs)
        if not refs.holders:
            return fresh
        own = {place.line for tag in refs.tags if (place := fresh._by_calendar(tag))}
        counted = [tag for tag in refs.tags if _is_counted(tag)]
        main = main_branch(refs)
        found: dict[str, int] = {}
        for tag in counted:
            number = _first_holding(refs.holders_of(tag) or 0, ends, main)
            if number is not None and fresh._name(number) not in own:
                found[tag] = number
        found |= _beside(counted, found)
        return replace(fresh, learned_lines=_with_their_releases(found))

    def line_named(self, name: str) -> str | None:
        """The line that a person calls *name*: ``2023.1``, ``Antelope``, ``stable/antelope``."""
        number = self._named(name)
        if number is not None:
            return self._name(number)
        place = self.branch(name)
        return place.line if place else None

    def _named(self, name: str) -> int | None:
        return self.lines.index(name) if name in self.lines else self.versions.get(name)

    def _name(self, number: int) -> str:
        # A release that is younger than all names still has its place, only no name.
        beyond = number - len(self.lines) + 1
        return self.lines[number] if beyond <= 0 else f"{self.lines[-1]}+{beyond}"

    def _by_calendar(self, name: str) -> ReleasePlace | None:
        """The place of a final release with a calendar version."""
        place = self.tag(name) if _CALENDAR.fullmatch(name) else None
        return place if place and is_final(place.key) else None

    def _by_number(self, name: str) -> ReleasePlace | None:
        """The place of a release with a version of the project's own."""
        found = _MAJOR.fullmatch(name)
        if not found:
            return None
        if self.learned_lines is not None:
            version = version_in(name)
            number = self.learned_lines.get(name)
            return self._place(number, version.key if version else None, name)
        if self.major is None:
            return Numbered().tag(name)
        first, major = self.major
        number = first + int(found[1]) - major
        return self._place(number, place_behind(found[2]), name) if number >= first else None

    def _place(self, number: int | None, key: Key | None, tag: str | None) -> ReleasePlace | None:
        if number is None or key is None:
            return None
        return ReleasePlace((number,), self._name(number), key, tag)

    def _with_new_lines(self, refs: NamedRefs) -> OpenStack:
        """The same with the lines that are younger than the table, called by their versions."""
        ended = (end[0] for tag in refs.tags if (end := end_of_line(tag)))
        branched = (b.partition("/")[2] for b in refs.branches if b.partition("/")[0] in _BRANCHES)
        newest = max(self.versions)
        fresh = {v for v in (*ended, *branched) if _LINE_VERSION.fullmatch(v) and v > newest}
        names = [*self.lines, *sorted(fresh)]
        return replace(
            self, lines=names, versions={**self.versions, **{v: names.index(v) for v in fresh}}
        )

    def _ends(self, refs: NamedRefs) -> dict[int, RefSet]:
        """The refs at the end of each line: its branch, and the tags that were made of that."""
        ends: dict[int, RefSet] = {}
        for name, bits in refs.branches.items():
            place = self.branch(name)
            if place and name.partition("/")[0] in _BRANCHES:
                ends[place.rank[0]] = ends.get(place.rank[0], 0) | bits
        for tag in refs.tags:
            end = end_of_line(tag)
            number = self._named(end[0]) if end else None
            if number is not None:
                ends[number] = ends.get(number, 0) | 1 << refs.bits[f"refs/tags/{tag}"]
        return ends


class _LineEntry(BaseModel):
    name: str
    version: str | None = None


class _Counting(BaseModel):
    since: str
    major: int


class _OpenStackTable(BaseModel):
    """openstack.toml."""

    lines: list[_LineEntry]
    majors: dict[str, _Counting]
    renamed: dict[str, str]


def openstack(project: str) -> OpenStack:
    """The names of an OpenStack project's releases, before its history was asked."""
    table = _table()
    names = [line.name for line in table.lines]
    versions = {line.version: n for n, line in enumerate(table.lines) if line.version}
    counting = table.majors.get(current_name(project))
    major = (names.index(counting.since), counting.major) if counting else None
    return OpenStack(names, versions, major)


def openstack_of(scheme: Scheme, refs: NamedRefs) -> Scheme:
    """*scheme*, or OpenStack's where that is by numbers and *refs* are those of a fork.

    A fork has the branches of several lines, or the tags of their ends, by their names.
    """
    if not isinstance(scheme, Numbered):
        return scheme
    fork = openstack("")
    names = {fork.lines[number] for number in fork._ends(refs) if number < len(fork.lines)}
    return fork if len(names) >= _SEVERAL else scheme


_SEVERAL = 3
"""Lines with OpenStack's names that no other project has by chance."""


def is_openstack(project: str, repository: str) -> bool:
    """Whether *project* is OpenStack's: by where its *repository* (URL or path) is, or by name."""
    organisation, _, _ = repository.rstrip("/").rpartition("/")
    return organisation.endswith("/openstack") or current_name(project) in _table().majors


def current_name(project: str) -> str:
    """The name that an OpenStack project has today: its repository is found by that.

    >>> current_name("quantum"), current_name("nova")
    ('neutron', 'nova')
    """
    return _table().renamed.get(project, project)


# Private -----------------------------------------------------------------------------------------


@cache
def _table() -> _OpenStackTable:
    text = resources.files(__package__).joinpath("openstack.toml").read_text("utf-8")
    return _OpenStackTable.model_validate(tomllib.loads(text)["openstack"])


def _is_counted(tag: str) -> bool:
    """Whether it is a version of the project's own counting."""
    return bool(_MAJOR.fullmatch(tag)) and version_in(tag) is not None


def _first_holding(holders: RefSet, ends: Mapping[int, RefSet], main: RefSet) -> int | None:
    """The first line whose end is among *holders*; what only the main branch has is of the next."""
    lines = [number for number, refs in ends.items() if refs & holders]
    if lines:
        return min(lines)
    return max(ends) + 1 if holders & main else None


def _beside(tags: Iterable[str], lines: Mapping[str, int]) -> dict[str, int]:
    """The line of each of *tags* that no branch has any more: that of its nearest versions."""
    found: dict[str, int] = {}
    for size in (2, 1):
        beside: dict[tuple[int, ...], Counter[int]] = {}
        for tag, line in lines.items():
            beside.setdefault(_numbers(tag)[:size], Counter())[line] += 1
        for tag in tags:
            counts = beside.get(_numbers(tag)[:size])
            if tag not in lines and counts:
                found.setdefault(tag, counts.most_common(1)[0][0])
    return found


def _with_their_releases(lines: Mapping[str, int]) -> dict[str, int]:
    """*lines* by tag, each milestone and candidate on the line of the release that it led to."""
    keys = {tag: version.key for tag in lines if (version := version_in(tag))}
    releases = {key[1]: lines[tag] for tag, key in keys.items() if is_final(key) and not key[3]}
    return {tag: releases.get(keys[tag][1], line) for tag, line in lines.items()}


def _numbers(tag: str) -> tuple[int, ...]:
    version = version_in(tag)
    return version.values if version else ()

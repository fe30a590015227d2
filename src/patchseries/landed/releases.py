"""Release names: which line a tag or branch belongs to, and where in the line it stands.

Two schemes are known. OpenStack's (names, then calendar versions, then a major version for each
project, with milestones in three spellings) comes from the table releases.toml. Any other project
is read by patterns: its own, from the manifest, or the common one of ``v1.4.2``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Protocol

import regex
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, Field

from patchseries.errors import SeriesError

Key = tuple[int, tuple[int, ...], int, int]
"""Where in its line a place stands: (0 release, 1 end of line, 2 branch head), the numbers after
the line's version without trailing zeros, the stage (alpha, milestone, candidate, final), and the
stage's number."""

UNRELEASED = "unreleased"
"""The line of what is on the main branch and in no tag."""

COMMON = {r"(?:[A-Za-z][\w+]*[-_/])?v?(?P<version>(?P<line>\d+(?:\.\d+)?)\S*)": r"\g<line>"}
"""How most projects tag: ``v1.4.2`` and ``name-1.4.2`` are of the line 1.4."""

_STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "g": 1, "gamma": 1, "rc": 2}
_DEVELOPMENT = -1
_FINAL = 3
_ENDS = {"em": 0, "eom": 1, "eol": 2}


def is_final(key: Key) -> bool:
    """Whether a tag with this place in its line is a release: no candidate, no end of line."""
    return key[0] == 0 and key[2] == _FINAL


_REST = re.compile(
    r"(?P<numbers>\d*+(?:\.\d++)*)\.?(?:(?P<stage>alpha|beta|gamma|rc|a|b|g)(?P<n>\d+))?"
)
_LONGEST_NAME = 100
"""Of a tag or branch that can be a release: longer ones are somebody's trick."""
_HEAD: Key = (2, (), 0, 0)


@dataclass(frozen=True, slots=True)
class ReleasePlace:
    """Where a ref stands: its line, and its place within it."""

    rank: tuple[int, ...]
    """Orders the lines; the least of its tags' is a line's."""
    line: str
    key: Key
    tag: str | None
    """The tag's name; None for the head of a branch, which has no release yet."""


class Scheme(Protocol):
    """How one project names its releases."""

    def tag(self, name: str) -> ReleasePlace | None:
        """Where the tag stands, or None when it is no release."""

    def branch(self, name: str) -> ReleasePlace | None:
        """Where the head of the branch stands, or None when it is no line's branch."""


@dataclass(frozen=True)
class OpenStack:
    """OpenStack's names and versions for one project.

    :param lines: the line names, oldest first
    :param versions: ``2013.1`` → the line's number
    :param first: the number of the line in which majors begin (liberty)
    :param major: the project's major version in that line, or None when it has none
    """

    lines: Sequence[str]
    versions: Mapping[str, int]
    first: int
    major: int | None

    def tag(self, name: str) -> ReleasePlace | None:
        """``grizzly-1``, ``2013.1.g3``, ``2015.1.0rc1``, ``12.0.0.0b1``, ``zed-eol``.

        >>> nova = OpenStack(["folsom", "grizzly"], {"2012.2": 0, "2013.1": 1}, 1, None)
        >>> [nova.tag(name).line for name in ("grizzly-1", "2013.1.g3", "2012.2.4", "grizzly-eol")]
        ['grizzly', 'grizzly', 'folsom', 'grizzly']
        >>> nova.tag("2013.1.rc1").key < nova.tag("2013.1").key < nova.tag("2013.1.1").key
        True
        >>> nova.tag("v1.0") is None
        True
        """
        if len(name) > _LONGEST_NAME:
            return None
        if found := re.fullmatch(r"([a-z]+|\d{4}\.\d)-(em|eom|eol)", name):
            return self._place(self._named(found[1]), (1, (), 0, _ENDS[found[2]]), name)
        if found := re.fullmatch(r"([a-z]+)-(rc)?(\d+)", name):
            stage = _STAGES["rc" if found[2] else "b"]
            return self._place(self._named(found[1]), (0, (), stage, int(found[3])), name)
        if found := re.fullmatch(r"(\d{4}\.\d)(?!\d)(.*)", name):
            return self._place(self.versions.get(found[1]), _key(found[2]), name)
        if found := re.fullmatch(r"(\d{1,3})(\..*)", name):
            return self._place(self._of_major(int(found[1])), _key(found[2]), name)
        return None

    def branch(self, name: str) -> ReleasePlace | None:
        """``stable/havana``, ``stable/2025.1``, ``unmaintained/zed``.

        >>> nova = OpenStack(["grizzly"], {"2013.1": 0}, 0, None)
        >>> nova.branch("stable/grizzly").line, nova.branch("feature/x")
        ('grizzly', None)
        """
        kind, _, line = name.partition("/")
        if kind not in ("stable", "unmaintained"):
            return None
        return self._place(self._named(line), _HEAD, None)

    def _named(self, name: str) -> int | None:
        return self.lines.index(name) if name in self.lines else self.versions.get(name)

    def _of_major(self, major: int) -> int | None:
        if self.major is None or major < self.major:
            return None
        return self.first + major - self.major

    def _place(self, number: int | None, key: Key | None, tag: str | None) -> ReleasePlace | None:
        if number is None or key is None:
            return None
        # A release that is younger than the table still has its place, only no name.
        beyond = number - len(self.lines) + 1
        line = self.lines[number] if beyond <= 0 else f"{self.lines[-1]}+{beyond}"
        return ReleasePlace((number,), line, key, tag)


_MATCHING = 1.0
"""Seconds that an expression of a manifest may take on one tag; a sane one takes microseconds."""


@dataclass(frozen=True)
class Patterns:
    """Releases of any project, by regular expressions over whole tag names.

    :param tags: expression → the line, which may use the expression's groups (``\\1``). The
        group ``version``, else all from the first digit on, is what PEP 440 orders.
    """

    tags: Mapping[str, str] = field(default_factory=lambda: COMMON)

    def __post_init__(self) -> None:
        for pattern, line in self.tags.items():
            try:
                regex.compile(pattern)
                # the line is read only where something matches: so nothing at all does
                regex.sub(f"(?:{pattern})?", line, "", timeout=_MATCHING)
            except (regex.error, IndexError, TimeoutError) as error:
                raise SeriesError(
                    f"releases: {pattern!r} = {line!r} is not a regular expression = its line",
                    cause=str(error),
                ) from error

    def tag(self, name: str) -> ReleasePlace | None:
        """The place of a tag that one of the expressions matches.

        :raises SeriesError: an expression takes too long: it may be made to
        """
        if len(name) > _LONGEST_NAME:
            return None
        for pattern, line in self.tags.items():
            if found := _matched(pattern, name):
                version = _version(found.groupdict().get("version") or re.sub(r"^\D+", "", name))
                if version is None:
                    return None
                return ReleasePlace(
                    version.release, found.expand(line).lower(), _key_of(version), name
                )
        return None

    def branch(self, name: str) -> ReleasePlace | None:
        """``stable/1.4``, ``release-1.4``, ``1.4.x``."""
        if len(name) > _LONGEST_NAME:
            return None
        if found := re.fullmatch(
            r"(?:(?:stable|release|maint)[-/])?v?(\d+(?:\.\d+)*)(?:\.x)?", name
        ):
            rank = tuple(int(n) for n in found[1].split("."))
            return ReleasePlace(rank, found[1], _HEAD, None)
        return None


def _matched(pattern: str, name: str) -> regex.Match[str] | None:
    """The match of an expression of the manifest, which may be anybody's, within a bounded time."""
    try:
        return regex.fullmatch(pattern, name, timeout=_MATCHING)
    except TimeoutError as error:
        raise SeriesError(
            f"releases: {pattern!r} takes too long to match the tag {name!r}",
            hint="write the expression without a repetition inside a repetition",
        ) from error


def current_name(project: str) -> str:
    """The name that an OpenStack project has today: its repository is found by that.

    >>> current_name("quantum"), current_name("nova")
    ('neutron', 'nova')
    """
    return _table().renamed.get(project, project)


def scheme_for(project: str, repository: str, tags: Mapping[str, str] | None = None) -> Scheme:
    """The scheme of a project: OpenStack's for its repositories and projects, else by patterns.

    :param project: its name in the manifest
    :param repository: the URL or path of its repository
    :param tags: the manifest's expressions (:class:`Patterns`); empty: the common ones
    :raises SeriesError: one of *tags* is no regular expression
    """
    organisation, _, name = repository.rstrip("/").removesuffix(".git").rpartition("/")
    table = _table()
    for known in (name, project):
        current = table.renamed.get(known, known)
        if organisation.endswith("/openstack") or current in table.liberty_major:
            return _openstack(current)
    return Patterns(tags or COMMON)


class _LineEntry(BaseModel):
    name: str
    version: str | None = None


class _ReleasesTable(BaseModel):
    """releases.toml."""

    lines: list[_LineEntry]
    liberty_major: dict[str, int] = Field(alias="liberty-major")
    renamed: dict[str, str]


@cache
def _table() -> _ReleasesTable:
    text = resources.files(__package__).joinpath("releases.toml").read_text("utf-8")
    return _ReleasesTable.model_validate(tomllib.loads(text)["openstack"])


def _openstack(project: str) -> OpenStack:
    table = _table()
    names = [line.name for line in table.lines]
    versions = {line.version: n for n, line in enumerate(table.lines) if line.version}
    return OpenStack(names, versions, names.index("liberty"), table.liberty_major.get(project))


def _key(rest: str) -> Key | None:
    """The place of ``.1``, ``.b3``, ``.0rc1``, ``.0.0.0b1`` or nothing in its line."""
    found = _REST.fullmatch(rest)
    if not found:
        return None
    numbers = [int(n) for n in re.findall(r"\d+", found["numbers"])]
    stage = _STAGES[found["stage"]] if found["stage"] else _FINAL
    return (0, _significant(numbers), stage, int(found["n"] or 0))


def _significant(numbers: Sequence[int]) -> tuple[int, ...]:
    """*numbers* without trailing zeros: 1.4 and 1.4.0 are one release."""
    size = max((n for n, number in enumerate(numbers, 1) if number), default=0)
    return tuple(numbers[:size])


def _version(text: str) -> Version | None:
    try:
        return Version(text.replace("_", "."))
    except InvalidVersion:
        return None


def _key_of(version: Version) -> Key:
    kind, number = version.pre or ("", 0)
    stage = _DEVELOPMENT if version.is_devrelease else _STAGES.get(kind, _FINAL)
    if version.post is not None:
        number = version.post + 1
    return (0, _significant(version.release), stage, number)

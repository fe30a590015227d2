"""Changes and patchsets of a Gerrit server, checked before anything is done with them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, field_validator

from patchseries.errors import ExitCode, SeriesError, UpstreamError
from patchseries.model import ChangeId, CommitId, change_id, commit_id
from patchseries.sources.access import Access
from patchseries.sources.rest import NotFoundError, RestClient

_CHANGE_ID = re.compile(r"I[0-9a-f]{40}")
_NUMBER = re.compile(r"(?:(?P<project>[^~]+)~)?(?P<number>\d{1,10})")
_TRIPLET = re.compile(r"(?P<project>[^~]+)~(?P<branch>[^~]+)~(?P<id>I[0-9a-f]{40})")
_PROJECT = re.compile(r"(?!.*\.\.)[A-Za-z0-9][\w.+/-]*")
_PAGE = 100
_MOST = 1000
_LISTED = 5  # changes in an error, when an id means several
_LONGEST_NAME = 150  # characters of a change's name there

_Info = TypeVar("_Info", bound=BaseModel)


class ChangeState(StrEnum):
    """The state of a change under review."""

    NEW = "NEW"
    MERGED = "MERGED"
    ABANDONED = "ABANDONED"


@dataclass(frozen=True, slots=True)
class Patchset:
    """One version of a change: its number, its ref (``refs/changes/67/42967/3``), its commit."""

    number: int
    ref: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class GerritChange:
    """A change under review, merged or not; its patchsets by number."""

    number: int
    project: str
    branch: str
    change_id: ChangeId
    state: ChangeState
    subject: str
    patchsets: tuple[Patchset, ...]

    @property
    def newest(self) -> Patchset:
        """The last patchset."""
        return self.patchsets[-1]

    @property
    def name(self) -> str:
        """What names it alone: ``project~branch~Change-Id``."""
        return f"{self.project}~{self.branch}~{self.change_id}"


class AmbiguousChangeError(SeriesError):
    """A Change-Id means several changes (one a branch, say)."""


class Gerrit:
    """One Gerrit server."""

    def __init__(self, url: str, access: Access | None = None) -> None:
        """The Gerrit whose start page is *url*, reached by *access*.

        :raises SeriesError: the URL is none, or holds a password
        """
        self._access = access or Access()
        self._rest = RestClient(url, self._access)

    def change(
        self, name: str, *, project: str | None = None, branch: str | None = None
    ) -> GerritChange:
        """The one change called *name*: a Change-Id, ``project~branch~Id``, or a number.

        :param project: Gerrit's name of the project (``openstack/nova``), to narrow a Change-Id
        :param branch: the branch it is for, to narrow a Change-Id
        :raises AmbiguousChangeError: there are several; they are listed
        :raises UpstreamError: there is none, or the server does not answer
        """
        if _NUMBER.fullmatch(name) or _TRIPLET.fullmatch(name):
            return self._only_change(name)
        if not _CHANGE_ID.fullmatch(name):
            raise SeriesError(
                f"not a change: {name!r}",
                hint="write a Change-Id, project~branch~Change-Id, or a change number",
            )
        found = [
            change
            for change in self.search(change_id(name), project, branch)
            if change.change_id == name
        ]
        if not found:
            where = " ".join(filter(None, [project, branch]))
            raise UpstreamError(f"{self._rest.url} has no change {name} {where}".rstrip())
        if len(found) > 1:
            raise ambiguous(name, found)
        return found[0]

    def search(
        self, wanted: ChangeId, project: str | None = None, branch: str | None = None
    ) -> list[GerritChange]:
        """Every change with the Change-Id, of all projects and branches or of those named."""
        terms = [f"change:{wanted}"]
        terms += [
            f'{key}:"{_quotable(value)}"'
            for key, value in (("project", project), ("branch", branch))
            if value
        ]
        return [_change(info) for info in self._pages(" ".join(terms))]

    def _only_change(self, name: str) -> GerritChange:
        try:
            value = self._rest.get("changes", name, query={"o": "ALL_REVISIONS"})
        except NotFoundError as error:
            raise NotFoundError(
                f"{self._rest.url} has no change {name}",
                cause=error.cause,
                hint="it may be private: then credentials are needed",
            ) from error
        change = _change(_valid(_ChangeInfo, value))
        _check_is(change, name)
        return change

    def _pages(self, query: str) -> Iterator[_ChangeInfo]:
        start = 0
        seen: set[int] = set()
        until = time.monotonic() + self._access.longest_search
        while True:
            value = self._rest.get(
                "changes", "", query={"q": query, "o": "ALL_REVISIONS", "n": _PAGE, "S": start}
            )
            page = [_valid(_ChangeInfo, item) for item in _list(value)]
            if seen >= {info.number for info in page} != set():
                raise UpstreamError(f"{self._rest.url} repeats its answers to {query}")
            seen |= {info.number for info in page}
            yield from page
            start += len(page)
            if not page or not page[-1].more_changes:
                return
            if time.monotonic() > until:
                raise UpstreamError(
                    f"{self._rest.url} did not answer {query} completely within"
                    f" {self._access.longest_search:.0f} s"
                )
            if start >= _MOST:
                raise UpstreamError(f"{self._rest.url} has more than {_MOST} answers to {query}")


class _RevisionInfo(BaseModel):
    number: int = Field(alias="_number", ge=1)


class _ChangeInfo(BaseModel):
    """ChangeInfo of Gerrit's REST API, as far as it is needed."""

    number: int = Field(alias="_number", ge=1)
    project: str
    branch: str
    change_id: str
    status: ChangeState
    subject: str = ""
    revisions: dict[str, _RevisionInfo] = Field(min_length=1)
    more_changes: bool = Field(default=False, alias="_more_changes")

    @field_validator("status", mode="before")
    @classmethod
    def _known_status(cls, value: Any) -> Any:
        # Gerrit before 2.15 had two more states of what is not merged.
        return "NEW" if value in ("DRAFT", "SUBMITTED") else value

    @field_validator("project")
    @classmethod
    def _safe_project(cls, value: str) -> str:
        if not _PROJECT.fullmatch(value):
            raise ValueError("not a project's name")
        return value

    @field_validator("change_id")
    @classmethod
    def _whole_id(cls, value: str) -> str:
        return change_id(value)

    @field_validator("revisions")
    @classmethod
    def _commits(cls, value: dict[str, _RevisionInfo]) -> dict[str, _RevisionInfo]:
        for commit in value:
            commit_id(commit)
        if len({info.number for info in value.values()}) != len(value):
            raise ValueError("the same patchset twice")
        return value


def _change(info: _ChangeInfo) -> GerritChange:
    numbered = sorted((revision.number, commit) for commit, revision in info.revisions.items())
    return GerritChange(
        number=info.number,
        project=info.project,
        branch=info.branch,
        change_id=ChangeId(info.change_id),
        state=info.status,
        subject=info.subject,
        patchsets=tuple(
            Patchset(number, _ref(info.number, number), CommitId(commit))
            for number, commit in numbered
        ),
    )


def _ref(change: int, patchset: int) -> str:
    """Where Gerrit keeps a patchset; made here, so that no answer can name another ref."""
    return f"refs/changes/{change % 100:02d}/{change}/{patchset}"


def _check_is(change: GerritChange, name: str) -> None:
    """A server that answers with another change than was asked for is not believed."""
    triplet, number = _TRIPLET.fullmatch(name), _NUMBER.fullmatch(name)
    if triplet:
        same = change.name == name
    else:
        same = (
            number is not None
            and change.number == int(number["number"])
            and number["project"] in (None, change.project)
        )
    if not same:
        raise UpstreamError(f"asked for change {name}, the server answered with {change.name}")


def ambiguous(name: str, changes: list[GerritChange]) -> AmbiguousChangeError:
    """The error for a name that means several changes, which it lists."""
    listed = ", ".join(
        f"{change.name[:_LONGEST_NAME]} (number {change.number}, {change.state})"
        for change in changes[:_LISTED]
    )
    if len(changes) > _LISTED:
        listed += f" and {len(changes) - _LISTED} more"
    return AmbiguousChangeError(
        f"{name} matches {len(changes)} changes: {listed}",
        hint="choose one by `branch`, by its number, or as project~branch~Change-Id",
        exit_code=ExitCode.INVALID,
    )


def _quotable(text: str) -> str:
    if '"' in text or "\\" in text or not text.isprintable():
        raise SeriesError(f"not a name that Gerrit can be asked for: {text!r}")
    return text


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise UpstreamError("Gerrit's answer to a search is not a list")
    return value


def _valid(kind: type[_Info], value: Any) -> _Info:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UpstreamError(
            "Gerrit's answer is not what its documentation says",
            cause=f"{where[:200]}: {first['msg'][:200]}",
        ) from error

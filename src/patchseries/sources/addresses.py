"""Web addresses of changes, as a person copies them: what each one names. Nothing is asked here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

_ID = r"[0-9a-f]{7,64}"
_CHANGE = r"I[0-9a-f]{40}"
_COMMIT = re.compile(rf"/(?P<path>.+?)(?:/-)?/commit/(?P<id>{_ID})(?:\.patch|\.diff)?")
_IN_REQUEST = re.compile(rf"/(?P<path>.+?)/pulls?/[0-9]+/commits/(?P<id>{_ID})")
_REQUEST = re.compile(
    r"/(?P<path>.+?)(?:/-/(?P<lab>merge_requests)|/pulls?)/(?P<number>[0-9]{1,10})"
    r"(?:/(?:commits|files|diffs|changes)?)?"
)
_CGIT = re.compile(r"/(?P<path>.+?)/(?:commit|patch)/?")
_REVIEW = re.compile(
    r"(?P<prefix>(?:/.+?)??)/(?:c/(?:(?P<project>.+?)/\+/)?)?"
    r"(?P<number>[0-9]{1,10})(?:/(?P<patchset>[0-9]{1,6}))?(?:/.*)?"
)
_SEARCH = re.compile(rf"(?P<prefix>(?:/.+?)??)/(?:q|r)/(?P<id>{_CHANGE})")
_LAUNCHPAD = re.compile(r"(?:/.*)?/\+?bugs?/(?P<number>[0-9]{1,12})")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class CommitAddress:
    """A commit (its id perhaps short) of the repository at a URL that git fetches from."""

    repository: str
    commit: str


@dataclass(frozen=True, slots=True)
class RequestAddress:
    """A pull or merge request to a repository: the ref by which its forge serves its head."""

    repository: str
    ref: str


@dataclass(frozen=True, slots=True)
class ReviewAddress:
    """A change on the Gerrit whose start page is *server*: its Change-Id or number.

    ``patchset`` is the number of the one that is shown, where the address says it.
    """

    server: str
    change: str
    patchset: int | None = None


@dataclass(frozen=True, slots=True)
class BugAddress:
    """A bug in a tracker (``launchpad`` or ``debian``)."""

    tracker: str
    number: str


Address = CommitAddress | RequestAddress | ReviewAddress | BugAddress


def read_address(text: str) -> Address | None:
    """What the web address *text* names; None when it is none of these.

    >>> read_address("https://opendev.org/openstack/nova/commit/5450f0937088")
    CommitAddress(repository='https://opendev.org/openstack/nova.git', commit='5450f0937088')
    >>> read_address("https://gitlab.test/a/b/c/-/commit/5450f0937088").repository
    'https://gitlab.test/a/b/c.git'
    >>> read_address("https://review.test/c/openstack/nova/+/42967/3")
    ReviewAddress(server='https://review.test', change='42967', patchset=3)
    >>> read_address("https://bugs.launchpad.net/nova/+bug/1213080")
    BugAddress(tracker='launchpad', number='1213080')
    >>> read_address("https://example.org/") is None
    True
    """
    if len(text) > _LONGEST or any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc:
        return None
    return _bug(parts, host) or _commit(parts) or _request(parts) or _review(parts)


def _bug(parts: SplitResult, host: str) -> BugAddress | None:
    if host == "launchpad.net" or host.endswith(".launchpad.net"):
        found = _LAUNCHPAD.fullmatch(parts.path.rstrip("/"))
        return BugAddress("launchpad", found["number"]) if found else None
    if host == "bugs.debian.org":
        number = parse_qs(parts.query).get("bug", [parts.path.strip("/")])[0]
        return BugAddress("debian", number) if re.fullmatch("[0-9]{1,12}", number) else None
    return None


def _commit(parts: SplitResult) -> CommitAddress | None:
    path = parts.path.rstrip("/")
    found = _IN_REQUEST.fullmatch(path) or _COMMIT.fullmatch(path)
    commit = found["id"] if found else parse_qs(parts.query).get("id", [""])[0]
    found = found or _CGIT.fullmatch(parts.path)
    if not found or not re.fullmatch(_ID, commit):
        return None
    place = found["path"].strip("/").removesuffix(".git")
    return CommitAddress(f"{parts.scheme}://{parts.netloc}/{place}.git", commit)


def _request(parts: SplitResult) -> RequestAddress | None:
    found = _REQUEST.fullmatch(parts.path.rstrip("/"))
    if not found:
        return None
    kind = "merge-requests" if found["lab"] else "pull"
    place = found["path"].strip("/").removesuffix(".git")
    return RequestAddress(
        f"{parts.scheme}://{parts.netloc}/{place}.git", f"refs/{kind}/{found['number']}/head"
    )


def _review(parts: SplitResult) -> ReviewAddress | None:
    path = parts.path.rstrip("/")
    if parts.fragment.startswith("/"):  # as Gerrit wrote them before 2.15: /#/c/42967/
        path = path + parts.fragment.rstrip("/")
    if found := _SEARCH.fullmatch(path):
        return ReviewAddress(f"{parts.scheme}://{parts.netloc}{found['prefix']}", found["id"])
    found = _REVIEW.fullmatch(path)
    if not found:
        return None
    patchset = int(found["patchset"]) if found["patchset"] else None
    return ReviewAddress(
        f"{parts.scheme}://{parts.netloc}{found['prefix']}", found["number"], patchset or None
    )

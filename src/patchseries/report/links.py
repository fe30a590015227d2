"""Where something is on the web: https addresses made of the manifest's own keys, or none.

A manifest and the names in a history may be anybody's: an address is checked before a page has it.
Where no page is known there is no link; none is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from patchseries.manifest import PatchEntry, Project, Source
from patchseries.redaction import has_user_info
from patchseries.report.facts import review_url, source_text
from patchseries.report.pagemodel import Link

_LONGEST = 2000
"""Characters of an address; browsers and mail programs cut longer ones."""
_HTTPS = re.compile(r"https://[A-Za-z0-9._~:/?#\[\]!$&'()*+,;=%-]+")
"""What RFC 3986 allows in an address, without ``@``: nobody's name or password."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class _Forge:
    """How a kind of server calls the pages of a commit and of a tag, below the repository's."""

    commit: str
    tag: str


_GITHUB = _Forge("commit/{commit}", "releases/tag/{tag}")
_GITEA = _Forge("commit/{commit}", "src/tag/{tag}")
_GITLAB = _Forge("-/commit/{commit}", "-/tags/{tag}")
_FORGES = {
    "github.com": _GITHUB,
    "opendev.org": _GITEA,
    "codeberg.org": _GITEA,
    "gitlab.com": _GITLAB,
    "salsa.debian.org": _GITLAB,
}


def web_address(text: str | None) -> str | None:
    """*text* if it is the https address of a page, else None.

    >>> web_address("https://bugs.example.org/7?a=b")
    'https://bugs.example.org/7?a=b'
    >>> [web_address(t) for t in ("http://x.org/", "https://a@x.org/", "javascript:x", "https:///x")]
    [None, None, None, None]
    """
    if not text or len(text) > _LONGEST or not _HTTPS.fullmatch(text) or has_user_info(text):
        return None
    try:
        parts = urlsplit(text)
        return text if parts.hostname and (parts.port is None or parts.port) else None
    except ValueError:
        return None


def commit_link(project: Project, commit: str, repository: str | None = None) -> Link:
    """The commit *commit* of the project's repository, or of *repository*.

    The project's `commit-url` says where its page is; else the server does, if its kind is known.
    """
    own = repository in (None, project.repository)
    pages = (project.commit_url if own else None) or _pages(repository or project.repository).commit
    is_id = _COMMIT.fullmatch(commit) is not None
    return Link(commit, _filled(pages, "commit", commit) if is_id else None)


def tag_link(project: Project, tag: str, repository: str | None = None) -> Link:
    """The tag *tag* of the project's repository, or of *repository*, as :func:`commit_link`."""
    own = repository in (None, project.repository)
    pages = (project.tag_url if own else None) or _pages(repository or project.repository).tag
    return Link(tag, _filled(pages, "tag", tag))


def change_link(project: Project, change: str) -> Link:
    """A change that is tracked: a Change-Id where it is reviewed, or a commit of the project."""
    if change.startswith("I"):
        gerrit = project.gerrit
        return Link(change, web_address(f"{gerrit.rstrip('/')}/q/{change}" if gerrit else None))
    return commit_link(project, change)


def review_link(patch: PatchEntry, project: Project) -> Link:
    """The change that *patch* tracks, by its Change-Id, where it is reviewed."""
    return Link(patch.change_id or "", web_address(review_url(patch, project)))


def bug_link(project: Project, bug: str) -> Link:
    """A bug, by its number at the project's `bug-url`, or by its own address."""
    return Link(bug, _filled(project.bug_url, "bug", bug) if project.bug_url else web_address(bug))


def blueprint_link(project: Project, name: str) -> Link:
    """A blueprint, at the project's `blueprint-url`."""
    pages = project.blueprint_url
    return Link(name, _filled(pages, "blueprint", name) if pages else web_address(name))


def source_link(source: Source, project: Project) -> Link:
    """What is ported: a commit, a tag, a change under review, or a file at a URL."""
    words = source_text(source, project)
    if source.url or source.file:
        return Link(words, web_address(source.url))
    if source.change_id:
        return Link(words, change_link(project, source.change_id).url)
    if source.commit:
        return Link(words, commit_link(project, source.commit, source.repository).url)
    if source.tag:
        return Link(words, tag_link(project, source.tag, source.repository).url)
    return Link(words)


# Private -----------------------------------------------------------------------------------------


def _pages(repository: str) -> _Forge:
    """The addresses of a repository's commits and tags; empty where they are not known."""
    known = web_address(repository.rstrip("/").removesuffix(".git"))
    host = urlsplit(known).hostname or "" if known else ""
    forge = _GITLAB if host.startswith("gitlab.") else _FORGES.get(host)
    if known is None or forge is None:
        return _Forge("", "")
    return _Forge(f"{known}/{forge.commit}", f"{known}/{forge.tag}")


def _filled(pages: str, key: str, value: str) -> str | None:
    """The address *pages* with *value* for its ``{key}``; no character of it steers the address."""
    return web_address(pages.replace(f"{{{key}}}", quote(value, safe="/" if key == "tag" else "")))

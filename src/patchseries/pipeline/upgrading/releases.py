"""Which tag of the upstream a release is, as a person spells it."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from patchseries.errors import UsageError
from patchseries.imports.upstream import base_name, tag_of_version
from patchseries.landed.releaselines import lines_of
from patchseries.landed.releases import scheme_for
from patchseries.manifest import Project
from patchseries.manifest.values import is_ref_name
from patchseries.pipeline.histories import indexed
from patchseries.pipeline.session import Session
from patchseries.sources.history import open_history

_TAGS = "refs/tags/"
_PACKAGING = ("debian/", "ubuntu/", "archive/")


def release_tag(session: Session, project: Project, name: str, release: str) -> str:
    """The base that *release* is: a tag of the project's repository, in any of its spellings.

    A release line, by any of its names, stands for its newest release.

    :param name: the project's name
    :raises UsageError: there is no such tag
    :raises UpstreamError: the repository cannot be reached
    """
    if release in project.bases:
        return release
    if not project.has_history:
        return base_name(version_of(release))
    with open_history(session.cache, project.repository, session.fetching) as history:
        refs = history.refs(_TAGS)
    tags = [tag for ref in refs if is_ref_name(tag := ref.removeprefix(_TAGS))]
    if found := tag_named(release, tags, name):
        return found
    if found := _newest_of_line(session, project, name, release):
        return found
    near = difflib.get_close_matches(release, tags, n=3)
    raise UsageError(
        f"{project.repository} has no tag for {release[:100]!r}",
        hint=f"did you mean {', '.join(near)}?" if near else "name a tag or a release line of it",
    )


def _newest_of_line(session: Session, project: Project, name: str, line: str) -> str | None:
    url = project.repository
    with indexed(session.cache, url, session.fetching) as (_, index):
        lines = lines_of(scheme_for(name, url, project.releases), index.named_refs)
    release = lines.named(line)
    newest = release.line.newest_release if release else None
    return newest if newest and is_ref_name(newest) else None


def tag_named(release: str, tags: Collection[str], project: str) -> str | None:
    """The tag among *tags* that is *release*, as a person spells it.

    >>> tags = ["v27.5.1", "debian/27.5.1-1", "upstream/28.0.0"]
    >>> [tag_named(name, tags, "nova") for name in ("27.5.1", "upstream/27.5.1", "28.0.0")]
    ['v27.5.1', 'v27.5.1', 'upstream/28.0.0']
    """
    if release in tags:
        return release
    upstream = [tag for tag in tags if not tag.startswith(_PACKAGING)]
    version = version_of(release)
    if (imported := f"upstream/{version.replace('~', '_')}") in upstream:  # gbp's name
        return imported
    return tag_of_version(version, upstream, project)


def version_of(release: str) -> str:
    """The version in what a person calls a release: without a directory, and without ``v``.

    >>> version_of("upstream/27.5.1"), version_of("v27.5.1")
    ('27.5.1', '27.5.1')
    """
    name = release.rpartition("/")[2]
    return name[1:] if name[:1] in "vV" and name[1:2].isdigit() else name

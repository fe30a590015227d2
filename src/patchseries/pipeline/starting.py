"""`series init`: what a directory tells of a project, and the manifest of a new series."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from patchseries import manifest as manifests
from patchseries.debian.changelog import read_head
from patchseries.errors import SeriesError, UsageError
from patchseries.files import read_file
from patchseries.journal import State, commit_files
from patchseries.landed.graph import NamedRefs
from patchseries.landed.releases import scheme_for
from patchseries.landed.scheme import Scheme
from patchseries.landed.versions import is_final
from patchseries.pipeline.online import upstream_tags
from patchseries.pipeline.session import Session
from patchseries.sources.mirrors import repository_path

_LARGEST = 1 << 20  # bytes of a file that is looked into
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,200}")
_PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}")
_OPENSTACK = "review.opendev.org"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a manifest begins with; None or empty: not known."""

    name: str | None = None
    repository: str | None = None
    gerrit: str | None = None
    bug_url: str | None = None
    source_package: str | None = None
    version: str | None = None
    """The upstream version that is packaged."""
    branch: str | None = None
    """The branch that is worked on."""
    bases: tuple[str, ...] = ()


def look_around(directory: Path) -> Beginning:
    """What *directory* tells: .gitreview, debian/, and where a clone is from."""
    source, version = _packaged(directory)
    host, project, branch = _gitreview(directory)
    repository = _upstream_repository(directory) or (None if source else _origin(directory))
    gerrit = bug_url = None
    if host and project:
        gerrit = f"https://{host}"
        where = "opendev.org" if host == _OPENSTACK else host
        repository = f"https://{where}/{project}"
        if host == _OPENSTACK:
            name = project.rpartition("/")[2].removesuffix(".git")
            bug_url = f"https://bugs.launchpad.net/{name}/+bug/{{bug}}"
    return Beginning(
        repository=repository,
        gerrit=gerrit,
        bug_url=bug_url,
        source_package=source,
        version=version,
        branch=branch,
    )


def name_of(begun: Beginning) -> str | None:
    """What the series and its project are called: by the source package, else the repository."""
    name = begun.source_package
    if name is None and begun.repository:
        name = repository_path(begun.repository).name
    slug = re.sub(r"[^a-z0-9.+-]+", "-", (name or "").lower()).strip("-.+")
    return slug if len(slug) > 1 else None


def base_of(session: Session, begun: Beginning, project: str) -> str | None:
    """The tag to begin with: that of the packaged version, else the newest release.

    Where a branch is worked on that has releases, it is the newest of these.

    :raises UpstreamError: the repository cannot be reached
    """
    assert begun.repository is not None
    tags = upstream_tags(session, begun.repository)
    scheme = scheme_for(project, begun.repository).learned(NamedRefs.of_tags(tags))
    if begun.version:
        return _tag_of(tags, begun.version)
    place = scheme.branch(begun.branch) if begun.branch else None
    newest = _newest(scheme, tags, place.line if place else None)
    return newest or _newest(scheme, tags, None)


def manifest_text(begun: Beginning) -> str:
    """The manifest, with short comments.

    :raises ManifestError: a value is none that a manifest takes
    """
    assert begun.name is not None
    project = {
        "repository": begun.repository,
        "gerrit": begun.gerrit,
        "bug-url": begun.bug_url,
        "source-package": begun.source_package if begun.source_package != begun.name else None,
        "bases": list(begun.bases),
    }
    comments = {
        "gerrit": "where changes are reviewed",
        "bug-url": "what a bug's number stands for",
        "bases": "the releases that the patches are ported onto: tags, oldest first",
    }
    lines = [
        "# Each key is explained by `series manual manifest`.",
        "schema = 1",
        "",
        "[series]",
        f"name = {_toml(begun.name)}",
        "",
        f"[project.{_key(begun.name)}]",
    ]
    for key, value in project.items():
        comment = f"  # {comments[key]}" if key in comments else ""
        lines += [f"{key} = {_toml(value)}{comment}"] if value else []
    lines += ["", "# The patches, in the order in which they apply: `series add` appends one."]
    text = "\n".join(lines) + "\n"
    manifests.parse(text, f"series/{begun.name}.toml")
    return text


def write_manifest(session: Session, state: State, begun: Beginning) -> str:
    """Write the manifest into the project of *state*, which is held; its path from there.

    :raises UsageError: there is such a series
    """
    path = f"series/{begun.name}.toml"
    text = manifest_text(begun)
    if os.path.lexists(state.root / path):
        raise UsageError(f"{path} already exists", hint="name another series: series init NAME")
    if not session.dry_run:
        commit_files(state, {path: text.encode()}, session.operation)
    return path


def _packaged(directory: Path) -> tuple[str | None, str | None]:
    """Source package and upstream version of debian/changelog."""
    text = _text(directory / "debian" / "changelog")
    try:
        head = read_head(text) if text else None
    except SeriesError:
        return None, None
    if head is None:
        return None, None
    version = head.version.partition(":")[2] or head.version
    upstream = version.rpartition("-")[0] or version
    upstream = re.sub(r"[+~.](?:dfsg|ds|repack|really)\S*$", "", upstream)
    return head.source, upstream.replace("~", "")


def _gitreview(directory: Path) -> tuple[str | None, str | None, str | None]:
    """Host, project and branch of .gitreview."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(directory / ".gitreview") or "")
        section = parser["gerrit"]
    except (configparser.Error, KeyError):
        return None, None, None
    host, project = section.get("host", ""), section.get("project", "")
    if not (_HOST.fullmatch(host) and _PATH.fullmatch(project)):
        return None, None, None
    return host, project, section.get("defaultbranch")


def _upstream_repository(directory: Path) -> str | None:
    """The repository that debian/upstream/metadata names (DEP-12)."""
    text = _text(directory / "debian" / "upstream" / "metadata") or ""
    found = re.search(r"^Repository:[ \t]*['\"]?(https?://[^\s'\"#]+)", text, re.MULTILINE)
    return found[1] if found else None


def _origin(directory: Path) -> str | None:
    """Where a clone was made from, as its configuration says; git is not run in it."""
    inside = False
    for line in (_text(directory / ".git" / "config") or "").splitlines():
        key, _, value = line.partition("=")
        if line.startswith("["):
            inside = line.strip() == '[remote "origin"]'
        elif inside and key.strip() == "url" and value.split():
            return value.split()[0]
    return None


def _text(path: Path) -> str | None:
    try:
        return read_file(path, _LARGEST).decode("utf-8", "replace")
    except (OSError, SeriesError):
        return None


def _tag_of(tags: Sequence[str], version: str) -> str | None:
    """The tag of *version*: as it is, else behind the project's usual prefix."""
    fit = [
        tag
        for tag in tags
        if re.fullmatch(rf"(?:.{{0,60}}[-_/])?v?{re.escape(version)}", tag)
        and not tag.startswith(("debian/", "ubuntu/"))
    ]
    return min(fit, key=lambda tag: (len(tag), tag), default=None)


def _newest(scheme: Scheme, tags: Sequence[str], line: str | None) -> str | None:
    """The newest release among *tags*, of *line* if that is given."""
    places = [(place, tag) for tag in tags if (place := scheme.tag(tag))]
    fit = [
        (place.rank, place.key, tag)
        for place, tag in places
        if is_final(place.key) and line in (None, place.line)
    ]
    return max(fit, default=((), (), None))[2]


def _toml(value: object) -> str:
    return str(tomlkit.item(value).as_string())


def _key(name: str) -> str:
    return name if re.fullmatch(r"[a-z0-9-]+", name) else _toml(name)

"""Where the upstream of a package is, as its packaging says; and which tag a version is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from patchseries.landed.openstack import current_name
from patchseries.manifest.values import PublicUrl, RepositoryUrl

_FORGES = ("github.com", "gitlab.com", "codeberg.org", "opendev.org", "git.sr.ht", "bitbucket.org")
_URL = re.compile(r"(?:https?|git)://[^\s\"'<>()\[\],;\\]{3,300}")
_NOT_GIT = re.compile(r"\b(?:svn|subversion|hg|bzr|cvs)\b", re.I)
_REPACKED = re.compile(
    r"[+~.-](?:dfsg|ds|repack|repacked|debian|nmu|really|git|gitlab|clean).*", re.I | re.S
)
_NOISE = {"v", "r", "rel", "release", "version", "upstream", "tag", "final", "stable", "dfsg", "ds"}
_OPENDEV = "https://opendev.org"
_GERRIT = "https://review.opendev.org"


@dataclass(frozen=True, slots=True)
class UpstreamPlace:
    """The repository of a project, which file says so, and its Gerrit where that is known."""

    repository: str
    where: str
    gerrit: str | None = None


def find_upstream(debian: Mapping[str, str], package: str) -> UpstreamPlace | None:
    """The upstream repository that the texts of debian/ name, the surest first.

    A URL is taken where it is said to be the repository, or is a repository of a known forge that
    is called like the package (a watch file may name the downloads of something else).

    >>> find_upstream({"control": "Homepage: https://github.com/org/oven\\n"}, "oven").repository
    'https://github.com/org/oven.git'
    """
    for where, url, is_said in _named(debian):
        found = repository_of_url(url, is_said=is_said)
        if found is not None and (is_said or _is_alike(found, package)):
            return place_of(found, where)
    return None


def place_of(repository: str, where: str) -> UpstreamPlace:
    """*repository* with what is known of its host: OpenStack's has a Gerrit."""
    name = urlsplit(repository).path.strip("/").removesuffix(".git")
    hosts = ("github.com", "opendev.org", "git.openstack.org")
    if urlsplit(repository).hostname in hosts and name.startswith("openstack/"):
        current = current_name(name.removeprefix("openstack/"))
        return UpstreamPlace(f"{_OPENDEV}/openstack/{current}.git", where, _GERRIT)
    return UpstreamPlace(repository, where)


def repository_of_url(url: str, *, is_said: bool = False) -> str | None:
    """The git repository that *url* names or lies in; None when it is no safe one.

    :param is_said: the text says that it is a repository, whatever its host

    >>> repository_of_url("https://github.com/org/oven/tags")
    'https://github.com/org/oven.git'
    >>> repository_of_url("https://oven.invalid/") is None
    True
    """
    parts = urlsplit(url)
    if _NOT_GIT.search(url) or not parts.hostname:
        return None
    names = [name for name in parts.path.split("/") if name]
    is_forge = parts.hostname in _FORGES or parts.hostname.startswith("gitlab.")
    if is_forge and len(names) >= 2:
        if "-" in names[2:]:  # gitlab: /group/sub/name/-/tags
            names = names[: names.index("-", 2)]
        elif parts.hostname in ("github.com", "codeberg.org", "opendev.org", "bitbucket.org"):
            names = names[:2]
        found = f"https://{parts.hostname}/{'/'.join(names).removesuffix('.git')}.git"
    elif is_said or parts.path.endswith(".git"):
        found = url.partition("?")[0]
    else:
        return None
    try:
        TypeAdapter(PublicUrl).validate_python(found)
        return TypeAdapter(RepositoryUrl).validate_python(found)
    except ValidationError:
        return None


def upstream_version(version: str) -> str:
    """The upstream part of a package's version: without its epoch and its revision.

    >>> upstream_version("2:26.2.2-1~deb12u4"), upstream_version("1.0")
    ('26.2.2', '1.0')
    """
    text = version.partition(":")[2] or version
    return text.rpartition("-")[0] or text


def base_name(version: str) -> str:
    """A name for the base of this upstream version: as git would take it for a tag.

    >>> base_name("27.0.0~rc1")
    '27.0.0_rc1'
    """
    return re.sub(r"[^A-Za-z0-9.+_-]", "_", version).lstrip(".-") or "base"


def tag_of_version(version: str, tags: Collection[str], project: str) -> str | None:
    """The tag among *tags* that is the upstream *version*; None when there is no one tag.

    >>> tag_of_version("7.88.1", ["curl-7_88_1", "curl-7_88_0"], "curl")
    'curl-7_88_1'
    >>> tag_of_version("6.9.11.60+dfsg", ["6.9.11-60"], "imagemagick")
    '6.9.11-60'
    """
    for text in dict.fromkeys((version, _REPACKED.sub("", version))):
        plain = text.replace("~", "")
        if not plain:
            continue
        for form in ("{}", "v{}", f"{project}-{{}}", f"{project}-v{{}}", "release-{}"):
            if (name := form.format(plain)) in tags:
                return name
        wanted = _parts(text, project)
        same = [tag for tag in tags if wanted and _parts(tag, project) == wanted]
        if same and (len(same) == 1 or len({tag.lstrip("vV") for tag in same}) == 1):
            return min(same, key=len)
    return None


# Private -----------------------------------------------------------------------------------------


def _named(debian: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """(which file, URL, whether it is said to be the repository) of what debian/ names."""
    metadata = debian.get("upstream/metadata", "")
    for found in re.finditer(
        r"^Repository(?:-Browse)?:[ \t]*[\"']?(\S+?)[\"']?[ \t]*$", metadata, re.M
    ):
        yield "debian/upstream/metadata", found[1], True
    for line in debian.get("watch", "").splitlines():
        if not line.lstrip().startswith("#"):
            yield from (("debian/watch", url, False) for url in _URL.findall(line))
    for found in re.finditer(r"^Homepage:[ \t]*(\S+)", debian.get("control", ""), re.M | re.I):
        yield "its Homepage", found[1], False
    for found in re.finditer(r"^Source:[ \t]*(\S+)", debian.get("copyright", ""), re.M | re.I):
        yield "debian/copyright", found[1], False


def _is_alike(repository: str, package: str) -> bool:
    """Whether the repository's name is the package's, but for digits and punctuation."""
    one, other = (
        re.sub(r"[^a-z]", "", name.lower())
        for name in (repository.rsplit("/", 1)[-1].removesuffix(".git"), package)
    )
    return bool(one and other) and (one in other or other in one)


def _parts(text: str, project: str) -> list[str]:
    """The numbers and words of a version or tag that tell it from others."""
    noise = _NOISE | set(re.findall(r"[a-z]+|\d+", project.lower()))
    words = re.findall(r"\d+|[a-z]+", text.lower().removeprefix(project.lower()))
    kept = [word for word in words if word not in noise or word.isdigit()]
    return [word.lstrip("0") or "0" if word.isdigit() else word for word in kept]

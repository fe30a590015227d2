"""Local mirrors: a URL whose path is /ORG/REPO(.git) is taken from DIR/ORG/REPO(.git).

A directory may keep hosts apart: DIR/HOST/ORG/REPO.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit


def mirror_of(url: str, directories: Sequence[Path]) -> Path | None:
    """The git repository in *directories* that mirrors *url*, or None. It is only ever read."""
    parts = repository_path(url).parts
    if len(parts) < 2 or ".." in parts:
        return None
    name = "/".join(parts[-2:])
    host = urlsplit(url).hostname if "://" in url else None
    for directory in directories:
        names = [name, f"{host}/{name}"] if host else [name]
        for candidate in (directory / f"{n}{end}" for n in names for end in ("", ".git")):
            if _is_repository(candidate):
                return candidate
    return None


def repository_path(url: str) -> PurePosixPath:
    """The path of a repository on its server, without ``.git``: ``openstack/nova``.

    >>> str(repository_path("https://opendev.org/openstack/nova.git"))
    'openstack/nova'
    >>> str(repository_path("git@host.invalid:openstack/nova"))
    'openstack/nova'
    """
    is_scp_like = "://" not in url and ":" in url
    path = url.partition(":")[2] if is_scp_like else urlsplit(url).path
    return PurePosixPath(path.strip("/").removesuffix(".git"))


def repositories_in(directory: Path, most: int) -> Iterator[Path]:
    """The repositories of the mirror *directory*; no more than *most* directories are looked at."""
    tops = list(islice(_directories(directory), most))
    for _ in range(2):
        below = list(islice((one for top in tops for one in _directories(top)), most))
        yield from (one for one in below if _is_repository(one))
        tops = [one for one in below if not _is_repository(one)]


def _directories(directory: Path) -> Iterator[Path]:
    try:
        yield from (one for one in sorted(directory.iterdir()) if one.is_dir())
    except OSError:  # one that may not be read mirrors nothing
        return


def _is_repository(directory: Path) -> bool:
    return any(
        (git_dir / "objects").is_dir() and (git_dir / "HEAD").exists()
        for git_dir in (directory, directory / ".git")
    )

"""The whole history of an upstream, commits only: what the index of what landed is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from patchseries.errors import UpstreamError
from patchseries.git import Repository, borrowed
from patchseries.manifest.schema import TARBALLS
from patchseries.model import CommitId
from patchseries.sources import network
from patchseries.sources.cache import Cache
from patchseries.sources.fetch import FetchOptions
from patchseries.sources.mirrors import mirror_of


@contextmanager
def open_history(
    cache: Cache, url: str, options: FetchOptions, *, having: Sequence[CommitId] | None = None
) -> Iterator[Repository]:
    """A repository with every commit, branch and tag of *url*; only to be read.

    A mirror, or a repository on this machine, is opened where it is (then it has the files too);
    anything else is fetched into the cache, without trees, and brought up to date each time.

    :param having: the commits that it is about: where the cache has them, no server is asked, and
        a server that would send the files too is not let
    :raises UpstreamError: not reachable; or offline, and never fetched before
    """
    if options.progress:
        options.progress(f"reading the history of {url}")
    if url.startswith(TARBALLS):
        raise UpstreamError("the project has no repository, only tarballs")
    if local := mirror_of(url, options.mirrors) or _on_this_machine(url):
        with borrowed(local) as repository:
            yield repository
        return
    histories = Cache(cache.root / "histories", cache.warn, "series status")
    if options.offline and not histories.has(url):
        raise _not_cached(url, options)
    with histories.locked(url, offline=options.offline) as repository:
        known = having is not None and all(repository.has(commit) for commit in having)
        if not (options.offline or known):
            if options.progress:
                options.progress(f"fetching the history of {url}")
            network.fetch_history(
                url,
                repository.git_dir,
                progress=options.progress,
                commits_only=having is not None,
            )
    with Repository(histories.repository_directory(url), intact=True) as repository:
        if options.offline and not repository.refs():
            raise _not_cached(url, options)  # a fetch that failed has left nothing in it
        yield repository


def _not_cached(url: str, options: FetchOptions) -> UpstreamError:
    return UpstreamError(
        f"the history of {url} is not in the cache",
        hint=f"{options.online_hint}, or name a mirror",
    )


def index_path(cache: Cache, url: str) -> Path:
    """Where the index of the history of *url* is kept."""
    return cache.root / "index" / f"{cache.repository_directory(url).name}.sqlite"


def _on_this_machine(url: str) -> Path | None:
    parts = urlsplit(url)
    path = Path(parts.path)
    return path if parts.scheme in ("", "file") and path.is_absolute() and path.is_dir() else None

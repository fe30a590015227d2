"""The head of a pull or merge request: forges keep it as a ref, which git fetches like any other.

So no forge's own interface is needed, and its answer is a commit that is checked as all are.
"""

from __future__ import annotations

from patchseries.errors import UpstreamError
from patchseries.git import borrowed
from patchseries.model import CommitId
from patchseries.sources import network
from patchseries.sources.addresses import RequestAddress
from patchseries.sources.cache import Cache
from patchseries.sources.fetch import FetchOptions
from patchseries.sources.mirrors import mirror_of

DEPTH = 30
"""So many commits of a request are fetched."""


def request_head(cache: Cache, address: RequestAddress, fetching: FetchOptions) -> CommitId:
    """The last commit of the request; it and those before it are in the cache, or in the mirror.

    :raises UpstreamError: there is no such request, or nobody can be asked
    """
    url, ref = address.repository, address.ref
    if mirror := mirror_of(url, fetching.mirrors):
        with borrowed(mirror) as repository:
            if commit := repository.resolve(ref):
                return commit
    if fetching.offline:
        raise UpstreamError(f"{ref} of {url} is not in the cache", hint=fetching.online_hint)
    kept = f"refs/series/{ref}"
    with cache.locked(url) as repository:
        network.fetch_commits(
            url,
            repository.git_dir,
            [f"+{ref}:{kept}"],
            depth=DEPTH,
            progress=fetching.progress,
        )
        commit = repository.resolve(kept)
    if commit is None:
        raise UpstreamError(f"{ref} of {url} is no commit")
    return commit

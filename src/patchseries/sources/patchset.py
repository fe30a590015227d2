"""A Gerrit patchset as the source of a patch: fetched from its ref, pinned to its commit."""

from __future__ import annotations

from patchseries.errors import UpstreamError
from patchseries.sources import network
from patchseries.sources.cache import Cache
from patchseries.sources.fetch import FetchOptions
from patchseries.sources.gerrit import PinnedPatchset


def fetch_patchset(cache: Cache, pinned: PinnedPatchset, options: FetchOptions) -> None:
    """Bring the patchset's commit and its parent into the cache, unless they are there.

    :raises UpstreamError: not reachable, offline, or the ref is another commit than was pinned
    """
    what = f"patchset {pinned.patchset} of change {pinned.number}"
    kept = f"refs/series/{pinned.ref.removeprefix('refs/')}"
    with cache.locked(pinned.repository) as repository:
        if repository.resolve(kept) == pinned.commit:
            return
        if options.offline:
            raise UpstreamError(
                f"{what} of {pinned.repository} is not in the cache",
                hint="run `series fetch` without --offline",
            )
        network.fetch_commits(
            pinned.repository,
            repository.git_dir,
            [f"+{pinned.ref}:{kept}"],
            depth=2,
            progress=options.progress,
        )
        found = repository.resolve(kept)
        if found != pinned.commit:
            repository.run("update-ref", "-d", kept)
            raise UpstreamError(
                f"{what} of {pinned.repository} is {found}, but was pinned as {pinned.commit}",
                hint="a patchset never changes: do not use it before you know why",
            )

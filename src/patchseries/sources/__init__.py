"""Getting upstream commits and patch bytes into the cache, and pinning what was got."""

from patchseries.sources.cache import Cache
from patchseries.sources.fetch import FetchOptions, fetch, open_objects
from patchseries.sources.moves import BranchMove
from patchseries.sources.plan import Want, wants

__all__ = ["BranchMove", "Cache", "FetchOptions", "Want", "fetch", "open_objects", "wants"]

"""Ask the servers what the pinned names mean today. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchseries.checks.material import Upstream
from patchseries.errors import SeriesError
from patchseries.git import Repository
from patchseries.manifest import Manifest
from patchseries.pipeline.session import Session
from patchseries.sources import network
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.plan import Want


def ask_upstreams(session: Session, chosen: Manifest, wanted: Sequence[Want]) -> Upstream:
    """What each tag and branch among *wanted* is at its upstream (or its mirror) now."""
    del chosen
    revisions: dict[tuple[str, str], str | None] = {}
    silent: dict[str, str] = {}
    for url in dict.fromkeys(want.repository for want in wanted):
        names = [w.rev for w in wanted if w.repository == url and not _is_id(w.rev)]
        session.told(f"asking {url}")
        try:
            refs = _refs(session, url) if names else {}
        except SeriesError as error:
            silent[url] = error.cause or error.message
            continue
        for name in names:
            ids = [refs.get(f"refs/{kind}/{name}") for kind in ("tags", "heads")]
            revisions[url, name] = next((i for i in ids if i), None)
    return Upstream(revisions, {}, silent)


def _refs(session: Session, url: str) -> dict[str, str]:
    mirror = mirror_of(url, session.fetching.mirrors)
    if mirror is None:
        cache = session.cache.root
        cache.mkdir(parents=True, exist_ok=True)
        return network.list_refs(url, cache)
    with Repository(mirror) as repository:
        return dict(repository.refs("refs/tags/", "refs/heads/"))


def _is_id(rev: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", rev) is not None

"""Ask the servers what the pinned names mean today, and which releases are new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from patchseries.checks.inputs import ServerAnswers
from patchseries.errors import MachineError, SeriesError, UpstreamError
from patchseries.git import borrowed
from patchseries.manifest import Manifest
from patchseries.manifest.values import is_ref_name
from patchseries.model import CommitId
from patchseries.pipeline.series import Series
from patchseries.pipeline.session import Session
from patchseries.pipeline.trying import NewByLine, releases_after_bases, try_releases
from patchseries.progress import Steps
from patchseries.sources import BranchMove, network
from patchseries.sources.gerrit import Gerrit
from patchseries.sources.history import open_history
from patchseries.sources.mirrors import mirror_of
from patchseries.sources.moves import measured
from patchseries.sources.plan import Want

_REMOTE = "refs/remotes/origin/"
"""Where a mirror that is a clone has the branches of its upstream."""


def ask_upstreams(session: Session, series: Series, wanted: Sequence[Want]) -> ServerAnswers:
    """What each tag and branch among *wanted* is at its upstream (or its mirror) now."""
    chosen = series.manifest
    revisions: dict[tuple[str, str], str | None] = {}
    tags: dict[str, list[str]] = {}
    silent: dict[str, str] = {}
    moves: list[BranchMove] = []
    urls = list(dict.fromkeys(want.repository for want in wanted))
    steps = Steps(session.progress, len(urls))
    for url in urls:
        names = [w.rev for w in wanted if w.repository == url and not (w.sought or _is_id(w.rev))]
        steps.begin(f"asking {url}")
        try:
            refs = _refs(session, url) if names else {}
        except MachineError:
            raise
        except SeriesError as error:
            silent[url] = error.cause or error.message
            continue
        for name in names:
            tag, head = (refs.get(f"refs/{kind}/{name}") for kind in ("tags", "heads"))
            revisions[url, name] = now = tag or head
            pinned = series.lock.pins.get((url, name))
            if pinned and now and pinned != now and not tag:
                moves.append(BranchMove(url, name, pinned, CommitId(now)))
        tags[url] = _tags(refs)
    patchsets = dict(_patchsets(session, chosen, wanted, silent))
    new = {
        name: releases_after_bases(name, project, tags.get(project.repository, []))
        for name, project in chosen.projects.items()
    }
    releases = try_releases(session, series, new)
    return ServerAnswers(revisions, patchsets, silent, releases, measured_moves(session, moves))


def measured_moves(session: Session, moves: Iterable[BranchMove]) -> list[BranchMove]:
    """*moves* with how far each branch went, where the history of its upstream can be had."""
    found: list[BranchMove] = []
    for url, group in groupby(moves, key=lambda move: move.repository):
        mine = list(group)
        having = [commit for move in mine for commit in (move.pinned, move.now) if commit]
        try:
            way = open_history(session.cache, url, session.fetching, having=having)
            with way as history:
                found += measured(mine, history)
        except UpstreamError:
            found += mine
    return found


def upstream_tags(session: Session, url: str) -> list[str]:
    """The tags of the repository *url* (or its mirror) that a manifest may name.

    :raises UpstreamError: it cannot be reached
    """
    session.progress(f"asking {url}")
    return [tag for tag in _tags(_refs(session, url)) if is_ref_name(tag)]


def releases_to_add(session: Session, chosen: Manifest, project: str) -> NewByLine:
    """The point releases that appeared upstream after the bases of *project*: by line.

    :raises UpstreamError: the repository cannot be reached
    """
    if not chosen.projects[project].has_history:
        return {}
    tags = upstream_tags(session, chosen.projects[project].repository)
    return releases_after_bases(project, chosen.projects[project], tags)


def _tags(refs: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("refs/tags/") for name in refs if name.startswith("refs/tags/")]


def _patchsets(
    session: Session, chosen: Manifest, wanted: Sequence[Want], silent: dict[str, str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """The patchset that each Gerrit source names, and the newest there is."""
    projects = {name: p for name, p in chosen.projects.items() if p.gerrit}
    repositories = {want.repository for want in wanted}
    for patch in chosen.patches:
        project = projects.get(patch.project)
        if project is None or project.gerrit is None or project.repository not in repositories:
            continue
        for source in patch.sources:
            if source.change_id is None or source.patchset is None:
                continue
            session.progress(f"asking {project.gerrit}")
            try:
                access = session.fetching.access(project.gerrit)
                change = Gerrit(project.gerrit, access).change(source.change_id)
            except SeriesError as error:
                silent[project.gerrit] = error.cause or error.message
            else:
                yield patch.name, (source.patchset, change.newest.number)


def _refs(session: Session, url: str) -> dict[str, str]:
    mirror = mirror_of(url, session.fetching.mirrors)
    if mirror is None:
        return network.list_refs(url)
    with borrowed(mirror) as repository:
        refs = repository.refs("refs/tags/", "refs/heads/", _REMOTE)
    of_clone = {name.replace(_REMOTE, "refs/heads/", 1): refs[name] for name in refs}
    return {**of_clone, **refs}


def _is_id(rev: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{40}", rev) is not None

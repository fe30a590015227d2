"""What a patch file says of its origin: the DEP-3 fields, from manifest, commit and outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patchseries.git import Commit
from patchseries.lock import Acceptance, Landed
from patchseries.manifest import PatchEntry, Project, Source, SourceKind
from patchseries.model import Outcome
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import PatchHeader, iso_date, message_body
from patchseries.port import PortResult


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a patch is from: its entry in the manifest, and what the lock says of it.

    :ivar landed: where it first landed upstream; None where that is not known
    """

    project: Project
    patch: PatchEntry
    landed: Landed | None


def patch_header(
    origin: Provenance,
    source: Source,
    made: Commit,
    result: PortResult,
    accepted: Acceptance | None,
) -> PatchHeader:
    """The header of the patch file for *origin*, ported from the commit *made* of *source*."""
    project, patch = origin.project, origin.patch
    fields = (
        ("Origin", _origin(patch, source, made)),
        *_source(patch, source, made),
        *_bugs(project, patch),
        ("Forwarded", _forwarded(project, patch)),
        *_applied_upstream(origin.landed),
        ("Last-Update", iso_date(made.committer)),
        *_review(result, accepted),
    )
    return PatchHeader(made.author, made.subject, message_body(made.text), fields)


def kept_header(origin: Provenance, data: bytes) -> bytes:
    """The header of the patch file *data*, a source: as it stands there, and what is known of
    *origin* besides added to it. Nobody is named and no day is given that the file does not say.
    """
    project, patch = origin.project, origin.patch
    tracked = _tracked(patch)
    backport = (("Origin", f"backport, commit:{tracked[0]}"),) if tracked else ()
    sent = patch.change_id and project.gerrit
    forwarded = (("Forwarded", _forwarded(project, patch)),) if sent else ()
    known = (*backport, *_bugs(project, patch), *forwarded, *_applied_upstream(origin.landed))
    return read_header(data).with_fields(known).data


def _source(patch: PatchEntry, source: Source, commit: Commit) -> Iterator[tuple[str, str]]:
    if commit.id not in patch.upstream and source.repository:
        yield "X-Series-Source", _reference(source, commit)


def _bugs(project: Project, patch: PatchEntry) -> Iterator[tuple[str, str]]:
    for bug in patch.bugs:
        if project.bug_url:
            yield "Bug", project.bug_url.replace("{bug}", bug)
        for vendor, url in project.vendor_bug_urls.items():
            yield f"Bug-{vendor}", url.replace("{bug}", bug)


def _applied_upstream(landed: Landed | None) -> Iterator[tuple[str, str]]:
    if landed:
        yield "Applied-Upstream", f"{landed.tag}, commit:{landed.commit}"


def _tracked(patch: PatchEntry) -> list[str]:
    """The upstream commits that are tracked."""
    return [t for t in patch.upstream if not t.startswith("I")]


def _origin(patch: PatchEntry, source: Source, commit: Commit) -> str:
    """DEP-3: an upstream commit as it is, a backport of one, or somebody's that never landed."""
    tracked = _tracked(patch)
    if commit.id in tracked or source.kind is SourceKind.MERGED:
        return f"upstream, commit:{commit.id}"
    if tracked:
        return f"backport, commit:{tracked[0]}"
    return f"other, {_reference(source, commit)}"


def _reference(source: Source, commit: Commit) -> str:
    """Where a commit can be seen; its id where the repository is on no web page."""
    url = (source.repository or "").removesuffix(".git")
    on_the_web = url.startswith(("https://", "http://"))
    return f"{url}/commit/{commit.id}" if on_the_web else f"commit:{commit.id}"


def _forwarded(project: Project, patch: PatchEntry) -> str:
    if project.gerrit and patch.change_id:
        return f"{project.gerrit.rstrip('/')}/q/{patch.change_id}"
    return "not-needed" if patch.upstream else "no"


def _review(result: PortResult, accepted: Acceptance | None) -> tuple[tuple[str, str], ...]:
    """An adapted patch says so until a person has signed it off."""
    if result.outcome is not Outcome.ADAPTED:
        return ()
    how = ", ".join(result.strategies) or "by hand"
    if accepted:
        return (("Reviewed-by", accepted.by), ("X-Series-Adapted", how))
    return (("X-Series-Adapted", f"{how}; not reviewed"),)

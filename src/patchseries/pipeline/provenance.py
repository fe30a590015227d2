"""What a patch file says of its origin: the DEP-3 fields, from manifest, commit and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

from patchseries.git import Commit, Repository, Signature
from patchseries.git.objects import decode
from patchseries.lock import Acceptance, Landed
from patchseries.manifest import PatchEntry, Project, Source
from patchseries.model import CommitId, Outcome
from patchseries.patches.header import (
    PatchHeader,
    iso_date,
    message_body,
    parse_fields,
    split_patch,
)
from patchseries.port import PortResult


def patch_header(
    repository: Repository,
    project: Project,
    patch: PatchEntry,
    source: Source,
    commit: CommitId | None,
    result: PortResult,
    accepted: Acceptance | None,
    landed: Landed | None,
    patch_bytes: Callable[[Source | str], bytes],
) -> PatchHeader:
    """The head of the patch file for *patch*, ported from *commit* (or from a patch file)."""
    review = _review(result, accepted)
    if commit is None:
        own = read_header(patch_bytes(source))
        fields = tuple(f for f in own.fields if f[0] not in dict(review)) + review
        return PatchHeader(own.author, own.subject or patch.name, own.body, fields)
    made = repository.commit(commit)
    fields = (*_fields(project, patch, source, made, landed), *review)
    return PatchHeader(made.author, made.subject, message_body(made.text), fields)


def read_header(data: bytes) -> PatchHeader:
    """The head of a patch file that stands on its own; what it lacks is left empty."""
    head = split_patch(data)[0].partition(b"\n---\n")[0]
    mail = message_from_bytes(head)
    payload = mail.get_payload(decode=True) if mail.keys() else head
    text = decode(payload if isinstance(payload, bytes) else b"")
    fields = parse_fields(text)
    body = "\n".join(
        line for line in text.splitlines() if line.partition(":")[0] not in fields
    ).strip("\n")
    subject = str(make_header(decode_header(mail["Subject"] or "")))
    return PatchHeader(_author(mail["From"], mail["Date"]), subject, body, tuple(fields.items()))


def _author(sender: str | None, date: str | None) -> Signature:
    name, mail = parseaddr(str(make_header(decode_header(sender or ""))))
    try:
        when = parsedate_to_datetime(date or "")
    except ValueError:
        return Signature(name, mail, 0, "+0000")
    return Signature(name, mail, int(when.timestamp()), when.strftime("%z") or "+0000")


def _fields(
    project: Project, patch: PatchEntry, source: Source, commit: Commit, landed: Landed | None
) -> Iterator[tuple[str, str]]:
    yield "Origin", _origin(patch, source, commit)
    if commit.id not in patch.upstream and source.repository:
        yield "X-Series-Source", _reference(source, commit)
    for bug in patch.bugs:
        if project.bug_url:
            yield "Bug", project.bug_url.replace("{bug}", bug)
        for vendor, url in project.vendor_bug_urls.items():
            yield f"Bug-{vendor}", url.replace("{bug}", bug)
    yield "Forwarded", _forwarded(project, patch)
    if landed:
        yield "Applied-Upstream", f"{landed.tag}, commit:{landed.commit}"
    yield "Last-Update", iso_date(commit.committer)


def _origin(patch: PatchEntry, source: Source, commit: Commit) -> str:
    """DEP-3: an upstream commit as it is, a backport of one, or somebody's that never landed."""
    tracked = [t for t in patch.upstream if not t.startswith("I")]
    if commit.id in tracked:
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

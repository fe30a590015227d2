"""What is in the patch files: headers, traps of dpkg-source, sign-offs.

The same bytes serve several bases; they are looked at once, and one finding names the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patchseries.checks import dep3
from patchseries.checks.inputs import CheckedCell, CheckInputs
from patchseries.checks.rule import Where, error, warning
from patchseries.files import sha256
from patchseries.lock import Acceptance
from patchseries.model import Finding, Outcome
from patchseries.patches.dep3 import read_header
from patchseries.patches.dpkg import Profile, guard
from patchseries.patches.header import split_patch

NOT_SIGNED_OFF = error(
    "not-signed-off",
    "an adapted patch was not signed off",
    "git's own merge was not enough, so a person must read the result before it is released.",
    "read it with `series diff`, then `series accept PATCH`",
)
SIGNOFF_STALE = error(
    "signoff-stale",
    "the sign-off is for another diff",
    "The patch changed after it was signed off, and was not reviewed again.",
    "read it with `series diff`, then `series accept PATCH`",
)
SIGNOFF_INVALID = error(
    "signoff-invalid",
    "a sign-off does not say who and when",
    "A sign-off has a person as `Name <mail>` and a day as YYYY-MM-DD.",
    "sign it off with `series accept PATCH`",
)
REVIEW_HEADER = error(
    "review-header",
    "a patch header and the lock disagree on the review",
    "An adapted patch says so in its header until it is signed off, and then by whom; the "
    "package carries the header, not the lock.",
    "run `series rebase`",
)
OWN_MISSING = error(
    "own-missing",
    "an own patch is missing",
    "The manifest names a file of patches/own that does not exist.",
    "restore it, or take it out of the manifest",
)
OWN_REASON = error(
    "own-reason",
    "an own patch gives no reason",
    "A change of our own must say why it exists, or nobody knows when to drop it. This applies "
    "to fixups and to files in patches/own, not to patches carried from elsewhere.",
    "say in its header what was wrong and how the patch fixes it",
)
OWN_UNNAMED = warning(
    "own-unnamed",
    "no manifest names a file of patches/own",
    "It is not part of any package.",
    "name it in `fixups` or as a source, or remove it",
)

RULES = (
    NOT_SIGNED_OFF,
    SIGNOFF_STALE,
    SIGNOFF_INVALID,
    REVIEW_HEADER,
    OWN_MISSING,
    OWN_REASON,
    OWN_UNNAMED,
)

_WORDS_OF_A_REASON = 5


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """Everything about headers, traps and sign-offs."""
    yield from _patch_files(inputs)
    for place in inputs.places:
        yield from _review(inputs, place)
        applied = place.target.application(place.name)
        for finding in applied.links if applied else ():
            words = f"{place}: {finding.file}: {finding.message}"
            yield replace(finding, message=words, file=place.path(place.main), base=place.base)
    yield from _own(inputs)


def _patch_files(inputs: CheckInputs) -> Iterator[Finding]:
    profile = Profile(inputs.manifest.series.profile or Profile.CURRENT)
    for (name, data), places in _distinct(inputs).items():
        first, *others = places
        more = f" (the same on {', '.join(p.base for p in others)})" if others else ""
        kind = dep3.Kind.FIXUP if name != first.main else _kind(first)
        for finding in _of_bytes(first, name, data, profile, kind):
            base = None if others else first.base
            yield replace(finding, message=finding.message + more, base=base)
        for place in places:
            if name == place.main:
                yield from _review_header(place, data)


def _distinct(inputs: CheckInputs) -> dict[tuple[str, bytes], list[CheckedCell]]:
    """The places of each patch file, by its name and bytes."""
    found: dict[tuple[str, bytes], list[CheckedCell]] = {}
    for place in inputs.places:
        for name in place.names.all:
            data = place.target.files.get(name)
            if data is not None:
                found.setdefault((name, data), []).append(place)
    return found


def _kind(place: CheckedCell) -> dep3.Kind:
    source = place.patch.source_for(place.base)
    carried = source and (source.file or source.url)
    return dep3.Kind.CARRIED if carried else dep3.Kind.PORTED


def _of_bytes(
    place: CheckedCell, name: str, data: bytes, profile: Profile, kind: dep3.Kind
) -> Iterator[Finding]:
    path = place.path(name)
    for finding in guard(place.name, data, profile):
        where = f"{finding.file}: " if finding.file else ""
        words = f"{place}, {name}: {where}{finding.message}"
        yield replace(finding, message=words, file=path)
    for rule, line, words in dep3.problems(data, kind):
        yield rule.finding(f"{place}, {name}: {words}", patch=place.name, file=path, line=line)


def _review(inputs: CheckInputs, place: CheckedCell) -> Iterator[Finding]:
    cell = place.cell
    if cell is None:
        return
    where: Where = {"patch": place.name, "file": inputs.lock_file, "base": place.base}
    line = inputs.lock_line(place.name, place.base)
    if cell.accepted is None:
        if cell.outcome is Outcome.ADAPTED:
            how = ", ".join(cell.strategies) or "by hand"
            yield NOT_SIGNED_OFF.finding(f"{place} was adapted ({how})", line=line, **where)
        return
    accepted = cell.accepted
    if not (dep3.is_person(accepted.by) and dep3.is_day(accepted.on)):
        words = f"{place} was accepted by {accepted.by!r} on {accepted.on!r}"
        yield SIGNOFF_INVALID.finding(words, line=line, **where)
    data = place.target.files.get(place.main)
    if data is not None and sha256(split_patch(data)[1]) != accepted.diff:
        words = f"{place}: {accepted.by} accepted another diff on {accepted.on}"
        yield SIGNOFF_STALE.finding(words, line=line, **where)


def _review_header(place: CheckedCell, data: bytes) -> Iterator[Finding]:
    cell = place.cell
    if cell is None or not cell.outcome.makes_patch:
        return
    if _kind(place) is dep3.Kind.CARRIED:  # the header of a patch file is never written to
        return
    fields = read_header(data).fields
    marks = [f.value for f in fields if f.name == "X-Series-Adapted"]
    reviewers = [f.value for f in fields if f.name == "Reviewed-by"]
    words = _disagreement(cell.outcome, cell.accepted, marks, reviewers)
    if words:
        yield REVIEW_HEADER.finding(
            f"{place}: {words}", patch=place.name, file=place.path(place.main), base=place.base
        )


def _disagreement(
    outcome: Outcome, accepted: Acceptance | None, marks: list[str], reviewers: list[str]
) -> str | None:
    if outcome is not Outcome.ADAPTED:
        return "its header says adapted, the lock does not" if marks else None
    if not marks:
        return "the lock says adapted, its header does not"
    waiting = marks[-1].endswith("not reviewed")
    if accepted is None:
        return None if waiting else "its header says reviewed, the lock does not"
    if waiting:
        return f"its header says not reviewed, the lock says by {accepted.by}"
    return None if accepted.by in reviewers else f"its header does not name {accepted.by}"


def _own(inputs: CheckInputs) -> Iterator[Finding]:
    fixups = {name for patch in inputs.manifest.patches for name in patch.fixups_in_use}
    users = {
        name: patch.name
        for patch in inputs.manifest.patches
        for name in (*patch.fixups_in_use, *(s.file for s in patch.sources if s.file))
    }
    for name, data in inputs.own.items():
        where: Where = {"patch": users.get(name), "file": f"patches/{name}"}
        if data is None:
            yield OWN_MISSING.finding(f"there is no patches/{name}", **where)
        elif (name in fixups or name.startswith("own/")) and not _has_reason(data):
            yield OWN_REASON.finding(f"patches/{name} does not say why it is needed", **where)
    for name in inputs.unnamed:
        yield OWN_UNNAMED.finding(f"no manifest names patches/{name}", file=f"patches/{name}")


def _has_reason(data: bytes) -> bool:
    """Whether the header says more than its one-line summary."""
    header = read_header(data)
    return len(header.body.split()) >= _WORDS_OF_A_REASON

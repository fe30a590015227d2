"""What a patch's header says of where the patch came from: ids of commits and of changes.

Only what it says: whether it is so is asked of the history (:mod:`patchseries.imports.origin`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from patchseries.landed.message import links
from patchseries.model import ChangeId
from patchseries.patches.dep3 import Header, read_header

_COMMIT_URL = re.compile(
    r"(?:commits?|c|rev|patch)[/:=]{1,3}[^\s/]{0,1}?([0-9a-f]{7,40})(?![0-9a-z])"
    r"|[?;&](?:id|h)=([0-9a-f]{7,40})(?![0-9a-z])"
    r"|/\+/([0-9a-f]{40})(?![0-9a-z])"
    r"|/commit/\?[^\s]{0,200}?id=([0-9a-f]{7,40})(?![0-9a-z])",
    re.I,
)
"""A commit's id in a URL, or after ``commit:`` as DEP-3 has it."""
_BARE = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{12,40}(?![0-9a-zA-Z])")
"""An id by itself; shorter ones are easily part of something else."""
_UPSTREAM_COMMIT = re.compile(
    r"\bbackport(?:ed|s)?[ \t]+(?:of|from)[ \t]+(?:upstream[ \t]+)?(?:commit[ \t:]+)?"
    r"([0-9a-f]{7,40})\b"
    r"|\bcommit[ \t]+([0-9a-f]{7,40})[ \t]+upstream\b"
    r"|\bupstream[ \t]+commit:?[ \t]+([0-9a-f]{7,40})\b",
    re.I,
)
_FROM_LINE = re.compile(rb"(?:From|commit) ([0-9a-f]{40})(?:[ \r\n]|$)")
_FIELDS = ("Origin", "Applied-Upstream", "Git-commit")
"""The last one is SUSE's."""
_WEAK_FIELDS = ("Forwarded", "Bug")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a header says: a commit's id (perhaps abbreviated) or a Change-Id, and where.

    ``is_plain``: it says so in words that mean just this; other places merely name a commit.
    """

    where: str
    commit: str | None = None
    change_id: ChangeId | None = None
    is_plain: bool = True


def claims_of(patch: bytes) -> tuple[Claim, ...]:
    """What the header of *patch* says, the plainest first.

    >>> [c.commit for c in claims_of(b"Origin: upstream, commit:0123456789ab\\n")]
    ['0123456789ab']
    >>> [(c.where, c.is_plain) for c in claims_of(b"See https://h.invalid/commit/0123456789\\n")]
    [('a URL in its text', False)]
    """
    header = read_header(patch)
    text = header.data.decode("utf-8", "replace")
    said = links(text)
    found = [Claim("Change-Id in its header", change_id=change) for change in said.change_ids]
    named = [_id(match) for match in _UPSTREAM_COMMIT.finditer(text)]
    picks = [pick for pick in said.picked_from if pick not in named]
    found += [Claim("'cherry picked from' in its header", pick) for pick in picks]
    found += _of_fields(header)
    found += [Claim("'upstream commit' in its text", commit) for commit in named]
    if first := _FROM_LINE.match(header.data):
        found.append(Claim("the first line of its mail", first[1].decode()))
    reverted = set(said.reverts)
    for match in _COMMIT_URL.finditer(text):
        found.append(Claim("a URL in its text", _id(match), is_plain=False))
    kept: dict[tuple[str | None, str | None], Claim] = {}
    for claim in sorted(found, key=lambda claim: not claim.is_plain):
        if claim.commit not in reverted and set(claim.commit or "x") != {"0"}:
            kept.setdefault((claim.commit, claim.change_id), claim)
    return tuple(kept.values())


def _of_fields(header: Header) -> Iterator[Claim]:
    for field in header.fields:
        if field.name in _FIELDS:
            vendor = re.match(r"\s*(?:vendor|other)\b", field.value, re.I)
            ids = [_id(m) for m in _COMMIT_URL.finditer(field.value)]
            ids += _BARE.findall(field.value)
            for known in dict.fromkeys(ids):
                yield Claim(f"its {field.name} field", known, is_plain=not vendor)
        elif field.name in _WEAK_FIELDS or field.name.startswith("Bug-"):
            for match in _COMMIT_URL.finditer(field.value):
                yield Claim(f"its {field.name} field", _id(match), is_plain=False)


def _id(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group).lower()

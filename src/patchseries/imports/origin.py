"""Where a patch came from: the upstream change that it is, and how that is known.

What a header says counts when the history agrees; what the diff shows counts by itself. What is
neither is a doubt, for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from patchseries.git import Repository
from patchseries.imports.claims import Claim, claims_of
from patchseries.landed.changedlines import (
    ChangedLines,
    changed_lines,
    lines_in_history,
    lines_of_commit,
)
from patchseries.landed.evidence import same_person
from patchseries.landed.index import HistoryIndex, Indexed
from patchseries.model import ChangeId, CommitId
from patchseries.patches.dep3 import Header, read_header
from patchseries.patches.header import split_patch

_AGREES = 0.2
"""The share of a patch's lines that a commit must have for the header's plain word to count."""
_MOSTLY = 0.5
"""The share that is needed besides a mere mention, or the same subject or author."""
_NEARLY_ALL = 0.9
"""The share that counts without any word, of a patch of at least as many telling lines:"""
_FEW = 8
_DOUBT = 0.75
"""The share from which a person is told of a likeness that has no word for it."""
_LITTLE = 30
"""Bytes of telling lines below which even the same lines may be chance."""
_SUBJECT_TAG = re.compile(r"^(?:\s*\[[^\]]{0,80}\])+\s*")


@dataclass(frozen=True, slots=True)
class UpstreamOrigin:
    """The upstream change that a patch is.

    :param commit: the commit in the project's history, when it was found there
    :param change_id: its Change-Id, or the one that the header names
    :param evidence: how it is known, in words
    :param is_doubtful: a person must decide
    """

    commit: CommitId | None
    change_id: ChangeId | None
    evidence: str
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class PatchText:
    """A patch to find the origin of: its name, its bytes, its strip level."""

    name: str
    data: bytes
    strip: int = 1


@dataclass(frozen=True)
class KnownHistory:
    """The history that is asked: its index, its repository, and the refs of its main branch.

    ``base`` is the commit that the patches are made for: what it contains is no origin of theirs.
    """

    index: HistoryIndex
    repository: Repository
    main: int
    base: CommitId | None = None

    @cached_property
    def has_files(self) -> bool:
        """Whether the commits' files are here, too."""
        tips = [self.base] if self.base else list(self.repository.refs("refs/heads/").values())[:1]
        return bool(tips) and self.repository.has(self.repository.commit(tips[0]).tree)

    def preferred(self, commits: Sequence[Indexed]) -> Indexed:
        """Of several commits that are the same change: the main branch's, then the first."""
        return min(commits, key=lambda entry: (not entry.refs & self.main, entry.number))


def find_origins(
    patches: Sequence[PatchText], history: KnownHistory | None
) -> dict[str, UpstreamOrigin | None]:
    """The origin of each patch, by name; None where nothing tells of one.

    :param history: None: what the headers say is all that there is
    """
    if history is None:
        return {patch.name: _as_said(claims_of(patch.data)) for patch in patches}
    asked = [_Inquiry(patch, history) for patch in patches]
    if history.has_files:
        _scan(asked, history)
    return {inquiry.patch.name: inquiry.answer() for inquiry in asked}


def _as_said(claims: Sequence[Claim]) -> UpstreamOrigin | None:
    """The origin by the header alone."""
    plain = [c for c in claims if c.is_plain and not c.where.startswith("the first line")]
    for claim in plain:
        commit = CommitId(claim.commit) if claim.commit and len(claim.commit) == 40 else None
        if claim.change_id or commit:
            doubtful = len([c for c in plain if c.change_id]) > 1
            return UpstreamOrigin(
                commit, claim.change_id, f"{claim.where}, not looked up", doubtful
            )
    for claim in claims:
        if claim.commit:
            return UpstreamOrigin(
                None, None, f"{claim.where} names {claim.commit}, not looked up", True
            )
    return None


def _scan(asked: Sequence[_Inquiry], history: KnownHistory) -> None:
    """Show each inquiry the commits that change its files."""
    by_path: dict[str, list[_Inquiry]] = {}
    for inquiry in asked:
        for path in inquiry.lines.by_path:
            by_path.setdefault(path, []).append(inquiry)
    tips = sorted(set(history.repository.refs("refs/heads/", "refs/remotes/origin/").values()))
    tips += sorted(set(history.repository.refs("refs/tags/").values()))
    without = [history.base] if history.base else []
    for commit, lines in lines_in_history(history.repository, tips, without, sorted(by_path)):
        concerned = {id(q): q for path in lines.by_path for q in by_path.get(path, ())}
        for inquiry in concerned.values():
            inquiry.see(commit, lines)


class _Inquiry:
    """One patch, and what the history has shown of it so far."""

    def __init__(self, patch: PatchText, history: KnownHistory) -> None:
        self.patch = patch
        self.lines: ChangedLines = changed_lines(split_patch(patch.data)[1], patch.strip)
        self._history = history
        self._header: Header = read_header(patch.data)
        self._same: list[CommitId] = []
        self._alike: dict[CommitId, float] = {}

    def see(self, commit: CommitId, lines: ChangedLines) -> None:
        """Remember *commit*, which changes *lines* in this patch's files, if it is like it."""
        share = self.lines.share_in(lines)
        is_same = self.lines.is_same_in(lines)
        if max(share, is_same) < _MOSTLY or self._history.index.get(commit) is None:
            return  # not like it; or on a branch that is newer than the index
        if is_same:
            self._same.append(commit)
        is_large = lines.size > 3 * self.lines.size
        self._alike[commit] = share if not is_large else min(share, _NEARLY_ALL - 0.01)

    def answer(self) -> UpstreamOrigin | None:
        """The best origin that was found."""
        found = [*self._by_claims(), *self._by_diff(), *self._by_words()]
        sure = [one for one in found if not one.is_doubtful]
        return next(iter([*sure, *found]), None)

    def _by_claims(self) -> Iterator[UpstreamOrigin]:
        """What the header says, where the history agrees."""
        for claim in claims_of(self.patch.data):
            entries = self._named(claim)
            if not entries:
                if claim.change_id:
                    yield UpstreamOrigin(
                        None, claim.change_id, f"{claim.where}; the history does not have it"
                    )
                continue
            shares = {entry.commit: self._share(entry) for entry in entries}
            best = max((s for s in shares.values() if s is not None), default=None)
            chosen = self._history.preferred(
                [e for e in entries if best is None or shares[e.commit] == best]
            )
            needed = _AGREES if claim.is_plain else _MOSTLY
            words = f"{claim.where}{_words(best)}"
            agrees = claim.is_plain if best is None else best >= needed
            yield self._origin(chosen, words, doubtful=not agrees)

    def _named(self, claim: Claim) -> list[Indexed]:
        index = self._history.index
        if claim.change_id:
            return index.by_change(claim.change_id)
        entry = index.get(claim.commit or "")
        return [index.merged_tip(entry) or entry] if entry else []

    def _by_diff(self) -> Iterator[UpstreamOrigin]:
        """Commits with the very same lines, or nearly all of them."""
        if same := self._entries(self._same):
            little = sum(map(len, self.lines.telling)) < _LITTLE
            words = "the same lines in the same files"
            yield self._origin(self._history.preferred(same), words, doubtful=little)
        best = max(self._alike.values(), default=0.0)
        for entry in self._entries([c for c, share in self._alike.items() if share == best])[:1]:
            known = self._says_the_same(entry)
            words = f"{known or 'only its diff'}{_words(best)}"
            enough = bool(known) or (best >= _NEARLY_ALL and self.lines.size >= _FEW)
            if enough or best >= _DOUBT:
                yield self._origin(entry, words, doubtful=not enough)

    def _by_words(self) -> Iterator[UpstreamOrigin]:
        """Commits of the same subject, which their diff does not confirm."""
        subject = _SUBJECT_TAG.sub("", self._header.subject).strip()
        entries = self._history.index.by_subject(subject) if subject else []
        entries = [entry for entry in entries if not self._is_in_base(entry)]
        for entry in entries:
            share = self._share(entry)
            words = f"{self._says_the_same(entry) or 'the same subject'}{_words(share)}"
            yield self._origin(entry, words, doubtful=share is None or share < _MOSTLY)

    def _entries(self, commits: Sequence[CommitId]) -> list[Indexed]:
        """*commits* as the index has them, the preferred first."""
        found = [entry for commit in commits if (entry := self._history.index.get(commit))]
        first = self._history.preferred(found) if found else None
        return sorted(found, key=lambda entry: entry is not first)

    def _says_the_same(self, entry: Indexed) -> str:
        """Which of author and subject the patch has in common with a commit, in words."""
        subject = _SUBJECT_TAG.sub("", self._header.subject).strip()
        author = self._header.author
        same = []
        if author and same_person(f"{author[0]} <{author[1]}>", entry.author):
            same.append("author")
        if subject and subject == entry.subject:
            same.append("subject")
        return f"the same {' and '.join(same)}" if same else ""

    def _is_in_base(self, entry: Indexed) -> bool:
        base = self._history.index.get(self._history.base) if self._history.base else None
        return base is not None and self._history.index.is_ancestor(entry, base)

    def _share(self, entry: Indexed) -> float | None:
        if not self._history.has_files or not self.lines.size:
            return None
        theirs = lines_of_commit(self._history.repository, entry.commit)
        return None if theirs is None else self.lines.share_in(theirs)

    def _origin(self, entry: Indexed, words: str, *, doubtful: bool) -> UpstreamOrigin:
        changes = self._history.index.change_ids(entry)
        change = changes[0] if len(changes) == 1 else None
        return UpstreamOrigin(entry.commit, change, words, doubtful)


def _words(share: float | None) -> str:
    """How much of the patch a commit has, in words."""
    return "" if share is None else f"; {round(share * 100)} % of its lines"


Origins = Mapping[str, UpstreamOrigin | None]
"""The origins of patches, by the patches' names."""

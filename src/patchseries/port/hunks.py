"""The hunk resolver: what *theirs changes* is carried over, hunk by hunk.

Pure: texts in, a merged text and what was done out. A region (both sides changed the same
lines) gets candidates from rules, each with a name; the first by evidence is taken, the
others are kept for a person to see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from patchseries.port.lines import Edit, edits
from patchseries.port.merge3 import Region, join
from patchseries.port.words import counterparts, merge_words

_IMPORT = re.compile(r"(?:import|from)\s+[\w.]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to settle a region: the rule that made it, and its lines."""

    rule: str
    lines: tuple[str, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """The three texts and what each side did to the base."""

    base: list[str]
    ours: list[str]
    theirs: list[str]
    our_edits: list[Edit]
    their_edits: list[Edit]

    @classmethod
    def of(cls, base: list[str], ours: list[str], theirs: list[str]) -> Texts:
        """Compare both sides with the base."""
        return cls(base, ours, theirs, edits(base, ours), edits(base, theirs))


@dataclass(frozen=True, slots=True)
class Open:
    """A region that stays open, with what was proposed for it."""

    region: Region
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """A merged text (``open`` regions left at the target's lines) and how it came about."""

    lines: list[str]
    rules: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    chosen: tuple[tuple[Region, Candidate, tuple[Candidate, ...]], ...] = field(default=())
    open: tuple[Open, ...] = ()


def resolve(base: list[str], ours: list[str], theirs: list[str]) -> Resolution:
    """Carry what *theirs* changed in *base* over to *ours*."""
    texts = Texts.of(base, ours, theirs)
    lines: list[str] = []
    rules: list[str] = []
    dropped: list[str] = []
    chosen = []
    left = []
    for piece in join(base, ours, theirs, texts.our_edits, texts.their_edits):
        if not isinstance(piece, Region):
            lines.extend(piece)
            continue
        found = candidates(texts, piece)
        if not found:
            left.append(Open(piece, ()))
            lines.extend(piece.ours.of(ours))
            continue
        best = found[0]
        lines.extend(best.lines)
        rules.append(best.rule)
        dropped.extend(best.dropped)
        chosen.append((piece, best, tuple(found)))
    return Resolution(lines, tuple(dict.fromkeys(rules or ["adjacent"])), tuple(dropped),
                      tuple(chosen), tuple(left))  # fmt: skip


def candidates(texts: Texts, region: Region) -> list[Candidate]:
    """What the rules propose for *region*, the best first, no text twice."""
    found: dict[tuple[str, ...], Candidate] = {}
    for rule in (_imports, _already_in, _both_added, _words, _weave_after, _weave_before):
        made = rule(texts, region)
        if made is not None:
            found.setdefault(made.lines, made)
    return list(found.values())


def _imports(texts: Texts, region: Region) -> Candidate | None:
    """A block of one-line imports is a sorted set."""
    base, ours, theirs = (
        span.of(lines)
        for span, lines in (
            (region.base, texts.base),
            (region.ours, texts.ours),
            (region.theirs, texts.theirs),
        )
    )
    if not all(_IMPORT.match(line) for line in (*base, *ours, *theirs)):
        return None
    merged = [line for line in ours if line in theirs or line not in base]
    for line in theirs:
        if line not in base and line not in merged:
            merged.append(line)
            merged.sort(key=_import_key)
    return Candidate("imports", tuple(merged))


def _import_key(line: str) -> str:
    return re.sub(r"^(?:import|from)\s+([\w.]+)(?:\s+import\s+)?", r"\1.", line).lower()


def _already_in(texts: Texts, region: Region) -> Candidate | None:
    """All that theirs adds stands in ours already, and all that it removes is gone."""
    base, ours, theirs = (
        region.base.of(texts.base),
        region.ours.of(texts.ours),
        region.theirs.of(texts.theirs),
    )
    added = [line for line in theirs if line not in base and line.strip()]
    removed = [line for line in base if line not in theirs and line.strip()]
    if not added or not _holds(ours, added) or any(line in ours for line in removed):
        return None
    return Candidate("already-in", tuple(ours))


def _holds(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in wanted)


def _both_added(texts: Texts, region: Region) -> Candidate | None:
    """Both sides put lines on the same spot: what one has of the other is not repeated."""
    if region.base.low != region.base.high:
        return None
    ours, theirs = region.ours.of(texts.ours), region.theirs.of(texts.theirs)
    if _holds(theirs, ours):
        return Candidate("same-spot", tuple(theirs))
    if _holds(ours, theirs):
        return Candidate("already-in", tuple(ours))
    return None


def _words(texts: Texts, region: Region) -> Candidate | None:
    """A merge of words over the whole region, when both sides kept most of it."""
    base, ours, theirs = (
        region.base.of(texts.base),
        region.ours.of(texts.ours),
        region.theirs.of(texts.theirs),
    )
    if not base or not ours:
        return None
    merged = merge_words("".join(base), "".join(ours), "".join(theirs))
    return None if merged is None else Candidate("words", (merged,))


def _weave_after(texts: Texts, region: Region) -> Candidate | None:
    return _weave(texts, region, ours_first=True)


def _weave_before(texts: Texts, region: Region) -> Candidate | None:
    return _weave(texts, region, ours_first=False)


def _weave(texts: Texts, region: Region, *, ours_first: bool) -> Candidate | None:
    """Their edits of a region one by one, each at the counterpart of its base lines in ours.

    ``ours_first``: where both added lines on one spot, ours come first.
    """
    base = region.base.of(texts.base)
    ours = region.ours.of(texts.ours)
    theirs = region.theirs.of(texts.theirs)
    to_ours = counterparts(base, ours)
    to_base = {new: old for old, new in counterparts(base, theirs).items()}
    out: list[str] = []
    dropped: list[str] = []
    emitted = 0
    for at, line in enumerate(theirs):
        old = to_base.get(at)
        if old is None:
            if ours_first:
                stop = _next_counterpart(at, theirs, to_base, to_ours, len(ours))
                out.extend(ours[emitted:stop])
                emitted = max(emitted, stop)
            if _inside_missing(texts, region, at, to_base, to_ours):
                dropped.append(line)
            else:
                out.append(line)
            continue
        here = to_ours.get(old)
        if here is None:
            if line != base[old]:
                dropped.append(line)
            continue
        out.extend(ours[emitted:here])
        emitted = here + 1
        merged = merge_words(base[old], ours[here], line)
        if merged is None:
            return None
        out.append(merged)
    gone = {to_ours[old] for old in to_ours if old not in to_base.values()}
    kept = _without(out, ours, emitted, gone)
    name = "dropped" if dropped and kept == ours else "weave"
    return Candidate(name, tuple(kept), tuple(dropped))


def _without(out: list[str], ours: list[str], emitted: int, gone: set[int]) -> list[str]:
    out.extend(line for at, line in enumerate(ours) if at >= emitted)
    for at in sorted(gone, reverse=True):
        if ours[at] in out:
            out.remove(ours[at])
    return out


def _next_counterpart(
    at: int, theirs: Sequence[str], to_base: dict[int, int], to_ours: dict[int, int], end: int
) -> int:
    for later in range(at + 1, len(theirs)):
        here = to_ours.get(to_base.get(later, -1))
        if here is not None:
            return here
    return end


def _inside_missing(
    texts: Texts, region: Region, at: int, to_base: dict[int, int], to_ours: dict[int, int]
) -> bool:
    """Whether the line stands in a block whose head is in the base but not in ours."""
    where = region.theirs.low + at
    while True:
        head = _head(texts.theirs, where)
        if head is None or head < region.theirs.low:
            return False
        old = to_base.get(head - region.theirs.low)
        if old is None:
            where = head
            continue
        return old not in to_ours


def _head(lines: Sequence[str], at: int) -> int | None:
    """The line that opens the block of ``lines[at]``, by indentation."""
    depth = _indent(lines[at])
    if not lines[at].strip():
        return None
    for before in range(at - 1, -1, -1):
        if lines[before].strip() and _indent(lines[before]) < depth:
            return before
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())

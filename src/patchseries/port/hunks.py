"""The hunk resolver: what *theirs changes* is carried over, hunk by hunk.

Pure: texts in, a merged text and what was done out. A region (both sides changed the same
lines) gets candidates from rules, each with a name; the first by evidence is taken, the
others are kept for a person to see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from patchseries.port import evidence
from patchseries.port.lines import Edit, edits
from patchseries.port.moved import follow_moves
from patchseries.port.merge3 import Region, join
from patchseries.port.words import counterparts, merge_words
from patchseries.port.wrap import fit

_IMPORT = re.compile(r"(?:import|from)\s+[\w.]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to settle a region: the rule that made it, and its lines."""

    rule: str
    lines: tuple[str, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    """The three texts and what each side did to the base."""

    base: list[str]
    ours: list[str]
    theirs: list[str]
    our_edits: list[Edit]
    their_edits: list[Edit]

    @cached_property
    def to_base(self) -> dict[int, int]:
        """Their untouched lines: position in theirs → in the base."""
        return {new: old for old, new in _untouched(self.their_edits, len(self.base))}

    @cached_property
    def to_ours(self) -> dict[int, int]:
        """Our untouched lines: position in the base → in ours."""
        return dict(_untouched(self.our_edits, len(self.base)))

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


def resolve(
    base: list[str],
    ours: list[str],
    theirs: list[str],
    sound: Callable[[list[str]], bool] = lambda _: True,
) -> Resolution:
    """Carry what *theirs* changed in *base* over to *ours*.

    :param sound: whether a text can stand (it parses); a candidate that breaks it is not taken
    """
    theirs = _without_known(base, ours, theirs)
    texts = follow(Texts.of(base, ours, theirs))
    pieces = join(base, texts.ours, texts.theirs, texts.our_edits, texts.their_edits)
    regions = [piece for piece in pieces if isinstance(piece, Region)]
    proposed = [candidates(texts, region) for region in regions]
    picks = _pick(pieces, proposed, sound)
    chosen = [found[pick] for found, pick in zip(proposed, picks, strict=True)]
    rules = [made.rule for made in chosen] or ["adjacent"]
    return Resolution(
        _filled(pieces, chosen),
        tuple(dict.fromkeys(rules)),
        tuple(line for made in chosen for line in made.dropped),
        tuple(zip(regions, chosen, map(tuple, proposed), strict=True)),
    )


def follow(texts: Texts) -> Texts:
    """*texts* with the edits to code that stands elsewhere in ours made there."""
    made = follow_moves(
        texts.base, texts.ours, texts.theirs, texts.their_edits, texts.to_ours.keys()
    )
    return Texts.of(texts.base, *made) if made else texts


def _pick(
    pieces: Sequence[list[str] | Region],
    proposed: Sequence[Sequence[Candidate]],
    sound: Callable[[list[str]], bool],
) -> list[int]:
    """The candidate of each region: the first, unless the text is sound only with another."""
    picks = [0] * len(proposed)

    def text() -> list[str]:
        return _filled(pieces, [found[n] for found, n in zip(proposed, picks, strict=True)])

    if not proposed or sound(text()):
        return picks
    for at, found in enumerate(proposed):
        for other in range(1, len(found)):
            picks[at] = other
            if sound(text()):
                return picks
        picks[at] = 0
    return picks


def _filled(
    pieces: Sequence[list[str] | Region], chosen: Sequence[Candidate]
) -> list[str]:
    made = iter(chosen)
    return [
        line
        for piece in pieces
        for line in (next(made).lines if isinstance(piece, Region) else piece)
    ]


def _without_known(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """*theirs* without the imports that it adds and ours has already."""
    known = {line for line in ours if _IMPORT.match(line)} - set(base)
    if not known.intersection(theirs):
        return theirs
    return [line for line in theirs if line not in known]


def candidates(texts: Texts, region: Region) -> list[Candidate]:
    """What the rules propose for *region*, the best first, no text twice."""
    found: dict[tuple[str, ...], Candidate] = {}
    for rule in RULES:
        made = rule(texts, region)
        if made is not None:
            found.setdefault(made.lines, made)
    texts_of = (region.base.of(texts.base), region.ours.of(texts.ours), region.theirs.of(texts.theirs))
    wanted = evidence.order(*texts_of)
    rank = {rule: at for at, rule in enumerate(wanted)}
    return sorted(found.values(), key=lambda made: rank.get(made.rule, len(wanted)))


def _imports(texts: Texts, region: Region) -> Candidate | None:
    """A block of one-line imports is a sorted set: what theirs adds goes to its place."""
    base, ours, theirs = (
        region.base.of(texts.base),
        region.ours.of(texts.ours),
        region.theirs.of(texts.theirs),
    )
    added = [line for line in theirs if line not in base]
    removed = [line for line in base if line not in theirs]
    if not added or not all(_IMPORT.match(line) for line in (*added, *removed)):
        return None
    merged = [line for line in ours if line not in removed]
    for line in added:
        if line not in merged:
            merged.insert(_import_place(merged, line), line)
    return Candidate("imports", tuple(merged))


def _import_place(lines: Sequence[str], new: str) -> int:
    """Where *new* stands among the imports of *lines*: in the block of its package, in order."""
    imports = [at for at, line in enumerate(lines) if _IMPORT.match(line)]
    package = _import_key(new).partition(".")[0]
    kin = [at for at in imports if _import_key(lines[at]).partition(".")[0] == package]
    among = kin or imports
    later = [at for at in among if _import_key(lines[at]) > _import_key(new)]
    return later[0] if later else among[-1] + 1 if among else len(lines)


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
    if merged is None:
        return None
    return Candidate("words", (fit(merged, (*base, *ours, *theirs)),))


def _weave_after(texts: Texts, region: Region) -> Candidate | None:
    return _weave(texts, region, ours_first=True)


def _weave_before(texts: Texts, region: Region) -> Candidate | None:
    return _weave(texts, region, ours_first=False)


def _slid(texts: Texts, region: Region) -> Candidate | None:
    """Theirs only adds, and the addition can stand at an edge of what ours changed."""
    base, ours, theirs = (
        region.base.of(texts.base),
        region.ours.of(texts.ours),
        region.theirs.of(texts.theirs),
    )
    added = len(theirs) - len(base)
    if not base or added <= 0:
        return None
    if theirs[added:] == base:
        return Candidate("missing-neighbour", (*theirs[:added], *ours))
    if theirs[: len(base)] == base:
        return Candidate("missing-neighbour", (*ours, *theirs[len(base) :]))
    return None


def align(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which line of *new* is which of *old*: equal ones, and like ones where lines were replaced."""
    found: dict[int, int] = {}
    at = start = 0
    for edit in [*edits(old, new), Edit(len(old), len(old), len(new), len(new))]:
        found.update(zip(range(at, edit.low), range(start, edit.start), strict=True))
        replaced = counterparts(old[edit.low : edit.high], new[edit.start : edit.end])
        found.update((edit.low + a, edit.start + b) for a, b in replaced.items())
        at, start = edit.high, edit.end
    return found


def _weave(texts: Texts, region: Region, *, ours_first: bool) -> Candidate | None:
    """Their edits of a region one by one, each at the counterpart of its base lines in ours.

    ``ours_first``: where both added lines on one spot, ours come first.
    """
    base = region.base.of(texts.base)
    ours = region.ours.of(texts.ours)
    theirs = region.theirs.of(texts.theirs)
    to_ours = align(base, ours)
    to_theirs = align(base, theirs)
    to_base = {new: old for old, new in to_theirs.items()}
    gone = {here for old, here in to_ours.items() if old not in to_theirs}
    out: list[str] = []
    dropped: list[str] = []
    emitted = 0

    def emit_ours(stop: int) -> None:
        nonlocal emitted
        out.extend(ours[at] for at in range(emitted, stop) if at not in gone)
        emitted = max(emitted, stop)

    for at, line in enumerate(theirs):
        old = to_base.get(at)
        if old is None:
            if ours_first:
                emit_ours(_next_counterpart(at, theirs, to_base, to_ours, len(ours)))
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
        emit_ours(here)
        emitted = here + 1
        merged = merge_words(base[old], ours[here], line)
        if merged is None:
            return None
        out.append(fit(merged, (base[old], ours[here], line)))
    emit_ours(len(ours))
    name = "dropped" if dropped and out == ours else "weave"
    return Candidate(name, tuple(out), tuple(dropped))


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
    theirs = texts.theirs
    where = region.theirs.low + at
    while where < region.theirs.high - 1 and not theirs[where].strip():
        where += 1  # a blank line goes with what follows it
    while (head := _head(theirs, where)) is not None:
        if head >= region.theirs.low:
            old = to_base.get(head - region.theirs.low)
            if old is not None:
                return old not in to_ours
        elif head in texts.to_base:
            return texts.to_base[head] not in texts.to_ours
        where = head
    return False


def _untouched(side: Sequence[Edit], end: int) -> Iterator[tuple[int, int]]:
    """The lines outside the edits: position in the base, position in the side."""
    at = offset = 0
    for edit in side:
        for old in range(at, edit.low):
            yield old, old + offset
        at, offset = edit.high, edit.end - edit.high
    for old in range(at, end):
        yield old, old + offset


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


def _theirs(texts: Texts, region: Region) -> Candidate | None:
    """Their whole text of the region: they wrote it anew, and ours is an older state of it."""
    return Candidate("theirs", tuple(region.theirs.of(texts.theirs)))


def _ours(texts: Texts, region: Region) -> Candidate | None:
    """Nothing is taken over."""
    return Candidate("dropped", tuple(region.ours.of(texts.ours)),
                     tuple(region.theirs.of(texts.theirs)))  # fmt: skip


RULES = (_imports, _already_in, _both_added, _slid, _words, _weave_after, _weave_before, _theirs, _ours)

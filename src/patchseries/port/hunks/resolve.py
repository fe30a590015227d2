"""The hunk resolver: what *theirs changes* is carried over to ours, hunk by hunk.

Pure: lines in, merged lines and an account of what was done out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchseries.model import Sides
from patchseries.port.hunks import imports
from patchseries.port.hunks.lines import Lines, Run
from patchseries.port.hunks.merge3 import Overlap, join
from patchseries.port.hunks.moved import follow_moves
from patchseries.port.hunks.regions import Candidate, Dispute, Texts
from patchseries.port.hunks.rules import candidates
from patchseries.port.hunks.spacing import close_gaps, own_gaps
from patchseries.port.hunks.style import keep_style

ADJACENT = "adjacent"
"""The name of what needs no rule: lines next to each other, which git's merge calls a conflict."""

Sound = Callable[[Sequence[str], Sequence[Run]], float]
"""How well a text can stand, of which some runs of lines were chosen: 0 (it does not parse, say)
to 1 (nothing speaks against it).
"""


def anything(_: Sequence[str], __: Sequence[Run]) -> float:
    """Every text can stand."""
    return 1


MAX_ATTEMPTS = 40
"""So many texts are tried for soundness before the first choice is kept."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A region, all candidates for it, and the one taken."""

    dispute: Dispute
    candidates: tuple[Candidate, ...]
    taken: Candidate


@dataclass(frozen=True, slots=True)
class MergedText:
    """A merged text, the choices in it, and whether it is sound."""

    lines: Sequence[str]
    choices: tuple[Choice, ...]
    sound: bool

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that were needed, each once."""
        return tuple(dict.fromkeys(c.taken.rule for c in self.choices)) or (ADJACENT,)


def resolve(ancestor: Lines, ours: Lines, theirs: Lines, sound: Sound = anything) -> MergedText:
    """Carry what *theirs* changed in *ancestor* over to *ours*.

    :param sound: a candidate is passed over for one with which the text stands better
    """
    if theirs in (ancestor, ours):
        return MergedText(ours, (), True)
    wanted = imports.with_gap(ancestor, ours, imports.without_known(ancestor, ours, theirs))
    texts = keep_style(follow_moves(Texts.of(ancestor, ours, wanted)))
    pieces = join(ancestor, texts.ours, texts.theirs, texts.our_edits, texts.their_edits)
    disputes = [Dispute(texts, piece) for piece in pieces if isinstance(piece, Sides)]
    proposed = [candidates(dispute) for dispute in disputes]
    picked, stands = _pick(pieces, proposed, sound)
    choices = zip(disputes, map(tuple, proposed), picked, strict=True)
    merged = imports.in_order(own_gaps(_text(pieces, picked)[0], ours, theirs), ours, wanted)
    lines = close_gaps(merged, ours, theirs)
    return MergedText(lines, tuple(Choice(*c) for c in choices), stands)


def _pick(
    pieces: Sequence[list[str] | Overlap], proposed: Sequence[Sequence[Candidate]], sound: Sound
) -> tuple[list[Candidate], bool]:
    """The first candidate of each region, unless the text stands better with another."""
    best = [found[0] for found in proposed]
    if not proposed:
        return best, True
    grade = sound(*_text(pieces, best))
    variants = [
        [*best[:at], candidate, *best[at + 1 :]]
        for at, found in enumerate(proposed)
        for candidate in found[1:]
    ]
    for variant in variants[:MAX_ATTEMPTS]:
        if grade >= 1:
            break
        other = sound(*_text(pieces, variant))
        if other > grade:
            best, grade = variant, other
    return best, grade > 0


def _text(
    pieces: Sequence[list[str] | Overlap], picked: Sequence[Candidate]
) -> tuple[list[str], list[Run]]:
    """The text with the picked candidates in it, and where they stand."""
    made = iter(picked)
    lines: list[str] = []
    chosen = []
    for piece in pieces:
        start = len(lines)
        if isinstance(piece, Sides):
            lines += next(made).lines
            chosen.append((start, len(lines)))
        else:
            lines += piece
    return lines, chosen

"""The rules: each looks at a region and proposes lines for it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from patchseries.port.hunks import ranking
from patchseries.port.hunks.interleave import Interleaving, align
from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.regions import Candidate, Dispute
from patchseries.port.hunks.rewording import reworded
from patchseries.port.hunks.words import merge_words
from patchseries.port.hunks.wrap import aligned, fit

Rule = Callable[[Dispute], Sequence[str] | None]


def candidates(dispute: Dispute) -> list[Candidate]:
    """What the rules propose, the best by evidence first, no text twice; never empty."""
    found: dict[tuple[str, ...], Candidate] = {}
    for name, rule in RULES:
        lines = rule(dispute)
        if lines is None:
            continue
        if name in ("words", "weave"):
            lines = reworded(dispute, lines)
        if name == "weave" and list(lines) == dispute.ours:
            name = "dropped"  # all that theirs changes stands in what ours lacks
        found.setdefault(tuple(lines), Candidate(name, tuple(lines)))
    wanted = ranking.order(dispute.ancestor, dispute.ours, dispute.theirs)
    rank = {name: at for at, name in enumerate(wanted)}
    return sorted(found.values(), key=lambda made: rank.get(made.rule, len(wanted)))


def _already_in(dispute: Dispute) -> Sequence[str] | None:
    """All that theirs adds stands in ours already, and all that it removes is gone."""
    added = [line for line in dispute.added if line.strip()]
    removed = [line for line in dispute.removed if line.strip()]
    if not added or not _holds(dispute.ours, added) or set(removed) & set(dispute.ours):
        return None
    return dispute.ours


def _same_spot(dispute: Dispute) -> Sequence[str] | None:
    """Both added lines on the same spot, and one addition holds the other."""
    if dispute.ancestor:
        return None
    if _holds(dispute.theirs, dispute.ours):
        return dispute.theirs
    return dispute.ours if _holds(dispute.ours, dispute.theirs) else None


def _missing_neighbour(dispute: Dispute) -> Sequence[str] | None:
    """Theirs only adds, before or after all that ours changed."""
    ancestor, theirs = dispute.ancestor, dispute.theirs
    added = len(theirs) - len(ancestor)
    if not ancestor or added <= 0:
        return None
    if theirs[added:] == ancestor:
        return [*theirs[:added], *(dispute.ours or _gap(dispute, ancestor, +1))]
    if theirs[: len(ancestor)] == ancestor:
        return [*(dispute.ours or _gap(dispute, ancestor[::-1], -1)), *theirs[len(ancestor) :]]
    return None


def _gap(dispute: Dispute, beside: Sequence[str], way: int) -> Sequence[str]:
    """The blank lines between what theirs adds and *beside*, if ours would have none there.

    :param way: 1 when the lines that ours lacks follow what theirs adds, -1 when they precede it
    """
    ours, place = dispute.texts.ours, dispute.region.ours
    at = place.high if way > 0 else place.low - 1
    is_end = not 0 <= at < len(ours)
    return (
        []
        if is_end or not ours[at].strip()
        else list(takewhile(lambda line: not line.strip(), beside))
    )


def _words(dispute: Dispute) -> Sequence[str] | None:
    """A merge of words over the whole region."""
    if not dispute.ancestor or not dispute.ours:
        return None
    merged = merge_words("".join(dispute.ancestor), "".join(dispute.ours), "".join(dispute.theirs))
    if merged is None:
        return None
    fitted = fit(merged, (*dispute.ancestor, *dispute.ours, *dispute.theirs))
    return aligned(split_lines(fitted), dispute.theirs)


def _without_lost_items(dispute: Dispute) -> Sequence[str] | None:
    """Theirs without the items of a list that it only keeps, and that ours lacks."""
    if not any(map(str.strip, dispute.ours)):
        return None
    here = align(dispute.ancestor, dispute.ours)
    items = (line for at, line in enumerate(dispute.ancestor) if at not in here)
    lost = {line for line in items if line.rstrip().endswith(",")}
    return [line for line in dispute.theirs if line not in lost] or None


def _goes_on(dispute: Dispute) -> bool:
    """Whether theirs adds to the block above, which ours ends on the same spot.

    A method of the last class of a file, where ours has one more class.
    """
    if dispute.ancestor:
        return False
    ours, theirs = (next(filter(str.strip, s), "") for s in (dispute.ours, dispute.theirs))
    return len(theirs) - len(theirs.lstrip()) > len(ours) - len(ours.lstrip())


def _holds(lines: Sequence[str], wanted: Sequence[str]) -> bool:
    rest = iter(lines)
    return all(line in rest for line in wanted)


RULES: tuple[tuple[str, Rule], ...] = (
    ("already-in", _already_in),
    ("same-spot", _same_spot),
    ("missing-neighbour", _missing_neighbour),
    ("words", _words),
    ("weave", lambda dispute: Interleaving(dispute, ours_first=not _goes_on(dispute)).lines()),
    ("weave", lambda dispute: Interleaving(dispute, ours_first=_goes_on(dispute)).lines()),
    ("theirs", _without_lost_items),
    ("theirs", lambda dispute: dispute.theirs),
    ("dropped", lambda dispute: dispute.ours),
)
"""The rules by name, the safest first. The last two always have a proposal."""

"""Names that ours has in a region for the ancestor's, in the lines that theirs adds there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.regions import Dispute
from patchseries.port.hunks.words import counterparts
from patchseries.port.names.textsearch import says

_WORD = re.compile(r"[^\W\d][\w.]*|\d+|\S")
_NAME = re.compile(r"[^\W\d][\w.]*")
_PLACES = 2
"""So often ours must say it in the region."""


def reworded(dispute: Dispute, lines: Sequence[str]) -> Sequence[str]:
    """*lines*, a merge of the region, without names that ours says nowhere any more.

    Where all that ours changed in the lines of the region is such a name, and always alike.
    """
    text, ours = "".join(lines), "".join(dispute.texts.ours)
    for was, ways in _replaced(dispute).items():
        alike = len(ways) == 1 and ways.total() >= _PLACES
        if alike and says(text, was) and not says(ours, was):
            text = re.sub(rf"(?<![\w.]){re.escape(was)}(?!\w)", next(iter(ways)), text)
    return split_lines(text)


def _replaced(dispute: Dispute) -> dict[str, Counter[str]]:
    """The names of the ancestor's lines, and what their counterparts in ours say instead."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for at, to in counterparts(dispute.ancestor, dispute.ours).items():
        old, new = _WORD.findall(dispute.ancestor[at]), _WORD.findall(dispute.ours[to])
        if len(old) == len(new):
            for was, now in zip(old, new, strict=True):
                if was != now and _NAME.fullmatch(was) and _NAME.fullmatch(now):
                    seen[was][now] += 1
    return seen

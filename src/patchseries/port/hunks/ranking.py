"""Choosing among the candidates for a region by what the three texts say.

The thresholds were swept by ``make bench-thresholds`` over 1,637 real backports, one half to choose
by, the other to report. A range says which values give as many that are identical to the person's.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchseries.port.hunks.style import restyled
from patchseries.port.hunks.words import likeness, survival

_REWRITTEN = 0.65
"""Base and theirs less alike than this: theirs wrote the region anew (0.6 to 0.8)."""
_FEW = 3
"""Theirs may keep this many lines of a block that it writes anew (3 to 9)."""
_SAME = 0.85
"""Both added texts as alike as this: one addition, in two wordings (0.7 to 0.9)."""
_OTHER = 0.85
"""Base and ours less alike than this: ours is another state of the code. With 0.6 to 0.8, one
backport fewer of the half to choose by is identical, with 0.75 one of the other too."""
_STRANGE = 0.5
"""Base and ours less alike than this: what theirs removes is not what ours has (0.3 to
0.5)."""
_NEARLY = 0.9
"""Base and ours at least so alike: their edits fit into ours one by one (0.8 to 0.9)."""


def order(ancestor: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The rules whose candidates fit the region, the best first (the others follow)."""
    changed = likeness("".join(ancestor), "".join(theirs))
    apart = likeness("".join(ancestor), "".join(ours))
    old, new = set(ancestor), set(theirs)
    kept = sum(1 for line in ancestor if line.strip() and line in new)
    if not ancestor:
        alike = likeness("".join(ours), "".join(theirs))
        return ["dropped"] if alike >= _SAME else []
    if not any(line.strip() for line in ours):
        anew = sum(1 for line in theirs if line.strip() and line not in old)
        own = changed < _REWRITTEN and kept <= min(anew, _FEW)
        return ["missing-neighbour", "theirs"] if own else ["missing-neighbour"]
    if not theirs:
        return ["weave"] if apart >= _OTHER else ["theirs"] if apart >= _STRANGE else ["dropped"]
    if all(line in old for line in theirs if line.strip()):
        return ["weave"]  # theirs only takes lines away
    if restyled(ancestor, ours) and 2 * kept <= sum(1 for line in ancestor if line.strip()):
        return ["theirs"]
    rewritten = survival("".join(ancestor), "".join(theirs)) < _REWRITTEN
    if kept > 1 or apart >= _NEARLY or not (rewritten or apart < _OTHER):
        return []
    # Ours may have what theirs writes anew, and more: to take theirs would lose that.
    more = any(line.strip() and line not in new for line in ours)
    first = ["already-in"] if more else []
    return [*first, "theirs"] if rewritten else [*first, "words", "theirs"]

"""Numbers in messages."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 cell``, ``2 cells``: *number* with its noun; *plural* is needed unless an s makes it.

    >>> counted(1, "patch", "patches"), counted(2, "patch", "patches"), counted(0, "cell")
    ('1 patch', '2 patches', '0 cells')
    """
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def enumerated(words: Sequence[str]) -> str:
    """*words* as a list in a sentence.

    >>> enumerated(["1.0", "1.1", "1.2"])
    '1.0, 1.1 and 1.2'
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last

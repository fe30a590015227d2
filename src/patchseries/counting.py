"""Numbers in messages."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """``1 cell``, ``2 cells``: *number* with the noun *one*, or *many* (else *one* with an s).

    >>> counted(1, "patch", "patches"), counted(2, "patch", "patches"), counted(0, "cell")
    ('1 patch', '2 patches', '0 cells')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"

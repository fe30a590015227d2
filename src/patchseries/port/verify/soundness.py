"""How well merged texts can stand: they parse as well as what they were merged from, and what they
read is defined.
"""

from __future__ import annotations

from patchseries.port.hunks.resolve import Sound, anything
from patchseries.port.verify.languages import language_of


def soundness(path: str, ours: str, theirs: str) -> Sound:
    """What the language of *path* says of a merged text; of other files every text can stand."""
    language = language_of(path, b"")
    return language.soundness(path, ours, theirs) if language else anything

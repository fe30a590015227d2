"""The faults with which the program does what it does without them: equivalents.toml, kept by hand.

No test can find such a fault, so it is not counted among those that tests should find. An entry
names its fault by the text of its line and not by the line's number, which every edit above moves.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bench.covering import PACKAGE
from bench.mutations import Mutation

LIST = Path(__file__).with_name("equivalents.toml")


@dataclass(frozen=True, slots=True)
class Place:
    """A fault as the list names it: file below the package, its first line, texts as printed."""

    file: str
    line: str
    before: str
    after: str


def printed(text: str) -> str:
    """A text of the source on one line, as what lived is printed."""
    return " ".join(text.split())


def place_of(module: str, source: bytes, fault: Mutation) -> Place:
    """How the list would name *fault* of *module* (path in the tree), whose text is *source*."""
    line = source.splitlines()[fault.line - 1].decode().strip()
    file = str(Path(module).relative_to(PACKAGE))
    return Place(file, line, printed(fault.before), printed(fault.after))


def equivalents(text: str) -> dict[Place, str]:
    """Why each fault that *text* (TOML) lists is none.

    :raises ValueError: a key is missing, unknown or empty, or a fault is listed twice
    """
    known: dict[Place, str] = {}
    for entry in tomllib.loads(text)["equivalent"]:
        if set(entry) != {"file", "line", "before", "after", "why"} or not all(entry.values()):
            raise ValueError(f"not an entry: {entry}")
        why = entry.pop("why")
        if (place := Place(**entry)) in known:
            raise ValueError(f"listed twice: {place}")
        known[place] = why
    return known

"""Where the target imports a name from: a module that was moved or became a library of its own.

``from shop.lib import log`` here, ``from shoplib import log`` upstream. Only where the target
imports the name from one module throughout, never from upstream's, and upstream never from the
target's: then it is one thing in two places, and upstream's line cannot work here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_STATEMENT = re.compile(
    r"(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?"
)
_PLACES = 2
"""So many files of the target must import it from one module."""


class Import(NamedTuple):
    """A statement that imports one thing.

    :ivar module: what it is imported from; empty for ``import a.b``
    :ivar name: what is imported
    :ivar local: the name that it gets in the file
    """

    module: str
    name: str
    local: str

    @property
    def dotted(self) -> str:
        """The full name of what is imported."""
        return f"{self.module}.{self.name}" if self.module else self.name

    def is_like(self, other: Import) -> bool:
        """Whether *other* is this, gives this name to something, or is from the same module."""
        same = other.local == self.local or other.dotted == self.dotted
        return same or (self.module != "" and other.module == self.module)

    def __str__(self) -> str:
        start = f"from {self.module} import" if self.module else "import"
        alias = "" if self.local == self.name else f" as {self.local}"
        return f"{start} {self.name}{alias}"


def imported(line: str) -> Import | None:
    """What a line imports; None unless that is one thing, all of it on this line.

    >>> imported("from shop.lib import log as logging\\n")
    Import(module='shop.lib', name='log', local='logging')
    >>> imported("from shop import (a, b)"), imported("import os.path")
    (None, Import(module='', name='os.path', local='os'))
    """
    found = _STATEMENT.fullmatch(line.strip())
    if found is None:
        return None
    module, name, alias = found.groups(default="")
    return Import(module, name, alias or name.partition(".")[0])


def homes(wanted: Import, here: Iterable[Import]) -> list[Import]:
    """The imports of the target that give the name of *wanted* in its place, each place one.

    :param here: the imports of the target
    :returns: empty if *wanted* is among them; only those of the same thing, if there are any
    """
    alike = [one for one in here if one.local == wanted.local]
    if any(one.dotted == wanted.dotted for one in alike):
        return []
    return [one for one in alike if one.name == wanted.name] or alike


def agreed(ways: Sequence[Import]) -> Import | None:
    """The one import that all of *ways* are; None where they differ or are too few."""
    different = set(ways)
    return different.pop() if len(ways) >= _PLACES and len(different) == 1 else None


def exchanged(
    wanted: Import, ways: Sequence[Import], pairs: Iterable[tuple[set[Import], set[Import]]]
) -> Import | None:
    """The one of *ways* that files of the target have where upstream's files have *wanted*.

    None if there are several, or if more of those files import nothing by that name.

    :param pairs: what each file imports like *wanted*, upstream and in the target
    """
    here = [
        {one for one in target if one.local == wanted.local}
        for upstream, target in pairs
        if wanted in upstream
    ]
    found = [some for some in here if some]
    different = set[Import]().union(*found)
    is_one = len(different) == 1 and 2 * len(found) >= len(here)
    return different.pop() if is_one and different.issubset(ways) else None

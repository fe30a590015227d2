"""Identifier maps: the same thing under another name, in all its casings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from patchseries.errors import SeriesError


@dataclass(frozen=True)
class NameMap:
    """Names on the change's side and what the target calls them (``neutron`` → ``quantum``).

    Each name stands for its three casings: ``neutron``, ``Neutron``, ``NEUTRON``, wherever they
    stand in a text or a path, as part of a longer word too.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]

    @cached_property
    def _forward(self) -> dict[str, str]:
        return {
            case(old): case(new)
            for old, new in self.pairs
            for case in (str.lower, str.capitalize, str.upper)
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _any_of(self._forward)

    @cached_property
    def inverse(self) -> NameMap:
        """The map the other way, under the same name."""
        return NameMap(self.name, tuple((new, old) for old, new in self.pairs))

    def apply(self, text: str) -> str:
        """*text* in the target's names.

        >>> NameMap("", (("quantum", "neutron"),)).apply("import quantum; QUANTUM_X = QuantumError")
        'import neutron; NEUTRON_X = NeutronError'
        """
        if not any(name in text for name in self._forward):
            return text
        return self._pattern.sub(lambda found: self._forward[found.group()], text)

    def may_be_in(self, lowered: str) -> bool:
        """Whether a text that was put in lower case can use the names of the change's side."""
        return any(old.lower() in lowered for old, _ in self.pairs)

    def source_count(self, text: str) -> int:
        """How often *text* uses the names of the change's side."""
        return sum(map(text.count, self._forward))

    def target_count(self, text: str) -> int:
        """How often *text* uses the target's names."""
        return self.inverse.source_count(text)

    def wanted(self, ancestor: str, ours: str, theirs: str) -> bool:
        """Whether the three versions of a file show that the target has its own names.

        They do when the change's side (nearly) never says a target name and the target says
        (nearly) no other: a compatibility alias or two in either does not count.
        """
        here = self.target_count(ours)
        if not here or 10 * self.source_count(ours) > here:
            return False
        there = self.source_count(theirs) + self.source_count(ancestor)
        return 10 * (self.target_count(theirs) + self.target_count(ancestor)) <= there > 0


def _any_of(names: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


READY_MADE = {"quantum-neutron": NameMap("quantum-neutron", (("quantum", "neutron"),))}
"""The maps that a project can name, and that are recognised without being named.

OpenStack Networking was renamed on master in July 2013; Grizzly has the old name.
"""


@lru_cache(maxsize=8)
def maps_in_use(declared: tuple[str, ...]) -> tuple[NameMap, ...]:
    """The ready-made maps and those declared as ``OLD=NEW``, each in both directions.

    :raises SeriesError: a name that is neither

    >>> [names.pairs for names in maps_in_use(("oven=stove",))][2:]
    [(('oven', 'stove'),), (('stove', 'oven'),)]
    >>> maps_in_use(("oven",))
    Traceback (most recent call last):
        ...
    patchseries.errors.SeriesError: no name map 'oven'; use one of quantum-neutron, or OLD=NEW
    """
    found = dict(READY_MADE)
    for name in declared:
        old, equals, new = name.partition("=")
        if equals and old and new:
            found[name] = NameMap(name, ((old, new),))
        elif name not in READY_MADE:
            known = ", ".join(READY_MADE)
            raise SeriesError(f"no name map {name!r}", hint=f"use one of {known}, or OLD=NEW")
    return tuple(side for names in found.values() for side in (names, names.inverse))

"""Releases whose names a manifest describes, by forms such as ``app_{line}_r{version}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from patchseries.landed.graph import NamedRefs
from patchseries.landed.scheme import ReleasePlace, Scheme
from patchseries.landed.versions import HEAD, LONGEST_NAME, version_in

_PARTS = {
    "{line}": r"(?P<line>[A-Za-z0-9][A-Za-z0-9._+~-]*?)",
    "{version}": r"(?P<version>[0-9][A-Za-z0-9._+~-]*)",
    "*": ".*?",
}
"""What a placeholder matches. A name is short, and a form has each of them once."""


@dataclass(frozen=True)
class Described:
    """The forms of a manifest; what it does not describe is named as *usual*.

    :param tags: the forms of tags: where there are any, no other tag is a release
    :param branches: the forms of the branches of lines, likewise
    :param names: other names of lines, in lower case → the line
    """

    usual: Scheme
    tags: Sequence[str] = ()
    branches: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def tag(self, name: str) -> ReleasePlace | None:
        """The place of a tag that one of the forms matches."""
        if not self.tags:
            return self.usual.tag(name)
        for found in _matches(self.tags, name):
            line = found["line"].lower()
            text = found.groupdict().get("version") or line
            version, of_line = version_in(text), version_in(line)
            if version is None:
                return None
            rank = of_line.values if of_line else version.values
            return ReleasePlace(rank, line, version.key, name)
        return None

    def branch(self, name: str) -> ReleasePlace | None:
        """The place of the head of a branch that one of the forms matches."""
        if not self.branches:
            return self.usual.branch(name)
        for found in _matches(self.branches, name):
            line = found["line"].lower()
            version = version_in(line)
            return ReleasePlace(version.values if version else (), line, HEAD, None)
        return None

    def learned(self, refs: NamedRefs) -> Described:
        """The same with what *refs* tell of what is named as usual."""
        return replace(self, usual=self.usual.learned(refs))

    def line_named(self, name: str) -> str | None:
        """The line that a person calls *name*."""
        if (line := self.names.get(name.lower())) is not None:
            return line.lower()
        place = self.branch(name)
        return place.line if place else self.usual.line_named(name)


# Private -----------------------------------------------------------------------------------------


def _matches(forms: Sequence[str], name: str) -> Iterator[re.Match[str]]:
    if len(name) > LONGEST_NAME:
        return
    for form in forms:
        parts = re.split(r"(\{line\}|\{version\}|\*)", form)
        pattern = "".join(_PARTS.get(part) or re.escape(part) for part in parts)
        if found := re.fullmatch(pattern, name):
            yield found

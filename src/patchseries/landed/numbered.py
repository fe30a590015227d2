"""Releases that are named by version numbers, in whatever way a project writes them.

``v1.4.2``, ``curl-8_4_0`` and ``REL_15_4`` are versions; ``release-1.4``, ``stable/4.2.x`` and
``7-1-stable`` are the branches of lines. What a line is called follows from the refs themselves:
by the numbers of the branch that the release is on, else by the first two numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from patchseries.landed.graph import NamedRefs, RefSet
from patchseries.landed.scheme import ReleasePlace
from patchseries.landed.versions import (
    HEAD,
    LONGEST_NAME,
    Version,
    is_number,
    number_runs,
    packaged_version,
    tokens_of,
    version_in,
)

_PLAIN = frozenset(
    {"v", "ver", "version", "r", "rel", "release", "releases", "tag", "tags", "stable", "final"}
    | {"upstream", "debian", "ubuntu", "archive"}
)
"""Words in a tag that say nothing of which component of a repository it is for."""
_MAINTAINED = frozenset({"branch", "branches", "maint", "maintenance", "lts", "release", "stable"})
_BEFORE = _PLAIN | _MAINTAINED | {"support", "unmaintained", "extended", "security", "bugfix"}
_BEHIND = _MAINTAINED | {"x", "y", "master", "main"}
"""Words before and behind the number of a line's branch."""
_USUAL = 2
"""How many numbers name a line, where no branch says another."""
_FAR_MORE = 4
"""How many times as many tags a component has to be the repository's main one."""


@dataclass(frozen=True)
class Numbered:
    """The names of a project's releases, by their numbers.

    :param project: its name, which may stand in its tags and branches
    :param components: what the tags that are its releases are for, beside itself; None: not known
    :param sizes: how many numbers name the line of a tag, where it is not the usual two
    """

    project: str = ""
    components: frozenset[str] | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)

    def tag(self, name: str) -> ReleasePlace | None:
        """The place of a tag that ends in a version.

        >>> [Numbered().tag(name).line for name in ("v1.4.2", "debian/1%2.3-4", "22.04.1")]
        ['1.4', '2.3', '22.04']
        """
        version = packaged_version(name) or version_in(name)
        if version is None:
            return None
        if self.components is not None and self._component(version) not in self.components:
            return None
        line = ".".join(version.numbers[: self.sizes.get(name, _USUAL)])
        return ReleasePlace(version.values, line, version.key, name)

    def branch(self, name: str) -> ReleasePlace | None:
        """The place of the head of a line's branch.

        >>> names = ("stable/1.4", "release-1.4", "1.x", "7-1-stable", "issue_12", "main")
        >>> [place and place.line for place in map(Numbered().branch, names)]
        ['1.4', '1.4', '1', '7.1', None, None]
        """
        numbers = self._line_numbers(name)
        if not numbers:
            return None
        return ReleasePlace(tuple(map(int, numbers)), ".".join(numbers), HEAD, None)

    def learned(self, refs: NamedRefs) -> Numbered:
        """The same with what *refs* tell: which tags are the project's own, and its lines."""
        versions = {tag: v for tag in refs.tags if (v := packaged_version(tag) or version_in(tag))}
        of = {tag: self._component(version) for tag, version in versions.items()}
        fresh = replace(self, components=_main_components(of.values()))
        lines: dict[tuple[int, ...], RefSet] = {}
        for name, bits in refs.branches.items():
            if numbers := fresh._line_numbers(name):
                key = tuple(map(int, numbers))
                lines[key] = lines.get(key, 0) | bits
        sizes = {
            tag: size
            for tag, version in versions.items()
            if (size := _size(version, lines, refs.holders_of(tag))) != _USUAL
        }
        return replace(fresh, sizes=sizes)

    def line_named(self, name: str) -> str | None:
        """The line that a person calls *name*: ``v1.4``, ``1.4.x``, ``release-1.4``."""
        numbers = self._line_numbers(name)
        whole = [token for token in tokens_of(name) if is_number(token)]
        return ".".join(numbers) if numbers and len(numbers) == len(whole) else None

    def _component(self, version: Version) -> str:
        """What the version is of, in words: empty for the project itself."""
        plain = _PLAIN | self._own_words
        return " ".join(word for word in _words(version.prefix) if word not in plain)

    @property
    def _own_words(self) -> set[str]:
        return set(_words(self.project))

    def _line_numbers(self, name: str) -> tuple[str, ...]:
        """The numbers of the line that the branch *name* is for; none when it is for no line.

        Three or more name a line only where a word says so (1.0.3.x): else it is one release's.
        """
        if len(name) > LONGEST_NAME:
            return ()
        tokens = tokens_of(name)
        for start, end in number_runs(tokens)[:1]:
            before, behind = _words("".join(tokens[:start])), _words("".join(tokens[end:]))
            words = _BEFORE | self._own_words | set(_words(" ".join(self.components or ())))
            if (
                set(before) <= words
                and set(behind) <= _BEHIND
                and not any(map(is_number, tokens[end:]))
            ):
                numbers = tuple(tokens[start:end:2])
                return numbers if behind else numbers[:_USUAL]
        return ()


# Private -----------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return [token.lower() for token in tokens_of(text[:LONGEST_NAME]) if token.isalpha()]


def _main_components(components: Iterable[str]) -> frozenset[str]:
    """Those whose tags are the releases of a repository: its own, unless another has far more."""
    counts = Counter(components)
    largest = max(counts, key=counts.__getitem__, default="")
    if counts[largest] > _FAR_MORE * counts[""]:
        return frozenset({"", largest})
    return frozenset({""})


def _size(version: Version, lines: Mapping[tuple[int, ...], RefSet], holders: RefSet | None) -> int:
    """How many numbers name the line of *version*: those of the nearest branch that has it."""
    values = version.values
    for size in range(min(len(values), 3), 0, -1):
        refs = lines.get(values[:size])
        if refs is not None and (holders is None or holders & refs):
            return size
    return _USUAL

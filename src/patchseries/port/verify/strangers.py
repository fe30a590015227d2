"""Names that ported lines read, that upstream's files define, and that the target says nowhere.

What a plain name stands for is not known here: another file, a library may define it. But one that
upstream's file or a header of it defines, and that no file of the target so much as mentions, is a
prerequisite that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from patchseries.git.search import places
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.grammar import Grammar, UnparsedError
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.required import TreeFiles
from patchseries.port.verify.words import absent_at, words_of

_SHORTEST = 3
"""Shorter names are everywhere."""
_MOST_HEADERS = 100
"""So many headers are read to find out where upstream defines a name."""
_MOST_NAMES = 6
"""So many names are searched for: each takes its time in every file of the target."""


@dataclass(frozen=True)
class Readers:
    """A file of the port, and the names that its added lines read, with a line of each (from 0)."""

    file: PortedFile
    names: Mapping[bytes, int]


def check_strangers(port: Port, grammar: Grammar, readers: Sequence[Readers]) -> Iterator[Finding]:
    """The names that nothing in the target says, read in files of one language."""
    repository, tree = port.repository, port.onto
    paths = [one.file.path for one in readers]
    wanted = {name for one in readers for name in one.names if len(name) >= _SHORTEST}
    new = absent_at(repository, tree, paths, wanted)
    origins: dict[bytes, str] = {}
    for one in readers:
        if names := new.intersection(one.names):
            origins |= _origins(port, grammar, one.file, names)
    # Nearly every word stands in the target's version of the file that defines it.
    left = sorted(absent_at(repository, tree, set(origins.values()), origins))[:_MOST_NAMES]
    said = {place.name for place in places(repository, tree, left)}
    for name in (name for name in left if name not in said):
        one = next(one for one in readers if name in one.names)
        yield Finding(
            PortCode.UNKNOWN_WORD,
            Severity.WARNING,
            f"{name.decode('utf-8', 'replace')} is nowhere in the target",
            file=one.file.path,
            line=one.names[name] + 1,
            hint="upstream it is there; find its name here",
        )


def _origins(port: Port, grammar: Grammar, file: PortedFile, names: Set[bytes]) -> dict[bytes, str]:
    """Where upstream defined *names* before the change: its file, or a header of it."""
    found: dict[bytes, str] = {}
    for path, text in _sources(port, grammar, file):
        for name in (names - found.keys()) & words_of(text):
            if _defines(grammar, text, name):
                found[name] = path
    return found


def _defines(grammar: Grammar, text: bytes, name: bytes) -> bool:
    try:
        return grammar.read(text).binds(name)
    except UnparsedError:
        return False


def _sources(port: Port, grammar: Grammar, file: PortedFile) -> Iterator[tuple[str, bytes]]:
    """Upstream's file before the change, and the headers that it includes afterwards.

    Those that they include, too, but of all only what the target has otherwise.
    """
    yield file.upstream, file.before
    if grammar.requirement is None or not grammar.requirement.is_text:
        return
    tree = TreeFiles(port.repository, port.before)
    waiting = [(file.upstream, file.after)]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_HEADERS:
        home, text = waiting.pop(0)
        for name in grammar.requirement.names(text):
            path = next(filter(tree.has, grammar.requirement.places(name, home, tree)), "")
            entry = port.repository.entry(port.before, path) if path else None
            if path in seen or entry is None or not entry.is_file:
                continue
            seen.add(path)
            waiting.append((path, header := port.text(entry)))
            if entry != port.repository.entry(port.onto, path):
                yield path, header

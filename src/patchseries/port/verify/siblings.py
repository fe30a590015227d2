"""A line that methods of one name have upstream, and only some of them here.

Classes that are much alike (drivers, tests of them) have methods of one name. Where the change adds
a line to one of them that upstream's other one had before, and the target's other one has not, an
earlier change is missing: what works upstream after both may not work here after one. Of 5,836
backports it speaks of 8, and one of these results was the person's (`make bench-backports`).
Functions within functions are left out: `handler` in every test says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache, partial
from itertools import islice

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.names.textsearch import shown
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.scopes import Chain, Scopes

_TELLING = 20
"""A shorter line stands in many functions by chance."""
_NO_CODE = b"#", b'"', b"'", b"@"
"""What comments, texts and decorators begin with."""
_MOST = 500
"""So many added lines of a file, and methods of one name, are looked at."""

Bodies = Mapping[Chain, Set[bytes]]
"""The lines of some methods, however indented."""


def check_siblings(file: PortedFile) -> Iterator[Finding]:
    """Methods that lack an added line, which upstream's had before the change and have after."""
    siblings = cache(partial(_Siblings, file))
    told: set[Chain] = set()
    for number, line in islice(file.added, _MOST):
        text = line.strip()
        if len(text) < _TELLING or text.startswith(_NO_CODE):
            continue
        around = file.result_scopes.around(number)
        own = tuple(header.name for header in around)
        if not own or own in told or any(header.is_function for header in around[:-1]):
            continue
        lacking = siblings(own[-1]).lacking(text)
        if lacking and file.before.count(text) > file.onto.count(text):
            told.add(own)
            yield Finding(
                PortCode.SIBLING_LACKS,
                Severity.WARNING,
                f"{_subject(lacking)} a line that is there upstream, and that the change adds to "
                f"{shown(b'.'.join(own))}: {shown(text[:80])}",
                file=file.path,
                line=number + 1,
                hint="add it there, or port the earlier change that did",
            )


class _Siblings:
    """The methods of one name, upstream and here."""

    def __init__(self, file: PortedFile, name: bytes) -> None:
        here = file.result_scopes
        is_alone = len([*islice(here.defined(name), 2)]) < 2
        sides = (here, file.before_scopes, file.after_scopes, file.onto_scopes)
        self._bodies = [{} if is_alone else _bodies(scopes, name) for scopes in sides]

    def lacking(self, text: bytes) -> list[Chain]:
        """Those that have a line *text* upstream, before and after, and not here."""
        here, before, after, onto = self._bodies
        return sorted(
            chain
            for chain, lines in here.items()
            if text not in lines
            and text not in onto.get(chain, ())
            and text in before.get(chain, ())
            and text in after.get(chain, ())
        )


def _bodies(scopes: Scopes, name: bytes) -> Bodies:
    found: defaultdict[Chain, set[bytes]] = defaultdict(set)
    for start in islice(scopes.defined(name), _MOST):
        level = scopes.indent(start) or 0
        body = found[scopes.chain(start)]
        body.add(scopes.lines[start].strip())
        for number in range(start + 1, len(scopes.lines)):
            depth = scopes.indent(number)
            if depth is not None and depth <= level:
                break
            body.add(scopes.lines[number].strip())
    return found


def _subject(lacking: Sequence[Chain]) -> str:
    first = shown(b".".join(lacking[0]))
    return f"{first} lacks" if len(lacking) == 1 else f"{first} and {len(lacking) - 1} more lack"

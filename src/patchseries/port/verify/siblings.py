"""A line that methods of one name have upstream, and only some of them here.

Classes that are much alike (drivers, tests of them) have methods of one name. Where the change adds
a line to one of them that upstream's other one had before, and the target's other one has not, an
earlier change is missing: what works upstream after both may not work here after one. Of 5,836
backports it speaks of 9, and one of these results was the person's (`make bench-backports`).
Functions within functions are left out: `handler` in every test says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.scopes import Chain

_TELLING = 20
"""A shorter line stands in many functions by chance."""
_NO_CODE = b"#", b'"', b"'", b"@"
"""What comments, texts and decorators begin with."""
_MOST = 500
"""So many added lines of a file are looked at."""


def check_siblings(file: PortedFile) -> Iterator[Finding]:
    """Methods that lack an added line, which upstream's had before the change and have after."""
    here = file.result_scopes
    told: set[Chain] = set()
    for number, line in islice(file.added, _MOST):
        text = line.strip()
        if len(text) < _TELLING or text.startswith(_NO_CODE) or not _is_rarer_here(file, text):
            continue
        around = here.around(number)
        own = tuple(header.name for header in around)
        if own in told or any(header.is_function for header in around[:-1]):
            continue
        lacking = sorted(chain for chain in _lacking(file, text) if chain[-1:] == own[-1:])
        where = [at for chain in lacking for at in islice(here.lines_of(chain), 1)]
        if where:
            told.add(own)
            yield _finding(file, own, text, where)


def _finding(file: PortedFile, own: Chain, text: bytes, where: Sequence[int]) -> Finding:
    name = _shown(b".".join(file.result_scopes.chain(where[0])))
    one = f"{name} lacks" if len(where) == 1 else f"{name} and {len(where) - 1} more lack"
    return Finding(
        PortCode.SIBLING_LACKS,
        Severity.WARNING,
        f"{one} a line that the change adds to {_shown(b'.'.join(own))}, and upstream all have: "
        f"{_shown(text[:80])}",
        file=file.path,
        line=where[0] + 1,
        hint="an earlier change added it there: port that change too, or add the line",
    )


def _is_rarer_here(file: PortedFile, text: bytes) -> bool:
    """Whether upstream's file said *text* more often before the change than the target's does."""
    return text in file.before and file.before.count(text) > file.onto.count(text)


def _lacking(file: PortedFile, text: bytes) -> set[Chain]:
    """The definitions that have a line *text* upstream, before and after, and not here."""
    before, after, onto, result = (
        set(islice(scopes.chains_with(text), _MOST))
        for scopes in (file.before_scopes, file.after_scopes, file.onto_scopes, file.result_scopes)
    )
    return (before & after) - onto - result


def _shown(text: bytes) -> str:
    return text.decode("utf-8", "replace")

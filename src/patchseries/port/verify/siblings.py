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
        lacking = [c for c in sorted(_lacking(file, text)) if c[-1:] == own[-1:]]
        lacking = [c for c in lacking if next(here.lines_of(c), None) is not None]
        if lacking:
            told.add(own)
            yield Finding(
                PortCode.SIBLING_LACKS,
                Severity.WARNING,
                f"{_subject(lacking)} a line that is there upstream, and that the change adds to "
                f"{_shown(b'.'.join(own))}: {_shown(text[:80])}",
                file=file.path,
                line=number + 1,
                hint="port the earlier change that added it there too, or add the line",
            )


def _subject(lacking: Sequence[Chain]) -> str:
    first = _shown(b".".join(lacking[0]))
    return f"{first} lacks" if len(lacking) == 1 else f"{first} and {len(lacking) - 1} more lack"


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

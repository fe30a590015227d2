"""Names that only that part of a change defines which the port left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.accounted import LeftOut
from patchseries.port.verify.names import Names, absent_from_target
from patchseries.port.verify.ported import Port

_DEFINITION = re.compile(
    rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)"
    rb"|^[ \t]*(?:self\.|cls\.)?(\w+)[ \t]*(?::[^=\n]+)?=(?!=)"
    rb"|Opt\(\s*[\"'](\w+)[\"']",
    re.MULTILINE,
)
"""A function or class, a value that is set, an option that is registered."""


def check_omitted(port: Port, used: Sequence[Names]) -> Iterator[Finding]:
    """Attributes that the port uses, that what it left out defines, and the target nowhere."""
    origins: dict[bytes, str] = {}
    for dropped in port.accounted.dropped:
        for name in _defined(port, dropped):
            origins.setdefault(name, dropped.path)
    bound = {name for names in used for name in names.uses.bound}
    wanted: dict[bytes, tuple[Names, int]] = {}
    for names in used:
        for word, line in names.uses.attributes.items():
            if word in origins and word not in bound:
                wanted.setdefault(word, (names, line))
    for word in sorted(absent_from_target(port, used, wanted)):
        names, line = wanted[word]
        yield Finding(
            PortCode.DROPPED_NAME_USED,
            Severity.ERROR,
            f"{word.decode('utf-8', 'replace')} is defined nowhere here: only the change to"
            f" {origins[word]} defines it, which was left out",
            file=names.file.path,
            line=line + 1,
            hint="port that part too, or do not use what it defines",
        )


def _defined(port: Port, dropped: LeftOut) -> Iterator[bytes]:
    """What the lines define that *dropped* would have added, in the target's words."""
    lines = dropped.added
    if dropped.whole_file:
        runs = port.theirs.lines.get(dropped.path, ())
        lines = tuple(port.accounted.rename(line) for run in runs for line in run.added)
    for found in _DEFINITION.finditer(b"".join(lines)):
        yield next(name for name in found.groups() if name)

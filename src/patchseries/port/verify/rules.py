"""All checks over one port, cheapest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from patchseries.model import Finding, Severity
from patchseries.port.verify.accounting import check_lines, check_places
from patchseries.port.verify.language import Examination, Language, not_verified
from patchseries.port.verify.languages import language_of
from patchseries.port.verify.leftovers import check_blocks, check_keys, check_markers
from patchseries.port.verify.neighbours import check_new_file
from patchseries.port.verify.ported import Port, PortedFile

_PROSE = re.compile(r"\.(?:md|rst|txt|adoc|textile|rdoc|pot?)$|(?:^|/)[A-Z]+$")
"""Text for people, such as README.md or AUTHORS: there is nothing in it to verify."""


def examine(port: Port) -> tuple[Finding, ...]:
    """What a reviewer should know of the result of *port*."""
    port.read_ahead()
    examinations: dict[Language, Examination] = {}
    found = list(dict.fromkeys(_examine_files(port, examinations)))
    for examination in examinations.values():
        places = {(finding.file, finding.line) for finding in found}
        found += examination.check_together(places)
    return tuple(found)


def wants_review(findings: Iterable[Finding]) -> bool:
    """Whether a result with these findings should not be taken unread."""
    return any(f.severity is not Severity.NOTE for f in findings)


def _examine_files(port: Port, examinations: dict[Language, Examination]) -> Iterator[Finding]:
    """The checks of each file; *examinations* gets those of each language that is met."""
    for file in port.files:
        yield from check_new_file(port, file)
        if not file.is_same:
            yield from _examine_text(port, file)
        language = language_of(file.path, file.first_line)
        if language is None:
            if not file.is_same and file.ours and not _PROSE.search(file.path):
                name = file.path.rpartition("/")[2]
                kind = name[name.rfind(".") :] if "." in name else name
                yield not_verified(file, f"there is no grammar for {kind}")
            continue
        if language not in examinations:
            examinations[language] = language.examination(port)
        yield from examinations[language].check(file)


def _examine_text(port: Port, file: PortedFile) -> Iterator[Finding]:
    yield from check_lines(port, file)
    yield from check_places(file)
    yield from check_markers(file)
    yield from check_keys(file)
    yield from check_blocks(file)

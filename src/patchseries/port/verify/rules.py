"""All checks over one port, cheapest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patchseries.git import Repository
from patchseries.model import Finding, Severity, TreeId
from patchseries.port.result import Change
from patchseries.port.verify.accounted import Accounted
from patchseries.port.verify.accounting import check_lines, check_places
from patchseries.port.verify.leftovers import (
    check_blocks,
    check_definitions,
    check_keys,
    check_markers,
)
from patchseries.port.verify.names import Names, check_words
from patchseries.port.verify.neighbours import check_new_file
from patchseries.port.verify.omitted import check_omitted
from patchseries.port.verify.ported import Port, PortedFile
from patchseries.port.verify.removals import Removals
from patchseries.port.verify.syntax import check_syntax, chunks
from patchseries.port.verify.unbound import check_unbound

MERGED = Accounted()
"""The account of git's own merge: nothing mapped, nothing dropped."""


def examine(
    repository: Repository,
    change: Change,
    onto: TreeId,
    result: TreeId,
    accounted: Accounted = MERGED,
) -> tuple[Finding, ...]:
    """What a reviewer should know of *result*, which is *change* ported onto the tree *onto*.

    :param accounted: what was mapped, renamed or dropped on the way
    """
    repository.begin_difference(onto, result)
    port = Port(repository, change, onto, result, accounted)
    port.read_ahead()
    used: list[Names] = []
    found = list(dict.fromkeys(_examine_files(port, used)))
    found += check_omitted(port, used)
    told = {(finding.file, finding.line) for finding in found}
    return (*found, *check_words(port, used, told))


def wants_review(findings: Iterable[Finding]) -> bool:
    """Whether a result with these findings should not be taken unread."""
    return any(f.severity is not Severity.NOTE for f in findings)


def _examine_files(port: Port, used: list[Names]) -> Iterator[Finding]:
    """The checks of each file; the names that Python files use are added to *used*."""
    for file in port.files:
        yield from check_new_file(port, file)
        if not file.is_same:
            yield from _examine_text(port, file)
        if file.is_python:
            yield from _examine_python(port, file, used)


def _examine_python(port: Port, file: PortedFile, used: list[Names]) -> Iterator[Finding]:
    """The checks that know Python."""
    if not file.is_same:
        yield from Removals(port, file).check()
    if not file.ours:
        return
    runs = ((r.new_start, r.new_start + len(r.added)) for r in file.ours)
    parts = chunks(file.result_scopes, runs)
    if not file.is_same:
        yield from check_syntax(file, parts)
        yield from check_unbound(port, file, parts)
    names = Names(port, file, parts)
    used.append(names)
    yield from names.check()


def _examine_text(port: Port, file: PortedFile) -> Iterator[Finding]:
    yield from check_lines(port, file)
    yield from check_places(file)
    yield from check_markers(file)
    yield from check_definitions(file)
    yield from check_keys(file)
    yield from check_blocks(file)

"""Lines of the target that added lines take over: into their block, or to decorate their function.

Where a merge puts added lines between a block's end and what comes next, the result may well
parse: the lines below are then the block's, and so is an ``else``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from patchseries.git import LineChange
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import PortedFile

_OPENS = re.compile(
    rb"(?:if|elif|else|for|while|with|try|except|finally|async|def|class)\b(?![ \t]*[=.,)])"
)
_GOES_ON = re.compile(rb"(?:else|elif|except|finally)\b")
_OPEN = (b"(", b"[", b"{", b",", b"\\")
"""How a line ends that goes on in the next one."""
_MOST = 100
"""In so many places a run may be seen."""
_DEFINES = re.compile(rb"(?:async[ \t]+def|def|class)\b")


class _Adoption(NamedTuple):
    """What an added line, the *owner*, has taken over.

    :ivar line: which line that is, from 0
    """

    owner: bytes
    line: int


def check_adopted(file: PortedFile) -> Iterator[Finding]:
    """Lines that only here belong to what the change adds, and belonged to something else."""
    if not file.result:
        return
    ours, result = file.ours, file.result_scopes.lines
    found = [(run, one) for run in ours for one in _adoptions(result, run)]
    if not found:
        return
    upstream = file.after_scopes.lines
    there = {one.owner for run in file.theirs for one in _adoptions(upstream, run)}
    added = {line.strip() for run in file.theirs for line in run.added}
    for run, (owner, line) in found:
        replaced = any(_OPENS.match(removed.strip()) for removed in run.removed)
        if owner in added - there and not replaced:
            taken, by = (b.decode("utf-8", "replace") for b in (result[line].strip(), owner))
            yield Finding(
                PortCode.HUNK_MISPLACED,
                Severity.WARNING,
                f"{taken[:60]} is now part of an added block: {by[:60]}",
                file=file.path,
                line=line + 1,
                hint="upstream the block takes in no other line: move it above or below",
            )


def _adoptions(lines: Sequence[bytes], run: LineChange) -> list[_Adoption]:
    """The lines next to *run* that its lines have taken over in a text, wherever it is seen.

    Where it begins with the lines that follow it, these may as well be the added ones.
    """
    least: list[_Adoption] | None = None
    for start, end in islice(_places(lines, run), _MOST):
        found = [one for one in (_below(lines, start, end), _above(lines, start, end)) if one]
        if not found:
            return []
        least = least or found
    return least or []


def _places(lines: Sequence[bytes], run: LineChange) -> Iterator[tuple[int, int]]:
    """The lines of a text (first, one past the last) that *run* may have added."""
    first, last = run.new_start, run.new_start + len(run.added)
    if last > len(lines):
        return
    yield first, last
    start, end = first, last
    while not run.removed and start and lines[start - 1] == lines[end - 1]:
        start, end = start - 1, end - 1
        yield start, end
    start, end = first, last
    while not run.removed and end < len(lines) and lines[start] == lines[end]:
        start, end = start + 1, end + 1
        yield start, end


def _below(lines: Sequence[bytes], start: int, end: int) -> _Adoption | None:
    """What follows the lines from *start* to *end*, if it is in a block that begins there."""
    below = next((n for n in range(end, len(lines)) if _says(lines[n])), None)
    added = [line for line in lines[start:end] if _says(line)]
    if below is None or not added or added[-1].rstrip().endswith(_OPEN):
        return None
    depth = _depth(lines[below]) + bool(_GOES_ON.match(lines[below].lstrip()))
    owner = next((line.strip() for line in reversed(added) if _depth(line) < depth), b"")
    return _Adoption(owner, below) if _OPENS.match(owner) else None


def _above(lines: Sequence[bytes], start: int, end: int) -> _Adoption | None:
    """A decorator right above the lines from *start* to *end*, if they define what it decorates."""
    above = next((n for n in range(start - 1, -1, -1) if _says(lines[n])), None)
    if above is None or lines[above].lstrip()[:1] != b"@":
        return None
    depth = _depth(lines[above])
    level = (line.strip() for line in lines[start:end] if _says(line) and _depth(line) == depth)
    owner = next((line for line in level if line[:1] != b"@"), b"")
    return _Adoption(owner, above) if _DEFINES.match(owner) else None


def _says(line: bytes) -> bool:
    """Whether a line has more than a comment."""
    return line.lstrip()[:1] not in (b"", b"#")


def _depth(line: bytes) -> int:
    return len(line) - len(line.lstrip())

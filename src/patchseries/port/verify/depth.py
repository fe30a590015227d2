"""In how many open brackets an added line stands: upstream, and here.

What lands before the bracket that ends its neighbour parses and means another thing: a test in a
test, which no runner takes. The brackets before a line can be counted without a parser where a
text closes all that it opens: one in a string makes the sum odd, and nothing is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import PortedFile

_WORD = re.compile(rb"\w")
_WIDEST = 80
"""So much of a line is shown."""


def check_depth(file: PortedFile) -> Iterator[Finding]:
    """Lines that are indented as upstream, and stand in more brackets or fewer; one for a run."""
    there = _places((run.new_start, run.added) for run in file.theirs)
    here = _places((run.new_start, run.added) for run in file.ours)
    shared = sorted(here[line] for line in here.keys() & there.keys())
    if not shared or balance(file.result) or balance(file.after):
        return
    depths = dict(_depths(file.result.split(b"\n"), shared))
    lines = {number: line for line, number in here.items()}
    upstream = sorted(there[lines[number]] for number in shared)
    known = dict(_depths(file.after.split(b"\n"), upstream))
    for run in file.ours:
        for number in range(run.new_start, run.new_start + len(run.added)):
            if number not in depths:
                continue
            line, depth = lines[number], depths[number]
            if depth != (other := known[there[line]]):
                text = line.strip()[:_WIDEST].decode("utf-8", "replace")
                yield Finding(
                    PortCode.HUNK_MISPLACED,
                    Severity.WARNING,
                    f"upstream this is in {other} open brackets, here in {depth}: {text}",
                    file=file.path,
                    line=number + 1,
                )
                break


def balance(text: bytes) -> int:
    """How many brackets *text* opens and does not close."""
    return sum(map(text.count, (b"{", b"[", b"("))) - sum(map(text.count, (b"}", b"]", b")")))


def _places(runs: Iterable[tuple[int, Sequence[bytes]]]) -> dict[bytes, int]:
    """Where each line with a letter or a digit stands, of those that stand once in *runs*."""
    found: dict[bytes, int] = {}
    times: Counter[bytes] = Counter()
    for start, lines in runs:
        times.update(lines)
        found.update((line, number) for number, line in enumerate(lines, start))
    said = (line for line, count in times.items() if count == 1)
    return {line: found[line] for line in said if _WORD.search(line)}


def _depths(lines: Sequence[bytes], numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The open brackets before each of the lines *numbers*, in order."""
    depth = 0
    for before, number in pairwise((0, *numbers)):
        depth += balance(b"\n".join(lines[before:number]))
        yield number, depth

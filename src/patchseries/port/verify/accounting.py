"""Whether every line that upstream changed was changed here too, once, in the same definition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import Port, PortedFile, Runs
from patchseries.port.verify.scopes import Chain


def check_lines(port: Port, file: PortedFile) -> Iterator[Finding]:
    """Lines added upstream and missing here, removed upstream and left here, or added twice.

    A line that upstream's file has no more, and a like definition of the target's own still has,
    counts as left here.

    What counts is how often a line is in the file: a line that moved is not lost, and
    neither is one that the target had before.
    """
    wanted, done = _balance(file.theirs), _balance(file.ours)
    for dropped in port.accounted.dropped:
        if dropped.path == file.upstream:
            wanted.subtract(map(_bare, dropped.added))
            wanted.update(map(_bare, dropped.removed))
    unequal = [n for n in wanted.keys() | done.keys() if n and wanted[n] != done[n]]
    removed = [n for n in -wanted if wanted[n] == done[n] and _is_telling(n)]
    if not unequal and not removed:
        return
    here, there = (_count(text, unequal + removed) for text in (file.result, file.after))
    unequal += [n for n in removed if here[n] and not there[n]]
    added, added_there = _added(file.ours), _added(file.theirs)
    found: dict[PortCode, list[bytes]] = {}
    for line in sorted(unequal):
        more = added[line] > added_there[line]
        code = _verdict(wanted[line], done[line], here[line], there[line], more)
        found.setdefault(code, []).append(line)
    for code, lines in found.items():
        severity = Severity.NOTE if code is PortCode.LINE_PRESENT else Severity.WARNING
        yield Finding(code, severity, f"{_WORDS[code]}: {_shown(lines)}", file=file.path)


_TELLING = re.compile(rb"(?=.{20})(?:[\w.]+[ \t]*=(?!=)|[\w.]+\()")


def _is_telling(line: bytes) -> bool:
    """Whether a like function has *line* by copy, not by chance: an assignment or call, not short.

    One that goes on in the next line may go on otherwise.
    """
    pairs = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))
    whole = all(line.count(left) == line.count(right) for left, right in pairs)
    return whole and _TELLING.match(line) is not None


def _shown(lines: list[bytes]) -> str:
    """The first of some lines, and how many more there are."""
    rest = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return lines[0].decode("utf-8", "replace")[:80] + rest


_WORDS = {
    PortCode.LINE_LOST: "the change adds a line that is not in the result",
    PortCode.LINE_PRESENT: "the change adds a line that the target had before",
    PortCode.LINE_KEPT: "the change removes a line that is still in the result",
    PortCode.LINE_ABSENT: "the change removes a line that the target does not have",
    PortCode.LINE_DOUBLED: "the result gained a line more often than the change adds it",
    PortCode.LINE_REMOVED: "the result lost a line that the change does not remove",
}


def _verdict(wanted: int, done: int, here: int, there: int, more: bool) -> PortCode:
    """What became of one line that changed more or less here than upstream.

    *wanted* and *done* are how many more of it there are after the change than before, upstream
    and here; *here* and *there* how often it stands in the two results; *more* whether the port
    adds it more often than the change does.
    """
    if done < wanted:
        if wanted <= 0:
            own = wanted == 0 and not there  # a line that upstream never had: the target's own
            return PortCode.LINE_REMOVED if own or here < there else PortCode.LINE_PRESENT
        return PortCode.LINE_LOST if here < min(wanted, there) else PortCode.LINE_PRESENT
    if wanted < 0:
        return PortCode.LINE_KEPT if here > there else PortCode.LINE_ABSENT
    return PortCode.LINE_DOUBLED if more and here > there else PortCode.LINE_PRESENT


def _added(runs: Runs) -> Counter[bytes]:
    return Counter(_bare(line) for run in runs for line in run.added)


def _balance(runs: Runs) -> Counter[bytes]:
    """For each line, how many more of it the runs add than they remove."""
    balance: Counter[bytes] = Counter()
    for run in runs:
        balance.update(map(_bare, run.added))
        balance.subtract(map(_bare, run.removed))
    return balance


def _count(text: bytes, wanted: Iterable[bytes]) -> Counter[bytes]:
    """How often each of the *wanted* lines stands in *text*."""
    return Counter(filter(set(wanted).__contains__, map(_bare, text.split(b"\n"))))


_bare = bytes.strip
"""A line without its end and its indentation: moving a block deeper loses no line of it."""


def check_places(file: PortedFile) -> Iterator[Finding]:
    """Runs of lines changed in another definition than upstream, though that one exists here.

    git places a hunk by the lines around it. Where code repeats itself (tests, say) and the right
    place has changed, those lines can be found in the wrong one.
    """
    theirs, ours = _places(file, upstream=True), _places(file, upstream=False)
    strays = dict(iter(ours - theirs))
    for run, chain in theirs - ours:
        landed = strays.get(run)
        known = file.result_scopes if any(run[1]) else file.onto_scopes
        if landed is not None and chain and chain in known.chains({chain[-1]}):
            shown = next(filter(None, run[1] or run[0])).decode("utf-8", "replace")[:80]
            yield Finding(
                PortCode.HUNK_MISPLACED,
                Severity.WARNING,
                f"upstream this is in {_dotted(chain)}, here in {_dotted(landed)}: {shown}",
                file=file.path,
                hint=f"{_dotted(chain)} exists here too; should it be there?",
            )


_Lines = tuple[bytes, ...]
_Places = Counter[tuple[tuple[_Lines, _Lines], Chain]]


def _places(file: PortedFile, *, upstream: bool) -> _Places:
    """The runs upstream or here: what each removes and adds, and the definitions around it."""
    found: _Places = Counter()
    for run in file.theirs if upstream else file.ours:
        removed, added = tuple(map(_bare, run.removed)), tuple(map(_bare, run.added))
        if any(added):
            scopes = file.after_scopes if upstream else file.result_scopes
            start, lines = run.new_start, added
        elif any(removed):
            scopes = file.before_scopes if upstream else file.onto_scopes
            start, lines = run.old_start, removed
        else:
            continue
        first = next(n for n, line in enumerate(lines, start) if line)
        found[(removed, added), scopes.chain(first)] += 1
    return found


def _dotted(chain: Chain) -> str:
    return b".".join(chain).decode("utf-8", "replace") or "no definition"

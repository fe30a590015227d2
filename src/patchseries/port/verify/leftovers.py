"""What a merge leaves behind: conflict markers, and definitions or blocks that now stand twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from patchseries.git import LineChange
from patchseries.model import Finding, PortCode, Severity
from patchseries.port.verify.ported import PortedFile
from patchseries.port.verify.scopes import Scopes

_MARKER = re.compile(rb"(?:<{7}|>{7}|\|{7})(?: |$)|={7}$", re.MULTILINE)
_DEFINITION = re.compile(rb"[ \t]*+(?:async[ \t]+def|def|class)[ \t]+(\w+)")
_KEY = re.compile(rb"([A-Za-z_][\w.-]*)[ \t]*[:=]")
_SETTINGS = (".ini", ".conf", ".cfg", ".filters", ".properties", ".toml")
_MOST_SEAM = 300
"""So many lines next to each other are compared."""
_BLOCK = 5
"""From so many lines on, a block with words in it does not repeat by chance (`make
bench-thresholds`: 3 to 8 are as good)."""


def check_markers(file: PortedFile) -> Iterator[Finding]:
    """Conflict markers that the port added and upstream's file does not have."""
    for number, line in file.added:
        if _MARKER.match(line) and line not in file.after:
            yield Finding(
                PortCode.LEFTOVER_MARKER,
                Severity.ERROR,
                "a conflict marker was left in the file",
                file=file.path,
                line=number + 1,
            )


def check_definitions(file: PortedFile) -> Iterator[Finding]:
    """Python: functions, methods and classes that stand twice in a scope, and did not before."""
    added = {m[1] for _, line in file.added if (m := _DEFINITION.match(line))}
    here = Counter(file.result_scopes.chains(added))
    if max(here.values(), default=0) < 2:
        return
    known = Counter(file.onto_scopes.chains(added)) | Counter(file.after_scopes.chains(added))
    for chain, count in here.items():
        if count > max(1, known[chain]):
            name = b".".join(chain).decode("utf-8", "replace")
            yield Finding(
                PortCode.DUPLICATE_DEFINITION,
                Severity.ERROR,
                f"{name} is defined {count} times",
                file=file.path,
                hint="the target had it already; keep one",
            )


def check_keys(file: PortedFile) -> Iterator[Finding]:
    """Keys of a settings file that stand twice in one section, and did not before."""
    if not file.path.endswith(_SETTINGS):
        return
    added = {m[1] for _, line in file.added if (m := _KEY.match(line))}
    if not added:
        return
    here, after = _keys(file.result_scopes, added), _keys(file.after_scopes, added)
    for (section, key), count in here.items():
        if count > max(1, after[section, key]):
            yield Finding(
                PortCode.DUPLICATE_DEFINITION,
                Severity.WARNING,
                f"{key.decode('utf-8', 'replace')} is set {count} times",
                file=file.path,
                hint="the target had it already; keep one",
            )


def _keys(scopes: Scopes, names: set[bytes]) -> Counter[tuple[bytes, bytes]]:
    found: Counter[tuple[bytes, bytes]] = Counter()
    section = b""
    for line in scopes.lines:
        if line.startswith(b"["):
            section = line.strip()
        elif (match := _KEY.match(line)) and match[1] in names:
            found[section, match[1]] += 1
    return found


def check_blocks(file: PortedFile) -> Iterator[Finding]:
    """Whole blocks that the port added beside the same block, which upstream has less often.

    What follows the added lines may be the same as the last of them.
    """
    for run in file.ours:
        for block in (run.added, run.added[len(run.added) - _seam(file, run) :]):
            text = b"".join(block)
            if len(block) < _BLOCK or not re.search(rb"\w", text):
                continue
            count = file.result.count(text)
            if count > 1 and count > file.after.count(text):
                yield Finding(
                    PortCode.DUPLICATE_BLOCK,
                    Severity.WARNING,
                    f"a block of {len(block)} lines stands {count} times",
                    file=file.path,
                    line=run.new_start + len(run.added) - len(block) + 1,
                    hint="the target had it already; keep one",
                )
                break


def _seam(file: PortedFile, run: LineChange) -> int:
    """How many of the last lines of *run* stand once more right after it."""
    end = run.new_start + len(run.added)
    most = min(len(run.added), len(file.result_scopes.lines) - end, _MOST_SEAM)
    below = file.result_scopes.lines[end : end + most]
    last = [line.rstrip(b"\n") for line in run.added]
    return next((n for n in range(most, 0, -1) if last[-n:] == below[:n]), 0)

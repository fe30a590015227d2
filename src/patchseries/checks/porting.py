"""What the port engine noticed: its findings, with an explanation of each code.

A patch that a person has signed off was read with these findings on the table: they stay as
notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patchseries.checks.material import Material, Place
from patchseries.checks.rule import Rule, error, warning
from patchseries.model import Finding, Severity

_READ = "read the port with `series diff PATCH`"
_RESOLVE = "finish it by hand with `series resolve PATCH`"

RULES: tuple[Rule, ...] = (
    error("port-syntax", "the result of a port is not valid Python",
          "The lines merged and no longer make a program.", _RESOLVE),
    error("port-unknown-name", "a port uses a name that is not there",
          "The change uses what its own branch has and this base does not.", _RESOLVE),
    error("port-unknown-import", "a port imports what is not there",
          "The module does not exist on this base: the program stops when it is loaded.", _RESOLVE),
    warning("port-unknown-word", "a port uses an option or string key that is not there",
            "It exists upstream and nowhere on this base.", _READ),
    error("port-leftover-marker", "a conflict marker was left in the result",
          "A line such as <<<<<<< is in the code.", _RESOLVE),
    warning("port-line-lost", "a line that the change adds is not in the result",
            "Part of the change may be missing.", _READ),
    warning("port-line-kept", "a line that the change removes is still there",
            "Part of the change may be missing.", _READ),
    warning("port-line-doubled", "a line stands more often than the change adds it",
            "A merge may have brought it in twice.", _READ),
    warning("port-line-removed", "a line is gone that the change does not remove",
            "A merge may have taken away what belongs here.", _READ),
    warning("port-hunk-misplaced", "a hunk landed in another function",
            "Where code repeats itself git may find the wrong place.", _READ),
    error("port-duplicate-definition", "something is defined twice in the result",
          "The second definition silently replaces the first.", _RESOLVE),
    warning("port-duplicate-block", "a block stands twice in the result",
            "The base may have had it already.", _READ),
    warning("port-dropped", "part of a change was left out",
            "The file that it changes does not exist on this base.", _READ),
    warning("port-clean-and-wrong", "a merge is clean and nevertheless suspect",
            "The base may have the change already, by other code.", _READ),
    warning("port-finding", "the port engine noticed something",
            "A finding of the engine that has no explanation of its own.", _READ),
)  # fmt: skip

_CODES = {rule.code for rule in RULES}


def check(material: Material) -> Iterator[Finding]:
    """The engine's findings, at the patch file that they are about."""
    for place in material.places:
        ported = place.column.port_of(place.name)
        for finding in ported.findings if ported else ():
            yield _placed(place, finding)


def _placed(place: Place, finding: Finding) -> Finding:
    at = f"{finding.file}:{finding.line}: " if finding.line else f"{finding.file}: "
    where = at if finding.file else ""
    code = finding.code.replace(".", "-")
    accepted = place.cell is not None and place.cell.accepted is not None
    return replace(
        finding,
        code=code if code in _CODES else "port-finding",
        severity=Severity.NOTE if accepted else finding.severity,
        message=f"{place}: {where}{finding.message}",
        patch=place.name,
        file=place.path(place.main),
        line=None,
        hint=finding.hint or _READ,
    )

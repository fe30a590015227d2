"""What the port engine noticed: its findings, with an explanation of each code.

A patch that a person has signed off was read with these findings on the table: they stay as
notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patchseries.checks.inputs import CheckedCell, CheckInputs
from patchseries.checks.rule import Rule, error, note, warning
from patchseries.model import Finding, PortCode, Severity

_READ = "read the port with `series diff PATCH`"
_RESOLVE = "finish it by hand with `series resolve PATCH`"

RULES: tuple[Rule, ...] = (
    error(PortCode.SYNTAX, "the result of a port does not parse",
          "The merged lines are not valid, or not for the oldest Python of this base.", _RESOLVE),
    note(PortCode.NOT_VERIFIED, "a file of a port was not looked at as a program",
         "There is no grammar for it, or it is too large; its lines were compared all the same.",
         _READ),
    error(PortCode.UNKNOWN_NAME, "a port uses a name that does not exist on this base",
          "The change uses what its own branch has and this base does not.", _RESOLVE),
    error(PortCode.UNKNOWN_IMPORT, "a port imports what does not exist on this base",
          "The module does not exist on this base: the program stops when it is loaded.", _RESOLVE),
    error(PortCode.WRONG_ARGUMENTS, "a port calls a function with arguments that it does not take",
          "Upstream the function takes them; on this base it takes others. Or a test takes another"
          " number of mocks than its decorators give.", _RESOLVE),
    warning(PortCode.UNKNOWN_WORD, "a port uses a name, option or key that does not exist here",
            "It exists upstream, but nowhere on this base.", _READ),
    error(PortCode.LEFTOVER_MARKER, "a conflict marker was left in the result",
          "A line such as <<<<<<< is in the code.", _RESOLVE),
    warning(PortCode.LINE_LOST, "a line that the change adds is not in the result",
            "Part of the change may be missing.", _READ),
    warning(PortCode.LINE_KEPT, "a line that the change removes is still there",
            "Part of the change may be missing.", _READ),
    warning(PortCode.LINE_DOUBLED, "a line is in the result more often than the change adds it",
            "A merge may have brought it in twice.", _READ),
    warning(PortCode.LINE_REMOVED, "a line is missing that the change does not remove",
            "A merge may have removed what is needed here.", _READ),
    warning(PortCode.HUNK_MISPLACED, "a hunk landed in another place than upstream",
            "In repetitive code git may find the wrong function or block.", _READ),
    error(PortCode.DUPLICATE_DEFINITION, "a name is defined twice in the result",
          "The second definition silently replaces the first.", _RESOLVE),
    warning(PortCode.DUPLICATE_BLOCK, "a block of lines is in the result twice",
            "The base may have had it already.", _READ),
    warning(PortCode.AS_IT_IS, "a patch file applies although git's merge has a conflict",
            "A hunk may be in the wrong place.", _READ),
    warning(PortCode.DROPPED, "part of a change was left out",
            "The file that it changes does not exist on this base.", _READ),
    error(PortCode.DROPPED_NAME_USED, "a port uses a name that only a left-out part defines",
          "The program fails when it reaches that line.", _RESOLVE),
    note(PortCode.LINE_PRESENT, "a line that the change adds was there before",
         "The base may have part of the change already.", _READ),
    warning(PortCode.LINE_ABSENT, "a line that the change removes is not there to remove",
            "The base never had it, or has it in another form.", _READ),
    warning(PortCode.SIBLING_LACKS, "a function of the same name lacks a line that the change adds",
            "Upstream both have it: the other got it by an earlier change, which this base lacks.",
            "find that change with `series port COMMIT --onto BASE --with-prerequisites`"),
    warning(PortCode.REMOVED_OVERRIDE, "a method was removed that only upstream inherits",
            "Upstream it moved to a parent class; here it may just be missing.", _READ),
    error(PortCode.REMOVED_NAME_USED, "a name was removed but is still used",
          "On this base something still uses it: the program fails there.", _RESOLVE),
    warning(PortCode.UNKNOWN_HABIT, "a port calls something in a way that its file never does here",
            "Upstream calls it so; on this base the call may mean something else, or fail.", _READ),
    warning(PortCode.UNKNOWN_FOLDER, "a port adds a file in a directory that is not on this base",
            "On this base such files may live elsewhere.", _READ),
    error(PortCode.NUMBER_TAKEN, "a numbered file has a number that is taken",
          "Of two migrations with the same number only one runs.", "renumber it"),
    warning(PortCode.NUMBER_GAP, "the file before a numbered file is missing",
            "A migration may need what the one before it creates.",
            "port the earlier file too, or renumber"),
    error(PortCode.MIGRATION_MISSING, "a migration follows one that is not on this base",
          "Alembic cannot run it: its `down_revision` names a migration that the base lacks.",
          "port that migration first, or name the last one of the base"),
    warning(PortCode.REPLACED, "lines of the base were replaced by those of the change",
            "The lines that this base had there may have been needed.", _READ),
    warning(PortCode.TESTS_CHOSE, "the tests chose among the candidates for a conflict",
            "`series port --test CMD` took one that ranks lower: the tests pass with it.", _READ),
    error(PortCode.TESTS_FAIL, "tests fail after a port that passed before it",
          "`series port --test CMD` found no candidate with which they pass.", _RESOLVE),
    note(PortCode.RESOLUTION_USED, "a person's resolution was used for a conflict",
         "It is replayed on every base with the same conflict; its reason is shown for review.",
         _READ),
)  # fmt: skip


def check(inputs: CheckInputs) -> Iterator[Finding]:
    """The engine's findings, at the patch file that they are about."""
    for place in inputs.places:
        ported = place.target.port_of(place.name)
        for finding in ported.findings if ported else ():
            yield _placed(place, finding)


def _placed(place: CheckedCell, finding: Finding) -> Finding:
    at = f"{finding.file}:{finding.line}: " if finding.line else f"{finding.file}: "
    where = at if finding.file and not finding.message.startswith(finding.file) else ""
    accepted = place.cell is not None and place.cell.accepted is not None
    return replace(
        finding,
        severity=Severity.NOTE if accepted else finding.severity,
        message=f"{place}: {where}{finding.message}",
        patch=place.name,
        file=place.path(place.main),
        line=None,
        hint=finding.hint or _READ,
        base=place.base,
    )

"""A rule: its code, its severity, and why it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from patchseries.model import Finding, Severity


class Where(TypedDict, total=False):
    """Where a breach is: the patch, the file below the project's root, and the base."""

    patch: str | None
    file: str | None
    base: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the gate.

    ``title`` says in a few words what is wrong when it speaks; ``why`` explains to a person who
    never heard of it why that matters; ``remedy`` is what to do, as an instruction.
    """

    code: str
    severity: Severity
    title: str
    why: str
    remedy: str

    def finding(
        self,
        message: str,
        *,
        patch: str | None = None,
        file: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        base: str | None = None,
    ) -> Finding:
        """A finding of this rule; its hint is the remedy unless *hint* is given."""
        hint = hint or self.remedy
        return Finding(self.code, self.severity, message, patch, file, line, hint, base)


def error(code: str, title: str, why: str, remedy: str) -> Rule:
    """A rule whose findings fail the check."""
    return Rule(code, Severity.ERROR, title, why, remedy)


def warning(code: str, title: str, why: str, remedy: str) -> Rule:
    """A rule whose findings a person should read; they fail the check only with ``--strict``."""
    return Rule(code, Severity.WARNING, title, why, remedy)


def note(code: str, title: str, why: str, remedy: str) -> Rule:
    """A rule that only informs."""
    return Rule(code, Severity.NOTE, title, why, remedy)

"""The gate: all rules over one series, at the severities that its manifest sets."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from patchseries.checks import (
    agreement,
    applying,
    content,
    dep3,
    disk,
    porting,
    settings,
    tests,
    traps,
    unfinished,
    upstream,
)
from patchseries.checks.inputs import CheckInputs
from patchseries.checks.rule import Rule
from patchseries.manifest.positions import key_lines, line_of
from patchseries.manifest.problems import ManifestError, Problem
from patchseries.model import Finding, Severity

OFF = "off"

RULES: Mapping[str, Rule] = {
    rule.code: rule
    for module in (
        agreement,
        disk,
        applying,
        content,
        dep3,
        traps,
        porting,
        settings,
        tests,
        upstream,
        unfinished,
    )
    for rule in module.RULES
}
"""Every rule by its code."""

_CHECKS: tuple[Callable[[CheckInputs], Iterator[Finding]], ...] = (
    agreement.check,
    agreement.check_manifest,
    disk.check,
    applying.check,
    content.check,
    porting.check,
    settings.check,
    tests.check,
    upstream.check,
)


@dataclass(frozen=True, slots=True)
class Severities:
    """What the manifest's ``[checks]`` makes of each code; None: off."""

    chosen: Mapping[str, Severity | None] = field(default_factory=dict)

    def apply(self, finding: Finding) -> Finding | None:
        """*finding* at the severity chosen for its code, or None when it is off."""
        if finding.code not in self.chosen:
            return finding
        severity = self.chosen[finding.code]
        return None if severity is None else replace(finding, severity=severity)


def severities(checks: Mapping[str, str], filename: str, text: str) -> Severities:
    """Read the manifest's table ``[checks]``: code → error, warning, note or off.

    :param filename: how problems name the manifest, whose text is *text*
    :raises ManifestError: a code or a severity that does not exist, with its line
    """
    words = [*Severity, OFF]
    problems: list[Problem] = []
    for code, severity in checks.items():
        if code not in RULES:
            message = f"no rule has this code{_near(code)}"
        elif code == unfinished.NOT_CHECKED.code:
            message = "this rule is always an error"
        elif severity not in words:
            message = f"expected one of {', '.join(words)}, not {severity!r}"
        else:
            continue
        line = line_of(key_lines(text), ("checks", code))
        problems.append(Problem(("checks", code), message, line))
    if problems:
        raise ManifestError(filename, problems)
    return Severities({c: None if s == OFF else Severity(s) for c, s in checks.items()})


def check(inputs: CheckInputs, chosen: Severities | None = None) -> tuple[Finding, ...]:
    """Run every rule over *inputs*: the findings, the gravest first, then in series order."""
    chosen = chosen or Severities()
    found = (chosen.apply(finding) for run in _CHECKS for finding in run(inputs))
    unique = dict.fromkeys(finding for finding in found if finding is not None)
    order = {patch.name: n for n, patch in enumerate(inputs.manifest.patches)}
    weights = list(Severity)
    return tuple(
        sorted(unique, key=lambda f: (weights.index(f.severity), order.get(f.patch or "", -1)))
    )


def fails(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether the check fails: there is an error (or, if *strict*, a warning)."""
    shut = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return any(finding.severity in shut for finding in findings)


def nearest(code: str) -> str | None:
    """The code that is most like *code*, if any is."""
    return next(iter(difflib.get_close_matches(code, RULES, n=1)), None)


def _near(code: str) -> str:
    near = nearest(code)
    return f"; did you mean {near!r}?" if near else ""

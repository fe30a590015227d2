"""Findings as text for people: by rule, the gravest first, each rule's remedy once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from patchseries.checks import Rule
from patchseries.model import Finding, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def text_lines(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """The lines of the text, each with the style that it is shown in ("" for none)."""
    by_rule = sorted(findings, key=lambda f: (list(Severity).index(f.severity), f.code))
    for (severity, code), group in groupby(by_rule, key=lambda f: (f.severity, f.code)):
        title = rules[code].title if code in rules else ""
        yield f"{severity}: {code}" + (f" · {title}" if title else ""), _STYLES[severity]
        members = list(group)
        for finding in members:
            yield f"    {finding.message}", ""
            if finding.file:
                yield f"        {location(finding)}", "dim"
        for hint in dict.fromkeys(f.hint for f in members if f.hint):
            yield f"    → {hint}", "dim"
        yield "", ""
    yield summary(findings), ""


def summary(findings: Sequence[Finding]) -> str:
    """How many findings of each severity: ``2 errors, 1 note``."""
    if not findings:
        return "nothing found: all is well"
    number = {s: sum(f.severity is s for f in findings) for s in Severity}
    return ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s, n in number.items() if n)


def location(finding: Finding) -> str:
    """``file:line``."""
    return f"{finding.file}:{finding.line}" if finding.line else str(finding.file)


def explanation(rule: Rule, severity: Severity | None) -> str:
    """All that there is to say about *rule*; *severity* is what the manifest makes of it."""
    told = f"{rule.code}: {rule.title}"
    usual = "" if severity is rule.severity else f" (usually {rule.severity})"
    return "\n".join(
        [
            told,
            "",
            rule.why,
            "",
            f"Severity: {severity or 'off'}{usual}. To change it, in the manifest:",
            "",
            "    [checks]",
            f'    {rule.code} = "off"      # error, warning, note or off',
            "",
            f"What to do: {rule.remedy}.",
        ]
    )

"""Findings as text for people: by rule, the gravest first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from patchseries.checks.rule import Rule
from patchseries.counting import counted
from patchseries.model import Finding, Severity
from patchseries.report.grouped import by_rule
from patchseries.visible import printable_line

WIDEST = 140
"""Columns of a line of prose."""
_INDENT = " " * 4
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def text_lines(
    findings: Sequence[Finding], rules: Mapping[str, Rule], width: int = WIDEST
) -> Iterator[tuple[str, str]]:
    """The lines of the text, each with the style that it is shown in ("" for none).

    Each is safe to print. Messages and hints are wrapped at *width* columns; places are not.
    """
    for group in by_rule(findings, rules):
        title = f" · {group.title}" if group.title else ""
        yield f"{group.severity}: {group.code}{title}", _STYLES[group.severity]
        for item in group.items:
            yield from ((line, "") for line in _wrapped(item.message, width))
            if item.location:
                yield f"        {printable_line(item.location)}", "dim"
        for hint in group.hints:
            yield from ((line, "dim") for line in _wrapped(f"→ {hint}", width))
        yield "", ""
    yield summary(findings), ""


def _wrapped(message: str, width: int) -> list[str]:
    """*message*, indented, in as many lines of *width* columns as it needs; no word is cut."""
    line = f"{_INDENT}{printable_line(message)}"
    if len(line) <= width:
        return [line]
    words = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    words.subsequent_indent = f"{_INDENT}  "
    return list(map(printable_line, words.wrap(line)))


def summary(findings: Sequence[Finding]) -> str:
    """How many findings of each severity: ``2 errors, 1 note``."""
    if not findings:
        return "no findings"
    number = {s: sum(f.severity is s for f in findings) for s in Severity}
    return ", ".join(counted(n, str(s)) for s, n in number.items() if n)


def explanation(rule: Rule, severity: Severity | None) -> str:
    """All that there is to say about *rule*; *severity* is what the manifest makes of it."""
    told = f"{rule.code}: {rule.title}"
    usual = "" if severity is rule.severity else f" (default: {rule.severity})"
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

"""Findings as text for people: by rule, the gravest first, each rule's remedy once.

What was found alike on several bases is one line that names them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from patchseries.checks import Rule
from patchseries.counting import counted
from patchseries.model import Finding, Severity
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
    by_rule = sorted(findings, key=lambda f: (list(Severity).index(f.severity), f.code))
    for (severity, code), group in groupby(by_rule, key=lambda f: (f.severity, f.code)):
        title = rules[code].title if code in rules else ""
        yield f"{severity}: {code}" + (f" · {title}" if title else ""), _STYLES[severity]
        members = list(group)
        for alike in _alike(members):
            yield from ((line, "") for line in _wrapped(_message(alike), width))
            if alike[0].file:
                yield f"        {printable_line(_location(alike))}", "dim"
        for hint in dict.fromkeys(f.hint for f in members if f.hint):
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


def enumerated(words: Sequence[str]) -> str:
    """``1.0, 1.1 and 1.2``."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def location(finding: Finding) -> str:
    """``file:line``."""
    return f"{finding.file}:{finding.line}" if finding.line else str(finding.file)


_BASE = "\0"
"""Stands for the base's name: no message and no path has this character."""


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Those that differ in nothing but the base together, in the order of the first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        groups.setdefault(_but_for_the_base(finding, number), []).append(finding)
    return list(groups.values())


def _but_for_the_base(finding: Finding, number: int) -> tuple[object, ...]:
    if finding.base is None:
        return (number,)
    file = _file(finding, _BASE)
    # in a file that all bases share (the lock), each base has a line of its own
    line = finding.line if file != finding.file else None
    return finding.patch, file, line, _named(finding, _BASE), finding.hint


def _message(alike: Sequence[Finding]) -> str:
    first = alike[0]
    if len(alike) == 1:
        return first.message
    bases = enumerated(_bases(alike))
    named = _named(first, bases)
    return named if named != first.message else f"{first.message} (on {bases})"


def _location(alike: Sequence[Finding]) -> str:
    """``file:line``; of several bases as a shell would expand it: ``patches/x/{1.0,1.1}/…``."""
    first = alike[0]
    if len(alike) == 1:
        return location(first)
    lines = ",".join(dict.fromkeys(str(one.line) for one in alike if one.line))
    return _file(first, f"{{{','.join(_bases(alike))}}}") + (f":{lines}" if lines else "")


def _bases(alike: Sequence[Finding]) -> list[str]:
    return list(dict.fromkeys(str(one.base) for one in alike))


def _named(finding: Finding, base: str) -> str:
    """Its message with *base* where it first names its own: ``retry on 1.1: …``."""
    name = rf"(?<![\w.-]){re.escape(str(finding.base))}(?![\w-]|\.\w)"
    return re.sub(name, lambda _: base, finding.message, count=1)


def _file(finding: Finding, base: str) -> str:
    return str(finding.file).replace(f"/{finding.base}/", f"/{base}/", 1)


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

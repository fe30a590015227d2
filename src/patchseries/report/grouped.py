"""Findings by rule, the gravest first, each rule's remedies once.

What was found alike on several bases is one item that names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from patchseries.checks.alike import patches_of
from patchseries.checks.rule import Rule
from patchseries.counting import enumerated
from patchseries.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class FoundItem:
    """What was found, on one base or alike on several: in words, where, of which patches.

    ``location`` is ``file:line``, "" where there is no file.
    """

    message: str
    location: str
    patches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """What one rule found: its code and title, and what to do about it."""

    severity: Severity
    code: str
    title: str
    items: tuple[FoundItem, ...]
    hints: tuple[str, ...]


def by_rule(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> Iterator[FoundGroup]:
    """*findings* by rule; of a code that is not in *rules* no title is known."""
    ordered = sorted(findings, key=lambda f: (list(Severity).index(f.severity), f.code))
    for (severity, code), group in groupby(ordered, key=lambda f: (f.severity, f.code)):
        members = list(group)
        yield FoundGroup(
            severity,
            code,
            rules[code].title if code in rules else "",
            tuple(_item(alike) for alike in _alike(members)),
            tuple(dict.fromkeys(f.hint for f in members if f.hint)),
        )


def _item(alike: Sequence[Finding]) -> FoundItem:
    location = _location(alike) if alike[0].file else ""
    return FoundItem(_message(alike), location, patches_of(alike[0]))


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

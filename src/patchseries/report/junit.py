"""Findings as JUnit XML, the form that CI servers show: a test case for each rule and patch.

A breach that is an error is a failure; what only informs goes to the case's output. A rule that
found nothing is a test that passed, so that a green gate shows what it looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from patchseries.checks import Rule
from patchseries.model import Finding, Severity
from patchseries.report.text import location
from patchseries.visible import visible


def junit_xml(series: str, findings: Sequence[Finding], rules: Mapping[str, Rule]) -> str:
    """The document: a suite for the series, a case for each rule and patch it speaks of."""
    broken = {finding.code for finding in findings}
    cases: dict[tuple[str, str], list[Finding]] = {
        (code, ""): [] for code in rules if code not in broken
    }
    for finding in findings:
        cases.setdefault((finding.code, finding.patch or ""), []).append(finding)
    failures = sum(any(_is_error(f) for f in group) for group in cases.values())
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}
    root = ET.Element("testsuites", {"name": "series check", **counts})
    suite = ET.SubElement(
        root, "testsuite", {"name": _clean(series), **counts, "skipped": "0", "time": "0"}
    )
    for (code, patch), group in sorted(cases.items()):
        name = f"{code}: {patch}" if patch else code
        case = ET.SubElement(
            suite, "testcase", {"classname": _clean(series), "name": _clean(name), "time": "0"}
        )
        _fill(case, code, group)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _fill(case: ET.Element, code: str, group: Sequence[Finding]) -> None:
    errors = [f for f in group if _is_error(f)]
    others = [f for f in group if not _is_error(f)]
    if errors:
        message = _clean(errors[0].message)
        failure = ET.SubElement(case, "failure", {"type": _clean(code), "message": message})
        failure.text = _words(errors)
    if others:
        ET.SubElement(case, "system-out").text = _words(others)


def _words(findings: Sequence[Finding]) -> str:
    return _clean("\n".join(line for finding in findings for line in _lines(finding)))


def _lines(finding: Finding) -> list[str]:
    at = f" [{location(finding)}]" if finding.file else ""
    hint = [f"    {finding.hint}"] if finding.hint else []
    return [f"{finding.severity}: {finding.message}{at}", *hint]


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _clean(text: str) -> str:
    """*text* with escapes for the characters that XML cannot hold, or a viewer would obey."""
    return visible(text)

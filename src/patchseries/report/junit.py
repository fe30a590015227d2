"""Findings as JUnit XML, the form that CI servers show: a test case for each rule.

The cases are the same each time, whatever was found, so that a CI server can show how one fared
before. A breach that is an error is a failure; what only informs goes to the case's output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from patchseries.checks.rule import Rule
from patchseries.checks.unfinished import NOT_CHECKED
from patchseries.model import Finding, Severity
from patchseries.report.grouped import location
from patchseries.visible import visible


def junit_xml(
    series: str,
    findings: Sequence[Finding],
    rules: Mapping[str, Rule],
    seconds: float = 0.0,
    *,
    unfinished: bool = False,
) -> str:
    """The document: a suite for the series, a case for each rule.

    The case of the rule ``not-checked`` stands for the check itself, and has its time.

    :param seconds: how long the check took
    :param unfinished: no rule was asked: those without a finding are skipped
    """
    cases: dict[str, list[Finding]] = {code: [] for code in rules}
    for finding in findings:
        cases.setdefault(finding.code, []).append(finding)
    failures = sum(any(_is_error(f) for f in group) for group in cases.values())
    skipped = sum(not group for group in cases.values()) if unfinished else 0
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}
    root = ET.Element("testsuites", {"name": "series check", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": _clean(series), **counts})
    suite.attrib |= {"skipped": str(skipped), "time": f"{seconds:.3f}"}
    for code, group in sorted(cases.items()):
        case = ET.SubElement(suite, "testcase", {"classname": _clean(series), "name": _clean(code)})
        if code == NOT_CHECKED.code:
            case.set("time", f"{seconds:.3f}")
        if unfinished and not group:
            ET.SubElement(case, "skipped", {"message": NOT_CHECKED.title})
        _fill(case, code, group)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _fill(case: ET.Element, code: str, group: Sequence[Finding]) -> None:
    errors = [f for f in group if _is_error(f)]
    others = [f for f in group if not _is_error(f)]
    if errors:
        more = f" (and {len(errors) - 1} more)" if errors[1:] else ""
        message = _clean(errors[0].message + more)
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

"""Findings beside the lines of a change: GitHub's workflow commands, GitLab's code quality."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from patchseries.checks.alike import identity
from patchseries.model import Finding, Severity
from patchseries.visible import visible

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_GITLAB = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def github_commands(findings: Sequence[Finding]) -> Iterator[str]:
    """A workflow command for each finding, for the job's standard output.

    (https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
    """
    for finding in findings:
        places = {"file": finding.file, "line": finding.line, "title": finding.code}
        properties = ",".join(f"{k}={_property(str(v))}" for k, v in places.items() if v)
        hint = f"\n{finding.hint}" if finding.hint else ""
        yield f"::{_GITHUB[finding.severity]} {properties}::{_data(finding.message + hint)}"


def gitlab_report(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The code quality report, for ``artifacts: reports: codequality``.

    (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)
    """
    seen: Counter[str] = Counter()
    return [_issue(finding, seen) for finding in findings]


def _issue(finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    parts = identity(finding)
    seen[parts] += 1
    unique = f"{parts}\0{seen[parts]}".encode("utf-8", "surrogatepass")
    return {
        "description": visible(finding.message),
        "check_name": finding.code,
        "fingerprint": hashlib.sha256(unique).hexdigest(),
        "severity": _GITLAB[finding.severity],
        # GitLab leaves out an issue that has no place.
        "location": {"path": finding.file or "series", "lines": {"begin": finding.line or 1}},
    }


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

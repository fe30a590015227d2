"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code scanning services."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from patchseries import __version__
from patchseries.checks.alike import identity, patches_of
from patchseries.checks.rule import Rule
from patchseries.model import Finding
from patchseries.visible import visible

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "SRCROOT"


def sarif_document(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The log: one run, all rules, a result for each finding."""
    codes = list(rules)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "patchseries",
                        "semanticVersion": _semantic(__version__),
                        "rules": [_rule(rule) for rule in rules.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes) for finding in findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(finding: Finding, codes: Sequence[str]) -> dict[str, Any]:
    hint = f" → {finding.hint}" if finding.hint else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": str(finding.severity),
        "message": {"text": _plain(finding.message + hint)},
        "partialFingerprints": {"patchseries/v1": _fingerprint(finding)},
    }
    if finding.code in codes:
        result["ruleIndex"] = list(codes).index(finding.code)
    if finding.file:
        result["locations"] = [{"physicalLocation": _location(finding, finding.file)}]
    patches = patches_of(finding) if finding.patch is None else ()
    about = {"patch": finding.patch, "base": finding.base, "patches": list(patches)}
    if known := {key: value for key, value in about.items() if value}:
        result["properties"] = known
    return result


def _location(finding: Finding, file: str) -> dict[str, Any]:
    path = "/".join(part for part in file.split("/") if part)  # "//host" would name another one
    artifact = {"uri": quote(path, errors="backslashreplace"), "uriBaseId": _ROOT}
    location: dict[str, Any] = {"artifactLocation": artifact}
    if finding.line:
        location["region"] = {"startLine": finding.line}
    return location


def _plain(text: str) -> str:
    """*text* as SARIF's plain text, with ``{0}`` and ``[text](target)`` as they stand (3.11)."""
    text = re.sub(r"\{(\d+)\}", r"{{\1}}", visible(text))
    return text.replace("[", "\\[") if "](" in text else text


def _fingerprint(finding: Finding) -> str:
    """The same finding has the same fingerprint in the next run, though its line moves."""
    return hashlib.sha256(identity(finding).encode("utf-8", "surrogatepass")).hexdigest()


def _semantic(version: str) -> str:
    """The three numbers of a version, as semver defines them."""
    numbers = [part for part in version.split(".") if part.isdigit()]
    return ".".join([*numbers, "0", "0", "0"][:3])

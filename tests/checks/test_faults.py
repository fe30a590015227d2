"""The gate opens for a series that is well, and names each seeded fault by its code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from click.testing import CliRunner

from checks.faults import ERRORS, TOLD
from checks.seeds import Fault
from patchseries.checks import porting
from patchseries.checks.gate import RULES
from patchseries.cli.check import command
from support.ovens import Oven


def check(*options: str) -> tuple[int, list[dict[str, Any]]]:
    """`series check --json`: its exit status and findings."""
    result = CliRunner().invoke(command, ["--json", *options], standalone_mode=False)
    assert result.exception is None, result.exception
    document = json.loads(result.stdout)
    assert document["schema"] == 1
    assert document["ok"] == (result.return_value == 0)
    return result.return_value, document["findings"]


def named(findings: Sequence[dict[str, Any]], fault: Fault) -> list[dict[str, Any]]:
    """The findings that name the fault."""
    return [
        finding
        for finding in findings
        if finding["code"] == fault.code
        and fault.names in f"{finding['message']} {finding['file']}"
    ]


@pytest.mark.usefixtures("oven")
def test_a_series_that_is_well_passes() -> None:
    status, findings = check("--strict", "--online", "--full")
    assert status == 0
    assert {finding["code"] for finding in findings} == {"already-applied"}


@pytest.mark.parametrize("fault", ERRORS, ids=str)
def test_a_seeded_fault_shuts_the_gate(oven: Oven, fault: Fault) -> None:
    fault.seed(oven)
    status, findings = check(*fault.options)
    assert named(findings, fault), [(f["code"], f["message"]) for f in findings]
    assert status == 1
    assert named(findings, fault)[0]["hint"]


@pytest.mark.parametrize("fault", TOLD, ids=str)
def test_a_seeded_oddity_is_told(oven: Oven, fault: Fault) -> None:
    fault.seed(oven)
    _, findings = check(*fault.options)
    assert named(findings, fault), [(f["code"], f["message"]) for f in findings]


@pytest.mark.parametrize("fault", TOLD, ids=str)
def test_a_manifest_can_make_any_of_them_an_error(oven: Oven, fault: Fault) -> None:
    fault.seed(oven)
    oven.manifest.write_text(oven.manifest.read_text() + f'\n[checks]\n{fault.code} = "error"\n')
    status, findings = check(*fault.options)
    assert status == 1
    assert {f["severity"] for f in named(findings, fault)} == {"error"}


def test_every_rule_has_a_fault() -> None:
    seeded = {fault.code for fault in (*ERRORS, *TOLD)}
    engine = {rule.code for rule in porting.RULES}  # test_porting.py
    elsewhere = engine | {"newer-patchset", "upstream-silent"}  # test_online.py
    elsewhere |= {"landed-in-base", "history-unread"}  # tests/pipeline/test_inclusion.py
    elsewhere |= {"not-checked"}  # test_unfinished.py
    assert set(RULES) - elsewhere - seeded == set()


def test_there_are_enough() -> None:
    assert len(ERRORS) >= 40
    assert len({str(fault) for fault in (*ERRORS, *TOLD)}) == len(ERRORS) + len(TOLD)

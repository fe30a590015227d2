"""What the port engine notices reaches the gate: by its code, at its weight, at the patch file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchseries.checks import porting
from patchseries.checks.gate import RULES, check, fails
from patchseries.checks.inputs import CheckedTarget, CheckInputs, PortedPatch
from patchseries.lock import Acceptance, Cell, Lock
from patchseries.manifest import parse
from patchseries.model import CommitId, Finding, Outcome, PortCode, Severity

TEXT = """\
schema = 1
[series]
name = "oven"
[project.oven]
repository = "https://git.invalid/org/oven.git"
bases = ["1.0"]
[[patch]]
name = "hotter"
project = "oven"
change-id = "I0000000000000000000000000000000000000001"
source = { commit = "1111111111111111111111111111111111111111" }
"""
REPOSITORY = "https://git.invalid/org/oven.git"
PINS = {
    (REPOSITORY, "1.0"): CommitId("2" * 40),
    (REPOSITORY, "1" * 40): CommitId("1" * 40),
}
CELL = Cell(Outcome.CONFLICT)
PORT_CODES = sorted(rule.code for rule in porting.RULES)


def inputs(finding: Finding, cell: Cell = CELL) -> CheckInputs:
    """A series of one patch whose port gave *finding*."""
    ported = PortedPatch("hotter", cell.outcome, findings=(finding,))
    return CheckInputs(
        manifest=parse(TEXT),
        manifest_file="series/oven.toml",
        manifest_text=TEXT,
        lock=Lock(PINS, {("hotter", "1.0"): cell}),
        lock_file="series/oven.lock",
        lock_text="schema = 1\n",
        targets=(CheckedTarget("oven", "1.0", "patches/oven/1.0/oven", ported=(ported,)),),
        wanted=tuple(PINS),
    )


@pytest.mark.parametrize("code", PORT_CODES)
def test_each_code_of_the_engine_is_told(code: str) -> None:
    finding = Finding(code, Severity.ERROR, "odd", file="oven/bake.py", line=7)
    (told,) = [f for f in check(inputs(finding)) if f.code == code]
    assert told.message == "hotter on 1.0: oven/bake.py:7: odd"
    assert told.patch == "hotter"
    assert told.file == "patches/oven/1.0/oven/0001-hotter.patch"
    assert told.hint


def test_a_signed_off_port_keeps_its_findings_as_notes() -> None:
    finding = Finding("port-syntax", Severity.ERROR, "odd", file="oven/bake.py", line=7)
    accepted = Acceptance("Grace Miller <grace@oven.invalid>", "2013-07-02", "0" * 64)
    cell = replace(CELL, outcome=Outcome.ADAPTED, sha256="0" * 64, accepted=accepted)
    found = [f for f in check(inputs(finding, cell)) if f.code == "port-syntax"]
    assert [f.severity for f in found] == [Severity.NOTE]


def test_every_code_that_the_engine_can_make_is_explained() -> None:
    assert {rule.code for rule in porting.RULES} == set(PortCode)


def test_every_trap_is_explained() -> None:
    import re
    from pathlib import Path

    from patchseries.patches import dpkg

    used = set(re.findall(r'"(dpkg-[a-z-]+)"', Path(dpkg.__file__).read_text()))
    assert used
    assert used <= set(RULES)


def test_only_errors_shut_the_gate() -> None:
    def only(severity: Severity) -> list[Finding]:
        return [Finding("x", severity, "odd")]

    assert fails(only(Severity.ERROR))
    assert not fails(only(Severity.WARNING))
    assert fails(only(Severity.WARNING), strict=True)
    assert not fails(only(Severity.NOTE), strict=True)

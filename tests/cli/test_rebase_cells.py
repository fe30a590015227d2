"""What the table of a rebase says of its cells."""

from __future__ import annotations

import pytest

from patchseries.cli.common import Given
from patchseries.cli.rebase import show_cells
from patchseries.model import Finding, Outcome, PortCode, Severity, TreeId
from patchseries.pipeline.rebased import RebasedCell
from patchseries.port.result import PortResult

TREE = TreeId("1" * 40)


def cell(*codes: PortCode) -> RebasedCell:
    found = tuple(Finding(c, Severity.ERROR, "z is unknown", file="a.py", line=5) for c in codes)
    return RebasedCell("fix", "nova", "1.0", PortResult(Outcome.CLEAN, TREE, findings=found), TREE)


def test_a_port_with_an_unknown_name_is_said_not_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    show_cells([cell(PortCode.UNKNOWN_NAME, PortCode.SYNTAX)], "demo", Given())
    said = capsys.readouterr()
    assert "will not run: fix on 1.0: a.py:5: z is unknown (and 1 more)" in said.out + said.err


def test_other_findings_do_not_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_cells([cell(PortCode.LINE_KEPT, PortCode.UNKNOWN_WORD)], "demo", Given())
    said = capsys.readouterr()
    assert "will not run" not in said.out + said.err

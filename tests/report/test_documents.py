"""The rows of the JSON documents: no field of a value is lost on the way."""

from __future__ import annotations

from dataclasses import fields

from patchseries.model import CommitId, Conflict, Finding, Outcome, Severity, TreeId
from patchseries.port.result import PortResult
from patchseries.report.documents import finding_rows, port_document


def test_a_port_tells_every_field_of_a_finding() -> None:
    finding = Finding("x", Severity.WARNING, "m", "p", "f.py", 3, "look", "1.0")
    result = PortResult(
        Outcome.ADAPTED,
        TreeId("b" * 40),
        findings=(finding,),
        conflicts=(Conflict("f.py", 1, "both changed it"),),
    )
    document = port_document(CommitId("c" * 40), CommitId("d" * 40), result)
    assert document["findings"] == finding_rows([finding])
    assert set(document["findings"][0]) == {field.name for field in fields(Finding)}
    assert document["conflicts"] == [{"path": "f.py", "hunks": 1, "reason": "both changed it"}]

"""Jobs and answers as bytes: what is read is what was written, and nothing else is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patchseries.model import Conflict, Finding, Outcome, Severity, Target, TreeId
from patchseries.pipeline.cluster import job as jobs
from patchseries.pipeline.cluster.job import JobAnswer, PortJob, packed, unpacked
from patchseries.pipeline.portcache import KeptPort
from patchseries.pipeline.rebased import Answer
from patchseries.port import PortResult

KEY = "a" * 64
JOB = PortJob(KEY, {"a": 1}, Target("p", "1.0"), (), {"x": Answer("q")}, {"f": b"\xff"}, {}, (), {})
ODD = "caf\udce9.py"  # a path that is not UTF-8
ANSWER = JobAnswer(
    "w",
    {
        KEY: KeptPort(
            PortResult(
                Outcome.ADAPTED,
                TreeId("1" * 40),
                ("paths",),
                True,
                (Finding("port-syntax", Severity.NOTE, "words", file=ODD, line=3),),
                (Conflict(ODD, 2),),
            ),
            b"\xff\x00",
        )
    },
)


@pytest.mark.parametrize("value", [JOB, ANSWER, JobAnswer("w", error="words")])
def test_what_is_read_is_what_was_written(value: PortJob | JobAnswer) -> None:
    assert unpacked(type(value), packed(value)) == value


def changed(**values: Any) -> bytes:
    return json.dumps(json.loads(packed(ANSWER)) | values).encode()


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        bytearray(b"{}"),
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        changed(worker=1),
        changed(worker="x" * 3000),
        changed(ports=[]),
        changed(ports={"short": json.loads(packed(ANSWER))["ports"][KEY]}),
        changed(ports={KEY: {"result": {"outcome": "splendid", "tree": None}}}),
        changed(ports={KEY: {"result": {"outcome": "clean", "tree": 1}}}),
    ],
)
def test_what_is_no_answer_is_refused(data: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own words
        unpacked(JobAnswer, data)


def test_what_is_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_BYTES", 1 << 20)
    with pytest.raises(ValueError, match="more than 1 MiB"):
        unpacked(JobAnswer, b"x" * ((1 << 20) + 1))

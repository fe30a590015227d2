"""The tests' outcome as JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from patchseries.report.testjunit import suites_junit
from patchseries.testing.outcomes import Ending
from patchseries.testing.report import FailedTest, PatchTests, StockFailure, TargetTests

BAD = FailedTest("m.a", Ending.FAILED, "boom \x1b[31m\x00 <b>")
TESTED = [
    TargetTests(
        "oven",
        "1.0",
        3,
        2,
        (StockFailure("m.z", Ending.FAILED, "it always did"),),
        (
            PatchTests("good", 3, 2, fixes=("m.z",)),
            PatchTests("bad", 3, 1, (BAD, FailedTest("m.b", Ending.ERROR))),
            PatchTests("lost", reason="hunk 1 does not apply"),
            PatchTests("stopped", 1, 1, not_run=("m.c",)),
        ),
        needs_reasons=True,
    ),
    TargetTests("pan", "2.0", 1, 0, (StockFailure("m.q", Ending.ERROR),)),
    TargetTests("pot", "3.0", 2, 1, (StockFailure("m.q", Ending.ERROR),), (), True),
]


def test_a_suite_for_each_base_and_a_case_for_each_patch() -> None:
    root = ET.fromstring(suites_junit("demo", TESTED))
    assert root.attrib == {"name": "series test demo", "tests": "7", "failures": "3", "errors": "2"}
    counts = ("name", "tests", "failures", "errors")
    assert [tuple(suite.get(name) for name in counts) for suite in root] == [
        ("oven 1.0", "5", "1", "2"),
        ("pan 2.0", "1", "1", "0"),
        ("pot 3.0", "1", "1", "0"),
    ]
    cases = {
        (case.get("classname"), case.get("name")): [
            (mark.tag, mark.get("message")) for mark in case
        ]
        for case in root.iter("testcase")
    }
    assert cases == {
        ("oven 1.0", "before any patch"): [],
        ("oven 1.0", "good"): [],
        ("oven 1.0", "bad"): [("failure", "bad breaks 2")],
        ("oven 1.0", "lost"): [("error", "hunk 1 does not apply")],
        ("oven 1.0", "stopped"): [("error", "tests did not run")],
        ("pan 2.0", "before any patch"): [("failure", "no test passes before any patch")],
        ("pot 3.0", "before any patch"): [
            ("failure", "tests fail before any patch, and no reason is known")
        ],
    }
    text = root.findtext(".//testcase[@name='bad']/failure") or ""
    assert text == "m.a (failed)\nboom \\x1b[31m\\x00 <b>\n\nm.b (error)"

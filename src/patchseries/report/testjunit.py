"""What the projects' own tests say, as JUnit XML: a suite for each base, a case for each patch.

The cases are the same each time, so that a CI server can show how one fared before.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from patchseries.testing.report import PatchTests, TargetTests
from patchseries.visible import visible


def suites_junit(series: str, tested: Sequence[TargetTests]) -> str:
    """The document.

    A patch that breaks a test has failed, with the tests and the end of what they wrote; one whose
    tests did not run is an error. A case is called ``before any patch`` for the stock tree: it has
    failed when no test passes there, or one fails without the reason that is asked for.
    """
    root = ET.Element("testsuites", {"name": f"series test {visible(series)}"})
    for target in tested:
        suite = ET.SubElement(root, "testsuite", {"name": _suite(target)})
        _stock_case(_case(suite, target, "before any patch"), target)
        for cell in target.patches:
            _patch_case(_case(suite, target, cell.patch), cell)
        _count(suite, [suite])
    _count(root, list(root))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _suite(target: TargetTests) -> str:
    return visible(f"{target.project} {target.base}")


def _case(suite: ET.Element, target: TargetTests, name: str) -> ET.Element:
    words = {"classname": _suite(target), "name": visible(name), "time": "0"}
    return ET.SubElement(suite, "testcase", words)


def _stock_case(case: ET.Element, target: TargetTests) -> None:
    if target.proves_nothing:
        _mark(case, "failure", "no test passes before any patch", "")
    elif target.unexplained:
        names = "\n".join(f"{one.test} ({one.ending})" for one in target.unexplained)
        _mark(case, "failure", "tests fail before any patch, and no reason is known", names)


def _patch_case(case: ET.Element, cell: PatchTests) -> None:
    if cell.breaks:
        texts = [f"{one.test} ({one.ending})\n{one.output}".rstrip() for one in cell.breaks]
        _mark(case, "failure", f"{cell.patch} breaks {len(texts)}", "\n\n".join(texts))
    elif cell.reason or cell.not_run:
        _mark(case, "error", cell.reason or "tests did not run", "\n".join(cell.not_run))


def _mark(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, {"message": visible(message)}).text = visible(text)


def _count(element: ET.Element, suites: list[ET.Element]) -> None:
    """Say how many cases *suites* have, and how many failed."""
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(name, str(sum(len(list(suite.iter(tag))) for suite in suites)))

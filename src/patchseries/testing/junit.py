"""Reading JUnit XML, which almost every test runner can write.

There is no one schema: what all have is `testcase` with `classname` and `name`, and in it
`failure`, `error` or `skipped`. defusedxml refuses entities and external documents.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending, TestRun, worse

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ENDINGS = {"failure": Ending.FAILED, "error": Ending.ERROR, "skipped": Ending.SKIPPED}


def read(document: bytes) -> TestRun:
    """The run that *document* tells of; one that is cut off or damaged, as far as it goes."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    endings: dict[str, Ending] = {}
    details: dict[str, str] = {}
    try:
        for _, element in iterparse(BytesIO(document), forbid_dtd=True):
            if _local(element) == "testcase":
                _testcase(element, endings, details)
                element.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        return TestRun(endings, details, stopped=f"its JUnit XML cannot be read: {error}"[:200])
    return TestRun(endings, details)


def _testcase(element: Element, endings: dict[str, Ending], details: dict[str, str]) -> None:
    names = (element.get("classname", ""), element.get("name", ""))
    test = ".".join(name for name in names if name) or "?"
    ending, detail = Ending.PASSED, ""
    for inner in element:
        kind = _ENDINGS.get(_local(inner))
        if kind is not None:
            ending = worse(ending, kind)
            detail = inner.text or inner.get("message") or ""
    endings[test] = worse(endings.get(test), ending)
    if detail.strip() and not ending.is_good:
        details[test] = detail[-LONGEST_DETAIL:]


def _local(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]

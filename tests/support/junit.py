"""The common JUnit schema, as CI servers read it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

ELEMENTS = {
    "testsuites": ({"name", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time"},
        {"testcase", "system-out", "system-err", "properties"},
    ),
    "testcase": (
        {"classname", "name"},
        {"time"},
        {"failure", "error", "skipped", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}
"""Of each element of the common JUnit schema: its attributes, others it may have, its children."""

_FORMS = dict.fromkeys(("tests", "failures", "errors", "skipped"), r"\d+") | {"time": r"\d+\.\d+"}


def assert_junit(element: ET.Element) -> None:
    """The structure, names and numbers of the common JUnit schema."""
    required, optional, children = ELEMENTS[element.tag]
    assert required <= set(element.attrib) <= required | optional
    assert {child.tag for child in element} <= children
    for name in _FORMS.keys() & element.attrib.keys():
        assert re.fullmatch(_FORMS[name], element.attrib[name])
    for child in element:
        assert_junit(child)

"""JUnit XML as several runners write it, cut off, and from an attacker."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing.junit import read
from patchseries.testing.outcomes import LONGEST_DETAIL, Ending

DOCUMENT = b"""<?xml version="1.0"?>
<testsuites><testsuite name="outer"><testsuite name="inner">
<testcase classname="m.A" name="a" time="0.1"/>
<testcase classname="m.A" name="b"><failure message="boom">Trace
AssertionError</failure></testcase>
<testcase classname="m.A" name="c"><error message="only words"/></testcase>
<testcase classname="m.A" name="d"><skipped/></testcase>
<testcase name="alone"><system-out>failure</system-out></testcase>
</testsuite></testsuite></testsuites>
"""


def test_each_test_case() -> None:
    run = read(DOCUMENT)
    assert run.endings == {
        "m.A.a": Ending.PASSED,
        "m.A.b": Ending.FAILED,
        "m.A.c": Ending.ERROR,
        "m.A.d": Ending.SKIPPED,
        "alone": Ending.PASSED,
    }
    assert run.details == {"m.A.b": "Trace\nAssertionError", "m.A.c": "only words"}
    assert not run.stopped


def test_a_test_that_passed_and_whose_end_failed_is_bad() -> None:
    """pytest writes a test case twice when its teardown has an error."""
    case = b'<testcase classname="m" name="a">%s</testcase>'
    run = read(b"<t>%s%s</t>" % (case % b"", case % b"<error/>"))
    assert run.endings == {"m.a": Ending.ERROR}
    run = read(b"<t>%s%s</t>" % (case % b"<failure/>", case % b""))
    assert run.endings == {"m.a": Ending.FAILED}


def test_a_namespace_and_a_long_detail() -> None:
    case = b'<testcase name="a"><failure>%s</failure></testcase>' % (b"x" * 30_000)
    run = read(b'<t xmlns="urn:junit">%s</t>' % case)
    assert run.endings == {"a": Ending.FAILED}
    assert len(run.details["a"]) == LONGEST_DETAIL


def test_one_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    run = read(DOCUMENT[: DOCUMENT.index(b'<testcase classname="m.A" name="c"')])
    assert set(run.endings) == {"m.A.a", "m.A.b"}
    assert "JUnit" in run.stopped


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<testsuite><testcase name="&b;"/></testsuite>'
)
OUTSIDE = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<testsuite><testcase name="x"><failure>&a;</failure></testcase></testsuite>'
)


DECLARED = b'<!DOCTYPE t SYSTEM "http://test.invalid/t.dtd"><t><testcase name="a"/></t>'


@pytest.mark.parametrize("document", [BOMB, OUTSIDE, DECLARED])
def test_entities_are_refused(document: bytes) -> None:
    run = read(document)
    assert run.endings == {}
    assert run.stopped


def test_a_document_that_is_very_deep() -> None:
    assert read(b"<a>" * 100_000).stopped


@settings(deadline=None)  # the first call imports the library
@given(st.integers(0, len(DOCUMENT)), st.binary(max_size=20))
def test_any_bytes_are_read(cut: int, rubbish: bytes) -> None:
    read(DOCUMENT[:cut] + rubbish + DOCUMENT[cut:])


@pytest.mark.parametrize(
    ("inner", "ending", "detail"),
    [
        (b"<failure/>", Ending.FAILED, None),
        (b"<failure> </failure>", Ending.FAILED, None),
        (b"<failure>a</failure><error>b</error>", Ending.FAILED, "b"),
        (b"<error>a</error><skipped/>", Ending.ERROR, None),
        (b"<skipped>a</skipped><failure>b</failure>", Ending.FAILED, "b"),
        (b"<skipped>why</skipped>", Ending.SKIPPED, None),
        (b"<system-out>a</system-out>", Ending.PASSED, None),
    ],
)
def test_what_is_in_a_test_case(inner: bytes, ending: Ending, detail: str | None) -> None:
    run = read(b'<t><testcase name="a">%s</testcase></t>' % inner)
    assert (run.endings, run.details.get("a")) == ({"a": ending}, detail)


def test_cases_by_any_name_and_an_error_that_is_not_long() -> None:
    run = read(b'<t><testcase/><testcase classname="C"/><case name="no"/></t>')
    assert run.endings == {"?": Ending.PASSED, "C": Ending.PASSED}
    stopped = read(b"<t>&" + b"x" * 300).stopped
    assert stopped.startswith("its JUnit XML cannot be read: ")
    assert len(read(b"<!DOCTYPE " + b"x" * 300 + b"><t/>").stopped) == 200

"""Subunit streams, version 1: what tests say, and streams that are cut off or are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending
from patchseries.testing.subunit1 import read

MULTIPART = b"""\
test: a.C.test_x
failure: a.C.test_x [ multipart
Content-Type: text/plain;charset=utf8
pythonlogging:'a'
b\r
success: no0\r
Content-Type: text/x-traceback;charset=utf8,language=python
traceback
A\r
Traceback
0\r
Content-Type: image/png
screen
3\r
\x89PN0\r
]
test: a.C.test_y
successful: a.C.test_y
"""


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        (b"success", Ending.PASSED),
        (b"successful", Ending.PASSED),
        (b"failure", Ending.FAILED),
        (b"error", Ending.ERROR),
        (b"skip", Ending.SKIPPED),
        (b"xfail", Ending.EXPECTED_FAILURE),
        (b"uxsuccess", Ending.UNEXPECTED_SUCCESS),
    ],
)
def test_each_ending(word: bytes, ending: Ending) -> None:
    assert read(b"test: a.b\n" + word + b": a.b\n").endings == {"a.b": ending}
    assert read(b"testing a.b\n" + word + b" test a.b [\nwhy\n]\n").endings == {"a.b": ending}


def test_what_a_test_printed_is_no_event() -> None:
    run = read(MULTIPART)
    assert run.endings == {"a.C.test_x": Ending.FAILED, "a.C.test_y": Ending.PASSED}
    assert run.details == {"a.C.test_x": "success: no\nTraceback\n"}
    bracketed = read(b"error: a [\nsuccess: b\n ]\n]\nsuccess: c\n")
    assert bracketed.endings == {"a": Ending.ERROR, "c": Ending.PASSED}
    assert bracketed.details == {"a": "success: b\n]"}


def test_the_test_that_did_not_end_is_known() -> None:
    assert read(b"test: a\nsuccess: a\ntest: b\n").unfinished == "b"
    assert read(b"test: a\nfailure: a [\nTrace").unfinished == "a"
    assert read(MULTIPART[:150]).unfinished == "a.C.test_x"
    assert read(MULTIPART).unfinished is None


def test_the_worse_ending_counts() -> None:
    assert read(b"success: a\nerror: a\n").endings["a"] is Ending.ERROR
    assert read(b"error: a\nsuccess: a\n").endings["a"] is Ending.ERROR
    assert read(b"skip: a [\nwhy\n]\nsuccess: b [\nx\n]\n").details == {}


def test_output_is_bounded() -> None:
    run = read(b"error: a [\n" + b"x" * 100_000 + b"\n]\n")
    assert len(run.details["a"]) == LONGEST_DETAIL


@given(st.integers(0, len(MULTIPART)), st.binary(max_size=40))
def test_any_bytes_are_read(cut: int, rubbish: bytes) -> None:
    run = read(MULTIPART[:cut] + rubbish + MULTIPART[cut:])
    assert all(isinstance(ending, Ending) for ending in run.endings.values())


NAMES = st.text("abc._", min_size=1).map(lambda text: f"t{text}")


@given(st.dictionaries(NAMES, st.sampled_from(["success", "failure", "error", "skip", "xfail"])))
def test_what_is_written_is_read(tests: dict[str, str]) -> None:
    stream = "".join(f"test: {name}\n{word}: {name}\n" for name, word in tests.items())
    run = read(stream.encode())
    assert run.endings.keys() == tests.keys()
    assert {name for name, word in tests.items() if word == "success"} == run.passing


@pytest.mark.parametrize(
    ("stream", "details"),
    [
        (b"error: a [\none\n]\nfailure: a [\ntwo\n]\n", {"a": "one"}),
        (b"success: a\nfailure: a [\ntwo\n]\n", {"a": "two"}),
        (b"error: a [\n \n]\n", {}),
        (b"error: a [ multipart\nno kind\nContent-Type: text/x\nn\n1\r\nA0\r\n]\n", {"a": "A"}),
        (
            b"error: a [ multipart\nContent-Type: text/x\nn\n0a\n01234567890\n"
            b"Content-Type: text/y\nn\n1\nD0\n]\n",
            {"a": "0123456789\nD"},
        ),
    ],
)
def test_the_detail_is_that_of_the_ending_that_counts(
    stream: bytes, details: dict[str, str]
) -> None:
    assert read(stream).details == details


@pytest.mark.parametrize(
    "line",
    [
        b"success:a",
        b"success: test a",
        b"success a",
        b"success: a \r",
        b"success: a ",
        b"successful: a",
    ],
)
def test_a_line_in_each_of_its_forms(line: bytes) -> None:
    assert read(b"test: a\n" + line + b"\ntest: b").endings == {"a": Ending.PASSED}
    assert read(b"test: a\n" + line + b"\ntest: b").unfinished == "b"


@pytest.mark.parametrize(
    "line", [b" success: a", b"succes: a", b"success:", b"xsuccess: a", b"success"]
)
def test_what_is_no_line_of_the_protocol(line: bytes) -> None:
    assert read(line + b"\n").endings == {}


def test_another_test_s_ending_does_not_end_the_one_that_began() -> None:
    assert read(b"test: a\nsuccess: b\n").unfinished == "a"

"""TAP streams: directives, plans that are not kept, and lines that only look like results."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing.outcomes import LONGEST_DETAIL, Ending
from patchseries.testing.tap import read

STREAM = b"""TAP version 13
1..6
ok 1 - adds
not ok 2 - divides
  ---
  got: 1
  ...
# expected 2
ok 3 # skip no network
not ok 4 - rounds # TODO later
ok 5 - is # TODO and passes
okay, this is no result
    ok 1 - a subtest
not ok
"""


def test_each_result() -> None:
    run = read(STREAM)
    assert run.endings == {
        "adds": Ending.PASSED,
        "divides": Ending.FAILED,
        "3": Ending.SKIPPED,
        "rounds": Ending.EXPECTED_FAILURE,
        "is": Ending.UNEXPECTED_SUCCESS,
        "6": Ending.FAILED,
    }
    assert run.details["divides"] == "  ---\n  got: 1\n  ...\n expected 2"
    assert not run.stopped


def test_a_plan_that_is_not_kept() -> None:
    assert read(b"1..3\nok 1\n").stopped == "it planned 3 tests and ran 1"
    assert read(b"ok 1\n1..1\n").stopped == ""
    assert read(b"1..1\nBail out! no disk\n").stopped == "Bail out! no disk"


def test_a_number_sign_that_is_no_directive() -> None:
    run = read(b"ok 1 - issue \\# todo\n")
    assert run.endings == {"issue \\# todo": Ending.PASSED}


def test_the_worse_ending_counts_and_what_is_behind_a_good_one_is_no_detail() -> None:
    run = read(b"not ok 1 - a\n# why\nok 2 - a\n# of the second\n")
    assert (run.endings, run.details) == ({"a": Ending.FAILED}, {"a": " why"})


def test_output_is_bounded() -> None:
    run = read(b"not ok 1 - a\n" + b"# x\n" * 20_000)
    assert len(run.details["a"]) == LONGEST_DETAIL


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    read(b"1..2\nok 1\n" + data)


def test_the_plan_and_the_words_in_each_of_their_forms() -> None:
    run = read(b"1..2 # of two\nok\nnot ok 2\n\nwhy\nok 7 - - x\nok - last # SKIPPED\n")
    assert run.endings == {
        "1": Ending.PASSED,
        "2": Ending.FAILED,
        "- x": Ending.PASSED,
        "last": Ending.SKIPPED,
    }
    assert (run.details, run.stopped) == ({"2": "why"}, "")
    assert len(read(b"Bail out! " + b"x" * 300).stopped) == 200
    assert read(b"1..0 # nothing\n").stopped == ""
    assert read(b"Bail out!\n1..9\n").stopped == "Bail out!"
    assert read(b"1..2\nok\nok\nok\n").stopped == ""

"""What a patch did to the tests."""

from __future__ import annotations

from patchseries.testing.outcomes import Ending, TestRun, compare, is_in

PASSED, FAILED, SKIPPED, HANGS = Ending.PASSED, Ending.FAILED, Ending.SKIPPED, Ending.HANGS


def test_nothing_is_blamed_for_what_failed_before() -> None:
    before = TestRun({"m.a": PASSED, "m.b": FAILED, "m.c": FAILED, "m.d": SKIPPED})
    after = TestRun({"m.a": PASSED, "m.b": FAILED, "m.c": PASSED, "m.d": SKIPPED})
    change = compare(before, after)
    assert change.faults == frozenset()
    assert change.failing_before == {"m.b"}
    assert change.fixed == {"m.c"}


def test_what_passed_and_does_not_now_is_broken() -> None:
    before = TestRun(dict.fromkeys(("m.a", "m.b", "m.c", "m.d"), PASSED))
    after = TestRun({"m.a": FAILED, "m.b": HANGS, "m.c": SKIPPED, "m.d": PASSED})
    assert compare(before, after).broken == {"m.a", "m.b", "m.c"}


def test_a_test_that_is_gone_is_a_fault_unless_the_patch_took_it_out() -> None:
    before, after = TestRun({"m.a": PASSED, "m.b": PASSED}), TestRun({"m.b": PASSED})
    assert compare(before, after).faults == {"m.a"}
    assert compare(before, after, own=["m"]).faults == frozenset()


def test_a_new_test_that_fails_is_a_fault() -> None:
    assert compare(TestRun({}), TestRun({"m.a": FAILED}), own=["m"]).faults == {"m.a"}
    assert compare(TestRun({}), TestRun({"m.a": PASSED, "m.b": SKIPPED})).faults == frozenset()


def test_of_two_runs_the_later_counts() -> None:
    first = TestRun({"a": PASSED, "b": PASSED}, {}, unfinished="c")
    joined = first.joined(TestRun({"b": FAILED}, {"b": "why"}))
    assert joined == TestRun({"a": PASSED, "b": FAILED}, {"b": "why"}, None)
    assert TestRun({}, stopped="hung").joined(first).stopped == "hung"


def test_an_id_is_in_its_module_and_in_itself() -> None:
    assert is_in("a.b.C.test", ["a.b"])
    assert is_in("a.b.C.test", ["a.b.C.test"])
    assert not is_in("a.bc.C.test", ["a.b"])


def test_what_a_stopped_run_does_not_say_is_not_run() -> None:
    before = TestRun({"m.a": PASSED, "m.b": PASSED})
    after = TestRun({"m.a": HANGS}, stopped="it wrote nothing for 2 s")
    change = compare(before, after)
    assert change.faults == {"m.a"}
    assert change.not_run == {"m.b"}

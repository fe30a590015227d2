"""Calls that the target makes with other arguments than the ancestor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.names.calls import calls
from patchseries.port.names.renames import apply

BASE = "".join(f"w{n} = create(log, path{n}, None)\nuse(w{n})\n" for n in range(4))
ADDED = ["w = create(log, other, data)\n"]


def test_an_argument_that_the_target_never_gives_is_left_out() -> None:
    assert calls(BASE, BASE.replace("log, ", ""), ADDED) == {"create(log, ": "create("}


def test_one_argument_for_which_the_target_gives_two() -> None:
    ours = BASE.replace("log, ", "err, out, ")
    assert calls(BASE, ours, ADDED) == {"create(log": "create(err, out"}


@pytest.mark.parametrize(
    ("ours", "wanted"),
    [
        (BASE.replace("None)", "None, 0)"), {}),  # that the next path stands before it is no way
        (BASE.replace("(log", "(err, log"), {"create(log": "create(err, log"}),
        (BASE.replace("(log,", "(log, err,"), {}),  # the target's own starts like the ancestor's
    ],
)
def test_an_argument_that_the_target_gives_too(ours: str, wanted: dict[str, str]) -> None:
    assert calls(BASE, ours, ADDED) == wanted


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("f(g(a), log, {n})", "f(g(a), {n})", {"f(g(a), log, ": "f(g(a), "}),
        ("f(g(a, log), {n})", "f(g(a), {n})", {"g(a, log": "g(a"}),
        ("f(g(h(a)), g(a), log, {n})", "f(g(h(a)), g(a), {n})", None),
        ("(a, log, {n})", "(a, {n})", {}),  # a call of nothing
        ("f(a), log, {n}", "f(a), {n}", {}),  # outside of it
    ],
)
def test_the_call_is_the_one_whose_bracket_is_open(
    old: str, new: str, found: dict[str, str] | None
) -> None:
    base, ours = (
        "".join(f"{line.format(n=n)}\nuse(w{n})\n" for n in range(4)) for line in (old, new)
    )
    if found is None:
        start = old.partition("{")[0]
        found = {start: start.replace("log, ", "")}
    assert calls(base, ours, [old.format(n=9) + "\n"]) == found


def test_an_argument_in_the_place_of_another() -> None:
    found = calls(BASE, BASE.replace("log, ", "log.out, "), ADDED)
    assert found == {"create(log,": "create(log.out,"}
    assert apply(found, "create(log.err, path, None)\n") == "create(log.err, path, None)\n"
    base = "open('a:b', 1)\nshut(1)\n" * 2
    assert calls(base, base.replace("a:", "c:"), ["open('a:b', 2)\n"]) == {"open('a:": "open('c:"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("say(_E('a{n}'))", "say(_('a{n}'))"),  # what is called: a name
        ("pin(left, {n})", "pin(right, {n})"),  # a variable
        ("class Fake(Case):\n    n = {n}", "class Fake(Test):\n    n = {n}"),
        ("    (a, b{n}) = f(c)", "    (z, b{n}) = f(c)"),
    ],
)
def test_what_differs_is_no_argument(old: str, new: str) -> None:
    base, ours = ("".join(f"{line.format(n=n)}\n" for n in range(4)) for line in (old, new))
    assert calls(base, ours, [old.format(n=1) + "\n"]) == {}


def test_a_last_argument_that_the_target_gives_too() -> None:
    base, ours = "take(b, log)\nput(1)\n" * 2, "take(b, log, 0)\nput(1)\n" * 2
    added = ["    take(b, log)\n", "take(b, logs)\n"]
    found = calls(base, ours, added)
    assert [apply(found, line) for line in added] == ["    take(b, log, 0)\n", "take(b, logs)\n"]


@pytest.mark.parametrize(
    ("ours", "why"),
    [
        (BASE.replace("log, ", "", 1), "one place is none"),
        (BASE.replace("log, ", "", 3), "the target calls it as the ancestor does, once"),
        (BASE.replace("log, ", "", 2).replace("log, ", "a, b, "), "the places do not agree"),
        (BASE, "nothing differs"),
    ],
)
def test_nothing_is_learned(ours: str, why: str) -> None:
    assert calls(BASE, ours, ADDED) == {}, why


def test_only_what_the_change_adds_counts() -> None:
    assert calls(BASE, BASE.replace("log, ", ""), ["use(w)\n"]) == {}


TEXTS = st.lists(st.sampled_from(["f(a, b)\n", "f(b)\n", "g(f(a), c)\n", "x = (a,\n"])).map("".join)


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_learned_was_said_and_is_not_in_the_target(
    ancestor: str, ours: str, theirs: str
) -> None:
    added = theirs.splitlines(keepends=True)
    for was, now in calls(ancestor, ours, added).items():
        assert was in ancestor
        assert was in theirs
        assert was not in ours
        assert now in ours


@pytest.mark.parametrize("end", [")", "])", "}, b)"])
def test_a_call_that_ends_on_another_line_teaches_nothing(end: str) -> None:
    """What was a whole call here is the start of one there: the rest would be left alone."""
    long = "".join(f"stop(self, one={n},\n     clean=True)\n" for n in range(3))
    short = "".join(f"stop(self, one={n}{end}\n" for n in range(3))
    assert calls(long, short, ["stop(self, one=1,\n", "     clean=True)\n"]) == {}

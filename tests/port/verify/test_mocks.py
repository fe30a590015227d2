"""Tests whose decorators give another number of mocks than they take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patchseries.model import Finding

Examined = Callable[..., tuple[Finding, ...]]

HEAD = "import mock\nfrom shop import till\n\n\nclass TestTill(object):\n"
LOCK = "    @mock.patch.object(till, 'lock')\n"
BELL = "    @mock.patch('shop.till.bell')\n"


def case(decorators: str, parameters: str, name: str = "test_shut") -> str:
    head = f"    def {name}(self{parameters}):\n"
    return HEAD + decorators + head + "        till.shut()\n"


def told(examined: Examined, upstream: str, onto: str, result: str) -> list[str]:
    before = HEAD + "    pass\n"
    files = ({"a.py": text} for text in (before, upstream, onto, result))
    return [f.message for f in examined(*files) if f.code == "port-wrong-arguments"]


TWO = case(LOCK + BELL, ", bell, lock")
ONE = case(BELL, ", bell")


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (case(LOCK + BELL, ", bell"), "1 mock too many"),
        (case(BELL, ", bell, lock"), "1 mock too few"),
        (case("", ", bell"), "1 mock too few"),
        (case(LOCK + BELL, ""), "2 mocks too many"),
    ],
)
@pytest.mark.parametrize("sides", [(TWO, ONE), (ONE, TWO), (TWO, HEAD), (HEAD, ONE)])
def test_decorators_of_one_side_and_parameters_of_the_other(
    examined: Examined, sides: tuple[str, str], result: str, message: str
) -> None:
    assert told(examined, *sides, result) == [f"the decorators of test_shut give it {message}"]


@pytest.mark.parametrize(
    "result",
    [
        TWO,
        case(LOCK + BELL, ", bell, lock=None"),
        case(BELL, ", bell, lock=None"),
        case(LOCK + BELL, ", *mocks"),
        case("    @mock.patch('shop.till.bell', 1)\n" + LOCK, ", lock"),
        case("    @mock.patch.object(till, 'bell', new=1)\n" + LOCK, ", lock"),
        case("    @mock.patch.object(till, 'bell', autospec=True)\n" + LOCK, ", bell, lock"),
        case("    @mock.patch.dict(till.keys, a=1)\n    @skip\n" + LOCK, ", lock"),
        case("    @ddt.data(1, 2)\n" + LOCK, ", lock"),
        case(LOCK, "", name="_shut"),
    ],
)
def test_what_adds_up_or_cannot_be_known(examined: Examined, result: str) -> None:
    assert told(examined, TWO, ONE, result) == []


def test_what_upstreams_test_does_too_is_right(examined: Examined) -> None:
    """A decorator that is not known here may give the others, or take them."""
    odd = case("    @with_bell\n" + LOCK, ", bell, lock")
    assert told(examined, odd, ONE, odd) == []
    assert told(examined, TWO, odd, odd) == []


def test_what_tests_share_is_looked_at_where_it_has_decorators(examined: Examined) -> None:
    upstream, result = case(LOCK, ", lock", "_shut"), case(LOCK, "", "_shut")
    assert told(examined, upstream, HEAD, result) == [
        "the decorators of _shut give it 1 mock too many"
    ]
    assert told(examined, upstream, HEAD, case("", ", lock", "_shut")) == []


def test_decorators_of_several_lines_count_too(examined: Examined) -> None:
    """Else those above them would be missed on one side, and counted on the other."""
    long = "    @with_door(\n        'left', [1,\n                 2])\n    # not too wide\n"
    for above in (LOCK + BELL + long, LOCK + long + BELL):
        upstream, wrong = case(above, ", bell, lock"), case(above, ", bell")
        message = "the decorators of test_shut give it 1 mock too many"
        assert told(examined, upstream, HEAD, wrong) == [message]
        assert told(examined, wrong, HEAD, wrong) == []


def test_so_many_are_searched_for(examined: Examined) -> None:
    tests = [case(BELL, ", bell", f"test_{n}").removeprefix(HEAD) for n in range(101)]
    upstream = HEAD + "".join(tests)
    found = told(examined, upstream, HEAD, upstream.replace(", bell", ""))
    assert len(found) == 100


@pytest.mark.parametrize(("sound", "is_told"), [(9, False), (10, True)])
def test_so_many_of_one_name_are_looked_at(examined: Examined, sound: int, is_told: bool) -> None:
    odd = case(BELL, ", bell, lock")
    upstream = HEAD + (ONE * sound + odd).replace(HEAD, "")
    assert bool(told(examined, upstream, HEAD, odd)) == is_told


def test_a_test_of_the_name_in_another_class_says_nothing(examined: Examined) -> None:
    other = TWO.replace("TestTill", "TestShop")
    assert told(examined, other, other, case(BELL, ", bell, lock")) == []

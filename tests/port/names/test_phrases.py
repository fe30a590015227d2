"""Phrases that two versions of a file say in two ways, each throughout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.names.phrases import phrases


def _texts(was: str, now: str) -> tuple[str, str]:
    text = "first = {0}('one', 1)\ncheck({0}('two'), second)\n"
    return text.format(was), text.format(now)


@pytest.mark.parametrize(
    ("was", "now", "phrase", "other"),
    [
        ("box.lids.get", "box.getlid", "lids.get", "getlid"),
        ("shop.Order.make", "shop.Order", "Order.make", "Order"),
        ("store.Shelf.find", "Shelf.find", "store.Shelf", "Shelf"),
        ("sizes.get_size", "kinds.get_kind", "sizes.get_size", "kinds.get_kind"),
    ],
)
def test_the_phrase_is_as_short_as_it_can_be(was: str, now: str, phrase: str, other: str) -> None:
    base, ours = _texts(was, now)
    assert phrases(base, ours, [f"x = {was}('three')"]) == {phrase: other}


def test_a_phrase_that_the_target_says_too_stays() -> None:
    base, ours = _texts("box.lids.get", "box.getlid")
    assert phrases(base, ours + "box.lids.get(4)\n", ["box.lids.get(3)"]) == {}


def test_a_phrase_that_the_change_does_not_bring_stays() -> None:
    base, ours = _texts("box.lids.get", "box.getlid")
    assert phrases(base, ours, ["box.close(3)"]) == {}


def test_one_place_is_no_habit() -> None:
    assert phrases("box.lids.get(1)\n", "box.getlid(1)\n", ["box.lids.get(3)"]) == {}


def test_places_that_disagree_teach_nothing() -> None:
    base, ours = _texts("box.lids.get", "box.getlid")
    one, two = ours.splitlines(keepends=True)
    assert phrases(base, one + two.replace("getlid", "lid"), ["box.lids.get(3)"]) == {}


def test_a_call_of_something_else_is_not_the_same_thing() -> None:
    base, ours = _texts("log.note", "print")
    assert phrases(base, ours, ["log.note('three')"]) == {}


def test_the_aliases_of_assertions_are_left_to_taste() -> None:
    base, ours = _texts("self.assertEqual", "self.assertEquals")
    assert phrases(base, ours, ["self.assertEqual(3)"]) == {}


@given(*[st.text("a.b(\n")] * 3)
def test_what_is_found_is_in_the_base_and_not_in_ours(base: str, ours: str, added: str) -> None:
    for phrase in phrases(base, ours, [added]):
        assert phrase in base
        assert f" {phrase} " not in f" {ours} "

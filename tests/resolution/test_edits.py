"""Edits beside a conflict: taken from a finished file, found again, told when they do not fit."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.git.textmerge import Lines, split_lines
from patchseries.model import Sides
from patchseries.resolution.conflict import OpenFile
from patchseries.resolution.edits import StaleError, agreed_lines, edit_of, edited
from patchseries.resolution.extract import AmbiguousEditError, extract
from patchseries.resolution.lines import BrokenResolutionError, Own, Take

SIDES = frozenset({"ancestor", "ours", "theirs"})
REGION = Sides((b"x\n",), (b"y\n",), (b"z\n",))
TEN = tuple(b"%d\n" % n for n in range(10))


def plain(lines: Lines) -> OpenFile:
    """A file without a conflict."""
    return OpenFile("f", frozenset(), "100644", (lines,))


@st.composite
def finished(draw: st.DrawFn) -> tuple[OpenFile, Lines]:
    """A file with regions among lines that are all different, and what a person made of it."""
    sizes = draw(st.lists(st.integers(0, 8), min_size=1, max_size=3))
    own = st.lists(st.sampled_from([b"new\n", b"\n", b"y\n", b"3\n"]), max_size=2)
    chunks: list[object] = []
    final: list[bytes] = []
    at = 0
    for number, size in enumerate(sizes):
        if number:
            chunks.append(REGION)
            final += draw(own)
        lines = tuple(b"%d\n" % n for n in range(at, at + size))
        at += size
        if lines:
            chunks.append(lines)
        for line in lines:
            what = draw(st.sampled_from(["keep"] * 6 + ["drop", "change", "add"]))
            final += {"keep": [line], "drop": [], "change": [b"c" + line]}.get(what, [line, b"n\n"])
    return OpenFile("f", SIDES, "100644", tuple(chunks)), tuple(final)  # type: ignore[arg-type]


@given(finished())
def test_whatever_a_person_made_of_a_file_is_made_again(made: tuple[OpenFile, Lines]) -> None:
    file, final = made
    try:
        extracted = extract(file, final)
    except AmbiguousEditError:
        assert len(file.regions) > 1
        return
    assert split_lines(edited(file, extracted.texts, extracted.edits)) == list(final)
    for edit in extracted.edits:  # what stays is no edit
        assert edit.old or edit.pieces
        assert not any(isinstance(one, Take) for one in edit.pieces) or edit.old


def test_an_edit_over_two_regions_is_not_to_be_told_apart() -> None:
    file = OpenFile("f", SIDES, "100644", (TEN[:2], REGION, TEN[2:3], REGION, TEN[3:]))
    with pytest.raises(AmbiguousEditError, match="f: edits next to two conflict regions overlap"):
        extract(file, [*TEN[:2], b"a\n", b"changed\n", b"b\n", *TEN[3:]])
    apart = [*TEN[:2], b"a\n", TEN[2], b"b\n", *TEN[3:9], b"changed\n"]
    assert extract(file, apart).texts == ((b"a\n",), (b"b\n",))


def test_lines_beside_a_region_that_went_are_edits_and_what_came_is_the_region_s() -> None:
    file = OpenFile("f", SIDES, "100644", (TEN[:5], REGION, TEN[5:]))
    extracted = extract(file, [*TEN[:4], b"new\n", *TEN[6:]])
    assert extracted.texts == ((b"new\n",),)
    assert [(e.before, e.old, e.after, e.pieces) for e in extracted.edits] == [
        (3, 1, 3, ()),
        (3, 1, 3, ()),
    ]


@pytest.mark.parametrize(
    ("start", "old", "around"),
    [
        (0, 1, (0, 3)),
        (2, 1, (2, 3)),
        (4, 2, (3, 3)),
        (7, 2, (3, 1)),
        (9, 1, (3, 0)),
        (10, 0, (3, 0)),
    ],
)
def test_an_edit_is_known_by_three_lines_on_each_side(
    start: int, old: int, around: tuple[int, int]
) -> None:
    edit = edit_of("f", TEN, start, old, (b"new\n",))
    assert (edit.before, edit.after, edit.old) == (*around, old)
    expected = [*TEN[:start], b"new\n", *TEN[start + old :]]
    assert split_lines(edited(plain(TEN), [], [edit])) == expected
    for n in range(10):
        other = (*TEN[:n], b"other\n", *TEN[n + 1 :])
        if start - around[0] <= n < start + old + around[1]:
            with pytest.raises(StaleError, match="the lines that it edits in f are not there"):
                edited(plain(other), [], [edit])
        else:
            assert b"new\n" in edited(plain(other), [], [edit])


def test_the_ends_of_lines_make_no_other_place_and_stay() -> None:
    dos = tuple(line.replace(b"\n", b"\r\n") for line in TEN)
    edit = edit_of("f", TEN, 4, 1, (TEN[4], b"new\n"))
    assert edit.pieces == (Take("ours", 1, 1), Own((b"new\n",)))
    assert edited(plain(dos), [], [edit]) == b"".join([*dos[:5], b"new\n", *dos[5:]])


def test_a_place_that_is_there_twice_is_none() -> None:
    edit = edit_of("f", TEN, 4, 1, ())
    with pytest.raises(StaleError, match="the lines that it edits in f are there 2 times"):
        edited(plain(TEN + TEN), [], [edit])


def test_the_same_lines_are_another_place_where_another_of_them_is_replaced() -> None:
    same = (b"a\n",) * 3
    first = edit_of("f", same, 0, 1, ())
    assert len({edit_of("f", same, n, 1, ()).key for n in range(3)} | {first.key}) == 3
    assert len({edit_of("f", same, 0, n, ()).key for n in range(3)}) == 3
    wrong = replace(edit_of("f", TEN, 4, 1, ()), pieces=(Take("ours", 1, 2),))
    with pytest.raises(BrokenResolutionError, match="ours has 1 lines"):
        edited(plain(TEN), [], [wrong])


def test_several_edits_and_regions_of_one_file() -> None:
    file = OpenFile("f", SIDES, "100644", (TEN[:5], REGION, TEN[5:]))
    agreed = agreed_lines(file)
    assert tuple(agreed) == TEN
    edits = [
        edit_of("f", agreed, 10, 0, (b"end\n",)),
        edit_of("f", agreed, 5, 2, (b"a\n", b"b\n", b"c\n")),
        edit_of("f", agreed, 0, 0, (b"top\n",)),
    ]
    assert split_lines(edited(file, [(b"r\n",)], edits)) == [
        b"top\n",
        *TEN[:5],
        b"r\n",
        b"a\n",
        b"b\n",
        b"c\n",
        *TEN[7:],
        b"end\n",
    ]


def test_the_keys_of_edits_are_those_that_are_kept() -> None:
    text = b"4 1 2\n0\n1\n2\n3\n"
    edit = edit_of("f", TEN[:4], 1, 2, ())
    assert edit.key == hashlib.sha256(text).hexdigest()


def test_lines_that_are_there_once_more_are_an_edit() -> None:
    """Where the beginning and the end of a file overlap, and in a file without a conflict."""
    file = plain((b"a\n",))
    extracted = extract(file, [b"a\n", b"a\n"])
    assert extracted.texts == ()
    assert edited(file, (), extracted.edits) == b"a\na\n"
    twice = OpenFile("f", SIDES, "100644", (TEN[:1], REGION, TEN[:1]))
    assert extract(twice, TEN[:1] * 2).texts == ((),)
    cut = extract(twice, TEN[:1])
    assert edited(twice, cut.texts, cut.edits) == TEN[0]

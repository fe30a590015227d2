"""Resolved lines as pieces, merges as chunks, files back to resolutions: laws."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.git.environment import ISOLATED
from patchseries.git.textmerge import Region, merge_text, split_lines
from patchseries.model import Sides
from patchseries.resolution.conflict import OpenFile
from patchseries.resolution.edits import EditBeside, edited
from patchseries.resolution.extract import extract
from patchseries.resolution.files import ChangedMode, MovedFile, NewFile, RemovedFile
from patchseries.resolution.lines import (
    BrokenResolutionError,
    Own,
    Piece,
    Take,
    assemble,
    pieces_of,
    whole,
)
from patchseries.resolution.reading import parse_resolution
from patchseries.resolution.replay import Resolution
from patchseries.resolution.store import format_resolution

LINE = st.sampled_from(
    [b"a\n", b"b\n", b"\n", b"  c\n", b"    c\n", b"  a\n", b" \n", b"=======\n", b"<<<<<<< x\n"]
)
LINES = st.lists(LINE, max_size=6).map(tuple)
REGIONS = st.builds(Sides, LINES, LINES, LINES)
SIDES = frozenset({"ancestor", "ours", "theirs"})


@given(LINES, REGIONS)
def test_pieces_give_the_lines_they_were_made_of(lines: tuple[bytes, ...], region: Region) -> None:
    pieces = pieces_of(lines, region)
    assert assemble(pieces, region) == lines
    known = {*region.ancestor, *region.ours, *region.theirs}
    for piece in pieces:
        if isinstance(piece, Own):
            assert not any(line in known and line.strip() for line in piece.lines)
    assert not any(isinstance(a, Own) and isinstance(b, Own) for a, b in pairwise(pieces))


@given(REGIONS)
def test_whole_sides(region: Region) -> None:
    assert assemble(whole(region, "theirs", "ours"), region) == region.theirs + region.ours


def test_a_block_that_is_only_moved_in_is_named_not_copied() -> None:
    region = Sides((), (b"if x:\n", b"\n", b"    y()\n"), (b"try:\n", b"    z()\n"))
    lines = (b"try:\n", b"    if x:\n", b"\n", b"        y()\n")
    assert pieces_of(lines, region) == (Take("theirs", 1, 1), Take("ours", 1, 3, 4))


def test_a_region_that_lacks_the_lines_is_told() -> None:
    with pytest.raises(BrokenResolutionError, match="ours:2-3: ours has 2 lines"):
        assemble([Take("ours", 2, 3)], Sides((), (b"1\n", b"2\n"), ()))


@pytest.mark.parametrize("text", ["ours", "ours:0", "ours:3-2", "yours:1", "ours:1-", "ours:01"])
def test_references_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected lines"):
        Take.parse(text)


TEXT = st.lists(LINE, max_size=8).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, TEXT, st.booleans())
def test_a_merge_holds_each_side_whole(base: bytes, ours: bytes, theirs: bytes, end: bool) -> None:
    """Whatever the texts hold (markers too): without regions git's result, else both sides."""
    if not end:
        ours, theirs = ours.removesuffix(b"\n"), theirs.removesuffix(b"\n")
    chunks = merge_text(base, ours, theirs, ISOLATED)
    if base == ours:
        assert b"".join(b"".join(c) for c in chunks if isinstance(c, tuple)) == theirs
    regions = [chunk for chunk in chunks if isinstance(chunk, Sides)]
    for region in regions:
        assert b"".join(region.ours) in ours
        assert b"".join(region.theirs) in theirs
        assert b"".join(region.ancestor) in base


@st.composite
def open_files(draw: st.DrawFn) -> OpenFile:
    chunks = draw(st.lists(st.one_of(LINES.filter(bool), REGIONS), max_size=5))
    kept = [c for c, d in zip(chunks, [None, *chunks], strict=False) if type(c) is not type(d)]
    return OpenFile("f", SIDES, "100644", tuple(kept))


@given(open_files(), st.data())
def test_what_is_captured_gives_the_file_again(file: OpenFile, data: st.DataObject) -> None:
    texts = data.draw(st.tuples(*(LINES for _ in file.regions)))
    final = edited(file, texts, ())
    extracted = extract(file, split_lines(final))
    assert extracted.edits == ()
    assert edited(file, extracted.texts, ()) == final


def test_an_edit_beside_the_conflict_is_an_edit_and_found_again() -> None:
    around = [b"%d\n" % n for n in range(20)]
    region = Sides((b"x\n",), (b"y\n",), (b"z\n",))
    file = OpenFile("f", SIDES, "100644", (tuple(around[:10]), region, tuple(around[10:])))
    final = [*around[:2], b"new\n", *around[3:10], b"yz\n", *around[11:15], b"more\n", *around[15:]]
    extracted = extract(file, final)
    assert extracted.texts == ((b"yz\n",),)
    assert [(e.before, e.old, e.after) for e in extracted.edits] == [
        (2, 1, 3),
        (3, 1, 3),
        (3, 0, 3),
    ]
    assert split_lines(edited(file, extracted.texts, extracted.edits)) == final
    longer = OpenFile("f", SIDES, "100644", ((b"top\n", b"top\n"), *file.chunks))
    assert split_lines(edited(longer, extracted.texts, extracted.edits)) == [b"top\n"] * 2 + final


OWN = st.builds(
    Own,
    st.lists(st.binary(max_size=4).map(lambda b: b.replace(b"\n", b"") + b"\n"), min_size=1).map(
        tuple
    ),
)
TAKE = st.builds(
    lambda side, first, more, indent: Take(side, first, first + more, indent),
    st.sampled_from(sorted(SIDES)),
    st.integers(1, 99),
    st.integers(0, 9),
    st.integers(-8, 8),
)
PIECES: st.SearchStrategy[tuple[Piece, ...]] = st.lists(st.one_of(OWN, TAKE), max_size=4).map(tuple)
WORDS = st.text(max_size=9)
EDITS = st.builds(
    EditBeside, WORDS, WORDS, st.integers(0, 3), st.integers(0, 9), st.integers(0, 3), PIECES
)


MODES = st.sampled_from(["100644", "100755"])
PATHS = st.from_regex(r"\A[a-z]+(/[a-z]+)?\Z")
LINES_OF_FILE = st.binary(max_size=9).map(split_lines).map(tuple)
FILES = st.one_of(
    st.builds(NewFile, PATHS, MODES, LINES_OF_FILE),
    st.builds(RemovedFile, PATHS, WORDS),
    st.builds(MovedFile, PATHS, PATHS, st.none() | WORDS),
    st.builds(ChangedMode, PATHS, MODES, MODES),
)


@given(
    st.builds(
        Resolution,
        WORDS,
        WORDS,
        WORDS,
        PIECES,
        WORDS,
        WORDS,
        st.dates().map(str),
        WORDS,
        st.booleans(),
        st.lists(EDITS, max_size=2).map(tuple),
        st.lists(FILES, max_size=2).map(tuple),
    )
)
def test_a_resolution_survives_its_file(resolution: Resolution) -> None:
    assert parse_resolution(format_resolution(resolution)) == resolution


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "schema is None"),
        ("schema = 2", "schema is 2"),
        ("schema = 1", "the key 'patch' is missing"),
        ("schema =", "Invalid value"),
        (
            "schema = 1\npatch = 'x'\npath = 'f'\nkey = ''\npiece = [{take='ours:1', text=''}]",
            "either `take` or `text`",
        ),
    ],
)
def test_what_is_no_resolution(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_resolution(text)


@pytest.mark.parametrize(
    ("lines", "region", "pieces"),
    [
        # the longest run wins; of runs as long one that is not indented, then ours before theirs
        ("ab", Sides("a", "a", "ab"), [Take("theirs", 1, 2)]),
        ("a", Sides("a", "a", "a"), [Take("ours", 1, 1)]),
        ("a", Sides("a", "", "a"), [Take("theirs", 1, 1)]),
        ("a", Sides("", "xax", ""), [Take("ours", 2, 2)]),
        ("abc", Sides("", "abxabc", ""), [Take("ours", 4, 6)]),
        ("aba", Sides("", "ab", ""), [Take("ours", 1, 2), Take("ours", 1, 1)]),
        # blank lines after own ones belong to these; those before are named
        ("n_a", Sides("", "_a", ""), [Own((b"n\n",)), Take("ours", 1, 2)]),
        ("n_", Sides("", "_", ""), [Own((b"n\n", b"\n"))]),
        ("_n", Sides("", "_", ""), [Take("ours", 1, 1), Own((b"n\n",))]),
        ("nm", Sides("", "", ""), [Own((b"n\n", b"m\n"))]),
    ],
)
def test_what_is_named_and_what_is_written_down(
    lines: str, region: Sides[str], pieces: list[Piece]
) -> None:
    """A letter is a line, and ``_`` a blank one."""

    def spelt(text: str) -> tuple[bytes, ...]:
        return tuple(b"\n" if letter == "_" else letter.encode() + b"\n" for letter in text)

    assert pieces_of(spelt(lines), region.map(spelt)) == tuple(pieces)


@pytest.mark.parametrize(
    ("line", "indent", "expected"),
    [
        (b"  a\n", 2, b"    a\n"),
        (b"    a\n", -2, b"  a\n"),
        (b"  a\n", -2, b"a\n"),
        (b" a\n", -2, b"a\n"),
        (b"\n", 4, b"\n"),
        (b"  \n", -4, b"  \n"),
        (b"\ta\n", -1, b"\ta\n"),
    ],
)
def test_indenting_leaves_blank_lines_and_takes_no_more_than_there_is(
    line: bytes, indent: int, expected: bytes
) -> None:
    assert assemble([Take("ours", 1, 1, indent)], Sides((), (line,), ())) == (expected,)


def test_the_same_line_not_indented_comes_before_an_indented_one() -> None:
    region = Sides((), (b"  a\n",), (b"a\n",))
    assert pieces_of((b"a\n",), region) == (Take("theirs", 1, 1),)
    assert pieces_of((b"    a\n",), region) == (Take("ours", 1, 1, 2),)
    assert pieces_of((b"\ta\n",), region) == (Own((b"\ta\n",)),)
    assert [str(take) for take in (Take("ancestor", 1, 2), Take("ours", 3, 3))] == [
        "base:1-2",
        "ours:3",
    ]
    assert Take.parse("base:1-2") == Take("ancestor", 1, 2)

"""What a merge leaves open, file by file: which sides have it, and the key it is known by."""

from __future__ import annotations

import hashlib

import pytest

from patchseries.git import Repository
from patchseries.model import Sides
from patchseries.resolution.conflict import (
    Labels,
    OpenFile,
    left_behind,
    marked,
    marker_size,
    markers_left,
    open_files,
    region_key,
)
from resolution.merges import FILE, LINK, PROGRAM, merge

ALL = frozenset({"ancestor", "ours", "theirs"})
LABELS = Labels("1.0", "before", "the change")
OLD, OURS, THEIRS = b"a\nb\nc\n", b"a\nours\nc\n", b"a\ntheirs\nc\n"


def opened(
    store: Repository,
    ancestor: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    modes: tuple[str, str, str] = (FILE, FILE, FILE),
) -> OpenFile:
    """The one file that is open when a file has this content on the three sides (None: none)."""
    sides = [
        {"f": (mode, data)} if data is not None else {}
        for mode, data in zip(modes, (ancestor, ours, theirs), strict=True)
    ]
    (file,) = open_files(store, merge(store, *sides))
    return file


def test_lines_are_in_question_where_both_sides_have_the_file(store: Repository) -> None:
    file = opened(store, OLD, OURS, THEIRS)
    assert (file.sides, file.is_whole, file.modes) == (ALL, False, None)
    assert file.chunks[0] == (b"a\n",)
    assert file.regions == [Sides((b"b\n",), (b"ours\n",), (b"theirs\n",))]
    added = opened(store, None, OURS, THEIRS)
    assert (added.sides, added.is_whole) == (ALL - {"ancestor"}, False)
    assert [(r.ancestor, r.ours[1], r.theirs[1]) for r in added.regions] == [
        ((), b"ours\n", b"theirs\n")
    ]
    assert added.key(added.regions[0]) == region_key(added.regions[0])


@pytest.mark.parametrize("missing", ["ours", "theirs"])
def test_the_file_is_in_question_where_one_side_has_it_not(store: Repository, missing: str) -> None:
    file = opened(
        store, OLD, None if missing == "ours" else OURS, None if missing == "theirs" else THEIRS
    )
    assert (file.sides, file.is_whole) == (ALL - {missing}, True)
    (region,) = file.regions
    assert file.chunks == (region,)
    assert region.ancestor == (b"a\n", b"b\n", b"c\n")
    assert not getattr(region, missing)
    assert file.key(region) == region_key(region, None, ALL - {missing}) != region_key(region)


def test_a_file_that_is_no_text_is_one_region_of_all(store: Repository) -> None:
    for at in range(3):
        texts = [OLD, OURS, THEIRS]
        texts[at] = texts[at] + b"\0\n"
        file = opened(store, texts[0], texts[1], texts[2])
        assert file.chunks == tuple(file.regions)
        assert b"".join(file.regions[0].ancestor) == texts[0]
        assert not file.is_whole


def test_a_mode_is_in_question_where_both_sides_set_another(store: Repository) -> None:
    both = opened(store, None, OLD, OLD, (FILE, FILE, PROGRAM))
    assert (both.modes, both.is_whole) == ((FILE, PROGRAM), True)
    assert [both.mode_of(side) for side in ("ours", "theirs")] == [FILE, PROGRAM]
    lines = opened(store, None, OURS, THEIRS, (FILE, PROGRAM, FILE))
    assert (lines.modes, lines.is_whole) == ((PROGRAM, FILE), False)
    assert lines.key(lines.regions[0]) != region_key(lines.regions[0])


@pytest.mark.parametrize(
    ("modes", "merged"),
    [
        ((FILE, FILE, PROGRAM), PROGRAM),
        ((FILE, PROGRAM, FILE), PROGRAM),
        ((FILE, PROGRAM, PROGRAM), PROGRAM),
        ((PROGRAM, FILE, PROGRAM), FILE),
    ],
)
def test_a_mode_that_one_side_changed_is_merged(
    store: Repository, modes: tuple[str, str, str], merged: str
) -> None:
    file = opened(store, OLD, OURS, THEIRS, modes)
    assert (file.mode, file.modes) == (merged, None)
    assert [file.mode_of(side) for side in ("ours", "theirs")] == [merged, merged]


def test_links_and_what_neither_side_has_are_not_shown(store: Repository) -> None:
    links = merge(store, {"f": (LINK, b"a")}, {"f": (LINK, b"b")}, {"f": (LINK, b"c")})
    assert not links.clean
    assert open_files(store, links) == []
    text = b"".join(b"%d\n" % n for n in range(30))
    renamed = merge(store, {"f": (FILE, text)}, {"g": (FILE, text)}, {"h": (FILE, text)})
    assert left_behind(renamed) == {"f"}
    assert [file.path for file in open_files(store, renamed)] == ["g", "h"]


def test_a_key_is_of_the_lines_and_not_of_their_ends_or_places() -> None:
    one = Sides((b"a\n",), (b"b\n",), (b"c",))
    assert region_key(one) == region_key(one.map(lambda s: tuple(x.strip() + b"\r\n" for x in s)))
    keys = {
        region_key(one),
        region_key(Sides((), one.ours, one.theirs)),
        region_key(Sides(one.ancestor, one.theirs, one.ours)),
        region_key(Sides(one.ancestor, one.ours + one.theirs, ())),
        region_key(one, (FILE, PROGRAM)),
        region_key(one, (PROGRAM, FILE)),
        region_key(Sides((), one.ours, one.theirs), None, ALL - {"ancestor"}),
    }
    assert len(keys) == 7


def test_markers_are_longer_than_what_the_file_has_and_found_again() -> None:
    region = Sides((b"x\n",), (b"<<<<<<< a\n",), (b"y",))
    file = OpenFile("f", ALL, FILE, ((b"top\n",), region, (b"end\n",), region))
    assert marker_size(file) == 8
    assert marker_size(OpenFile("f", ALL, FILE, ((b"<" * 10 + b"\n",), region))) == 11
    shown, settled = marked(file, [None, (b"z\n",)], LABELS)
    assert settled == (b"z\n",)
    assert b"".join(shown).decode().splitlines() == [
        "<<<<<<<< 1.0",
        "<<<<<<< a",
        "|||||||| before",
        "x",
        "========",
        "y",
        ">>>>>>>> the change",
    ]
    assert markers_left(file, [b"top\n", *shown, *settled]) == [2, 4, 8]
    assert markers_left(file, [b"top\n", *settled, b"<<<<<<< a\n"]) == []


def test_keys_are_those_of_the_resolutions_that_are_kept() -> None:
    """Another way to make them would leave every resolution of every project without its use."""
    region = Sides((b"a\n",), (b"b\r\n", b"c"), ())
    for there, modes, text in (
        (ALL, None, b"base 1\na\nours 2\nb\nc\ntheirs 0\n"),
        (ALL - {"theirs"}, None, b"base 1\na\nours 2\nb\nc\ntheirs none\n"),
        (ALL, (FILE, PROGRAM), b"base 1\na\nours 2\nb\nc\ntheirs 0\nmodes 100644 100755\n"),
    ):
        assert region_key(region, modes, there) == hashlib.sha256(text).hexdigest()

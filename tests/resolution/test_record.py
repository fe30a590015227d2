"""A finished tree as resolutions: replayed on its merge they give that tree, and say what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from patchseries.files import sha256
from patchseries.git import Merge, Repository, TreeEntry
from patchseries.model import TreeId
from patchseries.resolution.conflict import open_files
from patchseries.resolution.files import ChangedMode, MovedFile, NewFile, RemovedFile
from patchseries.resolution.lines import Own, Take
from patchseries.resolution.reading import parse_resolution
from patchseries.resolution.record import (
    Attribution,
    ResolvedMerge,
    Settled,
    UnsettledError,
    final_tree,
    resolutions_of,
)
from patchseries.resolution.replay import Resolution, replay
from patchseries.resolution.store import format_resolution
from resolution.merges import FILE, LINK, PROGRAM, merge

ADA = Attribution("Ada <a@x>", "2013-07-01", "because")
BOB = Attribution("Bob <b@x>", "2013-07-02", "since")
HEAD = b"".join(b"line %d\n" % n for n in range(8))
TEXT = b"".join(b"text %d\n" % n for n in range(12))
OLD, OURS, THEIRS = HEAD + b"old\n", HEAD + b"ours\n", HEAD + b"theirs\n"
BESIDE = {"plain.py": (FILE, TEXT), "tool.sh": (FILE, b"tool\n"), "gone.py": (FILE, b"gone\n")}

Files = Mapping[str, tuple[str, bytes] | None]
"""Mode and content by path; None: not there."""


def conflicting(store: Repository) -> Merge:
    """A merge with one region in the file f, and files beside it."""
    return merge(
        store,
        {"f": (FILE, OLD), **BESIDE},
        {"f": (FILE, OURS), **BESIDE},
        {"f": (FILE, THEIRS), **BESIDE},
    )


def final(store: Repository, merged: Merge, files: Files) -> TreeId:
    """The tree of *merged* with *files* (None: not there)."""
    edits = {p: e and TreeEntry(e[0], store.write_blob(e[1])) for p, e in files.items()}
    return store.edit_tree(merged.tree, edits)


def resolved(
    store: Repository,
    merged: Merge,
    files: Files,
    earlier: Sequence[Resolution] = (),
    signed: Attribution = ADA,
) -> list[Resolution]:
    """The resolutions; their files, replayed, give the tree again."""
    tree = final(store, merged, files)
    made = resolutions_of(store, ResolvedMerge(merged, "p", tree, signed), earlier)
    read = [parse_resolution(format_resolution(one)) for one in made]
    replayed = replay(store, merged, read)
    assert (replayed.conflicts, replayed.misfits) == ((), {})
    assert replayed.used == tuple(read)
    assert store.edit_tree(merged.tree, replayed.edits) == tree
    return made


@pytest.mark.parametrize(
    ("end", "choice", "pieces"),
    [
        (b"ours\n", "ours", (Take("ours", 1, 1),)),
        (b"theirs\n", "theirs", (Take("theirs", 1, 1),)),
        (b"ours\ntheirs\n", "both", (Take("ours", 1, 1), Take("theirs", 1, 1))),
        (b"theirs\nours\n", "edited", (Take("theirs", 1, 1), Take("ours", 1, 1))),
        (b"    old\n", "edited", (Take("ancestor", 1, 1, 4),)),
        (b"new\n", "edited", (Own((b"new\n",)),)),
        (b"", "edited", ()),
    ],
)
def test_what_became_of_a_region(
    store: Repository, end: bytes, choice: str, pieces: tuple[object, ...]
) -> None:
    merged = conflicting(store)
    (one,) = resolved(store, merged, {"f": (FILE, HEAD + end)})
    (file,) = open_files(store, merged)
    assert one == Resolution(
        "p", "f", file.key(file.regions[0]), one.pieces, choice, ADA.author, ADA.date, ADA.reason
    )
    assert one.pieces == pieces


DONE = {"f": (FILE, OURS)}


@pytest.mark.parametrize(
    ("files", "changes"),
    [
        ({"f": None}, ()),
        ({"f": None, "g": (FILE, OURS)}, (MovedFile("g", "f", None),)),
        (
            {"f": None, "g": (PROGRAM, OURS)},
            (MovedFile("g", "f", None), ChangedMode("g", FILE, PROGRAM)),
        ),
        ({"f": (PROGRAM, OURS)}, (ChangedMode("f", FILE, PROGRAM),)),
        ({**DONE, "a/new": (PROGRAM, b"x\ny")}, (NewFile("a/new", PROGRAM, (b"x\n", b"y")),)),
        ({**DONE, "gone.py": None}, (RemovedFile("gone.py", sha256(b"gone\n")),)),
        ({**DONE, "tool.sh": (PROGRAM, b"tool\n")}, (ChangedMode("tool.sh", FILE, PROGRAM),)),
        (
            {**DONE, "plain.py": None, "moved.py": (PROGRAM, TEXT)},
            (
                MovedFile("moved.py", "plain.py", sha256(TEXT)),
                ChangedMode("moved.py", FILE, PROGRAM),
            ),
        ),
        (
            {**DONE, "gone.py": (PROGRAM, b"gone\n"), "a": (FILE, b"a\n"), "tool.sh": None},
            (
                RemovedFile("tool.sh", sha256(b"tool\n")),
                NewFile("a", FILE, (b"a\n",)),
                ChangedMode("gone.py", FILE, PROGRAM),
            ),
        ),
    ],
)
def test_what_became_of_whole_files(
    store: Repository, files: Any, changes: tuple[object, ...]
) -> None:
    (one,) = resolved(store, conflicting(store), files)
    assert (one.files, one.edits) == (changes, ())
    assert one.gone == (files == {"f": None})


def test_lines_edited_beside_the_conflict_in_its_file_and_in_others(store: Repository) -> None:
    changed = TEXT.replace(b"text 5\n", b"text five\n")
    files = {
        "f": (FILE, OURS.replace(b"line 1\n", b"")),
        "plain.py": None,
        "moved.py": (FILE, changed),
        "tool.sh": (FILE, b"tool\nmore\n"),
    }
    (one,) = resolved(store, conflicting(store), files)
    assert [(e.path, e.old, len(e.pieces)) for e in one.edits] == [
        ("f", 1, 0),
        ("moved.py", 1, 1),
        ("tool.sh", 0, 1),
    ]
    assert one.files == (MovedFile("moved.py", "plain.py", sha256(TEXT)),)


LINKED = (LINK, b"plain.py")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"f": LINKED}, "f is no longer a file"),
        ({**DONE, "l": LINKED}, "l: a link or a submodule; write a patch of your own for it"),
        ({**DONE, "tool.sh": LINKED}, "tool.sh: a link or a submodule; write a patch"),
        ({**DONE, "b": (FILE, b"\0")}, "b: a new file that is binary; write a patch"),
    ],
)
def test_what_no_resolution_can_hold(store: Repository, files: Any, words: str) -> None:
    with pytest.raises(UnsettledError, match=words):
        resolved(store, conflicting(store), files)


def test_without_a_conflict_there_is_nothing_to_resolve(store: Repository) -> None:
    clean = merge(store, BESIDE, BESIDE, {**BESIDE, "f": (FILE, OLD)})
    with pytest.raises(UnsettledError, match="there is no conflict to resolve"):
        resolved(store, clean, {})


def twice(store: Repository, more: bytes = b"") -> Merge:
    """The same conflict in two files, f and g, or another one in g."""
    old, ours, theirs = (
        {"f": (FILE, data), "g": (FILE, data + end), **BESIDE}
        for data, end in ((OLD, b""), (OURS, more), (THEIRS, b""))
    )
    return merge(store, old, ours, theirs)


def test_the_same_conflict_in_two_files_is_one_resolution(store: Repository) -> None:
    merged = twice(store)
    line = (PROGRAM, OURS.replace(b"line 1\n", b""))
    (one,) = resolved(store, merged, {"f": line, "g": (FILE, OURS)})
    assert [edit.path for edit in one.edits] == ["f"]
    assert one.files == (ChangedMode("f", FILE, PROGRAM),)
    with pytest.raises(UnsettledError, match="g: a resolution cannot record this change"):
        resolved(store, merged, {"f": (FILE, OURS), "g": line})
    words = "g: the same conflict is in two places and resolved in two ways"
    for files in ({"f": (FILE, OURS), "g": (FILE, THEIRS)}, {"f": None, "g": (FILE, HEAD)}):
        with pytest.raises(UnsettledError, match=words):
            resolved(store, merged, files)


def test_what_still_holds_stays_with_whoever_decided_it(store: Repository) -> None:
    merged = twice(store, b"more\n")
    beside = {"a": (FILE, b"a\n"), "plain.py": (FILE, TEXT + b"end\n")}
    files = {"f": (FILE, OURS), "g": (FILE, THEIRS), **beside}
    first, second = resolved(store, merged, files)
    assert [one.path for one in (first, second)] == ["f", "g"]
    assert (len(first.files), len(first.edits)) == (1, 1)
    assert (second.files, second.edits) == ((), ())
    # all of it again, by another
    assert resolved(store, merged, files, [first, second], BOB) == [first, second]
    # the first was there: what is beside goes to what is new, if that has not been done
    by_ada = replace(first, files=(), edits=())
    kept, new = resolved(store, merged, files, [by_ada], BOB)
    assert kept == by_ada
    assert (new.author, new.files, new.edits) == (BOB.author, first.files, first.edits)
    assert resolved(store, merged, files, [first], BOB) == [
        first,
        replace(second, author=BOB.author, date=BOB.date, reason=BOB.reason),
    ]
    # of another patch, or decided otherwise: it is whose who decides now
    for earlier in (
        replace(first, patch="q"),
        replace(first, pieces=()),
        replace(first, gone=True),
        replace(first, files=(NewFile("b", FILE, ()), *first.files)),
        replace(first, edits=(*first.edits, replace(first.edits[0], path="b"))),
    ):
        made = resolved(store, merged, files, [earlier], BOB)
        assert [one.author for one in made] == [BOB.author] * 2


@pytest.mark.parametrize(
    ("ours", "theirs", "choice"), [(None, OURS, "ours"), (OURS, None, "theirs")]
)
def test_a_file_that_goes_is_the_choice_of_the_side_that_has_it_not(
    store: Repository, ours: bytes | None, theirs: bytes | None, choice: str
) -> None:
    sides: list[dict[str, tuple[str, bytes]]] = [
        {"f": (FILE, data)} if data else {} for data in (OLD, ours, theirs)
    ]
    merged = merge(store, *sides)
    (one,) = resolved(store, merged, {"f": None})
    assert (one.choice, one.gone) == (choice, True)
    (stays,) = resolved(store, merged, {"f": (FILE, OURS)})
    assert (stays.choice, stays.gone) == ("theirs" if choice == "ours" else "ours", False)


def test_where_modes_conflict_a_choice_is_of_lines_and_mode(store: Repository) -> None:
    merged = merge(store, {}, {"f": (FILE, OURS)}, {"f": (PROGRAM, THEIRS)})
    choices = {}
    for mode in (FILE, PROGRAM):
        for data in (OURS, THEIRS):
            (one,) = resolved(store, merged, {"f": (mode, data)})
            choices[mode, data] = one.choice
    assert choices == {
        (FILE, OURS): "ours",
        (PROGRAM, THEIRS): "theirs",
        (FILE, THEIRS): "edited",
        (PROGRAM, OURS): "edited",
    }


def test_the_tree_of_what_is_settled(store: Repository) -> None:
    merged = twice(store)
    settled = {"f": Settled([(b"new\n",)], PROGRAM), "g": None}
    tree = final_tree(store, merged, settled, {"tool.sh": None})
    assert tree == final(
        store, merged, {"f": (PROGRAM, HEAD + b"new\n"), "g": None, "tool.sh": None}
    )


def test_edits_that_run_into_each_other_are_refused(store: Repository) -> None:
    old, ours, theirs = (
        {"f": (FILE, one + b"between\n" * 3 + one)} for one in (b"old\n", b"ours\n", b"theirs\n")
    )
    merged = merge(store, old, ours, theirs)
    with pytest.raises(UnsettledError, match="f: edits next to two conflict regions overlap"):
        resolved(store, merged, {"f": (FILE, b"all of it is new\n")})


def test_an_edit_whose_place_is_there_twice_is_refused_with_the_reason(store: Repository) -> None:
    again = {"again.py": (FILE, TEXT * 2)}
    sides = ({"f": (FILE, data), **again} for data in (OLD, OURS, THEIRS))
    edited = TEXT * 2
    at = edited.index(b"text 5")
    files = {**DONE, "again.py": (FILE, edited[:at] + b"new\n" + edited[at:])}
    words = r"f: CONFLICT \(contents\); the lines that it edits in again\.py are there 2 times"
    with pytest.raises(UnsettledError, match=words):
        resolved(store, merge(store, *sides), files)

"""Resolutions that are replayed: a file is settled whole, or stays open and it is said why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from patchseries.files import sha256
from patchseries.git import Merge, Repository, TreeEntry
from patchseries.model import PortCode, Severity
from patchseries.resolution.conflict import OpenFile, open_files
from patchseries.resolution.edits import StaleError, edit_of
from patchseries.resolution.files import (
    ChangedMode,
    Draft,
    FileChange,
    MovedFile,
    NewFile,
    RemovedFile,
)
from patchseries.resolution.lines import Piece, Take
from patchseries.resolution.replay import Replay, Resolution, beside, known_of, replay
from resolution.merges import FILE, LINK, PROGRAM, merge

MIDDLE = b"".join(b"line %d\n" % n for n in range(8))
TEXT = b"".join(b"text %d\n" % n for n in range(12))


def two_regions(word: bytes, other: bytes) -> bytes:
    return word + b"\n" + MIDDLE + other + b"\n"


BESIDE = {"plain.py": (FILE, TEXT), "dir/a": (FILE, b"a\n"), "link": (LINK, b"a")}


@pytest.fixture(name="merged")
def _merged(store: Repository) -> Merge:
    """Two regions in f, one in g that is like the second of f."""
    return merge(
        store,
        *(
            {
                "f": (FILE, two_regions(first, second)),
                "g": (FILE, MIDDLE + second + b"\n"),
                **BESIDE,
            }
            for first, second in ((b"1", b"2"), (b"ours", b"ours 2"), (b"theirs", b"theirs 2"))
        ),
    )


def resolution(file: OpenFile, number: int, *pieces: Piece, **more: object) -> Resolution:
    key = file.key(file.regions[number])
    made = Resolution("p", file.path, key, pieces, "edited", "Ada", "2013-07-01", "why")
    return replace(made, **more)  # type: ignore[arg-type]


def content(store: Repository, edits: Mapping[str, TreeEntry | None]) -> dict[str, bytes | None]:
    return {path: entry and store.blob(entry.oid) for path, entry in edits.items()}


OURS, THEIRS = Take("ours", 1, 1), Take("theirs", 1, 1)


def test_without_a_resolution_the_merge_stays_as_it_is(store: Repository, merged: Merge) -> None:
    assert replay(store, merged, []) == Replay(conflicts=merged.conflicts)


def test_a_file_is_settled_when_each_of_its_regions_is(store: Repository, merged: Merge) -> None:
    f, g = open_files(store, merged)
    first, second = resolution(f, 0, OURS), resolution(f, 1, THEIRS, OURS)
    half = replay(store, merged, [second])
    assert content(store, half.edits) == {"g": MIDDLE + b"theirs 2\nours 2\n"}
    assert [(c.path, c.hunks) for c in half.conflicts] == [("f", 1)]
    assert (half.used, half.misfits) == ((second,), {})
    whole = replay(store, merged, [first, second])
    assert content(store, whole.edits) == {
        "f": b"ours\n" + MIDDLE + b"theirs 2\nours 2\n",
        "g": MIDDLE + b"theirs 2\nours 2\n",
    }
    assert (whole.conflicts, whole.used, whole.misfits) == ((), (first, second), {})
    (note, _) = whole.findings
    assert (note.code, note.severity, note.file) == (PortCode.RESOLUTION_USED, Severity.NOTE, "f")
    assert note.message == "f: resolved by Ada on 2013-07-01: why"
    assert known_of(f, [second]) == [None, second]
    assert known_of(g, [first, second]) == [second]


def test_one_that_does_not_fit_is_told_and_changes_nothing(
    store: Repository, merged: Merge
) -> None:
    f = open_files(store, merged)[0]
    first, second = resolution(f, 0, OURS), resolution(f, 1, OURS)
    other = replace(first, key="0" * 64)
    words = {
        "the conflict is not the one that was resolved": [other, second],
        "ours:1-2: ours has 1 lines": [resolution(f, 0, Take("ours", 1, 2)), second],
        "gone is not there": [replace(first, files=(RemovedFile("gone", ""),)), second],
        "the lines that it edits in plain.py are not there": [
            replace(first, edits=(edit_of("plain.py", [b"x\n"], 0, 1, ()),)),
            second,
        ],
    }
    for word, resolutions in words.items():
        made = replay(store, merged, resolutions)
        assert made.misfits == {"f": word}
        assert [(c.path, c.hunks) for c in made.conflicts] == [("f", 2)]
        assert list(made.edits) == ["g"]
        assert made.used == (second,)


def test_a_file_that_goes_and_changes_that_two_resolutions_share(
    store: Repository, merged: Merge
) -> None:
    f = open_files(store, merged)[0]
    lines = TEXT.splitlines(keepends=True)
    change = NewFile("new", FILE, (b"n\n",))
    edit, more = (edit_of("plain.py", lines, at, 1, ()) for at in (1, 8))
    gone = resolution(f, 0, gone=True, files=(change,), edits=(edit,))
    shared = resolution(f, 1, OURS, files=(change,), edits=(edit, more))
    made = replay(store, merged, [gone, shared])
    assert content(store, made.edits) == {
        "f": None,
        "g": MIDDLE + b"ours 2\n",
        "new": b"n\n",
        "plain.py": b"".join([lines[0], *lines[2:8], *lines[9:]]),
    }
    assert made.used == (gone, shared)


def test_what_both_renamed_asks_nothing_once_the_new_names_are_settled(store: Repository) -> None:
    renamed = merge(store, {"f": (FILE, TEXT)}, {"g": (FILE, TEXT)}, {"h": (FILE, TEXT)})
    files = open_files(store, renamed)
    made = replay(store, renamed, [resolution(one, 0, gone=one.path == "h") for one in files])
    assert made.conflicts == ()
    assert [c.path for c in replay(store, renamed, [resolution(files[0], 0)]).conflicts] == [
        "f",
        "h",
    ]


def test_beside_a_conflict_is_changed_what_fits(store: Repository, merged: Merge) -> None:
    f, g = open_files(store, merged)
    lines = TEXT.splitlines(keepends=True)
    one = resolution(
        f,
        0,
        files=(RemovedFile("gone", ""), NewFile("new", FILE, (b"n\n",))),
        edits=(edit_of("plain.py", lines, 1, 1, ()), edit_of("gone", [b"x\n"], 0, 1, ())),
    )
    assert content(store, beside(store, merged, [f, g], [one])) == {
        "new": b"n\n",
        "plain.py": b"".join([lines[0], *lines[2:]]),
    }
    assert beside(store, merged, [g], [one]) == {}


A = sha256(b"a\n")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (NewFile("dir/b", PROGRAM, (b"b",)), {"dir/b": (PROGRAM, b"b")}),
        (NewFile("dir/a", FILE, (b"a\n",)), {"dir/a": (FILE, b"a\n")}),
        (RemovedFile("dir/a", A), {"dir/a": None}),
        (MovedFile("b", "dir/a", A), {"b": (FILE, b"a\n"), "dir/a": None}),
        (MovedFile("b", "dir/a", None), {"b": (FILE, b"a\n"), "dir/a": None}),
        (ChangedMode("dir/a", FILE, PROGRAM), {"dir/a": (PROGRAM, b"a\n")}),
        (NewFile("dir/a", PROGRAM, (b"a\n",)), "dir/a already exists, with other content"),
        (NewFile("dir/a/b", FILE, ()), "dir/a is not a directory"),
        (NewFile("link/b", FILE, ()), "link is not a directory"),
        (RemovedFile("dir/a", "0"), "dir/a is not what it was when it was removed or renamed"),
        (RemovedFile("link", A), "link is not a file"),
        (RemovedFile("f", A), "f has a conflict itself"),
        (MovedFile("b", "dir/a", "0"), "dir/a is not what it was when it was removed or renamed"),
        (MovedFile("plain.py", "dir/a", A), "plain.py already exists, with other content"),
        (MovedFile("b", "c", None), "c is not there"),
        (ChangedMode("dir/a", PROGRAM, FILE), "dir/a has mode 100644, not 100755"),
    ],
)
def test_a_change_of_a_file_is_made_where_it_fits(
    store: Repository, merged: Merge, change: FileChange, expected: object
) -> None:
    draft = Draft(store, merged)
    fork = draft.fork()
    if isinstance(expected, str):
        with pytest.raises(StaleError) as caught:
            fork.redo(change)
        assert (str(caught.value), fork.entries, fork.done) == (expected, {}, set())
    else:
        fork.redo(change)
        entries = {path: e and (e.mode, store.blob(e.oid)) for path, e in fork.entries.items()}
        assert (entries, fork.done) == (expected, {change})
    assert (draft.entries, draft.done) == ({}, set())

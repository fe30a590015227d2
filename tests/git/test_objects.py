"""git's objects as values: trees both ways, and commits that are odd."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.git.objects import Tree, TreeEntry, decode, format_tree, parse_commit

ENTRIES = st.dictionaries(
    st.binary(min_size=1, max_size=6).filter(lambda name: not set(name) & {0, 0x2F}),
    st.builds(
        TreeEntry,
        st.sampled_from(["100644", "100755", "120000", "40000", "160000"]),
        st.binary(min_size=20, max_size=20).map(bytes.hex),
    ),
    max_size=6,
)


@given(ENTRIES)
def test_a_tree_is_read_as_it_was_written(entries: dict[bytes, TreeEntry]) -> None:
    assert dict(Tree(format_tree(entries.items()))) == entries


def test_the_order_is_gits(tmp_path: Path) -> None:
    """A folder sorts as if its name ended in a slash: after ``a.b`` and before ``a0``."""
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path)], check=True)
    git = ["git", f"--git-dir={tmp_path}"]
    hash_object = [*git, "hash-object", "-w", "--stdin", "-t"]
    blob = subprocess.run([*hash_object, "blob"], input=b"", capture_output=True, check=True)
    tree = subprocess.run([*hash_object, "tree"], input=b"", capture_output=True, check=True)
    file = TreeEntry("100644", blob.stdout.decode().strip())
    entries = {b"a0": file, b"a": TreeEntry("40000", tree.stdout.decode().strip()), b"a.b": file}
    data = format_tree(entries.items())
    made = subprocess.run([*hash_object, "tree"], input=data, capture_output=True, check=True)
    assert made.returncode == 0
    listed = subprocess.run(
        [*git, "ls-tree", "--name-only", made.stdout.decode().strip()],
        capture_output=True,
        check=True,
    )
    assert listed.stdout.split() == [b"a.b", b"a", b"a0"]
    subprocess.run([*git, "fsck", "--strict"], capture_output=True, check=True)


@given(st.binary(max_size=20), st.sampled_from(["utf-8", "latin-1", "utf-7", "rot13", "", "x\0"]))
def test_any_bytes_are_text(data: bytes, encoding: str) -> None:
    decode(data, encoding).encode("utf-8")


@pytest.mark.parametrize(
    ("when", "time"),
    [
        (b"0", 0),
        (b"-1", -1),
        (b"-62135510400", -62_135_510_400),
        (b"-99999999999", -62_135_510_400),
        (b"99999999999", 99_999_999_999),
    ],
)
def test_a_time_that_no_date_can_say_is_the_nearest(when: bytes, time: int) -> None:
    commit = parse_commit("9", b"tree 1\nauthor A <a@b.c> %b +0000\n\nwhy\n" % when)
    assert (commit.author.mail, commit.author.time) == ("a@b.c", time)
    assert datetime.fromtimestamp(commit.author.time, timezone(timedelta(hours=-23))).year >= 1


def test_a_signed_commit_with_an_encoding() -> None:
    data = (
        b"tree 1\nparent 2\nparent 3\nauthor Zo\xeb <z@test.invalid> 5 -0130\n"
        b"gpgsig -----BEGIN\n more\n -----END\nencoding iso-8859-1\n\nUnd \xeb\n"
    )
    commit = parse_commit("9", data)
    assert commit.parents == ("2", "3")
    assert commit.author.name == "Zoë"
    assert commit.subject == "Und ë"

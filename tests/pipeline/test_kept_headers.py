"""A patch file as a source, or as an own patch on top: its header is kept byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries import process
from patchseries.patches.dep3 import read_header
from support.small_series import SmallSeries, enter, small_series

DIFF = b"--- a/README\n+++ b/README\n@@ -1 +1 @@\n-text\n+words\n"
DESCRIPTION = (
    b"Description: words instead of a text\n"
    b" The text was too long for anybody who wants to read it.\n"
    b" .\n"
    b" Words are short.\n"
    b"Author: Ann Writer <ann@test.invalid>\n"
    b"Author: Ben Writer <ben@test.invalid>\n"
    b"Origin: vendor\n"
    b"Bug-Debian: https://bugs.debian.org/123456\n"
    b"Bug-Debian: https://bugs.debian.org/654321\n"
    b"Forwarded: no\n"
    b"Last-Update: 2020-02-02\n"
)
HEADS = {
    "description": DESCRIPTION + b"\n",
    "separator": DESCRIPTION + b"---\nThis patch header follows DEP-3.\n README | 2 +-\n\n",
    "mail": b"From: =?utf-8?q?Zo=C3=AB?= <zoe@test.invalid>\n"
    b"Date: Sat, 01 Feb 2020 10:00:00 +0100\n"
    b"Subject: [PATCH 2/3] words instead of\n a text\n\nThe text was too long.\n\n"
    b"Bug: https://bugs.test.invalid/7\nForwarded: not-needed\n---\n README | 2 +-\n\n",
    "subject": b"Subject: words instead of a text\nAuthor: Ann Writer <ann@test.invalid>\n\n",
    "prose": b"Words are short, and so is this.\n\n",
    "comments": b"# by hand\n\n## more\n" + DESCRIPTION,
    "latin-1": b"Description: W\xf6rter\nAuthor: Zo\xeb <zoe@test.invalid>\n\n",
    "crlf": DESCRIPTION.replace(b"\n", b"\r\n") + b"\r\n",
    "nothing": b"",
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    with small_series(tmp_path) as made:
        enter(made, monkeypatch, tmp_path)
        yield made


def write(small: SmallSeries, head: bytes, keys: str = "") -> None:
    """One more patch, from a patch file with *head*."""
    folder = small.root / "patches/packager"
    folder.mkdir(parents=True)
    (folder / "words.patch").write_bytes(head + DIFF)
    manifest = small.root / "series/small.toml"
    entry = '\n[[patch]]\nname = "words"\nproject = "project"\n' + keys
    manifest.write_text(
        manifest.read_text() + entry + 'source = { file = "packager/words.patch" }\n'
    )


def written(small: SmallSeries) -> bytes:
    small.run("rebase", "--onto", "1.0")
    return (small.root / "patches/small/1.0/project/0003-words.patch").read_bytes()


@pytest.mark.parametrize("form", HEADS)
def test_a_header_is_kept_byte_for_byte(small: SmallSeries, form: str) -> None:
    write(small, HEADS[form])
    data = written(small)
    assert data.partition(b"diff --git ")[0] == HEADS[form]
    assert data.endswith(b"\n-text\n+words\n")


TRACKED = f'change-id = "I{1:040}"\nupstream = "{"1" * 40}"\nbugs = [7]\n'


@pytest.mark.parametrize("form", HEADS)
def test_what_the_manifest_knows_is_added_once(small: SmallSeries, form: str) -> None:
    write(small, HEADS[form], TRACKED)
    manifest = small.root / "series/small.toml"
    urls = 'bug-url = "https://bugs.test.invalid/{bug}"\nbases ='
    manifest.write_text(manifest.read_text().replace("bases =", urls, 1))
    once = written(small)
    header = read_header(once)
    assert header.values("Bug") == ("https://bugs.test.invalid/7",)
    assert len(header.values("Origin")) == 1
    lines = iter(once.split(b"\n"))
    assert all(line in lines for line in HEADS[form].split(b"\n")[:-1])
    (small.root / "patches/packager/words.patch").write_bytes(once)
    assert written(small) == once


@pytest.mark.parametrize("form", HEADS)
def test_the_gate_blames_a_patch_for_its_own_faults_alone(small: SmallSeries, form: str) -> None:
    write(small, HEADS[form])
    small.run("rebase")
    found = {
        (f["code"], f["message"].rpartition(": ")[2])
        for f in small.json("check", "--onto", "1.0")["findings"]
        if f["patch"] == "words" and f["code"] != "untracked"
    }
    missing = {"nothing": {"Author", "Description"}, "prose": {"Author"}}.get(form, set())
    assert found == {("dep3-missing", f"it has no {name}") for name in missing}


def test_nobody_and_no_day_are_made_up(small: SmallSeries) -> None:
    write(small, HEADS["prose"])
    data = written(small)
    assert not any(word in data for word in (b"From:", b"unknown", b"Date:", b"1970"))


@pytest.mark.parametrize("form", HEADS)
def test_the_branch_brings_the_header_back(small: SmallSeries, form: str) -> None:
    """An edit of the tree leaves the header of the patch file as it is."""
    write(small, HEADS[form])
    folder = small.check_out("1.0")
    assert small.run("refresh", "work", "--yes") == (0, "nothing changed\n")
    (folder / "README").write_bytes(b"more words\n")
    amend(folder)
    small.run("refresh", "work", "--yes")
    data = (small.root / "patches/own/words-1.0.patch").read_bytes()
    assert data.partition(b"diff --git ")[0] == HEADS[form]
    assert b"+more words\n" in data


def test_another_message_leaves_the_other_fields(small: SmallSeries) -> None:
    write(small, HEADS["description"])
    folder = small.check_out("1.0")
    amend(folder, "-m", "other words\n\nBecause.\n\nSeries-Patch: words")
    small.run("refresh", "work", "--yes")
    header = read_header((small.root / "patches/own/words-1.0.patch").read_bytes())
    assert (header.subject, header.body) == ("other words", "Because.")
    assert header.author == ("Ann Writer", "ann@test.invalid")
    assert header.date is None
    assert header.values("Author") == ("Ben Writer <ben@test.invalid>",)
    kept = [f for f in read_header(DESCRIPTION).fields if f.name not in ("Description", "Author")]
    assert {(f.name, f.value) for f in kept} < {(f.name, f.value) for f in header.fields}


def amend(folder: Path, *words: str) -> None:
    env = {"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "a@test.invalid"}
    how = words or ("--no-edit",)
    process.run(["git", "-C", folder, "commit", "--quiet", "--all", "--amend", *how], env=env)


def test_text_for_a_file_that_git_takes_for_binary_stays_text(small: SmallSeries) -> None:
    """dpkg-source refuses git's binary diffs, and takes what packagers write instead."""
    write(small, HEADS["separator"])
    diff = b"--- /dev/null\n+++ b/logo\n@@ -0,0 +1,2 @@\n+\x00\xff\n+logo\n" + DIFF
    (small.root / "patches/packager/words.patch").write_bytes(HEADS["separator"] + diff)
    assert written(small) == HEADS["separator"] + diff
    small.run("rebase")
    found = {
        f["code"] for f in small.json("check", "--onto", "1.0")["findings"] if f["patch"] == "words"
    }
    assert found == {"untracked"}

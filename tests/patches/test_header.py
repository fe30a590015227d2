"""Patch heads: what git am, gbp and readers of DEP-3 fields make of them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Signature
from patchseries.patches.dep3 import read_header
from patchseries.patches.header import PatchHeader, format_header, split_patch

_AUTHOR = Signature("Ångström, Zoë", "zoe@example.org", 1372431600, "+0230")
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=90)
_DIFF = b"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


def test_git_am_reads_it(upstream_with_f: Path) -> None:
    body = "Why.\n\n--- not a diff\n  @@ -1 +1 @@ nor this\nIndex: x\n\nBug: 12"
    header = PatchHeader(_AUTHOR, "Größer, and [better]", body, (("Origin", "vendor"),))
    (upstream_with_f / "p.patch").write_bytes(format_header(header) + b"---\n" + _DIFF)
    run = ["git", "am", "--keep-non-patch", "p.patch"]
    done = subprocess.run(run, cwd=upstream_with_f, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    form = "--format=%an|%ae|%at|%ai|%s|%b"
    shown = subprocess.run(
        ["git", "log", "-1", form], cwd=upstream_with_f, capture_output=True, check=True
    ).stdout.decode()
    assert shown.startswith("Ångström, Zoë|zoe@example.org|1372431600|")
    assert "+0230|Größer, and [better]|Why." in shown
    assert "| --- not a diff" in shown
    assert shown.rstrip().endswith("Origin: vendor")


@pytest.fixture
def upstream_with_f(tmp_path: Path) -> Path:
    for args in (["init", "-q"], ["add", "f"], ["commit", "-qm", "start"]):
        if args == ["add", "f"]:
            (tmp_path / "f").write_text("a\n")
        subprocess.run(["git", *args], cwd=tmp_path, check=True)
    return tmp_path


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(_TEXT, _TEXT, _TEXT)
def test_what_is_written_is_read(name: str, subject: str, body: str) -> None:
    author = Signature(" ".join(name.split()) or "A", "a@example.org", 1372431600, "-0700")
    fields = (("Origin", "vendor"), ("Forwarded", "no"))
    data = format_header(PatchHeader(author, " ".join(subject.split()) or "s", body, fields))
    read = read_header(data + b"---\n" + _DIFF)
    assert read.author == (author.name, author.mail)
    assert read.date is not None
    assert int(read.date.timestamp()) == author.time
    assert read.date.strftime("%z") == author.zone
    assert set(fields) <= {(field.name, field.value) for field in read.fields}


def test_nobody_is_made_up() -> None:
    data = format_header(PatchHeader(None, "a subject", "", (("Forwarded", "no"),)))
    assert data == b"Subject: a subject\n\nForwarded: no\n"
    data = format_header(PatchHeader(_AUTHOR, "a subject", "", dated=False))
    assert b"Date" not in data
    assert b"zoe@example.org" in data
    for name, mail, shown in ((" ", "a@b", b'From: "a@b" <a@b>'), ("", "", b"From: unknown <>")):
        nobody = replace(_AUTHOR, name=name, mail=mail)
        assert format_header(PatchHeader(nobody, "s", "")).startswith(shown)


def test_a_patch_is_split_at_its_diff() -> None:
    head, diff = split_patch(b"From: a\n\ntext\n---\n stat\n\n" + _DIFF)
    assert head.endswith(b"stat\n\n")
    assert diff == _DIFF

"""Patch heads: what git am, gbp and readers of DEP-3 fields make of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchseries.git import Signature
from patchseries.patches.header import PatchHeader, format_header, parse_fields, split_patch
from patchseries.pipeline.provenance import read_header

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
    assert read.author == author
    assert dict(fields).items() <= dict(read.fields).items()


def test_fields_are_found_wherever_they_stand() -> None:
    head = "Origin: upstream, commit:1\nBug: 12\n  continued\n\ntext\nForwarded: no\n"
    assert parse_fields(head) == {
        "Origin": "upstream, commit:1",
        "Bug": "12 continued",
        "Forwarded": "no",
    }


def test_a_patch_is_split_at_its_diff() -> None:
    head, diff = split_patch(b"From: a\n\ntext\n---\n stat\n\n" + _DIFF)
    assert head.endswith(b"stat\n\n")
    assert diff == _DIFF

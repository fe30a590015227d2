"""What headers say of commits and changes, in the many forms that packagers use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.imports.claims import claims_of

ID = "0123456789abcdef0123456789abcdef01234567"
SHORT = ID[:10]
DIFF = "\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.parametrize(
    "header",
    [
        f"Subject: x\n\n(cherry picked from commit {ID})\n",
        f"Description: x\nOrigin: upstream, commit:{ID}\n",
        f"Description: x\nOrigin: backport, https://h.invalid/p/commit/{ID}\n",
        f"Description: x\nOrigin: https://h.invalid/cgit/p.git/commit/?id={ID}\n",
        f"Description: x\nOrigin: upstream, https://h.invalid/?p=x.git;a=commit;h={ID}\n",
        f"Description: x\nOrigin: upstream,\n https://h.invalid/p/-/commit/{ID}.patch\n",
        f"Description: x\nApplied-Upstream: 1.2, commit:{ID}\n",
        f"Description: x\nOrigin: upstream, {ID}\n",
        f"Subject: x\n\ncommit {ID} upstream.\n",
        f"Subject: x\n\n[ Upstream commit {ID} ]\n",
        f"Subject: x\n\nBackported from commit {ID}\n",
        f"From {ID} Mon Sep 17 00:00:00 2001\nFrom: A <a@x.invalid>\nSubject: x\n",
        f"From: A <a@x.invalid>\nSubject: x\nGit-commit: {ID}\nPatch-mainline: v6.1\n",
    ],
)
def test_a_plain_word(header: str) -> None:
    first, *_ = claims_of((header + DIFF).encode())
    assert (first.commit, first.is_plain) == (ID, True)


@pytest.mark.parametrize(
    "header",
    [
        f"Description: x\nOrigin: vendor, https://h.invalid/commit/{SHORT}\n",
        f"Description: x\nOrigin: other, https://h.invalid/commit/{SHORT}\n",
        f"Description: x\nForwarded: https://h.invalid/pull/1/commits/{SHORT}\n",
        f"Description: x\nBug-Debian: https://h.invalid/commit/{SHORT}\n",
        f"Description: x\n This broke in https://h.invalid/commit/{SHORT} long ago\n",
    ],
)
def test_a_mere_mention(header: str) -> None:
    first, *_ = claims_of((header + DIFF).encode())
    assert (first.commit, first.is_plain) == (SHORT, False)


def test_a_change_id_comes_first() -> None:
    header = f"Subject: x\nOrigin: upstream, commit:{SHORT}\n\nChange-Id: I{ID}\n"
    first, second = claims_of((header + DIFF).encode())
    assert (first.change_id, second.commit) == (f"I{ID}", SHORT)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Description: x\nBug: https://h.invalid/bugs/1157261\n",
        "Description: x\nForwarded: not-needed\nLast-Update: 2013-02-03\n",
        f'Subject: Revert "x"\n\nThis reverts commit {ID}.\n',
        f"From {'0' * 40} Mon Sep 17 00:00:00 2001\nSubject: x\n",
        "Description: x\nOrigin: upstream, https://h.invalid/changes/12345\n",
        "Description: x\nOrigin: upstream, 1.2.3\n",
    ],
)
def test_nothing_is_said(header: str) -> None:
    assert claims_of((header + DIFF).encode()) == ()


def test_a_commit_in_the_diff_is_not_the_headers() -> None:
    assert claims_of(f"Description: x\n{DIFF}+(cherry picked from commit {ID})\n".encode()) == ()


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    claims_of(data)


@pytest.mark.parametrize(
    ("header", "where"),
    [
        (f"Subject: x\n\nBackport of upstream commit {SHORT}\n", "'upstream commit' in its text"),
        ("Subject: x\n\nBackport of abcdef0123.\n", "'upstream commit' in its text"),
        (f"Description: x\nBug: https://h.invalid/c/{SHORT}\n", "its Bug field"),
        (f"Description: x\nBug-Ubuntu: https://h.invalid/c/{SHORT}\n", "its Bug-Ubuntu field"),
        (f"commit {ID}\nAuthor: A\n\n    x\n", "the first line of its mail"),
        (f"Description: x\nApplied-Upstream: {ID}\n", "its Applied-Upstream field"),
    ],
)
def test_where_it_is_said(header: str, where: str) -> None:
    first, *_ = claims_of((header + DIFF).encode())
    assert first.where == where


def test_each_id_is_claimed_once_by_its_plainest_word() -> None:
    header = (
        f"Subject: x\nForwarded: https://h.invalid/commit/{SHORT}\n"
        f"Origin: upstream, commit:{SHORT}, https://h.invalid/commit/{SHORT.upper()}\n"
        f"Bugs: https://h.invalid/commit/{ID[5:20]}\n"
    )
    found = claims_of((header + DIFF).encode())
    assert [(c.commit, c.where, c.is_plain) for c in found] == [
        (SHORT, "its Origin field", True),
        (ID[5:20], "a URL in its text", False),
    ]

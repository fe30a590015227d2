"""Valid documents of each kind, which the strategies spoil."""

# ruff: noqa: E501
from __future__ import annotations

import hashlib
from typing import Any

from patchseries.git import Signature
from patchseries.patches.header import PatchHeader, format_header
from patchseries.resolution.edits import EditBeside
from patchseries.resolution.files import ChangedMode, NewFile, RemovedFile
from patchseries.resolution.lines import Own, Take
from patchseries.resolution.replay import Resolution
from patchseries.resolution.store import format_resolution

_COMMIT = "1" * 40
_DIGEST = hashlib.sha256(b"new").hexdigest()

MANIFESTS = (
    b"""\
schema = 1
[series]
name = "x"
version-suffix = "perf"
[project.oven]
repository = "https://example.org/kitchen/oven.git"
gerrit = "https://review.example.org"
bug-url = "https://bugs.example.org/{bug}"
bases = ["1.0", "1.1", "1.2"]
packaging = { repository = "https://example.org/deb/oven.git", commit = "1111111111111111111111111111111111111111" }
[checks]
offset = "off"
[[patch]]
name = "hotter"
project = "oven"
change-id = "I1111111111111111111111111111111111111111"
bases = ">=1.0,<1.2"
bugs = [1, 2]
source = { commit = "1111111111111111111111111111111111111111" }
[[patch]]
name = "colder"
project = "oven"
requires = ["hotter"]
choose = "a"
[patch.variants.a]
source = { file = "own/colder.patch" }
fixups = ["own/fix.patch"]
""",
)
LOCKS = (
    b"""\
schema = 1
pins = [
    {repository = "https://example.org/o.git", rev = "1.0", commit = "1111111111111111111111111111111111111111"},
]
cells = [
    {patch = "a", base = "1.0", outcome = "adapted", strategies = ["hunks:both"], sha256 = "00", \
accepted = {by = "A <a@b.c>", on = "2013-07-01", diff = "00"}},
    {patch = "b", base = "1.0", outcome = "conflict"},
]
landed = [
    {patch = "a", tag = "2.0", commit = "1111111111111111111111111111111111111111"},
]
""",
)
RESOLUTIONS = (
    format_resolution(
        Resolution(
            "a",
            "f.py",
            "0" * 64,
            (Take("ours", 1, 2, 4), Own((b"x\n",))),
            "edited",
            "A <a@b.c>",
            "2013-07-01",
            "why",
            edits=(EditBeside("g.py", "0" * 64, 1, 1, 0, (Own((b"y\n",)),)),),
            files=(
                NewFile("h.py", "100644", (b"z\n",)),
                RemovedFile("i.py", "0" * 64),
                ChangedMode("j.py", "100644", "100755"),
            ),
        )
    ).encode(),
)
PATCHES = (
    format_header(
        PatchHeader(
            Signature("A B", "a@b.c", 1372431600, "+0200"),
            "Do less",
            "Because.\n\nBug: 12",
            (("Origin", "upstream, commit:" + _COMMIT), ("Forwarded", "no")),
        )
    )
    + b"---\ndiff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+b\n c\n",
    b"Description: short\n long\n .\n more\nAuthor: A <a@b.c>\nBug-Debian: https://bugs.debian.org/1\n"
    b"Last-Update: 2013-07-01\n\n--- f.orig\n+++ f\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n",
    b"diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 100%\n"
    b"rename from x\nrename to y\ndiff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n"
    b"@@ -0,0 +1 @@\n+t\n\\ No newline at end of file\n"
    b"diff --git a/b b/b\nGIT binary patch\nliteral 0\nHcmV?d00001\n\n",
)
SERIES = (b"# first\na.patch\nb.patch -p0 # why\n\n  c.patch\t-p1\n", b"x.patch", b"")
DSCS = (
    b"""\
Format: 3.0 (quilt)
Source: oven
Version: 1:1.0-1
Maintainer: A <a@b.c>
Checksums-Sha256:
 0000000000000000000000000000000000000000000000000000000000000000 10 oven_1.0.orig.tar.gz
 1111111111111111111111111111111111111111111111111111111111111111 10 oven_1.0-1.debian.tar.xz
Files:
 00000000000000000000000000000000 10 oven_1.0.orig.tar.gz
""",
    b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nFormat: 1.0\nSource: o\nVersion: 1\n"
    b"-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n",
)
MESSAGES = (
    b"Subject\n\nBody.\n\nChange-Id: I1111111111111111111111111111111111111111\n"
    b"(cherry picked from commit 1111111111111111111111111111111111111111)\nConflicts:\n\tf\n",
    b'Revert "Subject"\n\nThis reverts commit 1111111111111111111111111111111111111111, and 1111111.\n',
)
COMMITS = tuple(
    b"tree 1111111111111111111111111111111111111111\nparent 1111111111111111111111111111111111111111\n"
    b"author A B <a@b.c> 1372431600 +0200\ncommitter A B <a@b.c> 1372431600 -0730\nencoding latin-1\n"
    b"gpgsig -----BEGIN\n line\n\n" + message
    for message in MESSAGES
)
TAGS = (
    b"2013.1.3",
    b"2013.2.b1",
    b"2013.2.rc1",
    b"12.0.0.0b1",
    b"stable/havana",
    b"v1.2.3-rc.4+x",
    b"yoga-eom\ndebian/1%2.3-4\n1.x\nREL_15_4",
)


def JOURNAL() -> Any:
    """A journal of one new file and one that goes away."""
    changes = {"series/x.lock": [None, _DIGEST], "patches/x/gone": [_DIGEST, None]}
    return {"command": "series rebase", "changes": changes}


def LOG() -> Any:
    """The record of one operation."""
    changes = [{"path": "series/x.lock", "before": None, "after": _DIGEST}]
    return {"command": "series rebase", "time": "2013-07-01", "undoes": None, "changes": changes}


def CHANGE() -> Any:
    """Gerrit's answer to a search: one change."""
    return [
        {
            "_number": 42,
            "project": "kitchen/oven",
            "branch": "master",
            "change_id": "I" + "1" * 40,
            "status": "MERGED",
            "subject": "Do less",
            "revisions": {_COMMIT: {"_number": 1}},
        }
    ]


RESULTS = (
    b"test: a.B.c\nfailure: a.B.c [ multipart\nContent-Type: text/plain\ntraceback\n4\r\nboom0\r\n]\n"
    b"test: a.B.d\nsuccess: a.B.d\ntest: a.B.e\nskip: a.B.e [\nno reason\n]\n",
    b"\xb3)\x01\x0c\x03foo\x08U_\x1b\xb3)\x01\x14\x03foo\x83\x9b\xff",
    b'<?xml version="1.0"?><testsuites><testsuite name="s" tests="2"><testcase classname="a.B" name="c">'
    b'<failure message="m">boom</failure></testcase><testcase classname="a.B" name="d"><skipped/></testcase>'
    b"</testsuite></testsuites>",
    b"TAP version 14\n1..3\nok 1 - first\nnot ok 2 - second # TODO later\n  ---\n  got: x\n  ...\nok 3 # skip no\n",
    b"tests/test_a.py::test_b PASSED [ 50%]\ntests/test_a.py::test_c FAILED [100%]\n"
    b"=== FAILURES ===\n___ test_c ___\nE   assert 1 == 2\n=== 1 failed, 1 passed in 0.1s ===\n",
)

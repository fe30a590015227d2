"""The seeded faults of single patch files: their heads, and what dpkg-source makes of them."""

from __future__ import annotations

import re

from checks.seeds import (
    HOTTER,
    Fault,
    header,
    trap,
    without,
)
from support.ovens import BAKE, diff

DEP3 = (
    Fault("dep3-missing", "no Origin", without("hotter", b"Origin"), "no Origin"),
    Fault("dep3-missing", "no Subject", without("hotter", b"Subject"), "no Subject"),
    Fault("dep3-missing", "no author", without("hotter", b"From"), "no From"),
    Fault("dep3-missing", "no Forwarded", without("hotter", b"Forwarded"), "no Forwarded"),
    Fault("dep3-missing", "no Last-Update", without("hotter", b"Last-Update"), "no Last-Update"),
    Fault(
        "dep3-origin",
        "an origin of no kind",
        header("hotter", b"Origin: backport", b"Origin: stolen"),
        "stolen",
    ),
    Fault(
        "dep3-origin",
        "an origin that is no id",
        header("hotter", b"commit:", b"revision "),
        "revision",
    ),
    Fault(
        "dep3-forwarded",
        "forwarded, perhaps",
        header("hotter", b"Forwarded: no", b"Forwarded: perhaps"),
        "perhaps",
    ),
    Fault(
        "dep3-last-update",
        "a day of another form",
        lambda o: o.replanted(
            "hotter", lambda d: re.sub(rb"Last-Update: .*", b"Last-Update: 4/4/2013", d)
        ),
        "4/4/2013",
    ),
    Fault(
        "dep3-last-update",
        "a day that does not exist",
        lambda o: o.replanted(
            "hotter", lambda d: re.sub(rb"Last-Update: .*", b"Last-Update: 2013-02-30", d)
        ),
        "2013-02-30",
    ),
    Fault(
        "dep3-bug",
        "a bug's number alone",
        header("hotter", b"Bug: https://bugs.oven.invalid/101", b"Bug: 101"),
        "Bug: 101",
    ),
    Fault(
        "dep3-bug",
        "a vendor's bug that is no URL",
        header("hotter", b"Forwarded:", b"Bug-Debian: #7\nForwarded:"),
        "Bug-Debian",
    ),
    Fault(
        "dep3-applied-upstream",
        "applied, somewhere",
        header("hotter", b"Forwarded:", b"Applied-Upstream: yes\nForwarded:"),
        "Applied-Upstream",
    ),
    Fault(
        "dep3-person",
        "an author without a mail address",
        header("hotter", b"Test Author <author@test.invalid>", b"Test Author"),
        "From: Test Author",
    ),
    Fault(
        "dep3-person",
        "a reviewer without a name",
        header("hotter", b"Forwarded:", b"Reviewed-by: grace\nForwarded:"),
        "grace",
    ),
    Fault(
        "dep3-date",
        "a date that cannot be read",
        lambda o: o.replanted("hotter", lambda d: re.sub(rb"Date: .*", b"Date: once", d, count=1)),
        "once",
    ),
    Fault(
        "dep3-twice",
        "two origins",
        header("hotter", b"Origin:", b"Origin: vendor\nOrigin:"),
        "Origin",
    ),
)

_GIT = b"diff --git a/%s b/%s\n"
TRAPS = (
    Fault(
        "dpkg-binary",
        "a git binary patch",
        trap(
            HOTTER
            + _GIT % (b"x", b"x")
            + b"new file mode 100644\nindex 0000000..1111111\nGIT binary patch\n"
            b"literal 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n"
        ),
        "hotter on 1.0",
    ),
    Fault(
        "dpkg-binary-differs",
        "binary files differ",
        trap(
            HOTTER
            + _GIT % (b"x", b"x")
            + b"index 1111111..2222222 100644\nBinary files a/x and b/x differ\n"
        ),
        "hotter",
    ),
    Fault(
        "dpkg-crlf",
        "the whole patch in CRLF",
        lambda o: o.replanted("hotter", lambda d: d.replace(b"\n", b"\r\n")),
        "hotter",
    ),
    Fault(
        "dpkg-empty-file",
        "a new empty file",
        trap(HOTTER + _GIT % (b"x", b"x") + b"new file mode 100644\nindex 0000000..e69de29\n"),
        "hotter",
    ),
    Fault("dpkg-empty-file", "a file left empty", trap(diff("label", b"old\n", b"")), "label"),
    Fault(
        "dpkg-file-twice",
        "two parts for one file",
        trap(HOTTER + diff("oven/bake.py", BAKE, BAKE.replace(b"= 20", b"= 30"))),
        "oven/bake.py",
    ),
    Fault(
        "dpkg-header-line",
        "a header line like a diff",
        header("hotter", b"This is why", b" --- a/label\nThis is why"),
        "hotter",
    ),
    Fault("dpkg-malformed", "a hunk cut short", trap(HOTTER.rsplit(b"\n", 3)[0] + b"\n"), "hotter"),
    Fault("dpkg-no-diff", "a header and nothing else", trap(b""), "hotter"),
    Fault(
        "dpkg-path-absolute",
        "an absolute path",
        trap(HOTTER.replace(b"a/oven", b"//oven").replace(b"b/oven", b"//oven")),
        "hotter",
    ),
    Fault(
        "dpkg-path-outside",
        "a path out of the tree",
        trap(HOTTER.replace(b"/oven/", b"/../oven/")),
        "hotter",
    ),
    Fault(
        "dpkg-path-hidden",
        "a hook for git",
        trap(HOTTER.replace(b"/oven/bake.py", b"/.git/hooks/x")),
        ".git/hooks",
    ),
    Fault(
        "dpkg-path-hidden",
        "a file of quilt",
        trap(HOTTER.replace(b"/oven/bake.py", b"/.pc/x")),
        ".pc",
    ),
    Fault(
        "dpkg-path-debian",
        "a file of the packaging",
        trap(HOTTER.replace(b"/oven/bake.py", b"/debian/rules")),
        "debian/rules",
    ),
    Fault(
        "dpkg-quoted-name",
        "a name that git quoted",
        trap(
            HOTTER.replace(b"a/oven/bake.py", b'"a/oven/b\\303\\244.py"').replace(
                b"b/oven/bake.py", b'"b/oven/b\\303\\244.py"'
            )
        ),
        "hotter",
    ),
    Fault(
        "dpkg-symlink-change",
        "a symbolic link is turned",
        trap(
            _GIT
            % (b"latest", b"latest")
            + b"index 1111111..2222222 120000\n--- a/latest\n+++ b/latest\n"
            b"@@ -1 +1 @@\n-oven/bake.py\n\\ No newline at end of file\n+oven/timer.py\n"
            b"\\ No newline at end of file\n"
        ),
        "latest",
    ),
    Fault(
        "dpkg-through-symlink",
        "a change through a symbolic link",
        trap(HOTTER.replace(b"/oven/bake.py", b"/latest")),
        "latest",
    ),
    Fault(
        "dpkg-mode",
        "a mode change",
        trap(HOTTER.replace(b"\n---", b"\nold mode 100644\nnew mode 100755\n---", 1), precise=True),
        "hotter",
    ),
    Fault(
        "dpkg-rename",
        "a rename",
        trap(
            HOTTER
            + _GIT % (b"label", b"tag")
            + b"similarity index 100%\nrename from label\nrename to tag\n",
            precise=True,
        ),
        "tag",
    ),
    Fault(
        "dpkg-rename-edit",
        "a rename with an edit",
        trap(
            HOTTER
            + _GIT % (b"label", b"tag")
            + b"similarity index 50%\nrename from label\nrename to tag\n"
            b"--- a/label\n+++ b/tag\n@@ -1 +1 @@\n-old\n+new\n",
            precise=True,
        ),
        "tag",
    ),
    Fault(
        "dpkg-delete-empty",
        "an empty file is deleted",
        trap(
            HOTTER + _GIT % (b"x", b"x") + b"deleted file mode 100644\nindex e69de29..0000000\n",
            precise=True,
        ),
        "hotter",
    ),
    Fault(
        "dpkg-new-symlink",
        "a new symbolic link",
        trap(
            HOTTER
            + _GIT % (b"x", b"x")
            + b"new file mode 120000\nindex 0000000..1111111\n--- /dev/null\n"
            b"+++ b/x\n@@ -0,0 +1 @@\n+label\n\\ No newline at end of file\n",
            precise=True,
        ),
        "hotter",
    ),
)

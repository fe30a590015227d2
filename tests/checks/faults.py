"""The seeded faults: what is broken, and by which code the gate must name it.

Each is a function that breaks a copy of the oven. ``options`` are those that `series check` needs
to see it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from patchseries.git import Repository
from support.ovens import BAKE, SETTINGS, Oven, diff, own_patch

HOTTER = diff("oven/bake.py", BAKE, BAKE.replace(b"180", b"220"))
ZEROS = "0" * 64


@dataclass(frozen=True)
class Fault:
    """A fault: the code expected, what it is, how to seed it, the options, a word to be named."""

    code: str
    what: str
    seed: Callable[[Oven], object]
    names: str = ""
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.what}"


def header(patch: str, old: bytes, new: bytes, base: str = "1.0") -> Callable[[Oven], object]:
    """Change the head of a patch file (and the lock's digest of it)."""
    return lambda oven: oven.replanted(patch, lambda data: data.replace(old, new, 1), base)


def without(patch: str, field: bytes) -> Callable[[Oven], object]:
    """Take one field out of a patch file's head."""
    return lambda oven: oven.replanted(
        patch, lambda d: re.sub(rb"(?m)^" + field + rb": .*\n", b"", d)
    )


def trap(body: bytes, *, precise: bool = False) -> Callable[[Oven], object]:
    """Give the patch `hotter` another diff; *precise*: for the tools of that time."""

    def seed(oven: Oven) -> None:
        oven.rediffed("hotter", body)
        if precise:
            oven.edit(oven.manifest, 'summary = "a faster oven"', 'profile = "precise"')

    return seed


def cell(patch: str, base: str, pattern: str, new: str) -> Callable[[Oven], object]:
    """Change one line of the lock."""
    return lambda oven: oven.cell(patch, base, pattern, new)


def manifest(old: str, new: str) -> Callable[[Oven], object]:
    """Change the manifest."""
    return lambda oven: oven.edit(oven.manifest, old, new)


def rebased(old: str, new: str) -> Callable[[Oven], object]:
    """Change the manifest and rebase."""

    def seed(oven: Oven) -> None:
        oven.edit(oven.manifest, old, new)
        oven.rebase()

    return seed


def series(edit: Callable[[bytes], bytes]) -> Callable[[Oven], object]:
    """Change the series file of 1.0."""

    def seed(oven: Oven) -> None:
        path = oven.series_file()
        before = path.read_bytes()
        assert edit(before) != before
        path.write_bytes(edit(before))

    return seed


def own(old: bytes, new: bytes, file: str = "louder-mended") -> Callable[[Oven], object]:
    """Change a file of patches/own and rebase."""

    def seed(oven: Oven) -> None:
        oven.edit(oven.root / "patches" / "own" / f"{file}.patch", old, new)
        oven.rebase()

    return seed


def upstream(*command: str) -> Callable[[Oven], object]:
    """Run git on the upstream."""

    def seed(oven: Oven) -> None:
        with Repository(oven.upstream) as repository:
            repository.run(*command)

    return seed


def _swap(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([lines[3], *lines[1:3], lines[0], *lines[4:]])


def _stray_base(oven: Oven) -> None:
    (oven.root / "patches" / "oven" / "0.9" / "oven").mkdir(parents=True)


def _link(oven: Oven) -> None:
    path = oven.patch("hotter")
    path.with_name("again.patch").symlink_to(path.name)


def _lost_objects(oven: Oven) -> None:
    """The lock pins a commit that is nowhere."""
    commit = re.search(r'rev = "1.0", commit = "([0-9a-f]{40})"', oven.lock.read_text())
    assert commit
    oven.edit(oven.lock, f'"{commit[1]}"', f'"{"f" * 40}"')


def _never_mended(oven: Oven) -> None:
    (oven.root / "patches" / "own" / "louder-mended.patch").unlink()


def _orphan(oven: Oven) -> None:
    (oven.root / "patches" / "own" / "orphan.patch").write_bytes(
        own_patch("Orphan", "It has a reason and no place to go.", "a", b"1\n", b"1", b"2")
    )


def _applied(oven: Oven) -> None:
    """A patch file for what 1.1 already has."""
    data = oven.patch("patient", "1.0").read_bytes()
    path = oven.series_file("1.1")
    (path.parent / "0003-patient.patch").write_bytes(data)
    path.write_bytes(path.read_bytes().replace(b"0004-", b"0003-patient.patch\n0004-"))


def _conflict(oven: Oven) -> None:
    """A base on which the file that `hotter` changes is a link."""
    with Repository(oven.upstream) as repository:
        commit = repository.resolve("refs/tags/1.1")
        assert commit
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        grown.commit(
            {"oven/bake.py": b"timer.py"},
            "Rewrite",
            branch="stable/2",
            parent=commit,
            modes={"oven/bake.py": "120000"},
        )
        grown.tag("1.2", "refs/heads/stable/2", message="1.2")
    oven.edit(oven.manifest, 'bases = ["1.0", "1.1"]', 'bases = ["1.0", "1.1", "1.2"]')
    oven.rebase()


def _empty_source(oven: Oven) -> None:
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        parent = grown.repository.resolve("refs/tags/1.0")
        nothing = grown.commit({}, "Nothing", branch="work/nothing", parent=parent)
    hotter = re.search(r'source = \{ commit = "([0-9a-f]{40})"', oven.manifest.read_text())
    assert hotter
    oven.edit(oven.manifest, hotter[1], nothing)
    oven.rebase()


def _dropped(oven: Oven) -> None:
    """A change to a file that 1.1 does not have."""
    from support.upstreams import Upstream

    with Upstream(oven.upstream) as grown:
        first = grown.repository.resolve("refs/tags/1.0")
        work = grown.commit(
            {"oven/settings.py": SETTINGS.replace(b'"off"', b'"on"'), "label": b"new\n"},
            "Lit and labelled\n\nBoth at once.",
            branch="work/both",
            parent=first,
        )
        after = grown.repository.resolve("refs/tags/1.1")
        grown.commit({"label": None}, "No label", branch="stable/1", parent=after)
        grown.tag("1.1", "refs/heads/stable/1", message="1.1 again")
    lit = re.search(r'name = "lit".*?commit = "([0-9a-f]{40})"', oven.manifest.read_text(), re.S)
    assert lit
    oven.edit(oven.manifest, lit[1], work)
    oven.lock.unlink()
    oven.rebase()


def _superseded(oven: Oven) -> None:
    upstream("tag", "2.0", "refs/heads/next")(oven)
    known = f'change-id = "I{3:040d}"\n'
    oven.edit(oven.manifest, known, f'{known}superseded-by = "I{1:040d}"\n')


AGREEMENT = (
    Fault("lock-missing", "no lock", lambda o: o.lock.unlink(), "oven.lock"),
    Fault(
        "cell-missing",
        "a line of the lock is gone",
        cell("hotter", "1.1", r"(?s).*", ""),
        "hotter on 1.1",
    ),
    Fault(
        "cell-missing",
        "a base was added and not rebased",
        manifest('bases = ["1.0", "1.1"]', 'bases = ["1.0", "1.1", "1.2"]'),
        "hotter on 1.2",
    ),
    Fault(
        "cell-stale",
        "a patch was renamed",
        manifest('name = "patient"', 'name = "slow"'),
        "patient on 1.0",
    ),
    Fault(
        "cell-stale",
        "a base was dropped",
        manifest('bases = ["1.0", "1.1"]', 'bases = ["1.0"]'),
        "lit on 1.1",
    ),
    Fault(
        "cell-contradicts",
        "bounds changed after the rebase",
        manifest('bases = "<1.1"\n', ""),
        "labelled",
    ),
    Fault(
        "cell-damaged",
        "an outcome without its digest",
        cell("hotter", "1.0", r', sha256 = "[0-9a-f]*"', ""),
        "hotter on 1.0",
    ),
    Fault(
        "cell-damaged",
        "a digest that is none",
        cell("hotter", "1.0", r'sha256 = "[0-9a-f]*"', 'sha256 = "abc"'),
        "hotter on 1.0",
    ),
    Fault(
        "pin-missing",
        "a pin is gone",
        lambda o: o.lock_lines(lambda at: "" if 'rev = "1.1"' in at else at),
        "1.1 of https",
    ),
    Fault(
        "pin-contradicts",
        "a commit pinned as another",
        lambda o: o.edit(
            o.lock,
            re.findall(r'rev = "([0-9a-f]{40})"', o.lock.read_text())[0] + '"}',
            "1" * 40 + '"}',
        ),
        "pinned as 1111",
    ),
    Fault("requires-unmet", "what is required conflicts", _conflict, "louder on 1.2"),
)

DISK = (
    Fault("patch-missing", "a patch file is gone", lambda o: o.patch("lit").unlink(), "0004-lit"),
    Fault(
        "patch-missing",
        "the copy of an own patch is gone",
        lambda o: o.patch("louder-mended").unlink(),
        "0002.1-louder-mended",
    ),
    Fault(
        "patch-edited",
        "a line of a patch was changed",
        lambda o: o.edit(o.patch("hotter"), "+    heat = 220", "+    heat = 230"),
        "hotter on 1.0",
    ),
    Fault(
        "patch-edited",
        "a header was changed",
        lambda o: o.edit(o.patch("hotter"), "Make it hotter", "Make it hot"),
        "hotter on 1.0",
    ),
    Fault(
        "series-missing", "no series file", lambda o: o.series_file().unlink(), "1.0/oven/series"
    ),
    Fault(
        "series-unlisted",
        "a patch is not named",
        series(lambda d: d.replace(b"0004-lit.patch\n", b"")),
        "0004-lit",
    ),
    Fault(
        "series-dangling",
        "a name without a file",
        series(lambda d: d + b"0009-ghost.patch\n"),
        "0009-ghost",
    ),
    Fault(
        "series-stranger",
        "a patch that nobody knows",
        lambda o: (
            o.series_file().with_name("0009-guest.patch").write_bytes(HOTTER),
            series(lambda d: d + b"0009-guest.patch\n")(o),
        ),
        "0009-guest",
    ),
    Fault("series-order", "two patches change places", series(_swap), "0003-patient"),
    Fault(
        "series-twice",
        "a patch is named twice",
        series(lambda d: d + b"0001-hotter.patch\n"),
        "0001-hotter",
    ),
    Fault(
        "series-options",
        "a patch with -p0",
        series(lambda d: d.replace(b"0001-hotter.patch", b"0001-hotter.patch -p0")),
        "-p0",
    ),
    Fault("series-text", "no line end at the end", series(lambda d: d.rstrip(b"\n")), "series"),
    Fault("series-text", "CRLF line ends", series(lambda d: d.replace(b"\n", b"\r\n")), "series"),
    Fault("series-text", "not UTF-8", series(lambda d: b"# caf\xe9\n" + d), "series"),
)

APPLYING = (
    Fault("conflict", "a base on which the code is gone", _conflict, "hotter on 1.2"),
    Fault(
        "does-not-apply",
        "context that is not there",
        trap(HOTTER.replace(b"time.sleep", b"time.snooze")),
        "hotter on 1.0",
    ),
    Fault(
        "does-not-apply",
        "fuzz is needed",
        trap(
            HOTTER.replace(b" import time\n", b" import times\n").replace(
                b"def bake(bread)", b"def bakes(bread)"
            )
        ),
        "no fuzz",
    ),
    Fault(
        "does-not-apply",
        "an earlier patch took its lines",
        lambda o: o.rediffed("louder", HOTTER.replace(b"220", b"230")),
        "louder on 1.0",
    ),
    Fault("in-base-already", "a patch file for what the base has", _applied, "patient on 1.1"),
    Fault(
        "regenerated-differs",
        "another source, not rebased",
        lambda o: o.edit(
            o.manifest,
            re.findall(r'commit = "([0-9a-f]{40})"', o.manifest.read_text())[0],
            re.findall(r'commit = "([0-9a-f]{40})"', o.manifest.read_text())[1],
        ),
        "hotter on 1.0",
    ),
    Fault(
        "regenerated-differs",
        "patch and lock changed by the same hand",
        header("hotter", b"Make it hotter", b"Make it hot"),
        "hotter on 1.0",
    ),
    Fault(
        "regenerated-differs",
        "the lock says conflict",
        cell("hotter", "1.0", r'outcome = "clean", sha256 = "[0-9a-f]*"', 'outcome = "conflict"'),
        "hotter on 1.0",
    ),
    Fault(
        "own-patch-differs",
        "the copy in the series was edited",
        lambda o: o.edit(o.patch("louder-mended"), '"RING!"', '"RING?"'),
        "louder-mended",
    ),
    Fault(
        "own-patch-differs",
        "patches/own was edited, not rebased",
        lambda o: o.edit(o.root / "patches" / "own" / "louder-mended.patch", '"RING!"', '"RING?"'),
        "louder-mended",
    ),
    Fault("not-at-hand", "a commit is not in the cache", _lost_objects, "1.0"),
)

REVIEW = (
    Fault(
        "not-signed-off",
        "the sign-off is gone",
        cell("lit", "1.1", r", accepted = \{[^}]*\}", ""),
        "lit on 1.1",
    ),
    Fault(
        "signoff-stale",
        "another diff was accepted",
        cell("lit", "1.1", r'diff = "[0-9a-f]*"', f'diff = "{ZEROS}"'),
        "lit on 1.1",
    ),
    Fault(
        "signoff-invalid",
        "nobody accepted it",
        cell("lit", "1.1", r'by = "[^"]*"', 'by = "somebody"'),
        "somebody",
    ),
    Fault(
        "signoff-invalid",
        "on no day",
        cell("lit", "1.1", r'on = "2013-07-02"', 'on = "2013-02-30"'),
        "2013-02-30",
    ),
    Fault(
        "review-header",
        "the header forgets that it was adapted",
        lambda o: o.replanted("lit", lambda d: re.sub(rb"X-Series-Adapted.*\n", b"", d), "1.1"),
        "lit on 1.1",
    ),
    Fault(
        "review-header",
        "the header says not reviewed",
        header(
            "lit", b"X-Series-Adapted: adjacent", b"X-Series-Adapted: adjacent; not reviewed", "1.1"
        ),
        "lit on 1.1",
    ),
    Fault(
        "review-header",
        "the header names another reviewer",
        header("lit", b"Grace Miller", b"Edith Miller", "1.1"),
        "lit on 1.1",
    ),
    Fault(
        "review-header",
        "a clean patch says adapted",
        header("hotter", b"Forwarded:", b"X-Series-Adapted: words\nForwarded:"),
        "hotter on 1.0",
    ),
    Fault("own-missing", "an own patch is gone", _never_mended, "louder-mended"),
    Fault(
        "own-reason",
        "an own patch without a reason",
        own(b"The published patch rings for ever; this one stops it.\n\n", b""),
        "louder-mended",
    ),
    Fault(
        "own-reason",
        "a patch file as a source without a reason",
        own(b"Nobody could tell which oven it was, so the label names it.\n\n", b"", "labelled"),
        "labelled",
    ),
)

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

ONLINE = (
    Fault(
        "upstream-moved",
        "the tag of a release was moved",
        upstream("tag", "--force", "1.1", "1.0"),
        "1.1",
        ("--online",),
    ),
    Fault(
        "upstream-gone",
        "the tag of a release was deleted",
        upstream("tag", "--delete", "1.1"),
        "1.1",
        ("--online",),
    ),
)

ERRORS = (*AGREEMENT, *DISK, *APPLYING, *REVIEW, *DEP3, *TRAPS, *ONLINE)
"""Each must make the exit status 1."""

TOLD = (
    Fault(
        "pin-extra",
        "a pin that nothing needs",
        lambda o: o.edit(
            o.lock,
            "pins = [\n",
            'pins = [\n    {repository = "https://git.invalid/org/oven.git", '
            f'rev = "0.9", commit = "{"2" * 40}"}},\n',
        ),
        "0.9",
    ),
    Fault(
        "source-floats",
        "a branch as a source",
        lambda o: rebased(
            re.findall(r'source = \{ (commit = "[0-9a-f]{40}")', o.manifest.read_text())[0],
            'branch = "work/hotter"',
        )(o),
        "work/hotter",
    ),
    Fault("untracked", "no Change-Id", manifest(f'change-id = "I{3:040d}"\n', ""), "patient"),
    Fault(
        "stray-file",
        "a left-over of patch",
        lambda o: o.patch("hotter").with_suffix(".patch.orig").write_bytes(b""),
        ".orig",
    ),
    Fault("stray-file", "a link to a patch", _link, "again.patch"),
    Fault("stray-file", "a folder of no base", _stray_base, "0.9/oven"),
    Fault("own-unnamed", "an own patch that nobody names", _orphan, "orphan"),
    Fault(
        "offset",
        "a hunk that says another line",
        lambda o: o.rediffed("hotter", HOTTER.replace(b"@@ -2,7 +2,7 @@", b"@@ -4,7 +4,7 @@")),
        "by -2",
    ),
    Fault("already-applied", "a base has it", lambda _: None, "patient is already in 1.1"),
    Fault("empty-source", "an empty commit", _empty_source, "hotter"),
    Fault(
        "dep3-misspelt",
        "a field with a slip",
        header("hotter", b"Forwarded:", b"Reviewd-by: Grace Miller <g@oven.invalid>\nForwarded:"),
        "Reviewd-by",
    ),
    Fault("port-dropped", "a file that the base does not have", _dropped, "label"),
    Fault(
        "landed-upstream",
        "it landed",
        upstream("tag", "2.0", "refs/heads/next"),
        "hotter has landed",
    ),
    Fault("superseded-upstream", "what replaces it landed", _superseded, "patient was replaced"),
    Fault(
        "branch-moved",
        "a branch went on",
        lambda o: (
            rebased(
                re.findall(r'source = \{ (commit = "[0-9a-f]{40}")', o.manifest.read_text())[0],
                'branch = "work/hotter"',
            )(o),
            upstream("update-ref", "refs/heads/work/hotter", "refs/heads/work/lit")(o),
        ),
        "work/hotter",
        ("--online",),
    ),
)
"""Each is told; by itself it does not fail the check."""

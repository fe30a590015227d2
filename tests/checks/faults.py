"""The seeded faults: what is broken, and by which code the gate must name it."""

from __future__ import annotations

import re

from checks.patch_faults import DEP3, TRAPS
from checks.seeds import (
    HOTTER,
    ZEROS,
    Fault,
    applied,
    broken_test,
    cell,
    conflict,
    damaged_resolution,
    dropped,
    empty_source,
    forward,
    header,
    link,
    lost_objects,
    manifest,
    moved_base,
    never_fixed,
    old_resolution,
    orphan,
    own,
    rebased,
    reverted,
    series,
    setting,
    stray_base,
    superseded,
    swap,
    tested_before,
    trap,
    untested,
    upstream,
)

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
    Fault("requires-unmet", "what is required conflicts", conflict, "louder on 1.2"),
)

DISK = (
    Fault("patch-missing", "a patch file is gone", lambda o: o.patch("lit").unlink(), "0004-lit"),
    Fault(
        "patch-missing",
        "the copy of an own patch is gone",
        lambda o: o.patch("louder-fixed").unlink(),
        "0002.1-louder-fixed",
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
    Fault("series-order", "two patches change places", series(swap), "0003-patient"),
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
    Fault("conflict", "a base on which the code is gone", conflict, "hotter on 1.2"),
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
        lambda o: o.rediffed("0002-louder", HOTTER.replace(b"220", b"230")),
        "louder on 1.0",
    ),
    Fault("in-base-already", "a patch file for what the base has", applied, "patient on 1.1"),
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
        lambda o: o.edit(o.patch("louder-fixed"), '"RING!"', '"RING?"'),
        "louder-fixed",
    ),
    Fault(
        "own-patch-differs",
        "patches/own was edited, not rebased",
        lambda o: o.edit(o.root / "patches" / "own" / "louder-fixed.patch", '"RING!"', '"RING?"'),
        "louder-fixed",
    ),
    Fault("not-at-hand", "a commit is not in the cache", lost_objects, "1.0"),
    Fault("not-at-hand", "a resolution is damaged", damaged_resolution, "lit-aaaa"),
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
        lambda o: o.replanted(
            "lit", lambda d: re.sub(rb"(X-Series-Adapted: .*)", rb"\1; not reviewed", d), "1.1"
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
    Fault("own-missing", "an own patch is gone", never_fixed, "louder-fixed"),
    Fault(
        "own-reason",
        "an own patch without a reason",
        own(b"The published patch rings for ever; this one stops it.\n\n", b""),
        "louder-fixed",
    ),
    Fault(
        "own-reason",
        "a patch file as a source without a reason",
        own(b"Nobody could tell which oven it was, so the label names it.\n\n", b"", "labelled"),
        "labelled",
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

TESTS = (
    Fault("tests-broken", "a patch breaks a test", broken_test, "hotter on 1.0 breaks 1 test"),
)

SETTINGS = (
    Fault(
        "setting-unknown",
        "an option that nobody registers",
        setting('option = "fans"', 'option = "fan"'),
        "fans on 1.0: no source of oven registers fan in [oven]",
    ),
    Fault(
        "setting-unknown",
        "a value of another type",
        setting("value = 2", 'value = "two"'),
        "oven/options.py:3 registers fans in [oven] as integer, not as string",
    ),
    Fault(
        "setting-without-patch",
        "its patch is not for this base",
        setting("value = 2", 'value = 2\nneeds = "labelled"'),
        "fans on 1.1: needs labelled, which is not-applicable there",
    ),
)

ERRORS = (*AGREEMENT, *DISK, *APPLYING, *REVIEW, *DEP3, *TRAPS, *ONLINE, *TESTS, *SETTINGS)
"""Each must make the exit status 1."""

TOLD = (
    Fault(
        "setting-default-changed",
        "another default",
        setting("default = 1", "default = 3"),
        "oven/options.py:3 registers fans in [oven] with the default 1, not 3",
    ),
    Fault("tests-not-run", "tests that nobody ran", untested, "not run on 1.0"),
    Fault("tests-not-run", "a patch changed since", tested_before, "not run on 1.0"),
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
    Fault("stray-file", "a link to a patch", link, "again.patch"),
    Fault("stray-file", "a folder of no base", stray_base, "0.9/oven"),
    Fault("own-unnamed", "an own patch that nobody names", orphan, "orphan"),
    Fault(
        "offset",
        "a hunk that says another line",
        lambda o: o.rediffed("hotter", HOTTER.replace(b"@@ -2,7 +2,7 @@", b"@@ -4,7 +4,7 @@")),
        "by -2",
    ),
    Fault("already-applied", "a base has it", lambda _: None, "patient is already in 1.1"),
    Fault("resolution-unused", "its conflict is no more", old_resolution, "lit-aaaa"),
    Fault("empty-source", "an empty commit", empty_source, "hotter"),
    Fault(
        "dep3-misspelt",
        "a field with a slip",
        header("hotter", b"Forwarded:", b"Reviewd-by: Grace Miller <g@oven.invalid>\nForwarded:"),
        "Reviewd-by",
    ),
    Fault("port-dropped", "a file that the base does not have", dropped, "label"),
    Fault(
        "landed-upstream",
        "it landed",
        upstream("tag", "2.0", "refs/heads/next"),
        "hotter has landed",
    ),
    Fault("superseded-upstream", "what replaces it landed", superseded, "patient was replaced"),
    Fault("reverted-upstream", "it was taken back", reverted, "hotter was reverted upstream"),
    Fault(
        "new-release",
        "a point release appeared",
        upstream("tag", "1.2", "1.1"),
        "1.2",
        ("--online",),
    ),
    Fault(
        "branch-moved",
        "a base that is a branch went on",
        moved_base(forward("1.1.9")),
        "1.1.9 of",
        ("--online",),
    ),
    Fault(
        "branch-rewritten",
        "a base that is a branch was begun anew",
        moved_base(upstream("update-ref", "refs/heads/1.1.9", "refs/heads/work/lit")),
        "1.1.9 of",
        ("--online",),
    ),
    Fault(
        "branch-moved",
        "a source that is a branch went on",
        lambda o: (
            rebased(
                re.findall(r'source = \{ (commit = "[0-9a-f]{40}")', o.manifest.read_text())[0],
                'branch = "work/hotter"',
            )(o),
            forward("work/hotter")(o),
        ),
        "work/hotter",
        ("--online",),
    ),
)
"""Each is told; by itself it does not fail the check."""

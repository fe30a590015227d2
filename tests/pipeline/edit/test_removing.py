"""`series remove`: nothing of the patch is left, the others keep their bytes, undo works."""

from __future__ import annotations

import pytest

from patchseries import lock
from patchseries.errors import DeclinedError, UsageError
from support.small_series import SmallSeries

FIXED = """\
From: Ann <ann@test.invalid>
Subject: Silence

Louder than loud was too loud.

Forwarded: no
---
--- a/log.py
+++ b/log.py
@@ -1 +1 @@
-loud
+silent
"""


def resolved(small: SmallSeries) -> dict[str, bytes]:
    """The series ported whole, with a resolution and an own patch; all its files."""
    (small.root / "patches/own").mkdir(parents=True)
    (small.root / "patches/own/silent-fixed.patch").write_text(FIXED)
    path = small.root / "series/small.toml"
    path.write_text(path.read_text() + 'fixups = ["own/silent-fixed.patch"]\n')
    small.run("resolve", "retry", "--take", "both", "-m", "x")
    assert small.run("rebase")[0] == 0
    return small.tracked()


def test_nothing_of_it_is_left_and_the_others_keep_their_bytes(small: SmallSeries) -> None:
    before = resolved(small)
    assert small.run("remove", "retry")[0] == 0
    after = small.tracked()
    assert not [name for name in after if "retry" in name]
    for base in ("1.0", "1.1", "1.2"):
        folder = f"patches/small/{base}/project"
        assert after[f"{folder}/series"] == b"0001-log.patch\n0001.1-silent-fixed.patch\n"
        assert after[f"{folder}/0001-log.patch"] == before[f"{folder}/0002-log.patch"]
    kept = lock.load(small.root / "series/small.lock")
    assert {patch for patch, _ in kept.cells} == {"log"}
    assert small.retry not in kept.pins.values()
    manifest = after["series/small.toml"].decode()
    assert "retry" not in manifest
    assert manifest.startswith("# a comment that stays\n")
    assert small.run("rebase")[0] == 0
    assert small.tracked() == after
    small.run("undo")
    assert small.tracked() == before


def test_what_is_shown_is_what_is_done(small: SmallSeries) -> None:
    before = resolved(small)
    shown = small.json("remove", "log", "-n")
    assert small.tracked() == before
    assert small.json("remove", "log") == shown
    assert shown["kept"] == ["patches/own/silent-fixed.patch"]
    assert set(shown["changed"]) >= {"series/small.toml", "series/small.lock"}


def test_the_last_patch_leaves_a_series_without_patches(small: SmallSeries) -> None:
    small.run("rebase")
    small.run("remove", "log")
    small.run("remove", "retry")
    assert small.run("rebase")[0] == 0
    assert not list((small.root / "patches").rglob("*.patch"))
    assert small.run("check", "--strict")[0] == 0


def test_it_is_refused_where_another_requires_it(small: SmallSeries) -> None:
    path = small.root / "series/small.toml"
    path.write_text(path.read_text() + 'requires = ["retry"]\n')
    before = small.tracked()
    with pytest.raises(DeclinedError, match="retry is required by log"):
        small.run("remove", "retry")
    assert small.tracked() == before


def test_it_is_refused_where_a_file_was_edited(small: SmallSeries) -> None:
    small.run("rebase")
    patch = small.root / "patches/small/1.1/project/0002-log.patch"
    patch.write_text(patch.read_text().replace("+loud", "+LOUD"))
    with pytest.raises(DeclinedError, match=r"0002-log\.patch was edited by hand"):
        small.run("remove", "log")


def test_it_is_refused_while_a_conflict_of_it_is_open(small: SmallSeries) -> None:
    small.run("rebase")
    small.run("resolve", "retry", "--onto", "1.1")
    with pytest.raises(DeclinedError, match=r"a conflict of retry on 1\.1 is being resolved"):
        small.run("remove", "retry")
    small.run("resolve", "retry", "--onto", "1.1", "--abort")
    assert small.run("remove", "retry")[0] == 0


def test_a_patch_that_was_never_ported_goes_as_well(small: SmallSeries) -> None:
    assert small.json("remove", "retry")["changed"] == ["series/small.toml"]


def test_a_name_that_is_none(small: SmallSeries) -> None:
    with pytest.raises(UsageError, match="no patch is called 'lgo'; did you mean 'log'"):
        small.run("remove", "lgo")

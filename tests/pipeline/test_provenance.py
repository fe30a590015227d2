"""What the files of a rebase say of their origin, as the gate reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.small_series import enter, small_series


def test_a_patch_that_tracks_nothing_says_where_its_commit_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_series(tmp_path) as small:
        enter(small, monkeypatch, tmp_path)
        small.run("rebase")
        (file,) = small.root.glob("patches/small/1.0/project/*-log.patch")
        assert f"\nOrigin: other, commit:{small.log}\n" in file.read_text()
        codes = {finding["code"] for finding in small.json("check")["findings"]}
        assert "dep3-origin" not in codes

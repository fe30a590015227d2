"""`series bump`, and what `series check --online` says of new releases."""

from __future__ import annotations

import pytest

from patchseries.errors import SeriesError
from patchseries.manifest import ManifestError
from support.small_series import SmallSeries


def tag(small: SmallSeries, *names: str) -> None:
    for name in names:
        small.upstream.tag(name, "refs/heads/stable")


def test_point_releases_become_bases_and_are_ported(small: SmallSeries) -> None:
    tag(small, "1.3", "1.4rc1", "2.0", "1.2-eol", "nightly")
    before = small.tracked()
    shown = small.json("bump", "-n")
    assert shown["releases"] == {"project": ["1.3"]}
    assert small.tracked() == before
    status, out = small.run("bump")
    assert (status, out.splitlines()[0]) == (0, "project: 1.3")
    assert 'bases = ["1.0", "1.1", "1.2", "1.3"]' in (small.root / "series/small.toml").read_text()
    bases = {cell["base"] for cell in small.json("rebase")["cells"]}
    assert bases == {"1.0", "1.1", "1.2", "1.3"}
    assert small.run("bump") == (0, "project: no new release\n")
    small.run("undo")
    small.run("undo")
    assert small.tracked() == before


def test_the_check_tells_what_to_type(small: SmallSeries) -> None:
    tag(small, "1.3")
    findings = small.json("check", "--online")["findings"]
    (told,) = [finding for finding in findings if finding["code"] == "new-release"]
    assert told["message"] == (
        "project: 1.3 appeared after the bases; retry conflicts with 1.3; 1 other patch applies"
    )
    assert told["hint"].startswith("series bump small --project project")
    assert told["severity"] == "note"
    offline = small.json("check")["findings"]
    assert not [finding for finding in offline if finding["code"] == "new-release"]


def test_a_release_that_no_source_serves_is_an_error(small: SmallSeries) -> None:
    tag(small, "1.3")
    path = small.root / "series/small.toml"
    before = path.read_text().replace("source = { commit", 'source = { bases = "<1.3", commit')
    path.write_text(before)
    with pytest.raises(ManifestError, match=r"there is no source for 1\.3"):
        small.run("bump")
    assert path.read_text() == before


def test_a_repository_that_does_not_answer(
    small: SmallSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERIES_MIRRORS")
    path = small.root / "series/small.toml"
    path.write_text(path.read_text().replace("https://upstream.invalid", "http://127.0.0.1:1"))
    with pytest.raises(SeriesError, match=r"cannot fetch from http://127\.0\.0\.1:1"):
        small.run("bump")

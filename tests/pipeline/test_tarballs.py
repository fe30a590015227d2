"""A project without a repository: its releases are the tarballs that the manifest names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchseries.errors import SeriesError, UpstreamError
from support.small_series import SmallSeries, enter, text
from support.tarballs import tarball
from support.upstreams import Upstream

LINES = [f"line {n}\n" for n in range(1, 12)]
PATCH = b"--- a/f\n+++ b/f\n@@ -3,7 +3,7 @@\n" + b"".join(
    f"{'-' if n == 6 else ' '}line {n}\n{'+six' + chr(10) if n == 6 else ''}".encode()
    for n in range(3, 10)
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    root = tmp_path / "project"
    moved = [*LINES[:3], "other\n", *LINES[4:]]
    digests = {
        release: tarball(root / f"p_{release}.orig.tar.xz", {f"p-{release}/f": text(lines)})
        for release, lines in (("1.0", LINES), ("2.0", moved))
    }
    (root / "series").mkdir()
    (root / "patches/imported/p").mkdir(parents=True)
    (root / "patches/imported/p/six.diff").write_bytes(PATCH)
    (root / "patches/imported/p/series").write_bytes(b"six.diff\n")
    origs = "".join(
        f'"{release}" = {{ file = "p_{release}.orig.tar.xz", sha256 = "{digest}" }}\n'
        for release, digest in digests.items()
    )
    (root / "series/small.toml").write_text(
        'schema = 1\n[series]\nname = "small"\n[project.project]\nbases = ["2.0"]\n'
        f'made-for = "1.0"\nquilt = "imported/p"\n[project.project.orig]\n{origs}'
        '[[patch]]\nname = "six"\nproject = "project"\n'
        'source = { file = "imported/p/six.diff" }\n'
    )
    with Upstream(tmp_path / "unused.git") as upstream:
        commit = upstream.commit({"x": b"x\n"})
        made = SmallSeries(root, upstream, commit, commit)
        enter(made, monkeypatch, tmp_path)
        yield made


def test_patches_are_ported_from_one_tarball_to_the_next(small: SmallSeries) -> None:
    small.run("fetch")
    (cell,) = small.json("rebase")["cells"]
    assert cell["status"] == "refreshed"
    before = small.tracked()
    for tar in small.root.glob("*.tar.xz"):
        tar.unlink()  # the cache has them
    small.run("rebase", "--locked", "--offline")
    assert small.tracked() == before
    assert small.json("test-apply")["cells"][0]["result"] == "applies"
    assert 'repository = "orig:project", rev = "1.0"' in before["series/small.lock"].decode()


def test_no_server_is_asked_for_a_project_of_tarballs(small: SmallSeries) -> None:
    small.run("fetch")
    small.run("rebase")
    with pytest.raises(UpstreamError, match="no repository, only tarballs"):
        small.run("status")
    findings = small.json("check", "--online")["findings"]
    assert {f["code"] for f in findings if f["severity"] == "error"} == {"dep3-missing"}


def test_another_tarball_is_not_what_the_manifest_names(small: SmallSeries) -> None:
    tarball(small.root / "p_2.0.orig.tar.xz", {"p-2.0/f": b"other\n"})
    with pytest.raises(SeriesError, match=r"has the sha256 .*, not "):
        small.run("fetch")

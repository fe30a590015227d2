"""What is built of a series that nobody read, or of which something is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patchseries.debian.dsc import read_debian_tar
from patchseries.errors import SeriesError
from support.packages import packaging
from support.small_series import SmallSeries, enter, small_series
from support.tools import need

RUN = b"# run\n" * 5 + b"def run(box):\n    box.open()\n"
RUNS_ON = RUN + b"    box.close()\n"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSeries]:
    """The small series, with a patch in place of `retry` whose second file 1.1 does not have."""
    need("dpkg-source", "xz")
    with small_series(tmp_path) as made:
        upstream = made.upstream
        before = upstream.repository.resolve("1.1")
        upstream.commit({"run.py": RUN}, "Run", branch="stable", parent=before)
        upstream.tag("1.1", "refs/heads/stable")
        start = upstream.commit({"run.py": RUN, "far.py": b"a = 1\n"}, "Far")
        close = upstream.commit({"run.py": RUNS_ON, "far.py": b"a = 2\n"}, "Close", parent=start)
        manifest = made.root / "series/small.toml"
        text = manifest.read_text().replace(made.retry, close).replace('"retry"', '"close"')
        manifest.write_text(text.replace('["1.0", "1.1", "1.2"]', '["1.1"]'))
        enter(made, monkeypatch, tmp_path)
        yield made


def changelog(row: dict[str, Any]) -> str:
    """The newest entry of a package's changelog, on one line."""
    made = read_debian_tar(next(Path(row["dsc"]).parent.glob("*.debian.tar.xz")))
    return " ".join(made["changelog"].data.decode().partition("\n -- ")[0].split())


def test_a_port_that_nobody_signed_off_is_not_built(small: SmallSeries) -> None:
    with pytest.raises(SeriesError, match=r"close on 1\.1 was adapted, .*--allow-unreviewed"):
        small.run("build")
    assert not (small.root / "build").exists()


def test_it_is_built_when_that_is_asked_for_and_named(small: SmallSeries) -> None:
    (row,) = small.json("build", "--allow-unreviewed")["packages"]
    assert row["unreviewed"] == ["close"]
    told = "* Ported with adaptations that nobody has reviewed: - close"
    assert told in changelog(row)
    _, said = small.run("build", "--allow-unreviewed")
    assert "unpacks to the ported tree, unchanged" in said
    assert "adapted, and not signed off: close" in said
    assert "verified" not in said


def test_it_is_built_once_it_was_signed_off(small: SmallSeries) -> None:
    small.run("rebase")
    small.run("accept", "close", "--yes")
    (row,) = small.json("build")["packages"]
    assert row["unreviewed"] == []
    assert "reviewed" not in changelog(row)


def test_a_sign_off_holds_where_the_packagers_patches_move_its_lines(small: SmallSeries) -> None:
    _package(small, RUN, b"# more\n" * 20 + RUN)
    small.run("rebase")
    small.run("accept", "close", "--yes")
    assert small.json("build")["packages"][0]["unreviewed"] == []


def test_a_sign_off_does_not_hold_for_another_diff(small: SmallSeries) -> None:
    """The packager's patch changes a line beside the change: nobody has read the two together."""
    _package(small, RUN, RUN.replace(b"run(box)", b"run(box, much=1)"))
    small.run("rebase")
    small.run("accept", "close", "--yes")
    with pytest.raises(SeriesError, match=r"not built: close on 1\.1"):
        small.run("build")


def test_what_conflicts_is_named_as_not_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dpkg-source", "xz")
    with small_series(tmp_path) as small:
        enter(small, monkeypatch, tmp_path)
        with pytest.raises(SeriesError, match=r"not built: retry on 1\.1 conflicts; "):
            small.run("build", "--onto", "1.1")
        (row,) = small.json("build", "--onto", "1.1", "--skip-conflicts")["packages"]
        assert row["left_out"] == ["retry"]
        assert "* Not in this package, as they conflict with 1.1: - retry" in changelog(row)
        _, said = small.run("build", "--onto", "1.1", "--skip-conflicts")
    assert "left out, because they conflict: retry" in said


def _package(small: SmallSeries, before: bytes, after: bytes) -> None:
    """Give the project packaging of 1.1 whose patch turns run.py from *before* into *after*."""
    git = small.upstream.repository
    tree = git.commit(git.resolve("1.1")).tree
    assert git.file(tree, "run.py") == before
    patched = small.upstream.commit({"run.py": after}, branch="theirs", parent=git.resolve("1.1"))
    diff = git.diff(tree, git.commit(patched).tree)
    log = b"project (1.1-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b.c>  Mon, 01 Jul 2013 10:00:00 +0000\n"  # noqa: E501
    control = packaging().debian["control"].data.replace(b"oven", b"project")
    files = {
        "changelog": log,
        "control": control,
        "patches/a.patch": b"Description: a\n\n" + diff,
        "patches/series": b"a.patch\n",
    }
    given = {name: file.data for name, file in packaging().debian.items()} | files
    for name, data in given.items():
        path = small.root / "debian" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    manifest = small.root / "series/small.toml"
    bases = 'bases = ["1.1"]\n'
    text = manifest.read_text().replace(bases, bases + 'packaging = { folder = "debian" }\n')
    manifest.write_text(text)

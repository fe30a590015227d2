"""Our packages in the hands of other people's tools: quilt, gbp, lintian, debsign, dput."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from patchseries import process
from patchseries.debian.build import build, build_stock
from patchseries.debian.dsc import packaging_from_dsc
from patchseries.debian.lintian import LintianProfile, check_package, run_lintian
from patchseries.debian.record import read_record
from patchseries.debian.request import SourcePackage
from patchseries.debian.upload import Handed, build_binary, publish, sign
from patchseries.environment import Inherit
from patchseries.errors import ProgramError, SeriesError
from patchseries.files import directory_contents
from patchseries.model import Severity
from support.packages import HOTTER, Upstream, our_patches, packaging
from support.tools import need

COLDER = {"README": b"A cold oven.\n", "oven/new.py": b"x = 1\ny = 2\n", "bin/oven": None}
GIT = {"HOME": "/nonexistent", "EMAIL": "ada@example.org", "GIT_COMMITTER_DATE": "1400000000 +0000"}


@pytest.fixture
def package(upstream: Upstream) -> SourcePackage:
    need("dpkg-source", "xz")
    return build(upstream.request(HOTTER, COLDER))


def unpacked(package: SourcePackage, folder: Path) -> Path:
    """The package's tree without its patches applied."""
    process.run(["dpkg-source", "--skip-patches", "-x", package.directory / package.dsc, folder])
    return folder


def ours(tree: Path) -> dict[str, bytes]:
    found = directory_contents(tree / "debian/patches")
    return {name: data for name, data in found.items() if re.match(r"\d{4}-.*patch$", name)}


def test_quilt_pushes_pops_and_changes_nothing(package: SourcePackage, tmp_path: Path) -> None:
    need("quilt")
    tree = unpacked(package, tmp_path / "x")
    before = ours(tree)
    env = {"QUILT_PATCHES": "debian/patches"}
    pushed = process.run(["quilt", "--quiltrc=-", "push", "-a"], cwd=tree, env=env)
    assert b"fuzz" not in pushed.stdout
    assert b"offset" not in pushed.stdout
    process.run(["quilt", "--quiltrc=-", "pop", "-a"], cwd=tree, env=env)
    assert len(before) == 2
    assert ours(tree) == before


def test_quilt_refresh_keeps_all_but_the_lines_of_git(
    package: SourcePackage, tmp_path: Path
) -> None:
    """quilt writes no ``diff --git`` line, which gbp needs: nothing can suit both."""
    need("quilt")
    tree = unpacked(package, tmp_path / "x")
    before = ours(tree)
    env = {"QUILT_PATCHES": "debian/patches", "TMPDIR": "/tmp"}  # quilt does not quote its own
    for _ in before:
        process.run(["quilt", "--quiltrc=-", "push"], cwd=tree, env=env)
        process.run(
            ["quilt", "--quiltrc=-", "refresh", "-pab", "--no-index", "--no-timestamps"],
            cwd=tree,
            env=env,
        )
    assert {n: _plain(d) for n, d in ours(tree).items()} == {
        n: _plain(d) for n, d in before.items()
    }


def test_gbp_pq_gives_back_every_byte(package: SourcePackage, tmp_path: Path) -> None:
    need("gbp")
    tree = unpacked(package, tmp_path / "x")
    before = directory_contents(tree / "debian/patches")
    env = GIT | {"GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
    for command in (
        ["git", "init", "-q", "-b", "master"],
        ["git", "add", "-Af", "."],
        ["git", "commit", "-qm", "base"],
        ["gbp", "pq", "import"],
        ["gbp", "pq", "export", "--abbrev=40"],
    ):
        process.run(command, cwd=tree, env=env)
    assert directory_contents(tree / "debian/patches") == before


@pytest.mark.parametrize(
    ("profile", "distribution"),
    [(LintianProfile.DEBIAN, "unstable"), (LintianProfile.UBUNTU, "jammy")],
)
def test_lintian_has_nothing_to_say_of_our_own_packaging(
    upstream: Upstream, profile: LintianProfile, distribution: str
) -> None:
    need("dpkg-source", "lintian")
    options = ("oven.conf, [DEFAULT] workers: how many ovens to heat",)
    package = build(upstream.request(HOTTER, distribution=distribution, options=options))
    assert run_lintian(package.directory / package.changes, profile) == ()


def test_lintian_tells_the_packagers_flaws_from_ours(upstream: Upstream, tmp_path: Path) -> None:
    need("dpkg-source", "lintian")
    flawed = packaging({"compat": b"7\n"})
    request = upstream.request(HOTTER, packaging=flawed, distribution="unstable")
    package = build(request)
    stock = build_stock(request, tmp_path)
    found = check_package(package.directory / package.changes, stock, LintianProfile.DEBIAN)
    assert {f.severity for f in found} == {Severity.NOTE}
    alone = check_package(package.directory / package.changes, None, LintianProfile.DEBIAN)
    notes = {f.code for f in alone if f.severity is Severity.NOTE}
    assert {f.severity for f in alone} == {Severity.WARNING, Severity.NOTE}
    assert notes == {
        "lintian-no-nmu-in-changelog",
        "lintian-source-nmu-has-incorrect-version-number",
    }


def test_lintian_names_what_is_wrong_in_our_part(upstream: Upstream, tmp_path: Path) -> None:
    need("dpkg-source", "lintian")
    request = upstream.request(HOTTER, packaging=packaging(), distribution="nowhere")
    package = build(request)
    stock = build_stock(request, tmp_path)
    found = check_package(package.directory / package.changes, stock, LintianProfile.DEBIAN)
    assert [f.code for f in found if f.severity is Severity.ERROR] == [
        "lintian-bad-distribution-in-changes-file"
    ]


def test_dscverify_takes_it(package: SourcePackage) -> None:
    need("dscverify")
    process.run(["dscverify", "--nosigcheck", package.directory / package.changes])


def test_dput_puts_it_into_a_folder(
    package: SourcePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dput")
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    _dput_home(tmp_path / "home", incoming, monkeypatch)
    changes = package.directory / package.changes
    assert publish(changes, "shelf", dry_run=True)[0] is Handed.SIMULATED
    assert list(incoming.iterdir()) == []
    assert publish(changes, "shelf")[0] is Handed.UPLOADED
    sent = {p.name: p.stat().st_mtime_ns for p in incoming.iterdir()}
    assert set(sent) == set(package.files)
    for dry_run in (True, False):
        handed, words = publish(changes, "shelf", dry_run=dry_run)
        assert handed is Handed.THERE_BEFORE
        assert ".upload" in words  # which record to remove to send it once more
    assert {p.name: p.stat().st_mtime_ns for p in incoming.iterdir()} == sent


def test_a_host_that_wants_signatures_gets_none(
    package: SourcePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dput", "gpg")
    _dput_home(tmp_path / "home", tmp_path, monkeypatch)
    config = tmp_path / "home" / ".dput.cf"
    config.write_text(config.read_text().replace("uploads = 1", "uploads = 0"))
    with pytest.raises(ProgramError, match="was not uploaded to shelf") as caught:
        publish(package.directory / package.changes, "shelf")
    assert caught.value.hint == "sign the packages with `series build --sign KEY`"
    assert "Traceback" not in str(caught.value)


def test_an_unknown_target_is_told(package: SourcePackage) -> None:
    need("dput")
    with pytest.raises(ProgramError, match="was not uploaded to nowhere") as caught:
        publish(package.directory / package.changes, "nowhere", dry_run=True)
    assert caught.value.hint == "put a section [nowhere] into ~/.dput.cf"
    with pytest.raises(SeriesError, match="not a target"):
        publish(package.directory / package.changes, "--config=/tmp/x")


def test_signing_keeps_the_package_current(
    upstream: Upstream, package: SourcePackage, request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    need("debsign", "gpg")
    # the path of gpg-agent's socket may have no more than some hundred letters
    home = Path(tempfile.mkdtemp(prefix="gnupg-", dir="/tmp"))
    request.addfinalizer(lambda: shutil.rmtree(home, ignore_errors=True))
    monkeypatch.setenv("GNUPGHOME", str(home))
    process.run(
        [
            "gpg",
            "--batch",
            "--passphrase",
            "",
            "--quick-gen-key",
            "Ada Baker <ada@example.org>",
            "ed25519",
            "sign",
            "never",
        ],
        inherit=Inherit.ALL,
    )
    signed = sign(package, "ada@example.org")
    changes = (signed.directory / signed.changes).read_text()
    assert changes.startswith("-----BEGIN PGP SIGNED MESSAGE-----")
    process.run(["gpg", "--verify", signed.directory / signed.dsc], inherit=Inherit.ALL)
    assert unchanged(signed)
    assert build(upstream.request(HOTTER, COLDER)).reused


def test_a_key_that_is_not_there_leaves_the_package_as_it_was(
    package: SourcePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("debsign", "gpg")
    (tmp_path / "gnupg").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "gnupg"))
    before = directory_contents(package.directory)
    with pytest.raises(ProgramError):
        sign(package, "nobody@example.org")
    assert directory_contents(package.directory) == before


def test_the_builders_log_is_kept_whether_it_works_or_not(package: SourcePackage) -> None:
    log = build_binary(package, "sh -c 'echo building $0'")
    assert log.read_text() == f"building {package.dsc}\n"
    with pytest.raises(ProgramError, match=r"status 7; its log is .*build\.log"):
        build_binary(package, "sh -c 'echo no; exit 7'")
    assert log.read_text() == "no\n"
    assert unchanged(package)


def unchanged(package: SourcePackage) -> bool:
    """Whether its folder is what its record says."""
    record = read_record(package.directory)
    return record is not None and record.intact()


def test_a_package_gives_its_series_back(upstream: Upstream, package: SourcePackage) -> None:
    found = our_patches(package.directory / package.dsc)
    assert found == upstream.request(HOTTER, COLDER).patches


def test_a_package_on_real_packaging_gives_only_ours_back(upstream: Upstream) -> None:
    need("dpkg-source")
    base = upstream.base()
    theirs = upstream.patch(base.tree, upstream.tree({"README": b"Debian's.\n"}, base.tree))
    given = packaging({"patches/theirs.patch": theirs.data, "patches/series": b"theirs.patch\n"})
    request = upstream.request(HOTTER, packaging=given)
    full = upstream.tree({"README": b"Debian's.\n"}, request.expected_tree)
    package = build(replace(request, expected_tree=full))
    assert our_patches(package.directory / package.dsc) == request.patches
    again = packaging_from_dsc(package.directory / package.dsc)
    assert again.version == package.version
    assert again.orig is not None
    assert again.orig.path.name == "oven_1.0.orig.tar.gz"


def _plain(patch: bytes) -> list[bytes]:
    """A patch without the lines that git alone writes, and without what stands after ``@@``."""
    lines = [
        re.sub(rb"^(@@ .*? @@).*", rb"\1", line)
        for line in patch.split(b"\n")
        if not re.match(rb"diff --git|index |new file mode|deleted file mode", line)
    ]
    return [re.sub(rb"^(---|\+\+\+) (?:/dev/null|[ab]/)", rb"\1 ", line) for line in lines]


def _dput_home(home: Path, incoming: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / ".dput.cf").write_text(
        f"[shelf]\nmethod = local\nincoming = {incoming}\nallow_unsigned_uploads = 1\n"
        "run_dinstall = 0\n"
    )
    monkeypatch.setenv("HOME", str(home))
    assert os.environ["HOME"] == str(home)

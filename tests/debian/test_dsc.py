"""Source packages that are handed in, by path or URL: every file checked, nothing unpacked."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patchseries.debian import dsc as module
from patchseries.debian.build import build
from patchseries.debian.download import download_dsc
from patchseries.debian.dsc import packaging_from_dsc, read_debian_tar, read_dsc
from patchseries.debian.orig import check_orig
from patchseries.debian.packaging import make_packaging
from patchseries.debian.request import Orig
from patchseries.errors import ExitCode, SeriesError
from patchseries.files import sha256
from patchseries.model import Base
from support.packages import HOTTER, Upstream, packaging
from support.tools import need


@pytest.fixture
def dsc(upstream: Upstream) -> Path:
    """The .dsc of a package on real packaging."""
    need("dpkg-source", "xz")
    package = build(upstream.request(packaging=packaging()))
    return package.directory / package.dsc


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A web server of *tmp_path* on loopback; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_dsc_is_packaging_with_its_very_tarball(dsc: Path, upstream: Upstream) -> None:
    given = packaging_from_dsc(dsc, sha256(dsc.read_bytes()))
    assert given.version == "1:1.0-1+0fast1"
    assert given.orig is not None
    out = upstream.out.parent / "again"
    after = upstream.tree({"README": b"Again.\n"}, upstream.request().expected_tree)
    patch = upstream.patch(upstream.request().expected_tree, after, "0002-again.patch")
    package = build(
        upstream.request(
            packaging=given, out=out, patches=(patch,), expected_tree=after, version_suffix="more"
        )
    )
    name = "oven_1.0.orig.tar.gz"
    assert (out / name).read_bytes() == (dsc.parent / name).read_bytes()
    assert package.version == "1:1.0-1+0fast1+0more1"


def test_a_dsc_that_is_another_is_refused(dsc: Path) -> None:
    with pytest.raises(SeriesError, match="has SHA-256"):
        read_dsc(dsc, "0" * 64)


def test_a_file_that_was_changed_is_refused(dsc: Path) -> None:
    tar = next(dsc.parent.glob("*.debian.tar.xz"))
    tar.write_bytes(tar.read_bytes() + b"x")
    with pytest.raises(SeriesError, match=r"is not the file that .*\.dsc names"):
        read_dsc(dsc)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("3.0 (quilt)", "1.0", "source format 1.0"),
        ("3.0 (quilt)", "3.0 (native)", "source format 3.0"),
        ("oven_1.0.orig.tar.gz", "../oven_1.0.orig.tar.gz", "unsafe file"),
        ("oven_1.0.orig.tar.gz", "/etc/passwd", "unsafe file"),
        ("Checksums-Sha256", "X-Sha256", "no Checksums-Sha256"),
        ("Source: oven", "X-Source: oven", "no source package"),
        (".debian.tar", ".missing.debian.tar", "cannot read"),
    ],
)
def test_a_dsc_with_something_wrong_says_what(dsc: Path, old: str, new: str, why: str) -> None:
    dsc.write_text(dsc.read_text().replace(old, new))
    with pytest.raises(SeriesError, match=why):
        read_dsc(dsc)


def test_a_missing_orig_is_missed_where_it_is_read(dsc: Path) -> None:
    dsc.write_text(dsc.read_text().replace("oven_1.0.orig.tar.gz", "missing.orig.tar.gz"))
    with pytest.raises(SeriesError, match="cannot read the upstream tarball"):
        check_orig(read_dsc(dsc).orig)


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A .tar.xz with *members*."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path.write_bytes(lzma.compress(raw.getvalue()))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (member("etc/passwd"), "outside debian/"),
        (member("/debian/x"), "outside debian/"),
        (member("debian/../x"), "unsafe path"),
        (member("debian/x", tarfile.LNKTYPE, "/etc/passwd"), "neither file nor link"),
        (member("debian/x", tarfile.CHRTYPE), "neither file nor link"),
        (member("debian/x", tarfile.FIFOTYPE), "neither file nor link"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path: Path, info: tarfile.TarInfo, why: str) -> None:
    with pytest.raises(SeriesError, match=why):
        read_debian_tar(tar_of(tmp_path / "a.debian.tar.xz", (info, b"")))


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 10_000)
    path = tar_of(tmp_path / "a.debian.tar.xz", (member("debian/x"), b"0" * 20_000))
    assert path.stat().st_size < 1000
    with pytest.raises(SeriesError, match="unpacks to more"):
        read_debian_tar(path)


def test_more_files_than_any_debian_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.debian.paths._MOST", 3)
    members = [(member(f"debian/{n}"), b"") for n in range(4)]
    assert len(read_debian_tar(tar_of(tmp_path / "a.debian.tar.xz", *members[:3]))) == 3
    with pytest.raises(SeriesError, match="more than 3 files"):
        read_debian_tar(tar_of(tmp_path / "b.debian.tar.xz", *members))


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.debian.tar.xz"
    path.write_bytes(b"junk")
    with pytest.raises(SeriesError, match="is damaged"):
        read_debian_tar(path)
    path.write_bytes(lzma.compress(b"junk" * 300))
    with pytest.raises(SeriesError, match="not a tar archive"):
        read_debian_tar(path)


def test_a_dsc_comes_from_a_url_once(
    dsc: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{server}/{dsc.relative_to(tmp_path)}"
    digest = sha256(dsc.read_bytes())
    got = download_dsc(url, digest, tmp_path / "got")
    assert packaging_from_dsc(got, digest) is not None
    monkeypatch.setattr(
        "patchseries.sources.http.fetch_bytes", lambda *_, **__: pytest.fail("asked again")
    )
    assert download_dsc(url, digest, tmp_path / "got") == got


def test_a_url_that_gives_something_else_is_told(dsc: Path, server: str, tmp_path: Path) -> None:
    url = f"{server}/{dsc.relative_to(tmp_path)}"
    with pytest.raises(SeriesError, match="has SHA-256") as error:
        download_dsc(url, "0" * 64, tmp_path / "got")
    assert error.value.exit_code is ExitCode.UPSTREAM
    with pytest.raises(SeriesError, match="cannot fetch"):
        download_dsc(f"{server}/nothing.dsc", "0" * 64, tmp_path / "got")
    with pytest.raises(SeriesError, match="not the URL"):
        download_dsc("file:///etc/passwd", "0" * 64, tmp_path / "got")


def test_a_given_tarball_is_used_as_it_is_with_its_signature(
    upstream: Upstream, tmp_path: Path
) -> None:
    need("dpkg-source", "xz")
    first = build(upstream.request())
    tarball = tmp_path / "oven-1.0.tar.gz"
    data = (first.directory / "oven_1.0.orig.tar.gz").read_bytes()
    tarball.write_bytes(data[:9] + bytes([data[9] ^ 8]) + data[10:])  # other bytes, same content
    signature = tmp_path / "oven-1.0.tar.gz.asc"
    signature.write_text("-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n")
    given = Orig(tarball, sha256(tarball.read_bytes()), signature)
    package = build(upstream.request(HOTTER, orig=given))
    assert package.files["oven_1.0.orig.tar.gz"] == given.sha256
    assert "oven_1.0.orig.tar.gz.asc" in package.files
    with pytest.raises(SeriesError, match="has SHA-256"):
        check_orig(Orig(tarball, "0" * 64))
    with pytest.raises(SeriesError, match="cannot read"):
        check_orig(Orig(tmp_path / "none", "0" * 64))


def test_a_tarball_of_another_release_is_not_used(dsc: Path, upstream: Upstream) -> None:
    """Packaging from a .dsc brings its tarball; for the next release there is a new one."""
    given = packaging_from_dsc(dsc)
    tree = upstream.tree({"CHANGES": b"1.1\n"}, upstream.base().tree)
    base = Base("1.1", upstream.repository.write_commit(tree), tree)
    after = upstream.tree(HOTTER, tree)
    request = upstream.request(
        base=base,
        packaging=make_packaging(
            {n: f for n, f in given.debian.items() if not n.startswith("patches/")}, "x", given.orig
        ),
        expected_tree=after,
        out=upstream.out.parent / "next",
    )
    assert build(request).version == "1:1.1-0+0fast1"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.DIRTYPE])
def test_a_debian_in_the_tarball_is_taken_away(
    upstream: Upstream, tmp_path: Path, kind: bytes
) -> None:
    """Also as a link, through which our debian/ would be written elsewhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    path = _tarball(upstream, tmp_path, member("oven-1.0/debian", kind, str(outside)))
    build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("info", "why"),
    [
        (member("oven-1.0/.pc/applied-patches"), r"has a directory \.pc"),
        (member("oven-1.0/../../evil"), "tar"),
        (member("oven-1.0/.git/config"), r"\.git/config: not in the git tree"),
    ],
)
def test_a_hostile_tarball_is_refused(
    upstream: Upstream, tmp_path: Path, info: tarfile.TarInfo, why: str
) -> None:
    path = _tarball(upstream, tmp_path, info)
    with pytest.raises(SeriesError, match=why):
        build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert not upstream.out.exists()


def test_a_tarball_that_unpacks_to_too_much_is_refused(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchseries.debian.tarball._ALWAYS", 100)
    monkeypatch.setattr("patchseries.debian.tarball._RATIO", 0)
    path = tmp_path / "oven-1.0.tar.gz"
    path.write_bytes(gzip.compress(b"\0" * 5000))
    with pytest.raises(SeriesError, match="unpacks to more than"):
        build(upstream.request(orig=Orig(path, sha256(path.read_bytes()))))
    assert not upstream.out.exists()


def _tarball(upstream: Upstream, folder: Path, extra: tarfile.TarInfo) -> Path:
    """The oven's tarball with one more member."""
    need("dpkg-source", "xz")
    made = build(upstream.request(out=folder / "plain"))
    path = folder / "oven-1.0.tar.gz"
    with (
        tarfile.open(made.directory / "oven_1.0.orig.tar.gz") as old,
        tarfile.open(path, "w:gz") as new,
    ):
        for info in old:
            new.addfile(info, old.extractfile(info) if info.isreg() else None)
        new.addfile(extra, io.BytesIO())
    return path
